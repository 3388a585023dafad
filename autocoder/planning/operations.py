"""Operations: routes, access, effects and output from what people do.

Owns the conventions of routes and names. A verb that the language has no effect for is refused with its sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from autocoder.facts import Fact
from autocoder.planning import assignments, domain_verbs, lifecycles, names, webhooks
from autocoder.planning.calculations import plan_calculation
from autocoder.planning.completion import complete
from autocoder.planning.routes import endpoints
from autocoder.planning.row_operations import make_create, make_delete, make_list, make_read, make_update
from autocoder.planning.visits import plan_visit
from autocoder.planning.workbench import EntityDraft, Workbench

UNPLANNED = ("most",)
"""Slots that restrict an operation and that no plan keeps yet."""


def plan_operations(bench: Workbench) -> None:
    """All operations, in order of the text; then what is missing for rows to exist at all."""
    told = endpoints(bench)
    for fact in bench.of("operation"):
        if covering := next((e for e in told if e.covers(bench, fact)), None):
            _joins(bench, covering.planned_route, fact)
        elif not _is_endpoint(fact):
            _operation(bench, fact)
    complete(bench)


def _joins(bench: Workbench, route: str, fact: Fact) -> None:
    """A sentence about a stated endpoint is one of its facts; where that could not be planned, neither can this."""
    draft = next((d for d in bench.operations.values() if d.operation.route == route), None)
    if draft is None:
        bench.refuse(
            "AC2001",
            f"{route} does this, and is not planned yet",
            fact,
            rule="what a stated endpoint does is planned there",
            help="see what is said of the endpoint",
        )
        return
    bench.use(fact)
    draft.facts.append(fact)


def _is_endpoint(fact: Fact) -> bool:
    """An explicit endpoint is planned as it stands, elsewhere."""
    return bool(fact.word("path")) and fact.word("does") != "visit"


def _operation(bench: Workbench, fact: Fact) -> None:
    if fact.word("actor") in {"nobody", "guest"}:
        bench.refuse(
            "AC2001",
            f'access for "{fact.said("role") or fact.said("actor")}" is understood, but not planned yet',
            fact,
            rule="an operation is for anyone, for signed-in users, or for a role",
            help="say who may do it with anyone, users, a role, or their own",
        )
        return
    open_ = [s for s in UNPLANNED if fact.get(s) is not None]
    open_ += ["state"] if _unknown_state(bench, fact) else []
    if open_:
        bench.refuse(
            "AC2001",
            f'"{fact.said(open_[0])}" is understood, but no operation is narrowed by it yet',
            fact,
            rule="what narrows an operation is built, or the operation is not",
            help="leave these words out, and add them to the blueprint as a `require`",
        )
        return
    maker = _PLANNERS.get(fact.word("does"))
    if maker is None or not maker(bench, fact):
        bench.refuse(
            "AC2001",
            f'"{fact.said("verb") or fact.said("path")}" is understood, but no effect of the blueprint does it yet',
            fact,
            rule="an operation creates, lists, reads, changes, deletes or redirects",
            help="say it with one of these verbs, or write it as a custom function in the blueprint",
        )
        return
    bench.use(fact)


def _unknown_state(bench: Workbench, fact: Fact) -> bool:
    """Whether rows are narrowed to a state that they do not have."""
    state, entity = fact.word("state"), bench.entity(fact.word("object")) if fact.word("object") else None
    if not state or entity is None:
        return False
    if state == "expired":
        return "expires_at" not in entity.fields
    return "status" not in entity.fields or names.state_name(state) not in entity.fields["status"].values


def _value(bench: Workbench, fact: Fact) -> EntityDraft | None:
    """The entity whose field came from this fact's value."""
    return next((e for e in bench.entities.values() for facts in e.field_facts.values() if fact in facts), None)


def _create(bench: Workbench, fact: Fact) -> bool:
    if webhooks.arrives(fact):
        return webhooks.plan_arrival(bench, fact)
    named = bench.entity(fact.word("object"))
    entity = named if named and fact.word("does") != "convert" else _value(bench, fact)
    if entity is None:
        return False
    value = entity is not named or fact.word("does") == "convert"
    name = names.operation_name(fact.word("verb")) if value else f"create_{entity.base}"
    make_create(bench, entity, name, fact)
    return True


def _list(bench: Workbench, fact: Fact) -> bool:
    entity = bench.entity(fact.word("object"))
    if entity is None:
        return False
    make_list(bench, entity, fact)
    return True


def _read(bench: Workbench, fact: Fact) -> bool:
    entity = bench.entity(fact.word("object"))
    if entity is None:
        return False
    if _plural(fact, "object"):
        make_list(bench, entity, fact)
    else:
        make_read(bench, entity, fact)
    return True


def _plural(fact: Fact, slot: str) -> bool:
    """Whether the words of a slot were a plural: "see their notes" lists them."""
    return fact.slots[slot].span.text.lower().split()[-1] != fact.word(slot).split()[-1]


def _update(bench: Workbench, fact: Fact) -> bool:
    entity = bench.entity(fact.word("object"))
    if entity is None:
        return False
    make_update(bench, entity, fact)
    return True


def _delete(bench: Workbench, fact: Fact) -> bool:
    entity = bench.entity(fact.word("object"))
    if entity is None:
        return False
    make_delete(bench, entity, fact)
    return True


def _manage(bench: Workbench, fact: Fact) -> bool:
    entity = bench.entity(fact.word("object"))
    if entity is None:
        return False
    make_create(bench, entity, f"create_{entity.base}", fact)
    for make in (make_list, make_read, make_update, make_delete):
        make(bench, entity, fact)
    return True


def _other(bench: Workbench, fact: Fact) -> bool:
    """A verb of the domain: it makes something, leaves a record, ends one, or changes a state."""
    thing = bench.entity(fact.word("object"))
    record = bench.entity(domain_verbs.record_name(bench, fact)) if domain_verbs.is_record(bench, fact) else None
    if record is not None and record is not bench.account:
        make_create(bench, record, f"create_{record.base}", fact)
        return True
    if thing is not None and thing is not bench.account and domain_verbs.makes(fact):
        make_create(bench, thing, f"create_{thing.base}", fact)
        return True
    if fact.word("assignee"):
        return assignments.plan_assignment(bench, fact)
    return domain_verbs.plan_end(bench, fact) or lifecycles.plan_change(bench, fact)


_PLANNERS: Mapping[str, Callable[[Workbench, Fact], bool]] = {
    "create": _create,
    "convert": _create,
    "list": _list,
    "read": _read,
    "update": _update,
    "delete": _delete,
    "manage": _manage,
    "visit": plan_visit,
    "search": _list,
    "compute": plan_calculation,
    "other": _other,
}

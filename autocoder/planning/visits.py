"""Visits of a row's own address, and the events that operations publish.

Owns the counter that a visit adds to, and where it redirects to.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from autocoder.blueprint.model import (
    AnyEffect,
    Compute,
    Create,
    FieldSpec,
    Increment,
    Operation,
    Output,
    Publish,
    Read,
    Transition,
)
from autocoder.facts import Fact
from autocoder.planning import names
from autocoder.planning.row_operations import key_input, read_row
from autocoder.planning.workbench import EntityDraft, OperationDraft, Workbench


def plan_visit(bench: Workbench, fact: Fact) -> bool:
    """Opening a row's address: finds it, counts, publishes, and redirects or shows it."""
    entity = _visited(bench, fact)
    if entity is None or _private(entity, fact):
        return False
    route = fact.word("path") or f"/{entity.plural}/{{{entity.key}}}"
    if names_in(route) not in ([], [entity.key]):
        return False
    effects: list[AnyEffect] = [read_row(entity, mine=False)]
    if fact.word("counts"):
        counter = names.plural(names.field_name(fact.word("counts")))
        entity.add(counter, FieldSpec(type="integer", default=0, read_only=True), fact)
        effects.append(Increment(increment=f"{entity.row}.{counter}"))
    output = None
    if fact.word("redirect"):
        target = _redirect_target(entity)
        if target is None:
            return False
        output = Output(redirect=f"{entity.row}.{target}")
    if (known := _known(bench, route)) and not output:
        reads = known.operation.effects
        known.operation = known.operation.model_copy(update={"effects": (*reads, *effects[1:])})
        known.facts.append(fact)
        return True
    name = "follow" if output else names.operation_name(f"{fact.word('verb')} {entity.words}")
    operation = Operation(
        route=f"GET {route}", access="anyone", input=key_input(entity), effects=tuple(effects), output=output
    )
    bench.add_operation(name, operation, [fact], routed=bool(fact.word("path")))
    if fact.word("actor") not in {"anyone", "user"}:
        bench.decide(f"operations.{name}.access", "anyone", "Nothing says who may; it only reads.", "user")
    if output:
        bench.decide(
            f"operations.{name}.output.status", "302", "A redirect is 302, never cacheable, so each one counts.", "301"
        )
    return True


def _known(bench: Workbench, route: str) -> OperationDraft | None:
    """What another sentence says of the same address: one says where it leads, another one what it counts."""
    return next((d for d in bench.operations.values() if d.operation.route == f"GET {route}"), None)


def _private(entity: EntityDraft, fact: Fact) -> bool:
    """Whether rows belong to somebody, and the text neither says who may visit nor gives an address."""
    owner = entity.fields.get("owner")
    return owner is not None and not owner.optional and not fact.word("actor") and not fact.word("path")


def names_in(route: str) -> list[str]:
    """The parameters of a route.

    >>> names_in("/notes/{id}")
    ['id']
    """
    return [part[1:-1] for part in route.split("/") if part.startswith("{") and part.endswith("}")]


def _visited(bench: Workbench, fact: Fact) -> EntityDraft | None:
    if fact.word("object"):
        return bench.entity(fact.word("object"))
    parameters = names_in(fact.word("path"))
    fits = [e for e in bench.entities.values() if parameters and parameters[-1] in e.fields]
    if len(fits) == 1:
        return fits[0]
    first = fact.word("path").strip("/").split("/")[0]
    return next((e for e in bench.entities.values() if e.plural == first), None)


def _redirect_target(entity: EntityDraft) -> str | None:
    urls = [n for n, f in entity.fields.items() if f.type == "url"]
    return urls[0] if len(urls) == 1 else None


def publish_event(bench: Workbench, fact: Fact) -> bool:
    """Adds an event to the operation that causes it. False where no operation does."""
    if fact.word("cause") == "change of state":
        return _publish_changes(bench, fact)
    causes = [d for d in bench.operations.values() if any(_is_cause(f, fact) for f in d.facts)]
    if len(causes) != 1:
        return False
    draft = causes[0]
    rows = [
        x.read if isinstance(x, Read) else x.create for x in draft.operation.effects if isinstance(x, Read | Create)
    ]
    if not rows:
        return False
    entity = bench.entities[rows[-1]]
    _publish(bench, draft, entity, names.type_name(fact.word("name")))
    draft.facts.append(fact)
    return True


def _publish_changes(bench: Workbench, fact: Fact) -> bool:
    """Adds an event that is named after a thing and its state to what brings rows into that state."""
    name = names.type_name(fact.word("name"))
    entity = changed_by(bench, fact)
    if entity is None:
        return False
    state = state_of(fact, entity)
    changes = {change for change, draft in entity.changes.items() if draft.to == state}
    starts = entity.fields["status"].values[0] == state
    found = [
        d
        for d in bench.operations.values()
        for e in d.operation.effects
        if (isinstance(e, Transition) and e.transition == entity.row and e.to in changes)
        or (starts and isinstance(e, Create) and e.create == entity.name)
    ]
    whole = bool(fact.word("object"))
    for draft in found:
        draft.operation = draft.operation.model_copy(
            update={"effects": _published(bench, draft.operation.effects, entity, name, whole=whole)}
        )
        draft.facts.append(fact)
    by_itself = [n for n, (h, _) in bench.handlers.items() if _brings(h.effects, entity, changes)]
    for handler in by_itself:
        known, facts = bench.handlers[handler]
        effects = _published(bench, known.effects, entity, name, whole=whole)
        bench.handlers[handler] = (known.model_copy(update={"effects": effects}), [*facts, fact])
    return bool(found or by_itself)


def changed_by(bench: Workbench, fact: Fact) -> EntityDraft | None:
    """The thing whose state an event is named after."""
    name = names.type_name(fact.word("name"))
    return next((e for e in bench.entities.values() if e.changes and name.startswith(e.name)), None)


def state_of(fact: Fact, entity: EntityDraft) -> str:
    """The state that an event is named after."""
    return names.snake(names.type_name(fact.word("name")).removeprefix(entity.name))


def _brings(effects: Sequence[AnyEffect], entity: EntityDraft, changes: Collection[str]) -> bool:
    return any(isinstance(e, Transition) and e.transition == entity.row and e.to in changes for e in effects)


def _published(
    bench: Workbench, effects: Sequence[AnyEffect], entity: EntityDraft, name: str, *, whole: bool
) -> tuple[AnyEffect, ...]:
    """The effects with the event behind the change, under the change's condition: the row's key and the time, or all
    of the row; with the state before it, where something is taken back only of what was counted.
    """
    change = next((e for e in effects if isinstance(e, Transition) and e.transition == entity.row), None)
    if not whole:
        fields, values = _key(entity)
    else:
        shown = {n: s for n, s in entity.fields.items() if s.type not in _HIDDEN and s.visible is None}
        fields = {f"{entity.base}_id": FieldSpec(type="uuid")} | {n: carried(s) for n, s in shown.items()}
        values = {f"{entity.base}_id": f"{entity.row}.id"} | {n: f"{entity.row}.{n}" for n in shown}
    fields |= {"at": FieldSpec(type="datetime")}
    values |= {"at": "now"}
    found = list(effects)
    taken_back = any(names.type_name(f.word("less")) == name for f in bench.of("subscription") if f.word("less"))
    if taken_back and change is not None:
        fields |= {"before": FieldSpec(type="text")}
        values |= {"before": "before"}
        if not any(isinstance(e, Compute) and "before" in e.compute for e in found):
            found.insert(found.index(change), Compute(compute={"before": f"{entity.row}.status"}))
    bench.events[name] = fields
    bench.event_sources[name] = entity
    bench.decide(
        f"events.{name}",
        ", ".join(fields),
        "Nothing says what the event carries." if not whole else "The text says so.",
    )
    at = len(found) if change is None else found.index(change) + 1
    found.insert(at, Publish.model_validate({"publish": name, "with": values, "when": change.when if change else None}))
    return tuple(found)


_HIDDEN = frozenset({"password", "secret", "token", "file"})


def carried(spec: FieldSpec) -> FieldSpec:
    """What an event carries of a field: its type, and the parts that a record has."""
    kinds = {"ref": "uuid", "enum": "text", "code": "text"}
    inner = {n: carried(s) for n, s in spec.fields.items()}
    return FieldSpec(type=kinds.get(spec.type, spec.type), fields=inner, optional=spec.optional)


def _key(entity: EntityDraft) -> tuple[dict[str, FieldSpec], dict[str, str]]:
    key = entity.key if entity.key != "id" else f"{entity.row}_id"
    kind = FieldSpec(type="text") if entity.key != "id" else FieldSpec(type="uuid")
    return {key: kind}, {key: f"{entity.row}.{entity.key}"}


def _publish(bench: Workbench, draft: OperationDraft, entity: EntityDraft, name: str) -> None:
    effects = _published(bench, draft.operation.effects, entity, name, whole=False)
    draft.operation = draft.operation.model_copy(update={"effects": effects})


def _is_cause(operation: Fact, event: Fact) -> bool:
    cause = event.word("cause")
    if operation.kind != "operation":
        return False
    return cause in {operation.word("counts"), operation.word("verb")} or (
        operation.word("does") == "visit" and cause in {"visit", "click", "hit", "redirect", "view", "access"}
    )

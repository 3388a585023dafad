"""Operations: routes, access, effects and output from what people do.

Owns the conventions of routes and names. A verb that the language has no effect for is refused with its sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from autocoder.blueprint.model import (
    AnyEffect,
    Create,
    Delete,
    FieldSpec,
    Increment,
    ListRows,
    Operation,
    Output,
    Publish,
    Read,
    Require,
    Update,
)
from autocoder.decisions import Source
from autocoder.facts import Fact
from autocoder.planning import domain_verbs, names, permissions
from autocoder.planning.entities import owned
from autocoder.planning.routes import endpoints
from autocoder.planning.workbench import EntityDraft, OperationDraft, Workbench

UNPLANNED = ("most", "limit")
"""Slots that restrict an operation and that no plan keeps yet."""
CRUD = ("create", "list", "read", "update", "delete")


def plan_operations(bench: Workbench) -> None:
    """All operations, in order of the text; then what is missing for rows to exist at all."""
    told = endpoints(bench)
    for fact in bench.of("operation"):
        if covering := next((e for e in told if e.covers(bench, fact)), None):
            _joins(bench, covering.planned_route, fact)
        elif not _is_endpoint(fact):
            _operation(bench, fact)
    stated = [f for f in bench.of("operation") if f.word("does") != "other"]
    for entity in bench.entities.values():
        if entity is bench.account:
            continue
        if not stated:
            _crud(bench, entity)
        elif not _creates(bench, entity) and _touched(bench, entity):
            _missing_create(bench, entity)


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


def access_of(bench: Workbench, entity: EntityDraft, fact: Fact | None) -> permissions.Access:
    """Who may call: signed-in users; anyone; anyone, with the caller known, where rows have owners."""
    owner = entity.fields.get("owner")
    if (fact and fact.word("actor") == "user") or (owner and not owner.optional):
        return "user"
    return "user?" if owner else "anyone"


def _add(bench: Workbench, name: str, operation: Operation, facts: list[Fact]) -> None:
    known = bench.operations.get(name)
    if known is None:
        bench.operations[name] = OperationDraft(operation=operation, facts=list(facts))
    else:
        known.facts += facts


def input_fields(entity: EntityDraft, *, partial: bool = False) -> dict[str, FieldSpec]:
    """The fields that a client sends: not generated, not computed, not the owner."""
    found: dict[str, FieldSpec] = {}
    for name, spec in entity.fields.items():
        computed = isinstance(spec.default, str) and spec.default.startswith("=")
        if spec.read_only or computed or spec.type == "code" or name == "owner":
            continue
        optional = partial or spec.optional or spec.default is not None
        found[name] = FieldSpec(
            type=spec.type,
            to=spec.to,
            values=spec.values,
            optional=optional,
            min=spec.min,
            max=spec.max,
            pattern=spec.pattern,
        )
    return found


def _value(bench: Workbench, fact: Fact) -> EntityDraft | None:
    """The entity whose field came from this fact's value."""
    return next((e for e in bench.entities.values() for facts in e.field_facts.values() if fact in facts), None)


def _create(bench: Workbench, fact: Fact) -> bool:
    named = bench.entity(fact.word("object"))
    entity = named if named and fact.word("does") != "convert" else _value(bench, fact)
    if entity is None:
        return False
    value = entity is not named or fact.word("does") == "convert"
    name = names.operation_name(fact.word("verb")) if value else f"create_{entity.base}"
    _make_create(bench, entity, name, fact)
    return True


def _make_create(bench: Workbench, entity: EntityDraft, name: str, fact: Fact | None) -> None:
    known = permissions.rule(bench, entity, "create", "") if fact else None
    known = known or (permissions.combined(bench, entity, [fact], "") if fact else None)
    guard = [] if known is None or known.condition is None else [_guard(without_owner(known.condition))]
    operation = Operation(
        route=f"POST /{entity.plural}",
        access="user" if guard else access_of(bench, entity, fact),
        input=input_fields(entity),
        effects=(*guard, creation(entity)),
    )
    _add(bench, name, operation, [fact] if fact else [])
    _decide_route(bench, name, operation)


def _guard(condition: str) -> Require:
    return Require(require=condition, otherwise="forbidden")


def without_owner(condition: str) -> str:
    """A condition for a row that is not there yet: whose it will be is no question.

    >>> without_owner("caller.role == 'agent' && owner == caller.id")
    "caller.role == 'agent'"
    """
    return " || ".join(
        part.strip("()").replace(" && owner == caller.id", "") for part in condition.split(" || ")
    ).replace("owner == caller.id", "true")


def creation(entity: EntityDraft) -> Create:
    """Adds a row; a row that must have an owner gets the caller."""
    owner = entity.fields.get("owner")
    caller = {"owner": "caller.id"} if owner and not owner.optional else {}
    return Create(create=entity.name, set=caller)


def _decide_route(bench: Workbench, name: str, operation: Operation) -> None:
    bench.decide(
        f"operations.{name}.route", operation.route, "Nothing says its route; this is the convention for what it does."
    )


def _read_row(entity: EntityDraft, *, mine: bool) -> Read:
    """Reads the row that the route names. Expired rows are there only for their owner."""
    alive = "expires_at" in entity.fields and not mine
    if entity.key == "id" and not alive:
        return Read(read=entity.name, by="input.id")
    key = f"{entity.key} == input.{entity.key}"
    return Read(read=entity.name, where=f"{key} && expires_at > now" if alive else key)


def _key_input(entity: EntityDraft) -> dict[str, FieldSpec]:
    return {"id": FieldSpec(type="uuid")} if entity.key == "id" else {}


def _find(entity: EntityDraft, *, mine: bool) -> list[AnyEffect]:
    effects: list[AnyEffect] = [_read_row(entity, mine=mine)]
    if mine:
        effects.append(Require(require=f"{entity.row}.owner == caller.id", otherwise="forbidden"))
    return effects


def _mine(bench: Workbench, entity: EntityDraft, fact: Fact | None) -> bool:
    """Whether an operation is limited to the caller's own rows: where the text says so, or says only who owns them."""
    if "owner" not in entity.fields:
        return False
    return fact.get("scope") == "own" if fact is not None else bench.account is not None


def _list(bench: Workbench, fact: Fact) -> bool:
    entity = bench.entity(fact.word("object"))
    if entity is None:
        return False
    _make_list(bench, entity, fact)
    return True


def _make_list(bench: Workbench, entity: EntityDraft, fact: Fact | None) -> None:
    conditions: list[str] = []
    known = permissions.rule(bench, entity, "list", "") if fact else None
    mine = _mine(bench, entity, fact) if known is None else known.condition is not None
    if known is not None and known.condition:
        conditions.append(f"({known.condition})" if "||" in known.condition else known.condition)
    elif mine:
        conditions.append("owner == caller.id")
    filters = _filters(bench, entity, known.facts if known else ())
    conditions += [f"(input.{n} == null || {n} == input.{n})" for n in filters]
    state = fact.word("state") if fact else ""
    if "expires_at" in entity.fields:
        if state == "expired":
            conditions.append("expires_at <= now")
        elif not mine:
            conditions.append("expires_at > now")
    order = _order(bench, entity, fact)
    name = f"list_{entity.plural}"
    operation = Operation(
        route=f"GET /{entity.plural}",
        access=known.access if known else access_of(bench, entity, fact) if mine else "anyone",
        input=filters,
        effects=(ListRows(list=entity.name, where=" && ".join(conditions) or None, order=order),),
    )
    _add(bench, name, operation, [fact] if fact else [])
    _decide_route(bench, name, operation)
    bench.decide(f"operations.{name}.limit", "100", "A list answers at most 100 rows where nothing is said.")


def _decide_rows(bench: Workbench, name: str, entity: EntityDraft, fact: Fact | None) -> None:
    """Users may change rows, and nothing says only their own."""
    if fact is not None and fact.word("actor") == "user" and not _mine(bench, entity, fact):
        bench.decide(
            f"operations.{name}.rows",
            "every row",
            "The text lets users do it and does not say only with their own.",
            "their own rows",
            consequence=f"Each user may change every {entity.words}, also those of others.",
        )


def _order(bench: Workbench, entity: EntityDraft, fact: Fact | None) -> tuple[str, ...]:
    stated = fact.word("order") if fact else ""
    if stated != "newest first":
        return ()
    entity.add("created_at", FieldSpec(type="datetime", default="=now", read_only=True), *([fact] if fact else []))
    return ("created_at desc",)


def _read(bench: Workbench, fact: Fact) -> bool:
    entity = bench.entity(fact.word("object"))
    if entity is None:
        return False
    if _plural(fact, "object"):
        _make_list(bench, entity, fact)
    else:
        _make_read(bench, entity, fact)
    return True


def _plural(fact: Fact, slot: str) -> bool:
    """Whether the words of a slot were a plural: "see their notes" lists them."""
    return fact.slots[slot].span.text.lower().split()[-1] != fact.word(slot).split()[-1]


def _make_read(bench: Workbench, entity: EntityDraft, fact: Fact | None) -> None:
    known = permissions.rule(bench, entity, "read", f"{entity.row}.") if fact else None
    mine = _mine(bench, entity, fact)
    name = f"get_{entity.base}"
    operation = Operation(
        route=f"GET /{entity.plural}/{{{entity.key}}}",
        access=known.access if known else "user" if mine else "anyone",
        input=_key_input(entity),
        effects=_found(entity, known, mine=mine),
    )
    _add(bench, name, operation, [fact] if fact else [])
    _decide_route(bench, name, operation)


def _update(bench: Workbench, fact: Fact) -> bool:
    entity = bench.entity(fact.word("object"))
    if entity is None:
        return False
    _make_update(bench, entity, fact)
    return True


def _make_update(bench: Workbench, entity: EntityDraft, fact: Fact | None) -> None:
    known = permissions.rule(bench, entity, "update", f"{entity.row}.") if fact else None
    mine = _mine(bench, entity, fact)
    name = f"update_{entity.base}"
    _decide_rows(bench, name, entity, fact)
    operation = Operation(
        route=f"PATCH /{entity.plural}/{{{entity.key}}}",
        access=known.access if known else "user" if mine else "anyone",
        input=_key_input(entity) | input_fields(entity, partial=True),
        effects=(*_found(entity, known, mine=mine), Update(update=entity.row)),
    )
    _add(bench, name, operation, [fact] if fact else [])
    _decide_route(bench, name, operation)


def _delete(bench: Workbench, fact: Fact) -> bool:
    entity = bench.entity(fact.word("object"))
    if entity is None:
        return False
    _make_delete(bench, entity, fact)
    return True


def _make_delete(bench: Workbench, entity: EntityDraft, fact: Fact | None) -> None:
    known = permissions.rule(bench, entity, "delete", f"{entity.row}.") if fact else None
    mine = _mine(bench, entity, fact)
    name = f"delete_{entity.base}"
    _decide_rows(bench, name, entity, fact)
    operation = Operation(
        route=f"DELETE /{entity.plural}/{{{entity.key}}}",
        access=known.access if known else "user" if mine else "anyone",
        input=_key_input(entity),
        effects=(*_found(entity, known, mine=mine), Delete(delete=entity.row))
        if mine or (known and known.condition)
        else (_read_row(entity, mine=True), Delete(delete=entity.row)),
    )
    _add(bench, name, operation, [fact] if fact else [])
    _decide_route(bench, name, operation)


def _found(entity: EntityDraft, known: permissions.Rule | None, *, mine: bool) -> tuple[AnyEffect, ...]:
    """Reads the row, and keeps the rule of who may."""
    if known is None:
        return tuple(_find(entity, mine=mine))
    own = known.condition is not None and "owner" in known.condition
    row = _read_row(entity, mine=own)
    return (row, _guard(known.condition)) if known.condition else (row,)


_FILTERABLE = frozenset(
    {"text", "integer", "boolean", "date", "datetime", "enum", "ref", "email", "url", "uuid", "money"}
)


def _filters(bench: Workbench, entity: EntityDraft, facts: Sequence[Fact]) -> dict[str, FieldSpec]:
    """The optional inputs by which a list is narrowed; a field that the row does not have is added, as text."""
    found: dict[str, FieldSpec] = {}
    for fact in facts:
        told = fact.get("filters")
        for words in told if isinstance(told, tuple) else ():
            name = names.field_name(words)
            if name not in entity.fields:
                entity.add(name, FieldSpec(type="text"), fact)
                bench.decide(
                    f"entities.{entity.name}.fields.{name}",
                    "text",
                    f'Rows are looked up by "{words}".',
                    source=Source.INFERRED,
                )
            spec = entity.fields[name]
            if spec.type in _FILTERABLE:
                found[name] = FieldSpec(type=spec.type, to=spec.to, values=spec.values, optional=True)
    return found


def _manage(bench: Workbench, fact: Fact) -> bool:
    entity = bench.entity(fact.word("object"))
    if entity is None:
        return False
    _make_create(bench, entity, f"create_{entity.base}", fact)
    for make in (_make_list, _make_read, _make_update, _make_delete):
        make(bench, entity, fact)
    return True


def _visit(bench: Workbench, fact: Fact) -> bool:
    """Opening a row's address: finds it, counts, publishes, and redirects or shows it."""
    entity = _visited(bench, fact)
    if entity is None:
        return False
    route = fact.word("path") or f"/{entity.plural}/{{{entity.key}}}"
    if names_in(route) not in ([], [entity.key]):
        return False
    effects: list[AnyEffect] = [_read_row(entity, mine=False)]
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
    name = "follow" if output else names.operation_name(f"{fact.word('verb')} {entity.words}")
    operation = Operation(
        route=f"GET {route}", access="anyone", input=_key_input(entity), effects=tuple(effects), output=output
    )
    _add(bench, name, operation, [fact])
    if not fact.word("path"):
        _decide_route(bench, name, operation)
    if fact.word("actor") not in {"anyone", "user"}:
        bench.decide(f"operations.{name}.access", "anyone", "Nothing says who may; it only reads.", "user")
    if output:
        bench.decide(
            f"operations.{name}.output.status", "302", "A redirect is 302, never cacheable, so each one counts.", "301"
        )
    return True


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
    causes = [d for d in bench.operations.values() if any(_is_cause(f, fact) for f in d.facts)]
    if len(causes) != 1:
        return False
    draft = causes[0]
    entity = next(
        (
            e
            for e in bench.entities.values()
            for x in draft.operation.effects
            if isinstance(x, Read) and x.read == e.name
        ),
        None,
    )
    if entity is None:
        return False
    name = names.type_name(fact.word("name"))
    key = entity.key if entity.key != "id" else f"{entity.row}_id"
    key_type = FieldSpec(type="text") if entity.key != "id" else FieldSpec(type="uuid")
    bench.events[name] = {key: key_type, "at": FieldSpec(type="datetime")}
    bench.event_sources[name] = entity
    publish = Publish(publish=name, values={key: f"{entity.row}.{entity.key}", "at": "now"})
    draft.operation = draft.operation.model_copy(update={"effects": (*draft.operation.effects, publish)})
    draft.facts.append(fact)
    bench.decide(f"events.{name}", f"{key}, at", "Nothing says what the event carries: which row, and when.")
    return True


def _is_cause(operation: Fact, event: Fact) -> bool:
    cause = event.word("cause")
    if operation.kind != "operation":
        return False
    return cause in {operation.word("counts"), operation.word("verb")} or (
        operation.word("does") == "visit" and cause in {"visit", "click", "hit", "redirect", "view", "access"}
    )


def _creates(bench: Workbench, entity: EntityDraft) -> bool:
    return any(
        isinstance(e, Create) and e.create == entity.name
        for d in bench.operations.values()
        for e in d.operation.effects
    )


def _touched(bench: Workbench, entity: EntityDraft) -> bool:
    return any(
        entity.name in {getattr(e, "read", None), getattr(e, "list", None)}
        for d in bench.operations.values()
        for e in d.operation.effects
    )


def _missing_create(bench: Workbench, entity: EntityDraft) -> None:
    name = f"create_{entity.base}"
    facts = owned(bench, entity) or [
        f for d in bench.operations.values() for f in d.facts if bench.entity(f.word("object")) is entity
    ]
    _make_create(bench, entity, name, next((f for f in facts if f.word("actor") != "role"), None))
    draft = bench.operations[name]
    if draft.operation.access == "anyone" and bench.account:
        draft.operation = draft.operation.model_copy(update={"access": "user"})
    draft.facts = draft.facts or facts
    bench.decide(
        f"operations.{name}",
        "added",
        f"Nothing says how a {entity.words} comes about; without one the other operations have nothing to do.",
        "say who creates them",
        source=Source.INFERRED,
    )


def _crud(bench: Workbench, entity: EntityDraft) -> None:
    """Nobody says what is done: create, list, read, change and delete."""
    _make_create(bench, entity, f"create_{entity.base}", None)
    for make in (_make_list, _make_read, _make_update, _make_delete):
        make(bench, entity, None)
    named = [*entity.facts, *(f for facts in entity.field_facts.values() for f in facts)]
    named = named or [f for f in bench.of("relation") if bench.entity(f.word("to")) is entity]
    named += [f for f in bench.of("system") if all(n.evidence[0].prose is not f.evidence[0].prose for n in named)]
    for draft in bench.operations.values():
        draft.facts = draft.facts or named
    bench.decide(
        f"operations.of.{entity.name}",
        ", ".join(CRUD),
        f"Nothing says what is done with a {entity.words}; these five are what an API of it usually has.",
        "say who does what with it",
    )
    _decide_crud_access(bench, entity)


def _decide_crud_access(bench: Workbench, entity: EntityDraft) -> None:
    subject = f"operations.of.{entity.name}.access"
    if "owner" in entity.fields:
        because = "There are users, and nothing says who may do what; each has rows of their own."
        bench.decide(subject, "user, own rows", because, "anyone", source=Source.INFERRED)
        return
    bench.decide(
        subject,
        "anyone",
        "Nothing is said of signing in.",
        "say that users sign in",
        consequence="Everybody who reaches the service may change and delete everything.",
    )


def _other(bench: Workbench, fact: Fact) -> bool:
    """A verb of the domain: it makes something, leaves a record, ends one, or changes a state."""
    thing = bench.entity(fact.word("object"))
    record = bench.entity(domain_verbs.record_name(bench, fact)) if domain_verbs.is_record(bench, fact) else None
    if record is not None and record is not bench.account:
        _make_create(bench, record, f"create_{record.base}", fact)
        return True
    if thing is not None and thing is not bench.account and domain_verbs.makes(fact):
        _make_create(bench, thing, f"create_{thing.base}", fact)
        return True
    return domain_verbs.plan_other(bench, fact)


_PLANNERS: Mapping[str, Callable[[Workbench, Fact], bool]] = {
    "create": _create,
    "convert": _create,
    "list": _list,
    "read": _read,
    "update": _update,
    "delete": _delete,
    "manage": _manage,
    "visit": _visit,
    "search": _list,
    "other": _other,
}

"""What is done to rows of one entity: create, list, read, change and delete, with the conventions of their routes.

Owns who may, which rows, and what a client sends. Refuses nothing: that is for whoever asks for an operation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autocoder.blueprint.model import (
    AccessRule,
    AnyEffect,
    Create,
    Delete,
    FieldSpec,
    ListRows,
    Operation,
    Page,
    Read,
    Require,
    Search,
    Update,
)
from autocoder.decisions import Source
from autocoder.facts import Fact
from autocoder.planning import names, permissions
from autocoder.planning.workbench import EntityDraft, Workbench


def access_of(bench: Workbench, entity: EntityDraft, fact: Fact | None) -> permissions.Access:
    """Who may call: signed-in users; anyone; anyone, with the caller known, where rows have owners."""
    owner = entity.fields.get("owner")
    if (fact and fact.word("actor") == "user") or (owner and not owner.optional):
        return "user"
    return "user?" if owner else "anyone"


def input_fields(entity: EntityDraft, *, partial: bool = False) -> dict[str, FieldSpec]:
    """The fields that a client sends: not generated, not computed, not the owner."""
    found: dict[str, FieldSpec] = {}
    for name, spec in entity.fields.items():
        computed = isinstance(spec.default, str) and spec.default.startswith("=")
        if spec.read_only or computed or spec.computed or spec.type == "code" or name == "owner":
            continue
        optional = partial or spec.optional or spec.default is not None
        found[name] = FieldSpec(
            type=spec.type,
            fields=spec.fields,
            to=spec.to,
            values=spec.values,
            optional=optional,
            min=spec.min,
            max=spec.max,
            pattern=spec.pattern,
        )
    return found


def make_create(bench: Workbench, entity: EntityDraft, name: str, fact: Fact | None) -> None:
    """Adds rows of an entity."""
    known = permissions.rule(bench, entity, "create", "") if fact else None
    known = known or (permissions.combined(bench, entity, [fact], "") if fact else None)
    roled = known is not None and isinstance(known.access, AccessRule)
    operation = Operation(
        route=f"POST /{entity.plural}",
        access=known.access if known and roled else access_of(bench, entity, fact),
        input=input_fields(entity),
        effects=(creation(entity),),
    )
    bench.add_operation(name, operation, [fact] if fact else [])


def _guard(condition: str) -> Require:
    return Require(require=condition, otherwise="forbidden")


def creation(entity: EntityDraft) -> Create:
    """Adds a row; a row that must have an owner gets the caller."""
    owner = entity.fields.get("owner")
    caller = {"owner": "caller.id"} if owner and not owner.optional else {}
    return Create(create=entity.name, set=caller)


def read_row(entity: EntityDraft, *, mine: bool) -> Read:
    """Reads the row that the route names. Expired rows are there only for their owner."""
    alive = "expires_at" in entity.fields and not mine
    if entity.key == "id" and not alive:
        return Read(read=entity.name, by="input.id")
    key = f"{entity.key} == input.{entity.key}"
    return Read(read=entity.name, where=f"{key} && expires_at > now" if alive else key)


def key_input(entity: EntityDraft) -> dict[str, FieldSpec]:
    """The input that names a row, where the route does not say its type."""
    return {"id": FieldSpec(type="uuid")} if entity.key == "id" else {}


def _find(entity: EntityDraft, *, mine: bool) -> list[AnyEffect]:
    effects: list[AnyEffect] = [read_row(entity, mine=mine)]
    if mine:
        effects.append(Require(require=f"{entity.row}.owner == caller.id", otherwise="forbidden"))
    return effects


def _mine(bench: Workbench, entity: EntityDraft, fact: Fact | None) -> bool:
    """Whether an operation is limited to the caller's own rows: where the text says so, or says only who owns them."""
    if "owner" not in entity.fields:
        return False
    return fact.get("scope") == "own" if fact is not None else bench.account is not None


def make_list(bench: Workbench, entity: EntityDraft, fact: Fact | None) -> None:
    """Lists rows, narrowed by who asks, by what the client sends, and by the states that the text names."""
    known = permissions.rule(bench, entity, "list", "") if fact else None
    mine = _mine(bench, entity, fact) if known is None else known.condition is not None
    filters = _filters(entity, known.facts if known else ())
    each = _each_state(entity, known.facts if known else ())
    conditions = [
        *([each] if each else _whose(known, mine=mine)),
        *(f"(input.{n} == null || {n} == input.{n})" for n in filters),
        *([] if each else _in_state(entity, fact, mine=mine)),
    ]
    told = known.facts if known else (fact,) if fact else ()
    limit = next((f.get("limit") for f in told if f.get("limit")), None)
    sought = _sought(entity, known.facts if known else ())
    narrowed: dict[str, Any] = {
        "where": " && ".join(conditions) or None,
        "order": _order(entity, known.facts if known else ()),
        "page": Page(limit=limit, most=max(limit, 100)) if isinstance(limit, int) else None,
    }
    name = f"list_{entity.plural}"
    operation = Operation(
        route=f"GET /{entity.plural}",
        access="user?" if each else known.access if known else access_of(bench, entity, fact) if mine else "anyone",
        input=filters | ({"q": FieldSpec(type="text", optional=True)} if sought else {}),
        effects=(
            Search.model_validate({"search": entity.name, "in": sought, "for": "input.q", **narrowed})
            if sought
            else ListRows(list=entity.name, **narrowed),
        ),
    )
    bench.add_operation(name, operation, [fact] if fact else [])
    if limit is None:
        bench.decide(f"operations.{name}.limit", "100", "A list answers at most 100 rows where nothing is said.")


def _each_state(entity: EntityDraft, facts: Sequence[Fact]) -> str:
    """What is seen by whom where sentences tell states apart: published posts by anyone, drafts by their authors.

    Empty where they do not, or where roles tell them apart as well.
    """
    told = {(names.state_name(f.word("state")), f.get("scope") == "own") for f in facts if f.word("state")}
    public = [f for f in facts if f.word("actor") == "anyone"]
    mine = [f for f in facts if f.get("scope") == "own"]
    if len(told) < 2 or not public or not mine or len(public) + len(mine) < len(facts) or "owner" not in entity.fields:
        return ""
    states = [f"status == '{s}'" + (" && owner == caller?.id" if own else "") for s, own in sorted(told)]
    return f"({' || '.join(states)})"


def _whose(known: permissions.Rule | None, *, mine: bool) -> list[str]:
    if known is not None and known.condition:
        return [f"({known.condition})" if "||" in known.condition else known.condition]
    return ["owner == caller.id"] if mine else []


def _in_state(entity: EntityDraft, fact: Fact | None, *, mine: bool) -> list[str]:
    state = fact.word("state") if fact else ""
    found: list[str] = []
    if "expires_at" in entity.fields and (state == "expired" or not mine):
        found.append("expires_at <= now" if state == "expired" else "expires_at > now")
    if state and state != "expired":
        found.append(f"status == '{names.state_name(state)}'")
    return found


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


def _order(entity: EntityDraft, facts: Sequence[Fact]) -> tuple[str, ...]:
    told = [f for f in facts if f.word("order") == "newest first"]
    if not told:
        return ()
    entity.add("created_at", FieldSpec(type="datetime", default="=now", read_only=True), *told)
    return ("created_at desc",)


def make_read(bench: Workbench, entity: EntityDraft, fact: Fact | None) -> None:
    """Shows one row."""
    known = permissions.rule(bench, entity, "read", f"{entity.row}.") if fact else None
    mine = _mine(bench, entity, fact)
    name = f"get_{entity.base}"
    operation = Operation(
        route=f"GET /{entity.plural}/{{{entity.key}}}",
        access=known.access if known else "user" if mine else "anyone",
        input=key_input(entity),
        effects=_found(entity, known, mine=mine),
    )
    bench.add_operation(name, operation, [fact] if fact else [])


def make_update(bench: Workbench, entity: EntityDraft, fact: Fact | None) -> None:
    """Changes the fields that a client sends of one row."""
    sent = input_fields(entity, partial=True)
    if not sent:  # nothing of it is a client's to change
        return
    name = f"update_{entity.base}"
    known = _changing(bench, entity, "update", name) if fact else None
    mine = _mine(bench, entity, fact)
    _decide_rows(bench, name, entity, fact)
    operation = Operation(
        route=f"PATCH /{entity.plural}/{{{entity.key}}}",
        access=known.access if known else "user" if mine else "anyone",
        input=key_input(entity) | sent,
        effects=(*_found(entity, known, mine=mine), Update(update=entity.row)),
    )
    bench.add_operation(name, operation, [fact] if fact else [])


def make_delete(bench: Workbench, entity: EntityDraft, fact: Fact | None) -> None:
    """Removes one row."""
    name = f"delete_{entity.base}"
    known = _changing(bench, entity, "delete", name) if fact else None
    mine = _mine(bench, entity, fact)
    _decide_rows(bench, name, entity, fact)
    operation = Operation(
        route=f"DELETE /{entity.plural}/{{{entity.key}}}",
        access=known.access if known else "user" if mine else "anyone",
        input=key_input(entity),
        effects=(*_found(entity, known, mine=mine), Delete(delete=entity.row))
        if mine or (known and known.condition)
        else (read_row(entity, mine=True), Delete(delete=entity.row)),
    )
    bench.add_operation(name, operation, [fact] if fact else [])


def _changing(bench: Workbench, entity: EntityDraft, does: str, name: str) -> permissions.Rule | None:
    known = permissions.rule(bench, entity, does, f"{entity.row}.")
    return permissions.of_owners(bench, entity, known, f"{entity.row}.", name) if known else None


def _found(entity: EntityDraft, known: permissions.Rule | None, *, mine: bool) -> tuple[AnyEffect, ...]:
    """Reads the row, and keeps the rule of who may."""
    if known is None:
        return tuple(_find(entity, mine=mine))
    own = known.condition is not None and "owner" in known.condition
    row = read_row(entity, mine=own)
    return (row, _guard(known.condition)) if known.condition else (row,)


_FILTERABLE = frozenset(
    {"text", "integer", "decimal", "boolean", "date", "datetime", "enum", "ref", "email", "url", "uuid", "money"}
)


def plan_filter_fields(bench: Workbench) -> None:
    """Rows have what they are looked up by: a field that no sentence states is added, as text."""
    for fact in bench.of("operation"):
        entity = bench.entity(fact.word("object")) if fact.word("object") else None
        for words in _told(fact) if entity else ():
            name = names.field_name(words)
            if entity is None or name in entity.fields:
                continue
            other = bench.entity(words)
            spec = FieldSpec(type="ref", to=other.name) if other and other is not entity else FieldSpec(type="text")
            entity.add(name, spec, fact)
            bench.decide(
                f"entities.{entity.name}.fields.{name}",
                f"ref to {spec.to}" if spec.to else "text",
                f'Rows are looked up by "{words}".',
                source=Source.INFERRED,
            )


def _told(fact: Fact) -> Sequence[str]:
    told = fact.get("filters")
    return told if isinstance(told, tuple) else ()


def _sought(entity: EntityDraft, facts: Sequence[Fact]) -> tuple[str, ...]:
    """The texts in which words are searched; other fields are compared as a whole."""
    told = [names.field_name(w) for f in facts if f.word("does") == "search" for w in _told(f)]
    return tuple(dict.fromkeys(n for n in told if n in entity.fields and entity.fields[n].type == "text"))


def _filters(entity: EntityDraft, facts: Sequence[Fact]) -> dict[str, FieldSpec]:
    """The optional inputs by which a list is narrowed."""
    found: dict[str, FieldSpec] = {}
    sought = _sought(entity, facts)
    for words in (w for fact in facts for w in _told(fact)):
        name = names.field_name(words)
        spec = entity.fields.get(name)
        if spec is not None and spec.type in _FILTERABLE and name not in sought:
            found[name] = FieldSpec(type=spec.type, to=spec.to, values=spec.values, optional=True)
    return found

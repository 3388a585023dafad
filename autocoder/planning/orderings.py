"""What must be later than something else: an end after its start, a session in the future.

Owns the guards of what makes and changes such rows.
"""

from __future__ import annotations

from autocoder.blueprint.model import AnyEffect, Create, Require, Update
from autocoder.facts import Fact
from autocoder.planning.guards import time_of
from autocoder.planning.workbench import EntityDraft, OperationDraft, Workbench


def is_ordering(fact: Fact) -> bool:
    """Whether a sentence says of a field only what it must be later than."""
    return bool(fact.word("after") or fact.word("not_before"))


def plan_orderings(bench: Workbench) -> None:
    """Every sentence about what must be later."""
    for fact in bench.of("field"):
        if not is_ordering(fact):
            continue
        entity = bench.entity(fact.word("of"))
        name = _field(entity, fact.word("name")) if entity else ""
        other = fact.word("after") or fact.word("not_before")
        than = "now" if other == "now" else _field(entity, other) if entity else ""
        made = [d for d in bench.operations.values() if entity and _sent(d, entity, name)]
        if entity is None or not name or not than or not made:
            _refuse(bench, fact)
            continue
        for draft in made:
            _guard(draft, entity, name, than, fact)
        bench.use(fact)


def _refuse(bench: Workbench, fact: Fact) -> None:
    bench.refuse(
        "AC2001",
        f'nothing that is sent is "{fact.said("name")}", or what it must be later than',
        fact,
        rule="what is compared are fields that clients send, or now",
        help='say which times it has, like "A shift has a start time and an end time."',
    )


def _field(entity: EntityDraft, said: str) -> str:
    return time_of(entity, said)


def _sent(draft: OperationDraft, entity: EntityDraft, name: str) -> bool:
    """Whether an operation makes or changes such rows with a time that a client sends."""
    effects = draft.operation.effects
    made = any(isinstance(e, Create) and e.create == entity.name and name not in e.set for e in effects)
    changed = any(isinstance(e, Update) and e.update == entity.row and not e.set for e in effects)
    return name in draft.operation.input and (made or changed)


def _guard(draft: OperationDraft, entity: EntityDraft, name: str, than: str, fact: Fact) -> None:
    effects = draft.operation.effects
    at = next(n for n, e in enumerate(effects) if isinstance(e, Create | Update))
    changes = isinstance(effects[at], Update)
    value = _value(draft, entity, name, changes=changes)
    now = "date(now)" if entity.fields[name].type == "date" else "now"
    other = now if than == "now" else _value(draft, entity, than, changes=changes)
    condition = f"{value} {'>' if fact.word('after') else '>='} {other}"
    if draft.operation.input[name].optional and not changes:
        condition = f"input.{name} == null || {condition}"
    shown = name.replace("_", " ")
    told = "in the future" if than == "now" else f"after the {than.replace('_', ' ')}"
    if not fact.word("after"):
        told = f"not before the {than.replace('_', ' ')}"
    guard: AnyEffect = Require(require=condition, message=f"The {shown} is {told}.")
    if than == "now" and changes:
        guard = guard.model_copy(update={"when": f"input.{name} != null"})
    draft.operation = draft.operation.model_copy(update={"effects": (*effects[:at], guard, *effects[at:])})
    draft.facts += [fact] if fact not in draft.facts else []


def _value(draft: OperationDraft, entity: EntityDraft, name: str, *, changes: bool) -> str:
    """What is sent; where a change leaves it out, what the row has."""
    sent = draft.operation.input.get(name)
    if sent is None:
        return f"{entity.row}.{name}"
    return f"(input.{name} ?? {entity.row}.{name})" if changes and sent.optional else f"input.{name}"

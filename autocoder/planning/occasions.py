"""Which operations a sentence means with "when an order is shipped", and which row each of them has at hand.

Owns the way from the words of an occasion to operations that are planned already, and the place in their effects where
something more may happen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from autocoder.blueprint.model import AnyEffect, Create, Delete, Operation, Read, Transition, Update
from autocoder.facts import Fact
from autocoder.planning import domain_verbs, lifecycles, names
from autocoder.planning.workbench import EntityDraft, OperationDraft, Workbench
from autocoder.readers.rules.lexicon.domain import STATES
from autocoder.readers.rules.lexicon.verbs import DOES

_EFFECTS = {"create": Create, "update": Update, "delete": Delete}


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """An operation in which it happens, and the row that it happens to: made there, or read there."""

    name: str
    draft: OperationDraft
    entity: EntityDraft
    row: str
    made: bool
    when: str | None = None

    @property
    def operation(self) -> Operation:
        """As it is planned so far."""
        return self.draft.operation

    def change(self, effects: tuple[AnyEffect, ...], fact: Fact) -> None:
        """Gives the operation other effects, because of a sentence."""
        self.draft.operation = self.operation.model_copy(update={"effects": effects})
        if fact not in self.draft.facts:
            self.draft.facts.append(fact)


def occasions(bench: Workbench, fact: Fact) -> list[Occasion]:
    """The operations in which what a fact tells happens; none where no operation does it."""
    thing = bench.entity(fact.word("object")) if fact.word("object") else None
    verb = fact.word("on")
    if verb and (thing is None or thing is bench.account):
        return _by_somebody(bench, fact.word("object"), verb)
    if thing is None:
        return []
    drafts = list(bench.operations.items())
    found = [(n, d) for n, d in drafts if _does_so(d.operation, thing, verb)]
    found = found or [(n, d) for n, d in drafts if _told_so(bench, d, thing, verb)]
    return [o for name, draft in found for o in _at_hand(bench, name, draft, thing)] or _set(bench, thing, verb)


def _by_somebody(bench: Workbench, who: str, verb: str) -> list[Occasion]:
    """Where somebody does it, whatever to: "when a student signs up"."""
    found: list[Occasion] = []
    for name, draft in bench.operations.items():
        told = [f for f in draft.facts if f.kind == "operation" and lifecycles.verb_of(f) == verb]
        acting = {w for f in told for w in (f.word("role"), f.word("actor"))}
        thing = bench.entity(told[0].word("object")) if told else None
        if thing is not None and who in acting and _does(draft.operation, told[0]):
            found += _at_hand(bench, name, draft, thing)
    return found


def _set(bench: Workbench, thing: EntityDraft, verb: str) -> list[Occasion]:
    """Where a field of that name is set: a task is assigned where its assignee is."""
    stem = names.base_name(verb)[:6]
    field = next((n for n, f in thing.fields.items() if verb and n.startswith(stem) and f.type == "ref"), "")
    found: list[Occasion] = []
    for name in (f"create_{thing.base}", f"update_{thing.base}") if field else ():
        draft = bench.operations.get(name)
        if draft is not None and field in draft.operation.input:
            sent = f"input.{field} != null" if draft.operation.input[field].optional else None
            found += [replace(o, when=sent) for o in _at_hand(bench, name, draft, thing)]
    return found


def _does_so(operation: Operation, thing: EntityDraft, verb: str) -> bool:
    """Whether the effects of an operation do that to such a thing."""
    does = "change" if names.base_name(verb) in thing.changes else _kind(verb)
    if does == "change":
        changes = [e for e in operation.effects if isinstance(e, Transition) and e.transition == thing.row]
        return any(_leads(thing, e, verb) for e in changes)
    return any(isinstance(e, _EFFECTS[does]) and _of(e) in {thing.name, thing.row} for e in operation.effects)


def _told_so(bench: Workbench, draft: OperationDraft, thing: EntityDraft, verb: str) -> bool:
    """Whether a sentence says with the same verb that an operation does it: "sign up for a class"."""
    told = [f for f in draft.facts if f.kind == "operation" and f.word("object")]
    same = [f for f in told if bench.entity(f.word("object")) is thing and lifecycles.verb_of(f) == verb]
    return bool(verb) and any(_does(draft.operation, f) for f in same)


def _does(operation: Operation, fact: Fact) -> bool:
    """Whether it is the very operation, where a fact stands behind several: none that only looks at rows."""
    return operation.route.startswith("GET ") == (fact.word("does") in {"list", "read", "search", "visit"})


def _kind(verb: str) -> str:
    """What a verb does to rows: make, change a field, remove; or bring into another state."""
    if not verb or DOES.get(verb) == "create" or verb in domain_verbs.MAKES:
        return "create"
    does = DOES.get(verb, "")
    return does if does in _EFFECTS else "change"


def _leads(thing: EntityDraft, effect: Transition, verb: str) -> bool:
    """Whether a change of state is what the verb says: by its name, or by the state that it leads to."""
    change = thing.changes.get(effect.to)
    return effect.to == names.base_name(verb) or (
        change is not None and change.to in {names.state_name(verb), names.state_name(STATES.get(verb, verb))}
    )


def _of(effect: AnyEffect) -> str:
    match effect:
        case Create():
            return effect.create
        case Update():
            return effect.update
        case Delete():
            return effect.delete
        case _:
            return ""


def _at_hand(bench: Workbench, name: str, draft: OperationDraft, thing: EntityDraft) -> Iterator[Occasion]:
    """The row that is made or read there: the thing itself, else the record that is made of it."""
    rows = [e for e in draft.operation.effects if isinstance(e, Create | Read)]
    kinds = [(e.create if isinstance(e, Create) else e.read, e) for e in rows]
    made = next(((k, e) for k, e in kinds if isinstance(e, Create)), None)
    own = next(((k, e) for k, e in kinds if k == thing.name), None)
    chosen = own or made
    entity = bench.entities.get(chosen[0]) if chosen else None
    if chosen and entity:
        row = chosen[1].name or entity.row
        yield Occasion(name=name, draft=draft, entity=entity, row=row, made=isinstance(chosen[1], Create))

"""What people do to things beyond creating, listing, reading, changing and deleting them.

Owns three families: verbs that leave a record ("members borrow books" makes a loan), verbs that end one ("return"),
and verbs that move a thing from state to state ("agents resolve tickets"). The names and states are conventions,
each a decision.
"""

from __future__ import annotations

from autocoder.blueprint.model import AnyEffect, FieldSpec, Operation, Read, Require, Update
from autocoder.decisions import Source
from autocoder.facts import Fact
from autocoder.planning import names, permissions
from autocoder.planning.workbench import EntityDraft, OperationDraft, Workbench
from autocoder.readers.rules.lexicon.domain import RECORDS, STATES

MAKES = names.words("submit send place report file raise register publish open start issue write record upload score")
"""Verbs that make the thing itself."""

EVENTS = names.words("appointment booking reservation visit session trip slot consultation viewing call seat ticket")
"""Nouns for what is made by booking it."""

ENDS = {
    "return": ("borrow", "lend", "rent", "check out"),
    "check in": ("check out", "borrow"),
    "unsubscribe": ("subscribe",),
}
"""Verb to the verbs whose record it ends."""


def plan_lifecycles(bench: Workbench) -> None:
    """The states that the text counts out are a field of the thing; the first one is where it starts."""
    for fact in bench.of("lifecycle"):
        states = fact.get("states")
        entity = bench.entity(fact.word("entity"))
        if entity is None or not isinstance(states, tuple):
            continue
        values = tuple(dict.fromkeys(names.field_name(s, suffix="state") for s in states))
        entity.add("status", FieldSpec(type="enum", values=values, default=values[0], read_only=True), fact)
        entity.facts.append(fact)
        bench.use(fact)
        bench.decide(
            f"entities.{entity.name}.fields.status.default",
            values[0],
            "The text counts out the states; a row starts in the first one.",
            source=Source.INFERRED,
        )


def is_record(bench: Workbench, fact: Fact) -> bool:
    """Whether a verb leaves a record beside the thing that it is done to."""
    return record_name(bench, fact) != ""


def record_name(bench: Workbench, fact: Fact) -> str:
    """The record that a verb leaves; empty where it makes or changes the thing itself."""
    known = RECORDS.get(fact.word("verb"), "")
    tail = fact.word("object").rpartition(" ")[2]
    if not known or tail in EVENTS or tail == known:
        return ""
    return known


def makes(fact: Fact) -> bool:
    """Whether a verb makes the thing itself: "book an appointment", "submit a claim"."""
    verb, tail = fact.word("verb"), fact.word("object").rpartition(" ")[2]
    return verb in MAKES or (verb in RECORDS and (tail in EVENTS or tail == RECORDS[verb]))


def define_entities(bench: Workbench) -> None:
    """The things that such verbs are done to, and the records that they leave."""
    for fact in bench.of("operation"):
        if fact.word("does") != "other" or not fact.word("object") or fact.word("path"):
            continue
        verb = fact.word("verb")
        if not (verb in RECORDS or verb in STATES or verb in MAKES or verb in ENDS):
            continue
        thing = bench.define(fact.word("object"))
        record = record_name(bench, fact)
        if record:
            _record(bench, fact, thing, record)


def _record(bench: Workbench, fact: Fact, thing: EntityDraft, record: str) -> None:
    entity = bench.define(record)
    if entity is thing or entity is bench.account:
        return
    if thing is not bench.account:
        entity.add(names.field_name(thing.words), FieldSpec(type="ref", to=thing.name), fact)
    if bench.account and fact.word("actor") in {"user", "role"}:
        entity.add("owner", FieldSpec(type="ref", to=bench.account.name, read_only=True), fact)
    entity.add("created_at", FieldSpec(type="datetime", default="=now", read_only=True), fact)
    bench.decide(
        f"entities.{entity.name}",
        entity.name,
        f'"{fact.said("verb")}" leaves a record: who, which {thing.words}, and when.',
        source=Source.INFERRED,
    )


def plan_other(bench: Workbench, fact: Fact) -> bool:
    """The operation of such a verb. False where the conventions have none for it."""
    verb = fact.word("verb")
    thing = bench.entity(fact.word("object"))
    if thing is None or thing is bench.account:
        return False
    if verb in ENDS:
        return _end(bench, fact, ENDS[verb])
    if verb in STATES:
        return _transition(bench, fact, thing)
    return False


def _guard(bench: Workbench, entity: EntityDraft, fact: Fact) -> permissions.Rule:
    return permissions.combined(bench, entity, [fact], f"{entity.row}.")


def _add(bench: Workbench, name: str, operation: Operation, fact: Fact) -> None:
    known = bench.operations.get(name)
    if known is not None:
        known.facts.append(fact)
        return
    bench.operations[name] = OperationDraft(operation=operation, facts=[fact])
    bench.decide(f"operations.{name}.route", operation.route, "Nothing says its route; this is the convention for it.")


def _end(bench: Workbench, fact: Fact, opened: tuple[str, ...]) -> bool:
    """Sets the time at which a record ended."""
    begun = next((f for f in bench.of("operation") if f.word("verb") in opened and record_name(bench, f)), None)
    entity = bench.entity(record_name(bench, begun)) if begun else None
    if entity is None or begun is None:
        return False
    verb = names.base_name(fact.word("verb"))
    field = "returned_at" if verb == "return" else "ended_at"
    entity.add(field, FieldSpec(type="datetime", optional=True, read_only=True), fact)
    own = "owner" in entity.fields and fact.word("role") == begun.word("role")
    rule = _guard(bench, entity, fact)
    condition = f"{entity.row}.owner == caller.id" if own else rule.condition
    effects: list[AnyEffect] = [Read(read=entity.name, by="input.id")]
    effects += [Require(require=condition, otherwise="forbidden")] if condition else []
    effects.append(Require(require=f"{entity.row}.{field} == null", otherwise="conflict"))
    effects.append(Update(update=entity.row, set={field: "now"}))
    operation = Operation(
        route=f"POST /{entity.plural}/{{id}}/{verb}",
        access=rule.access,
        input={"id": FieldSpec(type="uuid")},
        effects=tuple(effects),
    )
    _add(bench, names.operation_name(f"{verb} {entity.words}"), operation, fact)
    return True


def _transition(bench: Workbench, fact: Fact, thing: EntityDraft) -> bool:
    """Moves a thing to the state that the verb names, from the states in which it may be."""
    verb = fact.word("verb")
    target = names.field_name(fact.word("to_state") or STATES[verb], suffix="state")
    before = _before(bench, fact, thing, target)
    if fact.word("before"):
        return False
    _state(bench, fact, thing, {target, *before})
    rule = _guard(bench, thing, fact)
    effects: list[AnyEffect] = [Read(read=thing.name, by="input.id")]
    if rule.condition:
        effects.append(Require(require=rule.condition, otherwise="forbidden"))
    if before:
        told = " || ".join(f"{thing.row}.status == '{s}'" for s in before)
        effects.append(Require(require=told, otherwise="conflict"))
    effects.append(Update(update=thing.row, set={"status": f"'{target}'"}))
    name = names.operation_name(f"{verb} {thing.words}")
    operation = Operation(
        route=f"POST /{thing.plural}/{{id}}/{names.base_name(verb)}",
        access=rule.access,
        input={"id": FieldSpec(type="uuid")},
        effects=tuple(effects),
    )
    _add(bench, name, operation, fact)
    if not fact.get("from_states"):
        bench.decide(
            f"operations.{name}.from",
            ", ".join(before) or "any state",
            "Nothing says in which states it may be done.",
            source=Source.INFERRED if before else Source.DEFAULT,
        )
    return True


def _before(bench: Workbench, fact: Fact, thing: EntityDraft, target: str) -> list[str]:
    """The states from which: stated, else the one before it in the order that the text gives."""
    stated = fact.get("from_states")
    if isinstance(stated, tuple):
        return [names.field_name(s, suffix="state") for s in stated]
    known = thing.fields.get("status")
    counted = any(f.get("states") and bench.entity(f.word("entity")) is thing for f in bench.of("lifecycle"))
    if known and counted and target in known.values and known.values.index(target):
        return [known.values[known.values.index(target) - 1]]
    return []


def _state(bench: Workbench, fact: Fact, thing: EntityDraft, needed: set[str]) -> None:
    known = thing.fields.get("status")
    if known is None or known.type != "enum":
        thing.fields["status"] = FieldSpec(
            type="enum", values=("open", *sorted(needed - {"open"})), default="open", read_only=True
        )
        bench.decide(
            f"entities.{thing.name}.fields.status.default",
            "open",
            f'"{fact.said("verb")}" changes the state of a {thing.words}; nothing says in which one it starts.',
            'another first state: count the states out, like "open, then closed"',
            source=Source.INFERRED,
        )
    else:
        values = (*known.values, *sorted(needed - set(known.values)))
        thing.fields["status"] = known.model_copy(update={"values": values})
    facts = thing.field_facts.setdefault("status", [])
    facts += [fact] if fact not in facts else []

"""What people do to things beyond creating, listing, reading, changing and deleting them.

Owns verbs that make the thing itself, that leave a record ("members borrow books" makes a loan), and that end one
("return"). The names are conventions, each a decision.
"""

from __future__ import annotations

from autocoder.blueprint.model import AnyEffect, FieldSpec, Operation, Read, Require, Update
from autocoder.decisions import Source
from autocoder.facts import Fact
from autocoder.planning import names, permissions
from autocoder.planning.workbench import EntityDraft, Workbench
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
    if fact.word("to_state"):
        return False
    verb, tail = fact.word("verb"), fact.word("object").rpartition(" ")[2]
    named = fact.word("state") or fact.get("from_states")  # "publish a draft": it is there already
    return (verb in MAKES and not named) or (verb in RECORDS and (tail in EVENTS or tail == RECORDS[verb]))


def define_entities(bench: Workbench) -> None:
    """The things that such verbs are done to, and the records that they leave."""
    for fact in bench.of("operation"):
        if fact.word("does") != "other" or not fact.word("object") or fact.word("path"):
            continue
        verb = fact.word("verb")
        known = verb in RECORDS or verb in STATES or verb in MAKES or verb in ENDS
        if not known and not fact.word("to_state") and not fact.word("assignee"):
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
    who = bench.account if fact.word("actor") in {"user", "role"} else None
    if who:
        entity.add("owner", FieldSpec(type="ref", to=who.name, read_only=True), fact)
    entity.add("created_at", FieldSpec(type="datetime", default="=now", read_only=True), fact)
    bench.decide(
        f"entities.{entity.name}",
        entity.name,
        f'"{fact.said("verb")}" leaves a record: {"who, " if who else ""}which {thing.words}, and when.',
        source=Source.INFERRED,
    )


def plan_end(bench: Workbench, fact: Fact) -> bool:
    """The operation of a verb that ends a record. False where the text makes no such record."""
    thing, verb = bench.entity(fact.word("object")), fact.word("verb")
    if thing is None or thing is bench.account or verb not in ENDS:
        return False
    return _end(bench, fact)


def begun(bench: Workbench, fact: Fact) -> Fact | None:
    """What began the record that a verb ends; None where it ends none."""
    opened = ENDS.get(fact.word("verb"), ())
    return next((f for f in bench.of("operation") if f.word("verb") in opened and record_name(bench, f)), None)


def _end(bench: Workbench, fact: Fact) -> bool:
    """Sets the time at which a record ended."""
    start = begun(bench, fact)
    entity = bench.entity(record_name(bench, start)) if start else None
    if entity is None or start is None:
        return False
    verb = names.base_name(fact.word("verb"))
    field = "returned_at" if verb == "return" else "ended_at"
    entity.add(field, FieldSpec(type="datetime", optional=True, read_only=True), fact)
    own = "owner" in entity.fields and fact.word("role") == start.word("role")
    rule = permissions.combined(bench, entity, [fact], f"{entity.row}.")
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
    bench.add_operation(names.operation_name(f"{verb} {entity.words}"), operation, [fact])
    return True

"""What is done for each of the rows that refer to a thing, one by one: an event for each, and a handler.

Owns those events. The operation itself only publishes them, so that one row that fails is tried again alone.
"""

from __future__ import annotations

from autocoder.blueprint.model import AnyEffect, Delete, FieldSpec, Handler, ListRows, Publish, Read
from autocoder.facts import Fact
from autocoder.planning import names
from autocoder.planning.occasions import Occasion
from autocoder.planning.workbench import EntityDraft, Workbench
from autocoder.readers.rules.lexicon.domain import RECORDS
from autocoder.readers.rules.tagging import participle

_MOST = 999
"""Rows of a thing for which something is done at one time."""
_OVER = frozenset({"cancelled", "declined", "rejected", "expired"})


def records_of(bench: Workbench, thing: EntityDraft) -> list[tuple[EntityDraft, str]]:
    """What people have of a thing, each with the field that refers to it: the bookings of a class."""
    return [
        (entity, name)
        for entity in bench.entities.values()
        for name, spec in entity.fields.items()
        if spec.to == thing.name and entity.words in RECORDS.values() and "owner" in entity.fields
    ]


def for_each(
    bench: Workbench, at: Occasion, on: str, record: EntityDraft, place: str, fact: Fact, effects: list[AnyEffect]
) -> bool:
    """Does something for each record of the thing that an operation has at hand. False where that row is gone then."""
    if any(isinstance(e, Delete) for e in at.operation.effects) or at.made:
        return False
    event = names.type_name(f"{record.words} of {at.entity.words} {participle(on)}")
    handler = names.operation_name(f"on {record.words} of {at.entity.words} {participle(on)}")
    if event not in bench.events:
        bench.events[event] = {record.base: FieldSpec(type="uuid")}
    published = any(isinstance(e, Publish) and e.publish == event for e in at.operation.effects)
    if not published:
        _publish(bench, at, event, record, place, fact)
    read = Read(read=record.name, by=f"event.{record.base}")
    known, facts = bench.handlers.get(handler, (Handler(on=event, effects=(read,)), []))
    more = tuple(e for e in effects if e not in known.effects)
    told = known.model_copy(update={"effects": (*known.effects, *more)})
    bench.handlers[handler] = (told, [*facts, *([fact] if fact not in facts else [])])
    return True


def _publish(bench: Workbench, at: Occasion, event: str, record: EntityDraft, place: str, fact: Fact) -> None:
    """Lists the records before the row is read: a name means one thing in their condition."""
    effects = at.operation.effects
    read = next((n for n, e in enumerate(effects) if isinstance(e, Read) and e.read == at.entity.name), 0)
    first = effects[read]
    key = first.by if isinstance(first, Read) and first.by else "input.id"
    status = record.fields.get("status")
    still = [f"status != '{s}'" for s in (status.values if status else ()) if s in _OVER]
    where = " && ".join([f"{place} == {key}", *still])
    listed = ListRows.model_validate({"list": record.name, "where": where, "limit": _MOST, "as": record.plural})
    publish = Publish.model_validate(
        {"publish": event, "with": {record.base: f"{record.row}.id"}, "each": record.plural, "item": record.row}
    )
    at.change((*effects[:read], listed, *effects[read:], publish), fact)
    bench.decide(
        f"operations.{at.name}.{record.plural}",
        str(_MOST),
        f"At one time, something is done for at most so many {names.plural(record.words)}.",
    )

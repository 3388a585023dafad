"""Who has something of a thing: those who booked a class, and how many rows that is at most.

Owns the lists of records beside the row of a thing, for what is told or done to all of them.
"""

from __future__ import annotations

from autocoder.blueprint.model import AnyEffect, Delete, ListRows, Read
from autocoder.facts import Fact
from autocoder.planning import names
from autocoder.planning.occasions import Occasion
from autocoder.planning.workbench import EntityDraft, Workbench
from autocoder.readers.rules.lexicon.domain import RECORDS

MOST = 999
"""Rows of a thing for which something is done at one time."""
HELD = names.words("loan rental booking reservation checkout enrolment enrollment membership registration subscription")
"""Records of what somebody has for a time, of things that others may have too."""
OVER = frozenset({"cancelled", "declined", "rejected", "expired"})
"""States in which a record takes nothing of a thing any more."""


def records_of(bench: Workbench, thing: EntityDraft, people: str) -> list[tuple[EntityDraft, str]]:
    """What people of that name have of a thing, each with the field that refers to it: the bookings of a class."""
    made = {
        RECORDS[f.word("verb")]
        for f in bench.of("operation")
        if RECORDS.get(f.word("verb")) in HELD and f.word("role") == people and f.word("actor") in {"user", "role"}
    }
    return [
        (entity, name)
        for entity in bench.entities.values()
        for name, spec in entity.fields.items()
        if spec.to == thing.name and entity.words in made and "owner" in entity.fields
    ]


def with_rows(
    bench: Workbench, at: Occasion, rows: EntityDraft, place: str, states: tuple[str, ...], fact: Fact
) -> bool:
    """Lists the rows that refer to the thing at hand, before all else: a name means one thing in their condition.

    False where nothing names the thing before, or it is gone then.
    """
    effects = at.operation.effects
    if any(isinstance(e, ListRows) and e.name == rows.plural for e in effects):
        return True
    read = next((e for e in effects if isinstance(e, Read) and e.read == at.entity.name), None)
    if read is None or not read.by or not read.by.startswith("input.") or any(isinstance(e, Delete) for e in effects):
        return False
    told = " || ".join(f"status == '{s}'" for s in states)
    told = f"({told})" if len(states) > 1 else told
    where = " && ".join([f"{place} == {read.by}", *([told] if told else [])])
    listed = ListRows.model_validate({"list": rows.name, "where": where, "limit": MOST, "as": rows.plural})
    more: tuple[AnyEffect, ...] = (listed, *effects)
    at.change(more, fact)
    bench.decide(
        f"operations.{at.name}.{rows.plural}",
        str(MOST),
        f"At one time, something is done for at most so many {names.plural(rows.words)}.",
    )
    return True


def still(record: EntityDraft) -> tuple[str, ...]:
    """The states in which a record still takes something of a thing."""
    status = record.fields.get("status")
    return tuple(s for s in status.values if s not in OVER) if status and set(status.values) & OVER else ()

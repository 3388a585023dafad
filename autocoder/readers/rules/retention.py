"""Reads how long things are kept where one verb holds for several: "orders are kept for 10 years, drafts for 2".

Owns sentences that say nothing else; a number without a unit has the unit of the time before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from autocoder.facts import Via
from autocoder.readers.rules.discourse import Draft, Part
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import Item, Measure
from autocoder.readers.rules.roles import words_of

_VERBS = {"for": words("keep store retain hold preserve"), "after": words("delete remove purge erase discard")}
_AS_THEY_CAME = words("raw old received stored recorded collected original individual single processed incoming")
"""What is said of things to be kept that leaves them what they are."""
_PERIODS = words("hourly daily weekly monthly yearly")
_JOINS = words(", ; and while")


@dataclass(kw_only=True)
class _Kept:
    """A thing with the time that it is kept for."""

    thing: list[Item] = field(default_factory=list[Item])
    told: list[Item] = field(default_factory=list[Item])
    after: str = ""


def read(items: Sequence[Item]) -> list[Draft]:
    """A fact for each thing and its time; none where the sentence says anything else."""
    end = next((n for n, i in enumerate(items) if i.tag == "."), len(items))
    said = list(items[:end])
    verb = next((i for i in said if i.tag == "V" and any(i.lemma in v for v in _VERBS.values())), None)
    if verb is None:
        return []
    prep = next(p for p, known in _VERBS.items() if verb.lemma in known)
    around = [i for i in said if i is not verb and i.tag not in "AM" and i.lemma != "we"]
    found = _chunks(around, prep)
    special = any(i.lemma in _AS_THEY_CAME for kept in found for i in kept.told)
    if len(found) < 2 and not special:
        return []
    used = {i.index for i in said}
    return [
        Draft(
            kind="lifecycle",
            parts={
                "entity": Part(value=words_of(kept.thing), items=kept.thing),
                "after": Part(value=kept.after, items=[kept.told[-1]], via=Via.LEXICON),
                "state": Part(value="deleted", items=[verb], via=Via.LEXICON),
            },
            items=used,
        )
        for kept in found
    ]


def _chunks(said: Sequence[Item], prep: str) -> list[_Kept]:
    """Each thing with its time; none where a word is part of neither."""
    found, open_ = list[_Kept](), _Kept()
    for item in said:
        open_.told.append(item)
        if item.tag == "N" or item.lemma in _PERIODS:
            open_.thing.append(item)
        elif after := _time(item, found):
            open_.after = after if open_.thing and open_.told[-2].lemma == prep else ""
            if not open_.after:
                return []
            found.append(open_)
            open_ = _Kept()
        elif item.tag != "D" and item.lemma not in {prep, *_AS_THEY_CAME, *_JOINS}:
            return []
    return [] if open_.told else found


def _time(item: Item, before: Sequence[_Kept]) -> str:
    """A duration; a bare number is as many of the unit before it."""
    meaning = item.meaning
    if isinstance(meaning, Measure):
        return meaning.text if meaning.dimension == "duration" else ""
    last = before[-1].told[-1] if before else None
    number = last.text.partition(" ")[0] if last is not None else ""
    if last is None or not isinstance(last.meaning, Measure) or not (item.text.isdigit() and number.isdigit()):
        return ""
    one = int(last.meaning.amount) / int(number)
    return f"{int(one * int(item.text))}{last.meaning.unit}" if one == int(one) and int(item.text) else ""

"""Reads which values are refused: "readings outside 0 to 80 °C or 0 to 100 % are rejected", "bids below 5 are refused".

Owns which field a range is about: the one that the text gives its unit, else the only number that the thing has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from autocoder.facts import Via
from autocoder.readers.rules import fields
from autocoder.readers.rules.discourse import Discourse, Draft, Part, remembered
from autocoder.readers.rules.lexicon import units
from autocoder.readers.rules.lexicon.verbs import CLASSES
from autocoder.readers.rules.phrases import Bound, Item, Measure

_NUMBERS = frozenset({"integer", "decimal", "money"})


def read(items: Sequence[Item], discourse: Discourse) -> list[Draft]:
    """The limits of a clause that is nothing else; none for any other, or where a range may be about several "
    "fields.
    """
    end = next((n for n, i in enumerate(items) if i.tag in ".;"), len(items))
    refused = end > 3 and items[end - 1].lemma in CLASSES["refuse"] and items[end - 2].lemma == "be"
    start = next((n for n, i in enumerate(items[:end]) if i.tag not in "DQ"), 0)
    if not refused or items[start].tag != "N":
        return []
    outside = items[start + 1].lemma == "outside"
    ranges = list(_ranges(items[start + 1 + outside : end - 2]))
    used = {i.index for i in items[:end]}
    drafts = [_draft(items[start], item, bound, unit, outside, discourse) for item, bound, unit in ranges]
    found = [d for d in drafts if d]
    covered = sum(2 if unit else 1 for _, _, unit in ranges) + max(len(ranges) - 1, 0)
    if not found or len(found) < len(ranges) or covered < end - 3 - start - outside:
        return []
    for draft in found:
        draft.items = used
    return found


def _ranges(said: Sequence[Item]) -> Iterator[tuple[Item, Bound, str]]:
    """Each range with its limits and its unit."""
    for at, item in enumerate(said):
        if isinstance(item.meaning, Bound):
            after = said[at + 1] if at + 1 < len(said) else None
            known = after is not None and after.tag in "NL" and after.lemma.lower() in units.FIELD_UNITS
            unit = after.lemma.lower() if after and known else _unit(item.meaning.high or item.meaning.low)
            yield item, item.meaning, unit


def _unit(measure: Measure | None) -> str:
    return "%" if measure and measure.dimension == "percent" else ""


def _draft(thing: Item, item: Item, bound: Bound, unit: str, outside: bool, discourse: Discourse) -> Draft | None:
    whole = bool(bound.low and bound.high)
    name = _field(thing.lemma, unit, discourse)
    if whole != outside or name is None:
        return None
    limits = {"min": bound.low, "max": bound.high} if outside else {"min": bound.high, "max": bound.low}
    parts = {"of": Part(value=thing.lemma, items=[thing]), "name": name}
    for slot, measure in limits.items():
        if measure is not None and measure.dimension in {"count", "percent"}:
            parts[slot] = Part(value=measure.amount, items=[item], via=Via.LEXICON)
    return Draft(kind="field", parts=parts, items=set()) if len(parts) > 2 else None


def _field(thing: str, unit: str, discourse: Discourse) -> Part | None:
    """The one field of the thing that has the unit, or without one the only number."""
    owned = {name: owners[thing] for name, owners in discourse.fields.items() if thing in owners}
    if unit:
        named = [n for n in owned if _measured_in(n, unit, discourse.prose.text)]
    else:
        named = [n for n in owned if fields.value_type(n.split()) in _NUMBERS]
    return remembered(Part(value=named[0], items=[], place=owned[named[0]].offsets)) if len(named) == 1 else None


def _measured_in(name: str, unit: str, text: str) -> bool:
    same = r"(?:%|percent|per cent)" if unit in {"%", "percent"} else re.escape(unit)
    words_ = r"\s+".join(re.escape(w) for w in name.split())
    return re.search(rf"\b{words_}\s+(?:in\s+|\(in\s+|\(){same}", text, re.IGNORECASE) is not None

"""Readings of what happened and of how often: clicks, daily totals per link.

Like `roles`, a reading answers the slots and the items it used; None where the phrase says anything else.
"""

from __future__ import annotations

from collections.abc import Mapping

from autocoder.facts import Via
from autocoder.readers.rules import roles
from autocoder.readers.rules.clauses import Adjunct, Noun
from autocoder.readers.rules.discourse import Discourse
from autocoder.readers.rules.lexicon import nouns
from autocoder.readers.rules.roles import Filled, common, name_items


def occurrence(noun: Noun, _discourse: Discourse) -> Filled | None:
    """Something that happened: a click, the visit, hit count."""
    items = name_items(noun)
    heads = [i for i in items if i.lemma in nouns.OCCURRENCES]
    if len(heads) != 1 or any(i.lemma not in nouns.OCCURRENCES | nouns.TOTALS for i in items):
        return None
    filled = Filled(parts={})
    filled.put("value", heads[0].lemma, *items)
    common(noun, filled)
    return filled


def totals(noun: Noun, _discourse: Discourse) -> Filled | None:
    """Daily totals per link; the number of clicks per link and day."""
    if noun.head.lemma not in nouns.TOTALS | nouns.SUMS:
        return None
    filled = Filled(parts={})
    counted = [i for i in noun.modifiers if i.tag == "N" and i.lemma in nouns.OCCURRENCES]
    filled.put("value", noun.head.lemma, noun.head)
    if counted:
        filled.put("counts", counted[0].lemma, counted[0])
    common(noun, filled)
    for item in noun.modifiers:
        if item.lemma in nouns.PERIODS and item.tag in "JN" and nouns.PERIODS[item.lemma] != "week":
            filled.put("period", nouns.PERIODS[item.lemma], item, via=Via.LEXICON)
    for adjunct in noun.post:
        _per(adjunct, filled)
    return filled if {"period", "per"} & set(filled.parts) else None


def _per(adjunct: Adjunct, filled: Filled) -> None:
    for n in adjunct.nouns:
        if adjunct.prep == "of" and n.head.lemma in nouns.OCCURRENCES:
            filled.put("counts", n.head.lemma, n.head)
            inner = n.post
            for deeper in inner:
                _per(deeper, filled)
        elif adjunct.prep in {"per", "for", "by"} and n.head.lemma in nouns.PERIODS:
            filled.put("period", nouns.PERIODS[n.head.lemma], n.head, via=Via.LEXICON)
        elif adjunct.prep in {"per", "for", "by"} and n.head.tag == "N":
            filled.put("per", n.head.lemma, n.head)
        else:
            continue
        filled.use(*adjunct.items[:1])
        common(n, filled)


def counted(noun: Noun, _discourse: Discourse) -> Filled | None:
    """What a worker counts: clicks per link and day, dispatches per station."""
    if noun.head.lemma not in nouns.OCCURRENCES and not (noun.head.tag == "N" and noun.head.plural):
        return None
    filled = Filled(parts={})
    filled.put("value", "count", noun.head, via=Via.LEXICON)
    filled.put("counts", noun.head.lemma, noun.head)
    common(noun, filled)
    for adjunct in noun.post:
        _per(adjunct, filled)
    return filled if {"per", "period"} & set(filled.parts) else None


NOUNS: Mapping[str, roles.Reads] = {"occurrence": occurrence, "totals": totals, "counted": counted}

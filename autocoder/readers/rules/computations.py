"""Reads how a value is worked out: "the total is the sum of …, plus 490 when it is below 5000".

Owns when the rest of a clause is arithmetic; it is taken in the prose's words, whole, so that whatever restricts stays.
"""

from __future__ import annotations

from collections.abc import Sequence

from autocoder.readers.rules import clauses, readings
from autocoder.readers.rules.discourse import Discourse, Draft, Part
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import Item

ARITHMETIC = words("times plus minus multiplied divided")
"""Words that join the parts of a formula."""


def read(items: Sequence[Item], discourse: Discourse) -> Draft | None:
    """The computed field of a sentence that is nothing else; None for any other."""
    end = next((n for n, i in enumerate(items) if i.tag in ".;"), len(items))
    at = next((n for n, i in enumerate(items[:end]) if i.tag == "A" and i.lemma == "be"), None)
    if at is None or not 0 < at < end - 2 or any(i.tag in "WC,;:" for i in items[:at]):
        return None
    said = items[at + 1 : end]
    if not any(w.token.value in ARITHMETIC for i in said for w in i.words) or _more(said):
        return None
    named = clauses.clauses(items[:at])
    owner = readings.own_field(named[0].subject[0], discourse) if _one_noun(named) else None
    if owner is None:
        return None
    first = next((i for i in said if i.tag != "D"), said[0])
    text = discourse.prose.text[first.words[0].token.start : said[-1].words[-1].token.end]
    parts = {"of": owner.parts["of"], "name": owner.parts["value"]}
    parts["computed"] = Part(value=" ".join(text.split()), items=[i for i in said if i.index >= first.index])
    return Draft(kind="field", parts=parts, items={i.index for i in items[:end]})


def _one_noun(found: Sequence[clauses.Clause]) -> bool:
    return len(found) == 1 and len(found[0].subject) == 1 and not (found[0].lead or found[0].stray)


def _more(said: Sequence[Item]) -> bool:
    """Whether something else is stated behind: a finite verb that no "when" opens."""
    inside = False
    for item in said:
        inside = inside or item.tag == "W"
        finite = item.tag in "MAX" or (item.tag == "V" and item.form in {"VB", "VBZ"})
        if finite and not inside:
            return True
    return False

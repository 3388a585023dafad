"""Reads what the service works out and keeps nothing of: "calculate the distance between two points", "convert miles".

Owns which words of such a sentence are the result, and which are the values that it is worked out from.
"""

from __future__ import annotations

from collections.abc import Sequence

from autocoder.facts import Via
from autocoder.readers.rules import enumerations
from autocoder.readers.rules.discourse import Discourse, Draft, Part
from autocoder.readers.rules.lexicon import nouns
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import Item

CALCULATING = words("calculate compute estimate convert")
_INPUTS = words("from for between of given with by using and to into in")
"""Words that open what the result is worked out from."""

_JOINTS = _INPUTS - {"and"}
_NAMES = frozenset("NJDSUG")
_MOST = 4
"""Words in the name of a value at most."""


def read(items: Sequence[Item], discourse: Discourse) -> Draft | None:
    """The calculation of a sentence that is nothing else; None for any other."""
    end = next((n for n, i in enumerate(items) if i.tag in ".;"), len(items))
    at = next((n for n, i in enumerate(items[:end]) if i.tag == "V"), None)
    if at is None or items[at].lemma not in CALCULATING or not _asker(items[:at], discourse):
        return None
    cut = next((n for n in range(at + 1, end) if items[n].lemma in _JOINTS), end)
    named = items[at + 1 : cut]
    result = [i for i in named if i.tag not in "DS"]
    if cut < end and items[cut].lemma == "of":  # the payment of a loan from …: it only says what it is a payment of
        cut = next((n for n in range(cut + 1, end) if items[n].lemma in _JOINTS - {"of", "in"}), cut)
    joint, given = (items[cut].lemma if cut < end else ""), _values(items[cut + 1 : end])
    if not result or given is None or not _names(named) or _kept(result, discourse):
        return None
    parts = {
        "actor": Part(value="anyone", items=[items[at]], via=Via.INFERRED),
        "verb": Part(value=items[at].lemma, items=[items[at]]),
        "does": Part(value="compute", items=[items[at]], via=Via.LEXICON),
        "object": Part(value=" ".join(i.lemma for i in result), items=list(result)),
    }
    converts = items[at].lemma == "convert"
    if converts and joint in {"to", "into"}:
        given = [[*result], *given]
    if given:
        said = tuple(_said(g) for g in given)
        parts["units" if converts else "inputs"] = Part(value=said, items=[i for g in given for i in g])
    stated = next((i for i in items[:at] if nouns.ACTORS.get(i.lemma) in {"anyone", "user"}), None)
    if stated is not None:
        parts["actor"] = Part(value=nouns.ACTORS[stated.lemma], items=[stated])
    return Draft(kind="operation", parts=parts, items={i.index for i in items[:end]})


def _asker(before: Sequence[Item], discourse: Discourse) -> bool:
    """Whether what stands before the verb is nobody, anyone, users, or the service itself."""
    return all(
        i.tag in "DMFT"
        or i.lemma in nouns.ACTORS
        or discourse.symbols.system(i.lemma)
        or i.lemma in {"rest", "http", "small", "simple"}
        for i in before
    )


def _kept(result: Sequence[Item], discourse: Discourse) -> bool:
    """Whether the text keeps such things: then it is a field of theirs that is worked out."""
    return result[-1].lemma in discourse.symbols.things or result[-1].lemma in discourse.fields


def _values(items: Sequence[Item]) -> list[list[Item]] | None:
    """The values that follow, without the words between them; None where more is said of them."""
    found: list[list[Item]] = [[]]
    for item in items:
        measured = item.lemma == "in" and bool(found[-1])  # "the term in months"
        if measured:
            found[-1].append(item)
        elif item.tag in ",C" or item.lemma in _INPUTS:
            found.append([])
        elif item.tag not in "DS":
            found[-1].append(item)
    groups = [g for g in found if g]
    return groups if all(_names(g) for g in groups) else None


def _names(group: Sequence[Item]) -> bool:
    return len(group) <= _MOST and all(
        (i.tag in _NAMES or i.lemma == "in") and (i.meaning is None or i.tag == "U") for i in group
    )


def _said(group: Sequence[Item]) -> str:
    """A value's name; a number before it stays."""
    *before, head = group
    measured = any(i.lemma == "in" for i in before)
    return " ".join([*(enumerations.said([i]) for i in before), head.text if measured else head.lemma]).lower()

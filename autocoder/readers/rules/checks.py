"""Reads what an endpoint looks at before it acts: "it checks if …", "if not, …", "if one exists, it is returned".

Owns the cases that such sentences tell apart: the usual one, whose words are read as if they stood alone, and the one
where the row is there already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from autocoder.facts import Via
from autocoder.readers.rules.discourse import Discourse, Draft, Part, remembered
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import Item

_CHECKS = words("check verify determine ensure look")
_CASES = words("if otherwise when should")
_FINE = words("valid correct successful ok fine available found complete match exist")
_EXISTS = words(
    "if when a an the for this that same given already exist have has be been sent create created is it "
    "invitation email "
    "existing retrieve retrieved return returned and instead of new one in json response with along as its "
    "server api then "
    "there its unchanged simply just"
)


@dataclass(frozen=True, kw_only=True)
class Check:
    """What such a sentence states, with all its words."""

    drafts: list[Draft]
    used: set[int]
    aside: dict[int, str] = field(default_factory=dict[int, str])


def read(items: Sequence[Item], discourse: Discourse) -> Check | None:
    """The fact of a check or of a case of it, None for any other sentence."""
    if not {"method", "path"} <= set(discourse.endpoint) or not items:
        return None
    everything = {i.index for i in items}
    if _announces(items) and discourse.follows in _CASES:
        return Check(drafts=[], used=set(), aside=dict.fromkeys(everything, "says what is told apart next"))
    return _returned(items, everything, discourse)


def _announces(items: Sequence[Item]) -> bool:
    """The server checks if …, and nothing else."""
    at = next((k for k, i in enumerate(items[:5]) if i.tag == "V" and i.lemma in _CHECKS), 0)
    opens = [i.lemma for i in items[at + 1 : at + 2]]
    plain = all(i.tag in "DNOR" for i in items[:at])
    return bool(at) and plain and opens in (["if"], ["whether"], ["that"]) and all(i.tag not in ";:" for i in items)


def _returned(items: Sequence[Item], used: set[int], discourse: Discourse) -> Check | None:
    """If an invitation already exists for the email, the existing `invite_id` is returned."""
    comma = next((k for k, i in enumerate(items) if i.tag == ","), 0)
    condition, answer = items[:comma], items[comma + 1 :]
    first = [i.lemma for i in condition]
    there = "already" in first and bool({"exist", "be", "have"} & set(first)) and first[:1] in (["if"], ["when"])
    handed = {"return", "returned"} & {i.lemma for i in answer} and any(
        i.lemma in {"existing", "exist"} or i.text == "existing" for i in answer
    )
    named = [i for i in items if i.tag in "NL"]
    known = all(
        i.lemma in _EXISTS
        or i in named
        or i.tag in ",.DFPO"
        or discourse.symbols.elsewhere(i.lemma, discourse.sentence)
        for i in items
    )
    if discourse.endpoint["method"].value != "POST" or not there or not handed or not known or "not" in first:
        return None
    at = next((k for k, i in enumerate(condition) if i.lemma in {"for", "with"}), len(condition))
    by = [i for i in condition[at:] if i.tag in "NL"]
    route = {k: remembered(p) for k, p in discourse.endpoint.items()}
    parts = {**route, "existing": Part(value="return", items=list(answer), via=Via.LEXICON)}
    if by:
        parts["known_by"] = Part(value=by[-1].lemma, items=by[-1:])
    return Check(drafts=[Draft(kind="operation", parts=parts, items=used)], used=used)


def without_case(items: Sequence[Item], discourse: Discourse) -> tuple[Sequence[Item], list[Item]]:
    """The sentence without the case that it opens with, where that is the usual one: "If not, …", "If it is "
    "valid, …".
    """
    lemmas = [i.lemma for i in items[:12]]
    comma = next((k for k, i in enumerate(items[:14]) if i.tag == ","), 0)
    checked = discourse.checked == discourse.sentence - 1
    if lemmas[:2] == ["if", "not"] and comma == 2 and checked:
        return items[3:], list(items[:2])
    condition = items[:comma]
    plain = [
        i for i in condition[1:] if i.tag not in "DNLCA" and i.lemma not in {"provided", "given", "provide", "give"}
    ]
    fine = lemmas[:1] == ["if"] and len(plain) == 1 and plain[0].lemma in _FINE
    fine = fine or (
        comma > 2
        and lemmas[:1] == ["if"]
        and all(i.tag in "DNLCAJV" for i in condition[1:])
        and condition[-1].lemma == "valid"
    )
    return (items[comma + 1 :], list(condition)) if fine else (items, [])

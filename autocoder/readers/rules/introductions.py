"""Reads what frames a specification: what it is for, what a list is of, what a token is for.

Owns the sentences that change nothing in the service because the endpoints that follow say it exactly. They count only
where the text states endpoints, and never with a word that narrows what is built.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from autocoder.facts import Via
from autocoder.readers.rules.discourse import Discourse, Draft, Part
from autocoder.readers.rules.lexicon import closed, nouns
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import Item
from autocoder.readers.rules.shapes import shape_fields

_PRESENTS = words("be provide offer support enable allow let help expose serve design build create manage handle give")
_LISTED = words("endpoint schema operation route api model type object definition resource following")
_TOKENS = words("token jwt bearer")
_NARROWS = (closed.RESTRICTORS - {"when", "or"}) | words("must should require max maximum limit unique expire")


@dataclass(frozen=True, kw_only=True)
class Introduction:
    """What a framing sentence gives: a fact with all its words, or words that only open a list."""

    drafts: list[Draft] = field(default_factory=list[Draft])
    used: set[int] = field(default_factory=set[int])
    aside: dict[int, str] = field(default_factory=dict[int, str])


def read(items: Sequence[Item], discourse: Discourse) -> Introduction | None:
    """The introduction, None where the sentence says more or the text states no endpoints."""
    spoken = [i for i in items if any(w.token.is_word for w in i.words)]
    if discourse.symbols.first_route is None or not spoken:
        return None
    if _defines(spoken, discourse) or _opens(items, spoken):
        return Introduction(aside={i.index: "frames what follows" for i in items})
    if [i.lemma for i in spoken[:2]] in (["for", "example"], ["for", "instance"]) and not _narrowed(items):
        return Introduction(aside={i.index: "example" for i in items})
    if closed_ := _no_others(spoken):
        return closed_
    if _narrowed([i for k, i in enumerate(items) if not _describes(items, k)]):
        return None
    return _token(items, spoken, discourse) or _purpose(spoken, discourse)


def _defines(spoken: Sequence[Item], discourse: Discourse) -> bool:
    """A shape that the text uses elsewhere is read there."""
    name = spoken[0].text
    if (len(spoken) != 2 and name not in discourse.symbols.loose) or name not in discourse.symbols.shapes:
        return False
    known = bool(shape_fields(discourse.symbols.shapes[name], discourse.symbols.shapes))
    return known and discourse.symbols.elsewhere(spoken[0].lemma, discourse.sentence)


def _opens(items: Sequence[Item], spoken: Sequence[Item]) -> bool:
    """Schemas: · It provides the following API endpoints:"""
    known = any(i.lemma in _LISTED for i in spoken[-2:])
    framing = all(i.lemma in _LISTED | _PRESENTS or i.tag in "DOJU" or i.lemma in nouns.SYSTEMS for i in spoken)
    return items[-1].lemma in {":", "."} and known and framing and len(spoken) <= 8


def _describes(items: Sequence[Item], at: int) -> bool:
    """Whether a "should" only says what the service is to offer: "the server should provide …"."""
    after = items[at + 1 : at + 2]
    return items[at].lemma == "should" and bool(after) and after[0].lemma in _PRESENTS


def _narrowed(items: Sequence[Item]) -> bool:
    return any(w.lemma in _NARROWS or w.token.value in _NARROWS for i in items for w in i.words)


_OTHERS = words("additional other unknown extra further unexpected")
_PROPERTIES = words("property field key attribute parameter")


def _no_others(spoken: Sequence[Item]) -> Introduction | None:
    """No additional properties (are allowed). Unknown fields are rejected."""
    lemmas = {i.lemma for i in spoken} - {"be", "in", "the", "request", "body", "any"}
    refused = "no" in lemmas or bool(lemmas & {"reject", "refuse", "forbid"})
    if not refused or not lemmas & _OTHERS or not lemmas & _PROPERTIES:
        return None
    if lemmas - _OTHERS - _PROPERTIES - words("no allow accept permit reject refuse forbid allowed permitted"):
        return None
    used = {i.index for i in spoken}
    parts = {"topic": Part(value="unknown fields", items=list(spoken), via=Via.LEXICON)}
    return Introduction(drafts=[Draft(kind="policy", parts=parts, items=used)], used=used)


def _token(items: Sequence[Item], spoken: Sequence[Item], discourse: Discourse) -> Introduction | None:
    """Use the returned token as a Bearer token on protected endpoints."""
    lemmas = {w.lemma.lower() for i in spoken for w in i.words}
    scheme = next((i for i in spoken if i.lemma.lower().startswith("bearer")), None)
    uses = lemmas & {"use", "send", "pass", "include", "present", "leverage"} and lemmas & _TOKENS
    if scheme is None or not uses or any(i.kind == "route" for i in items):
        return None
    used = {i.index for i in items}
    parts = {"scheme": Part(value="bearer", items=[scheme], via=Via.LEXICON)}
    del discourse
    return Introduction(drafts=[Draft(kind="authentication", parts=parts, items=used)], used=used)


def _purpose(spoken: Sequence[Item], discourse: Discourse) -> Introduction | None:
    """QuizWorkshop is a backend for building quizzes: before the first endpoint, what the service is for."""
    first = discourse.symbols.first_route
    at = next((k for k, i in enumerate(spoken) if i.lemma in _PRESENTS and i.tag in "VAM"), None)
    if first is None or discourse.sentence >= first or at is None or not 0 < at <= 4:
        return None
    head = spoken[at - 1]
    named = spoken[0].kind == "camel"
    if not named and head.lemma not in nouns.SYSTEMS and not any(i.lemma in nouns.SYSTEMS for i in spoken[:at]):
        return None
    if any(i.tag in "UBHK" or (i.tag == "L" and i is not spoken[0]) for i in spoken):
        return None
    start, end = spoken[at].words[0].token.start, spoken[-1].words[-1].token.end
    used = {i.index for i in spoken}
    parts = {"purpose": Part(value=discourse.prose.text[start:end], items=list(spoken[at:]))}
    if named:
        parts["name"] = Part(value=spoken[0].text, items=[spoken[0]])
    return Introduction(drafts=[Draft(kind="system", parts=parts, items=used)], used=used)

"""The words of specifications that state nothing beside what they stand with: reason phrases, what only describes.

Owns which phrases go without saying next to a literal that a fact took. A word that narrows what the rest says is never
one of them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from http import HTTPStatus

from autocoder.readers.rules.lexicon import closed
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import Item

_PHRASES = {s.value: s.phrase.lower() for s in HTTPStatus}
_ALSO = {413: "payload too large", 422: "unprocessable entity"}
"""Reason phrases as older and newer editions of HTTP have them."""


def phrase_of(items: Sequence[Item], at: int) -> list[Item]:
    """The reason phrase that stands right behind a status: 201 Created, 204 No Content, 400 (Bad Request)."""
    number = int(items[at].lemma)
    known = {_PHRASES.get(number, ""), _ALSO.get(number, "")} - {""}
    found: list[Item] = []
    for item in items[at + 1 : at + 6]:
        found.append(item)
        said = " ".join(w.token.value for i in found for w in i.words if w.token.is_word)
        if said in known:
            return found
    return []


def asides(items: Sequence[Item], used: Collection[int], method: str) -> dict[int, str]:
    """The phrases that describe what a fact took, by item."""
    found = {i.index: "does what its method says" for i in items if i.tag == "V" and i.lemma in _DOING.get(method, ())}
    for at, item in enumerate(items[:-1]):
        if item.lemma == "have" and items[at + 1].lemma == "to":
            found[item.index] = "must"
    for at, item in enumerate(items):
        if at and items[at - 1].index in {*used, *found} and item.index not in used:
            found |= dict.fromkeys((i.index for i in _describes(items, at)), "describes what stands before it")
    for at, item in enumerate(items):
        if item.index not in used and (item.lemma in _MADE or item.text.lower() in _MADE) and item.tag in "JVRQN":
            after = next((i for i in items[at + 1 : at + 3] if i.tag in "NL"), None)
            if after is not None and after.index in used:
                found[item.index] = "tells which row"
    return found


_DOING = {
    "POST": words("create add register save store generate make"),
    "PUT": words("update replace change"),
    "PATCH": words("update change modify"),
    "DELETE": words("delete remove"),
    "GET": words("retrieve fetch list show display"),
}
"""What goes without saying of a method, where a sentence goes on about its endpoint."""

_MADE = words(
    "created updated new newly changed modified deleted saved stored resulting requested edited added provided given "
    "existing all jwt bearer current previously submitted specified desired matching corresponding"
)
"""Words before the row that an endpoint is about: it is this row, no other one."""

_TIES = words("associated corresponding matching connected linked tied assigned related belonging")
_TO_THEM = words("to with for by")
_WHAT = words("provided given specified supplied sent requested that this these those the a an said new named")
_WISHES = words("wish want like desire intend would")
_PEOPLE = words("they he she you client user caller customer one")


def _describes(items: Sequence[Item], at: int) -> list[Item]:
    """A phrase that only says of which request a value is: "they wish to store", "associated with the given id"."""
    end = next((k for k in range(at, len(items)) if _stops(items, k)), len(items))
    said = list(items[at:end])
    if any(w.token.value in closed.RESTRICTORS - {"with"} for i in said for w in i.words):
        return []
    lemmas = [i.lemma for i in said]
    plain = lemmas[1:] if lemmas[:1] in (["that"], ["which"]) else lemmas
    plain = [w for w in plain if w not in {"the", "a", "an"}]
    wishes = len(plain) > 2 and plain[0] in _PEOPLE and plain[1] in _WISHES
    texts = {w.token.value for i in said for w in i.words}
    ties = bool(texts & _TIES) and bool(texts & _TO_THEM) and bool(texts & (_WHAT - {"the", "a", "an"}))
    future = lemmas[:1] == ["for"] and bool(texts & words("future subsequent later further"))
    return said if wishes or (ties and _first(plain) in _TIES | {"be"}) or future else []


def _first(lemmas: Sequence[str]) -> str:
    return next((_PARTICIPLES.get(w, w) for w in lemmas[:1]), "")


_PARTICIPLES = {
    "associate": "associated", "correspond": "corresponding", "match": "matching", "assign": "assigned",
    "connect": "connected", "link": "linked", "tie": "tied", "relate": "related", "belong": "belonging",
}  # fmt: skip


def _stops(items: Sequence[Item], k: int) -> bool:
    item = items[k]
    into = item.lemma == "in" and any(i.lemma in {"body", "request", "payload", "query"} for i in items[k + 1 : k + 5])
    return item.tag in ",;.:()C" or into or item.kind in {"code", "quoted", "number", "shape", "route", "path"}

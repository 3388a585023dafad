"""Reads a block of JSON as an example of what the endpoint that the text is at takes or answers.

Owns the labels that say which of both it is, and the types that values show. An example with objects inside is not
read: nothing says yet what they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from autocoder.facts import Prose, Via
from autocoder.readers.rules import fields
from autocoder.readers.rules.discourse import Discourse, Draft, Part, remembered
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import Item

MAX_LENGTH = 20_000
"""A longer block is no example."""

_ANSWERS = words("response answer reply return result output respond")
_ASKS = words("request body payload input send")
_LABELS = _ANSWERS | _ASKS | words("example sample json the a an status code ok created this it look like of follow")
_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})[^\n]*\n(?P<inner>.*?)(?:\n[ \t]*(?:`{3,}|~{3,})[ \t]*)?\s*", re.S)
_SPACE = re.compile(r"\s*")
_BY_NAME = words("email url phone password uuid date datetime")
_FORMATS = (
    ("uuid", re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")),
    ("datetime", re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?")),
    ("date", re.compile(r"\d{4}-\d\d-\d\d")),
    ("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("url", re.compile(r"https?://\S+")),
)


def direction(items: Sequence[Item]) -> str:
    """What a line says of the block below it: `request`, `response`, `error`; empty where it is no label."""
    lemmas = [i.lemma.lower() for i in items if any(w.token.is_word for w in i.words)]
    statuses = [int(w) for w in lemmas if re.fullmatch(r"[1-5]\d\d", w)]
    rest = [w for w in lemmas if w not in _LABELS and not re.fullmatch(r"[1-5]\d\d", w)]
    if not items or items[-1].tag != ":" or rest:
        return ""
    if statuses and statuses[0] >= 400:
        return "error"
    return "response" if _ANSWERS & set(lemmas) or statuses else "request" if _ASKS & set(lemmas) else ""


@dataclass(frozen=True, kw_only=True)
class _Member:
    """A key of the object with its value, each with its offsets in the prose."""

    name: str
    value: object
    key_at: tuple[int, int]
    value_at: tuple[int, int]


def read(prose: Prose, start: int, end: int, discourse: Discourse) -> list[Draft] | None:
    """The fields that a block shows; none for an example of a failure; None where it is not understood."""
    if not discourse.example or not {"path", "method"} <= set(discourse.endpoint) or end - start > MAX_LENGTH:
        return None
    block = _FENCE.fullmatch(prose.text, start, end)
    first, last = block.span("inner") if block else (start, end)
    try:
        members = list(_members(prose.text[:last], first))
    except (ValueError, RecursionError):
        return None
    if any(not _plain(m.value) for m in members):
        return None
    return [] if discourse.example == "error" else [_field(m, discourse) for m in members]


def object_of(text: str) -> dict[str, object] | None:
    """The object that a literal is, with plain values only; None for anything else.

    >>> object_of('{"error": "not found"}'), object_of("{code}")
    ({'error': 'not found'}, None)
    """
    try:
        found: object = json.loads(text) if text.startswith("{") and len(text) <= MAX_LENGTH else None
    except (ValueError, RecursionError):
        return None
    known = cast("dict[str, object]", found) if isinstance(found, dict) and found else None
    return known if known and all(_plain(v) for v in known.values()) else None


def answered(body: dict[str, object], item: Item, route: dict[str, Part], direction: str) -> Iterator[Draft]:
    """The fields of an answer, or of a request, that a literal shows."""
    of = Part(value=f"{route['method'].value} {route['path'].value}", items=[], place=route["path"].offsets)
    for name, value in body.items():
        parts = {"of": of, "name": Part(value=name, items=[item])}
        parts["direction"] = Part(value=direction, items=[item], via=Via.LEXICON)
        if direction == "request":
            usual = "query" if route["method"].value in {"GET", "DELETE"} else "body"
            parts["location"] = Part(value=usual, items=[item], via=Via.LEXICON)
        if kind := _type(name, value):
            parts["type"] = Part(value=kind, items=[item], via=Via.INFERRED)
        yield Draft(kind="field", parts=parts, items={item.index})


def _members(text: str, at: int) -> Iterator[_Member]:
    """The members of the object, or of the first object of a list. Raises ValueError for anything else."""
    decoder = json.JSONDecoder()
    at = _skip(text, at)
    whole, end = decoder.raw_decode(text, at)
    if _skip(text, end) != len(text):
        raise ValueError
    if isinstance(whole, list) and whole:
        at = _skip(text, at + 1)
        whole = cast("list[object]", whole)[0]
    if not isinstance(whole, dict) or not whole:
        raise ValueError
    for _ in cast("dict[str, Any]", whole):
        at = _skip(text, at + 1)
        name, key_end = cast("tuple[str, int]", decoder.raw_decode(text, at))
        value_at = _skip(text, _skip(text, key_end) + 1)
        value, value_end = decoder.raw_decode(text, value_at)
        yield _Member(name=name, value=value, key_at=(at, key_end), value_at=(value_at, value_end))
        at = _skip(text, value_end)


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _plain(value: object) -> bool:
    if isinstance(value, list):
        return all(not isinstance(v, list | dict) for v in cast("list[object]", value))
    return not isinstance(value, dict)


def _field(member: _Member, discourse: Discourse) -> Draft:
    method, path = discourse.endpoint["method"], discourse.endpoint["path"]
    route = remembered(path)
    route.value = f"{method.value} {path.value}"
    parts = {
        "of": route,
        "name": Part(value=member.name, items=[], place=member.key_at),
        "direction": Part(value=discourse.example, items=[], via=Via.CONTEXT, place=member.key_at),
    }
    if discourse.example == "request":
        parts["location"] = Part(value="body", items=[], via=Via.LEXICON, place=member.key_at)
    if kind := _type(member.name, member.value):
        parts["type"] = Part(value=kind, items=[], via=Via.INFERRED, place=member.value_at)
    return Draft(kind="field", parts=parts, items=set())


def _type(name: str, value: object) -> str:
    """The type that an example shows; a name narrows a text."""
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "decimal"
        case str():
            shown = next((kind for kind, pattern in _FORMATS if pattern.fullmatch(value)), "")
            named = fields.value_type(re.split(r"[_\-]|(?<=[a-z])(?=[A-Z])", name.lower()))
            return shown or (named if named in _BY_NAME else "text")
        case list():
            inner = {_type("", v) for v in cast("list[object]", value)} - {""}
            return f"list of {inner.pop()}" if len(inner) == 1 else ""
        case _:
            return ""

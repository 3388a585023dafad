"""Reads tables: of fields, whose header says what the columns are and whose section says whose fields they are, and of
endpoints, whose rows are sentences.

Owns the names of columns and what their cells may say. A cell that says something else leaves its row unread, or the
words of the cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from autocoder.facts import Via
from autocoder.readers.rules import fields
from autocoder.readers.rules.contexts import Line, of_a_route
from autocoder.readers.rules.discourse import Discourse, Draft, Part
from autocoder.readers.rules.endpoints import METHODS
from autocoder.readers.rules.lexicon import nouns
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import Item
from autocoder.readers.rules.roles import Filled
from autocoder.readers.rules.tokens import Token

COLUMNS = {
    "name": words("name field column property attribute key"),
    "type": words("type kind datatype format"),
    "required": words("required mandatory"),
    "more": words("note notes constraint constraints description remarks comment rule rules"),
}
"""What a column may be called, by what its cells say."""

ENDPOINT_COLUMNS = {
    "method": words("method verb http"),
    "path": words("path route url uri endpoint resource"),
    "does": words("description purpose action summary operation does meaning what effect"),
}
"""What a column of a table of endpoints may be called."""

_YES = {
    **dict.fromkeys(("yes", "y", "true", "required", "x", "✓"), True),
    **dict.fromkeys(("no", "n", "false", "optional", "-"), False),
}


def cells(items: Sequence[Item]) -> list[list[Item]]:
    """The items of a row, cell by cell."""
    found: list[list[Item]] = [[]]
    for item in items:
        if item.lemma == "|":
            found.append([])
        else:
            found[-1].append(item)
    return found[1 if not found[0] else 0 : -1 if not found[-1] else None]


def header(items: Sequence[Item]) -> list[str]:
    """What each column says; empty where the row is no header of a list of fields."""
    names = [" ".join(i.lemma for i in cell) for cell in cells(items)]
    known = [next((role for role, called in COLUMNS.items() if name in called), "") for name in names]
    return known if "name" in known and len([k for k in known if k]) > 1 else []


def is_rule(text: str) -> bool:
    """Whether a row only draws a line."""
    return re.fullmatch(r"[\s|:-]+", text) is not None


def row(items: Sequence[Item], columns: Sequence[str], discourse: Discourse) -> Draft | None:
    """The field of a row."""
    found = cells(items)
    if len(found) != len(columns) or discourse.entity is None:
        return None
    said = {role: cell for role, cell in zip(columns, found, strict=True) if role and cell}
    if "name" not in said:
        return None
    name = said["name"]
    parts = {
        "of": Part(value=discourse.entity.value, items=[], via=Via.CONTEXT, place=discourse.entity.offsets),
        "name": Part(value=" ".join(i.lemma for i in name), items=name),
    }
    used = list(name)
    for role, reads in (("type", _type), ("required", _required), ("more", _more)):
        if role in said and (more := reads(said[role])):
            parts |= more
            used += said[role]
    if "type" not in parts and (kind := fields.value_type([i.lemma for i in name])):
        parts["type"] = Part(value=kind, items=name, via=Via.INFERRED)
    return Draft(kind="field", parts=parts, items={i.index for i in used})


def _type(cell: list[Item]) -> dict[str, Part]:
    kind = nouns.VALUE_TYPES.get(cell[0].lemma) if len(cell) == 1 and cell[0].lemma in nouns.NAMED_TYPES else None
    return {"type": Part(value=kind, items=cell, via=Via.LEXICON)} if kind else {}


def _required(cell: list[Item]) -> dict[str, Part]:
    value = _YES.get(cell[0].words[0].token.value) if len(cell) == 1 else None
    return {} if value is None else {"required": Part(value=value, items=cell, via=Via.LEXICON)}


def _more(cell: list[Item]) -> dict[str, Part]:
    filled = Filled(parts={})
    fields.paren(cell, filled)
    return filled.parts if all(i.index in filled.items for i in cell) else {}


# tables of endpoints


def with_endpoints(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines, where each row of a table of endpoints is a sentence: its route, then what it does."""
    columns: list[str] = []
    for line in lines:
        if line.unit.kind != "row":
            columns = []
        elif named := endpoint_header(line.tokens):
            columns = named
        elif columns and (said := _sentence(line.tokens, columns)):
            yield replace(line, unit=replace(line.unit, kind="item"), tokens=said)
            continue
        yield line


def endpoint_header(tokens: Sequence[Token]) -> list[str]:
    """What each column says; empty where the row is no header of a table of endpoints."""
    called = [{t.value for t in cell if t.is_word} for cell in _token_cells(tokens)]
    known = [next((role for role, names in ENDPOINT_COLUMNS.items() if names & cell), "") for cell in called]
    return known if {"path", "does"} <= set(known) and len(set(known)) == len(known) else []


def _token_cells(tokens: Sequence[Token]) -> list[list[Token]]:
    found: list[list[Token]] = [[]]
    for token in tokens:
        if token.text == "|":
            found.append([])
        elif token.kind != "mark":
            found[-1].append(token)
    return found[1 if not found[0] else 0 : -1 if not found[-1] else None]


def _sentence(tokens: Sequence[Token], columns: Sequence[str]) -> tuple[Token, ...]:
    """The row as a sentence; empty where it names no route."""
    found = _token_cells(tokens)
    if len(found) != len(columns):
        return ()
    said = dict(zip(columns, found, strict=True))
    route, does = _route(said.get("method", []), said["path"]), said["does"]
    if route is None or not does:
        return ()
    rest = [t for role, cell in zip(columns, found, strict=True) if not role for t in (_mark(does[-1]), *cell)]
    return (*of_a_route(route, does), *rest)


def _route(method: Sequence[Token], path: Sequence[Token]) -> Token | None:
    """The route that two cells name together, or one alone."""
    if len(path) == 1 and path[0].kind == "route":
        return path[0]
    stated = method[0].value.upper() if len(method) == 1 else ""
    if stated not in METHODS or len(path) != 1 or not path[0].value.startswith("/"):
        return None
    first, last = sorted((method[0], path[0]), key=lambda t: t.start)
    text = f"{stated} {path[0].value}"
    return Token(kind="route", text=text, start=first.start, end=last.end, value=text)


def _mark(after: Token) -> Token:
    return Token(kind="punct", text=";", start=after.end, end=after.end, value=";")

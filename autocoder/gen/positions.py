"""Reads JSON and keeps where every key and value stands. Refuses duplicate keys and what JSON does not know (NaN)."""

from __future__ import annotations

import bisect
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from autocoder.diagnostics import Diagnostic, Span, StageFailed

Where = tuple[str | int, ...]
"""The keys and indices that lead to a value."""

_SPACE = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])|(?:true|false|null)(?!\w)")
_DEEPEST = 64
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, kw_only=True)
class Document:
    """A parsed JSON file. `data` is plain Python data; `values` and `keys` say where each stands."""

    file: str
    data: Any
    values: Mapping[Where, Span]
    keys: Mapping[Where, Span]

    def span(self, *where: str | int) -> Span:
        """The place of a value; of the nearest thing around it where it is not there."""
        while where not in self.values:
            where = where[:-1]
        return self.values[where]

    def key(self, *where: str | int) -> Span:
        """The place of a key; of the value around it where there is no such key."""
        return self.keys.get(where) or self.span(*where)


def parse(text: str, file: str) -> Document:
    """Reads one JSON document. Raises `StageFailed` (AC7002, exit code 2) with the place of the first fault."""
    reader = _Reader(text=text, file=file)
    data = reader.document()
    return Document(file=file, data=data, values=reader.values, keys=reader.keys)


@dataclass(kw_only=True)
class _Reader:
    text: str
    file: str
    at: int = 0
    values: dict[Where, Span] = field(default_factory=dict[Where, Span])
    keys: dict[Where, Span] = field(default_factory=dict[Where, Span])
    lines: list[int] = field(default_factory=list[int])

    def document(self) -> object:
        self.lines = [0, *(m.end() for m in re.finditer("\n", self.text))]
        self.space()
        data = self.value(())
        self.space()
        if self.at < len(self.text):
            raise self.fault("there is more text after the JSON value")
        return data

    def value(self, where: Where) -> object:
        if len(where) > _DEEPEST:
            raise self.fault(f"nested more than {_DEEPEST} levels deep")
        start = self.at
        match self.text[start : start + 1]:
            case "{":
                data = self.members(where)
            case "[":
                data = self.elements(where)
            case '"':
                data = self.string()
            case _:
                data = self.scalar()
        self.values[where] = self.place(start, self.at)
        return data

    def members(self, where: Where) -> dict[str, object]:
        found: dict[str, object] = {}
        more = self.enter("}")
        while more:
            start = self.at
            if self.text[start : start + 1] != '"':
                raise self.fault('expected a key in double quotes or "}"')
            key = self.string()
            if key in found:
                raise self.fault(f'the key "{key}" stands here a second time', start)
            self.keys[(*where, key)] = self.place(start, self.at)
            self.expect(":")
            found[key] = self.value((*where, key))
            more = self.next("}")
        return found

    def elements(self, where: Where) -> list[object]:
        found: list[object] = []
        more = self.enter("]")
        while more:
            found.append(self.value((*where, len(found))))
            more = self.next("]")
        return found

    def enter(self, close: str) -> bool:
        """Steps over the opening bracket; False where the closing one follows at once."""
        self.at += 1
        self.space()
        if self.text[self.at : self.at + 1] == close:
            self.at += 1
            return False
        return True

    def next(self, close: str) -> bool:
        """Steps over a comma (True: there is more) or over the closing bracket."""
        self.space()
        match self.text[self.at : self.at + 1]:
            case ",":
                self.at += 1
                self.space()
                return True
            case found if found == close:
                self.at += 1
                return False
            case _:
                raise self.fault(f'expected "," or "{close}"')

    def expect(self, mark: str) -> None:
        self.space()
        if self.text[self.at : self.at + 1] != mark:
            raise self.fault(f'expected "{mark}"')
        self.at += 1
        self.space()

    def string(self) -> str:
        start = self.at
        try:
            text, self.at = _DECODER.raw_decode(self.text, start)
        except json.JSONDecodeError as error:
            raise self.fault(error.msg.lower().removesuffix(" at"), error.pos) from None
        if re.search("[\ud800-\udfff]", text):
            raise self.fault("half of a surrogate pair is no character", start)
        return text

    def scalar(self) -> object:
        found = _SCALAR.match(self.text, self.at)
        if not found:
            raise self.fault("expected a JSON value" if self.at < len(self.text) else "the text ends too early")
        try:
            data: object = json.loads(found[0])
        except ValueError:
            raise self.fault("the number is too long") from None
        self.at = found.end()
        return data

    def space(self) -> None:
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def place(self, start: int, end: int) -> Span:
        line, column = self.line_column(start)
        end_line, end_column = self.line_column(end)
        return Span(file=self.file, line=line, column=column, end_line=end_line, end_column=end_column)

    def line_column(self, at: int) -> tuple[int, int]:
        line = bisect.bisect_right(self.lines, at)
        return line, at - self.lines[line - 1] + 1

    def fault(self, message: str, at: int | None = None) -> StageFailed:
        line, column = self.line_column(self.at if at is None else at)
        span = Span(file=self.file, line=line, column=column)
        return StageFailed([Diagnostic(code="AC7002", message=message, span=span)], exit_code=2)

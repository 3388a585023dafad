"""Where everything stands in a blueprint's file: spans of keys and values, and of characters inside a value."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from autocoder.diagnostics import Span

Path = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Extent:
    """A stretch of the file's text by offsets. `scalar` is the value as read, None for a map or list.

    `flow` marks what stands in braces or brackets; the end of a map or list in block style is that of its last entry
    or later.
    """

    start: int
    end: int
    scalar: str | None = None
    flow: bool = False


@dataclass(frozen=True, kw_only=True)
class Place:
    """A value and the key that it stands under; list items have none."""

    key: Extent | None
    value: Extent


class Positions:
    """Paths of a file to places, in the order of the file."""

    def __init__(self, *, file: str, text: str, places: Mapping[Path, Place]) -> None:
        self._file = file
        self.text = text
        self.places = places
        self._lines = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]

    def span(self, *path: str | int, key: bool = False) -> Span:
        """The place of a key or value; the nearest known parent's for what is not written there.

        A map or list in block style is shown by its key.
        """
        known, place = self._nearest(path)
        if place is None:
            return Span(file=self._file, line=1, column=1)
        block = place.value.scalar is None and not place.value.flow
        if place.key and (block or (key and known == path)):
            return self.between(place.key.start, place.key.end)
        if place.value.scalar is None:
            return self.between(place.value.start, place.value.start + 1)
        return self.between(place.value.start, place.value.end)

    def written(self, *path: str | int) -> Written:
        """The place of a text, character by character; of the nearest known parent if it is not written there."""
        known, place = self._nearest(path)
        span = self.span(*path)
        if place is None or known != path or place.value.scalar is None:
            return Written(span=span)
        raw = self.text[place.value.start : place.value.end]
        offsets = _aligned(place.value.scalar, raw)
        if offsets is None:
            return Written(span=span)
        base = place.value.start
        return Written(span=span, places=tuple(self._place(base + offset) for offset in offsets))

    def between(self, start: int, end: int) -> Span:
        """The span between two offsets of the text."""
        line, column = self._place(start)
        end_line, end_column = self._place(max(start, end))
        return Span(file=self._file, line=line, column=column, end_line=end_line, end_column=end_column)

    def line(self, span: Span) -> str | None:
        """The text of the line that a span starts on, for renderers."""
        if span.file != self._file or not 0 < span.line <= len(self._lines):
            return None
        start = self._lines[span.line - 1]
        return re.split(r"[\r\n]", self.text[start : start + 2000], maxsplit=1)[0]

    def _nearest(self, path: Path) -> tuple[Path, Place | None]:
        known = path
        while known and known not in self.places:
            known = known[:-1]
        return known, self.places.get(known)

    def _place(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1


@dataclass(frozen=True, kw_only=True)
class Written:
    """Where a text stands: its span, and the place (line, column) of each character and of the end, where known."""

    span: Span
    places: tuple[tuple[int, int], ...] = ()

    def part(self, start: int, end: int) -> Span:
        """The place of the characters from `start` to before `end`; the whole where that is not known."""
        if not 0 <= start < len(self.places):
            return self.span
        line, column = self.places[start]
        # The end of the last character: what stands between it and the next may be an escape or a line break.
        end_line, end_column = self.places[min(max(end, start + 1), len(self.places)) - 1]
        return Span(file=self.span.file, line=line, column=column, end_line=end_line, end_column=end_column + 1)

    def after(self, count: int) -> Written:
        """The same without the first characters."""
        return Written(span=self.span, places=self.places[count:])


_WHITE = " \t\r\n"
_DOUBLE_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)")
_HEADER = re.compile(r"(?:[&][^\s]+\s+)?(?:[|>][^\n]*\n|[\"'])?")


def _aligned(value: str, raw: str) -> list[int] | None:
    """The offset in `raw` of each character of `value` and of the end; None where they do not go together.

    YAML folds line breaks, strips indents and reads escapes; apart from that the characters stand in order.
    """
    header = _HEADER.match(raw)
    at = header.end() if header else 0
    quote = raw[at - 1] if at and raw[at - 1] in "\"'" else ""
    offsets: list[int] = []
    for character in value:
        at = _skip_white(raw, at, character, quote)
        if at >= len(raw):
            return offsets if not character.strip() else None
        offsets.append(at)
        step = _step(character, raw, at, quote)
        if step == 0:
            return None
        at += step
    return [*offsets, at]


def _skip_white(raw: str, at: int, character: str, quote: str) -> int:
    """Past indents and folded line breaks that the value does not have."""
    while at < len(raw):
        if quote == '"' and re.match(r"\\\r?\n", raw[at : at + 3]):
            at += 2
        elif raw[at] not in _WHITE or raw[at] == character:
            return at
        elif character in " \n":
            return at  # a line break that became a space, or the other way round
        else:
            at += 1
    return at


def _step(character: str, raw: str, at: int, quote: str) -> int:
    """How many characters of `raw` a character of the value is; 0 where it is another."""
    if quote == '"' and (escape := _DOUBLE_ESCAPE.match(raw, at)):
        return len(escape[0])
    if quote == "'" and raw.startswith("''", at):
        return 2
    return 1 if raw[at] == character or (character in _WHITE and raw[at] in _WHITE) else 0

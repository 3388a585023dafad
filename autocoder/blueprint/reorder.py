"""Puts the keys of a written blueprint in canonical order and leaves everything else as people wrote it.

Moves whole entries, each with its value, the comment on its line and the comment lines right above it; layout, quotes
and blank lines stay. Refuses a file whose data would not be the same afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from pydantic import BaseModel

from autocoder.blueprint.annotations import inside_of, model_of
from autocoder.blueprint.document import read_document
from autocoder.blueprint.format import ordered_fields
from autocoder.blueprint.load import Loaded
from autocoder.blueprint.positions import Path, Place
from autocoder.diagnostics import Diagnostics, StageFailed

_HEADER = "# yaml-language-server"


def reorder(loaded: Loaded[Any]) -> str | None:
    """The file's text in canonical order, or None where moving entries would change what they say."""
    text = loaded.positions.text
    ordering = _Ordering(text=text, places=loaded.positions.places)
    changed = text[: ordering.start(())] + ordering.value((), type(loaded.model)) + text[ordering.end(()) :]
    try:
        after = read_document(changed, file="", diagnostics=Diagnostics())
    except StageFailed:  # an alias before its anchor
        return None
    before = read_document(text, file="", diagnostics=Diagnostics())
    return changed if before.data == after.data else None


@dataclass(kw_only=True)
class _Ordering:
    text: str
    places: Mapping[Path, Place]
    children: dict[Path, list[Path]] = field(init=False)

    def __post_init__(self) -> None:
        self.children = {}
        for path in self.places:
            if path:
                self.children.setdefault(path[:-1], []).append(path)

    def start(self, path: Path) -> int:
        """Where a value starts, the comments above its first key included."""
        place, inner = self.places[path].value, self.children.get(path)
        if place.flow or not inner or self.places[inner[0]].key is None:
            return place.start
        return self.above(place.start)

    def end(self, path: Path) -> int:
        """Where a value ends; for a map in block style, the end of its last line."""
        value, inner = self.places[path].value, self.children.get(path)
        if inner and not value.flow:
            return self.end(inner[-1]) if self.places[inner[-1]].key is None else self.below(inner[-1])
        raw = self.text[value.start : value.end]
        # Text in a block ends with its line break, which stays where it is, as do blank lines unless `+` keeps them.
        kept = raw[:1] in "|>" and "+" in raw.split("\n", 1)[0]
        return value.end - (1 if kept and raw.endswith("\n") else len(raw) - len(raw.rstrip()))

    def value(self, path: Path, annotation: Any) -> str:
        """The text of a value with its entries in order, from its start to its end."""
        start, end = self.start(path), self.end(path)
        entries = self.children.get(path, [])
        if not entries:
            return self.text[start:end]
        if self.places[entries[0]].key is None:
            return self.items(entries, annotation, start, end)
        model = model_of(annotation, {entry[-1]: None for entry in entries})
        chunks = [self.chunk(entry) for entry in entries]
        gaps = [self.text[this[1] : following[0]] for this, following in pairwise(chunks)]
        shown = {entry: self.entry(entry, chunk, annotation) for entry, chunk in zip(entries, chunks, strict=True)}
        wanted = entries if model is None or self.fixed(path, gaps) else sorted(entries, key=lambda e: _rank(model, e))
        head, tail = self.text[start : chunks[0][0]], self.text[chunks[-1][1] : end]
        return head + "".join(a + b for a, b in zip([shown[e] for e in wanted], [*gaps, ""], strict=True)) + tail

    def items(self, entries: Sequence[Path], annotation: Any, start: int, end: int) -> str:
        """A list: its items stay where they are."""
        found, at = "", start
        for entry in entries:
            found += self.text[at : self.start(entry)] + self.value(entry, inside_of(annotation, None, entry[-1]))
            at = self.end(entry)
        return found + self.text[at:end]

    def fixed(self, path: Path, gaps: Sequence[str]) -> bool:
        """Whether entries in braces have comments between them, which belong to no entry for sure."""
        return self.places[path].value.flow and any("#" in gap for gap in gaps)

    def entry(self, path: Path, chunk: tuple[int, int], annotation: Any) -> str:
        keys = dict.fromkeys(str(sibling[-1]) for sibling in self.children[path[:-1]])
        inner = self.value(path, inside_of(annotation, keys, path[-1]))
        return self.text[chunk[0] : self.start(path)] + inner + self.text[self.end(path) : chunk[1]]

    def chunk(self, path: Path) -> tuple[int, int]:
        """Where an entry starts and ends, with the comments that belong to it."""
        place = self.places[path]
        start = place.key.start if place.key else place.value.start
        if self.places[path[:-1]].value.flow:
            return start, self.end(path)
        return self.above(start), self.below(path)

    def above(self, key: int) -> int:
        """The start of the comment lines that stand right above a key at its indent."""
        line = self.text.rfind("\n", 0, key) + 1
        indent = self.text[line:key]
        start = key
        while not indent.strip() and line > 0:
            before = self.text.rfind("\n", 0, line - 1) + 1
            above = self.text[before : line - 1]
            if not above.startswith(f"{indent}#") or above.startswith(_HEADER):
                break
            line, start = before, before + len(indent)
        return start

    def below(self, path: Path) -> int:
        """The end of an entry's last line, without the line break."""
        rest = re.compile(r"[^\r\n]*").match(self.text, self.end(path))
        return rest.end() if rest else len(self.text)


def _rank(model: type[BaseModel], path: Path) -> int:
    written = [model.model_fields[name].alias or name for name in ordered_fields(model)]
    return written.index(str(path[-1])) if path[-1] in written else len(written)

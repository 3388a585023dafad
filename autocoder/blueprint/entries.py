"""Which stretch of a blueprint's text is an entry: its key, its value, and the comments that belong to it.

Owns that geometry for those who move or replace entries and leave every other byte alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

from autocoder.blueprint.format import ordered_fields
from autocoder.blueprint.positions import Path, Place

HEADER = "# yaml-language-server"
"""How the comment starts that points editors at the schema; it belongs to the file, not to its first key."""


@dataclass(kw_only=True)
class Entries:
    """The entries of one text by path."""

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
            if not above.startswith(f"{indent}#") or above.startswith(HEADER):
                break
            line, start = before, before + len(indent)
        return start

    def below(self, path: Path) -> int:
        """The end of an entry's last line, without the line break."""
        rest = re.compile(r"[^\r\n]*").match(self.text, self.end(path))
        return rest.end() if rest else len(self.text)

    def comment(self, path: Path) -> str:
        """What the comments say that belong to the nearest entry of a path with lines of its own; "" without any."""
        while path and (path not in self.places or self.places[path].key is None or self.places[path[:-1]].value.flow):
            path = path[:-1]
        if not path:
            return ""
        start, end = self.chunk(path)
        head = self.text[start : self.places[path].value.start].splitlines()
        tail = self.text[self.end(path) : end]
        said = [line.strip().lstrip("# ") for line in (*head, tail) if line.strip().startswith("#")]
        return " ".join(said)


def rank(model: type[BaseModel], key: str | int) -> int:
    """Where a key stands in the canonical order of a model's keys; unknown ones last."""
    written = [model.model_fields[name].alias or name for name in ordered_fields(model)]
    return written.index(str(key)) if key in written else len(written)

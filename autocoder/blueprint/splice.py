"""Changes a blueprint's text so that it says something else, and leaves every byte alone that need not change.

Owns where a new entry goes and how it is written. Refuses to remove what a person wrote beside the data: comments.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from autocoder.blueprint.annotations import inside_of, model_of
from autocoder.blueprint.entries import Entries, rank
from autocoder.blueprint.format import WIDTH, block_lines, entry_text, item_text, on_one_line
from autocoder.blueprint.positions import Path, Positions


class Kept(Exception):
    """A comment stands where something would be removed or written anew. `path` is the element."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(".".join(str(part) for part in path))


Edit = tuple[int, int, str]
"""Start, end (offsets of the old text) and what stands there instead."""


def splice(positions: Positions, before: Any, after: Any, annotation: Any, may_drop: Callable[[Path], bool]) -> str:
    """The text with `after` in place of `before`, both plain data of its model.

    `may_drop` says for which elements comments may go. Raises `Kept` where one would have to go elsewhere.
    """
    splicing = _Splicing(text=positions.text, places=positions.places, may_drop=may_drop)
    splicing.change((), before, after, annotation)
    text = positions.text
    # At one place what belongs further inside stands first: it was planned first, so it is put in last.
    for start, end, _, new in sorted(((a, b, i, t) for i, (a, b, t) in enumerate(splicing.edits)), reverse=True):
        text = text[:start] + new + text[end:]
    return text


def replace_scalars(positions: Positions, new: dict[Path, str]) -> str:
    """The text with other plain words at these paths."""
    text = positions.text
    places = {
        positions.places[path].value.start: (positions.places[path].value.end, word) for path, word in new.items()
    }
    for start, (end, word) in sorted(places.items(), reverse=True):
        text = text[:start] + word + text[end:]
    return text


@dataclass(kw_only=True)
class _Splicing(Entries):
    may_drop: Callable[[Path], bool]
    edits: list[Edit] = field(default_factory=list[Edit])

    def change(self, path: Path, before: Any, after: Any, annotation: Any) -> None:
        """Plans the edits that make the value at `path` say `after`."""
        kids = self.children.get(path, [])
        if before == after:
            return
        in_block = bool(kids) and not self.places[path].value.flow and bool(after)
        if in_block and isinstance(before, dict) and isinstance(after, dict) and self.places[kids[0]].key:
            self.map(path, cast("dict[str, Any]", before), cast("dict[str, Any]", after), annotation)
        elif in_block and isinstance(before, list) and isinstance(after, list) and self.dashes(path):
            self.list(path, cast("list[Any]", before), cast("list[Any]", after), annotation)
        else:
            self.whole(path, after)

    def map(self, path: Path, before: dict[str, Any], after: dict[str, Any], annotation: Any) -> None:
        kids = self.children[path]
        written = [str(kid[-1]) for kid in kids]
        for kid, key in zip(kids, written, strict=True):
            if key in before and key in after:
                self.change(kid, before[key], after[key], inside_of(annotation, before, key))
            elif key in after:
                self.whole(kid, after[key])  # the default, written out
            elif key in before:
                self.remove(kid)
        model = model_of(annotation, after)
        order = sorted(after, key=lambda key: rank(model, key)) if model else list(after)
        new: dict[int, list[str]] = {}
        for index, key in enumerate(order):
            if key not in written:
                earlier = [written.index(other) for other in order[:index] if other in written]
                new.setdefault(earlier[-1] if earlier else -1, []).append(key)
        indent = self.column(self.places[kids[0]].key.start if self.places[kids[0]].key else 0)  # pyright: ignore[reportOptionalMemberAccess] # a map's entries have keys
        for place, keys in new.items():
            texts = [entry_text(key, after[key], words((*path, key)), indent) for key in keys]
            self.insert(kids, place, texts, indent)

    def list(self, path: Path, before: list[Any], after: list[Any], annotation: Any) -> None:
        kids = self.children[path]
        indent = self.column(self.dash(kids[0]))
        old, new = ([_identity(item) for item in side] for side in (before, after))
        inner = inside_of(annotation, None, 0)
        for tag, a, a_end, b, b_end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            shared = min(a_end - a, b_end - b)
            for step in range(shared):
                if tag == "equal":
                    self.change(kids[a + step], before[a + step], after[b + step], inner)
                else:
                    self.whole(kids[a + step], after[b + step])
            for index in range(a + shared, a_end):
                self.remove(kids[index])
            texts = [item_text(item, words(path), indent) for item in after[b + shared : b_end]]
            if texts:
                self.insert(kids, a + shared - 1, texts, indent)

    # Edits.

    def whole(self, path: Path, after: Any) -> None:
        """Writes a value anew."""
        end = max(self.end(path), self.places[path].value.start)
        key = self.places[path].key
        start = self.text.index(":", key.end) + 1 if key else self.places[path].value.start
        end = max(start, end)
        self.comments(path, start, end)
        column = self.column(key.start if key else self.start(path))
        new = on_one_line(after, words(path))
        lead = " " if key else ""
        if isinstance(after, dict | list) and after and self.column(start) + len(lead + new) > WIDTH:
            lines = list(block_lines(after, words(path), column + (2 if key else 0)))
            new, lead = ("\n".join(lines), "\n") if key else ("\n".join(lines).lstrip(" "), "")
        self.edits.append((start, end, lead + new))

    def remove(self, path: Path) -> None:
        """Takes an entry out, its line break with it."""
        start, end = self.chunk_of(path)
        self.comments(path, start, end)
        line = self.text.rfind("\n", 0, start) + 1
        if self.text[line:start].strip():  # the first entry behind a dash: the next one comes to its place
            siblings = self.children[path[:-1]]
            following = siblings[siblings.index(path) + 1 :]
            self.edits.append((start, self.chunk_of(following[0])[0] if following else end, ""))
        else:
            self.edits.append((line, min(end + 1, len(self.text)), ""))

    def insert(self, kids: list[Path], after: int, texts: list[str], indent: int) -> None:
        """Puts new entries behind the kid of that index, or before all of them."""
        space = " " * indent
        if after < 0:
            start = self.chunk_of(kids[0])[0]
            line = self.text.rfind("\n", 0, start) + 1
            if self.text[line:start].strip():
                self.edits.append((start, start, "".join(f"{text}\n{space}" for text in texts)))
            else:
                self.edits.append((line, line, "".join(f"{space}{text}\n" for text in texts)))
        else:
            end = self.chunk_of(kids[after])[1]
            new = "".join(f"{space}{text}\n" for text in texts)
            at = end + 1 if self.text[end : end + 1] == "\n" else end
            self.edits.append((at, at, new if at > end else f"\n{new.removesuffix(chr(10))}"))

    def comments(self, path: Path, start: int, end: int) -> None:
        """Raises `Kept` where a comment stands in a stretch that goes."""
        if self.may_drop(path):
            return
        for found in re.finditer(r"(?:^|(?<=\s))#", self.text[start:end]):
            at = start + found.start()
            values = (place.value for place in self.places.values() if place.value.scalar is not None)
            if not any(value.start <= at < value.end for value in values):
                raise Kept(path)

    # Geometry.

    def chunk_of(self, path: Path) -> tuple[int, int]:
        """An entry or an item with its comments; an item starts at its dash."""
        if self.places[path].key is not None:
            return self.chunk(path)
        return self.above(self.dash(path)), self.below(path)

    def dash(self, path: Path) -> int:
        """Where the dash of an item stands."""
        return self.text.rfind("-", 0, self.start_of(path))

    def start_of(self, path: Path) -> int:
        """Where a value starts, without comments above it."""
        kids = self.children.get(path)
        value = self.places[path].value
        nested = kids and not value.flow and self.places[kids[0]].key is None
        return self.dash(kids[0]) if kids and nested else value.start

    def dashes(self, path: Path) -> bool:
        """Whether each item starts a line of its own."""
        for kid in self.children[path]:
            dash = self.dash(kid)
            line = self.text.rfind("\n", 0, dash) + 1
            between = self.text[dash + 1 : self.start_of(kid)]
            if dash < 0 or self.text[line:dash].strip() or between.strip(" "):
                return False
        return True

    def column(self, offset: int) -> int:
        """The characters before an offset on its line."""
        return offset - (self.text.rfind("\n", 0, offset) + 1)


def words(path: Path) -> tuple[str, ...]:
    """A path without positions in lists: what decides on the layout of a value."""
    return tuple(part for part in path if isinstance(part, str))


def _identity(item: Any) -> str:
    """What makes two items of a list the same one: their id, else all that they say."""
    if isinstance(item, dict) and "id" in item:
        return str(cast("dict[str, Any]", item)["id"])
    return json.dumps(item, sort_keys=True)

"""Puts the keys of a written blueprint in canonical order and leaves everything else as people wrote it.

Moves whole entries, each with its value, the comment on its line and the comment lines right above it; layout, quotes
and blank lines stay. Refuses a file whose data would not be the same afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from autocoder.blueprint.annotations import inside_of, model_of
from autocoder.blueprint.document import read_document
from autocoder.blueprint.entries import Entries, rank
from autocoder.blueprint.load import Loaded
from autocoder.blueprint.positions import Path
from autocoder.diagnostics import Diagnostics, StageFailed


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
class _Ordering(Entries):
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
        wanted = (
            entries if model is None or self.fixed(path, gaps) else sorted(entries, key=lambda e: rank(model, e[-1]))
        )
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

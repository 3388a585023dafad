"""Markdown to units: headings, paragraphs, list items, table rows, each with its place in the prose.

Owns the block structure (markdown-it's) and the indentation of lists. Inline markup stays in the text: the tokeniser
steps over it, so offsets stay those of the prose. HTML comments are skipped; other HTML and code blocks become units
that nobody reads and the reader reports.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token as Block

UnitKind = Literal["heading", "paragraph", "item", "row", "opaque"]


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A stretch of the prose that is read on its own. `level` is the depth of its list, or of its heading."""

    kind: UnitKind
    level: int
    start: int
    end: int


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": 30}).enable("table")
    parser.core.ruler.disable("inline")
    parser.block.ruler.disable("reference")
    return parser


_MARKER = re.compile(r"[ \t]*(?:>[ \t]?)*(?:(?:[-*+•]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?|#{1,6}[ \t]+)?")
_TAIL = re.compile(r"[ \t]*(?:#+[ \t]*)?$")


def units(text: str) -> Iterator[Unit]:
    """The units of a Markdown text, in order."""
    starts = [0, *(i + 1 for i, c in enumerate(text) if c == "\n"), len(text) + 1]
    level, context, depth = 0, "", 0
    for block in _parser().parse(_same_length(text)):
        match block.type:
            case "list_item_open" | "list_item_close":
                level += block.nesting
            case "heading_open" | "heading_close" | "table_open" | "table_close":
                context = block.type.removesuffix("_open") if block.nesting > 0 else ""
                depth = int(block.tag[1]) if context == "heading" else 0
            case "inline" if context == "table":
                continue
            case "tr_open" if block.map:
                yield _unit(text, starts, block.map, "row", 0)
            case "inline" if block.map:
                kind = "heading" if context == "heading" else "item" if level else "paragraph"
                yield _unit(text, starts, block.map, kind, depth if kind == "heading" else level)
            case "fence" | "code_block" | "html_block" if block.map:
                yield from _opaque(text, starts, block, block.map)
            case _:
                pass


def _same_length(text: str) -> str:
    """Control characters and other line ends become spaces: markdown-it changes them, and lines would shift."""
    return "".join(" " if c in "\r\x00\x0b\x0c\x85\u2028\u2029" else c for c in text)


def _unit(text: str, starts: list[int], lines: list[int], kind: UnitKind, level: int) -> Unit:
    start, end = starts[lines[0]], min(starts[lines[1]] - 1, len(text))
    first_end = min(starts[lines[0] + 1] - 1, end)
    marker = _MARKER.match(text, start, first_end)
    start = marker.end() if marker else start
    tail = _TAIL.search(text[start:end].rstrip()) if kind == "heading" else None
    end = start + (tail.start() if tail else len(text[start:end].rstrip()))
    return Unit(kind=kind, level=level, start=start, end=max(start, end))


def _opaque(text: str, starts: list[int], block: Block, lines: list[int]) -> Iterator[Unit]:
    start, end = starts[lines[0]], min(starts[lines[1]] - 1, len(text))
    content = text[start:end]
    if block.type == "code_block":  # an indented block: prose as people write it, not code
        yield Unit(kind="paragraph", level=0, start=start, end=end)
        return
    if block.type == "html_block":
        comment = re.match(r"\s*<!--.*?-->", content, re.S)
        if comment:
            rest = content[comment.end() :]
            if rest.strip():
                yield Unit(kind="paragraph", level=0, start=start + comment.end(), end=end)
            return
    if content.strip():
        yield Unit(kind="opaque", level=0, start=start, end=end)

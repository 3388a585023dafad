"""Says in words and as a diff how a path differs. Long diffs are cut, and say by how much."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from autocoder.gen.trees import Change, Difference, Entry, Kind

DIFF_LINES = 400
"""Lines of one diff that are kept; the rest is counted."""

_LARGEST_TEXT = 512 << 10
_MOST_LINES = 20_000


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A difference as people and machines read it. `diff` is unified, without line ends; empty for what is no text."""

    path: str
    change: Change
    detail: str
    diff: tuple[str, ...] = ()


LINE_ENDS = "only line ends differ"
COMMITTED = ("committed", "regenerated")
TWO_RUNS = ("first-run", "second-run")


def printable(name: str) -> str:
    """A path or link as text: bytes that are no UTF-8, and characters that would rewrite a terminal, are escaped."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def describe(differences: Iterable[Difference], sides: tuple[str, str] = COMMITTED) -> tuple[Shown, ...]:
    """Each difference in words; `sides` name what is compared."""
    return tuple(_describe(difference, sides) for difference in differences)


def _describe(difference: Difference, sides: tuple[str, str]) -> Shown:
    before, after = difference.before, difference.after
    detail, diff = "", ()
    if before is None or after is None or before.kind is not after.kind:
        detail = " → ".join(_summary(entry) for entry in (before, after) if entry is not None)
    elif before.kind is Kind.LINK:
        detail = f"link to {printable(before.target)} → {printable(after.target)}"
    elif before.kind is Kind.FILE:
        detail, diff = _files([f"{side}/{printable(difference.path)}" for side in sides], before, after)
    return Shown(path=printable(difference.path), change=difference.change, detail=detail, diff=diff)


def _summary(entry: Entry) -> str:
    match entry.kind:
        case Kind.FILE:
            text = _text(entry.source)
            size = f"{entry.source.lstat().st_size} bytes" if text is None else _count(len(text), "line")
            return f"executable, {size}" if entry.executable else size
        case Kind.LINK:
            return f"link to {printable(entry.target)}"
        case _:
            return str(entry.kind)


def _files(names: list[str], before: Entry, after: Entry) -> tuple[str, tuple[str, ...]]:
    said: list[str] = []
    if before.executable != after.executable:
        said.append("becomes executable" if after.executable else "stops being executable")
    old, new = _text(before.source), _text(after.source)
    if old is None or new is None:
        return ", ".join([*said, *_bytes(before.source, after.source)]), ()
    lines = list(difflib.unified_diff(old, new, names[0], names[1], lineterm=""))
    more = sum(line.startswith("+") for line in lines[2:])
    less = sum(line.startswith("-") for line in lines[2:])
    if lines and [line.removesuffix("\\r") for line in old] == [line.removesuffix("\\r") for line in new]:
        said.append(LINE_ENDS)
    elif lines:
        said.append(f"+{more} −{less}")
    if not lines and old == new and not said:
        said.append("the last line's end differs")
    return ", ".join(said), cut(lines)


def cut(lines: list[str]) -> tuple[str, ...]:
    """The lines, or the first of them and how many more there are."""
    if len(lines) <= DIFF_LINES:
        return tuple(lines)
    return (*lines[:DIFF_LINES], f"… {len(lines) - DIFF_LINES} more lines")


def _bytes(old: Path, new: Path) -> list[str]:
    sizes = old.stat().st_size, new.stat().st_size
    with old.open("rb") as left, new.open("rb") as right:
        at = 0
        while (mine := left.read(1 << 16)) == (theirs := right.read(1 << 16)) and mine:
            at += len(mine)
        if mine == theirs:
            return []
        at += next(
            (n for n, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b), min(len(mine), len(theirs))
        )
    size = f"{sizes[0]} bytes" if sizes[0] == sizes[1] else f"{sizes[0]} → {sizes[1]} bytes"
    return [f"{size}, first difference at byte {at}"]


def _text(path: Path) -> list[str] | None:
    """Lines of a text file, their ends kept only where they are unusual; None for bytes and for what is too large."""
    if path.lstat().st_size > _LARGEST_TEXT:
        return None
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    lines = text.split("\n")
    if "\0" in text or len(lines) > _MOST_LINES:
        return None
    if lines[-1]:
        lines[-1] += " (no line end)"
    return [line.replace("\r", "\\r") for line in (lines if lines[-1] else lines[:-1])]


def first(shown: tuple[Shown, ...], most: int) -> tuple[list[Shown], int]:
    """The first few, and how many more there are."""
    return list(islice(shown, most)), max(0, len(shown) - most)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"

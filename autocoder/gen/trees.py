"""File trees as generators leave them: what stands at each path, and how two trees differ.

Compared are bytes, whether a file may be executed (all that Git keeps of a mode), where links point, and folders, empty
ones included. Owners, times and the other mode bits are not.
"""

from __future__ import annotations

import bisect
import itertools
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

_CHUNK = 1 << 16


class Kind(StrEnum):
    """What stands at a path. `SPECIAL` is a pipe, socket or device."""

    FILE = "file"
    LINK = "link"
    FOLDER = "folder"
    SPECIAL = "special file"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One path. `source` is where its bytes are; `target` is where a link points."""

    kind: Kind
    source: Path
    executable: bool = False
    target: str = ""


Entries = Mapping[str, Entry]
"""Entries by their POSIX path below a root."""


class Change(StrEnum):
    """What regenerating would do to a path."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A path that differs. `before` is None for an added one, `after` for a removed one."""

    path: str
    before: Entry | None
    after: Entry | None

    @property
    def change(self) -> Change:
        """Added, removed or changed."""
        if self.before is None:
            return Change.ADDED
        return Change.REMOVED if self.after is None else Change.CHANGED


def entry_at(path: Path) -> Entry | None:
    """What stands at `path`, links not followed; None where nothing does."""
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if stat.S_ISREG(found.st_mode):
        return Entry(kind=Kind.FILE, source=path, executable=bool(found.st_mode & stat.S_IXUSR))
    if stat.S_ISLNK(found.st_mode):
        return Entry(kind=Kind.LINK, source=path, target=os.fspath(path.readlink()))
    return Entry(kind=Kind.FOLDER if stat.S_ISDIR(found.st_mode) else Kind.SPECIAL, source=path)


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """What changes when a path does, without reading it; and whose it is."""

    mode: int
    size: int
    modified: int
    number: int
    owner: int


def stamps(entries: Entries) -> dict[str, Stamp | None]:
    """The stamps of entries where they are now; None for one that is gone."""
    return {path: _stamp(entry) for path, entry in entries.items()}


def _stamp(entry: Entry) -> Stamp | None:
    try:
        seen = entry.source.lstat()
    except OSError:
        return None
    folder = stat.S_ISDIR(seen.st_mode)  # a folder's own time changes with caches and editors' files
    return Stamp(
        mode=seen.st_mode,
        size=0 if folder else seen.st_size,
        modified=0 if folder else seen.st_mtime_ns,
        number=seen.st_ino,
        owner=seen.st_uid,
    )


def walk(root: Path, start: str = "", skip: Iterable[str] = ()) -> Iterator[tuple[str, Entry]]:
    """Every path below `root` from `start` on (`start` itself included), parents first; never through a link."""
    skipped = frozenset(skip)
    here = root / start
    if start:
        entry = entry_at(here)
        if entry is None:
            return
        yield start, entry
        if entry.kind is not Kind.FOLDER:
            return
    with os.scandir(here) as found:
        names = sorted(item.name for item in found)
    for name in names:
        path = f"{start}/{name}" if start else name
        if path not in skipped:
            yield from walk(root, path, skipped)


def same(one: Entry, other: Entry) -> bool:
    """Whether two entries are alike; reads the bytes of files."""
    if (one.kind, one.executable, one.target) != (other.kind, other.executable, other.target):
        return False
    return one.kind is not Kind.FILE or one.source == other.source or _same_bytes(one.source, other.source)


def _same_bytes(one: Path, other: Path) -> bool:
    if one.lstat().st_size != other.lstat().st_size:
        return False
    with one.open("rb") as left, other.open("rb") as right:
        pairs = itertools.zip_longest(iter(lambda: left.read(_CHUNK), b""), iter(lambda: right.read(_CHUNK), b""))
        return all(mine == theirs for mine, theirs in pairs)


def compare(before: Entries, after: Entries) -> tuple[Difference, ...]:
    """How two trees differ, in path order."""
    found: list[Difference] = []
    for path in sorted({*before, *after}):
        one, other = before.get(path), after.get(path)
        if one is None or other is None or not same(one, other):
            found.append(Difference(path=path, before=one, after=other))
    return tuple(found)


def at_or_below(ordered: Sequence[str], root: str) -> Iterator[str]:
    """Of sorted paths, those at and below one."""
    at = bisect.bisect_left(ordered, root)
    if at < len(ordered) and ordered[at] == root:
        yield root
    first, last = bisect.bisect_left(ordered, root + "/"), bisect.bisect_left(ordered, root + "0")
    yield from ordered[first:last]


def prefixes(path: str) -> Iterator[str]:
    """The folders above a path from the top, then the path."""
    at = path.find("/")
    while at >= 0:
        yield path[:at]
        at = path.find("/", at + 1)
    yield path


def with_parents(paths: Iterable[str]) -> frozenset[str]:
    """The paths and all folders above them."""
    found: set[str] = set()
    for path in paths:
        while path and path not in found:
            found.add(path)
            path = path.rpartition("/")[0]
    return frozenset(found)

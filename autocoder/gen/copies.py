"""Fresh copies of the project, and what a run changed in one.

With an overlay the project itself (or one snapshot of it) lies under every run, which can only read it, and the upper
layer lists what was written; elsewhere every run has a copy of its own. Files are cloned where the file system can,
else copied; never linked, for a generator that writes in place would change the project through a link.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from autocoder.gen.refusals import within
from autocoder.gen.trees import (
    Difference,
    Entries,
    Entry,
    Kind,
    at_or_below,
    compare,
    entry_at,
    prefixes,
    same,
    walk,
    with_parents,
)

_FICLONE = 0x40049409
_OPAQUE = ("user.overlay.opaque", "trusted.overlay.opaque")
_WHITEOUT_DEVICE = 0


@dataclass(kw_only=True)
class Copier:
    """Copies files; stops trying to clone once the file system has refused."""

    clones: bool = True

    def fill(self, folder: Path, entries: Entries) -> dict[str, Entry]:
        """Puts `entries` into `folder`, parents made where needed; the same entries with their new sources."""
        placed: dict[str, Entry] = {}
        for parent in sorted({path.rpartition("/")[0] for path in entries}):
            (folder / parent).mkdir(parents=True, exist_ok=True)
        for path in sorted(entries):
            entry, target = entries[path], folder / path
            self.place(entry, target)
            placed[path] = Entry(kind=entry.kind, source=target, executable=entry.executable, target=entry.target)
        return placed

    def place(self, entry: Entry, target: Path) -> None:
        """Puts one entry at `target`, whose parent is there."""
        if entry.kind is Kind.FOLDER:
            target.mkdir(exist_ok=True)
        elif entry.kind is Kind.LINK:
            target.symlink_to(entry.target)
        else:
            self.file(entry.source, target)
            target.chmod(0o755 if entry.executable else 0o644)

    def file(self, source: Path, target: Path) -> None:
        """Copies the bytes of one file."""
        with source.open("rb", buffering=0) as read, target.open("xb", buffering=0) as write:
            if self.clones:
                try:
                    fcntl.ioctl(write.fileno(), _FICLONE, read.fileno())
                except OSError:
                    self.clones = False
                else:
                    return
            shutil.copyfileobj(read, write, 1 << 20)


@dataclass(frozen=True, kw_only=True)
class Start:
    """What a run finds: `entries` without what is at or below `hidden`, and over that `put`."""

    entries: Entries
    ordered: Sequence[str]
    hidden: frozenset[str] = frozenset()
    put: Entries = field(default_factory=dict[str, Entry])

    def get(self, path: str) -> Entry | None:
        """What the run finds at a path."""
        if path in self.put:
            return self.put[path]
        return None if self.is_hidden(path) else self.entries.get(path)

    def is_hidden(self, path: str) -> bool:
        """Whether the path or a folder above it is hidden."""
        return any(prefix in self.hidden for prefix in prefixes(path))

    def at_or_below(self, root: str) -> Iterator[str]:
        """The visible paths at and below one."""
        found = {path for path in at_or_below(self.ordered, root) if not self.is_hidden(path)}
        yield from sorted(found | {path for path in self.put if within(path, root)})

    def visible(self) -> dict[str, Entry]:
        """Everything that the run finds."""
        seen = {path: entry for path, entry in self.entries.items() if not self.is_hidden(path)}
        return {**seen, **self.put}


def children(paths: Iterable[str]) -> dict[str, list[str]]:
    """Paths by the folder that they stand in; "" is the root."""
    found: dict[str, list[str]] = {}
    for path in paths:
        found.setdefault(path.rpartition("/")[0], []).append(path)
    return found


def not_in(root: Path, entries: Entries) -> frozenset[str]:
    """The topmost paths on disk that are not among `entries`."""
    folders = ("", *(path for path, entry in entries.items() if entry.kind is Kind.FOLDER))
    found: list[str] = []
    for folder in folders:
        with os.scandir(root / folder) as names:
            found += [f"{folder}/{item.name}" if folder else item.name for item in names]
    return frozenset(path for path in found if path not in entries)


def hidden_outside(tree: Mapping[str, list[str]], wanted: Iterable[str]) -> frozenset[str]:
    """The topmost paths of a tree (by folder) to hide so that only `wanted` and what is below it are seen."""
    roots = frozenset(wanted)
    kept = with_parents(roots)
    opened = (folder for folder in ("", *kept) if not any(prefix in roots for prefix in prefixes(folder)))
    return frozenset(path for folder in opened for path in tree.get(folder, ()) if path not in kept)


def prepare_upper(base: Path, upper: Path, start: Start, copier: Copier) -> None:
    """Makes an overlay's upper layer hide and show what `start` says over the lower layer `base`."""
    for path in sorted(start.hidden):
        if not start.is_hidden(path.rpartition("/")[0]) and entry_at(base / path):
            for parent in reversed(Path(path).parents[:-1]):
                (upper / parent).mkdir(exist_ok=True)
            os.mknod(upper / path, stat.S_IFCHR, os.makedev(0, _WHITEOUT_DEVICE))
    for path in sorted(start.put):
        whiteout = upper / path
        if is_whiteout(whiteout):
            whiteout.unlink()
            if start.put[path].kind is Kind.FOLDER:
                whiteout.mkdir()
                os.setxattr(whiteout, _OPAQUE[0], b"y")
    copier.fill(upper, start.put)


def is_whiteout(path: Path) -> bool:
    """Whether an overlay's upper layer says here that something was removed."""
    try:
        seen = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return stat.S_ISCHR(seen.st_mode) and seen.st_rdev == _WHITEOUT_DEVICE


def _is_opaque(folder: Path) -> bool:
    for name in _OPAQUE:
        with suppress(OSError):
            if os.getxattr(folder, name, follow_symlinks=False) == b"y":
                return True
    return False


def written_above(upper: Path, start: Start) -> tuple[Difference, ...]:
    """What a run changed, read from its overlay's upper layer alone."""
    after: dict[str, Entry | None] = {}
    for path, entry in walk(upper):
        gone = is_whiteout(entry.source)
        replaced = entry.kind is not Kind.FOLDER or _is_opaque(entry.source)
        if gone or replaced:
            after |= {lower: None for lower in start.at_or_below(path) if lower not in after}
        after[path] = None if gone else entry
    return _differences(after, start)


def _differences(after: dict[str, Entry | None], start: Start) -> tuple[Difference, ...]:
    found: list[Difference] = []
    for path in sorted(after):
        before, now = start.get(path), after[path]
        if before is None and now is None:
            continue
        if before is None or now is None or not same(before, now):
            found.append(Difference(path=path, before=before, after=now))
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class OwnCopy:
    """A run's own copy, with what tells an untouched file from one to read again."""

    folder: Path
    before: Entries
    stamps: dict[str, tuple[int, int, int]]

    @classmethod
    def make(cls, folder: Path, start: Start, copier: Copier) -> OwnCopy:
        """Copies what `start` shows into `folder`."""
        folder.mkdir(parents=True)
        before = copier.fill(folder, start.visible())
        stamps = {path: _stamp(entry.source) for path, entry in before.items() if entry.kind is Kind.FILE}
        return cls(folder=folder, before=start.visible(), stamps=stamps)

    def written(self) -> tuple[Difference, ...]:
        """What a run changed, found by looking at every path again."""
        after: dict[str, Entry] = {}
        for path, entry in walk(self.folder):
            old = self.before.get(path)
            untouched = old is not None and entry.kind is Kind.FILE and self.stamps.get(path) == _stamp(entry.source)
            after[path] = old if untouched and old is not None and old.executable == entry.executable else entry
        return compare(self.before, after)


def _stamp(path: Path) -> tuple[int, int, int]:
    seen = path.lstat()
    return seen.st_ino, seen.st_ctime_ns, seen.st_size


def remove(folder: Path) -> None:
    """Removes a folder of runs, also where a run or an overlay left folders that nobody may enter."""
    try:
        shutil.rmtree(folder)
    except PermissionError:
        for parent, folders, _files in os.walk(folder):
            for name in folders:
                Path(parent, name).chmod(0o700)
        shutil.rmtree(folder)

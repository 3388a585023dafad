"""A copy of the project in memory whose folders list their entries in another order than the project's do.

The order in which a folder lists its entries differs between machines and file systems. A folder in memory lists the
newest first, so entries made in the project's order are listed in the opposite one. Only for projects that are small
enough to be held in memory.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autocoder.gen.copies import Copier, remove
from autocoder.gen.trees import Entries, Entry, Kind

_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
_MOST_ENTRIES = 5_000
_MOST_BYTES = 32 << 20


def reordered(base: Path, entries: Entries) -> Path | None:
    """The folder, for the caller to remove; None where it would be too large or would list nothing otherwise."""
    if not _MEMORY.is_dir() or len(entries) > _MOST_ENTRIES or _bytes(entries) > _MOST_BYTES:
        return None
    folder = Path(tempfile.mkdtemp(prefix="autocoder-gen-", dir=_MEMORY))
    copier = Copier(clones=False)
    try:
        for path in _in_listed_order(base, entries):
            copier.place(entries[path], folder / path)
        if any(os.listdir(folder / path) != _listed(base, path, entries) for path in _folders(entries)):  # noqa: PTH208
            return folder
    except OSError:
        pass
    remove(folder)
    return None


def _bytes(entries: Entries) -> int:
    files: Iterator[Entry] = (entry for entry in entries.values() if entry.kind is Kind.FILE)
    return sum(entry.source.lstat().st_size for entry in files)


def _folders(entries: Entries) -> list[str]:
    return ["", *(path for path in sorted(entries) if entries[path].kind is Kind.FOLDER)]


def _listed(base: Path, folder: str, entries: Entries) -> list[str]:
    names = os.listdir(base / folder)  # noqa: PTH208 - the order is what matters
    return [name for name in names if (f"{folder}/{name}" if folder else name) in entries]


def _in_listed_order(base: Path, entries: Entries) -> Iterator[str]:
    """Parents first, and in each folder in the order that it lists."""
    for folder in _folders(entries):
        yield from (f"{folder}/{name}" if folder else name for name in _listed(base, folder, entries))

"""A tree of files in memory, each with its owner, and which IR node each line came from.

Emitters mark the lines that a node leads to while they write them; the tree takes the marks out. Refuses unsafe paths,
duplicates, and text that is not UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath


class Owner(StrEnum):
    """Who may write a file after it exists."""

    GENERATED = "generated"  # autocoder overwrites it; drift is an error
    OWNED = "owned"  # a person's; written once where absent
    MERGED = "merged"  # the blueprint: a person's, merged by `plan`
    APPENDED = "appended"  # migrations


_BEGIN = "#\ufdd0"
END = "#\ufdd1"
"""Ends what `begin` began; a line of its own."""
_MARK = re.compile("[ \\t]*#(?:\ufdd0([a-z_:A-Za-z0-9-]+)|\ufdd1)")
"""A line that only says whose lines follow. U+FDD0 is no character of any text, so no text can hold a mark."""


def begin(node_id: str) -> str:
    """A line that says: what follows, down to `END`, comes from this node. For skeletons; others use `marked`."""
    return f"{_BEGIN}{node_id}"


def marked(node_id: str, text: str) -> str:
    """Lines that an IR node leads to, marked as its own. `text` is whole lines; marks may stand inside each other."""
    return f"{begin(node_id)}\n{text}\n{END}"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The lines `first` to `last` (from 1, inclusive) of a file come from a node of the IR."""

    node: str
    first: int
    last: int


def _unmarked(text: str) -> tuple[str, tuple[Origin, ...]]:
    """The text without its marks, and what they said."""
    if _BEGIN not in text:
        return text, ()
    lines: list[str] = []
    open_: list[tuple[str, int]] = []
    found: list[Origin] = []
    for line in text.split("\n"):
        mark = _MARK.fullmatch(line)
        if mark is None:
            lines.append(line)
        elif mark[1]:
            open_.append((mark[1], len(lines) + 1))
        else:
            node, first = open_.pop()
            found.append(Origin(node=node, first=first, last=len(lines)))
    return "\n".join(lines), tuple(sorted(found, key=lambda o: (o.first, -o.last)))


@dataclass(frozen=True, kw_only=True)
class File:
    """One file. `path` is relative POSIX below the workspace; `sources` are the ids of the IR nodes that it came from
    as a whole, `origins` those that stretches of it came from.
    """

    path: str
    content: bytes
    owner: Owner = Owner.GENERATED
    executable: bool = False
    sources: tuple[str, ...] = ()
    origins: tuple[Origin, ...] = ()


@dataclass(kw_only=True)
class Tree:
    """Files by path. Iterates in path order."""

    files: dict[str, File] = field(default_factory=dict[str, File])

    def __iter__(self) -> Iterator[File]:
        return iter(self.files[path] for path in sorted(self.files))

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, path: str) -> File:
        return self.files[path]

    def __contains__(self, path: object) -> bool:
        return path in self.files

    def add(self, file: File) -> None:
        """Takes a file. Raises `ValueError` for a path that escapes, is absolute, or is taken (case folded)."""
        parts = PurePosixPath(file.path).parts
        if not parts or file.path != "/".join(parts) or ".." in parts or parts[0] == "/" or "\\" in file.path:
            raise ValueError(f"unsafe path {file.path!r}")
        if any(path.casefold() == file.path.casefold() for path in self.files):
            raise ValueError(f"two files want the path {file.path!r}")
        self.files[file.path] = file

    def text(
        self,
        path: str,
        content: str,
        *,
        owner: Owner = Owner.GENERATED,
        executable: bool = False,
        sources: tuple[str, ...] = (),
    ) -> None:
        """Adds a text file, encoded as UTF-8 with LF line ends, without the marks in it."""
        text, origins = _unmarked(content)
        data = text.encode("utf-8")
        self.add(File(path=path, content=data, owner=owner, executable=executable, sources=sources, origins=origins))

    def add_bytes(self, path: str, content: bytes) -> None:
        """Adds a generated file as it is."""
        self.add(File(path=path, content=content))

    def update(self, other: Tree) -> None:
        """Takes all files of another tree."""
        for file in other:
            self.add(file)

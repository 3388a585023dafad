"""A tree of files in memory, each with its owner. Refuses unsafe paths, duplicates, and text that is not UTF-8."""

from __future__ import annotations

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


@dataclass(frozen=True, kw_only=True)
class File:
    """One file. `path` is relative POSIX below the workspace; `sources` are the ids of the IR nodes it came from."""

    path: str
    content: bytes
    owner: Owner = Owner.GENERATED
    executable: bool = False
    sources: tuple[str, ...] = ()


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
        """Adds a text file, encoded as UTF-8 with LF line ends."""
        data = content.encode("utf-8")
        self.add(File(path=path, content=data, owner=owner, executable=executable, sources=sources))

    def add_bytes(self, path: str, content: bytes) -> None:
        """Adds a generated file as it is."""
        self.add(File(path=path, content=content))

    def update(self, other: Tree) -> None:
        """Takes all files of another tree."""
        for file in other:
            self.add(file)

"""The archive's bytes: one way to write a set of files, and a reader that trusts nothing and never touches the disk.

The same files give the same tar bytes anywhere, and the same gzip bytes with the same zlib.
"""

from __future__ import annotations

import io
import tarfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from autocoder.targets.tree import File, Tree

MEMBER_OVERHEAD = 4096
"""Bytes of tar headers and padding that a member may have at most, long names included."""

_END = 20 * 512
HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"  # deflate, no name, time 0, best compression, system unknown


class BadArchive(Exception):
    """The archive, or a member of it, cannot be accepted. `member` is its path where one is to blame."""

    def __init__(self, message: str, member: str = "") -> None:
        super().__init__(message)
        self.member = member


@dataclass(frozen=True, kw_only=True)
class Member:
    """One file of an archive. `path` is relative to the archive's one top folder, `mode` holds permission bits."""

    path: str
    mode: int
    content: bytes


def mode_of(file: File) -> int:
    """The permission bits that a file of a tree has in an archive."""
    return 0o755 if file.executable else 0o644


def members_of(tree: Tree) -> tuple[Member, ...]:
    """A tree's files as members, in path order."""
    return tuple(Member(path=file.path, mode=mode_of(file), content=file.content) for file in tree)


def write_tar(root: str, members: Iterable[Member]) -> bytes:
    """The uncompressed archive with everything below the folder `root`: sorted, no times, no names of users."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT, encoding="utf-8") as archive:
        for member in sorted(members, key=lambda member: member.path):
            info = tarfile.TarInfo(f"{root}/{member.path}")
            info.size = len(member.content)
            info.mode = member.mode
            archive.addfile(info, io.BytesIO(member.content))
    return buffer.getvalue()


def compress(data: bytes) -> bytes:
    """A gzip file with a fixed header."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = deflate.compress(data) + deflate.flush()
    return HEADER + body + zlib.crc32(data).to_bytes(4, "little") + (len(data) & 0xFFFFFFFF).to_bytes(4, "little")


def limit_for(sizes: Iterable[int]) -> int:
    """The most bytes that a tar with members of these sizes can have."""
    return sum(size + MEMBER_OVERHEAD for size in sizes) + _END


def expand(data: bytes, *, limit: int) -> tuple[bytes, str]:
    """The tar inside a gzip file, as far as it can be read, and what stopped the reading ("" for nothing).

    Raises `BadArchive` for more than `limit` bytes: no more than that is ever unpacked.
    """
    inflate = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    out = bytearray()
    rest = memoryview(data)
    while rest and not inflate.eof:
        try:
            out += inflate.decompress(inflate.unconsumed_tail + bytes(rest[:4096]), limit + 1 - len(out))
        except zlib.error as error:
            return bytes(out), str(error)
        rest = rest[4096:]
        if len(out) > limit:
            raise BadArchive(f"it unpacks to more than the {limit} bytes that its manifest allows")
    if not inflate.eof:
        return bytes(out), "the gzip stream ends too early"
    return bytes(out), "bytes follow the gzip stream" if inflate.unused_data or rest else ""


def read_tar(data: bytes, root: str) -> tuple[tuple[Member, ...], tuple[BadArchive, ...]]:
    """Every acceptable member below `root`, and what is wrong with the others or with the archive."""
    members: dict[str, Member] = {}
    problems: list[BadArchive] = []
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:", encoding="utf-8", errors="strict") as archive:
            for info in archive:
                try:
                    member = _member(archive, info, root)
                    if member.path in members:
                        raise BadArchive(f"{member.path} is in the archive twice", member.path)
                    members[member.path] = member
                except BadArchive as problem:
                    problems.append(problem)
    except (tarfile.TarError, ValueError, EOFError, OverflowError) as error:
        problems.append(BadArchive(f"the tar data is damaged: {error}"))
    return tuple(members.values()), tuple(problems)


def _member(archive: tarfile.TarFile, info: tarfile.TarInfo, root: str) -> Member:
    path = info.name.removeprefix(f"{root}/")
    if not info.isreg() or info.sparse is not None:
        kind = "a link" if info.issym() or info.islnk() else "not a regular file"
        raise BadArchive(f"{path} is {kind}", path)
    try:
        if path == info.name:
            raise ValueError(f"unsafe path {path!r}: not below {root}/")
        Tree().add(File(path=path, content=b""))
    except ValueError as error:
        raise BadArchive(str(error), path) from error
    content = archive.extractfile(info)
    return Member(path=path, mode=info.mode, content=content.read() if content else b"")

"""The manifest: the digest of the archive and of every member. The package's signature signs this one file."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Literal

import rfc8785
from pydantic import BaseModel, ConfigDict, Field

from autocoder.package.archive import Member

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
NAME_PATTERN = r"^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$"
VERSION_PATTERN = r"^[0-9A-Za-z]([0-9A-Za-z.+-]*[0-9A-Za-z])?$"


class Role(StrEnum):
    """What a member is: sources are the inputs, everything else but released migrations can be derived from them."""

    SOURCE = "source"
    GENERATED = "generated"
    DEPLOYMENT = "deployment"
    MIGRATION = "migration"
    SBOM = "sbom"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Generator(_Model):
    """The program that made the package."""

    name: Literal["autocoder"] = "autocoder"
    version: str


class ArchiveEntry(_Model):
    """The archive beside the manifest."""

    path: str
    size: int = Field(ge=0, le=2**53 - 1)
    sha256: Sha256


class SbomEntry(_Model):
    """Where the bill of materials is, and the requirements file that it was made from."""

    path: str
    requirements: str


class MemberEntry(_Model):
    """One member of the archive; `path` is relative to its top folder, `mode` is octal."""

    path: str
    role: Role
    size: int = Field(ge=0, le=2**53 - 1)
    mode: Literal["0644", "0755"]
    sha256: Sha256


class Manifest(_Model):
    """`<name>-<version>.manifest.json`."""

    format: Literal["autocoder.dev/manifest/v1"] = "autocoder.dev/manifest/v1"
    name: str = Field(pattern=NAME_PATTERN)
    version: str = Field(pattern=VERSION_PATTERN)
    generator: Generator
    archive: ArchiveEntry
    sbom: SbomEntry
    members: tuple[MemberEntry, ...]

    @property
    def root(self) -> str:
        """The top folder inside the archive."""
        return f"{self.name}-{self.version}"

    def dump(self) -> bytes:
        """Canonical JSON."""
        return rfc8785.dumps(self.model_dump(mode="json"))


def entry(member: Member, role: Role) -> MemberEntry:
    """The manifest's line for a member."""
    return MemberEntry(
        path=member.path,
        role=role,
        size=len(member.content),
        mode="0755" if member.mode & 0o100 else "0644",
        sha256=sha256(member.content).hexdigest(),
    )


def entries(members: Mapping[Role, tuple[Member, ...]]) -> tuple[MemberEntry, ...]:
    """All lines, in path order."""
    listed = [entry(member, role) for role, part in members.items() for member in part]
    return tuple(sorted(listed, key=lambda line: line.path))

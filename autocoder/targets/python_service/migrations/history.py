"""The released migrations of a workspace: `migrations/released.json`, and the files that it names.

Owns what "released" means: the file's bytes never change again, and the next migration begins at the schema that stands
here. Written by `autocoder release` and by nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import rfc8785
from pydantic import BaseModel, ConfigDict, ValidationError

from autocoder.diagnostics import Diagnostic, Diagnostics, StageFailed
from autocoder.targets.python_service.migrations.schema import Schema, TableSchema

FOLDER = "migrations"
RELEASED = f"{FOLDER}/released.json"


class _Released(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str
    sha256: str


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = 1
    migrations: tuple[_Released, ...]
    tables: tuple[TableSchema, ...]


@dataclass(frozen=True, kw_only=True)
class History:
    """What was released: each migration's path (below the workspace) and text, in order, and the schema after them."""

    migrations: Mapping[str, str] = field(default_factory=dict[str, str])
    schema: Schema = field(default_factory=Schema)

    @cached_property
    def next_revision(self) -> str:
        """The revision of the migration that is not released yet."""
        return f"{len(self.migrations) + 1:04d}"

    @property
    def last_revision(self) -> str | None:
        """The newest released revision."""
        return f"{len(self.migrations):04d}" if self.migrations else None

    def document(self) -> bytes:
        """The bytes of `released.json`: canonical JSON."""
        listed = tuple(
            _Released(path=path, sha256=hashlib.sha256(text.encode()).hexdigest())
            for path, text in self.migrations.items()
        )
        return rfc8785.dumps(_Document(migrations=listed, tables=self.schema.tables).model_dump(mode="json")) + b"\n"


def paths(document: str | None, *, shown: str = RELEASED) -> tuple[str, ...]:
    """The files that a `released.json` names. Raises `StageFailed` (AC4402) for a damaged one."""
    return tuple(m.path for m in _parse(document, shown).migrations) if document is not None else ()


def load(document: str | None, files: Mapping[str, str], *, shown: str = RELEASED) -> History:
    """The history of a workspace, empty where nothing was released.

    Raises `StageFailed`: AC4402 for a damaged document, AC8008 for every released migration that is missing or was
    changed.
    """
    if document is None:
        return History()
    read = _parse(document, shown)
    problems = Diagnostics()
    for line in read.migrations:
        found = hashlib.sha256(files[line.path].encode()).hexdigest() if line.path in files else None
        if found != line.sha256:
            what = "was changed" if found else "is missing"
            problems.error(
                "AC8008",
                f"{line.path} is a released migration and {what}",
                subject=line.path,
                value=f"sha256 {found or 'none'}",
                rule=f"expected sha256 {line.sha256}",
                help="restore the file from version control; a further change of the schema needs a new migration",
            )
    problems.stop()
    return History(
        migrations={line.path: files[line.path] for line in read.migrations},
        schema=Schema(tables=read.tables),
    )


def _parse(document: str, shown: str) -> _Document:
    try:
        return _Document.model_validate_json(document)
    except ValidationError as error:
        first = error.errors()[0]
        message = f"{shown} cannot be read: {'.'.join(map(str, first['loc'])) or 'the file'}: {first['msg']}"
        raise StageFailed([Diagnostic(code="AC4402", message=message, subject=shown)]) from error

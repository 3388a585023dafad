"""What autocoder wrote last: `.autocoder/files.json`, the ground of drift checks. It belongs into version control."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import rfc8785
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from autocoder.diagnostics import Diagnostic, StageFailed
from autocoder.workspace.transaction import CONTROL, SafePath

RECORD = f"{CONTROL}/files.json"


class Row(BaseModel):
    """One file as it was written. `released` is for migrations: from then on it never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    owner: Literal["generated", "appended"]
    sha256: str
    released: bool = False


class Record(BaseModel):
    """Every generated and appended file of the last write."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = 1
    files: dict[SafePath, Row] = Field(default_factory=dict[str, Row])

    def dump(self) -> bytes:
        """Canonical JSON."""
        return rfc8785.dumps(self.model_dump(mode="json")) + b"\n"


def load(folder: Path) -> Record:
    """The record of a workspace, empty where there is none. Raises `StageFailed` (AC8006) for a damaged one."""
    try:
        return Record.model_validate_json((folder / RECORD).read_bytes())
    except FileNotFoundError:
        return Record()
    except (OSError, ValidationError) as error:
        reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error.strerror
        message = f"{RECORD} cannot be read: {reason}"
        raise StageFailed([Diagnostic(code="AC8006", message=message, subject=RECORD)]) from error

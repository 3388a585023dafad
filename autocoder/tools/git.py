"""Reads files of a Git repository as they were at a commit. Changes nothing, and runs no hook or filter."""

from __future__ import annotations

import os
from pathlib import Path

from autocoder.diagnostics import Diagnostic, StageFailed
from autocoder.tools import process

_SECONDS = 60


def file_at(folder: Path, ref: str, path: str) -> str | None:
    """The text of `path` (relative to `folder`) at a commit; None where that commit has no such file.

    Raises `StageFailed`: AC9007 (exit code 4) without git, AC8207 (exit code 2) where `ref` is no commit.
    """
    if _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}") is None:
        message = f'"{ref}" is neither a file or folder here nor a commit'
        found = Diagnostic(code="AC8207", message=message, subject=ref, value=ref)
        raise StageFailed([found], exit_code=2)
    content = _git(folder, "show", "--no-textconv", "--end-of-options", f"{ref}:./{path}")
    return None if content is None else content.decode("utf-8", errors="replace")


def _git(folder: Path, *words: str) -> bytes | None:
    """What git says, None where it fails."""
    env = {"PATH": os.environ.get("PATH", ""), "HOME": os.environ.get("HOME", ""), "LC_ALL": "C"}
    try:
        done = process.run(["git", *words], cwd=folder, env=env, timeout=_SECONDS, output_limit=None)
    except (FileNotFoundError, PermissionError) as error:
        message = "git is needed to look at an earlier commit"
        raise StageFailed([Diagnostic(code="AC9007", message=message)], exit_code=4) from error
    return done.stdout if done.ok else None

"""Replaces files of the project all together or not at all.

New contents are staged beside the project's files, in `.autocoder/gen-write`, with a journal of steps that can each be
undone. A step that fails, or a process that dies, leaves a journal; undoing it puts everything back as it was.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from autocoder.diagnostics import Diagnostic, StageFailed
from autocoder.gen.copies import Copier
from autocoder.gen.trees import Difference, Entry, Kind

_FOLDER = ".autocoder"
_STAGE = "gen-write"
_JOURNAL = "journal.json"
_LOCK = "gen-write.lock"


@dataclass(frozen=True, kw_only=True)
class _Step:
    """`away` renames a path into the stage, `put` one out of it; `open` makes a folder, `close` removes one."""

    do: str
    path: str
    staged: str = ""


def refuse_pending(root: Path) -> None:
    """Raises `StageFailed` (AC7204, exit code 4) where a write was interrupted."""
    if (root / _FOLDER / _STAGE / _JOURNAL).is_file():
        message = "an earlier gen write was interrupted while it replaced files"
        help_ = "autocoder gen write, which first puts the project back as it was"
        raise StageFailed([Diagnostic(code="AC7204", message=message, help=help_)], exit_code=4)


@contextmanager
def locked(root: Path) -> Generator[None]:
    """Keeps other writers out. Raises `StageFailed` (AC7205, exit code 4) where one is at work."""
    folder = root / _FOLDER
    made = not folder.exists()
    folder.mkdir(exist_ok=True)
    lock = folder / _LOCK
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            message = "another gen write is at work in this project"
            raise StageFailed([Diagnostic(code="AC7205", message=message)], exit_code=4) from None
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)
            if made:
                with suppress(OSError):
                    folder.rmdir()


def recover(root: Path) -> bool:
    """Undoes an interrupted write; whether there was one."""
    stage = root / _FOLDER / _STAGE
    if not stage.exists():
        return False
    pending = (stage / _JOURNAL).is_file()
    if pending:
        rows = json.loads((stage / _JOURNAL).read_bytes())
        _undo(root, stage, [_Step(**row) for row in rows["steps"]])
    shutil.rmtree(stage)
    return pending


def apply(root: Path, differences: Sequence[Difference]) -> None:
    """Makes the project's files what `differences` say. On any failure it is as it was, and the failure is raised."""
    if not differences:
        return
    stage = root / _FOLDER / _STAGE
    stage.mkdir()
    try:
        steps = _plan(root, stage, differences)
        _record(stage, {"steps": [vars(step) for step in steps]})
        try:
            for step in steps:
                _do(root, stage, step)
        except BaseException:
            _undo(root, stage, steps)
            raise
        (stage / _JOURNAL).unlink()
        _sync(stage)
    finally:
        shutil.rmtree(stage)


def _plan(root: Path, stage: Path, differences: Sequence[Difference]) -> list[_Step]:
    """Old files go first, then folders that end, then folders that begin, then new files. New files are staged here."""
    gone = [d for d in differences if d.before is not None and not _stays_folder(d)]
    new = [d for d in differences if d.after is not None and not _stays_folder(d)]
    files = [d.path for d in gone if d.before and d.before.kind is not Kind.FOLDER]
    folders = [d.path for d in gone if d.before and d.before.kind is Kind.FOLDER]
    steps = [_Step(do="away", path=path, staged=f"old-{number}") for number, path in enumerate(files)]
    steps += [_Step(do="close", path=path) for path in sorted(folders, reverse=True)]
    opened = {d.path for d in new if d.after and d.after.kind is Kind.FOLDER}
    opened |= set(_missing_parents(root, (d.path for d in new)))
    steps += [_Step(do="open", path=path) for path in sorted(opened)]
    copier = Copier()
    for number, difference in enumerate(new):
        if difference.after and difference.after.kind is not Kind.FOLDER:
            name = f"new-{number}"
            _stage_one(copier, stage, name, difference.after)
            steps.append(_Step(do="put", path=difference.path, staged=name))
    return steps


def _stays_folder(difference: Difference) -> bool:
    before, after = difference.before, difference.after
    return bool(before and after and before.kind is Kind.FOLDER and after.kind is Kind.FOLDER)


def _missing_parents(root: Path, paths: Iterable[str]) -> Iterable[str]:
    for path in paths:
        for parent in PurePosixPath(path).parents[:-1]:
            if not (root / parent).exists():
                yield parent.as_posix()


def _stage_one(copier: Copier, stage: Path, name: str, entry: Entry) -> None:
    if entry.kind is Kind.SPECIAL:
        raise OSError(f"a generator made a {entry.kind}, which no project can hold")
    copier.fill(stage, {name: entry})
    if entry.kind is Kind.FILE:
        _sync(stage / name)


def _record(stage: Path, data: Mapping[str, Any]) -> None:
    temporary = stage / f"{_JOURNAL}.tmp"
    temporary.write_text(json.dumps(data), encoding="utf-8")
    _sync(temporary)
    temporary.replace(stage / _JOURNAL)
    _sync(stage)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _do(root: Path, stage: Path, step: _Step) -> None:
    match step.do:
        case "away":
            (root / step.path).rename(stage / step.staged)
        case "close":
            with suppress(OSError):  # a folder that still holds what Git ignores stays
                (root / step.path).rmdir()
        case "open":
            (root / step.path).mkdir(exist_ok=True)
        case _:
            if _is_there(root / step.path):
                raise FileExistsError(f"{step.path} appeared while generators ran")
            (stage / step.staged).rename(root / step.path)


def _undo(root: Path, stage: Path, steps: Sequence[_Step]) -> None:
    """Undoes steps from the last; one that was never done has nothing to undo."""
    for step in reversed(steps):
        here, staged = root / step.path, stage / step.staged
        match step.do:
            case "away" if _is_there(staged):
                staged.rename(here)
            case "close":
                here.mkdir(parents=True, exist_ok=True)
            case "open":
                with suppress(OSError):
                    here.rmdir()
            case "put" if not _is_there(staged) and _is_there(here):
                here.rename(staged)
            case _:
                pass


def _is_there(path: Path) -> bool:
    return path.is_symlink() or path.exists()

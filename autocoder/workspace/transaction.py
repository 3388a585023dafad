"""Changes many files of a folder at once: after a crash at any moment, recovery leaves the old state or the new one.

The new contents, and copies of the old ones, are staged under `.autocoder/journal`; renaming the plan to
`forward.json` is the moment of commitment. Then the listed files are renamed into place. An error on the way renames
the plan to `back.json` and puts the old contents back. `recover` finishes whichever of the two a crash interrupted.
A file that is neither as it was nor as it will be (somebody saved it meanwhile) is never touched: the rest goes back.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, TypeAdapter, ValidationError

from autocoder.diagnostics import Diagnostic, StageFailed
from autocoder.targets.tree import File, Tree

CONTROL = ".autocoder"
_JOURNAL = f"{CONTROL}/journal"


def checked_path(path: str) -> str:
    """The path, if it is a plain one below the workspace. Raises `ValueError` otherwise.

    Records and journals travel with a repository, so a stranger may have written them.
    """
    if "\0" in path:
        raise ValueError(f"unsafe path {path!r}")
    Tree().add(File(path=path, content=b""))
    return path


SafePath = Annotated[str, AfterValidator(checked_path)]


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a file of the folder becomes. `content` None removes it. `mode` holds permission bits.

    `before` is the digest of what was seen there when the change was decided (None: no file).
    """

    path: str
    before: str | None
    content: bytes | None
    mode: int = 0o644


class _Step(BaseModel):
    """One line of the plan: the digests before and after (None: no file)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: SafePath
    old: str | None
    new: str | None


_Plan = TypeAdapter(list[_Step])


class _State(Enum):
    OLD = auto()
    NEW = auto()
    OTHER = auto()


class _Conflict(OSError):
    """A file that the plan lists is not what the plan expects."""


def digest(content: bytes) -> str:
    """The sha256 of bytes, in hex."""
    return hashlib.sha256(content).hexdigest()


def _digest(content: bytes | None) -> str | None:
    return None if content is None else digest(content)


def obstacle(folder: Path, path: str) -> str | None:
    """What stands in the way of a regular file at `path`: a symbolic link, or a file where a folder is needed."""
    at = folder
    parts = path.split("/")
    for number, part in enumerate(parts, 1):
        at = at / part
        try:
            mode = at.lstat().st_mode
        except FileNotFoundError:
            return None
        name = "/".join(parts[:number])
        if stat.S_ISLNK(mode):
            return f"{name} is a symbolic link"
        if number < len(parts) and not stat.S_ISDIR(mode):
            return f"{name} is not a folder"
        if number == len(parts) and not stat.S_ISREG(mode):
            return f"{name} is not a regular file"
    return None


def commit(folder: Path, changes: Sequence[Change]) -> None:
    """Makes all changes or none. Raises `StageFailed` (AC8005) with the folder as it was.

    The caller holds the workspace's lock and has run `recover`.
    """
    journal = folder / _JOURNAL
    try:
        steps = _stage(folder, journal, changes)
    except OSError as error:
        _discard(journal)
        raise _failed(folder, error, "nothing was changed") from error
    try:
        _forward(folder, journal, steps)
        (journal / "forward.json").unlink()
    except OSError as error:
        raise _undo(folder, journal, steps, error) from error
    _discard(journal)


def recover(folder: Path) -> bool:
    """Finishes what a crash interrupted; whether there was anything. Raises `StageFailed` where it cannot.

    The caller holds the workspace's lock.
    """
    journal = folder / _JOURNAL
    if (blocked := obstacle(folder, f"{_JOURNAL}/forward.json")) is not None:
        raise StageFailed([Diagnostic(code="AC8003", message=blocked, subject=_JOURNAL)])
    if not journal.exists():
        return False
    for name, direction in (("back.json", _back), ("forward.json", _forward)):
        if not (journal / name).exists():
            continue
        steps = _read_plan(journal / name)
        try:
            direction(folder, journal, steps)
            (journal / name).unlink()
        except OSError as error:
            if name == "back.json":
                raise _stuck(error) from error
            raise _undo(folder, journal, steps, error) from error
        break
    _discard(journal)
    return True


def _read_plan(path: Path) -> list[_Step]:
    try:
        return _Plan.validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error.strerror
        raise StageFailed(
            [Diagnostic(code="AC8007", message=f"{_JOURNAL}/{path.name} cannot be read: {reason}", subject=_JOURNAL)]
        ) from error


def _stage(folder: Path, journal: Path, changes: Sequence[Change]) -> list[_Step]:
    _discard(journal)
    for name in ("new", "old"):
        (journal / name).mkdir(parents=True)
    steps: list[_Step] = []
    for number, change in enumerate(changes):
        target = folder / checked_path(change.path)
        old = target.read_bytes() if target.exists() else None
        if old is not None:
            _write(journal / "old" / str(number), old, stat.S_IMODE(target.stat().st_mode))
        if change.content is not None:
            _write(journal / "new" / str(number), change.content, change.mode)
        step = _Step(path=change.path, old=_digest(old), new=_digest(change.content))
        if step.old != change.before:
            raise _Conflict(f"{change.path} was changed while autocoder worked")
        steps.append(step)
    _write(journal / "plan.json", _Plan.dump_json(steps), 0o600)
    _sync([journal / "new", journal / "old"])
    (journal / "plan.json").rename(journal / "forward.json")
    _sync([journal])
    return steps


def _write(path: Path, content: bytes, mode: int) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(mode)


def _state(folder: Path, step: _Step) -> _State:
    if obstacle(folder, step.path) is not None:
        return _State.OTHER
    target = folder / step.path
    found = digest(target.read_bytes()) if target.exists() else None
    if found == step.new:
        return _State.NEW
    return _State.OLD if found == step.old else _State.OTHER


def _forward(folder: Path, journal: Path, steps: Sequence[_Step]) -> None:
    for number, step in enumerate(steps):
        target, staged = folder / step.path, journal / "new" / str(number)
        if step.new is not None and not staged.exists():
            continue  # done before the crash that this recovers from
        if _state(folder, step) is _State.OTHER:
            raise _Conflict(f"{step.path} was changed while autocoder worked")
        if step.new is None:
            target.unlink(missing_ok=True)
        else:
            _make_folders(folder, target.parent)
            staged.replace(target)
    _remove_empty(folder, (step.path for step in steps if step.new is None))
    _sync({(folder / step.path).parent for step in steps})


def _back(folder: Path, journal: Path, steps: Sequence[_Step]) -> None:
    for number, step in enumerate(steps):
        old = journal / "old" / str(number)
        if _state(folder, step) is not _State.NEW:
            continue
        if old.exists():
            _make_folders(folder, (folder / step.path).parent)
            old.replace(folder / step.path)
        elif step.old is None:
            (folder / step.path).unlink(missing_ok=True)
    _remove_empty(folder, (step.path for step in steps if step.old is None))


def _undo(folder: Path, journal: Path, steps: Sequence[_Step], cause: OSError) -> StageFailed:
    """Puts the old state back after `cause`; the failure to report."""
    try:
        (journal / "forward.json").rename(journal / "back.json")
        _back(folder, journal, steps)
    except OSError as error:
        return _stuck(error)
    _discard(journal)
    return _failed(folder, cause, "every file was put back")


def _make_folders(folder: Path, wanted: Path) -> None:
    missing = [parent for parent in (wanted, *wanted.parents) if parent.is_relative_to(folder) and not parent.exists()]
    for parent in reversed(missing):
        parent.mkdir()
        parent.chmod(0o755)


def _remove_empty(folder: Path, paths: Iterable[str]) -> None:
    """Removes the folders that lost their last file."""
    for path in paths:
        for parent in (folder / path).parents:
            if parent == folder:
                break
            with contextlib.suppress(OSError):
                parent.rmdir()


def _sync(folders: Iterable[Path]) -> None:
    """Makes renames durable, where the system can do that for a folder."""
    if os.name != "posix":
        return
    for folder in folders:
        with contextlib.suppress(FileNotFoundError):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _discard(journal: Path) -> None:
    """Ends a transaction: its plan goes first, so that a crash in here leaves nothing to replay."""
    with contextlib.suppress(OSError):
        for name in ("back.json", "forward.json"):
            (journal / name).unlink(missing_ok=True)
        shutil.rmtree(journal)


def _failed(folder: Path, error: OSError, outcome: str) -> StageFailed:
    place = Path(os.fsdecode(error.filename)) if error.filename else folder
    inner = f"{place.relative_to(folder).as_posix()}: " if folder in place.parents else ""
    reason = f"{inner}{error.strerror or error}"
    message = f"the workspace cannot be written: {reason}; {outcome}"
    return StageFailed([Diagnostic(code="AC8005", message=message)])


def _stuck(error: OSError) -> StageFailed:
    return StageFailed(
        [
            Diagnostic(
                code="AC8010",
                message=f"an interrupted write cannot be put back: {error.strerror or error}",
                subject=_JOURNAL,
            )
        ]
    )

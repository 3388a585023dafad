"""Writes a tree of files into a workspace by the owner's rule of each, in one transaction, under one lock.

Refuses to overwrite what a person changed or made, to follow symbolic links, and to write a part of a tree.
"""

from __future__ import annotations

import contextlib
import stat
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import assert_never

from autocoder.diagnostics import Diagnostic, Diagnostics, Severity, StageFailed
from autocoder.targets.tree import File, Owner, Tree
from autocoder.workspace import lock, transaction
from autocoder.workspace.record import RECORD, Record, Row, load
from autocoder.workspace.transaction import CONTROL, Change, digest, obstacle

BASE = f"{CONTROL}/base"
_IGNORE = f"{CONTROL}/.gitignore"
_IGNORED = b"/cache/\n/journal/\n/lock\n/run/\n"
"""`run` holds what a service that was started here keeps: accounts and rows."""


class MergedState(StrEnum):
    """Where a merged file stands against what autocoder wrote last."""

    ABSENT = "absent"
    UNCHANGED = "unchanged"
    CHANGED = "changed by hand"


@dataclass(frozen=True, kw_only=True)
class Written:
    """What a write did, as paths in order. `kept` exist and are a person's; `overwritten` had a person's changes."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...]
    overwritten: tuple[str, ...]
    warnings: tuple[Diagnostic, ...]


@contextlib.contextmanager
def opened(folder: Path) -> Generator[Workspace]:
    """Locks the workspace (made where it is missing) and finishes an interrupted write first.

    A folder that nothing was written to is gone again at the end. Raises `StageFailed`: AC8004 where another
    autocoder works there, AC8005 where the folder cannot be written, AC8003, AC8007 and AC8010 from the recovery.
    """
    control = folder / CONTROL
    with contextlib.ExitStack() as undo:
        try:
            _make(control, undo)
            held = lock.acquire(control / "lock")
        except (BlockingIOError, PermissionError) as error:
            raise _no_lock(control, error) from error
        except OSError as error:
            raise _unwritable(error) from error
        undo.callback(lock.release, held, control / "lock")
        transaction.recover(folder)
        yield Workspace(folder)


def _make(control: Path, undo: contextlib.ExitStack) -> None:
    """Makes the control folder with its parents, and plans the removal of those that stay empty."""
    if control.is_symlink():
        raise StageFailed([Diagnostic(code="AC8003", message=f"{CONTROL} is a symbolic link", subject=CONTROL)])
    missing = [path for path in (control, *control.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        undo.callback(_remove_if_empty, path)
        path.chmod(0o755)


def _remove_if_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()


def _no_lock(control: Path, error: OSError) -> StageFailed:
    if isinstance(error, PermissionError) and not (control / "lock").exists():
        return _unwritable(error)
    message = "another autocoder is at work in this workspace"
    return StageFailed([Diagnostic(code="AC8004", message=message, subject=control.parent.name)])


def _unwritable(error: OSError) -> StageFailed:
    message = f"the workspace cannot be written: {error.strerror or error}; nothing was changed"
    return StageFailed([Diagnostic(code="AC8005", message=message)])


class Workspace:
    """A locked workspace. Made by `opened`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def merged_state(self, path: str) -> MergedState:
        """Whether a merged file was changed since autocoder wrote it; a file without a base was made by hand."""
        found = _look(self.folder, path)
        if found is None:
            return MergedState.ABSENT
        base = self.base(path)
        return MergedState.UNCHANGED if base is not None and digest(base) == found.sha256 else MergedState.CHANGED

    def base(self, path: str) -> bytes | None:
        """What autocoder wrote last to a merged file: the base of a merge. None where it never wrote it."""
        found = _look(self.folder, f"{BASE}/{path}")
        return (self.folder / BASE / path).read_bytes() if found else None

    def base_text(self, path: str) -> str | None:
        """The same as text. Raises `StageFailed` (AC8011) where it is none."""
        base = self.base(path)
        try:
            return None if base is None else base.decode("utf-8")
        except UnicodeDecodeError as error:
            message = f"{BASE}/{path} is not text in UTF-8: it is not what autocoder wrote"
            raise StageFailed([Diagnostic(code="AC8011", message=message, subject=f"{BASE}/{path}")]) from error

    def write(
        self,
        tree: Tree,
        *,
        artifacts: Tree | None = None,
        overwrite_drift: bool = False,
        partial: bool = False,
        bases: Mapping[str, str] | None = None,
    ) -> Written:
        """Makes the workspace hold `tree`, in one transaction, and removes generated files that are no longer in it.

        `artifacts` (what a build leaves in `dist/`) are replaced without a drift check and never removed by a later
        write. `overwrite_drift` discards what people changed in generated files. A `partial` tree is not all that there
        is: what is missing in it stays. `bases` are the plans that were merged into edited files: those are written,
        and the plan is the base of the next merge. Raises `StageFailed` with every
        problem (AC8001 to AC8003, AC8008) or with the reason why the folder cannot be written (AC8005); the folder
        is as it was then.
        """
        plan = self._planned(
            tree, artifacts=artifacts or Tree(), overwrite_drift=overwrite_drift, partial=partial, bases=bases or {}
        )
        transaction.commit(self.folder, plan.changes)
        return plan.outcome()

    def check(self, tree: Tree, *, overwrite_drift: bool = False, bases: Mapping[str, str] | None = None) -> None:
        """Raises what `write` would, as far as that can be known without writing."""
        self._planned(tree, artifacts=Tree(), overwrite_drift=overwrite_drift, partial=False, bases=bases or {})

    def _planned(
        self, tree: Tree, *, artifacts: Tree, overwrite_drift: bool, partial: bool, bases: Mapping[str, str]
    ) -> _Plan:
        plan = _Plan(folder=self.folder, record=load(self.folder), overwrite=overwrite_drift, bases=bases)
        for file in tree:
            plan.place(file)
        for file in artifacts:
            plan.replace(file)
        if partial:
            plan.rows = {**plan.record.files, **plan.rows}
        else:
            plan.drop_stale(tree)
        plan.finish()
        plan.problems.stop()
        return plan

    def release(self, path: str, content: bytes) -> tuple[str, ...]:
        """Marks every migration as released: from now on none of them may change; `content`, the list of them, goes to
        `path`. Returns those newly marked; where there are none nothing is written.
        """
        record = load(self.folder)
        fresh = sorted(path for path, row in record.files.items() if row.owner == "appended" and not row.released)
        if not fresh:
            return ()
        marked = {path: record.files[path].model_copy(update={"released": True}) for path in fresh}
        after = Record(files={**record.files, **marked})
        listed = _control(self.folder, path, content)
        transaction.commit(self.folder, [listed, _control(self.folder, RECORD, after.dump())])
        return tuple(fresh)


@dataclass(frozen=True, kw_only=True)
class _Found:
    sha256: str
    mode: int


def _look(folder: Path, path: str) -> _Found | None:
    """The regular file at `path`. Raises `StageFailed` where something else stands there."""
    if (blocked := obstacle(folder, path)) is not None:
        raise StageFailed([Diagnostic(code="AC8003", message=blocked, subject=path)])
    target = folder / path
    try:
        return _Found(sha256=digest(target.read_bytes()), mode=stat.S_IMODE(target.stat().st_mode))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StageFailed(
            [Diagnostic(code="AC8003", message=f"{path} cannot be read: {error.strerror}", subject=path)]
        ) from error


def _control(folder: Path, path: str, content: bytes) -> Change:
    found = _look(folder, path)
    return Change(path=path, before=found.sha256 if found else None, content=content)


@dataclass(kw_only=True)
class _Plan:
    """Decides file by file; collects every problem before anything is written."""

    folder: Path
    record: Record
    overwrite: bool
    bases: Mapping[str, str] = field(default_factory=dict[str, str])
    problems: Diagnostics = field(default_factory=Diagnostics)
    changes: list[Change] = field(default_factory=list[Change])
    rows: dict[str, Row] = field(default_factory=dict[str, Row])
    unchanged: list[str] = field(default_factory=list[str])
    kept: list[str] = field(default_factory=list[str])
    overwritten: list[str] = field(default_factory=list[str])

    def place(self, file: File) -> None:
        """Plans one file of the tree by its owner's rule."""
        if file.path.split("/")[0] == CONTROL:
            raise ValueError(f"{file.path} is autocoder's own folder, no target writes there")
        try:
            found = _look(self.folder, file.path)
        except StageFailed as failed:
            self.problems.extend(failed.diagnostics)
            return
        match file.owner:
            case Owner.GENERATED:
                self._generated(file, found)
            case Owner.OWNED:
                self._owned(file, found)
            case Owner.MERGED:
                self._merged(file, found)
            case Owner.APPENDED:
                self._appended(file, found)
            case _:
                assert_never(file.owner)

    def replace(self, file: File) -> None:
        """Plans a file that is nobody's work."""
        try:
            self._put(file, _look(self.folder, file.path))
        except StageFailed as failed:
            self.problems.extend(failed.diagnostics)

    def drop_stale(self, tree: Tree) -> None:
        """Plans the removal of files that the last write made and this one does not."""
        for path, row in sorted(self.record.files.items()):
            if path in tree:
                continue
            if row.released:
                self.rows[path] = row
                continue
            try:
                found = _look(self.folder, path)
            except StageFailed as failed:
                self.problems.extend(failed.diagnostics)
                continue
            if found is None:
                continue
            if found.sha256 != row.sha256 and not self._may_overwrite(path, row.sha256, found.sha256):
                continue
            self.changes.append(Change(path=path, before=found.sha256, content=None))

    def finish(self) -> None:
        """Plans the record and the list of what version control leaves out."""
        try:
            ignore, old = _look(self.folder, _IGNORE), _look(self.folder, RECORD)
        except StageFailed as failed:
            self.problems.extend(failed.diagnostics)
            return
        if ignore is None or ignore.sha256 != digest(_IGNORED):
            self.changes.append(Change(path=_IGNORE, before=ignore.sha256 if ignore else None, content=_IGNORED))
        content = Record(files=self.rows).dump()
        if old is None or old.sha256 != digest(content):
            self.changes.append(Change(path=RECORD, before=old.sha256 if old else None, content=content))

    def outcome(self) -> Written:
        """What the plan amounts to, without autocoder's own folder."""
        visible = [change for change in self.changes if not change.path.startswith(f"{CONTROL}/")]
        return Written(
            written=tuple(sorted(change.path for change in visible if change.content is not None)),
            unchanged=tuple(sorted(self.unchanged)),
            removed=tuple(sorted(change.path for change in visible if change.content is None)),
            kept=tuple(sorted(self.kept)),
            overwritten=tuple(sorted(self.overwritten)),
            warnings=tuple(self.problems),
        )

    def _generated(self, file: File, found: _Found | None) -> None:
        new = digest(file.content)
        row = self.record.files.get(file.path)
        self.rows[file.path] = Row(owner="generated", sha256=new)
        known = {new, row.sha256 if row else new}
        if found is None or found.sha256 in known or self._may_overwrite(file.path, row and row.sha256, found.sha256):
            self._put(file, found)

    def _owned(self, file: File, found: _Found | None) -> None:
        if found is None:
            self._put(file, None)
        else:
            self.kept.append(file.path)

    def _merged(self, file: File, found: _Found | None) -> None:
        try:
            base = _look(self.folder, f"{BASE}/{file.path}")
        except StageFailed as failed:
            self.problems.extend(failed.diagnostics)
            return
        new = digest(file.content)
        untouched = found is None or found.sha256 == new or (base is not None and base.sha256 == found.sha256)
        plan = self.bases[file.path].encode() if file.path in self.bases else file.content
        if not untouched and file.path not in self.bases:
            self.kept.append(file.path)
            message = f"{file.path} was changed by hand and differs from what this build proposes; it was left as it is"
            self.problems.add(Diagnostic(code="AC8009", message=message, subject=file.path, severity=Severity.WARNING))
            return
        self._put(file, found)
        if base is None or base.sha256 != digest(plan):
            before = base.sha256 if base else None
            self.changes.append(Change(path=f"{BASE}/{file.path}", before=before, content=plan))

    def _appended(self, file: File, found: _Found | None) -> None:
        row = self.record.files.get(file.path)
        new = digest(file.content)
        if row is None or not row.released:
            self._generated(file, found)
            self.rows[file.path] = Row(owner="appended", sha256=new)
            return
        self.rows[file.path] = row
        for what, sha256 in (("this build would change it", new), ("it was changed", found and found.sha256)):
            if sha256 not in (None, row.sha256):
                self._error("AC8008", file.path, f"{file.path} is a released migration and {what}", row.sha256, sha256)
                return
        self._put(file, found)

    def _put(self, file: File, found: _Found | None) -> None:
        mode = 0o755 if file.executable else 0o644
        if found is not None and found.sha256 == digest(file.content) and found.mode == mode:
            self.unchanged.append(file.path)
            return
        before = found.sha256 if found else None
        self.changes.append(Change(path=file.path, before=before, content=file.content, mode=mode))

    def _may_overwrite(self, path: str, expected: str | None, found: str) -> bool:
        """Whether a file that is not as autocoder left it may be replaced; says why where it may not."""
        if self.overwrite:
            self.overwritten.append(path)
        elif expected is None:
            self._error("AC8002", path, f"{path} is in the way: autocoder did not write it", None, found)
        else:
            self._error("AC8001", path, f"{path} is generated and was changed by hand", expected, found)
        return self.overwrite

    def _error(self, code: str, path: str, message: str, expected: str | None, found: str | None) -> None:
        rule = f"expected sha256 {expected}" if expected else "a generated file replaces only what autocoder wrote"
        self.problems.error(
            code, message, subject=path, value=f"sha256 {found}", rule=rule, help=_HELP[code].replace("PATH", path)
        )


_HELP = {
    "AC8001": "keep the change with `autocoder eject PATH`, or discard it with `--overwrite-drift`",
    "AC8002": "move the file away, or let it be replaced with `--overwrite-drift`",
    "AC8008": "restore the file from version control; a further change of the schema needs a new migration",
}

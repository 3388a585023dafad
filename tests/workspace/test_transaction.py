"""A crash at any step leaves the old state or the new one; an error at any step leaves the old one."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autocoder.diagnostics import StageFailed
from autocoder.targets.tree import Owner, Tree
from autocoder.workspace import transaction
from autocoder.workspace.transaction import Change
from autocoder.workspace.writer import opened

_STEPS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod"}


class Crash(BaseException):
    """The process dies here."""


class _Injector:
    """Raises at the n-th change of the file system, through Python's own audit events."""

    def __init__(self) -> None:
        self.left = -1
        self.make: Callable[[], BaseException] = Crash
        self.sticky = False
        self.fired = False

    def arm(self, step: int, make: Callable[[], BaseException], *, sticky: bool) -> None:
        self.left, self.make, self.sticky, self.fired = step, make, sticky, False

    def disarm(self) -> None:
        self.left = -1

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.left < 0 or not (event in _STEPS or (event == "open" and _writes(arguments))):
            return
        if self.fired and not self.sticky:
            return
        if self.left == 0:
            self.fired = True
            raise self.make()
        self.left -= 1


def _writes(arguments: tuple[object, ...]) -> bool:
    return isinstance(arguments[2], int) and bool(arguments[2] & (os.O_WRONLY | os.O_RDWR))


_INJECTOR = _Injector()
sys.addaudithook(_INJECTOR)


@pytest.fixture(autouse=True)
def disk_at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for the disk decides nothing that these tests look at, and takes most of their time."""
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)


def old_tree() -> Tree:
    files = Tree()
    files.text("generated/a.py", "a")
    files.text("generated/gone/b.py", "b")
    files.text("architecture.yaml", "one", owner=Owner.MERGED)
    return files


def new_tree() -> Tree:
    files = Tree()
    files.text("generated/a.py", "a, changed", executable=True)
    files.text("generated/fresh/c.py", "c")
    files.text("architecture.yaml", "two", owner=Owner.MERGED)
    return files


def state(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Files and folders, without the journal and the lock."""
    found: dict[str, tuple[int, bytes]] = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if not name.startswith((".autocoder/journal", ".autocoder/lock")):
            found[name] = (path.stat().st_mode, path.read_bytes() if path.is_file() else b"")
    return found


def write(folder: Path, files: Tree) -> None:
    with opened(folder) as workspace:
        workspace.write(files)


def interrupted(folder: Path, step: int, make: Callable[[], BaseException], *, sticky: bool) -> BaseException | None:
    """Writes the new tree over the old one with an exception at one step; None when there is no such step any more."""
    write(folder, old_tree())
    _INJECTOR.arm(step, make, sticky=sticky)
    try:
        write(folder, new_tree())
    except (Crash, StageFailed) as raised:
        return raised
    finally:
        _INJECTOR.disarm()
    return None


def both_states(tmp_path: Path) -> tuple[dict[str, tuple[int, bytes]], dict[str, tuple[int, bytes]]]:
    folder = tmp_path / "reference"
    write(folder, old_tree())
    old = state(folder)
    write(folder, new_tree())
    return old, state(folder)


def test_a_crash_at_any_step_leaves_the_old_or_the_new_state_after_recovery(tmp_path: Path) -> None:
    old, new = both_states(tmp_path)
    seen: list[bool] = []
    for step in range(500):
        folder = tmp_path / str(step)
        if interrupted(folder, step, Crash, sticky=True) is None:
            break
        with opened(folder):
            found = state(folder)
        assert found in (old, new), step
        assert not (folder / ".autocoder/journal").exists()
        seen.append(found == new)
    assert seen == sorted(seen), "the commitment is one moment"
    assert seen.count(False) > 10 and seen.count(True) > 5


def test_a_crash_during_the_recovery_of_a_crash_is_recovered_too(tmp_path: Path) -> None:
    old, new = both_states(tmp_path)
    for step in range(20, 50, 3):
        for again in range(0, 12, 2):
            folder = tmp_path / f"{step}-{again}"
            interrupted(folder, step, Crash, sticky=True)
            _INJECTOR.arm(again, Crash, sticky=True)
            try:
                with opened(folder):
                    pass
            except Crash:
                pass
            finally:
                _INJECTOR.disarm()
            with opened(folder):
                assert state(folder) in (old, new), (step, again)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_an_error_at_any_step_leaves_the_old_state_and_a_diagnostic(tmp_path: Path, number: int) -> None:
    old, new = both_states(tmp_path)
    for step in range(500):
        folder = tmp_path / str(step)
        raised = interrupted(folder, step, lambda: OSError(number, os.strerror(number), "x"), sticky=False)
        if not _INJECTOR.fired:
            break
        if raised is None:  # only the cleaning up met the error; an empty folder may stay
            assert new.items() <= state(folder).items() and "generated/gone/b.py" not in state(folder), step
            continue
        assert isinstance(raised, StageFailed), step
        assert [d.code for d in raised.diagnostics] == ["AC8005"], step
        assert os.strerror(number) in raised.diagnostics[0].message
        assert state(folder) == old, step
    assert step > 15


def test_an_error_that_also_stops_the_way_back_is_put_right_at_the_next_start(tmp_path: Path) -> None:
    old, new = both_states(tmp_path)
    stuck = 0
    for step in range(500):
        folder = tmp_path / str(step)
        raised = interrupted(folder, step, lambda: OSError(errno.EIO, "Input/output error"), sticky=True)
        if raised is None:
            break
        assert isinstance(raised, StageFailed), step
        stuck += raised.diagnostics[0].code == "AC8010"
        with opened(folder):
            assert state(folder) in (old, new), step
    assert stuck > 3


def test_a_process_killed_in_the_middle_is_recovered(tmp_path: Path) -> None:
    old, new = both_states(tmp_path)
    script = (
        "import os, sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "import test_transaction as t\n"
        "class Killed(BaseException):\n    def __init__(self): os.kill(os.getpid(), 9)\n"
        "t.interrupted(Path(sys.argv[2]), int(sys.argv[3]), Killed, sticky=True)\n"
    )
    for step in (4, 24, 30):
        folder = tmp_path / str(step)
        arguments = [sys.executable, "-c", script, str(Path(__file__).parent), str(folder), str(step)]
        assert subprocess.run(arguments, check=False).returncode == -9
        assert (folder / ".autocoder/lock").exists()
        with opened(folder):
            assert state(folder) in (old, new)


def committed_but_not_applied(tmp_path: Path) -> Path:
    """A workspace whose write crashed right after its commitment."""
    for step in range(500):
        interrupted(tmp_path / f"links{step}", step, Crash, sticky=True)
        if (tmp_path / f"links{step}/.autocoder/journal/forward.json").exists():
            return tmp_path / f"links{step}"
    raise AssertionError("no step commits")


def test_a_file_saved_between_crash_and_recovery_is_kept(tmp_path: Path) -> None:
    old, _ = both_states(tmp_path)
    folder = committed_but_not_applied(tmp_path)
    (folder / "architecture.yaml").write_text("saved by a person")
    with pytest.raises(StageFailed) as failure, opened(folder):
        pass
    assert [d.code for d in failure.value.diagnostics] == ["AC8005"]
    assert "architecture.yaml" in failure.value.diagnostics[0].message
    with opened(folder):
        mode, _ = old["architecture.yaml"]
        assert state(folder) == {**old, "architecture.yaml": (mode, b"saved by a person")}


def test_a_file_changed_after_the_decision_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("saved in between")
    seen = transaction.digest(b"what the planner saw")
    with pytest.raises(StageFailed) as failure:
        transaction.commit(tmp_path, [Change(path="a.txt", before=seen, content=b"new")])
    assert [d.code for d in failure.value.diagnostics] == ["AC8005"]
    assert (tmp_path / "a.txt").read_text() == "saved in between"


@pytest.mark.parametrize("path", ["../outside.txt", "/etc/outside.txt", "a\\\\u0000b", ""])
def test_a_journal_cannot_name_a_file_outside_the_workspace(tmp_path: Path, path: str) -> None:
    folder = committed_but_not_applied(tmp_path)
    before = state(folder)
    plan = folder / ".autocoder/journal/forward.json"
    plan.write_text(plan.read_text().replace("generated/a.py", path.replace("\\\\", "\\")))
    with pytest.raises(StageFailed) as failure, opened(folder):
        pass
    assert [(d.code, d.subject) for d in failure.value.diagnostics] == [("AC8007", ".autocoder/journal")]
    assert state(folder) == before and not (tmp_path / "outside.txt").exists()


def test_a_journal_behind_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "links/.autocoder").mkdir(parents=True)
    (tmp_path / "links/.autocoder/journal").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StageFailed) as failure, opened(tmp_path / "links"):
        pass
    assert [d.code for d in failure.value.diagnostics] == ["AC8003"]

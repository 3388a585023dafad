"""Whatever a user gives or does: a diagnostic and an exit code, never a traceback, and no file half-written."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autocoder.tools import process
from autocoder.workspace.writer import opened
from tests.cli.test_main import autocoder, snapshot

pytestmark = pytest.mark.slow

AUTOCODER = f"{sys.executable} -m autocoder"


def shell(line: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "XDG_STATE_HOME": str(cwd / ".state"), "XDG_CONFIG_HOME": str(cwd / ".config")}
    return subprocess.run(["bash", "-c", line], cwd=cwd, env=env, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A compiled workspace, made once; not to be changed."""
    folder = tmp_path_factory.mktemp("compiled")
    done = autocoder("compile", "A to-do list API.", "--out", "todo", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "todo"


@pytest.fixture
def todo(compiled: Path, tmp_path: Path) -> Path:
    """A copy of it in the folder `todo` of the test's folder."""
    shutil.copytree(compiled, tmp_path / "todo")
    return tmp_path / "todo"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("explain | head -1 >&2; exit ${PIPESTATUS[0]}", 0),
        ("explain 2>&1 | true; exit ${PIPESTATUS[0]}", 0),
        ("explain >/dev/full", 1),
        ("verify nope.tar.gz --key nope --format json >/dev/full", 1),
        ("plan nope 2>/dev/full", 2),
        ("plan nope 2>&-", 2),
        ("explain AC1001 >&-", 0),
        ("plan 'A to-do list API.' --dry-run >/dev/null 2>&-", 0),
        ("plan - <&-", 2),
        ("plan - <<< $'\\xff'", 2),
        ("plan $'A caf\\xff API. b'", 2),
    ],
)
def test_a_stream_that_is_closed_full_or_no_text_is_no_crash(line: str, code: int, tmp_path: Path) -> None:
    done = shell(f"{AUTOCODER} {line}", tmp_path)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr and "AC9001" not in done.stderr


def test_a_full_disk_is_named_where_it_can_be(tmp_path: Path) -> None:
    assert "error[AC9008]" in shell(f"{AUTOCODER} explain >/dev/full", tmp_path).stderr


def test_a_text_is_read_alike_in_every_locale(tmp_path: Path) -> None:
    words = f"{AUTOCODER} plan 'A to-do list API. Ünï wobbles.' --explain --dry-run"
    odd = shell(f"LC_ALL=C PYTHONUTF8=0 PYTHONIOENCODING=utf-8 {words}", tmp_path)
    assert odd.stdout == shell(words, tmp_path).stdout and "Ünï wobbles." in odd.stdout


@pytest.mark.parametrize(
    "name", ["description.md", "architecture.yaml", "deployment.yaml", "autocoder.lock", ".autocoder/files.json"]
)
@pytest.mark.parametrize("what", ["binary", "folder", "link"])
def test_a_file_of_the_workspace_that_is_something_else_is_named(
    todo: Path, name: str, what: str, tmp_path: Path
) -> None:
    (todo / name).unlink()
    if what == "binary":
        (todo / name).write_bytes(b"\x8e\xff\x00")
    elif what == "folder":
        (todo / name).mkdir()
    else:
        (todo / name).symlink_to("/etc/hostname")
    before = snapshot(todo)
    done = autocoder("compile", "todo", cwd=tmp_path)
    assert done.returncode == 1 and "error[AC8" in done.stderr, done.stderr
    assert Path(name).name in done.stderr and snapshot(todo) == before


def test_a_damaged_base_of_a_merge_is_named(todo: Path, tmp_path: Path) -> None:
    (todo / ".autocoder/base/architecture.yaml").write_bytes(b"\x8e")
    done = autocoder("compile", "todo", cwd=tmp_path)
    assert done.returncode == 1 and "error[AC8011] .autocoder/base/architecture.yaml" in done.stderr


def test_what_cannot_be_written_is_told_before_the_gates_work(todo: Path, tmp_path: Path) -> None:
    (todo / "generated/pyproject.toml").write_text("mine", encoding="utf-8")
    done = autocoder("build", "todo", cwd=tmp_path)
    assert done.returncode == 1 and "error[AC8001]" in done.stderr
    assert "  gate " not in done.stderr and "static:" not in done.stderr


def test_two_at_once_in_one_workspace_are_told_apart(todo: Path, tmp_path: Path) -> None:
    with opened(todo):
        done = autocoder("compile", "todo", cwd=tmp_path)
    assert done.returncode == 1 and "error[AC8004]" in done.stderr


def test_cosign_without_a_key_says_what_is_missing(todo: Path, tmp_path: Path) -> None:
    done = autocoder("build", "todo", "--signer", "cosign", cwd=tmp_path)
    assert "error[AC6032]" in done.stderr and "--key" in done.stderr


@pytest.fixture
def interrupted_after() -> Iterator[float]:
    """Half a second from now Ctrl-C reaches this process."""
    old = signal.setitimer(signal.ITIMER_REAL, 0)
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    yield 0.5
    signal.setitimer(signal.ITIMER_REAL, *old)
    signal.signal(signal.SIGALRM, before)


def test_an_interrupt_ends_what_other_threads_run(interrupted_after: float, tmp_path: Path) -> None:
    begin = time.monotonic()
    signal.setitimer(signal.ITIMER_REAL, interrupted_after)
    with (
        pytest.raises(KeyboardInterrupt),
        ThreadPoolExecutor() as executor,
        process.ended_on_interrupt(),
    ):
        words = [sys.executable, "-c", "import time; time.sleep(300)"]
        executor.submit(process.run, words, cwd=tmp_path, env={}, timeout=300).result()
    assert time.monotonic() - begin < 250  # it did not wait for the program
    with process.ended_on_interrupt():
        assert process.run([sys.executable, "-c", ""], cwd=tmp_path, env={}, timeout=60).ok


def test_an_interrupt_while_the_program_begins_ends_in_an_answer() -> None:
    interrupted = """
import sys
before = set(sys.modules)
import autocoder.__main__ as program
assert set(sys.modules) - before <= {"__future__", "autocoder", "autocoder.__main__"}

class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == "click":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupt())
program.main(["--help"])
"""
    done = subprocess.run([sys.executable, "-c", interrupted], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "interrupted; nothing was half-written\n")

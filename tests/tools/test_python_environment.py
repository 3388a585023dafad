"""The gates' environment: from a hashed lock, complete or absent, never autocoder's own."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autocoder.diagnostics import StageFailed
from autocoder.tools import process, python_environment

LOCK = (
    b"iniconfig==2.3.1 "
    b"--hash=sha256:67f4b9c50da0dedf52af349e7749a80a9057a5031199791b906c3bb3ae878960 "
    b"--hash=sha256:9121e2c1fdb355232495be3194c8dfe87ccc2d5dee45947b78e68f499790d7a7\n"
)


def silent(_message: str) -> None:
    """Progress that nobody reads."""


def python(program: Path, body: str) -> str:
    done = process.run([program, "-I", "-c", body], cwd=Path("/"), env={}, timeout=20)
    assert done.ok, done.stderr
    return done.stdout.decode().strip()


def failure(cache: Path, *requirements: bytes):
    with pytest.raises(StageFailed) as failed:
        python_environment.prepare(requirements, progress=silent, cache=cache)
    return failed.value


def test_the_environment_has_the_locked_packages_and_nothing_of_autocoder(tmp_path):
    said: list[str] = []
    program = python_environment.prepare([LOCK], progress=said.append, cache=tmp_path)
    assert program.parent.parent.parent == tmp_path
    assert python(program, "import iniconfig; print(iniconfig.__file__)").startswith(str(tmp_path))
    assert (
        python(program, "import importlib.util as u; print(u.find_spec('autocoder'), u.find_spec('uv'))") == "None None"
    )
    assert len(said) == 2
    assert list(program.parent.parent.rglob("iniconfig/__pycache__/*.pyc"))


def test_the_second_time_it_is_found_and_nothing_is_made(tmp_path):
    first = python_environment.prepare([LOCK], progress=silent, cache=tmp_path)
    said: list[str] = []
    assert python_environment.prepare([LOCK], progress=said.append, cache=tmp_path) == first
    assert said == []


def test_another_lock_is_another_environment(tmp_path):
    first = python_environment.prepare([LOCK], progress=silent, cache=tmp_path)
    assert python_environment.prepare([LOCK, b"# nothing\n"], progress=silent, cache=tmp_path) != first


def test_several_at_once_agree_and_leave_nothing_behind(tmp_path):
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: python_environment.prepare([LOCK], progress=silent, cache=tmp_path), range(4)))
    assert len(set(made)) == 1
    assert [folder.name for folder in tmp_path.iterdir()] == [made[0].parent.parent.name]


def test_every_user_can_read_it_under_a_strict_umask(tmp_path):
    before = os.umask(0o077)
    try:
        program = python_environment.prepare([LOCK], progress=silent, cache=tmp_path / "cache")
    finally:
        os.umask(before)
    assert all(path.stat().st_mode & 0o044 == 0o044 for path in program.parent.parent.rglob("*"))


def test_an_index_that_cannot_be_reached_is_named_and_nothing_half_made_stays(tmp_path, monkeypatch):
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "empty"))
    monkeypatch.setenv("UV_OFFLINE", "1")
    failed = failure(tmp_path / "cache", LOCK)
    assert failed.exit_code == 4
    assert [d.code for d in failed.diagnostics] == ["AC9005"]
    assert "index" in failed.diagnostics[0].help
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.parametrize(
    "lock",
    [b"iniconfig==2.3.1\n", b"iniconfig==2.3.1 --hash=sha256:" + b"0" * 64 + b"\n", b"not a requirement ===\n"],
    ids=["no hash", "wrong hash", "not a lock"],
)
def test_a_lock_that_cannot_be_trusted_is_refused(tmp_path, lock):
    failed = failure(tmp_path, lock)
    assert [d.code for d in failed.diagnostics] == ["AC9006"]
    assert list(tmp_path.iterdir()) == []


def test_credentials_of_an_index_are_not_shown():
    done = process.Completed(
        argv=(), code=2, stdout=b"", stderr=b"error: bad https://me:secret@index/x\n", timed_out=False, seconds=0
    )
    assert "secret" not in python_environment._explained(done).message


def test_environments_are_kept_in_the_users_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    program = python_environment.prepare([LOCK], progress=silent)
    assert program.parent.parent.parent == tmp_path / "autocoder" / "envs"

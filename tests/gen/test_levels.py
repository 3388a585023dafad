"""The same answers at every level of confinement, where the machine has it."""

import os
import time
from pathlib import Path

import pytest

from autocoder.gen import session
from autocoder.gen.confinement import Confinement, Level
from autocoder.gen.report import Status

pytestmark = pytest.mark.slow


def codes(report):
    return [d.code for d in report.findings]


BODY = """
import os, pathlib, time


out = pathlib.Path("out/api")
out.mkdir(parents=True, exist_ok=True)
(out / "a").write_text(pathlib.Path("src").read_text())
(out / "tool").write_text("#!/bin/sh")
(out / "tool").chmod(0o755)
"""


@pytest.fixture(params=list(Level))
def level(request, monkeypatch):
    real = session.probe

    def probe(folder, etc):
        found = real(folder, etc)
        order = list(Level)
        if order.index(found.level) > order.index(request.param):
            pytest.skip(f"{request.param} does not work on this machine")
        return Confinement(level=request.param, proc=found.proc)

    monkeypatch.setattr(session, "probe", probe)
    return request.param


@pytest.fixture
def api(project, level):
    project.generator("api", BODY, files={"src": "alpha\n"}, check="open('out/api/a')").commit()
    assert project.write().exit_code == 0
    assert (project.root / "out/api/tool").stat().st_mode & 0o777 == 0o755
    return project.commit()


def test_a_right_project_is_ok_and_untouched(api, level):
    before = api.state()
    report = api.verify()
    assert (codes(report), report.results[0].confinement) == ([], str(level))
    assert api.state() == before


def test_drift_and_undeclared_writes_are_found(api):
    api.file("out/api/a", "edited")
    (api.root / "out/api/tool").chmod(0o644)
    api.file("out/api/more", "x")
    api.file("tools/api.py", BODY + "\npathlib.Path('src').unlink(); pathlib.Path('new').write_text('')")
    (one,) = api.commit().verify().results
    assert [(str(d.change), d.path) for d in one.drift] == [
        ("changed", "out/api/a"),
        ("removed", "out/api/more"),
        ("changed", "out/api/tool"),
    ]
    assert [(str(d.change), d.path) for d in one.undeclared] == [("added", "new"), ("removed", "src")]


def test_nondeterminism_is_found(api):
    api.file("tools/api.py", BODY + "\n(out / 'a').write_text(str({'a', 'b', 'c', 'd', 'e', 'f', 'g'}))")
    (one,) = api.commit().verify().results
    assert Status.NONDETERMINISTIC in one.statuses
    assert one.shown_by == ("hash seed",)


def test_the_project_stays_as_it_is_when_a_generator_writes_in_place(api):
    before = api.contents("src")
    api.file("tools/api.py", BODY + "\nwith open('src', 'r+') as f: f.write('XXXXX')")
    report = api.commit().verify()
    assert codes(report) == ["AC7104"]
    assert api.contents("src") == before


def test_a_verdict_is_remembered_only_where_the_run_was_confined(api, level, cache):
    api.verify(cache=cache)
    assert api.verify(cache=cache).results[0].cached == (level is not Level.NONE)


def test_files_of_another_owner_are_copied_first_for_no_overlay_could_write_to_them(project, monkeypatch):
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    project.generator("api", BODY, files={"src": "alpha\n"}, check="open('src', 'a')").commit()
    project.write()
    project.commit()
    for path in (project.root, *project.root.rglob("*")):
        try:
            os.chown(path, 12345, 12345, follow_symlinks=False)
        except OSError:
            pytest.skip("this user namespace has one user only")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(project.root.parent / "gitconfig"))
    (project.root.parent / "gitconfig").write_text("[safe]\n\tdirectory = *\n")
    before = project.state()
    assert codes(project.verify()) == []
    assert project.state() == before


def test_a_temporary_folder_inside_the_project_is_no_trouble(api, monkeypatch):
    import tempfile

    (api.root / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(api.root / "tmp"))
    assert codes(api.verify()) == []
    assert list((api.root / "tmp").iterdir()) == []


def test_what_a_confined_run_leaves_running_is_ended_with_it(api, level):
    if level is Level.NONE:
        pytest.skip("nothing holds a run that is not confined")
    mark = f"8{os.getpid()}{list(Level).index(level)}"
    detached = f"import subprocess as s; s.Popen(['sleep', '{mark}'], start_new_session=True)"
    api.file("tools/api.py", f'{BODY}\nimport subprocess, sys\nsubprocess.run([sys.executable, "-c", {detached!r}])')
    assert codes(api.commit().verify()) == []
    time.sleep(0.3)
    running = [Path(f"/proc/{pid}/cmdline") for pid in os.listdir("/proc") if pid.isdigit()]
    assert not any(mark.encode() in path.read_bytes() for path in running if path.exists())

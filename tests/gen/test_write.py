"""Writing replaces all outputs or none: the background's defect 4, and links of defect 3."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from autocoder.diagnostics import StageFailed
from autocoder.gen import journal
from autocoder.gen.trees import compare, walk


def codes(report):
    return [d.code for d in report.findings]


def writes(name, text):
    return f"import pathlib; pathlib.Path('out/{name}').write_text({text!r})"


def test_outputs_are_written_and_a_second_write_has_nothing_to_do(project):
    project.generator("one", writes("one", "1")).generator("two", writes("two", "2")).commit()
    report = project.write()
    assert [(str(one.statuses[0]), one.files) for one in report.results] == [("written", 1), ("written", 1)]
    assert project.contents("out").keys() == {"out", "out/one", "out/two"}
    before = project.state()
    assert [str(one.statuses[0]) for one in project.write().results] == ["ok", "ok"]
    changed = {path for path, seen in project.state().items() if before.get(path) != seen}
    assert changed <= {"."}, "unchanged files keep their times"


def test_defect_4_one_failing_generator_leaves_the_project_as_it_was(project):
    project.generator("one", writes("one", "new")).generator("two", "raise SystemExit(1)")
    project.file("out/one", "old")
    project.file("out/two", "old")
    before = project.commit().contents()
    report = project.write()
    assert (report.exit_code, codes(report)) == (1, ["AC7106"])
    assert project.contents() == before


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("0", "AC7101"),
        (writes("one", "x") + "\nopen('elsewhere', 'w')", "AC7104"),
        ("import time; time.sleep(30)", "AC7107"),
    ],
)
def test_a_write_that_does_not_keep_to_its_outputs_changes_nothing(project, body, code):
    project.generator("one", body, timeout=1)
    project.file("out/one", "old")
    before = project.commit().contents()
    report = project.write()
    assert (report.exit_code, codes(report)) == (1, [code])
    assert project.contents() == before


def test_stale_files_go_and_files_that_git_ignores_stay(project):
    body = "import os; os.makedirs('out/one/new'); open('out/one/new/file', 'w').write('x')"
    project.file(".gitignore", "*.local\n")
    for path in ("out/one/stale/deep/file", "out/one/kept.local", "out/one/gone"):
        project.file(path, "old")
    project.generator("one", body).commit()
    assert project.write().exit_code == 0
    assert project.contents("out/one").keys() == {"out/one", "out/one/new", "out/one/new/file", "out/one/kept.local"}


def test_a_file_becomes_a_folder_and_a_folder_a_file(project):
    body = "import os; os.makedirs('out/one/a'); open('out/one/a/x', 'w').write('x'); open('out/one/b', 'w').write('y')"
    project.file("out/one/a", "a file")
    project.file("out/one/b/deep/x", "a folder")
    project.generator("one", body).commit()
    assert project.write().exit_code == 0
    assert project.contents("out/one").keys() == {"out/one", "out/one/a", "out/one/a/x", "out/one/b"}
    assert project.commit().verify().exit_code == 0


def test_defect_3_an_output_that_is_a_link_is_replaced_never_its_target(project, tmp_path):
    (tmp_path / "precious").write_text("kept")
    (project.root / "out").mkdir()
    (project.root / "out/one").symlink_to(tmp_path / "precious")
    project.generator("one", writes("one", "new")).commit()
    report = project.verify()
    assert [(str(d.change), d.detail) for d in report.results[0].drift] == [
        ("changed", f"link to {tmp_path}/precious → 1 line")
    ]
    assert project.write().exit_code == 0
    assert (tmp_path / "precious").read_text() == "kept"
    assert not (project.root / "out/one").is_symlink()


def test_executables_links_and_bytes_arrive_whatever_the_umask(project):
    body = """
import os
os.makedirs('out/one')
open('out/one/run', 'w').write('#!/bin/sh'); os.chmod('out/one/run', 0o755)
os.symlink('run', 'out/one/link')
open('out/one/bytes', 'wb').write(bytes(range(256)))
"""
    project.generator("one", body).commit()
    project.write()
    out = project.root / "out/one"
    assert oct(out.joinpath("run").stat().st_mode)[-3:] == "755"
    assert oct(out.joinpath("bytes").stat().st_mode)[-3:] == "644"
    assert out.joinpath("link").readlink() == Path("run")
    assert out.joinpath("bytes").read_bytes() == bytes(range(256))


def test_generators_write_after_those_whose_outputs_they_read(project):
    project.generator("two", "open('out/two', 'w').write(open('out/one').read() * 2)", inputs=["out/one", "tools"])
    project.generator("one", writes("one", "x")).commit()
    assert project.write().exit_code == 0
    assert (project.root / "out/two").read_text() == "xx"


def test_only_the_asked_for_generators_write(project):
    project.generator("one", writes("one", "1")).generator("two", writes("two", "2")).commit()
    project.write("two")
    assert project.contents("out").keys() == {"out", "out/two"}


CRASH = """
import json, os, sys
from pathlib import Path
from autocoder.gen import journal
from autocoder.gen.trees import compare, walk


root, last = Path(sys.argv[1]), int(sys.argv[2])
do, count = journal._do, iter(range(1000))
def dying(*step):
    if next(count) == last: os._exit(9)
    do(*step)
journal._do = dying
(root / "project/.autocoder").mkdir(exist_ok=True)
journal.apply(root / "project", compare(dict(walk(root / "project", "out")), dict(walk(root / "fresh", "out"))))
"""


def trees(root):
    """A project and what it should become, with every kind of change."""
    for side, files in {
        "project": {"out/same": "s", "out/changed": "1", "out/gone/deep/x": "x", "out/file": "f", "out/folder/y": "y"},
        "fresh": {"out/same": "s", "out/changed": "2", "out/new/deep/z": "z", "out/file/w": "w", "out/folder": "f"},
    }.items():
        for path, text in files.items():
            (root / side / path).parent.mkdir(parents=True, exist_ok=True)
            (root / side / path).write_text(text)
    (root / "project/out/link").symlink_to("same")
    (root / "fresh/out/link").symlink_to("changed")


@pytest.mark.slow
def test_defect_4_a_write_that_dies_at_any_step_is_undone_at_the_next_start(tmp_path):
    died = 0
    for last in range(100):
        root = tmp_path / str(last)
        trees(root)
        done = subprocess.run([sys.executable, "-c", CRASH, str(root), str(last)], capture_output=True, text=True)
        if done.returncode == 0:
            assert not compare(dict(walk(root / "project", "out")), dict(walk(root / "fresh", "out")))
            break
        assert done.returncode == 9, done.stderr
        died += 1
        with pytest.raises(StageFailed) as failure:
            journal.refuse_pending(root / "project")
        assert (failure.value.exit_code, failure.value.diagnostics[0].code) == (4, "AC7204")
        assert journal.recover(root / "project")
        trees(tmp_path / f"{last}-again")
        before = dict(walk(tmp_path / f"{last}-again/project", "out"))
        assert not compare(before, dict(walk(root / "project", "out")))
        assert list((root / "project/.autocoder").iterdir()) == []
    assert died > 10


def test_a_step_that_fails_puts_everything_back(tmp_path, monkeypatch):
    trees(tmp_path)
    (tmp_path / "project/.autocoder").mkdir()
    before = dict(walk(tmp_path / "project", "out"))
    texts = {path: entry.source.read_bytes() for path, entry in before.items() if entry.source.is_file()}
    real = Path.rename

    def rename(self, target):
        if str(target).endswith("out/new/deep/z"):
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(OSError, match="No space"):
        journal.apply(tmp_path / "project", compare(before, dict(walk(tmp_path / "fresh", "out"))))
    after = dict(walk(tmp_path / "project", "out"))
    assert after.keys() == before.keys()
    assert {path: after[path].source.read_bytes() for path in texts} == texts


def test_a_file_that_appears_meanwhile_is_not_overwritten(project):
    project.generator("one", writes("one", "new")).commit()
    real = journal.apply

    def late(root, differences):
        project.file("out/one", "mine")
        real(root, differences)

    journal.apply = late
    try:
        with pytest.raises(StageFailed) as failure:
            project.write()
    finally:
        journal.apply = real
    assert failure.value.diagnostics[0].code == "AC7206"
    assert (project.root / "out/one").read_text() == "mine"


def test_an_interrupted_write_stops_verify_and_is_undone_by_write(project):
    project.generator("one", writes("one", "new")).commit()
    stage = project.root / ".autocoder/gen-write"
    stage.mkdir(parents=True)
    (stage / "old-0").write_text("old")
    steps = [{"do": "away", "path": "tools/lost", "staged": "old-0"}]
    (stage / "journal.json").write_text(json.dumps({"steps": steps}))
    with pytest.raises(StageFailed):
        project.verify()
    assert project.write().exit_code == 0
    assert (project.root / "tools/lost").read_text() == "old"
    assert not stage.exists()


def test_a_pipe_among_the_outputs_is_refused_at_its_generator(project):
    project.generator("one", "import os; os.mkdir('out/one'); os.mkfifo('out/one/pipe')").commit()
    report = project.write()
    assert (report.exit_code, codes(report), report.findings[0].value) == (1, ["AC7106"], "out/one/pipe")
    assert not (project.root / "out").exists()


def test_a_full_disk_while_files_are_replaced_is_could_not_write(project, monkeypatch):
    def full(_root, _differences):
        raise OSError(28, "No space left on device")

    project.generator("one", writes("one", "new")).commit()
    monkeypatch.setattr(journal, "apply", full)
    with pytest.raises(StageFailed) as failure:
        project.write()
    assert (failure.value.exit_code, failure.value.diagnostics[0].code) == (4, "AC7207")


def test_two_writers_do_not_meet(project):
    project.generator("one", writes("one", "new")).commit()
    with journal.locked(project.root), pytest.raises(StageFailed) as failure:
        project.write()
    assert (failure.value.exit_code, failure.value.diagnostics[0].code) == (4, "AC7205")
    assert project.write().exit_code == 0
    assert not (project.root / ".autocoder").exists()

"""What verify finds. The names of the background's defects stand beside the tests that show they are not here."""

import os
import socket
import sys
import time
from pathlib import Path

import pytest

from autocoder.diagnostics import StageFailed
from autocoder.gen.report import Status, as_json
from autocoder.gen.trees import Change

pytestmark = pytest.mark.slow


def codes(report):
    return [d.code for d in report.findings]


COPY = """
import pathlib
target = pathlib.Path("out/api")
target.mkdir(parents=True, exist_ok=True)
for source in sorted(pathlib.Path("src").iterdir()):
    (target / source.name).write_text(source.read_text().upper())
"""


@pytest.fixture
def api(project):
    """A right project: one generator, written and committed."""
    project.generator("api", COPY, files={"src/a": "alpha\n", "src/b": "beta\n"}).commit()
    assert project.write().exit_code == 0
    return project.commit()


def result(report):
    (one,) = report.results
    return one


def changes(shown):
    return [(str(one.change), one.path, one.detail) for one in shown]


def test_a_right_project_is_ok_and_untouched(api):
    before = api.state()
    report = api.verify()
    assert (report.exit_code, codes(report), result(report).statuses, result(report).files) == (0, [], (Status.OK,), 2)
    assert api.state() == before


def test_verify_changes_nothing_even_where_everything_is_wrong(project):
    project.file("out/api/old", "old")
    body = "import os\nfor p in ('src/a', 'new'): open(p, 'w').write(str(os.getpid()))\nos.remove('src/b')"
    project.generator("api", body, check=body, files={"src/a": "a", "src/b": "b"}).commit()
    before = project.state()
    assert project.verify().exit_code == 1
    assert project.state() == before


def test_a_missing_output_is_missing_and_nothing_else(api):
    api.git("rm", "-rqf", "out/api")
    report = api.verify()
    assert (codes(report), result(report).statuses[0]) == (["AC7101"], Status.MISSING)
    assert report.findings[0].span.line == api.index().read_text().splitlines().index('        "out/api"') + 1


def test_an_output_that_git_ignores_is_missing_in_a_checkout(api):
    api.git("rm", "-rq", "--cached", "out/api")
    api.file(".gitignore", "out/\n")
    assert "Git ignores it" in api.commit().verify().findings[0].message


def test_drift_is_told_apart_as_added_removed_and_changed_with_diffs(api):
    api.file("src/c", "gamma\n")
    api.file("src/a", "alpha\nmore\n")
    api.file("out/api/by-hand", "x")
    report = api.commit().verify()
    assert changes(result(report).drift) == [
        ("changed", "out/api/a", "+1 −0"),
        ("removed", "out/api/by-hand", "1 line"),
        ("added", "out/api/c", "1 line"),
    ]
    assert "+MORE" in result(report).drift[0].diff
    assert codes(report) == ["AC7102"]


def test_defect_5_drift_is_shown_although_the_check_fails_first_and_says_why_on_stdout(api):
    api.file("src/a", "changed\n")
    api.generators[0]["check_argv"] = ["-c", "print('api is stale'); raise SystemExit(1)"]
    report = api.commit().verify()
    assert codes(report) == ["AC7102", "AC7105"]
    assert [note.message for note in report.findings[0].notes] == ["changed: out/api/a (+1 −1)"]
    assert [note.message for note in report.findings[1].notes] == ["stdout: api is stale"]


def test_defect_6_what_the_check_leaves_behind_reaches_no_write(api):
    api.generators[0]["check_argv"] = ["-c", "open('leftover', 'w').write('x')"]
    leaky = COPY + "\nif pathlib.Path('leftover').exists(): (target / 'a').write_text('polluted')\n"
    api.file("tools/api.py", leaky)
    report = api.commit().verify()
    assert codes(report) == ["AC7104"]
    assert changes(result(report).undeclared) == [("added", "leftover", "1 line")]
    assert "check_argv writes 1 path while it only checks" in report.findings[0].message


def test_a_check_that_mends_the_outputs_is_found_out(api):
    api.generators[0]["check_argv"] = ["tools/api.py"]
    api.file("out/api/a", "by hand")
    assert sorted(codes(api.commit().verify())) == ["AC7102", "AC7104"]


def test_defect_7_a_generator_whose_second_run_fails_is_not_ok(api):
    api.file("tools/api.py", COPY + "\nimport os\nassert os.environ['TZ'] == 'UTC', 'not at home'\n")
    report = api.commit().verify()
    assert result(report).statuses == (Status.NONDETERMINISTIC,)
    assert result(report).shown_by == ("time zone",)
    assert any("not at home" in note.message for note in report.findings[0].notes)


def test_defect_8_a_generator_is_checked_against_fresh_outputs_of_those_before_it(project):
    first = "import pathlib; pathlib.Path('out/first').write_text(pathlib.Path('src').read_text() * 2)"
    second = "import pathlib; pathlib.Path('out/second').write_text(pathlib.Path('out/first').read_text() * 2)"
    project.file("src", "a")
    project.generator("second", second, inputs=["tools/second.py"], after=["first"])
    project.generator("first", first, inputs=["tools/first.py", "src"])
    project.commit()
    assert project.write().exit_code == 0
    assert project.file("out/second").write_text("aaaa") and project.commit().verify().exit_code == 0
    project.file("src", "b")
    report = project.commit().verify()
    assert [(one.id, one.statuses[0]) for one in report.results] == [
        ("second", Status.DRIFTED),
        ("first", Status.DRIFTED),
    ]
    assert "+bbbb (no line end)" in report.results[0].drift[0].diff


def test_a_generator_after_a_failed_one_is_said_to_be_unchecked(project):
    project.generator("first", "raise SystemExit(3)").generator("second", "0", after=["first"]).commit()
    report = project.verify()
    assert [one.statuses[-1] for one in report.results] == [Status.WRITE_FAILED, Status.BLOCKED]
    assert report.exit_code == 1


def test_all_generators_are_reported_not_only_the_first(project):
    for name in "abc":
        project.generator(name, "raise SystemExit(1)")
    assert len(project.commit().verify().results) == 3


def test_defect_9_writes_outside_the_outputs_are_found(api):
    body = "\nimport os\nopen('src/a', 'w').write('x'); os.remove('src/b'); os.makedirs('new/deep')"
    api.file("tools/api.py", COPY + body)
    report = api.commit().verify()
    found = [(str(one.change), one.path) for one in result(report).undeclared]
    assert found == [("added", "new"), ("added", "new/deep"), ("changed", "src/a"), ("removed", "src/b")]


def test_defect_9_modes_links_and_empty_folders_are_compared(api):
    (api.root / "out/api/a").chmod(0o755)
    (api.root / "out/api/b").unlink()
    (api.root / "out/api/b").symlink_to("a")
    (api.root / "out/api/empty").mkdir()
    found = changes(result(api.commit().verify()).drift)
    assert found == [
        ("changed", "out/api/a", "stops being executable"),
        ("changed", "out/api/b", "link to a → 1 line"),
        ("removed", "out/api/empty", "folder"),
    ]


def test_names_that_are_no_text_or_would_rewrite_the_terminal_are_escaped_in_every_report(api):
    for name in (b"\xff", b"line\nend", b"\x1b[31m"):
        (api.root / "out/api" / os.fsdecode(name)).write_text("x")
    api.file("tools/api.py", COPY + "\n(target / 'link').symlink_to(b'\\xfe\\n'.decode('utf8', 'surrogateescape'))")
    report = api.commit().verify()
    assert changes(result(report).drift) == [
        ("removed", "out/api/\\x1b[31m", "1 line"),
        ("removed", "out/api/line\\nend", "1 line"),
        ("added", "out/api/link", "link to \\xfe\\n"),
        ("removed", "out/api/\\xff", "1 line"),
    ]
    as_json(report).encode("utf-8")


def test_line_ends_that_git_converted_are_named_as_such(api):
    (api.root / "out/api/a").write_bytes(b"ALPHA\r\n")
    report = api.commit().verify()
    assert changes(result(report).drift) == [("changed", "out/api/a", "only line ends differ")]
    assert ".gitattributes" in report.findings[0].help


def test_a_generator_that_a_signal_ended_is_said_to_be(api):
    api.file("tools/api.py", "import os; os.kill(os.getpid(), 9)")
    assert api.commit().verify().findings[0].message == "api: write_argv was ended by signal 9"


def test_a_submodule_is_part_of_a_checkout_and_one_that_is_not_checked_out_is_empty(api, make_project, tmp_path):
    inner = make_project(tmp_path / "words")
    inner.file("word", "one")
    inner.git("add", "-A")
    inner.git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x")
    api.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(tmp_path / "words"), "vendor/words")
    api.file("tools/api.py", COPY + "\n(target / 'a').write_text(open('vendor/words/word').read())")
    api.commit()
    assert api.write().exit_code == 0
    assert api.commit().verify().exit_code == 0
    api.git("submodule", "-q", "deinit", "-f", "vendor/words")
    report = api.verify()
    assert codes(report) == ["AC7106"]
    assert any("vendor/words/word" in note.message for note in report.findings[0].notes)


def test_a_link_to_elsewhere_is_compared_as_a_link(api):
    api.file("tools/api.py", COPY + "\n(target / 'a').unlink(); (target / 'a').symlink_to('b')")
    assert api.write().exit_code == 0
    assert api.commit().verify().exit_code == 0
    (api.root / "out/api/a").unlink()
    (api.root / "out/api/a").symlink_to("../../src/b")
    assert changes(result(api.commit().verify()).drift) == [("changed", "out/api/a", "link to ../../src/b → b")]


def test_defect_10_folders_named_target_are_folders_like_others(make_project, tmp_path):
    project = make_project(tmp_path / "target")
    body = "import os; os.makedirs('target/gen', exist_ok=True); open('target/gen/x', 'w').write('1')"
    project.generator("api", body, outputs=["target/gen"], check="open('target/gen/x')").commit()
    assert project.write().exit_code == 0
    assert project.commit().verify().exit_code == 0
    project.file("target/gen/x", "2")
    assert project.commit().verify().exit_code == 1


def test_defect_11_a_run_over_its_time_is_ended_with_all_it_started(api):
    mark = f"7{os.getpid()}1"
    body = f"import subprocess, time; subprocess.Popen(['sleep', '{mark}'], start_new_session=True); time.sleep(60)"
    api.file("tools/api.py", body)
    api.generators[0] |= {"timeout": 1, "mode": "single_run_v1"}
    begin = time.monotonic()
    report = api.commit().verify()
    assert time.monotonic() - begin < 20
    assert (codes(report), result(report).statuses[0]) == (["AC7107"], Status.TIMED_OUT)
    assert "after 1 s" in report.findings[0].message
    time.sleep(0.3)
    running = [Path(f"/proc/{pid}/cmdline") for pid in os.listdir("/proc") if pid.isdigit()]
    assert not any(mark.encode() in path.read_bytes() for path in running if path.exists())


def test_defect_11_a_run_has_no_network_no_secrets_and_sees_nothing_else_of_the_machine(api, monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        body = f"""
import os, pathlib, socket


assert not {{"SECRET_TOKEN", "USER", "SSH_AUTH_SOCK"}} & set(os.environ), os.environ
for path in ({str(secret)!r}, {str(api.root / "src/a")!r}, {str(Path.home() / ".bashrc")!r}):
    try: open(path)
    except OSError: pass
    else: raise SystemExit("read " + path)
try: socket.create_connection(("127.0.0.1", {listener.getsockname()[1]}), timeout=2)
except OSError: pass
else: raise SystemExit("network")
"""
        api.file("tools/api.py", COPY + body)
        assert codes(api.commit().verify()) == []


def test_defect_11_memory_has_an_end(api):
    api.file("tools/api.py", "x = bytearray(9 << 30)")
    report = api.commit().verify()
    assert codes(report)[0] == "AC7106"
    assert any("MemoryError" in note.message for note in report.findings[0].notes)


STRESSES = {
    "hash seed": "str(list({'a', 'b', 'c', 'd', 'e', 'f'}))",
    "working folder": "os.getcwd()",
    "time zone": "time.strftime('%z')",
    "locale": "os.environ['LC_ALL']",
    "umask": "str(os.stat(target).st_mode)",
    "host name": "os.uname().nodename",
    "clock": "str(int(time.time()) // 10**7)",
    "directory order": "str(os.listdir('many'))",
    "number of processors": "str(len(os.sched_getaffinity(0)))",
}


@pytest.mark.parametrize("axis", STRESSES)
def test_defect_11_what_output_depends_on_is_provoked_and_named(api, axis, confinement):
    for number in range(60):
        api.file(f"many/{number * 7919 % 1000:03}")
    api.file("tools/api.py", COPY + f"\nimport os, time\n(target / 'a').write_text({STRESSES[axis]})\n")
    api.commit()
    assert api.write().exit_code == 0
    report = api.commit().verify()
    if len(os.sched_getaffinity(0)) == 1 and axis == "number of processors":
        pytest.skip("this machine has one processor")
    if not any(axis in one for one in result(report).stressed):
        pytest.skip(f"the {axis} cannot be stressed on this machine")
    if axis == "working folder" and not confinement.bubblewrap:
        assert Status.NONDETERMINISTIC in result(report).statuses  # what was written stood in a third folder
        assert "the working folder" in result(report).shown_by[0]
        return
    assert result(report).statuses == (Status.NONDETERMINISTIC,)
    assert result(report).shown_by == (axis,)


def test_output_that_is_random_is_told_from_what_stress_shows(api):
    api.file("tools/api.py", COPY + "\nimport uuid\n(target / 'a').write_text(str(uuid.uuid4()))\n")
    report = api.commit().verify()
    assert Status.NONDETERMINISTIC in result(report).statuses
    assert "two plain runs in a row differ already" in result(report).shown_by[0]


def test_single_run_mode_writes_once(api):
    api.file("tools/api.py", COPY + "\nimport os\n(target / 'a').write_text(os.environ['TZ'])\n")
    api.generators[0]["mode"] = "single_run_v1"
    api.commit()
    assert api.write().exit_code == 0
    report = api.commit().verify()
    assert (report.exit_code, result(report).stressed) == (0, ())


def test_defect_12_a_report_is_bounded_counts_everything_and_has_no_place_of_this_machine(api, tmp_path):
    talk = "print(os.getcwd() + '/src', os.environ['HOME'])\nprint('x' * 100000)\nfor _ in range(9999): print('spam')"
    body = f"{COPY}\nimport os, sys\n{talk}"
    api.file("tools/api.py", body + "\nfor n in range(60): (target / f'n{n:02}').write_text('x')")
    api.generators[0]["check_argv"] = ["-c", body + "\nraise SystemExit(2)"]
    report = api.commit().verify()
    text = as_json(report)
    assert len(result(report).drift) == 60 and text.count('"change": "added"') == 60
    assert report.findings[0].notes[-1].message == "and 40 more; --format json lists all"
    assert len(report.findings[1].notes) < 20
    assert not any(place in text for place in (str(tmp_path), "/tmp/", "/project", str(Path.home()) + "/"))


def test_defect_12_the_same_project_gives_the_same_report(api):
    api.file("src/a", "other\n")
    api.commit()
    assert as_json(api.verify()) == as_json(api.verify(jobs=1))


def test_what_a_command_said_is_kept_to_its_end(api):
    api.file("tools/api.py", "for n in range(40): print('line', n)\nraise SystemExit(1)")
    notes = [note.message for note in api.commit().verify().findings[0].notes]
    assert notes[0] == "stdout: … 28 lines before" and notes[-1] == "stdout: line 39"


def test_files_that_git_does_not_track_are_not_in_the_copies_and_this_is_said(api):
    api.file("src/new", "x\n")
    report = api.verify()
    assert report.exit_code == 0, "an untracked source must not be seen"
    api.file("tools/api.py", COPY + "\npathlib.Path('src/new').read_text()")
    report = api.verify()
    assert codes(report) == ["AC7106", "AC7112"]
    assert report.findings[1].message.endswith("no generator declares them: src/new")


def test_files_as_they_are_on_disk_are_used_not_as_they_were_staged(api):
    api.file("src/a", "edited, not staged\n")
    assert codes(api.verify()) == ["AC7102"]


def test_caches_that_git_ignores_are_no_undeclared_writes(api):
    api.file(".gitignore", "__pycache__/\n*.log\n")
    body = "\nimport os\nfor p in ('tools', 'out/api'): os.mkdir(p + '/__pycache__'); open(p + '/__pycache__/x', 'w')"
    api.file("tools/api.py", COPY + body + "\npathlib.Path('run.log').write_text('x')")
    (api.root / "out/api/__pycache__").mkdir()
    api.file("out/api/__pycache__/local", "x")
    assert codes(api.commit().verify()) == []


def test_outputs_that_are_not_committed_yet_are_a_warning(api):
    api.git("rm", "-rq", "--cached", "out/api")
    report = api.verify()
    assert (codes(report), report.exit_code) == (["AC7110"], 0)
    assert "out/api/a and 1 more not committed" in report.findings[0].message


def test_a_project_without_git_is_copied_as_it_is(make_project, tmp_path):
    project = make_project(tmp_path / "plain", git=False)
    project.generator("api", COPY, files={"src/a": "alpha\n"}).commit()
    assert project.write().exit_code == 0
    assert project.verify().exit_code == 0


def test_declared_inputs_are_all_that_a_generator_sees(api):
    seen = "assert sorted(os.listdir()) == ['out', 'src', 'tools'] and os.listdir('src') == ['a'], os.listdir()"
    body = f"{COPY}\nimport os\n{seen}"
    api.file("tools/api.py", body)
    api.generators[0]["inputs"] = ["tools/api.py", "src/a"]
    api.git("rm", "-qf", "out/api/b")
    assert codes(api.commit().verify()) == []


def test_declared_inputs_may_be_what_git_ignores(api):
    api.file(".gitignore", "vendor/\n")
    api.file("vendor/lib/data", "x")
    api.file("tools/api.py", COPY + "\npathlib.Path('vendor/lib/data').read_text()")
    api.generators[0]["inputs"] = ["tools/api.py", "src", "vendor"]
    assert codes(api.commit().verify()) == []


def test_a_missing_tool_could_not_be_checked_and_others_are(api):
    api.generator("other", "0", tool={"name": "no-such-tool-here", "version": "1"})
    report = api.commit().verify()
    assert (report.exit_code, report.results[1].statuses[0]) == (4, Status.COULD_NOT)
    assert report.results[0].ok


@pytest.mark.parametrize(
    ("pin", "code"),
    [
        ({"version": f"{sys.version_info[0]}.{sys.version_info[1]}"}, None),
        ({"version": "2.7"}, "AC7108"),
        ({"version": f"{sys.version_info[0]}.{sys.version_info[1] // 10}"}, "AC7108"),
        ({"sha256": "0" * 64}, "AC7108"),
        ({"version": "3", "version_argv": ["-c", "0"]}, "AC7202"),
        ({}, "AC7111"),
    ],
)
def test_a_tool_must_meet_its_pin(api, pin, code):
    api.generators[0]["tool"] = {"name": "python3", **pin}
    assert codes(api.commit().verify()) == ([code] if code else [])


def test_a_tool_may_be_pinned_by_its_digest(api):
    import hashlib

    digest = hashlib.sha256(Path(sys.executable).read_bytes()).hexdigest()
    api.generators[0]["tool"] = {"name": "python3", "sha256": digest}
    assert codes(api.commit().verify()) == []


def test_variables_are_set_or_passed_through_as_the_index_says(api, monkeypatch):
    monkeypatch.setenv("FLAVOUR", "vanilla")
    api.file(
        "tools/api.py", COPY + "\nimport os\n(target / 'a').write_text(os.environ['FLAVOUR'] + os.environ['SIZE'])"
    )
    api.generators[0]["env"] = {"FLAVOUR": None, "SIZE": "2"}
    api.commit()
    assert api.write().exit_code == 0
    assert (api.root / "out/api/a").read_text() == "vanilla2"
    assert api.commit().verify().exit_code == 0


def test_only_the_asked_for_generators_run(api):
    api.generator("bad", "raise SystemExit(1)").commit()
    assert [one.id for one in api.verify("api").results] == ["api"]


def test_kept_copies_hold_what_was_written(api):
    import shutil

    kept = []
    api.verify(keep=kept.append)
    try:
        written = sorted(path.name for path in Path(kept[0]).rglob("out/api/*") if "write" in str(path))
        assert written == ["a", "a", "b", "b"]
    finally:
        shutil.rmtree(kept[0])


def test_nothing_is_left_in_the_temporary_folder(api, monkeypatch, tmp_path):
    import tempfile

    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    api.verify()
    assert os.listdir(tmp_path / "tmp") == []


def test_git_that_does_not_answer_is_could_not_check(api):
    (api.root / ".git/HEAD").write_text("nonsense")
    with pytest.raises(StageFailed) as failure:
        api.verify()
    assert (failure.value.exit_code, failure.value.diagnostics[0].code) == (4, "AC7203")


def test_a_tracked_file_that_git_was_told_not_to_look_at_is_read_all_the_same(api, cache):
    assert api.verify(cache=cache).exit_code == 0
    api.git("update-index", "--assume-unchanged", "src/a")
    api.file("src/a", "hidden edit\n")
    assert codes(api.verify(cache=cache)) == ["AC7102"]


def test_changes_are_named_for_what_regenerating_does():
    assert [str(change) for change in Change] == ["added", "removed", "changed"]


def test_a_project_that_changes_meanwhile_is_could_not_check(api):
    def edit(_result):
        api.file("src/b", "edited while generators ran\n")

    with pytest.raises(StageFailed) as failure:
        api.verify(progress=edit)
    assert (failure.value.exit_code, failure.value.diagnostics[0].code) == (4, "AC7206")


def test_a_copy_that_cannot_be_made_is_could_not_check(api, monkeypatch):
    from autocoder.gen import session

    def full(*_arguments, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(session, "execute", full)
    report = api.verify()
    assert (codes(report), report.exit_code, result(report).statuses) == (["AC7207"], 4, (Status.COULD_NOT,))
    assert "No space left on device" in report.findings[0].message


def test_an_interrupt_ends_the_programs_and_leaves_nothing(api, monkeypatch, tmp_path):
    import subprocess

    (tmp_path / "tmp").mkdir()
    api.file("tools/api.py", "import time; time.sleep(60)")
    api.commit()
    words = [sys.executable, "-m", "autocoder", "gen", "verify", "--no-cache"]
    env = {**os.environ, "TMPDIR": str(tmp_path / "tmp")}
    with subprocess.Popen(words, cwd=api.root, env=env, stdout=-1, stderr=-1) as process:
        deadline = time.monotonic() + 30
        while not list((tmp_path / "tmp").glob("autocoder-gen-*/0*-write")) and time.monotonic() < deadline:
            time.sleep(0.1)
        begin = time.monotonic()
        process.send_signal(2)
        process.communicate(timeout=30)
    assert process.returncode == 130
    assert time.monotonic() - begin < 15
    assert os.listdir(tmp_path / "tmp") == []

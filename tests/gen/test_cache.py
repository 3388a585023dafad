"""When a generator runs again, and when its verdict is remembered."""

import os
import sys
from pathlib import Path

import pytest

from autocoder.gen.report import as_json

pytestmark = pytest.mark.slow

BODY = "import pathlib; pathlib.Path('out/api').write_text(pathlib.Path('src/a').read_text())"


@pytest.fixture
def api(project, cache):
    project.generator("api", BODY, files={"src/a": "alpha\n", "src/b": "beta\n", "notes": "n"})
    project.generators[0]["inputs"] = ["tools/api.py", "src/a"]
    project.commit()
    assert project.write().exit_code == 0
    assert not cached(project.commit(), cache)
    assert cached(project, cache)
    return project


def cached(project, cache):
    report = project.verify(cache=cache)
    return all(one.cached for one in report.results)


def test_a_remembered_verdict_gives_the_same_report(api, cache):
    assert as_json(api.verify(cache=cache)) == as_json(api.verify())


@pytest.mark.parametrize("path", ["src/a", "tools/api.py", "out/api"])
def test_a_changed_input_or_output_is_looked_at_again(api, cache, path):
    with (api.root / path).open("a") as file:
        file.write("\n")
    assert not cached(api, cache)


@pytest.mark.parametrize("path", ["src/b", "notes"])
def test_what_is_no_input_does_not_matter(api, cache, path):
    api.file(path, "other")
    assert cached(api, cache)


def test_without_declared_inputs_everything_tracked_is_one(api, cache):
    del api.generators[0]["inputs"]
    api.commit()
    assert not cached(api, cache)
    assert cached(api, cache)
    api.file("notes", "other")
    assert not cached(api, cache)


@pytest.mark.parametrize(
    "entry", [{"write_argv": ["tools/api.py", "x"]}, {"env": {"A": "b"}}, {"mode": "single_run_v1"}]
)
def test_a_changed_entry_is_looked_at_again(api, cache, entry):
    api.generators[0] |= entry
    assert not cached(api.commit(), cache)


def test_a_mode_counts(api, cache):
    (api.root / "src/a").chmod(0o755)
    assert not cached(api, cache)


def test_findings_are_never_remembered(api, cache):
    api.file("src/a", "other\n")
    assert api.verify(cache=cache).exit_code == 1
    report = api.verify(cache=cache)
    assert (report.exit_code, report.results[0].cached) == (1, False)


def test_a_run_that_saw_a_folder_of_the_callers_is_not_remembered(api, cache, monkeypatch, tmp_path):
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules/m").write_text("alpha\n")
    monkeypatch.setenv("MODULES", str(tmp_path / "modules"))
    body = "import os, pathlib; pathlib.Path('out/api').write_text(open(os.environ['MODULES'] + '/m').read())"
    api.file("tools/api.py", body)
    api.generators[0]["env"] = {"MODULES": None}
    api.commit()
    assert api.verify(cache=cache).exit_code == 0
    assert not cached(api, cache)


def test_another_tool_is_looked_at_again(api, cache, tmp_path, monkeypatch):
    tool = tmp_path / "bin/python3"
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    tool.chmod(0o755)
    assert cached(api, cache)
    monkeypatch.setenv("PATH", f"{tool.parent}:{os.environ['PATH']}")
    assert not cached(api, cache)


def test_a_damaged_verdict_is_as_if_it_were_not_there(api, cache):
    for path in cache.folder.iterdir():
        path.write_text("{")
    assert not cached(api, cache)
    assert cached(api, cache)


def test_the_cache_stands_outside_the_project(api):
    from autocoder.gen.cache import default_folder

    assert default_folder() == Path(os.environ["XDG_CACHE_HOME"]) / "autocoder/gen"
    assert not default_folder().is_relative_to(api.root)


def test_a_verdict_of_a_generator_after_a_drifted_one_is_not_used(project, cache):
    project.file("src", "a")
    project.generator("one", "open('out/one', 'w').write(open('src').read())", inputs=["tools/one.py", "src"])
    project.generator("two", "open('out/two', 'w').write(open('out/one').read())", inputs=["tools/two.py", "out/one"])
    project.commit()
    project.write()
    assert project.commit().verify(cache=cache).exit_code == 0
    project.file("src", "b")
    report = project.verify(cache=cache)
    assert [str(one.statuses[0]) for one in report.results] == ["drifted", "drifted"]

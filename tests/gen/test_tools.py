"""Generators in other languages than Python, in one index; and X07's."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from autocoder.gen.index import X07_VERSION, load
from autocoder.gen.toolchain import find, meets, version_in
from autocoder.gen.verify import verify
from autocoder.gen.work import Options


def codes(report):
    return [d.code for d in report.findings]


NODE = """
import fs from "node:fs";
const words = fs.readFileSync("src/words", "utf8").trim().split("\\n");
const text = JSON.stringify(words, null, 2) + "\\n";
if (process.argv[2] === "--check") {
  if (fs.readFileSync("out/words.json", "utf8") !== text) { console.log("stale"); process.exit(1); }
} else { fs.writeFileSync("out/words.json", text); }
"""
GO = """
package main

import (
	"fmt"
	"os"
	"strings"
)

func main() {
	raw, err := os.ReadFile("src/words")
	if err != nil { panic(err) }
	found := map[string]int{}
	for _, word := range strings.Fields(string(raw)) { found[word] = len(word) }
	var text strings.Builder
	for _, word := range strings.Fields(string(raw)) { fmt.Fprintf(&text, "%s %d\\n", word, found[word]) }
	if len(os.Args) > 1 {
		old, _ := os.ReadFile("out/words.txt")
		if string(old) != text.String() { fmt.Println("stale"); os.Exit(1) }
		return
	}
	if err := os.WriteFile("out/words.txt", []byte(text.String()), 0o644); err != nil { panic(err) }
}
"""
PYTHON = """
import pathlib, sys


text = pathlib.Path("src/words").read_text().upper()
if "--check" in sys.argv:
    sys.exit(pathlib.Path("out/upper").read_text() != text)
pathlib.Path("out/upper").write_text(text)
"""


@pytest.fixture(autouse=True)
def environment_first(monkeypatch, search_path):
    """The node of this Python environment, where the machine has another one too."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")


@pytest.fixture
def words(project):
    project.file("src/words", "alpha\nbeta\n")
    project.generator("upper", PYTHON, outputs=["out/upper"], check_argv=["tools/upper.py", "--check"])
    node(project)
    return project


def node(project):
    program = Path(sys.executable).with_name("node")
    if not program.exists():
        pytest.skip("this environment has no node")
    project.file("tools/words.mjs", NODE)
    project.generators.append(
        {
            "id": "words-json",
            "tool": {"name": "node", "version": version_of("node", project.root)},
            "check_argv": ["tools/words.mjs", "--check"],
            "write_argv": ["tools/words.mjs"],
            "inputs": ["tools/words.mjs", "src"],
            "outputs": ["out/words.json"],
        }
    )


def version_of(name, root):
    from autocoder.gen.index import Tool
    from autocoder.gen.tool_pins import ToolState

    return ToolState(tool=Tool(name=name), chain=find(name, root)).version


def test_generators_in_python_and_node_are_verified(words):
    words.commit()
    assert words.write().exit_code == 0
    report = words.commit().verify()
    assert (codes(report), report.exit_code) == ([], 0)
    assert all(one.stressed and one.tool_version for one in report.results)
    words.file("src/words", "gamma\n")
    assert [str(one.statuses[0]) for one in words.verify().results] == ["drifted", "drifted"]


def test_node_that_depends_on_the_clock_is_found_out(project):
    node(project)
    project.file("src/words", "a\n")
    project.file("tools/words.mjs", NODE.replace("words, null", "[new Date().getFullYear()], null"))
    project.commit()
    assert project.write().exit_code == 0
    (one,) = project.commit().verify().results
    if not any("clock" in axis for axis in one.stressed):
        pytest.skip("the clock cannot be stressed on this machine")
    assert one.shown_by == ("clock",)


@pytest.mark.slow
def test_a_generator_in_go_is_verified_beside_the_others(words, monkeypatch):
    program = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")
    if not program:
        pytest.skip("this machine has no Go")
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}:{Path(program).parent}")
    words.file("tools/words.go", GO)
    words.generators.append(
        {
            "id": "words-go",
            "tool": {"name": "go", "version": "1", "version_argv": ["version"]},
            "check_argv": ["run", "tools/words.go", "--checked"],
            "write_argv": ["run", "tools/words.go"],
            "inputs": ["tools/words.go", "src"],
            "outputs": ["out/words.txt"],
            "env": {"CGO_ENABLED": "0"},
        }
    )
    words.commit()
    assert words.write().exit_code == 0
    report = words.commit().verify()
    assert (codes(report), [str(one.statuses[0]) for one in report.results]) == ([], ["ok", "ok", "ok"])
    words.file("src/words", "gamma\n")
    assert {str(one.statuses[0]) for one in words.verify().results} == {"drifted"}


X07 = """#!/bin/sh
[ "$X07_TOOL_API_CHILD $LC_ALL $TZ $SOURCE_DATE_EPOCH" = "1 C UTC 0" ] || [ "$TZ" != UTC ] || exit 9
if [ "$1" = gen-check ]; then cmp -s src out/copy; else cp src out/copy; fi
"""


def test_x07s_index_runs_x07_as_it_is(project, tmp_path, monkeypatch):
    tool = tmp_path / "bin/x07"
    tool.parent.mkdir()
    tool.write_text(X07)
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:/usr/bin:/bin")
    entry = {"id": "copy", "check_argv": ["gen-check"], "write_argv": ["gen-write"], "outputs": ["out/copy"]}
    project.file("x07.json", "{}")
    project.file("src", "text")
    project.file("out/copy", "text")
    path = project.index({"schema_version": X07_VERSION, "generators": [entry]}, "arch/gen/index.x07gen.json")
    project.git("add", "-A")
    assert codes(verify(load(path), Options())) == []
    project.file("src", "other")
    assert codes(verify(load(path), Options())) == ["AC7102", "AC7105"]


def test_a_script_brings_its_interpreter(tmp_path, monkeypatch):
    tool = tmp_path / "tool/bin/mine"
    tool.parent.mkdir(parents=True)
    tool.write_text(f"#!{sys.executable}\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tool.parent))
    found = find("mine", tmp_path / "project")
    assert found.readable[0] == tmp_path / "tool"
    assert Path(sys.executable).parent.parent in found.readable
    assert str(Path(sys.executable).parent) in found.path.split(":")


def test_a_tool_above_the_project_shows_itself_alone(tmp_path, monkeypatch):
    tool = tmp_path / "bin/mine"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tool.parent))
    assert find("mine", tmp_path / "project").readable == (tool,)


def test_a_version_managers_shim_is_looked_through(tmp_path, monkeypatch):
    manager = tmp_path / ".pyenv"
    for path, text in {
        "shims/mine": "#!/bin/sh\nexit 1\n",
        "bin/pyenv": f'#!/bin/sh\n[ "$1 $2" = "which mine" ] && echo {manager}/versions/3/bin/mine\n',
        "versions/3/bin/mine": "#!/bin/sh\necho 3.1\n",
    }.items():
        (manager / path).parent.mkdir(parents=True, exist_ok=True)
        (manager / path).write_text(text)
        (manager / path).chmod(0o755)
    monkeypatch.setenv("PATH", f"{manager}/shims:{manager}/bin:/usr/bin:/bin")
    (tmp_path / "project").mkdir()
    assert find("mine", tmp_path / "project").program == manager / "versions/3/bin/mine"


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("Python 3.11.7", "3.11.7"),
        ("v24.19.0\n", "24.19.0"),
        ("go version go1.26.8 linux/amd64", "1.26.8"),
        ("autocoder, version 0.1.0", "0.1.0"),
        ("libprotoc 25.1", "25.1"),
        ("tool 7", "7"),
        ("no version here", None),
    ],
)
def test_versions_are_found_in_what_tools_print(text, version):
    assert version_in(text) == version


def test_a_tool_that_may_be_run_but_not_read_is_found(tmp_path, monkeypatch):
    def refused(_script):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("autocoder.gen.toolchain._interpreter", refused)
    assert find("sh", tmp_path).program.name == "sh"


def test_a_pin_accepts_finer_versions_only():
    assert meets("22.1.7", "22.1") and meets("22.1-rc1", "22.1") and meets("3", "3")
    assert not meets("22.10.0", "22.1") and not meets("22", "22.1")


def test_json_of_the_x07_index_is_not_changed_by_reading(project):
    data = {"schema_version": X07_VERSION, "generators": []}
    path = project.index(data)
    assert load(path).generators == () and json.loads(path.read_text()) == data

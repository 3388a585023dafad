"""The command as a person and a CI system see it."""

import json
import os
import subprocess
import sys
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from autocoder.cli.gen import gen

pytestmark = pytest.mark.slow

BODY = "import pathlib; pathlib.Path('out/api').write_text(pathlib.Path('src').read_text())"


@pytest.fixture
def stale(project, monkeypatch):
    """Of three generators one has drifted, one depends on its hash seed, and one is right."""
    project.generator("api", BODY, files={"src": "new\n", "out/api": "old\n"}, inputs=["tools/api.py", "src"])
    shuffled = "open('out/set', 'w').write('\\n'.join(str(hash(c)) for c in 'ab'))"
    project.generator("set", shuffled, inputs=["tools/set.py"])
    project.generator("right", "open('out/right', 'w').write('x')", files={"out/right": "x"}, inputs=["tools/right.py"])
    project.commit()
    assert CliRunner().invoke(gen, ["write", "--only", "set", "--index", str(project.root / "arch/gen/index.json")])
    project.commit()
    monkeypatch.chdir(project.root)
    return project


def run(*words, code=1):
    done = CliRunner().invoke(gen, [*words])
    assert done.exit_code == code, done.output + repr(done.exception)
    return done


def test_a_person_sees_each_generator_then_what_is_wrong_then_what_to_do(stale):
    shown = run("verify").stdout.splitlines()
    table = [line.split() for line in shown[:3]]
    assert [row[:2] for row in table] == [["drifted", "api"], ["nondeterministic", "set"], ["ok", "right"]]
    assert shown[0].endswith("1 file · 1 changed")
    assert shown[1].endswith("1 file · shown by hash seed")
    start = shown.index(
        'arch/gen/index.json:17:18: error[AC7102] api: "out/api" differs from what the generator writes'
    )
    assert shown[start + 1 : start + 7] == [
        '          "outputs": [',
        "                     ^",
        "  rule: committed outputs are what the generator writes, byte for byte",
        "  help: autocoder gen write --only api",
        "  note: changed: out/api (+1 −1)",
        "  more: autocoder explain AC7102",
    ]
    assert "2 of 3 generators: 1 drifted, 1 nondeterministic." in shown
    assert shown[-1] == "next: autocoder gen write --only api"


def test_diff_shows_contents(stale):
    shown = run("verify", "--diff", "--only", "api").stdout
    assert "  -old\n  +new\n" in shown


def test_all_well_says_so(stale):
    run("verify", "--only", "right", code=0)
    assert "1 generator: the project has what it writes." in run("verify", "--only", "right", code=0).stdout


def test_write_says_what_changed(stale):
    shown = run("write", "--only", "api", "--only", "right", code=0).stdout
    assert "  changed  out/api  +1 −1\n" in shown
    assert "2 generators: 1 wrote something new." in shown
    assert (stale.root / "out/api").read_text() == "new\n"


def test_json_is_data_alone_and_the_same_from_any_folder(stale, monkeypatch):
    text = run("verify", "--format", "json").stdout
    data = json.loads(text)
    assert [(one["id"], one["status"]) for one in data["generators"]] == [
        ("api", "drifted"),
        ("set", "nondeterministic"),
        ("right", "ok"),
    ]
    assert data["generators"][0]["drift"][0] | {"diff": []} == {
        "path": "out/api",
        "change": "changed",
        "detail": "+1 −1",
        "diff": [],
    }
    assert data["diagnostics"][0]["span"]["line"] == 17
    monkeypatch.chdir(stale.root / "out")
    assert run("verify", "--format", "json").stdout == text


def test_sarif_has_positions_in_the_index(stale):
    data = json.loads(run("verify", "--format", "sarif", "--only", "api").stdout)
    (found,) = data["runs"]
    first = found["results"][0]
    assert (first["ruleId"], first["level"]) == ("AC7102", "error")
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "arch/gen/index.json", "uriBaseId": "REPOSITORY"}
    assert (place["region"]["startLine"], place["region"]["startColumn"]) == (17, 18)
    assert found["tool"]["driver"]["rules"][first["ruleIndex"]]["id"] == "AC7102"


def test_junit_has_a_case_for_every_generator(stale):
    root = ElementTree.fromstring(run("verify", "--format", "junit").stdout)
    assert (root.get("tests"), root.get("failures")) == ("3", "2")
    cases = {case.get("name"): case for case in root.iter("testcase")}
    assert cases["api"].find("failure").get("type") == "AC7102"
    assert (cases["api"].get("file"), cases["api"].get("line")) == ("arch/gen/index.json", "17")
    assert cases["right"].find("failure") is None


def test_github_annotations_stand_at_the_line(stale):
    first = run("verify", "--format", "github", "--only", "api").stdout.splitlines()[0]
    assert first.startswith("::error file=arch/gen/index.json,line=17,col=18,")


def test_annotations_are_relative_to_the_repository(make_project, tmp_path, monkeypatch):
    make_project(tmp_path)
    project = make_project(tmp_path / "packages/one", git=False)
    project.generator("api", "0", files={"out/api": "x"}).commit()
    monkeypatch.chdir(project.root)
    assert run("verify", "--format", "github").stdout.startswith("::error file=packages/one/arch/gen/index.json,line=")
    result = json.loads(run("verify", "--format", "sarif").stdout)["runs"][0]["results"][0]
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place["uri"] == "packages/one/arch/gen/index.json"


@pytest.mark.parametrize("form", ["terminal", "json", "sarif", "junit", "github"])
def test_a_refused_index_ends_with_2_in_every_format(project, monkeypatch, form):
    project.generator("api", "0", outputs=["../x"]).commit()
    monkeypatch.chdir(project.root)
    done = run("verify", "--format", form, code=2)
    assert "AC7006" in (done.stderr if form == "terminal" else done.stdout)


def test_could_not_check_ends_with_4(project, monkeypatch):
    project.generator("api", "0", tool="no-such-tool-here", files={"out/api": "x"}).commit()
    monkeypatch.chdir(project.root)
    assert "AC7201" in run("verify", code=4).stdout


def test_no_index_ends_with_2(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "AC7001" in run("verify", code=2).stderr


def test_text_from_a_generator_cannot_rewrite_the_terminal(project, monkeypatch):
    project.generator("api", "open('out/api', 'w').write('\\x1b[2Jx')", files={"out/api": "y"}).commit()
    monkeypatch.chdir(project.root)
    assert "\x1b" not in run("verify", "--diff").stdout


@pytest.mark.slow
def test_the_report_is_the_same_under_another_locale_seed_and_umask(stale):
    words = [sys.executable, "-m", "autocoder", "gen", "verify", "--format", "json", "--no-cache"]
    one = subprocess.run(words, capture_output=True, cwd=stale.root)
    other = {**os.environ, "LC_ALL": "C", "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7"}
    two = subprocess.run(words, capture_output=True, cwd=stale.root / "tools", env=other, umask=0o077)
    assert one.returncode == 1 and one.stdout == two.stdout

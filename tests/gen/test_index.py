"""Reading the index, its schema, and X07's."""

import json
from pathlib import Path

import pytest

from autocoder.diagnostics import StageFailed
from autocoder.gen.index import VERSION, X07_VERSION, json_schema, load, locate

ENTRY = {"id": "api", "check_argv": ["c"], "write_argv": ["w"], "outputs": ["out"]}
ROOT = Path(__file__).parents[2]


def faults(path):
    with pytest.raises(StageFailed) as failure:
        load(path)
    assert failure.value.exit_code == 2
    return [(d.code, str(d.span) if d.span else "", d.message) for d in failure.value.diagnostics]


def test_the_committed_schema_is_the_model(project):
    committed = (ROOT / "schemas/gen-index.schema.json").read_text()
    assert committed == json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def test_a_minimal_index_gets_the_defaults(project):
    index = load(project.index({"schema_version": VERSION, "generators": [ENTRY]}))
    (one,) = index.generators
    assert (one.mode, one.tool.name, one.timeout, one.inputs, index.root) == (
        "double_run_v1",
        "autocoder",
        600,
        None,
        project.root,
    )


def test_x07s_index_is_read_as_it_is(project):
    project.file("x07.json", "{}")
    entry = {**ENTRY, "mode": "single_run_v1", "outputs": ["gen/a.txt", "gen/b"]}
    path = project.index({"schema_version": X07_VERSION, "generators": [entry]}, "arch/gen/index.x07gen.json")
    index = load(path)
    assert (index.x07, index.generators[0].tool.name, index.root) == (True, "x07", project.root)


def test_x07s_index_has_none_of_our_keys(project):
    path = project.index({"schema_version": X07_VERSION, "generators": [{**ENTRY, "tool": "node"}]})
    assert faults(path)[0][0] == "AC7004"


def test_the_default_index_is_found_from_a_folder_below(project):
    project.index({}, "arch/gen/index.x07gen.json")
    (project.root / "a/b").mkdir(parents=True)
    assert locate(project.root / "a/b") == project.root / "arch/gen/index.x07gen.json"
    project.index({})
    assert locate(project.root / "a/b") == project.root / "arch/gen/index.json"


def test_no_index_is_an_error(tmp_path):
    with pytest.raises(StageFailed) as failure:
        locate(tmp_path, "nowhere.json")
    assert failure.value.diagnostics[0].code == "AC7001"


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ('{"a": 1,\n "a": 2}', "2:2", 'the key "a" stands here a second time'),
        ('{"a": NaN}', "1:7", "expected a JSON value"),
        ('{"a": 01}', "1:7", "expected"),
        ('{"a": [1, 2,]}', "1:13", "expected a JSON value"),
        ('{"a": "b\nc"}', "1:9", "invalid control character"),
        ('{"a": 1} x', "1:10", "more text"),
        ("{'a': 1}", "1:2", "double quotes"),
        ("[" * 100, "1:66", "levels deep"),
        ("", "1:1", "too early"),
        ('{"a": "\\ud800"}', "1:7", "surrogate"),
    ],
)
def test_text_that_is_not_json_is_an_error_at_its_place(project, text, place, words):
    ((code, span, message),) = faults(project.file("arch/gen/index.json", text))
    assert (code, span) == ("AC7002", f"arch/gen/index.json:{place}")
    assert words in message


def test_bytes_that_are_not_utf8_are_an_error(project):
    path = project.index("{}")
    path.write_bytes(b'{"a": "\xff"}')
    assert faults(path)[0][0] == "AC7002"


@pytest.mark.parametrize("version", ["autocoder.gen.index@9.0.0", 1])
def test_an_unknown_version_is_an_error_at_its_place(project, version):
    path = project.index('{"generators": [],\n "schema_version": ' + json.dumps(version) + "}")
    assert faults(path)[0][:2] == ("AC7003", "arch/gen/index.json:2:20")


def test_faults_of_shape_are_all_reported_at_their_places(project):
    path = project.index(
        '{"schema_version": "autocoder.gen.index@0.1.0",\n'
        ' "generators": [\n'
        '  {"id": "a b", "chek_argv": ["c"],\n'
        '   "check_argv": [], "write_argv": ["w", ""],\n'
        '   "outputs": ["o"], "timeout": 0, "mode": "triple"}]}\n'
    )
    found = {(span.split(":", 1)[1], message.split(":")[0]) for code, span, message in faults(path) if code == "AC7004"}
    assert found == {
        ("3:10", "generators.0.id"),
        ("3:17", 'unknown key "chek_argv"'),
        ("4:18", "generators.0.check_argv"),
        ("4:42", "generators.0.write_argv.1"),
        ("5:33", "generators.0.timeout"),
        ("5:44", "generators.0.mode"),
    }


def test_a_misspelt_key_gets_the_nearest_known_one(project):
    path = project.index({"schema_version": VERSION, "generators": [{**ENTRY, "outputz": ["x"]}]})
    with pytest.raises(StageFailed) as failure:
        load(path)
    assert failure.value.diagnostics[0].help == 'did you mean "outputs"?'


def test_columns_count_characters_not_bytes(project):
    path = project.index('{"schema_version": "autocoder.gen.index@0.1.0", "é": 1, "generators": []}')
    assert ("AC7004", "arch/gen/index.json:1:49") in [row[:2] for row in faults(path)]

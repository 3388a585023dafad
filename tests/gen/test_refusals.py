"""Everything that is refused before anything runs: the background's defects 1, 2, 3 and 8."""

import pytest

from autocoder.diagnostics import StageFailed


def refused(project, *, run="verify"):
    before = project.state()
    with pytest.raises(StageFailed) as failure:
        getattr(project, run)()
    assert project.state() == before, "something was touched"
    assert failure.value.exit_code == 2
    return [(d.code, d.span and (d.span.line, d.span.column), d.message) for d in failure.value.diagnostics]


def only(project, code, *, run="verify"):
    found = refused(project, run=run)
    assert [row[0] for row in found] == [code], found
    return found[0][2]


@pytest.mark.parametrize("run", ["verify", "write"])
@pytest.mark.parametrize("path", ["{outside}", "../outside", "out/../../outside", "..", "C:/outside", "out\\outside"])
def test_an_output_that_leaves_the_project_is_refused_and_what_it_names_is_kept(project, tmp_path, path, run):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_text("kept")
    project.generator("api", "0", outputs=[path.format(outside=outside)]).commit()
    only(project, "AC7006", run=run)
    assert (outside / "precious").read_text() == "kept"


@pytest.mark.parametrize("run", ["verify", "write"])
@pytest.mark.parametrize(
    "path", [".", "./", "arch/", "arch/gen/index.json", ".git", ".git/hooks", "tools", "vendor/.GIT"]
)
def test_an_output_that_holds_the_project_the_index_git_or_an_input_is_refused(project, path, run):
    project.generator("api", "0", outputs=[path], inputs=["tools/api.py"]).commit()
    only(project, "AC7007", run=run)


def test_an_output_below_a_linked_folder_is_refused(project, tmp_path):
    (tmp_path / "elsewhere/api").mkdir(parents=True)
    (tmp_path / "elsewhere/api/precious").write_text("kept")
    (project.root / "out").symlink_to(tmp_path / "elsewhere")
    project.generator("api", "0").commit()
    assert 'its parent "out" is a symbolic link' in only(project, "AC7009", run="write")
    assert (tmp_path / "elsewhere/api/precious").read_text() == "kept"


def test_an_output_below_a_file_is_refused(project):
    project.file("out", "a file")
    project.generator("api", "0").commit()
    assert "is not a folder" in only(project, "AC7009")


@pytest.mark.parametrize(
    ("one", "two"),
    [("out/x", "out/x"), ("out", "out/x"), ("out/x", "out"), ("out/X", "out/x/y"), ("out/x", "./out/x/")],
)
def test_outputs_of_two_generators_may_not_overlap(project, one, two):
    project.generator("one", "0", outputs=[one]).generator("two", "0", outputs=[two]).commit()
    assert "one has it at arch/gen/index.json:" in only(project, "AC7008")


def test_outputs_of_one_generator_may_not_overlap_either(project):
    project.generator("one", "0", outputs=["out/x", "out/x/y"]).commit()
    only(project, "AC7008")


def test_an_id_that_stands_twice_is_refused_at_the_second(project):
    project.generator("one", "0").generator("one", "0", outputs=["out/two"]).commit()
    found = refused(project)
    lines = project.root.joinpath("arch/gen/index.json").read_text().splitlines()
    second = [number for number, line in enumerate(lines, 1) if '"id": "one"' in line][1]
    assert found == [("AC7005", (second, lines[second - 1].index('"one"') + 1), found[0][2])]


def test_generators_that_wait_for_each_other_are_refused(project):
    project.generator("a", "0", after=["c"]).generator("b", "0", after=["a"]).generator("c", "0", after=["b"]).commit()
    assert " → " in only(project, "AC7010")


def test_a_cycle_through_inputs_is_refused_too(project):
    project.generator("a", "0", inputs=["tools", "out/b"]).generator("b", "0", inputs=["tools", "out/a"]).commit()
    only(project, "AC7010")


def test_an_unknown_name_in_after_is_refused_with_the_nearest(project):
    project.generator("schemas", "0").generator("docs", "0", after=["schema"]).commit()
    with pytest.raises(StageFailed) as failure:
        project.verify()
    assert failure.value.diagnostics[0].help == 'did you mean "schemas"?'


@pytest.mark.parametrize("entry", [{"check_argv": ["x", "--write"]}, {"write_argv": ["x", "--check=all"]}])
def test_a_command_that_says_the_opposite_is_refused(project, entry):
    project.generator("api", "0", **entry).commit()
    only(project, "AC7011")


def test_an_input_that_is_not_there_is_refused_and_a_pattern_is_explained(project):
    project.generator("api", "0", inputs=["src/*.proto"]).commit()
    with pytest.raises(StageFailed) as failure:
        project.verify()
    assert [(d.code, d.help) for d in failure.value.diagnostics] == [
        ("AC7012", "name files or folders; patterns are not read")
    ]


def test_all_reasons_are_reported_at_once(project):
    project.generator("a", "0", outputs=["/etc", "../x"]).generator("a", "0", outputs=["."]).commit()
    assert sorted(row[0] for row in refused(project)) == ["AC7005", "AC7006", "AC7006", "AC7007"]


def test_an_unknown_id_in_only_is_refused(project):
    project.generator("schemas", "0").commit()
    with pytest.raises(StageFailed) as failure:
        project.verify("schema")
    assert (failure.value.exit_code, failure.value.diagnostics[0].code) == (2, "AC7013")

import json

from click.testing import CliRunner

from autocoder.cli.schema import NAMES, schema


def run(*words):
    return CliRunner().invoke(schema, words)


def test_a_schema_is_printed_as_data():
    for name in NAMES:
        result = run(name)
        assert result.exit_code == 0
        assert json.loads(result.stdout)["$schema"].endswith("2020-12/schema")


def test_every_schema_is_written(tmp_path):
    result = run("--write", str(tmp_path / "schemas"))
    assert result.exit_code == 0
    assert result.stdout == ""
    written = sorted(path.name for path in (tmp_path / "schemas").iterdir())
    assert written == sorted(f"{name}.schema.json" for name in NAMES)
    assert run("--check", str(tmp_path / "schemas")).exit_code == 0
    assert (tmp_path / "schemas" / "deployment.schema.json").read_text(encoding="utf-8") == run("deployment").stdout


def test_a_schema_that_is_not_current_is_named(tmp_path):
    run("--write", str(tmp_path))
    (tmp_path / "deployment.schema.json").write_text("{}", encoding="utf-8")
    result = run("--check", str(tmp_path))
    assert result.exit_code == 1
    assert "deployment.schema.json is not current" in result.stderr
    assert "architecture" not in result.stderr


def test_a_schema_is_written_to_one_file(tmp_path):
    assert run("deployment", "-o", str(tmp_path / "d.json")).exit_code == 0
    assert (tmp_path / "d.json").read_text(encoding="utf-8") == run("deployment", "-o", "-").stdout


def test_a_name_is_needed():
    result = run()
    assert result.exit_code == 2
    assert ", ".join(NAMES) in result.stderr


def test_a_name_and_a_folder_exclude_each_other(tmp_path):
    assert run("deployment", "--write", str(tmp_path)).exit_code == 2

import pytest
from click.testing import CliRunner

from autocoder.cli.fmt import fmt
from autocoder.diagnostics import StageFailed

MIXED = 'system: {name: a}   # the system\nschema_version: "1.0.0"\n'
ORDERED = 'schema_version: "1.0.0"\nsystem: {name: a}   # the system\n'


def run(*words):
    return CliRunner().invoke(fmt, [str(word) for word in words], standalone_mode=False)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "architecture.yaml"
    path.write_text(MIXED, encoding="utf-8")
    return path


def test_a_file_is_put_in_order_and_comments_stay(file):
    assert run(file).return_value == 0
    assert file.read_text(encoding="utf-8") == ORDERED
    assert run(file, "--check").return_value == 0


def test_check_changes_nothing_and_says_which_file(file):
    result = run(file, "--check")
    assert result.return_value == 1
    assert "would change" in result.stderr
    assert file.read_text(encoding="utf-8") == MIXED


def test_a_deployment_is_known_by_its_environments(tmp_path):
    path = tmp_path / "d.yaml"
    path.write_text(
        'environments:\n  a: {env: {}, replicas: {}}\nsystem: a\nschema_version: "1.0.0"\n', encoding="utf-8"
    )
    assert run(path).return_value == 0
    assert path.read_text(encoding="utf-8") == (
        'schema_version: "1.0.0"\nsystem: a\nenvironments:\n  a: {replicas: {}, env: {}}\n'
    )


def test_one_wrong_file_leaves_every_file_as_it_was(file, tmp_path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("systen: {}\n", encoding="utf-8")
    result = run(file, wrong)
    assert isinstance(result.exception, StageFailed)
    assert file.read_text(encoding="utf-8") == MIXED


def test_keys_that_cannot_move_are_a_diagnostic(tmp_path):
    path = tmp_path / "architecture.yaml"
    text = (
        'schema_version: "1.0.0"\nsystem: {name: a}\nentities: {A: {}}\n'
        "handlers: {h: {every: 0 2 * * *, effects: &e [{delete: A}]}}\n"
        "operations: {o: {route: GET /, effects: *e}}\n"
    )
    path.write_text(text, encoding="utf-8")
    result = run(path)
    assert isinstance(result.exception, StageFailed)
    assert [d.code for d in result.exception.diagnostics] == ["AC3021"]
    assert path.read_text(encoding="utf-8") == text


def test_a_workspace_stands_for_its_two_files(tmp_path, file):
    deployment = tmp_path / "deployment.yaml"
    deployment.write_text('system: a\nschema_version: "1.0.0"\nenvironments: {}\n', encoding="utf-8")
    assert run("--check", tmp_path).return_value == 1
    assert run(tmp_path).return_value == 0
    assert file.read_text(encoding="utf-8") == ORDERED
    assert deployment.read_text(encoding="utf-8").startswith("schema_version")
    assert run("--check", tmp_path).return_value == 0
    (tmp_path / "empty").mkdir()
    assert "holds no blueprint" in str(run(tmp_path / "empty").exception)

import json

from click.testing import CliRunner

from autocoder.bundles import load
from autocoder.cli import cli
from autocoder.diagnostics import StageFailed


def test_show_lists_what_the_bundle_pins() -> None:
    result = CliRunner().invoke(cli, ["bundle", "show"])
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert f"sha256      {load().hash}" in lines
    assert f"  fastapi {load().lock.version('fastapi')}" in lines


def test_show_gives_the_same_as_json() -> None:
    result = CliRunner().invoke(cli, ["bundle", "show", "2026.11", "--format", "json"])
    data = json.loads(result.output)
    assert data["bundle"] == "2026.11"
    assert {"postgres:18", "python:3.12-slim"} <= set(data["images"])
    assert len(data["libraries"]) == len(load().lock.packages)


def test_an_unknown_bundle_is_a_diagnostic() -> None:
    result = CliRunner().invoke(cli, ["bundle", "show", "1999.01"])
    assert isinstance(result.exception, StageFailed)
    assert result.exception.diagnostics[0].code == "AC4001"

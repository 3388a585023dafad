"""The services that the benchmark compares answer alike."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from autocoder.tools import python_environment
from tests.servers import postgres

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent


def test_the_service_written_by_hand_answers_as_the_generated_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    benchmark = importlib.import_module("service_speed")
    python = python_environment.prepare([(benchmark.PROJECT / "requirements.txt").read_bytes()], progress=print)
    with postgres(tmp_path / "server") as url, benchmark.both_services(python, url, tmp_path) as both:
        assert [service.name for service in both] == ["generated", "plain"]
        for service in both:
            assert service.call("GET", f"/{service.code}")[0] == 302

"""What people ask for in their own words reaches the blueprint; the rest is reported."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


def _benchmark() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks" / "planning.py"
    spec = importlib.util.spec_from_file_location("benchmark_planning", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["benchmark_planning"] = module
    spec.loader.exec_module(module)
    return module


PLANNING = _benchmark()
OPEN = {"customers of a plumber"}
"""Descriptions that ask for what the language does not have: an order that the client chooses."""


@pytest.mark.parametrize("description", PLANNING.descriptions("seen"), ids=lambda d: d["name"])
def test_what_a_description_asks_for_is_in_the_blueprint(description: dict[str, Any]) -> None:
    found = PLANNING.outcome(description)
    assert not found.failed
    assert bool(found.missing) == (description["name"] in OPEN), found.missing
    assert not found.missing or found.reported


@pytest.mark.slow
def test_most_of_what_unread_descriptions_ask_for_is_there() -> None:
    found = [PLANNING.outcome(d) for d in PLANNING.descriptions("unseen")]
    assert sum(o.found for o in found) / sum(o.expected for o in found) >= 0.5
    for o in found:
        assert not o.missing or o.questions or o.reported, o.name

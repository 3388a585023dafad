"""The system of `tests/targets/conftest.py`, which cannot be imported by name."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("link_shortener_graph", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def system() -> ModuleType:
    return _load(Path(__file__).parents[1] / "targets" / "conftest.py")

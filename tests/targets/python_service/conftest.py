"""Emitted fixtures, written once for all tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.targets.python_service.emitted import Emitted, compiled, write


@pytest.fixture(scope="session")
def emitted(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Emitted]:
    """An emitted fixture by its name."""
    done: dict[str, Emitted] = {}

    def find(name: str) -> Emitted:
        if name not in done:
            done[name] = write(compiled(name), tmp_path_factory.mktemp(name))
        return done[name]

    return find

"""Defects put into the emitted service: its own tests find them. `benchmarks/mutants.py` tries all of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.targets.python_service.emitted import Emitted
from tests.targets.python_service.mutants import MUTANTS, judged, mutated

ONE_OF_EACH_KIND = (
    "an expired link is followed at its last instant",
    "the owner is not asked for",
    "the lock is lost",
    "equal rows are in any order",
    "nothing is committed",
    "a total begins too high",
    "a token of a deleted account is taken",
    "a failed delivery is dropped",
    "a turn runs a minute early",
    "the password is shown",
)


@pytest.mark.slow
@pytest.mark.parametrize("name", ONE_OF_EACH_KIND)
def test_the_emitted_tests_find_a_defect(emitted: Callable[[str], Emitted], tmp_path: Path, name: str) -> None:
    done = judged(mutated(emitted("link_shortener"), name, tmp_path / "workspace"))
    assert done.returncode == 1, done.stdout[-2000:]


@pytest.mark.slow
def test_every_defect_can_be_put_in(emitted: Callable[[str], Emitted], tmp_path: Path) -> None:
    for number, name in enumerate(MUTANTS):
        mutated(emitted("link_shortener"), name, tmp_path / str(number))

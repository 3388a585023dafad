"""Defects in the emitted service: its own tests find them. `benchmarks/mutants.py` measures the share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks import mutants
from benchmarks.mutation.survivors import reason
from tests.targets.python_service.emitted import Emitted
from tests.targets.python_service.mutants import MUTANTS, judged, mutated


@pytest.mark.slow
@pytest.mark.parametrize("name", MUTANTS)
def test_the_emitted_tests_find_a_defect(emitted: Callable[[str], Emitted], tmp_path: Path, name: str) -> None:
    done = judged(mutated(emitted("link_shortener"), name, tmp_path / "workspace"))
    assert done.returncode == 1, done.stdout[-2000:]


@pytest.mark.slow
def test_mutants_are_judged_by_the_emitted_tests() -> None:
    with mutants.judge("todo", quick=True) as found:
        sample = mutants.listed(found.service, 40, "a sample")
        assert mutants.listed(found.service, 40, "a sample") == sample
        as_it_is = (found.service.project / "src" / "todo" / "clock.py").read_text(encoding="utf-8")
        wrong = as_it_is.replace("datetime.now(UTC)", "None")
        changes = [{"file": "todo/clock.py", "lines": (14, 14), "source": text} for text in (as_it_is, wrong)]
        assert [done["verdict"] for done in found.verdicts(changes)] == ["survived", "killed"]
    assert len({(m["file"], m["operator"], m["before"], m["after"], *m["lines"]) for m in sample}) > 30
    assert all(m["before"] != m["after"] for m in sample)


def test_the_share_counts_a_run_without_an_end_as_found() -> None:
    verdicts = mutants.Counter({"killed": 8, "timed out": 1, "survived": 1})
    assert mutants.summary("todo", verdicts) == "todo: 10 mutants, 8 killed, 1 timed out, 1 survived: 90.0% found"


@pytest.mark.parametrize(
    ("mutant", "said"),
    [
        ({"before": 'log.info("done", n=1)', "after": "log.info(None, n=1)", "calls": ["log.info"]}, "of the log"),
        ({"before": 'P = ParamSpec("P")', "after": 'P = ParamSpec("XXPXX")', "calls": ["ParamSpec"]}, "type checkers"),
        ({"before": "ATTEMPTS = 5", "after": "ATTEMPTS = 6", "calls": []}, "tuning"),
        ({"before": "raise Missing()", "after": "raise None", "calls": []}, "a gap"),
        ({"before": "Link.clicks + 1", "after": "Link.clicks - 1", "calls": ["update"]}, "a gap"),
    ],
)
def test_a_survivor_has_the_reason_that_a_rule_gives(mutant: dict[str, Any], said: str) -> None:
    assert said in reason({"operator": "arg_removal", **mutant})

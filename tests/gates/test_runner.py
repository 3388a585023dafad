"""Running gates: in parallel, in order, losing no failure."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from autocoder import registry
from autocoder.diagnostics import Diagnostic, StageFailed
from autocoder.gates.runner import run_gates
from autocoder.gates.verdict import Status, Verdict

BARRIER = threading.Barrier(2)
RUNNING: list[str] = []


@dataclass(frozen=True)
class Meeting:
    """Passes only while the other one runs too."""

    name: str
    alone: bool = False

    def apply(self, _context):
        BARRIER.wait(timeout=10)
        return Verdict(gate=self.name, status=Status.OK, checks=1, summary="", sandbox="none needed")


@dataclass(frozen=True)
class Lonely:
    """Notices whether anything runs beside it."""

    name: str
    alone: bool = True

    def apply(self, _context):
        RUNNING.append(self.name)
        beside = len(RUNNING)
        threading.Event().wait(0.05)
        RUNNING.remove(self.name)
        status = Status.OK if beside == 1 else Status.FAILED
        return Verdict(gate=self.name, status=status, checks=1, summary="", sandbox="none needed")


@dataclass(frozen=True)
class Broken:
    """Raises."""

    error: Exception
    name: str = "broken"
    alone: bool = False

    def apply(self, _context):
        raise self.error


GATES = {
    "first": lambda: Meeting("first"),
    "second": lambda: Meeting("second"),
    "third": lambda: Lonely("third"),
    "fourth": lambda: Lonely("fourth"),
    "defect": lambda: Broken(ZeroDivisionError("division by zero"), name="defect"),
    "missing tool": lambda: Broken(
        StageFailed([Diagnostic(code="AC9002", message="no such tool")]), name="missing tool"
    ),
}


@pytest.fixture(autouse=True)
def _gates(monkeypatch):
    monkeypatch.setattr(registry, "GATES", {name: name for name in GATES})
    monkeypatch.setattr(registry, "load", lambda name: GATES[name])


def run(make_context, *names):
    told: list[str] = []
    with ThreadPoolExecutor(4) as executor:
        verdicts = run_gates(make_context({}), names, executor, lambda verdict: told.append(verdict.gate))
    assert sorted(told) == sorted(names)
    return verdicts


def test_gates_run_at_the_same_time_and_answer_in_the_order_asked(make_context):
    verdicts = run(make_context, "third", "second", "first", "fourth")
    assert [v.gate for v in verdicts] == ["third", "second", "first", "fourth"]
    assert all(v.status is Status.OK for v in verdicts)


@pytest.mark.parametrize(("name", "code"), [("defect", "AC9001"), ("missing tool", "AC9002")])
def test_a_gate_that_raises_could_not_run_and_the_others_do(make_context, name, code):
    broken, first, _ = run(make_context, name, "first", "second")
    assert (broken.status, broken.findings[0].code) == (Status.COULD_NOT_RUN, code)
    assert first.status is Status.OK


def test_no_gate_is_no_pass(make_context):
    with pytest.raises(ValueError, match="no gate"):
        run(make_context)


def test_a_gate_nobody_knows_is_an_error(make_context):
    with pytest.raises(KeyError):
        run(make_context, "sorcery")

"""Gate `performance`: does each operation meet its latency objective?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autocoder.diagnostics import Diagnostic, Severity
from autocoder.gates.context import GateContext
from autocoder.gates.measurement import (
    BENCHMARK,
    CONFIDENCE,
    FEWEST_SAMPLES,
    UNSTEADY,
    Measurement,
    lower_bound,
    percentile,
)
from autocoder.gates.verdict import Status, Verdict
from autocoder.ir.nodes import Budget


@dataclass(frozen=True)
class Performance:
    """Compares the lower confidence bound of each operation's latency, corrected for the machine, with its objectives:
    the p95, and the p99.
    """

    name: str = "performance"
    alone: bool = True

    def apply(self, context: GateContext) -> Verdict:
        """The verdict; `checks` are operations with an objective. Without any objective there is nothing to meet, and
        what was measured is reported.
        """
        measurement = context.measurement
        budgets = [budget for budget in context.views.budgets.values() if budget.latencies]
        missing = [finding for budget in budgets if (finding := _missing(budget, measurement))]
        slow = [finding for budget in budgets for finding in _slow(budget, measurement)]
        findings = (*missing, *slow, *_unsteady(measurement))
        return Verdict(
            gate=self.name,
            status=Status.COULD_NOT_RUN if missing else Status.FAILED if slow else Status.OK,
            checks=len(budgets) or len(measurement.operations),
            summary=_summary(budgets, measurement),
            sandbox=str(context.sandbox.level),
            findings=findings,
            measures=_measures(measurement),
        )


def _unsteady(measurement: Measurement) -> tuple[Diagnostic, ...]:
    """On a busy machine the correction errs on the service's side, so that a neighbour cannot fail a build."""
    if measurement.spread < UNSTEADY:
        return ()
    return (
        Diagnostic(
            code="AC5033",
            message="something else was using the machine, so latency was judged mildly",
            value=f"reference loop: p95 {measurement.spread:.1f} times its median",
            severity=Severity.WARNING,
        ),
    )


def _missing(budget: Budget, measurement: Measurement) -> Diagnostic | None:
    measured = measurement.operations.get(budget.name)
    samples = len(measured.latency) if measured else 0
    if samples >= FEWEST_SAMPLES:
        return None
    return Diagnostic(
        code="AC5031",
        message=f"operation {budget.name} has an objective and {samples} of {FEWEST_SAMPLES} samples that it needs",
        subject=f"operations.{budget.name}",
        value=str(samples),
        help=f"{BENCHMARK} must measure it",
    )


def _slow(budget: Budget, measurement: Measurement) -> Iterator[Diagnostic]:
    measured = measurement.operations.get(budget.name)
    if measured is None:
        return
    for number, limit in budget.latencies:
        quantile, objective = number / 100, limit / 1e6
        slowness = measurement.slowness_at(quantile)
        bound = lower_bound(measured.latency, quantile=quantile) / slowness
        if bound <= objective:
            continue
        what = f"p{number} is at least {bound * 1e3:.1f} ms, the objective {objective * 1e3:g} ms"
        seen = percentile(measured.latency, quantile) / slowness
        conditions = f"{len(measured.latency)} requests, machine {slowness:.2f}x nominal"
        yield Diagnostic(
            code="AC5030",
            message=f"operation {budget.name}: {what}",
            subject=f"operations.{budget.name}",
            value=f"p{number} {seen * 1e3:.1f} ms in {conditions}",
            rule=f"the {CONFIDENCE:.0%} lower bound of the p{number} stays within the objective",
        )


def _summary(budgets: list[Budget], measurement: Measurement) -> str:
    if not budgets:
        return f"no objective stated, {len(measurement.operations)} operations measured, {measurement.engine}"
    return f"{len(budgets)} operations, {measurement.engine}"


def _measures(measurement: Measurement) -> dict[str, float]:
    found = {"performance.slowness": round(measurement.slowness, 3), "performance.spread": round(measurement.spread, 3)}
    for name, measured in sorted(measurement.operations.items()):
        if measured.latency:
            for number in (95, 99):
                seen = percentile(measured.latency, number / 100) / measurement.slowness_at(number / 100)
                found[f"performance.p{number}_us.{name}"] = round(seen * 1e6)
    return found

"""Gate `performance`: does each operation meet its latency objective?"""

from __future__ import annotations

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
    """Compares the lower confidence bound of each operation's p95, corrected for the machine, with its objective."""

    name: str = "performance"
    alone: bool = True

    def apply(self, context: GateContext) -> Verdict:
        """The verdict; `checks` are operations with an objective. Without any objective there is nothing to meet, and
        what was measured is reported.
        """
        measurement = context.measurement
        budgets = [budget for budget in context.views.budgets.values() if budget.p95_us is not None]
        missing = [finding for budget in budgets if (finding := _missing(budget, measurement))]
        slow = [finding for budget in budgets if (finding := _slow(budget, measurement))]
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


def _slow(budget: Budget, measurement: Measurement) -> Diagnostic | None:
    measured = measurement.operations.get(budget.name)
    if measured is None or budget.p95_us is None:
        return None
    bound = lower_bound(measured.latency) / measurement.slowness
    objective = budget.p95_us / 1e6
    if bound <= objective:
        return None
    seen = percentile(measured.latency) / measurement.slowness
    conditions = f"{len(measured.latency)} requests, machine {measurement.slowness:.2f}x nominal"
    return Diagnostic(
        code="AC5030",
        message=f"operation {budget.name}: p95 is at least {bound * 1e3:.1f} ms, the objective {objective * 1e3:g} ms",
        subject=f"operations.{budget.name}",
        value=f"p95 {seen * 1e3:.1f} ms in {conditions}",
        rule=f"the {CONFIDENCE:.0%} lower bound of the p95 stays within the objective",
    )


def _summary(budgets: list[Budget], measurement: Measurement) -> str:
    if not budgets:
        return f"no objective stated, {len(measurement.operations)} operations measured, {measurement.engine}"
    return f"{len(budgets)} operations, {measurement.engine}"


def _measures(measurement: Measurement) -> dict[str, float]:
    found = {"performance.slowness": round(measurement.slowness, 3), "performance.spread": round(measurement.spread, 3)}
    for name, measured in sorted(measurement.operations.items()):
        if measured.latency:
            found[f"performance.p95_us.{name}"] = round(percentile(measured.latency) / measurement.slowness * 1e6)
    return found

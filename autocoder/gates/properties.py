"""Gate `properties`: does the running service agree with its oracle over random sequences of requests?"""

from __future__ import annotations

from dataclasses import dataclass

from autocoder.diagnostics import Diagnostic
from autocoder.gates.context import GateContext
from autocoder.gates.sandboxed_run import staged
from autocoder.gates.suite import Report, engine_findings, engine_version, no_tests, run_suite
from autocoder.gates.verdict import Status, Verdict

WHERE = "generated/tests/properties"


@dataclass(frozen=True)
class Properties:
    """Runs the state machines in `generated/tests/properties`; they record how many examples and steps they took."""

    name: str = "properties"
    alone: bool = False

    def apply(self, context: GateContext) -> Verdict:
        """The verdict; `checks` are steps, each a request whose reply was compared."""
        with staged(context) as stage:
            report = run_suite(stage, ["tests/properties"])
        examples, steps = _count(report, "examples"), _count(report, "steps")
        findings = (*report.findings, *engine_findings(context, report), *_idle(report, steps))
        return Verdict(
            gate=self.name,
            status=Status.FAILED if findings else Status.OK,
            checks=steps,
            summary=f"{steps:,} steps in {examples:,} examples, {report.properties.get('engine', 'engine not named')}",
            sandbox=str(context.sandbox.level),
            findings=findings,
            measures={"properties.examples": examples, "properties.steps": steps},
            tools=engine_version(report),
        )


def _count(report: Report, name: str) -> int:
    value = report.properties.get(name, "0")
    return int(value) if value.isascii() and value.isdigit() else 0


def _idle(report: Report, steps: int) -> tuple[Diagnostic, ...]:
    """A suite that took no step compared nothing."""
    if report.tests and (steps or report.findings):
        return ()
    if not report.tests:
        return (no_tests(WHERE),)
    return (Diagnostic(code="AC5002", message="the properties took no step", subject=WHERE),)

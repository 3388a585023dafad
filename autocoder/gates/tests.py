"""Gate `tests`: do the emitted unit and integration tests pass, on the engine that the blueprint names?"""

from __future__ import annotations

from dataclasses import dataclass

from autocoder.gates.context import GateContext
from autocoder.gates.sandboxed_run import staged
from autocoder.gates.suite import engine_findings, engine_version, no_tests, run_suite
from autocoder.gates.verdict import Status, Verdict

WHERE = "generated/tests"


@dataclass(frozen=True)
class Tests:
    """Runs everything in `generated/tests` but the properties, which are a gate of their own."""

    name: str = "tests"
    alone: bool = False

    def apply(self, context: GateContext) -> Verdict:
        """The verdict; `checks` are tests, the summary names the engine."""
        with staged(context) as stage:
            report = run_suite(stage, ["tests", "--ignore=tests/properties"])
        findings = (*report.findings, *engine_findings(context, report), *(() if report.tests else (no_tests(WHERE),)))
        return Verdict(
            gate=self.name,
            status=Status.FAILED if findings else Status.OK,
            checks=report.tests,
            summary=f"{report.tests} tests, {report.properties.get('engine', 'engine not named')}",
            sandbox=str(context.sandbox.level),
            findings=findings,
            measures={"tests": report.tests, "tests.seconds": round(report.seconds, 3)},
            tools=engine_version(report),
        )

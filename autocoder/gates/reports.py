"""What the gates said, for a terminal and as data. JUnit, SARIF and the findings themselves are rendered by
`diagnostics`; here is what belongs to verdicts: status, counts, sandbox level, measures, waivers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from autocoder.diagnostics import Diagnostic, Severity
from autocoder.diagnostics.render import as_data
from autocoder.gates.verdict import Status, Verdict

NO_SANDBOX = "none needed"


def passed(verdicts: Sequence[Verdict]) -> bool:
    """Whether a build may go on: every gate answered, and every answer is ok. No verdict at all is no pass."""
    return bool(verdicts) and all(verdict.status is Status.OK for verdict in verdicts)


def findings(verdicts: Iterable[Verdict]) -> tuple[Diagnostic, ...]:
    """The findings of all gates, by place."""
    return tuple(sorted((f for verdict in verdicts for f in verdict.findings), key=lambda finding: finding.order))


def level(verdicts: Iterable[Verdict]) -> str:
    """The sandbox levels that generated code ran at: one, unless something is wrong."""
    used = sorted({verdict.sandbox for verdict in verdicts} - {NO_SANDBOX})
    return ", ".join(used) or NO_SANDBOX


def line(verdicts: Sequence[Verdict]) -> str:
    """One line: each gate with its status and count, and the sandbox level.

    `static ok (17)  tests FAILED (64)  sandbox bubblewrap`
    """
    words = [f"{verdict.gate} {_shown(verdict.status)} ({verdict.checks:,})" for verdict in verdicts]
    return "  ".join([*words, f"sandbox {level(verdicts)}"])


def summary(verdicts: Sequence[Verdict]) -> str:
    """A line for each gate: name, status, what was checked, how many errors and how many waived findings."""
    width = max((len(verdict.gate) for verdict in verdicts), default=0)
    return "\n".join(f"{verdict.gate:<{width}}  {_outcome(verdict)}" for verdict in verdicts)


def _outcome(verdict: Verdict) -> str:
    errors = sum(finding.severity is Severity.ERROR for finding in verdict.findings)
    waived = sum(note.message.startswith("waived by ") for finding in verdict.findings for note in finding.notes)
    parts = [f"{_shown(verdict.status):<13}", verdict.summary]
    parts += [f"{errors} error{'s' if errors > 1 else ''}"] if errors else []
    parts += [f"{waived} waived"] if waived else []
    return "  ".join(parts)


def _shown(status: Status) -> str:
    return "ok" if status is Status.OK else str(status).upper()


def data(verdicts: Sequence[Verdict]) -> list[dict[str, object]]:
    """The verdicts as JSON-ready data, findings and measures included; the order of keys is fixed."""
    return [
        {
            "gate": verdict.gate,
            "status": str(verdict.status),
            "checks": verdict.checks,
            "summary": verdict.summary,
            "sandbox": verdict.sandbox,
            "findings": [as_data(finding) for finding in verdict.findings],
            "measures": dict(sorted(verdict.measures.items())),
        }
        for verdict in verdicts
    ]

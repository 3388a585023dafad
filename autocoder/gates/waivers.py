"""Waivers: findings that an owner accepted, with a reason, until a day. Applied here and nowhere else.

A waiver names one rule and one file; there are no patterns. One that is past its day, or that no finding needs, is a
finding itself. The day is given by the caller: nothing here reads a clock.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from autocoder.decisions import DecisionsFile
from autocoder.diagnostics import Diagnostic, Note, Severity, Span
from autocoder.gates.verdict import Status, Verdict


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """`rule` is a diagnostic's code or the tool's rule ("bandit:B608"), `path` the file (or the subject where there is
    none), `expires` the last day on which it counts, `span` where it stands.
    """

    rule: str
    path: str
    owner: str
    reason: str
    expires: datetime.date
    span: Span | None = None

    def covers(self, finding: Diagnostic) -> bool:
        """Whether this waiver is about the finding."""
        place = finding.span.file if finding.span else finding.subject
        return self.path == place and self.rule in (finding.code, rule_of(finding))


def waivers_of(decided: DecisionsFile) -> tuple[Waiver, ...]:
    """The waivers of `decisions.yaml`."""
    return tuple(
        Waiver(
            rule=w.rule,
            path=w.path,
            owner=w.owner,
            reason=w.reason,
            expires=datetime.date.fromisoformat(w.expires),
            span=w.span,
        )
        for w in decided.waivers
    )


def rule_of(finding: Diagnostic) -> str:
    """The tool's own name of a rule, which is the first word of a finding's `rule`."""
    return finding.rule.partition(" ")[0]


def settle(
    verdicts: Sequence[Verdict], waivers: Sequence[Waiver], today: datetime.date, *, complete: bool
) -> tuple[Verdict, ...]:
    """The verdicts after waivers: a waived finding is a note that names its owner, and stops nothing.

    With waivers there is one more verdict, `waivers`, about the waivers themselves. Only a `complete` run (every gate,
    none that could not run) can tell that one is not needed.
    """
    if not waivers:
        return tuple(verdicts)
    standing = [waiver for waiver in waivers if today <= waiver.expires]
    settled = tuple(_settled(verdict, standing) for verdict in verdicts)
    complete = complete and all(verdict.status is not Status.COULD_NOT_RUN for verdict in verdicts)
    found = [finding for verdict in verdicts for finding in verdict.findings]
    problems = [*_expired(waivers, today), *(_unused(standing, found) if complete else ())]
    verdict = Verdict(
        gate="waivers",
        status=Status.FAILED if problems else Status.OK,
        checks=len(waivers),
        summary=f"{len(standing)} in force, {len(waivers) - len(standing)} expired",
        sandbox="none needed",
        findings=(*problems, *(_shown(waiver) for waiver in standing)),
    )
    return (*settled, verdict)


def _settled(verdict: Verdict, waivers: Sequence[Waiver]) -> Verdict:
    if verdict.status is not Status.FAILED:
        return verdict
    findings = tuple(_waived(finding, waivers) for finding in verdict.findings)
    failed = verdict.checks == 0 or any(finding.severity is Severity.ERROR for finding in findings)
    return replace(verdict, findings=findings, status=Status.FAILED if failed else Status.OK)


def _waived(finding: Diagnostic, waivers: Iterable[Waiver]) -> Diagnostic:
    for waiver in waivers:
        if waiver.covers(finding):
            note = Note(message=f"waived by {waiver.owner} until {waiver.expires}: {waiver.reason}", span=waiver.span)
            return replace(finding, severity=Severity.NOTE, notes=(*finding.notes, note))
    return finding


def _shown(waiver: Waiver) -> Diagnostic:
    return _about(waiver, "AC5062", f"waiver in force until {waiver.expires}", severity=Severity.NOTE)


def _expired(waivers: Iterable[Waiver], today: datetime.date) -> list[Diagnostic]:
    gone = (waiver for waiver in waivers if waiver.expires < today)
    return [_about(waiver, "AC5060", f"the waiver ended on {waiver.expires}") for waiver in gone]


def _unused(waivers: Iterable[Waiver], found: Sequence[Diagnostic]) -> list[Diagnostic]:
    idle = (waiver for waiver in waivers if not any(waiver.covers(finding) for finding in found))
    return [_about(waiver, "AC5061", "no finding needs this waiver") for waiver in idle]


def _about(waiver: Waiver, code: str, message: str, *, severity: Severity = Severity.ERROR) -> Diagnostic:
    return Diagnostic(
        code=code,
        message=f"{waiver.rule} in {waiver.path}: {message}",
        span=waiver.span,
        subject=waiver.path,
        value=waiver.rule,
        severity=severity,
        notes=(Note(message=f"{waiver.owner}: {waiver.reason}"),),
    )

"""Waivers: one finding, one owner, until a day."""

from __future__ import annotations

import datetime

from autocoder.diagnostics import Diagnostic, Severity, Span
from autocoder.gates.verdict import Status, Verdict
from autocoder.gates.waivers import Waiver, settle

TODAY = datetime.date(2026, 6, 1)
FINDING = Diagnostic(
    code="AC5004", message="weak hash", rule="bandit:B303 weak hashes", span=Span(file="a.py", line=1, column=1)
)
OTHER = Diagnostic(code="AC5005", message="secret", span=Span(file="b.py", line=1, column=1))


def waiver(rule="bandit:B303", path="a.py", expires=TODAY, **more):
    return Waiver(rule=rule, path=path, owner="ops", reason="checksum only", expires=expires, **more)


def verdict(*findings, status=Status.FAILED):
    return Verdict(gate="static", status=status, checks=3, summary="", sandbox="none needed", findings=findings)


def test_a_waived_finding_stops_nothing_and_names_its_owner():
    static, waivers = settle([verdict(FINDING)], [waiver()], TODAY, complete=True)
    assert static.status is Status.OK
    assert static.findings[0].severity is Severity.NOTE
    assert "ops" in static.findings[0].notes[0].message
    assert (waivers.status, waivers.checks, waivers.findings[0].code) == (Status.OK, 1, "AC5062")


def test_the_findings_that_nobody_waived_still_stop():
    static, _ = settle([verdict(FINDING, OTHER)], [waiver()], TODAY, complete=True)
    assert static.status is Status.FAILED


def test_a_waiver_of_a_code_counts_too_and_one_of_another_file_does_not():
    assert settle([verdict(FINDING)], [waiver(rule="AC5004")], TODAY, complete=True)[0].status is Status.OK
    assert settle([verdict(FINDING)], [waiver(path="b.py")], TODAY, complete=True)[0].status is Status.FAILED


def test_an_expired_waiver_waives_nothing_and_is_a_finding():
    yesterday = TODAY - datetime.timedelta(days=1)
    place = Span(file="decisions.yaml", line=4, column=3)
    static, waivers = settle([verdict(FINDING)], [waiver(expires=yesterday, span=place)], TODAY, complete=True)
    assert static.status is Status.FAILED
    assert (waivers.status, waivers.findings[0].code, waivers.findings[0].span) == (Status.FAILED, "AC5060", place)


def test_a_waiver_that_no_finding_needs_is_a_finding():
    waivers = settle([verdict(status=Status.OK)], [waiver()], TODAY, complete=True)[-1]
    assert (waivers.status, waivers.findings[0].code) == (Status.FAILED, "AC5061")


def test_whether_a_waiver_is_needed_is_not_judged_when_gates_are_missing():
    assert settle([verdict(status=Status.OK)], [waiver()], TODAY, complete=False)[-1].status is Status.OK
    stuck = verdict(status=Status.COULD_NOT_RUN)
    assert settle([stuck], [waiver()], TODAY, complete=True)[-1].status is Status.OK


def test_what_could_not_run_is_never_waived():
    stuck = verdict(FINDING, status=Status.COULD_NOT_RUN)
    assert settle([stuck], [waiver()], TODAY, complete=True)[0] == stuck

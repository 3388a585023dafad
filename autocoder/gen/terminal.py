"""Shows a report to a person: one line per generator, then what is wrong with it, then what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from autocoder.diagnostics import Span
from autocoder.diagnostics.render import terminal
from autocoder.gen.differences import Shown
from autocoder.gen.report import Report, Result, Status
from autocoder.gen.stress import Axis
from autocoder.gen.trees import Change

Style = Callable[[str, str], str]
"""Gives a text the colour of a role: ok, bad, warn, dim, added, removed."""

_CHANGED_LISTED = 20
_MENDED = {Status.DRIFTED, Status.MISSING}
_COULD_NOT = (Status.COULD_NOT, Status.BLOCKED)


def plain(text: str, _role: str) -> str:
    """A `Style` without colours."""
    return text


def render(report: Report, source: str, *, diff: bool = False, style: Style = plain) -> str:
    """The report as text, ending in a line end. `source` is the index's text, for excerpts; `diff` shows contents."""
    lines = source.split("\n")

    def line_of(span: Span) -> str | None:
        return lines[span.line - 1] if span.file == report.index and span.line <= len(lines) else None

    parts = [*_table(report.results, style)]
    for result in report.results:
        if result.diagnostics:
            parts += ["", terminal(result.diagnostics, line_of)]
        if diff:
            parts += _diffs(result, style)
    if report.command == "write" and not diff:
        parts += _changes(report, style)
    if report.diagnostics:
        parts += ["", terminal(report.diagnostics, line_of)]
    return "\n".join([*parts, "", *_summary(report, style)]) + "\n"


def _table(results: Sequence[Result], style: Style) -> Iterator[str]:
    rows = [(str(r.statuses[0]), r.id, _tool(r), _detail(r)) for r in results]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    for result, (status, name, tool, detail) in zip(results, rows, strict=True):
        role = "ok" if result.ok else "warn" if result.statuses[0] in _COULD_NOT else "bad"
        left = style(status.ljust(widths[0]), role)
        middle = style(tool.ljust(widths[2]), "dim")
        yield f"  {left}  {name.ljust(widths[1])}  {middle}  {detail}".rstrip()


def _tool(result: Result) -> str:
    return f"{result.tool} {result.tool_version}" if result.tool_version else result.tool


def _detail(result: Result) -> str:
    said = [f"{result.files:,} file{'' if result.files == 1 else 's'}"] if result.files else []
    if result.drift:
        counts = Counter(shown.change for shown in result.drift)
        said += [f"{counts[change]} {change}" for change in Change if counts[change]]
    if result.shown_by:
        said.append("shown by " + ", ".join(result.shown_by))
    if len(result.statuses) > 1:
        said.append("also: " + ", ".join(result.statuses[1:]))
    return " · ".join(said)


def _changes(report: Report, style: Style) -> Iterator[str]:
    """What a write changed, path by path."""
    for result in report.results:
        if result.drift and (result.written or not result.ok):
            yield ""
            for shown in result.drift[:_CHANGED_LISTED]:
                role = {Change.ADDED: "added", Change.REMOVED: "removed", Change.CHANGED: "warn"}[shown.change]
                change, detail = style(str(shown.change).ljust(7), role), style(shown.detail, "dim")
                yield f"  {change}  {shown.path}  {detail}".rstrip()
            if len(result.drift) > _CHANGED_LISTED:
                yield f"  … and {len(result.drift) - _CHANGED_LISTED} more; --format json lists all"


def _diffs(result: Result, style: Style) -> Iterator[str]:
    for title, found in (("regenerating", result.drift), ("the second run", result.varies)):
        for shown in found:
            yield ""
            yield style(f"  {result.id}: {title}: {shown.change} {shown.path}  {shown.detail}".rstrip(), "dim")
            yield from (f"  {_coloured(line, style)}" for line in _printable(shown))


def _printable(shown: Shown) -> Iterator[str]:
    for line in shown.diff:
        yield "".join(c if c.isprintable() or c == "\t" else f"\\x{ord(c):02x}" for c in line)


def _coloured(line: str, style: Style) -> str:
    if line.startswith(("+", "-")):
        return style(line, "added" if line.startswith("+") else "removed")
    return style(line, "dim") if line.startswith("@@") else line


def _summary(report: Report, style: Style) -> Iterator[str]:
    total = len(report.results)
    noun = f"{total} generator{'' if total == 1 else 's'}"
    wrong = Counter(result.statuses[0] for result in report.results if not result.ok)
    if not wrong:
        yield style(_all_well(report, noun), "ok")
    else:
        listed = ", ".join(f"{number} {status}" for status, number in sorted(wrong.items()))
        yield style(f"{sum(wrong.values())} of {noun}: {listed}.", "bad")
        if any(result.drift for result in report.results) and report.command == "verify":
            yield style("added, removed and changed say what regenerating would do to the project.", "dim")
        if report.command == "write":
            yield "Nothing was written: all outputs are replaced, or none."
    yield from _not_stressed(report, style)
    mend = [r.id for r in report.results if _MENDED & set(r.statuses) and Status.WRITE_FAILED not in r.statuses]
    if mend and report.command == "verify":
        only = "" if len(mend) == total else "".join(f" --only {name}" for name in mend[:5] if len(mend) <= 5)
        yield f"next: autocoder gen write{only}"


def _all_well(report: Report, noun: str) -> str:
    if not report.results:
        return f"{report.index} names no generators."
    if report.command == "verify":
        return f"{noun}: the project has what {'it writes' if len(report.results) == 1 else 'they write'}."
    changed = sum(result.written for result in report.results)
    return f"{noun}: {changed} wrote something new." if changed else f"{noun}: nothing to change."


def _not_stressed(report: Report, style: Style) -> Iterator[str]:
    """Says what the second runs could not have otherwise, and where runs were not confined."""
    levels = sorted({r.confinement for r in report.results if r.confinement})
    if levels:
        yield style(f"confinement: {'; '.join(levels)}", "dim")
    double = [r for r in report.results if r.stressed]
    lacking = [str(axis) for axis in Axis if any(not any(s.startswith(axis) for s in r.stressed) for r in double)]
    if lacking:
        yield style(f"not stressed here: {', '.join(lacking)}", "warn")
    if any("locale (C)" in r.stressed for r in double):
        yield style("locale: stressed with plain C only; no locale of another language is installed", "dim")
    if any("time()" in axis for r in double for axis in r.stressed):
        yield style("clock: shifted for all programs but those that ask the C library's time()", "dim")
    if any(r.mode == "single_run_v1" for r in report.results) and report.command == "verify":
        names = ", ".join(r.id for r in report.results if r.mode == "single_run_v1")
        yield style(f"written once, so determinism was not looked at: {names}", "dim")

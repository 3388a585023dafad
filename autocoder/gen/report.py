"""What `gen verify` and `gen write` answer, as data. The same inputs give the same report: no times, no full paths."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from autocoder.diagnostics import Diagnostic, Severity
from autocoder.diagnostics.junit import Case
from autocoder.diagnostics.render import as_data
from autocoder.gen.differences import Shown

REPORT_VERSION = "autocoder.gen.report@0.1.0"


class Status(StrEnum):
    """A generator's state; where several hold, the first in this order is the one that is shown."""

    COULD_NOT = "could not check"
    MISMATCH = "tool mismatch"
    MISSING = "missing"
    TIMED_OUT = "timed out"
    WRITE_FAILED = "write failed"
    DRIFTED = "drifted"
    NONDETERMINISTIC = "nondeterministic"
    UNDECLARED = "undeclared write"
    CHECK_FAILED = "check failed"
    BLOCKED = "not checked"
    WRITTEN = "written"
    OK = "ok"


STATUS_OF: Mapping[str, Status] = {
    "AC7101": Status.MISSING,
    "AC7102": Status.DRIFTED,
    "AC7103": Status.NONDETERMINISTIC,
    "AC7104": Status.UNDECLARED,
    "AC7105": Status.CHECK_FAILED,
    "AC7106": Status.WRITE_FAILED,
    "AC7107": Status.TIMED_OUT,
    "AC7108": Status.MISMATCH,
    "AC7109": Status.BLOCKED,
    "AC7201": Status.COULD_NOT,
    "AC7202": Status.COULD_NOT,
    "AC7207": Status.COULD_NOT,
}


@dataclass(frozen=True, kw_only=True)
class Result:
    """What was found about one generator.

    `drift` is the project against a fresh run, `varies` one run against another, `undeclared` what was written outside
    the outputs. `stressed` names what the second run had otherwise. `cached` is talk, not part of the report.
    """

    id: str
    mode: str
    tool: str
    tool_version: str | None = None
    outputs: tuple[str, ...]
    files: int = 0
    drift: tuple[Shown, ...] = ()
    varies: tuple[Shown, ...] = ()
    shown_by: tuple[str, ...] = ()
    undeclared: tuple[Shown, ...] = ()
    stressed: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    confinement: str = ""
    written: bool = False
    cached: bool = False

    @property
    def statuses(self) -> tuple[Status, ...]:
        """Every state that holds, the one to show first."""
        found = {STATUS_OF[d.code] for d in self.diagnostics if d.severity is Severity.ERROR}
        clean = Status.WRITTEN if self.written else Status.OK
        return tuple(status for status in Status if status in found) or (clean,)

    @property
    def ok(self) -> bool:
        """Nothing is wrong with it."""
        return self.statuses[0] in (Status.OK, Status.WRITTEN)


@dataclass(frozen=True, kw_only=True)
class Report:
    """All generators, in the order of the index."""

    command: str
    index: str
    sha256: str
    results: tuple[Result, ...]
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """All diagnostics: generator by generator, then those of the whole."""
        return (*(d for result in self.results for d in result.diagnostics), *self.diagnostics)

    @property
    def exit_code(self) -> int:
        """0 all is well, 1 something was found, 4 nothing was found but not all could be checked."""
        statuses = {status for result in self.results for status in result.statuses}
        if statuses <= {Status.OK, Status.WRITTEN}:
            return 0
        return 4 if statuses <= {Status.OK, Status.WRITTEN, Status.COULD_NOT, Status.BLOCKED} else 1


def as_json(report: Report) -> str:
    """The report as one JSON document."""
    data = {
        "schema_version": REPORT_VERSION,
        "command": report.command,
        "ok": report.exit_code == 0,
        "index": {"path": report.index, "sha256": report.sha256},
        "generators": [_result(result) for result in report.results],
        "diagnostics": [as_data(d) for d in report.findings],
    }
    return json.dumps(data, indent=2, ensure_ascii=False)


def _result(result: Result) -> dict[str, Any]:
    data: dict[str, Any] = {
        "id": result.id,
        "status": str(result.statuses[0]),
        "also": [str(status) for status in result.statuses[1:]],
        "mode": result.mode,
        "tool": {"name": result.tool, "version": result.tool_version},
        "outputs": list(result.outputs),
        "files": result.files,
        "confinement": result.confinement,
        "stressed": list(result.stressed),
        "drift": _shown(result.drift),
        "varies": _shown(result.varies),
        "shown_by": list(result.shown_by),
        "undeclared": _shown(result.undeclared),
    }
    return {key: value for key, value in data.items() if value not in ("", [])}


def _shown(shown: Iterable[Shown]) -> list[dict[str, Any]]:
    rows = ({"path": s.path, "change": str(s.change), "detail": s.detail, "diff": list(s.diff)} for s in shown)
    return [{key: value for key, value in row.items() if value not in ("", [])} for row in rows]


def cases(report: Report) -> list[Case]:
    """The generators as test cases."""
    return [
        Case(name=result.id, group=f"gen {report.command}", diagnostics=result.diagnostics) for result in report.results
    ]

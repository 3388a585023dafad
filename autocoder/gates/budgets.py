"""Gate `budgets`: does the service use no more than it may, and not much more than the last signed build did?"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from autocoder.diagnostics import Diagnostic, StageFailed
from autocoder.gates.context import GateContext
from autocoder.gates.measurement import BENCHMARK, Measurement
from autocoder.gates.verdict import Status, Verdict

RUNTIME_LOCK = "generated/requirements.txt"
_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", re.M)

TOLERANCES: Mapping[str, float] = {
    "queries": 0.0,
    "reply_bytes": 0.10,
    "dependencies": 0.10,
    "installed_bytes": 0.10,
    "cold_start_us": 0.50,
}
"""How much a measure may grow between two signed builds, by the first word of its name. Counts repeat exactly; sizes
move with patch releases; one cold start is a single time and moves by a third on an idle machine."""


@dataclass(frozen=True)
class Budgets:
    """Counts exactly: queries and reply bytes of each operation, dependencies, installed size; and the cold start."""

    name: str = "budgets"
    alone: bool = True

    def apply(self, context: GateContext) -> Verdict:
        """The verdict; `checks` are the numbers that were compared with a budget or with the last signed build."""
        measurement = context.measurement
        limits, measures = _limits(context), _measures(context, measurement)
        missing = [_not_measured(name) for name in limits if name not in measures]
        over = [_over(name, measures[name], limits[name]) for name in limits if measures.get(name, 0) > limits[name]]
        compared = {name: old for name, old in context.previous.items() if name in measures}
        grown = [_grown(name, old, measures[name]) for name, old in compared.items() if _has_grown(name, old, measures)]
        return Verdict(
            gate=self.name,
            status=Status.COULD_NOT_RUN if missing else Status.FAILED if over or grown else Status.OK,
            checks=len(limits) + len(compared),
            summary=f"{len(limits)} numbers"
            + (f", {len(compared)} compared with {context.baseline}" if compared else ""),
            sandbox=str(context.sandbox.level),
            findings=(*missing, *over, *grown),
            measures=measures,
        )


def _limits(context: GateContext) -> dict[str, float]:
    service = context.views.service_budget
    found: dict[str, float] = {
        "dependencies": service.dependencies,
        "installed_bytes": service.installed_bytes,
        "cold_start_us": service.cold_start_us,
    }
    for name, budget in sorted(context.views.budgets.items()):
        found[f"queries.{name}"] = budget.queries
        found[f"reply_bytes.{name}"] = budget.reply_bytes
    return found


def _measures(context: GateContext, measurement: Measurement) -> dict[str, float]:
    packages = _packages(context)
    found: dict[str, float] = {
        "dependencies": len(packages),
        "installed_bytes": sum(packages.values()),
        "cold_start_us": round(measurement.cold_start / measurement.slowness * 1e6),
    }
    for name, measured in sorted(measurement.operations.items()):
        found[f"queries.{name}"] = measured.queries
        found[f"reply_bytes.{name}"] = measured.bytes
    return found


def _packages(context: GateContext) -> dict[str, int]:
    """The runtime's locked packages that are installed here, with their sizes in bytes.

    A lock for several platforms names packages that this one does not need; those count where they are installed.
    """
    lock = context.workspace / RUNTIME_LOCK
    try:
        locked = {_normal(name): version for name, version in _PINNED.findall(lock.read_text(encoding="utf-8"))}
    except (OSError, UnicodeDecodeError) as error:
        raise _uncounted(f"{RUNTIME_LOCK} cannot be read: {type(error).__name__}") from None
    if not locked:
        raise _uncounted(f"{RUNTIME_LOCK} pins no package")
    installed = dict(_installed(context.environment.parent.parent))
    found = {name: installed[name] for name in locked if name in installed}
    if not found:
        raise _uncounted(f"none of the packages of {RUNTIME_LOCK} is installed in the gates' environment")
    return found


def _uncounted(message: str) -> StageFailed:
    return StageFailed([Diagnostic(code="AC5002", message=message, subject=RUNTIME_LOCK)], exit_code=3)


def _installed(environment: Path) -> Iterator[tuple[str, int]]:
    """Normal name and size of each installed distribution, from its own record of files."""
    for record in sorted(environment.glob("lib/python3*/site-packages/*.dist-info/RECORD")):
        with record.open(encoding="utf-8", newline="") as file:
            size = sum(int(row[2]) for row in csv.reader(file) if len(row) > 2 and row[2].isdigit())
        yield _normal(record.parent.name.removesuffix(".dist-info").rpartition("-")[0]), size


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _not_measured(name: str) -> Diagnostic:
    message = f"{name} has a budget and was not measured"
    return Diagnostic(code="AC5031", message=message, subject=name, help=f"{BENCHMARK} must measure it")


def _over(name: str, value: float, limit: float) -> Diagnostic:
    return Diagnostic(
        code="AC5040",
        message=f"{name} is {value:,.0f}, the budget {limit:,.0f}",
        subject=name,
        value=f"{value:.0f}",
        rule=f"at most {limit:.0f}",
    )


def _has_grown(name: str, old: float, measures: Mapping[str, float]) -> bool:
    return measures[name] > old * (1 + TOLERANCES[name.partition(".")[0]])


def _grown(name: str, old: float, new: float) -> Diagnostic:
    tolerance = TOLERANCES[name.partition(".")[0]]
    return Diagnostic(
        code="AC5041",
        message=f"{name} grew from {old:,.0f} to {new:,.0f} since the last signed build",
        subject=name,
        value=f"{new:.0f}",
        rule=f"at most {tolerance:.0%} more than the last signed build",
    )

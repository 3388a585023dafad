"""What the signed packages that lie in `dist/` already say: the baseline of a build, and verdicts that still hold.

Believes only packages that verify, and says which it did not believe.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autocoder import materials
from autocoder.diagnostics import Diagnostic, Note, Severity
from autocoder.gates.verdict import Verdict
from autocoder.package.build import FOLDER, missing_gates
from autocoder.package.keys import PublicKey
from autocoder.package.verify import VerifyReport, verify_package
from autocoder.targets.tree import Owner, Tree


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """The measures of the last signed build, and which one that is; without one both are empty."""

    archive: str = ""
    measures: Mapping[str, float] = field(default_factory=dict[str, float])
    warnings: tuple[Diagnostic, ...] = ()


def baseline(folder: Path, system: str, key: PublicKey) -> Baseline:
    """The package of `system` in the workspace's `dist/` whose attestation says that it was built last.

    Each package that does not verify is a warning (AC6050): a comparison with it would show nothing.
    """
    reports = [verify_package(path, key) for path in _archives(folder, system)]
    good = [report for report in reports if report.ok and report.name == system]
    warnings = tuple(_unusable(report) for report in reports if report not in good)
    if not good:
        return Baseline(warnings=warnings)
    last = max(good, key=lambda report: (report.started, report.archive))
    measures = {name: value for verdict in last.verdicts for name, value in verdict.measures.items()}
    return Baseline(archive=last.archive, measures=measures, warnings=warnings)


def _archives(folder: Path, system: str) -> list[Path]:
    name = re.compile(rf"{re.escape(system)}-\d+\.\d+\.\d+[^/]*\.tar\.gz")
    return sorted(path for path in (folder / FOLDER).glob("*.tar.gz") if name.fullmatch(path.name))


def _unusable(report: VerifyReport) -> Diagnostic:
    why = [Note(message=f"{found.code} {found.message}") for found in report.diagnostics[:3]]
    return Diagnostic(
        code="AC6050",
        message=f"{FOLDER}/{report.archive} does not verify, so this build is not compared with it",
        subject=f"{FOLDER}/{report.archive}",
        help="see what is wrong with `autocoder verify`, and remove the package if it is not yours",
        severity=Severity.WARNING,
        notes=tuple(why),
    )


def standing_verdicts(archive: Path, key: PublicKey, sources: Tree, derived: Tree) -> tuple[Verdict, ...]:
    """The verdicts of a package, findings included, where it is signed with our key, made by this very generator with
    the tools that are here, and holds exactly these sources and derived files; else nothing.
    """
    if not archive.is_file():
        return ()
    ours = {file.path: file.content for file in sources}

    def same(packaged: Tree) -> Tree:
        theirs = {file.path: file.content for file in packaged if file.owner is Owner.OWNED}
        return derived if theirs == ours else Tree()

    report = verify_package(archive, key, rederive=same)
    here = {**materials.shipped(), **materials.tools()}
    there = {**report.materials, **report.tools}
    if not report.ok or any(there.get(name) != value for name, value in here.items()):
        return ()
    if missing_gates(verdict.gate for verdict in report.verdicts):
        return ()
    try:
        return tuple(entry.verdict() for entry in report.verdicts)
    except (KeyError, ValueError):
        return ()  # words of another autocoder: the gates are asked again

"""`autocoder verify`: is this package what was signed, and what its sources derive?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autocoder.cli.workspace_options import shown_name
from autocoder.diagnostics import StageFailed
from autocoder.diagnostics.render import as_data

if TYPE_CHECKING:
    from autocoder.package.verify import VerifyReport

_MARKS = {True: "ok", False: "FAILED", None: "-"}


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--key", type=click.Path(path_type=Path), help="The signer's public key (PEM). Default: your own.")
@click.option(
    "--source",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A workspace: compare its sources, and derive every packaged file again.",
)
@click.option("--format", "form", type=click.Choice(["terminal", "json"]), default="terminal", show_default=True)
def verify(path: Path, key: Path | None, source: Path | None, form: str) -> None:
    """Verify the package whose archive is at PATH.

    Checks the signature, every member's digest, the bill of materials and the gates' verdicts; with --source also
    that the package was made from those sources and from nothing else. Nothing is unpacked.
    """
    from autocoder.compilation import rederive
    from autocoder.package.keys import trusted
    from autocoder.package.verify import verify_package
    from autocoder.source_files import read_sources

    sources = read_sources(source, shown_name(source)).tree() if source else None
    report = verify_package(path, trusted(key), sources=sources, rederive=rederive if source else None)
    click.echo(json.dumps(_data(report), indent=2, ensure_ascii=False) if form == "json" else _text(report))
    if form == "json" and not report.ok:
        raise SystemExit(1)
    if not report.ok:
        raise StageFailed(report.diagnostics)


def _text(report: VerifyReport) -> str:
    title = f"{report.name} {report.version}, made by {report.generator}" if report.name else report.archive
    width = max(len(check.name) for check in report.checks)
    lines = [f"  {check.name:<{width}}  {_MARKS[check.ok]:<6}  {check.detail}" for check in report.checks]
    return "\n".join([title, *lines, "verified" if report.ok else "NOT verified"])


def _data(report: VerifyReport) -> dict[str, object]:
    return {
        "ok": report.ok,
        "archive": report.archive,
        "name": report.name,
        "version": report.version,
        "generator": report.generator,
        "key": report.key,
        "checks": [vars(check) for check in report.checks],
        "tools": dict(report.tools),
        "verdicts": [verdict.model_dump(mode="json") for verdict in report.verdicts],
        "diagnostics": [as_data(diagnostic) for diagnostic in report.diagnostics],
    }

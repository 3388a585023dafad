"""`autocoder build`: every stage, from prose (or a blueprint) to a signed package."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autocoder.cli import workspace_options as workspace
from autocoder.cli.prose_input import ProseInput, prose_input

if TYPE_CHECKING:
    from autocoder.driver import Built


@click.command()
@workspace.out_option
@prose_input
@workspace.fill_option
@click.option("--overwrite-drift", is_flag=True, help="Discard what was changed by hand in generated files.")
@click.option("--fresh", is_flag=True, help="Ask all gates again, also where nothing changed since the signed package.")
@click.option("--require-approvals", is_flag=True, help="Sign only when every decision that nobody stated is approved.")
@click.option("--signer", type=click.Choice(["embedded", "cosign"]), default="embedded", show_default=True)
@click.option("--key", default="", help="With --signer cosign: a key file or the URI of a key in a KMS.")
@click.option("--bundle", help="The platform bundle. Default: the newest.")
@click.option("--ledger", help="URL of the ledger. Default: a file of the user's own.")
@workspace.format_option
def build(
    prose: ProseInput,
    out: Path | None,
    fill: bool,
    overwrite_drift: bool,
    fresh: bool,
    require_approvals: bool,
    signer: str,
    key: str,
    bundle: str | None,
    ledger: str | None,
    form: str,
) -> None:
    """Build a service from SOURCE: a text in quotes, a file, a workspace's folder, or `-` for standard input.

    Without SOURCE the workspace that you stand in is built. Nothing is written unless every gate passes.
    """
    from autocoder.recording import recorded

    given, folder = prose.given, prose.folder(out)
    screen = workspace.Screen(quiet=form == "json")
    options = prose.options(
        overwrite_drift=overwrite_drift,
        fill=fill,
        fresh=fresh,
        require_approvals=require_approvals,
        bundle=bundle,
        signer=signer,
        key=key,
    )
    with (
        workspace.driving(folder, options, screen, prose.reading) as driver,
        recorded(driver, ledger, folder.resolve().name) as record,
    ):
        built = driver.build(given.text, given.hint or folder.resolve().name)
        record(built)
    place = workspace.shown_name(folder)
    archive = f"{place}/{built.archive}" if place else built.archive
    screen.stage("package", f"{archive}  signed ({built.signer})  verified")
    if form == "json":
        click.echo(json.dumps(_data(built, archive), indent=2))
        return
    _warnings(built)
    click.echo(f"  {len(built.written)} files in {place or '.'}", err=True)
    where = f" {place}" if place else ""
    click.echo(
        f"  next      autocoder run{where} · autocoder verify {archive} · autocoder plan --explain{where}", err=True
    )


def _warnings(built: Built) -> None:
    from autocoder.diagnostics.render import terminal

    if built.warnings:
        click.echo(terminal(built.warnings), err=True)


def _data(built: Built, archive: str) -> dict[str, object]:
    from autocoder.diagnostics.render import as_data

    return {
        "archive": archive,
        "signer": built.signer,
        "ir": built.compiled.ir_hash,
        "verdicts": [
            {"gate": v.gate, "status": str(v.status), "checks": v.checks, "summary": v.summary, "sandbox": v.sandbox}
            for v in built.verdicts
        ],
        "files": list(built.written),
        "warnings": [as_data(d) for d in built.warnings],
    }

"""`autocoder gate`: all gates (or some) about a workspace, without packaging."""

from __future__ import annotations

import json
from pathlib import Path

import click

from autocoder import registry
from autocoder.cli import workspace_options as workspace


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--only", "names", multiple=True, type=click.Choice(list(registry.GATES)), help="Ask only this gate.")
@workspace.format_option
def gate(folder: Path | None, names: tuple[str, ...], form: str) -> None:
    """Compile a workspace (FOLDER, else here) in memory and ask all gates about it; nothing is written."""
    from autocoder.diagnostics.render import terminal
    from autocoder.driver import Options

    where = folder or Path()
    screen = workspace.Screen(quiet=form == "json")
    with workspace.driving(where, Options(), screen) as driver:
        proposal = driver.propose(None, where.resolve().name)
        compiled, tree = driver.compile(proposal)
        earlier = driver.baseline(compiled)
        if warnings := (*compiled.warnings, *earlier.warnings):
            click.echo(terminal(warnings), err=True)
        verdicts = driver.gate(compiled, proposal.sources, tree, earlier, names)
    if form == "json":
        rows = [{"gate": v.gate, "status": str(v.status), "checks": v.checks, "summary": v.summary} for v in verdicts]
        click.echo(json.dumps({"verdicts": rows}, indent=2))

"""`autocoder compile`: a blueprint to IR, code and manifests, without the gates."""

from __future__ import annotations

from pathlib import Path

import click

from autocoder.cli import workspace_options as workspace


@click.command("compile")
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--overwrite-drift", is_flag=True, help="Discard what was changed by hand in generated files.")
@click.option("--check", is_flag=True, help="Say what is wrong with the blueprint and write nothing.")
def compile(folder: Path | None, overwrite_drift: bool, check: bool) -> None:
    """Compile the blueprint of a workspace (FOLDER, else here) and write everything that follows from it."""
    from autocoder.diagnostics.render import terminal
    from autocoder.driver import Options

    where = folder or Path()
    screen = workspace.Screen()
    with workspace.driving(where, Options(overwrite_drift=overwrite_drift), screen) as driver:
        proposal = driver.propose(None, where.resolve().name)
        compiled, tree = driver.compile(proposal)
        if compiled.warnings:
            click.echo(terminal(compiled.warnings), err=True)
        if not check:
            written, _ = driver.write(proposal, tree)
            screen.stage("write", f"{len(written)} files in {workspace.shown_name(where) or '.'}")

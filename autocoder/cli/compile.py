"""`autocoder compile`: to IR, code and manifests, without the gates."""

from __future__ import annotations

from pathlib import Path

import click

from autocoder.cli import workspace_options as workspace
from autocoder.cli.prose_input import ProseInput, prose_input


@click.command("compile")
@workspace.out_option
@prose_input
@workspace.fill_option
@click.option("--overwrite-drift", is_flag=True, help="Discard what was changed by hand in generated files.")
@click.option("--check", is_flag=True, help="Write nothing; fail where the workspace is not what would be written.")
def compile(
    prose: ProseInput,
    out: Path | None,
    fill: bool,
    overwrite_drift: bool,
    check: bool,
) -> None:
    """Compile SOURCE (a workspace's folder, a text, a file; default: here) and write everything that follows from it.

    The gates are not asked: use `build` for a package.
    """
    from autocoder.diagnostics.render import terminal

    given, folder = prose.given, prose.folder(out)
    screen = workspace.Screen()
    options = prose.options(
        overwrite_drift=overwrite_drift,
        fill=fill,
    )
    with workspace.driving(folder, options, screen, prose.reading) as driver:
        proposal = driver.propose(given.text, given.hint or folder.resolve().name)
        proposal = driver.fill(proposal)
        compiled, tree = driver.compile(proposal)
        if warnings := (*proposal.warnings, *compiled.warnings):
            click.echo(terminal(warnings), err=True)
        if check:
            driver.compare(proposal, tree)
            screen.stage("check", f"{workspace.shown_name(folder) or '.'} is what would be written")
        else:
            written, _ = driver.write(proposal, tree)
            screen.stage("write", f"{len(written)} files in {workspace.shown_name(folder) or '.'}")

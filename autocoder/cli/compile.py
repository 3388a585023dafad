"""`autocoder compile`: to IR, code and manifests, without the gates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from autocoder.cli import workspace_options as workspace


@click.command("compile")
@click.argument("source", required=False)
@workspace.out_option
@workspace.prose_options
@workspace.reader_options
@workspace.fill_option
@click.option("--overwrite-drift", is_flag=True, help="Discard what was changed by hand in generated files.")
@click.option("--check", is_flag=True, help="Write nothing; fail where the workspace is not what would be written.")
def compile(
    source: str | None,
    out: Path | None,
    answers: tuple[str, ...],
    answers_file: Path | None,
    context: tuple[Path, ...],
    accept_defaults: bool,
    update_prose: bool,
    reading: dict[str, Any],
    fill: bool,
    overwrite_drift: bool,
    check: bool,
) -> None:
    """Compile SOURCE (a workspace's folder, a text, a file; default: here) and write everything that follows from it.

    The gates are not asked: use `build` for a package.
    """
    from autocoder.diagnostics.render import terminal
    from autocoder.driver import Options

    given = workspace.Given(source)
    files = workspace.context_files(context)
    chosen = workspace.parsed_answers(answers, answers_file)
    chosen = workspace.asked(given, chosen, accept_defaults=accept_defaults, reading=reading, context=files)
    folder = workspace.choose_folder(
        given, out, answers=chosen, accept_defaults=accept_defaults, reading=reading, context=files
    )
    screen = workspace.Screen()
    options = Options(
        answers=chosen,
        accept_defaults=accept_defaults,
        update_prose=update_prose,
        context=files,
        prose_name=given.name,
        overwrite_drift=overwrite_drift,
        fill=fill,
    )
    with workspace.driving(folder, options, screen, reading) as driver:
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

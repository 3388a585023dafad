"""`autocoder plan`: prose to a blueprint that people review."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autocoder.cli import workspace_options as workspace
from autocoder.cli.prose_input import ProseInput, prose_input

if TYPE_CHECKING:
    from autocoder.decisions import Decision
    from autocoder.diagnostics import Diagnostic
    from autocoder.readers.model.session import Session


@click.command()
@workspace.out_option
@prose_input
@click.option("--explain", is_flag=True, help="Show each sentence with what came of it.")
@click.option("--apply", is_flag=True, help="Merge what the text changes into a blueprint that was edited by hand.")
@click.option("--keep", multiple=True, metavar="ELEMENT", help="Your version of an element stays; `.` for all.")
@click.option("--take", multiple=True, metavar="ELEMENT", help="The text's version of an element comes; `.` for all.")
@click.option("--dry-run", is_flag=True, help="Write nothing.")
@workspace.format_option
def plan(
    prose: ProseInput,
    out: Path | None,
    explain: bool,
    apply: bool,
    keep: tuple[str, ...],
    take: tuple[str, ...],
    dry_run: bool,
    form: str,
) -> None:
    """Read SOURCE (a text in quotes, a file, a folder, or `-`) and write architecture.yaml and deployment.yaml.

    A blueprint that was edited by hand is never overwritten. Where the text leads to changes in it, they are shown;
    --apply merges them, and every edit stays. Where both changed the same element, choose with --keep or --take.
    """
    given = prose.given
    began = out or given.folder or Path()
    session = None
    if explain:  # first of all: what comes next may stop at what it shows
        session = _explain(prose, began)
    folder = prose.folder(out)
    screen = workspace.Screen(quiet=form == "json")
    options = prose.options(
        apply=apply or bool(keep or take),
        keep=keep,
        take=take,
    )
    with workspace.driving(folder, options, screen, prose.reading, session if folder == began else None) as driver:
        proposal = driver.propose(given.text, given.hint or folder.resolve().name)
        decisions = driver.decisions(proposal)
        if not dry_run and proposal.plan is not None:
            driver.write_sources(proposal)
    _show(decisions, proposal.warnings, folder, screen, form)


def _explain(prose: ProseInput, folder: Path) -> Session:
    """Shows the reading, and gives the session that it came from: nothing is read or asked twice."""
    from autocoder.planning.proposal import read
    from autocoder.readers.explain import explain
    from autocoder.source_files import read_source, shown_path

    shown = workspace.shown_name(folder)
    session = workspace.session_of(folder, prose.reading, workspace.Screen())
    text, name = prose.given.text, prose.given.name
    if text is None:
        text, name = read_source(folder, "description.md", shown), shown_path(shown, "description.md")
    if text is not None:
        click.echo(explain(read(text, file=name, session=session, context=prose.context)))
    return session


def _show(
    decisions: tuple[Decision, ...], warnings: tuple[Diagnostic, ...], folder: Path, screen: workspace.Screen, form: str
) -> None:
    from autocoder.diagnostics.render import terminal

    if warnings:
        click.echo(terminal(warnings), err=True)
    if form == "json":
        click.echo(json.dumps({"decisions": [d.as_data() for d in decisions]}, indent=2, ensure_ascii=False))
        return
    review = [d for d in decisions if d.source != "stated"]
    screen.stage("plan", f"{len(decisions)} decisions, {len(review)} to review")
    for decision in review:
        click.echo(f"  {decision.subject} = {decision.value}  ({decision.because})")
    place = workspace.shown_name(folder) or "."
    click.echo(f"  next      look at {place}/architecture.yaml, then: autocoder build {place}", err=True)

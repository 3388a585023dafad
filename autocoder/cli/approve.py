"""`autocoder approve`: a person's yes to decisions, kept in decisions.yaml."""

from __future__ import annotations

from pathlib import Path

import click

from autocoder.cli import workspace_options as workspace


@click.command()
@click.argument("subjects", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Approve every decision that is still open.")
@click.option("--by", required=True, envvar="AUTOCODER_APPROVER", help="Who approves; or AUTOCODER_APPROVER.")
@workspace.out_option
def approve(subjects: tuple[str, ...], everything: bool, by: str, out: Path | None) -> None:
    """Approve the decisions about SUBJECTS (as `review` shows them, or their ids) at the values that they have now.

    An approval ends when the value changes. What was approved before stays.
    """
    from autocoder.compilation import compile_sources
    from autocoder.driver import Options

    if not by.strip():
        raise click.UsageError("--by names the person who approves")
    if bool(subjects) == everything:
        raise click.UsageError("name the decisions, or say --all")
    where = out or Path()
    with workspace.driving(where, Options(), workspace.Screen(quiet=True)) as driver:
        proposal = driver.propose(None, where.resolve().name)
        compiled = compile_sources(proposal.sources, planned=proposal.decisions)
        chosen = driver.approve(compiled, subjects, by.strip())
    for decision in chosen:
        click.echo(f"  {decision.subject} = {decision.value}  approved by {by.strip()}", err=True)
    if not chosen:
        click.echo("  every decision is approved already", err=True)

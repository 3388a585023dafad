"""`autocoder explain`: what a diagnostic code means."""

from __future__ import annotations

import click


@click.command()
@click.argument("code", required=False)
def explain(code: str | None) -> None:
    """Say what a diagnostic CODE means and what to do; without CODE, list them all."""
    from autocoder.diagnostics import CATALOGUE, nearest
    from autocoder.diagnostics.render import explain as page

    if code is None:
        for entry in CATALOGUE.values():
            click.echo(f"{entry.code}  {entry.title}")
        return
    found = CATALOGUE.get(code.upper())
    if found is None:
        hint = nearest(code.upper(), CATALOGUE)
        hint = hint if hint.startswith("did you mean") else "`autocoder explain` lists them"
        raise click.UsageError(f'there is no code "{code}": {hint}')
    click.echo(page(found))

"""`autocoder log`: the builds that the ledger recorded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from autocoder.ledger import Row


@click.command()
@click.option("--ledger", "url", envvar="AUTOCODER_LEDGER", help="Its database URL. Default: your own SQLite file.")
@click.option("--name", help="Builds of this system only.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most so many builds.")
@click.option("--format", "form", type=click.Choice(["terminal", "json"]), default="terminal", show_default=True)
def log(url: str | None, name: str | None, limit: int, form: str) -> None:
    """List recorded builds, newest first."""
    from autocoder import ledger

    rows: tuple[Row, ...] = ()
    if not ledger.is_missing(url):  # reading makes no file
        with ledger.open_ledger(url) as opened:
            rows = opened.rows(name=name, limit=limit)
    if form == "json":
        click.echo(json.dumps([{"number": row.number, **vars(row.build)} for row in rows], indent=2))
        return
    for row in rows:
        click.echo(_line(row))
    if not rows:
        click.echo("no builds recorded", err=True)


def _line(row: Row) -> str:
    build = row.build
    output = "".join(f"  {name} sha256:{digest[:12]}" for name, digest in sorted(build.outputs.items())[:1])
    return f"{row.number:>5}  {build.started}  {build.name} {build.version}  {build.outcome}{output}"

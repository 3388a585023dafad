"""`autocoder key`: the key that signs your packages."""

from __future__ import annotations

import json
from pathlib import Path

import click

_FORMAT = click.option(
    "--format", "form", type=click.Choice(["terminal", "json"]), default="terminal", show_default=True
)


@click.group()
def key() -> None:
    """The key that signs your packages."""


@key.command()
@_FORMAT
def show(form: str) -> None:
    """Show the public key, its name, and where the files are."""
    from autocoder.package import keys

    public = keys.trusted(None)
    data = {
        "hint": public.hint,
        "public": str(keys.public_path()),
        "private": str(keys.key_path()),
        "protected": keys.is_protected(),
        "pem": public.pem.decode(),
    }
    if form == "json":
        click.echo(json.dumps(data, indent=2))
        return
    state = {True: "encrypted", False: "unprotected", None: "missing"}[keys.is_protected()]
    click.echo(
        f"key      {data['hint']}\npublic   {data['public']}\nprivate  {data['private']} ({state})\n{data['pem']}"
    )


@key.command()
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file, not to stdout.")
def export(out: Path | None) -> None:
    """Print the public key (PEM), for those who verify your packages."""
    from autocoder.diagnostics import Diagnostic, StageFailed
    from autocoder.package import keys

    pem = keys.trusted(None).pem
    if out is None:
        click.echo(pem, nl=False)
        return
    try:
        keys.write_new(out, pem, 0o644)
    except OSError as error:
        message = f"{out} cannot be written: {error.strerror}"
        raise StageFailed([Diagnostic(code="AC6026", message=message, subject=str(out))]) from error


@key.command()
@click.option("--replace", is_flag=True, help="Put the old key aside (signing.key.old) and make a new one.")
def create(replace: bool) -> None:
    """Make a key, encrypted with COSIGN_PASSWORD where that is set."""
    from autocoder.diagnostics import Diagnostic, StageFailed
    from autocoder.package import keys

    try:
        made = keys.replace() if replace else keys.create()
    except FileExistsError as error:
        message = "there is a signing key already"
        raise StageFailed([Diagnostic(code="AC6027", message=message, subject=str(keys.key_path()))]) from error
    click.echo(f"{made.public.hint}  {keys.key_path()} ({'encrypted' if made.protected else 'unprotected'})")

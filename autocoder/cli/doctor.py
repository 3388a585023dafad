"""`autocoder doctor`: what this machine has, what is missing, and what each missing thing is for."""

from __future__ import annotations

import platform

import click

from autocoder import __version__

_TOOLS = {
    "uv": "makes the gates' environments",
    "ruff": "gate static",
    "bandit": "gate static",
    "bwrap": "the best sandbox",
    "cosign": "signing with a key management service; the embedded signer needs no tool",
    "podman": "building images",
    "docker": "building images",
    "git": "gen verify",
}
_NEEDED = ("uv", "ruff", "bandit")


@click.command()
def doctor() -> None:
    """Say what this machine has and what is missing. Exit code 4 where something that a build needs is missing."""
    from autocoder.tools import programs
    from autocoder.tools.sandbox import probe

    click.echo(f"autocoder {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}")
    click.echo(f"sandbox   {probe()}")
    missing = False
    for name, purpose in _TOOLS.items():
        found = programs.find(name)
        missing |= found is None and name in _NEEDED
        click.echo(f"{name:<9} {'yes' if found else 'no ':<4} {purpose}")
    if missing:
        raise SystemExit(4)

"""`autocoder bundle`: what the platform bundle pins, and the lock of one that is not released yet."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from autocoder.bundles import Bundle


@click.group()
def bundle() -> None:
    """What the platform bundle pins."""


@bundle.command()
@click.argument("version", required=False)
@click.option("--format", "form", type=click.Choice(["terminal", "json"]), default="terminal", show_default=True)
def show(version: str | None, form: str) -> None:
    """Show a bundle, the newest without VERSION: its hash, images, Kubernetes versions, sizes, libraries."""
    from autocoder.bundles import load, versions

    data = _described(load(version), versions())
    if form == "json":
        click.echo(json.dumps(data, indent=2))
        return
    libraries: dict[str, str] = data.pop("libraries")
    for name, value in data.items():
        click.echo(f"{name:<12}{value if isinstance(value, str) else ', '.join(value)}")
    click.echo(f"{'libraries':<12}{len(libraries)}")
    for name, locked in libraries.items():
        click.echo(f"  {name} {locked}")


def _described(shown: Bundle, known: tuple[str, ...]) -> dict[str, Any]:
    return {
        "bundle": shown.version,
        "sha256": shown.hash,
        "known": list(known),
        "python": shown.python.requires,
        "images": [image.reference for _, image in sorted(shown.images.items())],
        "kubernetes": list(shown.kubernetes.versions),
        "tiers": [f"{name} {tier.cpu_request}/{tier.memory_request}" for name, tier in shown.tiers.items()],
        "libraries": {package.name: package.version for package in shown.lock.packages},
    }


@bundle.command()
@click.argument("version", required=False)
def lock(version: str | None) -> None:
    """Resolve the newest libraries of an unreleased bundle and write its lock. For maintainers; needs an index."""
    from autocoder.bundles import load
    from autocoder.bundles.make_lock import lock as make_lock

    path = make_lock(version)
    click.echo(f"{path.parent.name}/{path.name}  {len(load(version).lock.packages)} libraries")

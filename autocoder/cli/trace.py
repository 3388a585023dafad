"""`autocoder trace`: from a requirement to lines, tests and gates, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autocoder.cli import workspace_options as workspace

if TYPE_CHECKING:
    from autocoder.review.trace import Trace


@click.command()
@click.argument("query")
@workspace.folder_argument
@workspace.format_option
def trace(query: str, folder: Path | None, form: str) -> None:
    """Show everything on the way through QUERY in a workspace (FOLDER, else here).

    QUERY is a requirement (R4), a blueprint element (operations.follow), a node of the IR (operation:follow), a file
    (generated/src/…/links.py) or one of its lines (generated/src/…/links.py:40).
    """
    from autocoder.review.trace import Tracer

    _, compiled, tree = workspace.compiled(folder)
    found = Tracer(compiled=compiled, tree=tree).trace(query)
    click.echo(json.dumps(found.as_data(), indent=2, ensure_ascii=False) if form == "json" else _text(found))


def _text(found: Trace) -> str:
    """Five short lists."""
    lines: list[str] = []
    lines += _listed("requirement", (f"{r.name}, line {r.line}: {r.text}" for r in found.requirements))
    lines += _listed("element", (f"{e.path}  {e.span}" if e.span else f"{e.path}  derived" for e in found.elements))
    lines += _listed("node", found.nodes)
    lines += _listed("file", (str(place) for place in found.files))
    lines += _listed("test", (str(place) for place in found.tests))
    lines += _listed("gate", [", ".join(found.gates)] if found.gates else [])
    return "\n".join(lines)


def _listed(name: str, items: Iterable[str]) -> list[str]:
    shown = list(dict.fromkeys(items)) or ["none"]
    heads = [f"{name:<12}", *[" " * 12] * (len(shown) - 1)]
    return [f"{click.style(head, bold=True)} {item}" for head, item in zip(heads, shown, strict=True)]

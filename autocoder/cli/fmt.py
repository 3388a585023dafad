"""`autocoder fmt`: puts the keys of blueprint files in canonical order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--check", is_flag=True, help="Change nothing; exit 1 if a file is not in order.")
def fmt(files: tuple[Path, ...], check: bool) -> int:
    """Put architecture.yaml and deployment.yaml FILES in canonical order, those of a workspace where one is named.

    Comments and layout stay.
    """
    from autocoder.diagnostics import Diagnostic, StageFailed

    found: list[Diagnostic] = []
    changes: dict[Path, str] = {}
    for file in _blueprints(files):
        try:
            changed = _in_order(file)
        except StageFailed as failed:
            found += failed.diagnostics
        else:
            if changed is not None:
                changes[file] = changed
    if found:
        raise StageFailed(found)
    for file, text in changes.items():
        if not check:
            file.write_bytes(text.encode())
        click.echo(f"{'would change' if check else 'changed'} {file}", err=True)
    return 1 if check and changes else 0


def _blueprints(files: Iterable[Path]) -> Iterator[Path]:
    """The files, and both files of each folder."""
    from autocoder.compilation import ARCHITECTURE, DEPLOYMENT

    for file in files:
        if not file.is_dir():
            yield file
            continue
        found = [path for path in (file / ARCHITECTURE, file / DEPLOYMENT) if path.is_file()]
        if not found:
            raise click.BadParameter(f"{file} holds no blueprint", param_hint="FILES")
        yield from found


def _in_order(file: Path) -> str | None:
    """The file's text in order, None where it is already."""
    from autocoder.blueprint.load import load_architecture, load_deployment
    from autocoder.blueprint.reorder import reorder
    from autocoder.diagnostics import Diagnostic, StageFailed

    source = file.read_bytes()
    load: Any = load_deployment if b"\nenvironments:" in b"\n" + source else load_architecture
    loaded = load(source, file=file.as_posix())
    changed = reorder(loaded)
    if changed is None:
        message = "moving the keys into order would change what the file says"
        help_ = "write out what anchors and aliases stand for, and keys after `? `"
        span = loaded.positions.span()
        raise StageFailed([Diagnostic(code="AC3021", message=message, span=span, help=help_)])
    return changed if changed != loaded.positions.text else None

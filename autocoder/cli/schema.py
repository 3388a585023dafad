"""`autocoder schema`: the JSON Schemas of the files that people edit, and of the IR."""

from __future__ import annotations

from pathlib import Path

import click

NAMES = ("architecture", "deployment", "gen-index", "ir")


@click.command()
@click.argument("name", type=click.Choice(NAMES), required=False)
@click.option("--output", "-o", "output", default="-", show_default=True, help="Where to print it; - is stdout.")
@click.option(
    "--write", "folder", type=click.Path(file_okay=False, path_type=Path), help="Write every schema into this folder."
)
@click.option(
    "--check",
    "checked",
    type=click.Path(file_okay=False, path_type=Path),
    help="Fail where this folder is not current.",
)
def schema(name: str | None, output: str, folder: Path | None, checked: Path | None) -> None:
    """Print one JSON Schema, or write all of them into a folder.

    Editors with YAML support check and complete a file whose first line is
    `# yaml-language-server: $schema=PATH`.
    """
    if checked is not None:
        _check(checked)
    elif folder is not None:
        if name is not None:
            raise click.UsageError("--write writes every schema: leave the name out")
        folder.mkdir(parents=True, exist_ok=True)
        for one in NAMES:
            (folder / f"{one}.schema.json").write_bytes(text_of(one).encode())
            click.echo(f"wrote {folder / f'{one}.schema.json'}", err=True)
    elif name is None:
        raise click.UsageError(f"name one of {', '.join(NAMES)}, or use --write DIR")
    elif output == "-":
        click.echo(text_of(name), nl=False)
    else:
        Path(output).write_bytes(text_of(name).encode())


def _check(folder: Path) -> None:
    files = {one: folder / f"{one}.schema.json" for one in NAMES}
    stale = [path for one, path in files.items() if not path.is_file() or path.read_bytes() != text_of(one).encode()]
    for path in stale:
        click.echo(f"{path} is not current: autocoder schema --write {folder}", err=True)
    if stale:
        raise SystemExit(1)


def text_of(name: str) -> str:
    """The text of a schema's file."""
    from autocoder.blueprint.schema import json_schema, schema_text

    if name == "gen-index":
        from autocoder.gen.index import json_schema as index_schema

        return schema_text(index_schema())
    if name == "ir":
        from autocoder.ir.canonical import json_schema as ir_schema

        return schema_text(ir_schema())
    return schema_text(json_schema(name))

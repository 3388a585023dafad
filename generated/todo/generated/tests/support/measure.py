"""Measures what each operation takes: time, statements and bytes of the reply.

The application answers in this process, so that time can stand still and statements can be counted. What a server adds
to read and write HTTP is not in the latencies; the cold start is that of the real server.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import event

from support.scenarios import LISTS, SUCCEEDING
from support.world import World
from todo.database import engine

SAMPLES = 80
FEWEST_TURNS = 20
"""Turns of the reference loop at least: few operations alone have too few."""
ROWS = 20
"""Rows that a list shows while it is measured."""
WRITING = ["create_todo", "delete_todo", "update_todo"]


def reference_turn() -> float:
    """Seconds of a loop that is the same on every machine: how fast this one is just now."""
    begin = time.perf_counter()
    total = 0
    for n in range(100_000):
        total = (total * 31 + n) % 1_000_003
    return time.perf_counter() - begin


class Statements:
    """Counts the statements that reach the database."""

    def __init__(self) -> None:
        self.count = 0
        event.listen(engine().sync_engine, "before_cursor_execute", self.counted)

    def counted(self, *_: object) -> None:
        """One more."""
        self.count += 1


def measure(world: World) -> dict[str, Any]:
    """Every operation, and the reference loop in between."""
    statements = Statements()
    reference: list[float] = []
    operations = {name: measure_operation(world, name, statements, reference) for name in SUCCEEDING}
    reference.extend(reference_turn() for _ in range(FEWEST_TURNS - len(reference)))
    return {"reference": reference, "operations": operations}


def measure_operation(world: World, name: str, statements: Statements, reference: list[float]) -> dict[str, Any]:
    """Successful requests of one operation, after some that warm up."""
    arrange, status = SUCCEEDING[name]
    rows = (ROWS,) if name in LISTS else ()
    latency: list[float] = []
    queries = size = 0
    world.reset()
    given, token = arrange(world, *rows)
    for turn in range(-5, SAMPLES):
        if name in WRITING:
            world.reset()
            given, token = arrange(world, *rows)
        if turn % 10 == 0:
            reference.append(reference_turn())
        statements.count = 0
        begin = time.perf_counter()
        reply = world.send(name, given, token)
        seconds = time.perf_counter() - begin
        if reply.status_code != status:
            raise RuntimeError(f"{name} answered {reply.status_code}, not {status}: {reply.text}")
        if turn >= 0:
            latency.append(seconds)
        queries, size = max(queries, statements.count), max(size, len(reply.content))
    return {"latency": latency, "queries": queries, "bytes": size}


def cold_start() -> float:
    """Seconds from the start of a server's process to its first reply."""
    with tempfile.TemporaryDirectory(prefix="start-") as folder:
        path = Path(folder) / "http"
        server = ["-m", "uvicorn", "todo.application:create_app", "--factory", "--uds", path]
        begin = time.perf_counter()
        process = subprocess.Popen([sys.executable, *server, "--log-level", "error"], stdout=subprocess.DEVNULL)
        try:
            while process.poll() is None and not answers(path):
                time.sleep(0.002)
            if process.poll() is not None:
                raise RuntimeError(f"the server ended with status {process.returncode}")
            return time.perf_counter() - begin
        finally:
            process.terminate()
            process.wait()


def answers(path: Path) -> bool:
    """Whether a server on a socket answers."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(os.fspath(path))
            connection.sendall(b"GET /no/such/path HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
            return connection.recv(16).startswith(b"HTTP/1.1 404")
    except OSError:
        return False

"""The service as processes: what is started does its part, answers operators, and ends when it is asked to."""

import contextlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from link_shortener.__main__ import PARTS
from link_shortener.scheduler import JOBS

PROJECT = Path(__file__).parents[1]


def free_port() -> int:
    """A port of the loopback that nobody uses."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_until(holds: Callable[[], bool]) -> None:
    """Waits until something holds; what nobody listens to yet does not."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with contextlib.suppress(httpx.TransportError):
            if holds():
                return
        time.sleep(0.02)
    raise AssertionError("it does not come about")


class Process:
    """A part of the service, all of it where none is named, with an SQLite file as its database."""

    def __init__(self, part: str, folder: Path) -> None:
        ports = free_port(), free_port()
        self.api, self.management = (f"http://127.0.0.1:{port}" for port in ports)
        self.database = folder / "service.db"
        self.log = folder / f"{part}.log"
        own = {"PORT": str(ports[0]), "MANAGEMENT_PORT": str(ports[1]), "LOG_LEVEL": "INFO"}
        own |= {"DATABASE_URL": f"sqlite:///{self.database}", "PYTHONPATH": os.pathsep.join(sys.path)}
        with self.log.open("wb") as log:
            words = [sys.executable, "-m", "link_shortener", *part.split()]
            self.process = subprocess.Popen(words, cwd=PROJECT, env={**os.environ, **own}, stdout=log)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What the database holds."""
        with contextlib.closing(sqlite3.connect(self.database)) as connection:
            found = connection.execute(query).fetchall()
            connection.commit()
        return found

    def logged(self) -> list[dict[str, object]]:
        """What was logged: each line is an object."""
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]


@contextlib.contextmanager
def running(part: str, folder: Path) -> Generator[Process]:
    """A part that is ready; it ends by itself once it is told to."""
    found = Process(part, folder)
    try:
        wait_until(lambda: httpx.get(f"{found.management}/health/ready").status_code == 200)
        yield found
        found.process.send_signal(signal.SIGTERM)
        assert found.process.wait(60) == 0
    finally:
        found.process.kill()
        found.process.wait()


def test_all_parts_run_in_one_process(tmp_path: Path) -> None:
    with running("", tmp_path) as service:
        wait_until(lambda: httpx.get(f"{service.api}/no/such/path/at/all").status_code == 404)
        assert "server" not in httpx.get(f"{service.api}/no/such/path/at/all").headers
        assert httpx.get(f"{service.management}/openapi.json").status_code == 200
        wait_until(lambda: {job for (job,) in service.rows("SELECT job FROM turns")} == set(JOBS))
        service.rows(
            "INSERT INTO deliveries (handler, payload, attempts, due_at) VALUES ('nobody', '{}', 0, '2000-01-01')"
        )
        wait_until(lambda: service.rows("SELECT attempts > 0 FROM deliveries") == [(1,)])
    requests = [line for line in service.logged() if line["event"] == "request"]
    assert {(line["operation"], line["status"], line["level"]) for line in requests} == {("none", 404, "info")}
    assert all(line["request_id"] and datetime.fromisoformat(str(line["timestamp"])) for line in requests)
    assert all(0 <= float(str(line["ms"])) < 60_000 for line in requests)


@pytest.mark.parametrize("part", PARTS[-1:])
def test_a_part_runs_on_its_own(tmp_path: Path, part: str) -> None:
    assert Process("migrate", tmp_path).process.wait(60) == 0
    with running(part, tmp_path) as service:
        described = httpx.get(f"{service.management}/openapi.json").status_code
        assert described == (200 if part == PARTS[0] else 404)

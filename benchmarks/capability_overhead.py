"""What each capability adds to a request, in microseconds, beside the budget that the service publishes for it.

Run on an idle machine: `python benchmarks/capability_overhead.py [requests]`. One emitted service answers in its own
process on a real PostgreSQL and a real Redis; an operation with the capability and one without it take turns, and the
medians are compared. Ends with status 1 where a capability is over its budget.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from autocoder.compilation import Compiled, Sources, compile_sources, emit
from autocoder.tools import python_environment, services

REQUESTS = 400
ARCHITECTURE = """
schema_version: "1.0.0"
system: {name: shop}
capabilities: {tracing: true}
auth: {entity: Person, login: login}
entities:
  Person: {fields: {login: {type: text, unique: true}, password: password}}
  Note: {fields: {name: {type: text, unique: true}, text: {type: text, default: ''}}}
  Visit: {fields: {text: text}}
operations:
  show: {route: "GET /notes/{name}", effects: [{read: Note, where: name == input.name}]}
  limited: {route: "GET /limited/{name}", rate_limit: 900000/s, effects: [{read: Note, where: name == input.name}]}
  kept: {route: "GET /kept/{name}", effects: [{read: Note, where: name == input.name, cache: 10m}]}
  visit: {route: POST /visits, access: user, input: {text: text}, effects: [{create: Visit}]}
  audited: {route: POST /audited, access: user, input: {text: text}, audit: true, effects: [{create: Visit}]}
  once: {route: POST /once, access: user, input: {text: text}, idempotency: true, effects: [{create: Visit}]}
"""
DEPLOYMENT = """
schema_version: "1.0.0"
system: shop
environments: {development: {engines: {cache: redis}}}
"""
PROGRAM = """
import asyncio, json, statistics, sys, time
from uuid import uuid4
from shop.application import create_app
from shop.authentication import issue_token
from shop.database import engine, sessions
from shop.models import Note, Person

async def main(requests):
    app = create_app()
    async with sessions()() as session:
        person = Person(login=uuid4().hex, password="-")
        name = uuid4().hex
        session.add_all([person, Note(name=name)])
        await session.commit()
    token = issue_token(person.id)

    async def seconds(method, path, **headers):
        body = json.dumps({"text": "a"}).encode() if method == "POST" else b""
        sent = {"authorization": f"Bearer {token}", "content-type": "application/json", **headers}
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
            "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
            "headers": [(k.encode(), v.encode()) for k, v in sent.items()],
            "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "state": {},
        }
        statuses = []
        async def receive():
            return {"type": "http.request", "body": body, "more_body": False}
        async def send(message):
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
        begin = time.perf_counter()
        await app(scope, receive, send)
        took = time.perf_counter() - begin
        assert statuses[0] < 300, (path, statuses)
        return took

    calls = {
        "show": lambda: seconds("GET", f"/notes/{name}"),
        "limited": lambda: seconds("GET", f"/limited/{name}"),
        "kept": lambda: seconds("GET", f"/kept/{name}"),
        "visit": lambda: seconds("POST", "/visits"),
        "audited": lambda: seconds("POST", "/audited"),
        "once": lambda: seconds("POST", "/once", **{"idempotency-key": uuid4().hex}),
    }
    taken = {name: [] for name in calls}
    for turn in range(-20, requests):
        for name_of, call in calls.items():
            took = await call()
            if turn >= 0:
                taken[name_of].append(took)
    await engine().dispose()
    print(json.dumps({name: statistics.median(times) * 1e6 for name, times in taken.items()}))

asyncio.run(main(int(sys.argv[1])))
"""
PAIRS = {
    "rate_limit": ("limited", "show"),
    "cache": ("kept", "show"),
    "audit": ("audited", "visit"),
    "idempotency": ("once", "visit"),
}
"""Capability to the operation that has it, and the same one without it."""


def main(requests: int) -> int:
    """Prints a line for each capability."""
    found = compile_sources(Sources(architecture=ARCHITECTURE, deployment=DEPLOYMENT))
    with tempfile.TemporaryDirectory(prefix="overhead-") as folder, contextlib.ExitStack() as servers:
        project, python = written(found, Path(folder))
        own = servers.enter_context(reachable())
        database = servers.enter_context(services.postgresql(own / "postgresql"))
        cache = servers.enter_context(services.redis(own / "redis"))
        collector = servers.enter_context(collecting())
        variables = {"DATABASE_URL": database, "CACHE_URL": cache}
        run(python, project, variables, "-m", "shop", "migrate")
        plain = json.loads(run(python, project, variables, "-c", PROGRAM, str(requests)))
        traced = {**variables, "OTEL_EXPORTER_OTLP_ENDPOINT": collector}
        spans = json.loads(run(python, project, traced, "-c", PROGRAM, str(requests)))
    medians = {name: (plain[there], plain[without]) for name, (there, without) in PAIRS.items()}
    medians["tracing"] = spans["show"], plain["show"]
    return shown(found, medians)


def shown(found: Compiled, medians: dict[str, tuple[float, float]]) -> int:
    """Prints the table; 1 where anything is over its budget."""
    print(f"{'capability':<12} {'with µs':>9} {'without':>9} {'adds':>7} {'budget':>7}")
    over = False
    for name, capability in found.views.capabilities.items():
        there, without = medians[name]
        adds = there - without
        over |= adds > capability.overhead_us
        mark = "  over" if adds > capability.overhead_us else ""
        print(f"{name:<12} {there:>9.0f} {without:>9.0f} {adds:>7.0f} {capability.overhead_us:>7}{mark}")
    return int(over)


def written(found: Compiled, folder: Path) -> tuple[Path, Path]:
    """The emitted project on disk, and the Python that has its libraries."""
    tree = emit(found)
    for file in tree:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    lock = tree["generated/requirements.txt"].content
    return folder / "generated", python_environment.prepare([lock], progress=print)


def run(python: Path, project: Path, variables: dict[str, str], *words: str) -> str:
    """What a program in the project prints last."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment = {**kept, "PYTHONPATH": str(project / "src"), "LOG_LEVEL": "ERROR", **variables}
    done = subprocess.run([python, *words], cwd=project, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout.splitlines()[-1] if done.stdout else ""


@contextlib.contextmanager
def reachable() -> Generator[Path]:
    """A folder that the servers reach, which run as nobody where we are root."""
    with tempfile.TemporaryDirectory(prefix="overhead-servers-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@contextlib.contextmanager
def collecting() -> Generator[str]:
    """A collector of traces that drops them; gives its address."""

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS))

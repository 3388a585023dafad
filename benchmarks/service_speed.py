"""The generated link shortener beside one written by hand, under the same load on a real PostgreSQL.

Run on an idle machine: `python benchmarks/service_speed.py [seconds]`. Each service is one process with the same
libraries; the load comes from another one over kept connections. They take turns, and the middle of the turns is shown.
Prints requests per second, the 95th percentile, the service's own CPU time per request (which other work on the machine
hardly moves), statements per request and memory, and the generated share of each; at the end what asyncpg alone
does with `follow` as one statement. Both answer the same tests first.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from autocoder.tools import python_environment, services

ROOT = Path(__file__).parent.parent
PROJECT = ROOT / "generated/link-shortener/generated"
PRIVATE_KEY = ec.generate_private_key(ec.SECP256R1())
KEY = PRIVATE_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
CONNECTIONS = 16
TURNS = 3


@dataclass(kw_only=True)
class Service:
    """A running service. `pid` is its process, `token` that of an account with some links."""

    name: str
    url: str
    pid: int
    token: str = ""
    code: str = ""
    rates: dict[str, list[float]] = field(default_factory=dict)
    slowest: dict[str, list[float]] = field(default_factory=dict)
    cpu: dict[str, list[float]] = field(default_factory=dict)
    statements: dict[str, float] = field(default_factory=dict)

    def call(self, method: str, path: str, body: object = None, token: str = "") -> tuple[int, object]:
        """One request; its status and data."""
        headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.build_opener(Stay).open(request) as reply:
                text = reply.read()
                return reply.status, json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            return error.code, None

    @property
    def memory(self) -> int:
        """The most memory that it had, in KiB."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1])  # pyright: ignore[reportOptionalSubscript]

    @property
    def cpu_seconds(self) -> float:
        """The CPU time that it used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(self, *_: object) -> None:
        return None


def check(service: Service) -> None:
    """The same answers from both; leaves an account with ten links."""
    account = {"email": "ada@example.com", "password": "correct horse"}
    assert service.call("POST", "/register", account)[0] == 201
    assert service.call("POST", "/register", account)[0] == 409
    assert service.call("POST", "/login", {**account, "password": "another one"})[0] == 401
    status, found = service.call("POST", "/login", account)
    assert status == 200
    service.token = found["access_token"]
    assert service.call("GET", "/links")[0] == 401
    assert service.call("GET", "/links", token="forged")[0] == 401
    assert service.call("POST", "/links", {"target_url": "nonsense"})[0] == 422
    for number in range(10):
        status, link = service.call("POST", "/links", {"target_url": f"https://example.com/{number}"}, service.token)
        assert (status, set(link)) == (201, {"id", "target_url", "code", "owner", "expires_at", "clicks"})
    service.code = link["code"]
    assert service.call("GET", f"/{service.code}")[0] == 302
    assert service.call("GET", "/nothing")[0] == 404
    status, links = service.call("GET", "/links", token=service.token)
    assert [row["clicks"] for row in links] == [0] * 9 + [1]
    status, anonymous = service.call("POST", "/links", {"target_url": "https://example.com/"})
    assert service.call("DELETE", f"/links/{anonymous['code']}", token=service.token)[0] == 403
    assert service.call("DELETE", f"/links/{links[0]['code']}", token=service.token)[0] == 204


def requests(service: Service) -> dict[str, bytes]:
    """Operation to the bytes of its request."""
    body = json.dumps({"target_url": "https://example.com/a/longer/path?with=parameters"}).encode()
    who = f"authorization: Bearer {service.token}\r\n"
    sized = f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
    return {
        "follow": f"GET /{service.code} HTTP/1.1\r\nhost: localhost\r\n\r\n".encode(),
        "shorten": f"POST /links HTTP/1.1\r\nhost: localhost\r\n{sized}\r\n".encode() + body,
        "shorten, signed in": f"POST /links HTTP/1.1\r\nhost: localhost\r\n{who}{sized}\r\n".encode() + body,
        "list": f"GET /links HTTP/1.1\r\nhost: localhost\r\n{who}\r\n".encode(),
    }


async def load(port: int, request: bytes, seconds: float) -> tuple[float, float, int]:
    """Requests per second, the 95th percentile in milliseconds, and the number of requests, over kept connections."""
    end, times = time.perf_counter() + seconds, list[float]()

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (begin := time.perf_counter()) < end:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head[9:10] in b"23", head
            if size := re.search(rb"(?i)content-length: (\d+)", head):
                await reader.readexactly(int(size[1]))
            times.append(time.perf_counter() - begin)
        writer.close()

    begin = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CONNECTIONS)))
    return len(times) / (time.perf_counter() - begin), statistics.quantiles(times, n=20)[-1] * 1000, len(times)


LIMIT = """
import asyncio, sys, time, asyncpg
STATEMENT = '''WITH hit AS
(UPDATE links SET clicks = clicks + 1 WHERE code = $1 AND expires_at > now() RETURNING target_url)
INSERT INTO deliveries (handler, payload, attempts, due_at) SELECT 'count_click', '{}', 0, now() FROM hit RETURNING 1'''
async def main(url, code, seconds, connections):
    pool = await asyncpg.create_pool(url, min_size=10, max_size=10)
    end, done = time.perf_counter() + seconds, 0
    async def client():
        nonlocal done
        while time.perf_counter() < end:
            await pool.fetchval(STATEMENT, code)
            done += 1
    await asyncio.gather(*(client() for _ in range(connections)))
    print(done / seconds)
asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4])))
"""


@contextlib.contextmanager
def started(
    name: str, words: list[str | Path], cwd: Path, path: Path, database: str, folder: Path
) -> Iterator[Service]:
    """A service as a process of its own, once it answers."""
    ports = [free_port(), free_port()]
    variables = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(path),
        "DATABASE_URL": database,
        "SIGNING_KEY": KEY,
        "PORT": str(ports[0]),
        "MANAGEMENT_PORT": str(ports[1]),
    }
    with (folder / f"{name}.log").open("wb") as log:
        full = [str(ports[0]) if word == "PORT" else word for word in words]
        process = subprocess.Popen(full, cwd=cwd, env=variables, stdout=log, stderr=log)
    try:
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", ports[0]), timeout=1):
                break
            assert process.poll() is None, (folder / f"{name}.log").read_text(encoding="utf-8")
            time.sleep(0.1)
        yield Service(name=name, url=f"http://127.0.0.1:{ports[0]}", pid=process.pid)
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def statements(log: Path, service: Service, request: bytes) -> float:
    """Statements that PostgreSQL runs for a request, those that begin and end a transaction among them."""
    port, times = int(service.url.rsplit(":", 1)[1]), 20

    async def some() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(times):
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            if size := re.search(rb"(?i)content-length: (\d+)", head):
                await reader.readexactly(int(size[1]))
        writer.close()

    asyncio.run(some())  # prepares the statements
    time.sleep(0.3)
    before = log.stat().st_size
    asyncio.run(some())
    time.sleep(0.3)
    text = log.read_bytes()[before:].decode(errors="replace")
    return len(re.findall(r"LOG:  (?:statement|execute [^:]*):", text)) / times


def compare(both: list[Service], log: Path, set_logging: str, python: Path, seconds: float) -> None:
    """Fills in what each service does; they take turns."""
    for setting in ("all", "none"):
        subprocess.run([python, "-c", set_logging, setting], check=True)
        time.sleep(0.5)
        if setting == "all":
            for service in both:
                service.statements = {n: statements(log, service, r) for n, r in requests(service).items()}
    for _ in range(TURNS):
        for service in both:
            for name, request in requests(service).items():
                words = [sys.executable, __file__, "load", service.url.rsplit(":", 1)[1], str(seconds)]
                before = service.cpu_seconds
                done = subprocess.run(words, input=request, capture_output=True, check=True)
                rate, slowest, count = json.loads(done.stdout)
                service.cpu.setdefault(name, []).append((service.cpu_seconds - before) * 1000 / count)
                service.rates.setdefault(name, []).append(rate)
                service.slowest.setdefault(name, []).append(slowest)


def report(generated: Service, plain: Service) -> None:
    """Prints the ratios."""
    print(f"{'':20}{'requests/s':>24}{'p95 ms':>24}{'CPU ms':>24}{'statements':>16}")
    print(f"{'':20}" + f"{'made':>8}{'hand':>8}{'ratio':>8}" * 3 + f"{'made':>8}{'hand':>8}")
    for name in generated.rates:
        shown = ""
        for measure, digits in (("rates", 0), ("slowest", 1), ("cpu", 2)):
            made, hand = (statistics.median(getattr(s, measure)[name]) for s in (generated, plain))
            shown += f"{made:8.{digits}f}{hand:8.{digits}f}{made / hand:8.2f}"
        print(f"{name:20}{shown}{generated.statements[name]:8.1f}{plain.statements[name]:8.1f}")
    memory = generated.memory, plain.memory
    print(f"{'memory MiB':20}{memory[0] / 1024:8.0f}{memory[1] / 1024:8.0f}{memory[0] / memory[1]:8.2f}")


@contextlib.contextmanager
def both_services(python: Path, database: str, folder: Path) -> Iterator[list[Service]]:
    """The generated service and the one written by hand, on one database, checked."""
    with contextlib.ExitStack() as stack:
        migrate = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT / "src"), "DATABASE_URL": database}
        subprocess.run([python, "-m", "link_shortener", "migrate"], cwd=PROJECT, env=migrate, check=True)
        made = [python, "-m", "link_shortener", "api"]
        generated = stack.enter_context(started("generated", made, PROJECT, PROJECT / "src", database, folder))
        written = [
            python,
            "-m",
            "uvicorn",
            "plain_shortener:app",
            "--port",
            "PORT",
            "--no-access-log",
            "--no-server-header",
        ]
        own = ROOT / "benchmarks/handwritten"
        plain = stack.enter_context(started("plain", written, own, own, database, folder))
        for service in (generated, plain):
            check(service)
        yield [generated, plain]


def main(seconds: float) -> None:
    """Starts everything, measures, reports."""
    python = python_environment.prepare([(PROJECT / "requirements.txt").read_bytes()], progress=print)
    with tempfile.TemporaryDirectory() as scratch, contextlib.ExitStack() as stack:
        folder = Path(scratch)
        folder.chmod(0o755)
        database = stack.enter_context(services.postgresql(folder / "postgresql"))
        generated, plain = stack.enter_context(both_services(python, database, folder))
        logging = f"""import asyncio, sys, asyncpg
async def main():
    c = await asyncpg.connect({database!r})
    await c.execute(f"ALTER SYSTEM SET log_statement = '{{sys.argv[1]}}'")
    await c.execute("SELECT pg_reload_conf()")
asyncio.run(main())"""
        compare([generated, plain], folder / "postgresql/log", logging, python, seconds)
        report(generated, plain)
        words = [python, "-c", LIMIT, database, generated.code, str(seconds), str(CONNECTIONS)]
        limit = float(subprocess.run(words, capture_output=True, check=True).stdout)
        print(f"asyncpg alone, follow as one statement: {limit:.0f}/s")


if __name__ == "__main__":
    if sys.argv[1:2] == ["load"]:
        print(json.dumps(asyncio.run(load(int(sys.argv[2]), sys.stdin.buffer.read(), float(sys.argv[3])))))
    else:
        main(float(sys.argv[1]) if len(sys.argv) > 1 else 10)

"""Reads that are kept in a real Redis: writes are seen at once, and answers are right while it is down."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import httpx
import pytest

from autocoder.compilation import Compiled, Sources, compile_sources, emit
from autocoder.tools import programs
from tests.servers import broker, postgres
from tests.targets.python_service.emitted import Emitted, free_port, write
from tests.targets.python_service.test_transcripts import PLAY, TRANSCRIPTS, read

DEPLOYMENT = (
    'schema_version: "1.0.0"\nsystem: shop\n'
    "environments: {development: {engines: {store: %s}}, production: {engines: {cache: redis}}}\n"
)


@cache
def cached(name: str, store: str = "sqlite") -> Compiled:
    """A transcript's blueprint with a cache in production."""
    (path,) = (path for path in TRANSCRIPTS if path.stem == name)
    blueprint = {"schema_version": "1.0.0", "system": {"name": "shop"}, **read(path)["blueprint"]}
    return compile_sources(Sources(architecture=json.dumps(blueprint), deployment=DEPLOYMENT % store))


def text(found: Compiled, path: str) -> str:
    return emit(found)[path].content.decode()


def test_a_cache_is_in_the_code_and_the_manifests() -> None:
    found = cached("cache", "postgresql")
    assert "redis==" in text(found, "generated/requirements.txt")
    assert "CACHE_URL: redis://cache:6379" in text(found, "deployments/docker-compose.yml")
    patch = text(found, "deployments/kubernetes/overlays/production/environment-patch.yaml")
    assert "shop-cache" in patch
    assert "CACHE_URL" not in text(found, "deployments/kubernetes/overlays/development/environment-patch.yaml")
    assert "6379" in text(found, "deployments/kubernetes/base/network-policy-cache.yaml")


def test_behind_an_ingress_a_client_is_known_by_its_own_address() -> None:
    (path,) = (path for path in TRANSCRIPTS if path.stem == "limits")
    blueprint = {"schema_version": "1.0.0", "system": {"name": "shop"}, **read(path)["blueprint"]}
    deployment = 'schema_version: "1.0.0"\nsystem: shop\nenvironments: {a: {}, b: {exposure: {host: a.example.com}}}\n'
    found = compile_sources(Sources(architecture=json.dumps(blueprint), deployment=deployment))
    maps = {name: text(found, f"deployments/kubernetes/overlays/{name}/config-map.yaml") for name in "ab"}
    assert ["FORWARDED_ALLOW_IPS" in maps[name] and "10.0.0.0/8," in maps[name] for name in "ab"] == [False, True]


def test_without_a_cache_every_read_goes_to_the_store() -> None:
    (path,) = (path for path in TRANSCRIPTS if path.stem == "cache")
    blueprint = {"schema_version": "1.0.0", "system": {"name": "shop"}, **read(path)["blueprint"]}
    deployment = 'schema_version: "1.0.0"\nsystem: shop\nenvironments: {production: {}}\n'
    found = compile_sources(Sources(architecture=json.dumps(blueprint), deployment=deployment))
    assert "AC3217" in {d.code for d in found.warnings}
    assert not any(b"redis" in f.content for f in emit(found) if f.path.startswith("generated/src"))


@contextlib.contextmanager
def redis(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A Redis on a port, which whoever uses it may kill."""
    program = programs.find("redis-server")
    assert program
    words = [str(program), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 10
        while not answers(port):
            assert time.monotonic() < end
            time.sleep(0.02)
        yield process
    finally:
        process.kill()
        process.wait()


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as connection:
        connection.sendall(b"PING\r\n")
        return connection.recv(7) == b"+PONG\r\n"
    return False


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cache", "limits"])
def test_with_a_cache_the_service_still_does_what_was_written(name: str, tmp_path: Path) -> None:
    (path,) = (path for path in TRANSCRIPTS if path.stem == name)
    service = write(cached(name), tmp_path / "workspace")
    (tmp_path / "transcript.json").write_text(json.dumps(read(path)), encoding="utf-8")
    folders = f"{service.project / 'src'}:{service.project / 'tests'}"
    with broker("redis", tmp_path / "redis") as address:
        variables = {"PYTHONPATH": folders, "CACHE_URL": address}
        done = service.run(str(PLAY), str(tmp_path / "transcript.json"), **variables)
        assert done.returncode == 0, done.stderr[-3000:]
        if name == "cache":
            # The service's own random requests beside the oracle.
            own = service.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/properties", CACHE_URL=address)
            assert own.returncode == 0, own.stdout[-3000:]
            seen = service.run("-c", HITS, CACHE_URL=address)
            assert int(seen.stdout) > 20


HITS = """
import asyncio
from shop.cache import server
print(asyncio.run(server().info("stats"))["keyspace_hits"])
"""
RACES = """
import asyncio
from datetime import UTC, datetime
from random import Random
from sqlalchemy import delete, select
from shop import cache
from shop.database import engine, sessions
from shop.kept import PRICE_ITEM_KEPT as KEPT
from shop.models import Item

QUERY = select(Item).where(Item.name == "a")

class Paused:
    '''A session that holds back what it read.'''
    def __init__(self, session):
        self.session, self.read, self.go = session, asyncio.Event(), asyncio.Event()
    async def scalar(self, query):
        row = await self.session.scalar(query)
        self.read.set()
        await self.go.wait()
        return row

async def price():
    async with sessions()() as session:
        return (await KEPT.find(session, QUERY, "a")).price

async def write(price, drop):
    async with sessions()() as session:
        item = await session.scalar(QUERY)
        item.price = price
        drop(session)
        await session.commit()

async def race(price_then, drop):
    async with sessions()() as session:
        paused = Paused(session)
        reader = asyncio.create_task(KEPT.find(paused, QUERY, "a"))
        await paused.read.wait()
        await write(price_then, drop)
        paused.go.set()
        old = (await reader).price
    return old, await price()

async def main():
    async with sessions()() as session:
        await session.execute(delete(Item))
        session.add(Item(name="a", price=1, until=datetime(2100, 1, 1, tzinfo=UTC)))
        await session.commit()
    one, all_ = (lambda s: KEPT.drop(s, "a")), KEPT.drop_all
    # What was read before a write is not kept after it, whether one row was written or many.
    assert await race(2, one) == (1, 2)
    await write(2, one)
    assert await race(3, all_) == (2, 3)
    # A second reader does not wait for the first, and keeps nothing of its own.
    async with sessions()() as session:
        await write(4, one)
        paused = Paused(session)
        reader = asyncio.create_task(KEPT.find(paused, QUERY, "a"))
        await paused.read.wait()
        assert await price() == 4
        paused.go.set()
        await reader
    assert await cache.server().get(KEPT.row(("a",)))
    # While somebody commits nothing is kept; what is kept is what the store holds.
    mark = cache.MARK + "x"
    await cache.run(cache.WRITE, [KEPT.row(("a",))], mark, 10_000)
    assert await price() == 4
    assert await cache.server().get(KEPT.row(("a",))) == mark.encode()
    await cache.run(cache.RELEASE, [KEPT.row(("a",))], mark)
    # Writers and readers at once: a reader that begins after a commit sees at least what it wrote.
    random, done = Random(7), [4]
    async def writer():
        for value in range(5, 45):
            await write(value, random.choice([one, all_]))
            done[0] = value
    async def reader():
        while done[0] < 44:
            least = done[0]
            assert await price() >= least
    await asyncio.gather(writer(), *(reader() for _ in range(4)))
    assert await price() == 44
    await engine().dispose()

asyncio.run(main())
"""


@pytest.mark.slow
def test_writes_are_seen_at_once_and_answers_are_right_while_the_cache_is_down(tmp_path: Path) -> None:
    service = write(cached("cache", "postgresql"), tmp_path / "service")
    port = free_port()
    with postgres(tmp_path / "postgresql") as database:
        variables = {"DATABASE_URL": database, "CACHE_URL": f"redis://127.0.0.1:{port}"}
        assert service.run("-m", "shop", "migrate", **variables).returncode == 0
        with redis(port) as server, service.serving(tmp_path / "api.log", "api", **variables) as api:
            done = service.run("-c", RACES, **variables)
            assert done.returncode == 0, done.stderr[-3000:]

            def price() -> tuple[int, object]:
                reply = httpx.get(f"{api.url}/prices/a", timeout=10)
                return reply.status_code, reply.json().get("price")

            assert [price(), price()] == [(200, 44)] * 2
            set_price(service, variables, 50)
            assert [price(), price()] == [(200, 50)] * 2
            server.send_signal(signal.SIGKILL)
            server.wait()
            assert [price(), price()] == [(200, 50)] * 2
            set_price(service, variables, 51)
            assert price() == (200, 51)
            with redis(port):
                for n in range(20):
                    set_price(service, variables, 60 + n) if n % 5 == 0 else None
                    assert price() == (200, 60 + n - n % 5)
                    time.sleep(0.1)


def set_price(service: Emitted, variables: dict[str, str], price: int) -> None:
    """Another process writes."""
    program = (
        "import asyncio\nfrom sqlalchemy import select\nfrom shop.database import sessions\n"
        "from shop.kept import PRICE_ITEM_KEPT\nfrom shop.models import Item\n"
        "async def main():\n    async with sessions()() as session:\n"
        "        item = await session.scalar(select(Item))\n"
        f"        item.price = {price}\n        PRICE_ITEM_KEPT.drop(session, item.name)\n"
        "        await session.commit()\nasyncio.run(main())\n"
    )
    done = service.run("-c", program, **variables)
    assert done.returncode == 0, done.stderr[-2000:]

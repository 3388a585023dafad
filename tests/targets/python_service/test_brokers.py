"""Events over real brokers: the worker as a process of its own, killed and started again, loses and repeats nothing."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, cast

import httpx
import jsonschema
import pytest

from autocoder.compilation import Compiled, compile_sources, emit
from autocoder.targets.runtime import BROKER_SCHEMES
from tests.compiling import fixture
from tests.servers import broker, postgres
from tests.targets.python_service.emitted import Emitted, Server, signing_key, write

BROKERS = ("nats", "rabbitmq", "redis")
SYSTEMS_OWN = {"rabbitmq": "rabbitmq-server"}
"""Brokers that come from no wheel, and their programs."""
KEY = signing_key()


@cache
def brokered(name: str) -> Compiled:
    """The link shortener with a broker in production."""
    environments = f"environments:\n  development: {{}}\n  production: {{engines: {{broker: {name}}}}}\n"
    deployment = f'schema_version: "1.0.0"\nsystem: link-shortener\n{environments}'
    return compile_sources(replace(fixture("link_shortener"), deployment=deployment))


def text(name: str, path: str) -> str:
    return emit(brokered(name))[path].content.decode()


@pytest.mark.parametrize("name", BROKERS)
def test_a_broker_is_in_the_code_and_the_manifests(name: str) -> None:
    module = {"rabbitmq": "rabbit"}.get(name, name)
    assert f"from faststream.{module} import" in text(name, "generated/src/link_shortener/broker.py")
    assert "faststream==" in text(name, "generated/requirements.txt")
    compose = text(name, "deployments/docker-compose.yml")
    assert f"BROKER_URL: {BROKER_SCHEMES[name]}://{name}:" in compose
    patch = text(name, "deployments/kubernetes/overlays/production/environment-patch.yaml")
    assert "link-shortener-broker" in patch
    assert "BROKER_URL" in patch
    assert "BROKER_URL" not in text(name, "deployments/kubernetes/overlays/development/environment-patch.yaml")
    assert emit(brokered(name))["deployments/kubernetes/base/network-policy-broker.yaml"]


def test_without_a_broker_nothing_of_it_is_emitted() -> None:
    tree = emit(compile_sources(fixture("link_shortener")))
    found = [f.path for f in tree if b"faststream" in f.content.lower() or b"broker_url" in f.content.lower()]
    assert found == []


def program(service: Emitted, variables: dict[str, str], body: str) -> object:
    """Runs a program in the service's environment; gives what it prints last, as data."""
    done = service.run("-c", body, LOG_LEVEL="ERROR", **variables)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


DESCRIBED = """
import json, uuid
from starlette.testclient import TestClient
from link_shortener.application import create_app
from link_shortener.clock import current_time
from link_shortener.events import Envelope, LinkClicked
from link_shortener.observability import management
described = TestClient(management(create_app())).get("/asyncapi.json").json()
data = LinkClicked(code="abcdefg", at=current_time()).model_dump(mode="json")
print(json.dumps([described, Envelope(type="LinkClicked", data=data).model_dump(mode="json")]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", BROKERS)
def test_the_events_are_described_as_they_leave(tmp_path: Path, name: str) -> None:
    service = write(brokered(name), tmp_path / "service")
    described, event = cast("list[Any]", program(service, {"SIGNING_KEY": KEY}, DESCRIBED))
    assert described["asyncapi"] == "3.0.0"
    addresses = {channel["address"] for channel in described["channels"].values()}
    assert addresses == {"link-shortener.count_click" if name == "rabbitmq" else "link-shortener.LinkClicked"}
    schemas = described["components"]["schemas"]
    schema = {"$ref": "#/components/schemas/LinkClickedMessage", "components": {"schemas": schemas}}
    jsonschema.validate(event, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**event, "data": {"code": 7}}, schema)


COUNTS = """
import asyncio, json
from sqlalchemy import func, select
from link_shortener.models import DailyTotal, Delivery
from link_shortener.database import engine
async def main():
    async with engine().connect() as connection:
        total = await connection.scalar(select(func.sum(DailyTotal.clicks)))
        waiting = await connection.scalar(select(func.count()).select_from(Delivery))
    await engine().dispose()
    print(json.dumps([int(total or 0), waiting]))
asyncio.run(main())
"""
TWICE = """
import asyncio, json
from datetime import UTC, datetime
from link_shortener import consumer, worker
from link_shortener.events import Envelope
async def fail(*_, **__): raise RuntimeError("no")
async def main():
    event = Envelope(type="LinkClicked", data={"code": "abcdefg", "at": "2026-01-01T00:00:00Z"})
    await asyncio.gather(*(consumer.receive("count_click", event) for _ in range(5)))
    other = event.model_copy(update={"id": __import__("uuid").uuid4()})
    kind, handle = worker.HANDLERS["count_click"]
    worker.HANDLERS["count_click"] = kind, fail
    await consumer.receive("count_click", other)
    worker.HANDLERS["count_click"] = kind, handle
    await consumer.receive("count_click", other)
    later = datetime(2100, 1, 1, tzinfo=UTC)
    while await worker.deliver(later): pass
    await consumer.receive("count_click", other)
    await consumer.forget(later)
asyncio.run(main())
print(1)
"""


RELAYED = """
import asyncio, json
from link_shortener.broker import broker, relay, subscribe
from link_shortener.events import Envelope
async def publish():
    try:
        await relay(Envelope(type="LinkClicked", data={}), now=None, session=None)
    except Exception:
        return "refused"
    return "taken"
async def keep(_): pass
async def main():
    await broker().connect()
    said = [await publish()]
    subscribe("count_click", "LinkClicked", keep)
    await broker().start()
    print(json.dumps([*said, await publish()]))
    await broker().stop()
asyncio.run(main())
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", BROKERS)
def test_a_worker_that_is_killed_loses_and_repeats_nothing(
    name: str, tmp_path: Path, require_tool: Callable[[str], Path]
) -> None:
    if name in SYSTEMS_OWN:
        require_tool(SYSTEMS_OWN[name])
    service = write(brokered(name), tmp_path / "service")
    with postgres(tmp_path / "postgresql") as database, broker(name, tmp_path / "broker") as address:
        variables = {"DATABASE_URL": database, "SIGNING_KEY": KEY, "BROKER_URL": address}
        assert service.run("-m", "link_shortener", "migrate", **variables).returncode == 0
        with service.serving(tmp_path / "api.log", "api", **variables) as api:
            link = httpx.post(f"{api.url}/links", json={"target_url": "https://example.com/"}).json()
            clicks = 0
            for _ in range(6):
                with service.process(tmp_path / "worker.log", "worker", **variables) as worker:
                    # It is killed wherever it is: starting, publishing, or in the middle of a handler.
                    for _ in range(40):
                        assert httpx.get(f"{api.url}/{link['code']}").status_code == 302
                        clicks += 1
                    os.kill(worker.pid, signal.SIGKILL)
                    worker.wait()
            with service.serving(tmp_path / "last.log", "worker", **variables) as last:
                settled(service, variables, last, clicks)
        assert program(service, variables, TWICE) == 1
        assert program(service, variables, COUNTS) == [clicks + 2, 0]


def settled(service: Emitted, variables: dict[str, str], server: Server, clicks: int) -> None:
    """Waits until everything is counted, and sees that it stays so."""
    server.wait(lambda: program(service, variables, COUNTS) == [clicks, 0], 90)
    assert "not kept" not in server.log.read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_queue_that_nobody_made_yet_refuses_an_event(tmp_path: Path, require_tool: Callable[[str], Path]) -> None:
    require_tool(SYSTEMS_OWN["rabbitmq"])
    service = write(brokered("rabbitmq"), tmp_path / "service")
    with broker("rabbitmq", tmp_path / "broker") as address:
        assert program(service, {"BROKER_URL": address}, RELAYED) == ["refused", "taken"]


@pytest.mark.slow
def test_events_wait_while_the_broker_is_away(tmp_path: Path) -> None:
    service = write(brokered("nats"), tmp_path / "service")
    database = {"DATABASE_URL": f"sqlite:///{tmp_path / 'service.db'}", "SIGNING_KEY": KEY}
    with broker("nats", tmp_path / "broker") as address:
        assert service.run("-m", "link_shortener", "migrate", **database).returncode == 0
        variables = {**database, "BROKER_URL": address}
        with service.serving(tmp_path / "api.log", "all", **variables) as api:
            link = httpx.post(f"{api.url}/links", json={"target_url": "https://example.com/"}).json()
            assert httpx.get(f"{api.url}/{link['code']}").status_code == 302
            settled(service, variables, api, 1)
    with service.serving(tmp_path / "api2.log", "api", **database) as api:
        assert httpx.get(f"{api.url}/{link['code']}").status_code == 302
    assert program(service, database, COUNTS) == [1, 1]


def test_what_others_publish_has_any_id_and_may_be_no_event() -> None:
    found = brokered("nats")
    arriving = fixture("link_shortener")
    text = arriving.architecture + "consumes: [LinkClicked]\n"
    tree = emit(compile_sources(replace(arriving, architecture=text, deployment=found.sources.deployment)))
    consumer = tree["generated/src/link_shortener/consumer.py"].content.decode()
    assert "except ValidationError as error:\n                await refuse(handler, message, error)" in consumer
    assert "BeforeValidator(own_id)" in tree["generated/src/link_shortener/events.py"].content.decode()
    assert b"refuse" not in emit(found)["generated/src/link_shortener/consumer.py"].content

"""Handlers of several workers, bound with conditions, retries and guarantees: each runs where it was put."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import httpx
import pytest
import ruamel.yaml

from autocoder.compilation import Compiled, Sources, compile_sources, emit
from tests.compiling import FIXTURES
from tests.servers import broker, postgres
from tests.targets.python_service.emitted import write
from tests.targets.python_service.linted import lint

DEPLOYMENT = """schema_version: "1.0.0"
system: shop
environments:
  development: {}
  production: {engines: {broker: nats}, replicas: {counting: 3}, resources: {counting: large}}
"""
KEY = "a key that is long enough for tests"
ROWS = """
import asyncio, json
from sqlalchemy import func, select
from shop.database import engine
from shop.models import Delivery, Seen, ToldRow, Total
async def main():
    async with engine().connect() as connection:
        found = [await connection.scalar(select(func.count()).select_from(m)) for m in (Total, Seen, ToldRow, Delivery)]
    await engine().dispose()
    print(json.dumps(found))
asyncio.run(main())
"""
UNHAPPY = """
import asyncio, json
from datetime import UTC, datetime
from shop import consumer, worker
from shop.events import Envelope
async def fail(*_, **__): raise RuntimeError("no")
async def main():
    for name, (kind, _) in worker.HANDLERS.items():
        if name != "relay":
            worker.HANDLERS[name] = kind, fail
    event = Envelope(type="Paid", data={"code": "x", "amount": 99, "shop": "east"})
    for name in ("count", "tell", "see"):
        await consumer.receive(name, event)
    for year in range(2100, 2110):
        await worker.deliver(datetime(year, 1, 1, tzinfo=UTC))
asyncio.run(main())
print(1)
"""


@cache
def shop() -> Compiled:
    """The blueprint of the transcript, with a broker in production."""
    text = (FIXTURES / "transcripts" / "bindings.yaml").read_text(encoding="utf-8")
    blueprint = ruamel.yaml.YAML(typ="safe").load(text)["blueprint"]
    head = {"schema_version": "1.0.0", "system": {"name": "shop"}}
    return compile_sources(Sources(architecture=json.dumps({**head, **blueprint}), deployment=DEPLOYMENT))


def test_each_worker_is_a_deployment_of_the_same_image() -> None:
    tree = emit(shop())
    images: set[str] = set()
    for name in ("counting", "others", "web"):
        [document] = ruamel.yaml.YAML(typ="safe").load_all(
            tree[f"deployments/kubernetes/base/deployment-{name}.yaml"].content
        )
        container = document["spec"]["template"]["spec"]["containers"][0]
        assert container["args"] == [name]
        images.add(container["image"])
    assert images == {"shop:0.1.0"}
    assert "minReplicas: 3" in (
        tree["deployments/kubernetes/overlays/production/autoscaler-counting.yaml"].content.decode()
    )


def test_a_size_is_that_of_one_component_in_one_environment() -> None:
    tree = emit(shop())
    overlay = "deployments/kubernetes/overlays/production"
    read = ruamel.yaml.YAML(typ="safe").load
    [patch] = read(tree[f"{overlay}/resources-patch-counting.yaml"].content)
    assert (patch["op"], patch["path"]) == ("replace", "/spec/template/spec/containers/0/resources")
    assert patch["value"]["limits"] == {"cpu": "2", "memory": "768Mi"}
    target = {"kind": "Deployment", "name": "shop-counting"}
    assert {"path": "resources-patch-counting.yaml", "target": target} in read(
        tree[f"{overlay}/kustomization.yaml"].content
    )["patches"]
    services = read(tree["deployments/docker-compose.prod.yml"].content)["services"]
    limits = {name: services[name]["deploy"]["resources"]["limits"]["cpus"] for name in ("counting", "others")}
    assert limits == {"counting": "2", "others": "0.5"}


def test_the_stated_port_is_the_services_own() -> None:
    tree = emit(shop())
    assert "port: int = 8080" in tree["generated/src/shop/settings.py"].content.decode()
    assert "EXPOSE 8080 9000" in tree["deployments/Dockerfile"].content.decode()
    assert "127.0.0.1:${API_PORTS:-8080}:8080" in tree["deployments/docker-compose.yml"].content.decode()
    assert "containerPort: 8080" in tree["deployments/kubernetes/base/deployment-web.yaml"].content.decode()


def test_an_event_that_only_says_what_a_handler_reads_is_not_emitted() -> None:
    assert "Counted" not in emit(shop())["generated/src/shop/events.py"].content.decode()


@pytest.mark.slow
def test_the_services_own_tests_pass(tmp_path: Path) -> None:
    service = write(shop(), tmp_path / "service")
    assert lint(service.folder) == ""
    done = service.pytest("tests/test_events.py")
    assert done.returncode == 0, done.stdout[-3000:]
    assert "skipped" not in done.stdout


@contextlib.contextmanager
def nothing(_: Path) -> Iterator[str]:
    yield ""


@pytest.mark.slow
@pytest.mark.parametrize("over", ["store", "nats"])
def test_a_worker_runs_its_own_handlers_and_no_others(over: str, tmp_path: Path) -> None:
    service = write(shop(), tmp_path / "service")
    server = nothing(tmp_path) if over == "store" else broker(over, tmp_path / "broker")

    def rows() -> object:
        return json.loads(service.run("-c", ROWS, **variables).stdout or "null")

    with postgres(tmp_path / "postgresql") as database, server as address:
        variables = {"DATABASE_URL": database, "TOKEN_KEY": KEY} | ({"BROKER_URL": address} if address else {})
        assert service.run("-m", "shop", "migrate", **variables).returncode == 0
        with service.serving(tmp_path / "web.log", "web", **variables) as web:
            with service.serving(tmp_path / "counting.log", "counting", **variables) as counting:
                for shop_name in ("north", "south"):
                    paid = {"code": "a", "amount": 20, "shop": shop_name}
                    assert httpx.post(f"{web.url}/payments", json=paid).status_code == 202
                counting.wait(lambda: isinstance(found := rows(), list) and found[0] == 2, 60)
                assert isinstance(found := rows(), list) and found[1:3] == [0, 0]
            with service.serving(tmp_path / "others.log", "others", **variables) as others:
                others.wait(lambda: rows() == [2, 2, 2, 0], 60)
        if address:
            # `count` is dropped after three attempts, `tell` is never tried again, `see` stays as a dead letter.
            assert service.run("-c", UNHAPPY, LOG_LEVEL="ERROR", **variables).stdout.split()[-1] == "1"
            assert rows() == [2, 2, 2, 1]

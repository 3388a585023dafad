"""Mail and webhooks by the worker as a process of its own: killed while it sends, it loses nothing, and what it sends
again has the id that it had before.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import os
import signal
import threading
from collections import Counter
from collections.abc import Generator
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from tests.compiling import compiled
from tests.servers import broker, postgres
from tests.targets.python_service.emitted import Emitted, Server, free_port, write

pytestmark = pytest.mark.slow

SHOP = """
entities:
  Order: {fields: {buyer: email, cents: integer}}
events: {Ordered: {order: uuid}}
channels:
  mail: {mail: {from: shop@example.com}}
  orders: {webhook: {url: {env: ORDERS_URL}, sign: {secret: ORDERS_KEY}}}
operations:
  order:
    route: POST /orders
    access: {secret: SHOP_KEY, in: header X-Shop}
    input: {buyer: email, cents: integer}
    effects:
      - {create: Order}
      - {notify: orders, with: {order: order.id, cents: order.cents}}
      - {publish: Ordered, with: {order: order.id}}
handlers:
  confirm:
    on: Ordered
    effects:
      - {read: Order, by: event.order}
      - {notify: mail, to: order.buyer, subject: "Order {{order.id}}", text: "{{order.cents}} cents"}
"""
DEPLOYMENT = """
schema_version: "1.0.0"
system: shop
environments: {development: {engines: {broker: nats}}}
"""
KEY = "whsec_" + base64.b64encode(b"a key of twenty-four byt").decode()
AT_ONCE = 10
"""How many messages a worker has in its hands."""
WEBHOOK, MAIL = "webhook", "mail"


class Outside:
    """Who gets the messages; `holding` names a kind that is received and not answered for now."""

    def __init__(self) -> None:
        self.holding = ""
        self.arrived: dict[str, list[tuple[str, str]]] = {WEBHOOK: [], MAIL: []}
        """What came over each, with its id and the order that it is about."""
        self.held: set[str] = set()
        self.lock = threading.Lock()

    def take(self, kind: str, message_id: str, order: str) -> bool:
        """Keeps a message, and says whether it is to be answered."""
        with self.lock:
            self.arrived[kind].append((message_id, order))
            if self.holding != kind:
                return True
            self.held.add(message_id)
            return False

    def unique(self, kind: str) -> set[tuple[str, str]]:
        with self.lock:
            return set(self.arrived[kind])

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        """Takes a letter."""
        del server, session
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content, policy=policy.default)
        if not self.take(MAIL, str(letter["Message-ID"]), str(letter["Subject"]).removeprefix("Order ")):
            await asyncio.sleep(60)
        return "250 kept"

    @contextlib.contextmanager
    def listening(self) -> Generator[dict[str, str]]:
        """Gives the variables under which a service finds it."""
        outside = self

        class Receiver(BaseHTTPRequestHandler):
            """Takes webhooks."""

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                assert self.headers["Webhook-Signature"] == signature(self.headers, body)
                if outside.take(WEBHOOK, self.headers["Webhook-Id"], json.loads(body)["order"]):
                    self.send_response(204)
                    self.end_headers()
                else:
                    self.rfile.read(1)  # until whoever sent it is gone

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing: what counts is kept."""

        letters = Controller(self, hostname="127.0.0.1", port=free_port())
        with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as webhooks:
            threading.Thread(target=webhooks.serve_forever, daemon=True).start()
            letters.start()
            try:
                yield {
                    "ORDERS_URL": f"http://127.0.0.1:{webhooks.server_port}/orders",
                    "ORDERS_KEY": KEY,
                    "SMTP_URL": f"smtp://127.0.0.1:{letters.port}",
                }
            finally:
                letters.stop()
                webhooks.shutdown()


def signature(headers: Any, body: bytes) -> str:
    """As Standard Webhooks says."""
    signed = f"{headers['Webhook-Id']}.{headers['Webhook-Timestamp']}.".encode() + body
    key = base64.b64decode(KEY.removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


WAITING = """
import asyncio
from sqlalchemy import func, select
from shop.database import engine
from shop.models import Delivery
async def main():
    async with engine().connect() as connection:
        print(await connection.scalar(select(func.count()).select_from(Delivery)))
    await engine().dispose()
asyncio.run(main())
"""
LET_GO = """
import asyncio
from sqlalchemy import update
from shop.clock import current_time
from shop.database import engine
from shop.models import Delivery
async def main():
    async with engine().begin() as connection:
        await connection.execute(update(Delivery).values(due_at=current_time()))
    await engine().dispose()
asyncio.run(main())
"""
"""What a killed worker had in its hands is due at once: nobody waits here until its lease is over."""


def program(service: Emitted, variables: dict[str, str], body: str) -> str:
    done = service.run("-c", body, LOG_LEVEL="ERROR", **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def killed_while_it_sends(
    kind: str, outside: Outside, service: Emitted, api: Server, log: Path, variables: dict[str, str]
) -> list[str]:
    """Orders while a worker runs, and ends that in the middle of a message of this kind; gives the orders."""
    outside.holding = kind
    outside.held.clear()
    with service.process(log, "worker", **variables) as worker:
        orders = [order(api, n) for n in range(15)]
        api.wait(lambda: outside.held, 60)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    outside.holding = ""
    program(service, variables, LET_GO)
    return orders


def order(api: Server, n: int) -> str:
    given = {"buyer": f"b{n}@example.com", "cents": n}
    made = httpx.post(f"{api.url}/orders", json=given, headers={"X-Shop": KEY})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def test_a_worker_that_is_killed_while_it_sends_loses_nothing(tmp_path: Path) -> None:
    service = write(compiled(SHOP, deployment=DEPLOYMENT), tmp_path / "service")
    outside, orders, held = Outside(), list[str](), set[str]()
    with (
        postgres(tmp_path / "postgresql") as database,
        broker("nats", tmp_path / "broker") as address,
        outside.listening() as places,
    ):
        variables = {"DATABASE_URL": database, "BROKER_URL": address, "SHOP_KEY": KEY, **places}
        assert service.run("-m", "shop", "migrate", **variables).returncode == 0
        with service.serving(tmp_path / "api.log", "api", **variables) as api:
            for kind in (WEBHOOK, MAIL):
                orders += killed_while_it_sends(kind, outside, service, api, tmp_path / "worker.log", variables)
                held |= outside.held
            with service.serving(tmp_path / "last.log", "worker", **variables) as last:
                for kind in (WEBHOOK, MAIL):
                    last.wait(lambda kind=kind: len(outside.unique(kind)) >= len(orders), 90)
                last.wait(lambda: program(service, variables, WAITING) == "0")
    for kind in (WEBHOOK, MAIL):
        # Each order was told about under one id, however often it came.
        assert sorted(about for _, about in outside.unique(kind)) == sorted(orders)
    came = Counter(message_id for found in outside.arrived.values() for message_id, _ in found)
    assert all(came[message_id] > 1 for message_id in held)
    assert sum(came.values()) - len(came) <= 2 * AT_ONCE

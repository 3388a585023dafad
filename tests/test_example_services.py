"""The smaller examples: planned from their text, or as they are designed, compiled, started, and used over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from autocoder.blueprint.format import format_architecture, format_deployment
from autocoder.compilation import Compiled, Sources, compile_sources
from autocoder.planning import proposal
from tests.targets.python_service.emitted import Emitted, Server, write

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parent.parent / "examples"
PASSWORD = "correct horse"


def sources(name: str) -> Sources:
    """What an example's text is planned to, without a question; or its design."""
    text = EXAMPLES / f"{name}.md"
    if not text.exists():
        files = [
            (EXAMPLES / name / f"{part}.yaml").read_text(encoding="utf-8") for part in ("architecture", "deployment")
        ]
        return Sources(architecture=files[0], deployment=files[1])
    reading = proposal.settle(proposal.read(text.read_text(encoding="utf-8"), file=text.name), {})
    plan = proposal.propose(reading, name)
    return Sources(architecture=format_architecture(plan.architecture), deployment=format_deployment(plan.deployment))


@dataclass
class Client:
    """A running example, with accounts by their role."""

    service: Emitted
    server: Server
    database: str

    def __call__(self, method: str, path: str, body: Any = None, *, as_: str = "", **options: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {as_}"} if as_ else {}
        headers |= options.pop("headers", {})
        return httpx.request(method, f"{self.server.url}{path}", json=body, headers=headers, timeout=30, **options)

    def account(self, name: str, role: str = "", **more: Any) -> str:
        """Registers somebody; gives the token."""
        given = {"email": f"{name}@example.com", "password": PASSWORD}
        assert self("POST", "/register", given | more).status_code == 201
        if role:
            module = f"{self.service.package}.admin"
            done = self.service.run("-m", module, given["email"], "--role", role, DATABASE_URL=self.database)
            assert done.returncode == 0, done.stderr
        reply = self("POST", "/login", given).json()
        return str(reply.get("access_token") or reply["accessToken"])


Start = Callable[[str], Client]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts an example on SQLite."""
    with ExitStack() as running:

        def begin(name: str) -> Client:
            return running.enter_context(started(compile_sources(sources(name)), tmp_path))

        yield begin


@contextmanager
def started(found: Compiled, folder: Path) -> Iterator[Client]:
    assert not [d for d in found.warnings if d.code not in {"AC4101"}], found.warnings
    service = write(found, folder / "workspace")
    database = f"sqlite:///{folder / 'service.db'}"
    with service.serving(folder / "service.log", DATABASE_URL=database) as server:
        yield Client(service, server, database)


def test_bookmarks_belong_to_whoever_keeps_them(start: Start) -> None:
    call = start("bookmarks")
    ada, bob = call.account("ada"), call.account("bob")
    tea = {"url": "https://example.com/tea", "title": "Green tea", "tags": ["tea"]}
    made = call("POST", "/bookmarks", tea, as_=ada)
    assert (made.status_code, made.json()["description"]) == (201, None)
    assert call("POST", "/bookmarks", tea).status_code == 401
    assert call("POST", "/bookmarks", tea | {"url": "javascript:alert(1)"}, as_=ada).status_code == 422
    assert call("POST", "/bookmarks", tea | {"title": "Coffee"}, as_=ada).status_code == 201
    assert [b["title"] for b in call("GET", "/bookmarks?q=TEA", as_=ada).json()] == ["Green tea"]
    assert len(call("GET", "/bookmarks", as_=ada).json()) == 2
    assert call("GET", "/bookmarks", as_=bob).json() == []
    path = f"/bookmarks/{made.json()['id']}"
    assert call("GET", path, as_=bob).status_code == 403
    assert call("PATCH", path, {"tags": ["tea", "green"]}, as_=ada).json()["tags"] == ["tea", "green"]
    assert [call("DELETE", path, as_=who).status_code for who in (bob, ada, ada)] == [403, 204, 404]


def test_a_support_desk_has_roles_and_states(start: Start) -> None:
    call = start("support-desk")
    ada, bob, agent = call.account("ada"), call.account("bob"), call.account("agnes", "agent")
    given = {"subject": "Broken", "description": "It does not start.", "priority": "urgent"}
    ticket = call("POST", "/tickets", given, as_=ada).json()
    assert ticket["status"] == "open"
    call("POST", "/tickets", given | {"subject": "Slow", "status": "closed"}, as_=bob)
    assert call("POST", "/tickets", given | {"priority": "whenever"}, as_=ada).status_code == 422
    assert [t["subject"] for t in call("GET", "/tickets", as_=ada).json()] == ["Broken"]
    assert [(t["subject"], t["status"]) for t in call("GET", "/tickets", as_=agent).json()] == [
        ("Slow", "open"),
        ("Broken", "open"),
    ]
    path = f"/tickets/{ticket['id']}"
    assert call("POST", f"{path}/assign", as_=ada).status_code == 403
    assert call("POST", f"{path}/resolve", as_=agent).status_code == 409
    assert call("POST", f"{path}/assign", as_=agent).json()["status"] == "assigned"
    assert call("POST", f"{path}/resolve", as_=agent).json()["status"] == "resolved"
    assert call("POST", f"{path}/reopen", as_=bob).status_code == 403
    assert call("POST", f"{path}/reopen", as_=ada).json()["status"] == "open"
    assert call("POST", f"{path}/close", as_=ada).status_code == 409
    assert call("DELETE", path, as_=agent).status_code == 403


def test_meeting_rooms_are_never_booked_twice(start: Start) -> None:
    call = start("meeting-rooms")
    ada, bob, admin = call.account("ada"), call.account("bob"), call.account("agnes", "admin")
    given = {"name": "Blue", "number_of_seats": 8, "location": "2nd floor"}
    assert call("POST", "/meeting_rooms", given, as_=ada).status_code == 403
    room = call("POST", "/meeting_rooms", given, as_=admin).json()
    assert call("POST", "/meeting_rooms", given, as_=admin).status_code == 409
    assert [r["name"] for r in call("GET", "/meeting_rooms", as_=ada).json()] == ["Blue"]

    def hours(first: float, last: float) -> dict[str, str]:
        now = datetime.now(UTC)
        return {
            "room": room["id"],
            "start": (now + timedelta(hours=first)).isoformat(),
            "end": (now + timedelta(hours=last)).isoformat(),
        }

    booked = call("POST", "/reservations", hours(3, 4), as_=ada)
    assert booked.status_code == 201
    taken = call("POST", "/reservations", hours(3.5, 5), as_=bob)
    assert (taken.status_code, taken.json()["detail"]) == (409, "The room is taken at that time.")
    assert call("POST", "/reservations", hours(4.5, 4), as_=bob).status_code == 422
    soon = call("POST", "/reservations", hours(0.5, 1), as_=bob).json()
    assert call("POST", f"/reservations/{soon['id']}/cancel", as_=bob).status_code == 409
    assert call("POST", f"/reservations/{booked.json()['id']}/cancel", as_=bob).status_code == 403
    assert call("POST", f"/reservations/{booked.json()['id']}/cancel", as_=ada).json()["status"] == "cancelled"
    assert call("POST", "/reservations", hours(3.5, 5), as_=bob).status_code == 201


def test_a_web_shop_counts_its_orders_by_events(start: Start, tmp_path: Path) -> None:
    call = start("web-shop")
    ada, bob, manager = call.account("ada"), call.account("bob"), call.account("agnes", "manager")
    tea = {"name": "Tea", "price": 450, "stock": 20}
    assert call("POST", "/products", tea, as_=ada).status_code == 403
    product = call("POST", "/products", tea, as_=manager).json()
    assert call("GET", "/products").json() == [product]
    order = {"product": product["id"], "quantity": 2, "shipping_address": "1 Main Street"}
    assert call("POST", "/orders", order | {"quantity": 100}, as_=ada).status_code == 422
    assert [call("POST", "/orders", order, as_=who).status_code for who in (ada, ada, bob)] == [201, 201, 201]
    assert len(call("GET", "/orders", as_=ada).json()) == 2
    assert call("DELETE", f"/products/{product['id']}", as_=manager).status_code == 409
    counted = (
        "import asyncio; from sqlalchemy import select, func; from web_shop import database, models;\n"
        "async def main():\n"
        "    async with database.sessions()() as s:\n"
        "        print(await s.scalar(select(func.sum(models.DailyTotal.orders))))\n"
        "    await database.engine().dispose()\n"
        "asyncio.run(main())"
    )
    call.server.wait(lambda: call.service.run("-c", counted, DATABASE_URL=call.database).stdout.strip() == "3")


def test_a_cold_store_keeps_readings_exactly(start: Start) -> None:
    call = start("cold-store")
    ada, operator = call.account("ada"), call.account("agnes", "operator")
    sensors = [
        call("POST", "/sensors", {"name": name, "location": "hall 1"}, as_=operator).json() for name in ("door", "fan")
    ]
    given = {"sensor": sensors[0]["id"], "temperature": -18.25, "time": "2026-03-01T08:00:00Z"}
    assert call("POST", "/readings", given, as_=ada).status_code == 403
    made = call("POST", "/readings", given, as_=operator)
    assert (made.status_code, Decimal(str(made.json()["temperature"]))) == (201, Decimal("-18.25"))
    assert call("POST", "/readings", given | {"temperature": "cold"}, as_=operator).status_code == 422
    assert len(call("GET", f"/readings?sensor={sensors[0]['id']}", as_=operator).json()) == 1
    assert call("GET", f"/readings?sensor={sensors[1]['id']}", as_=operator).json() == []
    assert call("GET", "/readings", as_=ada).status_code == 403


def test_a_contacts_api_is_as_its_endpoints_are_specified(start: Start) -> None:
    call = start("contacts-api")
    account = {"email": "ada@example.com", "password": PASSWORD}
    made = call("POST", "/register", account)
    assert (made.status_code, list(made.json())) == (201, ["userId"])
    assert call("POST", "/register", account).status_code == 409
    assert call("POST", "/register", {"email": "no address", "password": PASSWORD}).status_code == 400
    assert call("POST", "/login", account | {"password": "wrong horse"}).status_code == 401
    ada, bob = call("POST", "/login", account).json()["accessToken"], call.account("bob")
    contact = {"fullName": "Grace Hopper", "phone": "+1 555 0100", "birthday": "1906-12-09"}
    made = call("POST", "/contacts", contact, as_=ada)
    assert (made.status_code, set(made.json())) == (201, {"contactId", "fullName", "createdAt"})
    assert call("POST", "/contacts", {"fullName": "x"}, as_=ada).status_code == 400
    assert [c["fullName"] for c in call("GET", "/contacts", as_=ada).json()] == ["Grace Hopper"]
    path = f"/contacts/{made.json()['contactId']}"
    assert [call("GET", path, as_=who).status_code for who in ("", bob, ada)] == [401, 403, 200]
    assert [call("DELETE", path, as_=who).status_code for who in (bob, ada, ada)] == [403, 204, 404]


def test_invoices_come_to_the_cent(start: Start) -> None:
    call = start("invoices")
    ada = call.account("ada")
    lines = [
        {"description": "Tea", "quantity": 3, "unit_price": 333},
        {"description": "Pot", "quantity": 1, "unit_price": 1000},
    ]
    given = {"year": 2026, "customer": "Byron", "lines": lines, "discount_percent": 2.5, "tax_percent": 19}
    made = call("POST", "/invoices", given, as_=ada)
    assert made.status_code == 201
    invoice = made.json()
    assert (invoice["number"], invoice["net"], invoice["tax"], invoice["total"]) == (1, 1949, 370, 2319)
    assert call("POST", "/invoices", given | {"lines": []}, as_=ada).status_code == 422
    assert call("POST", "/invoices", given | {"net": 1, "discount_percent": 0}, as_=ada).json()["net"] == 1999
    assert call("POST", "/invoices", given | {"year": 2027}, as_=ada).json()["number"] == 1
    path = f"/invoices/{invoice['id']}"
    assert call("POST", f"{path}/pay", as_=ada).status_code == 409
    assert call("PATCH", path, {"customer": "Lovelace"}, as_=ada).json()["customer"] == "Lovelace"
    assert call("POST", f"{path}/send", as_=ada).json()["status"] == "sent"
    refused = call("PATCH", path, {"customer": "Byron"}, as_=ada)
    assert (refused.status_code, refused.json()["detail"]) == (409, "It was sent.")
    assert call("POST", f"{path}/pay", as_=ada).json()["status"] == "paid"
    listed = call("GET", "/invoices?limit=1", as_=ada)
    assert (len(listed.json()), listed.headers["x-total-count"]) == (1, "3")
    assert call("GET", "/reports/revenue?year=2026", as_=ada).json() == [
        {"customer": "Lovelace", "invoices": 1, "net": 1949}
    ]


def test_a_guestbook_is_a_page_and_an_api(start: Start) -> None:
    call = start("guestbook")
    assert "Nobody has signed yet." in call("GET", "/").text
    script = "<b>Hello</b><script>alert(1)</script>"
    signed = call("POST", "/entries", {"name": "<i>Ada</i>", "message": script})
    assert signed.status_code == 201
    entry = signed.json()
    page = call("GET", "/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "&lt;i&gt;Ada&lt;/i&gt;" in page.text and "<b>Hello</b>" in page.text and "<script>" not in page.text
    (listed,) = call("GET", "/entries").json()
    assert (listed["message"], "edit_key" in listed) == ("<b>Hello</b>", False)
    path = f"/entries/{entry['id']}"
    keys = [{}, {"x-edit-key": "wrong"}, {"x-edit-key": entry["edit_key"]}]
    assert [call("DELETE", path, headers=key).status_code for key in keys] == [401, 401, 204]
    assert call("GET", "/entries").json() == []


def test_a_file_drop_takes_files_from_whoever_has_the_link(start: Start) -> None:
    call = start("file-drop")
    ada, bob = call.account("ada"), call.account("bob")
    drop = call("POST", "/drops", {"title": "Lease"}, as_=ada).json()
    path, key = f"/drops/{drop['id']}", {"x-upload-key": drop["upload_key"]}

    def send(name: str, kind: str, headers: dict[str, str]) -> httpx.Response:
        return call("POST", f"{path}/uploads", files={"content": (name, b"content", kind)}, headers=headers)

    assert send("lease.txt", "text/plain", {"x-upload-key": "guessed"}).status_code == 401
    assert send("page.html", "text/html", key).status_code == 422
    sent = send("../lease.txt", "text/plain", key)
    assert (sent.status_code, sent.json()) == (201, {"name": "lease.txt", "size": 7})
    assert call("GET", f"{path}/sent", headers=key).json() == [sent.json()]
    (listed,) = call("GET", f"{path}/uploads", as_=ada).json()
    assert call("GET", f"{path}/uploads", as_=bob).status_code == 403
    file = f"{path}/uploads/{listed['id']}"
    assert [call("GET", file, as_=who).status_code for who in ("", bob)] == [401, 403]
    got = call("GET", file, as_=ada)
    assert (got.content, got.headers["content-disposition"]) == (b"content", 'attachment; filename="lease.txt"')
    assert call("POST", f"{path}/close", as_=ada).json()["status"] == "closed"
    assert send("late.txt", "text/plain", key).json()["detail"] == "The drop is closed."


def test_the_readme_lists_every_example() -> None:
    readme = (EXAMPLES.parent / "README.md").read_text(encoding="utf-8")
    table = readme.split("## Examples")[1].split("## ")[0]
    assert [
        path.name for path in EXAMPLES.iterdir() if f"`{path.name}{'/' if path.is_dir() else ''}`" not in table
    ] == []

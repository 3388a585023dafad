"""Guards over other rows hold under concurrent calls, on a real PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.compiling import compiled
from tests.servers import postgres
from tests.targets.python_service.emitted import signing_key, write

pytestmark = pytest.mark.slow

ROOMS = """
auth: {entity: Person, login: login}
entities:
  Person: {fields: {login: {type: text, unique: true}, password: password}}
  Booking: {fields: {room: text, hour: integer}}
operations:
  book:
    route: POST /bookings
    access: user
    input: {room: text, hour: integer}
    effects:
      - {list: Booking, where: "room == input.room && hour == input.hour", limit: 1, as: taken}
      - {require: "size(taken) == 0", else: conflict}
      - {create: Booking}
  seen: {route: GET /bookings, access: user, effects: [{list: Booking}]}
"""
AT_ONCE = 12


def test_of_many_at_once_one_gets_in(tmp_path: Path) -> None:
    found = compiled(ROOMS)
    assert found.views.budgets["book"].queries == 4
    service = write(found, tmp_path / "workspace")
    source = (service.project / "src/shop/operations/bookings.py").read_text(encoding="utf-8")
    assert source.count('@one_at_a_time("bookings")') == 1
    with postgres(tmp_path / "server") as url:
        variables = {"DATABASE_URL": url, "SIGNING_KEY": signing_key()}
        migrated = service.run("-m", service.package, "migrate", **variables)
        assert migrated.returncode == 0, migrated.stderr
        with service.serving(tmp_path / "log", "api", **variables) as server:
            account = {"login": "ada", "password": "correct horse"}
            assert httpx.post(f"{server.url}/register", json=account).status_code == 201
            token = httpx.post(f"{server.url}/login", json=account).json()["access_token"]
            mine = {"authorization": f"Bearer {token}"}

            def book(hour: int) -> int:
                given = {"room": "blue", "hour": hour}
                return httpx.post(f"{server.url}/bookings", json=given, headers=mine, timeout=30).status_code

            with ThreadPoolExecutor(AT_ONCE) as pool:
                for hour in range(5):
                    statuses = sorted(pool.map(book, [hour] * AT_ONCE))
                    assert statuses == [201] + [409] * (AT_ONCE - 1)
            assert len(httpx.get(f"{server.url}/bookings", headers=mine).json()) == 5

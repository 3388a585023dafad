"""The emitted service as processes: its parts, its end, and two of them beside each other."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.servers import postgres
from tests.targets.python_service.emitted import Emitted, signing_key

pytestmark = pytest.mark.slow

KEY = signing_key()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'service.db'}"
    else:
        with postgres(tmp_path / "server") as url:
            yield url


def test_the_parts_run_as_processes_of_their_own(
    emitted: Callable[[str], Emitted], database: str, tmp_path: Path
) -> None:
    service = emitted("link_shortener")
    variables = {"DATABASE_URL": database, "SIGNING_KEY": KEY}
    assert service.run("-m", "link_shortener", "migrate", **variables).returncode == 0
    with (
        service.serving(tmp_path / "one.log", "api", **variables) as one,
        service.serving(tmp_path / "two.log", "api", **variables) as two,
        service.serving(tmp_path / "scheduler.log", "scheduler", **variables) as scheduler,
    ):
        account = {"email": "ada@example.com", "password": "correct horse"}
        assert httpx.post(f"{one.url}/register", json=account).status_code == 201
        token = httpx.post(f"{two.url}/login", json=account).json()["access_token"]
        mine = {"Authorization": f"Bearer {token}"}
        link = httpx.post(f"{one.url}/links", json={"target_url": "https://example.com/"}, headers=mine).json()
        for server in (one, two, one):
            assert httpx.get(f"{server.url}/{link['code']}").status_code == 302
        with service.serving(tmp_path / "worker.log", "worker", **variables) as worker:
            worker.wait(lambda: not totals(service, variables, pending=True))
        assert totals(service, variables) == [[link["code"], 3]]
        assert httpx.get(f"{scheduler.management}/metrics").status_code == 200
        with pytest.raises(httpx.TransportError):
            httpx.get(scheduler.url)
        assert httpx.get(f"{two.url}/links", headers=mine).json()[0]["clicks"] == 3


@pytest.mark.parametrize("part", ["all", "api", "worker", "scheduler"])
def test_a_log_is_lines_of_json_to_the_end(
    emitted: Callable[[str], Emitted], database: str, tmp_path: Path, part: str
) -> None:
    service = emitted("link_shortener")
    variables = {"DATABASE_URL": database}
    assert service.run("-m", "link_shortener", "migrate", SIGNING_KEY=KEY, **variables).returncode == 0
    log = tmp_path / "log"
    with service.serving(log, part, **variables) as server:
        if part in ("all", "api"):
            link = httpx.post(f"{server.url}/links", json={"target_url": "https://example.com/"}).json()
            for _ in range(20):
                assert httpx.get(f"{server.url}/{link['code']}").status_code == 302
            assert httpx.head(f"{server.url}/{link['code']}").status_code == 405
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [line["event"] for line in lines if line["level"] == "warning"] == [
        "SIGNING_KEY is not set: tokens end with this process"
    ]
    assert not [line for line in lines if line["level"] == "error"]


def totals(service: Emitted, variables: dict[str, str], *, pending: bool = False) -> list[list[object]]:
    """The daily totals, or what is on its way to them."""
    columns = (
        "models.Delivery.seq, models.Delivery.handler"
        if pending
        else "models.DailyTotal.code, models.DailyTotal.clicks"
    )
    program = f"""
import asyncio, json
from sqlalchemy import select
from link_shortener import models
from link_shortener.database import engine
async def main():
    async with engine().connect() as connection:
        print(json.dumps([list(row) for row in await connection.execute(select({columns}))]))
    await engine().dispose()
asyncio.run(main())
"""
    done = service.run("-c", program, LOG_LEVEL="ERROR", **variables)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_plain_list_service_runs_without_anything_else(emitted: Callable[[str], Emitted], tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'todo.db'}"
    with (
        emitted("todo").serving(tmp_path / "log", DATABASE_URL=database) as server,
        httpx.Client(base_url=server.url) as client,
    ):
        made = client.post("/tasks", json={"title": "Milk", "labels": ["a", "b"], "cost": 250})
        assert made.status_code == 201
        task = made.json()
        assert (task["state"], task["urgent"], task["due_on"]) == ("open", False, None)
        changed = client.patch(f"/tasks/{task['id']}", json={"due_on": "2030-01-31", "notes": None})
        assert changed.json() == {**task, "due_on": "2030-01-31"}
        assert client.patch(f"/tasks/{task['id']}", json={"title": None}).status_code == 422
        assert [t["title"] for t in client.get("/tasks", params={"contains": "mil"}).json()] == ["Milk"]
        assert client.get("/tasks", params={"state": "done"}).json() == []
        assert client.post(f"/tasks/{task['id']}/finish").status_code == 200
        refused = client.post(f"/tasks/{task['id']}/finish")
        assert (refused.status_code, refused.json()["detail"]) == (409, "The task is done already.")
        assert client.head("/tasks").status_code == 405
        assert client.delete(f"/tasks/{task['id']}").status_code == 204
        assert client.get(f"/tasks/{task['id']}").status_code == 404


def test_production_refuses_what_is_only_for_a_first_look(emitted: Callable[[str], Emitted]) -> None:
    service = emitted("link_shortener")
    done = service.run("-m", "link_shortener", "api", ENVIRONMENT="production")
    assert done.returncode != 0
    assert "DATABASE_URL must name a PostgreSQL database in production" in done.stderr
    done = service.run(
        "-m",
        "link_shortener",
        "api",
        ENVIRONMENT="production",
        DATABASE_URL="postgresql://x/y",
        SIGNING_KEY="a short secret",
    )
    assert "SIGNING_KEY and each of VERIFICATION_KEYS must be an RSA key of at least 2048 bits" in done.stderr
    assert "a short secret" not in done.stderr


def test_a_connection_that_died_while_nobody_used_it_is_replaced(
    emitted: Callable[[str], Emitted], tmp_path: Path
) -> None:
    service = emitted("link_shortener")
    program = """
import asyncio
from sqlalchemy import text
from link_shortener import database
async def pid():
    async with database.sessions()() as session:
        return await session.scalar(text("SELECT pg_backend_pid()"))
async def main():
    first = await pid()
    assert await pid() == first
    async with database.make_engine(database.settings().database_url).connect() as other:
        await other.execute(text(f"SELECT pg_terminate_backend({first})"))
    database.TRUSTED_SECONDS = 0
    assert await pid() != first
asyncio.run(main())
"""
    with postgres(tmp_path / "server") as url:
        done = service.run("-c", program, DATABASE_URL=url, SIGNING_KEY=KEY)
    assert done.returncode == 0, done.stderr

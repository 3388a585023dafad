"""The interface as a whole: every route, what describes it, and what is outside of it."""

import html
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response
from starlette.routing import Route

from support.interface import DESCRIBED, ROUTES
from support.scenarios import SUCCEEDING
from support.world import World
from todo.application import literal_first
from todo.clock import current_time
from todo.database import revisions
from todo.observability import management


def get(world: World, path: str) -> httpx.Response:
    """What operators see at a path."""

    async def fetch() -> httpx.Response:
        transport = httpx.ASGITransport(management(world.app))
        async with httpx.AsyncClient(transport=transport, base_url="http://management") as client:
            return await client.get(path)

    return world.run(fetch())


def test_the_description_names_every_operation_and_no_other(world: World) -> None:
    paths = get(world, "/openapi.json").json()["paths"]
    described = sorted(method.upper() for methods in paths.values() for method in methods)
    assert described == sorted(route.method for route in ROUTES.values())
    assert {path.count("/") for path in paths} == {route.path.count("/") for route in ROUTES.values()}


def test_the_description_names_every_status_and_no_other(world: World) -> None:
    named = {operation: {int(status) for status in statuses} for operation, statuses in world.described.items()}
    assert named == DESCRIBED


def test_the_service_says_that_it_is_alive_and_ready(world: World) -> None:
    assert get(world, "/health/live").status_code == 200
    assert get(world, "/health/ready").status_code == 200


def test_the_service_is_not_ready_before_its_migrations(world: World) -> None:
    async def set_revision(session: AsyncSession, revision: str | None) -> None:
        await session.execute(text("DELETE FROM alembic_version"))
        if revision:
            await session.execute(text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": revision})

    statuses: list[int] = []
    for revision in (None, "a later one", revisions()[0]):
        world.in_session(lambda session, revision=revision: set_revision(session, revision))
        statuses.append(get(world, "/health/ready").status_code)
    assert statuses == [503, 200, 200]
    assert get(world, "/health/live").status_code == 200


def test_the_description_is_a_page_that_loads_nothing(world: World) -> None:
    page = get(world, "/docs").text
    assert all(html.escape(route.path) in page for route in ROUTES.values())
    assert "http:" not in page
    assert "https:" not in page
    assert "<script" not in page


def test_the_time_is_now() -> None:
    now = current_time()
    assert now.utcoffset() == timedelta()
    assert abs(datetime.now(UTC) - now) < timedelta(minutes=1)


def test_requests_are_counted_by_operation(world: World) -> None:
    world.run(world.client.get("/no/such/path/at/all"))
    assert 'http_requests_total{operation="none",status="404"}' in get(world, "/metrics").text


def test_a_path_that_is_not_there_is_a_problem_document(world: World) -> None:
    reply = world.run(world.client.get("/no/such/path/at/all"))
    assert reply.status_code == 404
    assert reply.headers["Content-Type"] == "application/problem+json"


def test_a_literal_part_of_a_path_wins_over_a_parameter() -> None:
    paths = ["/teas/{id}", "/{kind}/new", "/teas/new", "/{kind}/{id}"]
    found = sorted((Route(path, lambda _request: Response()) for path in paths), key=literal_first)
    assert [route.path for route in found] == ["/teas/new", "/teas/{id}", "/{kind}/new", "/{kind}/{id}"]


def test_a_method_that_is_not_there_is_refused(world: World) -> None:
    for route in ROUTES.values():
        reply = world.run(world.client.request("TRACE", route.path))
        assert (reply.status_code, "TRACE" in reply.headers["Allow"]) == (405, False)


@pytest.mark.parametrize("operation", ["get_todo", "list_todos"])
def test_head_is_refused_and_does_nothing(world: World, operation: str) -> None:
    arrange, _ = SUCCEEDING[operation]
    given, token = arrange(world)
    assert world.send(operation, given, token, method="HEAD").status_code == 405
    world.check_rows()

"""What operators see: health, metrics, descriptions, and how the unexpected is answered."""

from typing import Any
from unittest.mock import patch

import httpx
import pytest
import structlog
from prometheus_client import REGISTRY
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.testing import capture_logs

from support.interface import ROUTES
from support.scenarios import SUCCEEDING
from support.world import World
from todo import observability
from todo.database import SchemaTooOld
from todo.observability import LimitBody, Observe, configure_logging, management


def get(world: World, app: ASGIApp, path: str) -> httpx.Response:
    """What an application answers at a path."""

    async def fetch() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            return await client.get(path)

    return world.run(fetch())


def test_what_is_healthy_says_so(world: World) -> None:
    for path in ("/health/live", "/health/ready"):
        assert get(world, management(world.app), path).json() == {"status": "ok"}


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (SchemaTooOld("run the migrations"), "run the migrations"),
        (OSError("host 10.0.0.1 is away"), "the database does not answer"),
    ],
)
def test_what_is_not_ready_says_why(world: World, error: Exception, said: str) -> None:
    with patch.object(observability, "check_schema", side_effect=error), capture_logs() as logged:
        reply = get(world, management(world.app), "/health/ready")
    assert (reply.status_code, reply.json()) == (503, {"status": said})
    assert all(entry["event"] == "not ready" for entry in logged)


def test_a_part_without_an_interface_describes_none(world: World) -> None:
    assert get(world, management(None), "/health/live").status_code == 200
    assert get(world, management(None), "/openapi.json").status_code == 404


def test_the_description_says_what_the_service_is(world: World) -> None:
    described = get(world, management(world.app), "/openapi.json").json()
    assert described["info"] == {"title": "todo", "version": "0.1.0", "description": "A to-do list API."}
    names = [operation["operationId"] for methods in described["paths"].values() for operation in methods.values()]
    assert sorted(names) == sorted(ROUTES)


def test_metrics_are_in_the_format_of_prometheus(world: World) -> None:
    reply = get(world, management(world.app), "/metrics")
    assert reply.headers["Content-Type"].startswith("text/plain")
    for said in (
        "# HELP http_requests_total Requests answered.",
        "# TYPE http_requests_total counter",
        "# HELP http_request_duration_seconds Time to answer a request.",
        "# TYPE http_request_duration_seconds histogram",
    ):
        assert f"{said}\n" in reply.text


@pytest.mark.parametrize("operation", sorted(ROUTES))
def test_a_request_is_counted_timed_and_logged(world: World, operation: str) -> None:
    arrange, status = SUCCEEDING[operation]
    given, token = arrange(world)
    labels = {"operation": operation, "status": str(status)}
    names = ("http_requests_total", "http_request_duration_seconds_count", "http_request_duration_seconds_sum")
    before = [REGISTRY.get_sample_value(name, labels) or 0 for name in names]
    assert world.send(operation, given, token).status_code == status
    after = [REGISTRY.get_sample_value(name, labels) or 0 for name in names]
    counted, timed, seconds = (late - early for late, early in zip(after, before, strict=True))
    assert (counted, timed) == (1, 1)
    assert 0 < seconds < 60


async def broken(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that nobody expected to fail."""
    raise RuntimeError("the milk is sour")


def test_what_nobody_expected_is_not_told(world: World) -> None:
    transport = httpx.ASGITransport(Observe(broken), raise_app_exceptions=False)

    async def fetch() -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get("/")

    with capture_logs() as logged:
        reply = world.run(fetch())
    assert reply.status_code == 500
    assert "milk" not in reply.text
    assert '"something went wrong"' in reply.text
    assert len(reply.headers["X-Request-ID"]) == 32
    assert [entry["event"] for entry in logged] == ["request failed"]
    assert REGISTRY.get_sample_value("http_requests_total", {"operation": "none", "status": "500"})


def test_what_an_exception_says_is_not_logged() -> None:
    configure_logging()
    said = "milk@example.com"
    logged: Any = {"event": "request failed", "exc_info": True}
    try:
        raise OSError(5, "the disk is broken", said) from KeyError(said)
    except OSError:
        for process in structlog.get_config()["processors"]:
            logged = process(None, "error", logged)
    assert said not in logged
    for found in ("builtins.OSError: the disk is broken", "builtins.KeyError", __name__, "raise OSError"):
        assert found in logged


@pytest.mark.parametrize("outer", [Observe, LimitBody])
def test_what_is_no_request_is_passed_on(world: World, outer: Any) -> None:
    seen: list[tuple[Scope, Message]] = []
    sent: list[Message] = []

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append((scope, await receive()))
        await send({"type": "lifespan.startup.complete"})

    async def receive() -> Message:
        return {"type": "lifespan.startup"}

    async def send(message: Message) -> None:
        sent.append(message)

    world.run(outer(inner)({"type": "lifespan"}, receive, send))
    assert seen == [({"type": "lifespan"}, {"type": "lifespan.startup"})]
    assert sent == [{"type": "lifespan.startup.complete"}]


def test_a_body_reaches_the_service_whole(world: World) -> None:
    parts = [b"mil", b"k ", b"and tea"]
    got: list[bytes] = []

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        message: Message = {"more_body": True}
        while message.get("more_body"):
            message = await receive()
            got.append(message.get("body", b""))

    messages = [{"type": "http.request", "body": part, "more_body": part != parts[-1]} for part in parts]

    async def receive() -> Message:
        return messages.pop(0)

    async def send(message: Message) -> None:
        raise AssertionError(message)

    world.run(LimitBody(inner)({"type": "http", "headers": []}, receive, send))
    assert b"".join(got) == b"milk and tea"

"""Logs, metrics and health. None of them ever holds what a client sent."""

import logging
import sys
import time
import uuid
from html import escape
from traceback import format_tb

import structlog
from fastapi import FastAPI
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.stdlib import ProcessorFormatter
from structlog.typing import ExcInfo

from todo.database import SchemaTooOld, check_schema
from todo.failures import problem
from todo.settings import settings

log = structlog.get_logger()
REQUESTS = Counter("http_requests_total", "Requests answered.", ["operation", "status"])
DURATION = Histogram(
    "http_request_duration_seconds",
    "Time to answer a request.",
    ["operation", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)


def configure_logging() -> None:
    """One JSON object a line on standard output; of libraries only warnings and errors."""
    level = logging.getLevelNamesMapping()[settings().log_level]
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(without_words),
    ]
    render = structlog.processors.JSONRenderer()
    structlog.configure(processors=[*shared, render], wrapper_class=structlog.make_filtering_bound_logger(level))
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        ProcessorFormatter(foreign_pre_chain=shared, processors=[ProcessorFormatter.remove_processors_meta, render])
    )
    logging.basicConfig(handlers=[handler], level=max(level, logging.WARNING), force=True)


def without_words(info: ExcInfo) -> str:
    """Where an exception and its causes were raised. What they say may hold what a client sent, so only the operating
    system's words are there.
    """
    lines, error = list[str](), info[1]
    while error is not None:
        words = f": {error.strerror}" if isinstance(error, OSError) else ""
        lines += [f"{type(error).__module__}.{type(error).__qualname__}{words}\n", *format_tb(error.__traceback__)]
        error = error.__cause__ or error.__context__
    return "".join(lines)


class Observe:
    """Gives each request an id, counts it, times it and logs it. What nobody expected is answered with 500.

    No browser takes a reply for anything but what it says that it is.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begin = time.perf_counter()
        request_id = uuid.uuid4().hex
        status = 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = [(b"x-request-id", request_id.encode()), (b"x-content-type-options", b"nosniff")]
                message["headers"] = [*message["headers"], *own]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, send_with_id)
            except Exception:
                log.exception("request failed")
                await problem(500, "Internal Server Error", "something went wrong")(scope, receive, send_with_id)
            finally:
                seconds = time.perf_counter() - begin
                operation = getattr(scope.get("route"), "name", "none")
                REQUESTS.labels(operation, status).inc()
                DURATION.labels(operation, status).observe(seconds)
                log.info("request", operation=operation, status=status, ms=round(seconds * 1000, 2))


class LimitBody:
    """Refuses a request body of more bytes than the settings allow, however it is sent."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on until its body is too large."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit, chunks, size = settings().max_body_bytes, list[Message](), 0
        while True:
            message = await receive()
            chunks.append(message)
            size += len(message.get("body", b""))
            if size > limit:
                await problem(413, "Content Too Large", f"a body has at most {limit} bytes")(scope, receive, send)
                return
            if not message.get("more_body"):
                break

        async def replay() -> Message:
            return chunks.pop(0) if chunks else await receive()

        await self.app(scope, replay, send)


async def live(_request: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "ok"})


async def ready(_request: Request) -> Response:
    """The database answers too, and has every migration that this code needs."""
    try:
        await check_schema()
    except SchemaTooOld as reason:
        log.warning("not ready", reason=str(reason))
        return JSONResponse({"status": str(reason)}, 503)
    except Exception:
        log.exception("not ready")
        return JSONResponse({"status": "the database does not answer"}, 503)
    return JSONResponse({"status": "ok"})


def description(api: FastAPI) -> str:
    """The operations of an API as a page that loads nothing from elsewhere."""
    shown = api.openapi()
    operations = "".join(
        f"<dt><code>{method.upper()} {escape(path)}</code></dt><dd>{escape(operation.get('description', ''))}</dd>"
        for path, methods in shown["paths"].items()
        for method, operation in methods.items()
    )
    title = escape(shown["info"]["title"])
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><h1>{title}</h1>'
        f'<p>As <a href="/openapi.json">OpenAPI</a>.</p><dl>{operations}</dl></html>'
    )


async def metrics(_request: Request) -> Response:
    """The metrics in the format of Prometheus."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def management(api: FastAPI | None) -> Starlette:
    """What operators see, on a port of its own so that it takes no path from the API."""
    routes = [Route("/health/live", live), Route("/health/ready", ready), Route("/metrics", metrics)]
    if api is not None:
        described = api

        async def openapi(_request: Request) -> Response:
            return JSONResponse(described.openapi())

        async def docs(_request: Request) -> HTMLResponse:
            return HTMLResponse(description(described))

        routes += [Route("/openapi.json", openapi), Route("/docs", docs)]
    return Starlette(routes=routes)

"""The API, put together."""

from operator import attrgetter

from fastapi import FastAPI
from starlette.routing import BaseRoute

from todo import failures
from todo.observability import LimitBody, Observe
from todo.operations import ROUTERS


def create_app() -> FastAPI:
    """The API as an ASGI application. Its description is served on the management port."""
    app = FastAPI(
        title="todo",
        version="0.1.0",
        description="A to-do list API.",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        generate_unique_id_function=attrgetter("name"),
    )
    for router in ROUTERS:
        app.include_router(router)
    app.router.routes.sort(key=literal_first)
    failures.install(app)
    app.add_middleware(LimitBody)
    app.add_middleware(Observe)
    return app


def literal_first(route: BaseRoute) -> list[bool]:
    """Orders routes so that a literal part of a path wins over a parameter."""
    return [part.startswith("{") for part in getattr(route, "path", "").split("/")]

"""The API, put together."""

from operator import attrgetter
from typing import Any

from fastapi import FastAPI
from starlette.routing import BaseRoute

from todo import failures
from todo.observability import LimitBody, Observe
from todo.operations import ROUTERS


class Api(FastAPI):
    """The API, with a description that says of failures what they are."""

    def openapi(self) -> dict[str, Any]:
        """FastAPI describes all replies of an operation as of one content type."""
        described = super().openapi()
        for operation in (found for methods in described["paths"].values() for found in methods.values()):
            for status, reply in operation["responses"].items():
                if status >= "400":
                    _, schema = reply["content"].popitem()
                    reply["content"][failures.CONTENT_TYPE] = schema
        return described


def create_app() -> FastAPI:
    """The API as an ASGI application. Its description is served on the management port."""
    app = Api(
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

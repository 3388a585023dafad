"""The API, put together."""

from operator import attrgetter
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from link_shortener import failures
from link_shortener.observability import LimitBody, Observe
from link_shortener.operations import ROUTERS
from link_shortener.settings import settings


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
        title="link-shortener",
        version="0.1.0",
        description="A service that shortens URLs and counts clicks.",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        generate_unique_id_function=attrgetter("name"),
    )
    for router in ROUTERS:
        app.include_router(router)
    app.add_route("/.well-known/jwks.json", published_keys, include_in_schema=False)
    app.router.routes.sort(key=literal_first)
    failures.install(app)
    app.add_middleware(LimitBody)
    app.add_middleware(Observe)
    return app


def literal_first(route: BaseRoute) -> list[bool]:
    """Orders routes so that a literal part of a path wins over a parameter."""
    return [part.startswith("{") for part in getattr(route, "path", "").split("/")]


async def published_keys(_request: Request) -> Response:
    """The public keys of tokens (RFC 7517), for whoever else checks them."""
    keys = [key.published() for key in settings().keys.checking.values()]
    return JSONResponse({"keys": keys}, headers={"Cache-Control": "max-age=300"})

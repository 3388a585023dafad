"""How operations fail: each class of failure is an exception, answered as problem details (RFC 9457)."""

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import UniqueConstraint
from sqlalchemy.exc import DBAPIError, IntegrityError
from starlette.exceptions import HTTPException

from todo.models import UNIQUE


class Failure(Exception):
    """Something that the client is told."""

    status: int = 500
    title: ClassVar[str] = "Internal Server Error"

    def __init__(self, detail: str = "", status: int = 0) -> None:
        super().__init__(detail)
        self.detail = detail or self.title
        self.status = status or self.status


class Invalid(Failure):
    """A value breaks a constraint."""

    status = 422
    title = "Unprocessable Content"


class Unauthenticated(Failure):
    """Nobody is signed in."""

    status = 401
    title = "Unauthorized"


class Forbidden(Failure):
    """The caller may not do this."""

    status = 403
    title = "Forbidden"


class Missing(Failure):
    """There is no such row."""

    status = 404
    title = "Not Found"


class Conflict(Failure):
    """The request does not fit the state of a row, or a value is taken."""

    status = 409
    title = "Conflict"


class Limited(Failure):
    """Too many requests."""

    status = 429
    title = "Too Many Requests"


class Unavailable(Failure):
    """The service or something that it needs cannot answer now."""

    status = 503
    title = "Service Unavailable"


def violated(error: DBAPIError) -> UniqueConstraint | None:
    """The unique constraint that a statement violated: named by PostgreSQL, told by its columns on SQLite."""
    name = getattr(getattr(error.orig, "__cause__", None), "constraint_name", None)
    columns = re.search(r"UNIQUE constraint failed: (.+)", str(error.orig))
    return UNIQUE.get(name or (columns[1] if columns else ""))


def fields_of(constraint: UniqueConstraint) -> str:
    """What a person calls the columns of a constraint: a reference without its `_id`."""
    return " and ".join(c.name.removesuffix("_id") if c.foreign_keys else c.name for c in constraint.columns)


def of_database_error(error: DBAPIError) -> Exception:
    """What the client is told of a statement that the database refused; the error itself if it is not the client's."""
    state = getattr(error.orig, "sqlstate", None) or ""
    text = str(error.orig)
    if state == "23505" or "UNIQUE constraint" in text:
        constraint = violated(error)
        return Conflict(f"{fields_of(constraint) if constraint else 'it'} is taken")
    if state in ("23001", "23503") or "FOREIGN KEY constraint" in text:
        if (error.statement or "").startswith("DELETE"):
            return Conflict("something still refers to it")
        return Invalid("it refers to something that is not there")
    if isinstance(error, IntegrityError) or state.startswith("22") or "integer overflow" in text:
        return Invalid("a value is out of range")
    return error


CONTENT_TYPE = "application/problem+json"
"""What a failure is written in."""


def problem(status: int, title: str, detail: str, **more: object) -> JSONResponse:
    """A reply in the problem details format."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse(body, status, headers=headers, media_type=CONTENT_TYPE)


async def answer_failure(_request: Request, failure: Exception) -> JSONResponse:
    """Answers a failure of an operation."""
    known = failure if isinstance(failure, Failure) else Failure()
    return problem(known.status, known.title, known.detail)


async def answer_invalid(_request: Request, error: Exception) -> JSONResponse:
    """Answers a request that does not fit the operation's schema; what was sent is not repeated."""
    errors: Sequence[Any] = error.errors() if isinstance(error, RequestValidationError) else []
    fields = [
        {"field": ".".join(str(part) for part in e["loc"][1:]), "message": e["msg"].removeprefix("Value error, ")}
        for e in errors
    ]
    failure = Invalid("the request is not valid")
    return problem(failure.status, failure.title, failure.detail, errors=fields)


async def answer_http(request: Request, error: Exception) -> JSONResponse:
    """Answers what the router refuses, such as an unknown path."""
    status, detail = (error.status_code, str(error.detail)) if isinstance(error, HTTPException) else (500, "")
    if status == 400:
        # A body or a form that cannot be read is malformed, as one that is no JSON.
        return await answer_invalid(request, error)
    reply = problem(status, detail, detail)
    if isinstance(error, HTTPException) and error.headers:
        reply.headers.update(error.headers)
    return reply


def install(app: FastAPI) -> None:
    """Answers every failure in one shape."""
    app.add_exception_handler(Failure, answer_failure)
    app.add_exception_handler(RequestValidationError, answer_invalid)
    app.add_exception_handler(HTTPException, answer_http)


class Problem(BaseModel):
    """What a failure looks like (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] = []


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The failures that an operation's description names."""
    return {status: {"model": Problem} for status in statuses}

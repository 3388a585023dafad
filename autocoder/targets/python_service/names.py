"""Python names for names of the blueprint."""

from __future__ import annotations

import builtins
import keyword

from autocoder.ir.types import Type

ORM_RESERVED = frozenset({"metadata", "registry", "query"})
PARAMETERS = frozenset({"session", "now", "caller", "body", "event", "self"})
"""Parameter names that the emitted handlers use for other things."""


def package(system: str) -> str:
    """`link-shortener` to `link_shortener`; a name that Python or its libraries own gets a suffix."""
    name = system.replace("-", "_")
    return f"{name}_service" if keyword.iskeyword(name) or name in _TAKEN_PACKAGES else name


_TAKEN_PACKAGES = frozenset(
    {"alembic", "argon2", "asyncpg", "fastapi", "jwt", "pydantic", "sqlalchemy", "starlette", "structlog", "uvicorn"}
    | {"test", "tests", "src", "generated", "migrations", "json", "logging", "calendar", "secrets", "queue", "types"}
    | {"email", "html", "http", "time", "token", "code", "site", "statistics", "signal", "select", "string", "oracle"}
)


def attribute(field: str) -> str:
    """The attribute of a field on a row: a keyword or a name that the mapper owns gets an underscore."""
    return f"{field}_" if keyword.iskeyword(field) or field in ORM_RESERVED else field


def column(field: str, type_: Type) -> str:
    """The column's name: a reference is stored as the id that it is."""
    return f"{field}_id" if type_.entity and type_.name == "uuid" else field


def row_attribute(field: str, type_: Type) -> str:
    """The attribute that holds a column."""
    return attribute(column(field, type_))


def parameter(name: str, taken: frozenset[str] = frozenset()) -> str:
    """A parameter for an input; one that is a keyword or means something else in a handler gets an underscore."""
    unsafe = keyword.iskeyword(name) or name in PARAMETERS or name in taken
    return f"{name}_" if unsafe or (hasattr(builtins, name) and name not in ("id", "type", "format")) else name


def pascal(name: str) -> str:
    """`delete_link` to `DeleteLink`."""
    return "".join(part.capitalize() for part in name.split("_"))

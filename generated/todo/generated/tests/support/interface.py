"""The interface as the tests use it, and values to try."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from todo.models import Todo


@dataclass(frozen=True)
class Route:
    """How an operation is asked for: where each input stands, and which of them must be sent."""

    method: str
    path: str
    places: dict[str, str]
    required: list[str]


REFERENCES: dict[str, dict[str, str]] = {}
"""Inputs that are the id of a row."""


KEPT: dict[str, dict[str, Callable[[str], str]]] = {}
"""Inputs that are kept in another form."""


WRITTEN: dict[tuple[str, str], str] = {}
"""Inputs that clients write in another way."""


ROUTES: dict[str, Route] = {
    "create_todo": Route("POST", "/todos", {"title": "body"}, ["title"]),
    "delete_todo": Route("DELETE", "/todos/{id}", {"id": "path"}, []),
    "get_todo": Route("GET", "/todos/{id}", {"id": "path"}, []),
    "list_todos": Route("GET", "/todos", {}, []),
    "update_todo": Route("PATCH", "/todos/{id}", {"id": "path", "title": "body"}, []),
}
"""Each operation's route."""


STATUS: dict[str, int] = {
    "malformed": 422,
    "invalid": 422,
    "unauthenticated": 401,
    "forbidden": 403,
    "missing": 404,
    "conflict": 409,
    "limited": 429,
    "unavailable": 503,
}
OWN_STATUSES: dict[str, dict[str, int]] = {}
STATUSES = {name: {**STATUS, **OWN_STATUSES.get(name, {})} for name in ROUTES}
"""Each operation's status of a failure."""


DESCRIBED: dict[str, set[int]] = {
    "create_todo": {201, 422},
    "delete_todo": {204, 404, 422},
    "get_todo": {200, 404, 422},
    "list_todos": {200},
    "update_todo": {200, 404, 422},
}
"""Every status that an operation may have."""


GOOD: dict[str, dict[str, list[Any]]] = {
    "create_todo": {
        "title": ["milk", "Ä ö ß 漢 🙂", "'; DROP TABLE x; --", '<b title="x">&amp;</b>', "%_\\", "", "x" * 300]
    },
    "delete_todo": {"id": [UUID(int=7)]},
    "get_todo": {"id": [UUID(int=7)]},
    "update_todo": {
        "id": [UUID(int=7)],
        "title": ["milk", "Ä ö ß 漢 🙂", "'; DROP TABLE x; --", '<b title="x">&amp;</b>', "%_\\", "", "x" * 300],
    },
}
"""Values of inputs that must be taken."""


BAD: dict[str, dict[str, list[Any]]] = {
    "create_todo": {"title": ["a\x00b", "a\ud800b", 5, True, ["a"], None]},
    "delete_todo": {"id": ["7"]},
    "get_todo": {"id": ["7"]},
    "update_todo": {"id": ["7"], "title": ["a\x00b", "a\ud800b", 5, True, ["a"], None]},
}
"""Values of inputs that must be refused."""


MODELS: dict[str, Any] = {
    "Todo": Todo,
}
"""Each kind of row and its model."""


FIELDS: dict[str, dict[str, str]] = {
    "Todo": {"id": "id", "title": "title"},
}
"""The attribute of each field of a row or event."""

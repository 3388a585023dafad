"""The interface as the tests use it, and values to try."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from link_shortener.events import LinkClicked
from link_shortener.models import DailyTotal, Link, User


@dataclass(frozen=True)
class Route:
    """How an operation is asked for: where each input stands, and which of them must be sent."""

    method: str
    path: str
    places: dict[str, str]
    required: list[str]


REFERENCES: dict[str, dict[str, str]] = {}
"""Inputs that are the id of a row."""


KEPT: dict[str, dict[str, Callable[[str], str]]] = {
    "login": {"email": str.lower},
    "register": {"email": str.lower},
}
"""Inputs that are kept in another form."""


WRITTEN: dict[tuple[str, str], str] = {}
"""Inputs that clients write in another way."""


ROUTES: dict[str, Route] = {
    "delete_link": Route("DELETE", "/links/{code}", {"code": "path"}, []),
    "follow": Route("GET", "/{code}", {"code": "path"}, []),
    "list_links": Route("GET", "/links", {}, []),
    "login": Route("POST", "/login", {"email": "body", "password": "body"}, ["email", "password"]),
    "register": Route("POST", "/register", {"email": "body", "password": "body"}, ["email", "password"]),
    "shorten": Route("POST", "/links", {"target_url": "body"}, ["target_url"]),
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
    "delete_link": {204, 401, 403, 404, 422},
    "follow": {302, 404, 422},
    "list_links": {200, 401},
    "login": {200, 401, 422},
    "register": {201, 409, 422},
    "shorten": {201, 401, 422},
}
"""Every status that an operation may have."""


GOOD: dict[str, dict[str, list[Any]]] = {
    "delete_link": {"code": ["milk", "Ä ö ß 漢 🙂", "'; DROP TABLE x; --", "%_\\", "x" * 300]},
    "follow": {"code": ["milk", "Ä ö ß 漢 🙂", "'; DROP TABLE x; --", "%_\\", "x" * 300]},
    "login": {
        "email": ["ada@example.com", "grace.hopper+navy@example.org", "Ada@Example.COM"],
        "password": [
            "correct horse",
            "milk",
            "Ä ö ß 漢 🙂",
            "'; DROP TABLE x; --",
            '<b title="x">&amp;</b>',
            "%_\\",
            "",
            "x" * 300,
        ],
    },
    "register": {
        "email": ["ada@example.com", "grace.hopper+navy@example.org", "Ada@Example.COM"],
        "password": [
            "correct horse",
            "Ä ö ß 漢 🙂",
            "'; DROP TABLE x; --",
            '<b title="x">&amp;</b>',
            "x" * 8,
            "x" * 128,
        ],
    },
    "shorten": {
        "target_url": [
            "https://example.com/",
            "http://127.0.0.1:8080/a/b?c=d&e=%20#f",
            "https://example.com/" + "x" * 2028,
        ]
    },
}
"""Values of inputs that must be taken."""


BAD: dict[str, dict[str, list[Any]]] = {
    "delete_link": {"code": ["a\x00b"]},
    "follow": {"code": ["a\x00b"]},
    "login": {
        "email": ["ada", "@example.com", "ada@", "ada@exa mple.com", "a" * 250 + "@example.com", 5, True, ["a"], None],
        "password": ["a\x00b", "a\ud800b", 5, True, ["a"], None],
    },
    "register": {
        "email": ["ada", "@example.com", "ada@", "ada@exa mple.com", "a" * 250 + "@example.com", 5, True, ["a"], None],
        "password": ["a\x00b", "a\ud800b", "x" * 7, "x" * 129, 5, True, ["a"], None],
    },
    "shorten": {
        "target_url": [
            "example.com",
            "ftp://example.com/",
            "https://",
            "javascript:alert(1)",
            "https://exämple.com/",
            "https://example.com/a b",
            "https://example.com/\x00",
            "https://example.com/" + "x" * 2048,
            5,
            True,
            ["a"],
            None,
        ]
    },
}
"""Values of inputs that must be refused."""


EVENTS: dict[str, Any] = {
    "LinkClicked": LinkClicked,
}
"""Each event and its model."""


MODELS: dict[str, Any] = {
    "DailyTotal": DailyTotal,
    "User": User,
    "Link": Link,
}
"""Each kind of row and its model."""


FIELDS: dict[str, dict[str, str]] = {
    "DailyTotal": {"id": "id", "code": "code", "day": "day", "clicks": "clicks"},
    "User": {"id": "id", "email": "email", "password": "password"},
    "Link": {
        "id": "id",
        "target_url": "target_url",
        "code": "code",
        "owner": "owner_id",
        "expires_at": "expires_at",
        "clicks": "clicks",
    },
    "LinkClicked": {"code": "code", "at": "at"},
}
"""The attribute of each field of a row or event."""

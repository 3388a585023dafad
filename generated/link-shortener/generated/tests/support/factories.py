"""Rows for tests: valid, each different from the others, with ids that fall from one to the next."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from support.tables import Row


def daily_total_row(world: Any, n: int) -> Row:
    """Values of a daily total."""
    return {"id": UUID(int=10**6 - n), "code": f"{n:01d}", "day": date(2024, 2, 29), "clicks": 1}


def user_row(world: Any, n: int) -> Row:
    """Values of a user."""
    return {"id": UUID(int=10**6 - n), "email": f"user{n}@example.com", "password": "correct horse"}


def link_row(world: Any, n: int) -> Row:
    """Values of a link."""
    return {
        "id": UUID(int=10**6 - n),
        "target_url": "https://example.com/",
        "code": f"{n:07d}",
        "owner": None,
        "expires_at": world.now + timedelta(hours=n),
        "clicks": 1,
    }


def link_clicked_event(world: Any) -> Row:
    """Values of LinkClicked."""
    return {"code": "milk", "at": world.now}


EVENT_VALUES = {
    "LinkClicked": link_clicked_event,
}
"""A factory for each event."""


FACTORIES: dict[str, Any] = {
    "DailyTotal": daily_total_row,
    "User": user_row,
    "Link": link_row,
}
"""A factory for each kind of row."""

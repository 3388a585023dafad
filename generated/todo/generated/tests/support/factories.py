"""Rows for tests: valid, each different from the others, with ids that fall from one to the next."""

from typing import Any
from uuid import UUID

from support.tables import Row


def todo_row(world: Any, n: int) -> Row:
    """Values of a todo."""
    return {"id": UUID(int=10**6 - n), "title": "milk"}


FACTORIES: dict[str, Any] = {
    "Todo": todo_row,
}
"""A factory for each kind of row."""

"""For each operation what must be there so that it succeeds."""

from support.tables import Row
from support.world import World


def create_todo(world: World) -> tuple[Row, str | None]:
    """A request that create todo answers with 201."""
    return {"title": "milk"}, None


def delete_todo(world: World) -> tuple[Row, str | None]:
    """A request that delete todo answers with 204."""
    todo = world.add("Todo")
    return {"id": todo["id"]}, None


def get_todo(world: World) -> tuple[Row, str | None]:
    """A request that get todo answers with 200."""
    todo = world.add("Todo")
    return {"id": todo["id"]}, None


def list_todos(world: World, rows: int = 0) -> tuple[Row, str | None]:
    """A request that list todos answers with 200."""
    for _ in range(rows):
        world.add("Todo")
    return {}, None


def update_todo(world: World) -> tuple[Row, str | None]:
    """A request that update todo answers with 200."""
    todo = world.add("Todo")
    return {"id": todo["id"], "title": "Ä ö ß 漢 🙂"}, None


SUCCEEDING = {
    "create_todo": (create_todo, 201),
    "delete_todo": (delete_todo, 204),
    "get_todo": (get_todo, 200),
    "list_todos": (list_todos, 200),
    "update_todo": (update_todo, 200),
}
"""Each operation: what makes it succeed, and its status then."""


LISTS: list[str] = ["list_todos"]
"""Operations that show many rows; they can be given so many."""

"""What the service must do, in plain dictionaries: the tests compare the two."""

from collections.abc import Callable
from datetime import datetime

from support.tables import Entity, Failed, Reply, Row, Tables, first

ENTITIES = {
    "Todo": Entity(fields=["id", "title"], made=["id"]),
}
"""What the database holds for each kind of row: keys, references, limits, and what is made or hidden."""


class Oracle(Tables):
    """Every operation and handler, one after the other, on lists of rows."""

    entities = ENTITIES

    def create_todo(self, given: Row, caller: Row | None, now: datetime) -> Reply:
        """Add a todo. (R1)"""
        todo = self.insert("Todo", {"title": given["title"]})
        return Reply(201, self.shown("Todo", todo))

    def delete_todo(self, given: Row, caller: Row | None, now: datetime) -> Reply:
        """Find the todo whose id is the given id; delete the todo. (R1)"""
        todo = first([row for row in self.rows["Todo"] if row["id"] == given["id"]])
        if todo is None:
            raise Failed("missing")
        self.remove("Todo", [todo])
        return Reply(204)

    def get_todo(self, given: Row, caller: Row | None, now: datetime) -> Reply:
        """Find the todo whose id is the given id. (R1)"""
        todo = first([row for row in self.rows["Todo"] if row["id"] == given["id"]])
        if todo is None:
            raise Failed("missing")
        return Reply(200, self.shown("Todo", todo))

    def list_todos(self, given: Row, caller: Row | None, now: datetime) -> Reply:
        """List the todos. (R1)"""
        todos = self.rows["Todo"][:100]
        return Reply(200, [self.shown("Todo", row) for row in todos])

    def update_todo(self, given: Row, caller: Row | None, now: datetime) -> Reply:
        """Find the todo whose id is the given id; change what was sent of the todo. (R1)"""
        todo = first([row for row in self.rows["Todo"] if row["id"] == given["id"]])
        if todo is None:
            raise Failed("missing")
        self.change("Todo", todo, {"title": given.get("title") if "title" in given else todo["title"]})
        return Reply(200, self.shown("Todo", todo))


OPERATIONS: dict[str, tuple[str, Callable[..., Reply]]] = {
    "create_todo": ("anyone", Oracle.create_todo),
    "delete_todo": ("anyone", Oracle.delete_todo),
    "get_todo": ("anyone", Oracle.get_todo),
    "list_todos": ("anyone", Oracle.list_todos),
    "update_todo": ("anyone", Oracle.update_todo),
}
"""Each operation: who may ask, and what it does."""


HANDLERS: dict[str, tuple[str, Callable[..., None]]] = {}
"""Each handler: the event that it runs on, and what it does."""

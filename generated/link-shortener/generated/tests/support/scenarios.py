"""For each operation what must be there so that it succeeds."""

from datetime import timedelta

from support.tables import Row
from support.world import World


def delete_link(world: World) -> tuple[Row, str | None]:
    """A request that delete link answers with 204."""
    token, caller = world.sign_in()
    link = world.add("Link", owner=caller["id"])
    return {"code": link["code"]}, token


def follow(world: World) -> tuple[Row, str | None]:
    """A request that follow answers with 302."""
    link = world.add("Link", expires_at=world.now + timedelta(microseconds=1))
    return {"code": link["code"]}, None


def list_links(world: World, rows: int = 0) -> tuple[Row, str | None]:
    """A request that list links answers with 200."""
    token, caller = world.sign_in()
    for _ in range(rows):
        world.add("Link", owner=caller["id"])
    return {}, token


def login(world: World) -> tuple[Row, str | None]:
    """A request that login answers with 200."""
    account = world.add("User", password="correct horse")
    return {"email": account["email"], "password": "correct horse"}, None


def register(world: World) -> tuple[Row, str | None]:
    """A request that register answers with 201."""
    return {"email": "ada@example.com", "password": "correct horse"}, None


def shorten(world: World) -> tuple[Row, str | None]:
    """A request that shorten answers with 201."""
    token, _ = world.sign_in()
    return {"target_url": "https://example.com/"}, token


SUCCEEDING = {
    "delete_link": (delete_link, 204),
    "follow": (follow, 302),
    "list_links": (list_links, 200),
    "login": (login, 200),
    "register": (register, 201),
    "shorten": (shorten, 201),
}
"""Each operation: what makes it succeed, and its status then."""


LISTS: list[str] = ["list_links"]
"""Operations that show many rows; they can be given so many."""

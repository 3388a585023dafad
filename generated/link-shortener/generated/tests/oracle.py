"""What the service must do, in plain dictionaries: the tests compare the two."""

from collections.abc import Callable
from datetime import datetime, timedelta

from support.tables import Entity, Failed, Reply, Row, Tables, Token, first

ENTITIES = {
    "DailyTotal": Entity(
        fields=["id", "code", "day", "clicks"],
        made=["id"],
        unique=[["code", "day"]],
        limits={"clicks": (-9223372036854775808, 9223372036854775807)},
    ),
    "User": Entity(
        fields=["id", "email", "password"], made=["id"], hidden=["password"], unique=[["email"]], passwords=["password"]
    ),
    "Link": Entity(
        fields=["id", "target_url", "code", "owner", "expires_at", "clicks"],
        made=["id", "code"],
        codes={"code": 7},
        unique=[["code"]],
        refers={"owner": ("User", "refuse")},
        limits={"clicks": (-9223372036854775808, 9223372036854775807)},
    ),
}
"""What the database holds for each kind of row: keys, references, limits, and what is made or hidden."""


class Oracle(Tables):
    """Every operation and handler, one after the other, on lists of rows."""

    entities = ENTITIES

    def delete_link(self, given: Row, caller: Row, now: datetime) -> Reply:
        """Find the link whose code is the given code; refuse unless the link's owner is the caller; delete the link.
        (R5, R6)
        """
        link = first([row for row in self.rows["Link"] if row["code"] == given["code"]])
        if link is None:
            raise Failed("missing")
        if link["owner"] != caller["id"]:
            raise Failed("forbidden")
        self.remove("Link", [link])
        return Reply(204)

    def follow(self, given: Row, caller: Row | None, now: datetime) -> Reply:
        """Find the link whose code is the given code and whose expires at is after now; add 1 to the clicks of the
        link; publish LinkClicked. (R2, R8)
        """
        link = first([row for row in self.rows["Link"] if row["code"] == given["code"] and row["expires_at"] > now])
        if link is None:
            raise Failed("missing")
        self.change("Link", link, {"clicks": link["clicks"] + 1})
        self.publish("LinkClicked", {"code": link["code"], "at": now})
        return Reply(302, location=link["target_url"])

    def list_links(self, given: Row, caller: Row, now: datetime) -> Reply:
        """List the links whose owner is the caller. (R5)"""
        links = [row for row in self.rows["Link"] if row["owner"] == caller["id"]][:100]
        return Reply(200, [self.shown("Link", row) for row in links])

    def login(self, given: Row, caller: Row | None, now: datetime) -> Reply:
        """Find the user whose email is the given email; check the password; refuse unless there is an account and
        the password is right; issue a token.
        """
        account = first([row for row in self.rows["User"] if row["email"] == given["email"]])
        password_is_right = (account["password"] if account else None) == given["password"]
        if account is None or not password_is_right:
            raise Failed("unauthenticated")
        access_token = Token(account["id"])
        return Reply(200, {"access_token": access_token})

    def register(self, given: Row, caller: Row | None, now: datetime) -> Reply:
        """Add a user."""
        password_hash = given["password"]
        account = self.insert("User", {"email": given["email"], "password": password_hash})
        return Reply(201, self.shown("User", account))

    def shorten(self, given: Row, caller: Row | None, now: datetime) -> Reply:
        """Add a link. (R1)"""
        link = self.insert(
            "Link",
            {
                "target_url": given["target_url"],
                "owner": caller["id"] if caller else None,
                "expires_at": now + timedelta(days=30),
                "clicks": 0,
            },
        )
        return Reply(201, self.shown("Link", link))

    def cleanup_links(self, event: Row, now: datetime) -> None:
        """Delete the links whose expires at is not after now. (R7)"""
        self.remove("Link", [row for row in self.rows["Link"] if row["expires_at"] <= now])

    def count_click(self, event: Row, now: datetime) -> None:
        """Add a daily total, or change the one of the same code and day. (R8)"""
        daily_total = first(
            [
                row
                for row in self.rows["DailyTotal"]
                if row["code"] == event["code"] and row["day"] == event["at"].date()
            ]
        )
        if daily_total is None:
            daily_total = self.insert("DailyTotal", {"code": event["code"], "day": event["at"].date(), "clicks": 1})
        else:
            self.change("DailyTotal", daily_total, {"clicks": daily_total["clicks"] + 1})


OPERATIONS: dict[str, tuple[str, Callable[..., Reply]]] = {
    "delete_link": ("user", Oracle.delete_link),
    "follow": ("anyone", Oracle.follow),
    "list_links": ("user", Oracle.list_links),
    "login": ("anyone", Oracle.login),
    "register": ("anyone", Oracle.register),
    "shorten": ("user?", Oracle.shorten),
}
"""Each operation: who may ask, and what it does."""


HANDLERS: dict[str, tuple[str, Callable[..., None]]] = {
    "cleanup_links": ("", Oracle.cleanup_links),
    "count_click": ("LinkClicked", Oracle.count_click),
}
"""Each handler: the event that it runs on, and what it does."""

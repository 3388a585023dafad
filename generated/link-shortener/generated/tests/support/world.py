"""The running service beside its oracle: every request goes to both, and both must agree on the reply and the rows."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from unittest.mock import patch
from urllib.parse import quote
from uuid import UUID

import httpx
from argon2 import PasswordHasher
from pydantic_core import to_jsonable_python
from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from link_shortener import authentication, models, worker
from link_shortener.application import create_app
from link_shortener.clock import current_time
from link_shortener.database import engine, sessions
from oracle import HANDLERS, OPERATIONS, Oracle
from support.factories import FACTORIES
from support.interface import FIELDS, KEPT, MODELS, ROUTES, STATUSES, WRITTEN
from support.tables import Failed, Reply, Row, Token

T = TypeVar("T")
BEGIN = datetime(2100, 1, 1, 12, tzinfo=UTC)
"""The time at which every test begins: later than any clock, so that nothing waits for it."""
FORGED = "forged"
"""A token that nobody issued."""


def as_json(value: Any) -> Any:
    """A value as it stands in JSON."""
    match value:
        case {**fields}:
            return {name: as_json(item) for name, item in fields.items()}
        case [*items]:
            return [as_json(item) for item in items]
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date() | UUID():
            return str(value)
        case timedelta():
            return to_jsonable_python(value)
        case Decimal():
            whole = int(value) if value == int(value) else float(value)
            return whole if Decimal(repr(whole)) == value else f"{value.normalize():f}"
        case _:
            return value


def as_text(value: Any) -> str:
    """A value as it stands in a path, a query or a header."""
    shown = as_json(value)
    return str(shown).lower() if isinstance(shown, bool) else str(shown)


class World:
    """The service in this process, with a clock that stands still until it is told."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self.now = BEGIN
        self.oracle = Oracle()
        self.added = 0
        self.waiting: list[Waiting] = []
        if engine().dialect.name == "sqlite":
            event.listen(engine().sync_engine, "connect", reverse_what_nothing_orders)
        app = create_app()
        app.dependency_overrides[current_time] = lambda: self.now
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")
        self.app = app
        described = [operation for methods in app.openapi()["paths"].values() for operation in methods.values()]
        self.described = {operation["operationId"]: operation["responses"].keys() for operation in described}
        # Real hashes take a tenth of a second each.
        self.cheap = patch.object(authentication, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        self.cheap.start()

    def close(self) -> None:
        """Ends all connections."""
        self.cheap.stop()
        self.run(self.client.aclose())
        self.run(engine().dispose())
        self.runner.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Waits for something."""
        return self.runner.run(work)

    def reset(self) -> None:
        """Begins anew, without rows."""
        self.now, self.added, self.oracle = BEGIN, 0, Oracle()
        self.waiting.clear()

        async def empty(session: AsyncSession) -> None:
            for table in reversed(models.Base.metadata.sorted_tables):
                await session.execute(table.delete())

        self.in_session(empty)

    def in_session(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """Does something in a transaction of its own."""

        async def committed() -> T:
            async with sessions()() as session:
                result = await work(session)
                await session.commit()
                return result

        return self.run(committed())

    # Rows.

    def add(self, entity: str, /, **values: Any) -> Row:
        """Adds a row to the database and to the oracle; what is not given is made up."""
        self.added += 1
        row = {**FACTORIES[entity](self, self.added), **values}
        stored = {FIELDS[entity][name]: value for name, value in row.items()}
        for name in Oracle.entities[entity].passwords:
            stored[FIELDS[entity][name]] = authentication.hasher.hash(row[name])

        async def insert(session: AsyncSession) -> None:
            session.add(MODELS[entity](**stored))

        self.in_session(insert)
        kept = dict.fromkeys(Oracle.entities[entity].fields)
        self.oracle.rows[entity].append({**kept, **row})
        return {**kept, **row}

    def stored(self) -> dict[str, list[Row]]:
        """All rows of the database, hidden fields left out, in the order of insertion."""

        async def read(session: AsyncSession) -> dict[str, list[Row]]:
            return {
                entity: [visible(entity, row) for row in await session.scalars(select(model).order_by(model.seq))]
                for entity, model in MODELS.items()
            }

        return self.in_session(read)

    def count(self, model: type[models.Base]) -> int:
        """How many rows there are."""

        async def counted(session: AsyncSession) -> int:
            return await session.scalar(select(func.count()).select_from(model)) or 0

        return self.in_session(counted)

    def check_rows(self, stored: dict[str, list[Row]] | None = None) -> None:
        """The database holds what the oracle holds."""
        actual = stored or self.stored()
        for entity, rows in self.oracle.rows.items():
            expected = [self.oracle.stored(entity, row) for row in rows]
            assert by_id(actual[entity]) == by_id(expected), f"rows of {entity}"
        expected = len(self.waiting)
        expected += len([on for event, _ in self.oracle.queue for on, _ in HANDLERS.values() if on == event])
        assert self.count(models.Delivery) == expected, "what is on its way"

    # Callers and requests.

    def sign_in(self, account: Row | None = None) -> tuple[str, Row]:
        """A token and the account that it stands for; a new one where none is given."""
        row = account or self.add("User")
        token = authentication.issue_token(row["id"])
        self.oracle.tokens[token] = row["id"]
        return token, row

    def send(self, operation: str, given: Row, token: str | None = None, **options: Any) -> httpx.Response:
        """Sends a request to the service alone."""
        return self.run(self.request(operation, given, token, **options))

    async def request(self, operation: str, given: Row, token: str | None = None, **options: Any) -> httpx.Response:
        """One request: every value goes where the operation expects it, an unknown one into the body."""
        route = ROUTES[operation]
        path = route.path
        placed: dict[str, Row] = {"query": {}, "header": {}, "cookie": {}, "body": {}}
        for name, value in given.items():
            place = route.places.get(name, "body")
            written = WRITTEN.get((operation, name), name)
            if place == "path":
                path = path.replace(f"{{{name}}}", quote(as_text(value), safe=""))
            elif place == "body" or value is not None:
                placed[place][written] = as_json(value) if place == "body" else as_text(value)
        cookies = "; ".join(f"{name}={value}" for name, value in placed["cookie"].items())
        headers = {
            **placed["header"],
            **({"Cookie": cookies} if cookies else {}),
            **({"Authorization": f"Bearer {token}"} if token is not None else {}),
        }
        if "body" in route.places.values() and "content" not in options:
            options["content"] = json.dumps(placed["body"])
            headers["Content-Type"] = "application/json"
        method = options.pop("method", route.method)
        return await self.client.request(method, path, params=placed["query"], headers=headers, **options)

    def call(self, operation: str, given: Row, token: str | None = None, *, valid: bool = True) -> httpx.Response:
        """Sends a request and compares the reply and all rows with what the oracle says."""
        response = self.send(operation, given, token)
        stored = self.take_what_was_made()
        expected = self.expect(operation, given, token, valid=valid)
        self.compare(operation, response, expected)
        self.check_rows(stored)
        return response

    def expect(self, operation: str, given: Row, token: str | None, *, valid: bool = True) -> Reply:
        """What the oracle says, once it has seen what the service made."""
        return self.oracle.attempt(lambda: self.foresee(operation, given, token, valid))

    def foresee(self, operation: str, given: Row, token: str | None, valid: bool) -> Reply:
        """What the oracle says. A caller who is not let in never learns whether the rest was right."""
        access, work = OPERATIONS[operation]
        caller = self.caller(token) if access != "anyone" else None
        if access == "user" and caller is None:
            raise Failed("unauthenticated")
        if not valid:
            raise Failed("invalid")
        kept = {name: keep(given[name]) for name, keep in KEPT.get(operation, {}).items() if given.get(name)}
        given = {**given, **kept}
        return work(self.oracle, given, caller, self.now)

    def caller(self, token: str | None) -> Row | None:
        """Whose token it is. One that means nobody is refused."""
        if token is None:
            return None
        for row in self.oracle.rows["User"]:
            if token in self.oracle.tokens and row["id"] == self.oracle.tokens[token]:
                return row
        raise Failed("unauthenticated")

    def take_what_was_made(self) -> dict[str, list[Row]]:
        """All rows; the oracle is shown those that are new, so that it knows their ids and codes."""
        stored = self.stored()
        known = {entity: {row["id"] for row in rows} for entity, rows in self.oracle.rows.items()}
        self.oracle.made = {
            entity: [row for row in rows if row["id"] not in known[entity]] for entity, rows in stored.items()
        }
        return stored

    def compare(self, operation: str, response: httpx.Response, expected: Reply) -> None:
        """The reply is the one that the oracle expects."""
        assert response.headers["X-Request-ID"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert str(response.status_code) in self.described[operation], "a status that the description leaves out"
        if expected.failure:
            known = STATUSES[operation]
            usual = {known[expected.failure], *({known["malformed"]} if expected.failure == "invalid" else ())}
            assert response.status_code in ({expected.status} if expected.status else usual), response.text
            assert response.headers["Content-Type"] == "application/problem+json"
            assert response.json()["status"] == response.status_code
            return
        assert response.status_code == expected.status, response.text
        for name, value in expected.headers.items():
            assert response.headers[name] == value
        if expected.location is not None:
            assert response.headers["Location"] == quote(expected.location, safe=":/%#?=@[]!$&'()*+,;")
            assert response.headers["Cache-Control"] == "no-store"
        elif expected.text is not None:
            assert response.text == expected.text
        elif expected.body is None:
            assert response.content == b""
        else:
            self.compare_body(response.json(), expected.body)

    def compare_body(self, actual: Any, expected: Any) -> None:
        """The body is the expected one; a token is remembered with whom it stands for."""
        match expected:
            case {**fields}:
                for name, value in fields.items():
                    if isinstance(value, Token):
                        self.oracle.tokens[actual[name]] = value.subject
                        fields[name] = actual[name]
                expected = fields
            case _:
                pass
        assert actual == as_json(expected), f"{actual} is not {as_json(expected)}"

    # Events and time.

    def deliver(self) -> None:
        """Delivers every event, in the service and in the oracle."""

        self.run(deliver_all(self.now))
        self.take_what_was_made()
        self.waiting += self.received()
        for waiting in list(self.waiting):
            self.run_handler(waiting)
        while received := self.received():
            self.waiting += received
            for waiting in received:
                self.run_handler(waiting)
        self.check_rows()

    def received(self) -> "list[Waiting]":
        """What the events on their way are to the handlers that they are for."""
        events, self.oracle.queue = self.oracle.queue, []
        return [
            Waiting(name, handle, values, self.now)
            for event, values in events
            for name, (on, handle) in HANDLERS.items()
            if on == event
        ]

    def run_handler(self, waiting: "Waiting") -> None:
        """Runs a handler of the oracle; one that fails waits, each time twice as long."""
        if waiting.due > self.now or waiting.attempts == 10:
            return

        def work() -> Reply:
            waiting.handle(self.oracle, waiting.values, self.now)
            return Reply(204)

        done = self.oracle.attempt(work).status == 204
        waiting.attempts += 1
        if done:
            self.waiting.remove(waiting)
        else:
            waiting.due = self.now + timedelta(seconds=2**waiting.attempts)


@dataclass(eq=False)
class Waiting:
    """An event that a handler of the oracle has not had yet."""

    name: str
    handle: Callable[[Oracle, Row, datetime], None]
    values: Row
    due: datetime
    attempts: int = 0


async def deliver_all(now: datetime) -> None:
    """Delivers until nothing is due."""
    for _ in range(1000):
        if not await worker.deliver(now):
            return
    raise AssertionError("deliveries do not come to an end")


def visible(entity: str, row: Any) -> Row:
    """A row of the database by the names of its fields, hidden ones left out."""
    hidden = Oracle.entities[entity].hidden
    return {name: getattr(row, attribute) for name, attribute in FIELDS[entity].items() if name not in hidden}


def reverse_what_nothing_orders(connection: Any, _record: object) -> None:
    """Rows come the other way round where a query forgets their order."""
    connection.cursor().execute("PRAGMA reverse_unordered_selects = ON")


def by_id(rows: list[Row]) -> list[Row]:
    """Rows in an order that does not depend on when they were written."""
    return sorted(rows, key=lambda row: str(row["id"]))

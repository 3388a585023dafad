"""Failures: what clients are told of each, and of what the database refuses."""

import json
from typing import Any
from unittest.mock import AsyncMock, Mock
from uuid import uuid4

import pytest
from fastapi.exceptions import RequestValidationError
from sqlalchemy import Column, ForeignKey, MetaData, Table, UniqueConstraint, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from link_shortener import database
from link_shortener.failures import (
    Conflict,
    Failure,
    Forbidden,
    Invalid,
    Limited,
    Missing,
    Unauthenticated,
    Unavailable,
    answer_failure,
    answer_invalid,
    fields_of,
    of_database_error,
)
from oracle import ENTITIES
from support.interface import FIELDS, MODELS
from support.world import World

KINDS: list[tuple[type[Failure], int, str]] = [
    (Invalid, 422, "Unprocessable Content"),
    (Unauthenticated, 401, "Unauthorized"),
    (Forbidden, 403, "Forbidden"),
    (Missing, 404, "Not Found"),
    (Conflict, 409, "Conflict"),
    (Limited, 429, "Too Many Requests"),
    (Unavailable, 503, "Service Unavailable"),
]
TAKEN = [
    ("DailyTotal", ["id"], "id"),
    ("DailyTotal", ["code", "day"], "code and day"),
    ("User", ["id"], "id"),
    ("User", ["email"], "email"),
    ("Link", ["id"], "id"),
    ("Link", ["code"], "code"),
]
"""Values of which no two rows have the same, and what clients are told that they are called."""
REFERENCES = [(entity, name) for entity, known in ENTITIES.items() for name in known.refers]
HELD = [(entity, name) for entity, name in REFERENCES if ENTITIES[entity].refers[name][1] == "refuse"]
"""References that keep what they refer to from being deleted."""
COMPUTED = [("DailyTotal", "clicks"), ("Link", "clicks")]
"""Numbers that are computed from what they were."""


@pytest.mark.parametrize(("kind", "status", "title"), KINDS)
def test_a_failure_has_a_status_and_a_title(world: World, kind: type[Failure], status: int, title: str) -> None:
    reply = world.run(answer_failure(Request({"type": "http"}), kind("the milk is sour")))
    assert (reply.status_code, kind.title) == (status, title)
    problem = {"type": "about:blank", "title": title, "status": status, "detail": "the milk is sour"}
    assert json.loads(bytes(reply.body)) == problem
    assert reply.headers.get("WWW-Authenticate") == ("Bearer" if kind is Unauthenticated else None)


@pytest.mark.parametrize(("kind", "status", "title"), KINDS)
def test_a_failure_may_have_a_status_of_its_own(kind: type[Failure], status: int, title: str) -> None:
    assert kind("the milk is sour", 418).status == 418
    assert kind().status == status
    assert kind().detail == title


def test_a_request_that_does_not_fit_is_told_so(world: World) -> None:
    reply = world.run(answer_invalid(Request({"type": "http"}), RequestValidationError([])))
    assert "the request is not valid" in bytes(reply.body).decode()


@pytest.mark.parametrize(("entity", "key", "said"), TAKEN)
def test_a_value_that_is_taken_is_a_conflict(world: World, entity: str, key: list[str], said: str) -> None:
    row = world.add(entity)
    with pytest.raises(DBAPIError) as refused:
        world.add(entity, **{name: row[name] for name in key})
    failure = of_database_error(refused.value)
    assert isinstance(failure, Conflict)
    assert failure.detail == f"{said} is taken"
    world.check_rows()


@pytest.mark.parametrize(("entity", "name"), REFERENCES)
def test_a_reference_to_nothing_is_invalid(world: World, entity: str, name: str) -> None:
    with pytest.raises(DBAPIError) as refused:
        world.add(entity, **{name: uuid4()})
    failure = of_database_error(refused.value)
    assert isinstance(failure, Invalid)
    assert failure.detail == "it refers to something that is not there"


@pytest.mark.parametrize(("entity", "name"), HELD)
def test_a_row_that_another_refers_to_stays(world: World, entity: str, name: str) -> None:
    to = ENTITIES[entity].refers[name][0]
    held = world.add(to)
    world.add(entity, **{name: held["id"]})

    async def remove(session: AsyncSession) -> None:
        known = getattr(MODELS[to], FIELDS[to]["id"])
        await session.delete(await session.scalar(select(MODELS[to]).where(known == held["id"])))

    with pytest.raises(DBAPIError) as refused:
        world.in_session(remove)
    failure = of_database_error(refused.value)
    assert isinstance(failure, Conflict)
    assert failure.detail == "something still refers to it"
    world.check_rows()


@pytest.mark.parametrize(("entity", "name"), COMPUTED)
def test_a_number_that_is_computed_never_leaves_64_bits(world: World, entity: str, name: str) -> None:
    world.add(entity, **{name: -(2**63)})
    world.add(entity, **{name: 2**63 - 1})
    column = getattr(MODELS[entity], FIELDS[entity][name])
    with pytest.raises(DBAPIError) as refused:
        world.in_session(lambda session: session.execute(update(MODELS[entity]).values({column: column + 1})))
    assert isinstance(of_database_error(refused.value), Invalid)
    world.check_rows()


class Told(Exception):
    """What PostgreSQL says of a statement that it refuses."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__(f"it says {sqlstate}")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("state", "statement", "kind", "said"),
    [
        ("23505", "INSERT INTO teas", Conflict, "it is taken"),
        ("23503", "INSERT INTO teas", Invalid, "it refers to something that is not there"),
        ("23503", "DELETE FROM teas", Conflict, "something still refers to it"),
        ("23001", "DELETE FROM teas", Conflict, "something still refers to it"),
        ("22003", "UPDATE teas", Invalid, "a value is out of range"),
    ],
)
def test_a_state_of_postgresql_is_told_as_what_it_means(
    state: str, statement: str, kind: type[Failure], said: str
) -> None:
    failure = of_database_error(DBAPIError(statement, {}, Told(state)))
    assert isinstance(failure, kind)
    assert failure.detail == said


def test_a_number_that_sqlite_cannot_add_is_invalid() -> None:
    assert isinstance(of_database_error(DBAPIError("UPDATE", {}, ArithmeticError("integer overflow"))), Invalid)


def test_a_reference_is_called_by_what_it_refers_to() -> None:
    columns = (Column("owner_id", ForeignKey("owners.id")), Column("made_id"))
    constraint = UniqueConstraint("owner_id", "made_id")
    Table("teas", MetaData(), *columns, constraint)
    assert fields_of(constraint) == "owner and made_id"


def test_what_is_not_the_fault_of_a_client_is_told_to_nobody() -> None:
    error = DBAPIError("SELECT", {}, OSError("no connection"))
    assert of_database_error(error) is error


class Lost(Exception):
    """A statement that lost against another transaction, as PostgreSQL says it."""

    sqlstate = "40001"


def trying(*outcomes: object) -> tuple[Any, Mock]:
    """A transaction whose attempts end like this, and its session."""
    session = AsyncMock(spec=AsyncSession)
    work = AsyncMock(side_effect=outcomes, __name__="work")
    return database.transactional(work)(session=session), session


def test_a_transaction_that_lost_is_done_again(world: World) -> None:
    lost = DBAPIError("UPDATE", {}, Lost())
    done, session = trying(lost, lost, "milk")
    assert world.run(done) == "milk"
    assert (session.rollback.await_count, session.commit.await_count) == (2, 1)


def test_a_transaction_that_always_loses_is_given_up(world: World) -> None:
    done, session = trying(*[DBAPIError("UPDATE", {}, Lost())] * 100)
    with pytest.raises(Unavailable):
        world.run(done)
    assert (session.rollback.await_count, session.commit.await_count) == (database.ATTEMPTS, 0)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (OverflowError("too large"), Invalid),
        (DBAPIError("SELECT", {}, OSError("no connection")), DBAPIError),
        (RuntimeError("sour"), RuntimeError),
        (Missing("milk"), Missing),
    ],
)
def test_a_transaction_that_fails_is_undone(world: World, error: Exception, kind: type[Exception]) -> None:
    done, session = trying(error)
    with pytest.raises(kind):
        world.run(done)
    assert (session.rollback.await_count, session.commit.await_count) == (1, 0)

"""What clients send: everything that is allowed is taken, everything else is refused, and nothing else is set."""

from typing import Any

import pytest

from support.interface import BAD, GOOD, ROUTES, STATUSES, WRITTEN
from support.scenarios import SUCCEEDING
from support.world import World


def cases(table: dict[str, dict[str, list[Any]]]) -> list[Any]:
    """Each operation, input and value of a table, with a name."""
    return [
        pytest.param(operation, name, value, id=f"{operation}-{name}-{number}")
        for operation, inputs in table.items()
        for name, values in inputs.items()
        for number, value in enumerate(values)
    ]


def refused(operation: str) -> set[int]:
    """The statuses of a request that does not fit."""
    return {STATUSES[operation]["malformed"], STATUSES[operation]["invalid"]}


@pytest.mark.parametrize(("operation", "name", "value"), cases(GOOD))
def test_a_value_within_the_constraints_is_taken_as_the_oracle_takes_it(
    world: World, operation: str, name: str, value: object
) -> None:
    arrange, _ = SUCCEEDING[operation]
    given, token = arrange(world)
    world.call(operation, {**given, name: value}, token)


@pytest.mark.parametrize(("operation", "name", "value"), cases(BAD))
def test_a_value_outside_the_constraints_is_refused(world: World, operation: str, name: str, value: object) -> None:
    arrange, _ = SUCCEEDING[operation]
    given, token = arrange(world)
    reply = world.call(operation, {**given, name: value}, token, valid=False)
    assert reply.status_code in refused(operation)
    errors = reply.json()["errors"]
    assert any(error["field"].split(".")[0] == WRITTEN.get((operation, name), name) for error in errors)
    assert all(" " in error["message"] and "Value error" not in error["message"] for error in errors)


@pytest.mark.parametrize(
    ("operation", "name"), [(operation, name) for operation, route in ROUTES.items() for name in route.required]
)
def test_an_input_that_is_needed_must_be_sent(world: World, operation: str, name: str) -> None:
    arrange, _ = SUCCEEDING[operation]
    given, token = arrange(world)
    del given[name]
    assert world.call(operation, given, token, valid=False).status_code in refused(operation)


@pytest.mark.parametrize("operation", ["login", "register", "shorten"])
@pytest.mark.parametrize("content", [b"{", b"", b"[]", b"null", b'"text"', b"\xff"])
def test_a_body_that_is_no_object_is_refused(world: World, operation: str, content: bytes) -> None:
    arrange, _ = SUCCEEDING[operation]
    given, token = arrange(world)
    assert world.send(operation, given, token, content=content).status_code in refused(operation)
    world.check_rows()


@pytest.mark.parametrize("operation", ["login", "register", "shorten"])
def test_what_the_operation_does_not_ask_for_is_ignored(world: World, operation: str) -> None:
    arrange, status = SUCCEEDING[operation]
    given, token = arrange(world)
    fields = {name for known in world.oracle.entities.values() for name in known.fields}
    more = dict.fromkeys(sorted(fields - ROUTES[operation].places.keys()), "not asked for")
    assert world.call(operation, {**more, **given}, token).status_code == status


@pytest.mark.parametrize("operation", ["login", "register", "shorten"])
def test_a_body_that_is_too_large_is_refused(world: World, operation: str) -> None:
    arrange, _ = SUCCEEDING[operation]
    given, token = arrange(world)
    assert world.send(operation, given, token, content=b" " * 1_000_001).status_code == 413
    world.check_rows()

"""How behaviour is planned as statements: which rows are held, and which are read again."""

from __future__ import annotations

import pytest

from autocoder.ir.behaviour import List, walk_steps
from tests.compiling import compiled

TEXT = """auth: {entity: User, login: email, secret: password}
entities:
  User: {fields: {email: {type: email, unique: true}, password: password}}
  Item: {fields: {name: text, cents: integer}}
integrations:
  pay:
    base_url: {env: PAY_URL}
    operations: {charge: {route: POST /c, send: {cents: integer}, receive: {ok: boolean}}}
operations:
  go:
    route: POST /go
    access: user
    effects:
      - {list: Item, order: [name]}
      - {compute: {dear: "items.filter(i, i.cents > 3)"}}
      - EFFECT
    output: {status: 204}
"""
CALL = "{call: pay.charge, with: {cents: size(dear)}}"
CHANGE = "{update: i, set: {cents: i.cents + 1}, each: dear, item: i}"


def held(effects: str) -> list[bool]:
    """Of each list that is read whether its rows are held."""
    operation = compiled(TEXT.replace("EFFECT", effects)).views.operation("go")
    return [step.lock for step in walk_steps(operation.plan) if isinstance(step, List)]


@pytest.mark.parametrize(
    ("effects", "expected"),
    [
        (CALL, [False]),
        (CHANGE, [True]),
        (f"{CALL}\n      - {CHANGE}", [False, True]),
    ],
)
def test_rows_of_a_list_are_held_where_they_are_changed_and_read_again_after_a_call(
    effects: str, expected: list[bool]
) -> None:
    assert held(effects) == expected

"""Fields that not everybody sees: what `visible` may say, and what is worked out of them."""

from __future__ import annotations

import pytest

from tests.compiling import findings

TEXT = """
auth: {{entity: User, login: email}}
entities:
  User: {{fields: {{email: email, password: {password}, role: {{type: enum, values: [user, admin], default: admin}}}}}}
  Job: {{fields: {{name: text, pay: {pay}}}}}
operations:
  all: {{route: GET /jobs, access: user, effects: [{{list: Job}}]}}
"""


@pytest.mark.parametrize(
    ("pay", "password", "place"),
    [
        ("{type: integer, visible: {role: boss}}", "password", "pay: {type: integer, visible: "),
        ("{type: integer, visible: owner}", "password", "pay: {type: integer, visible: "),
        ("{type: integer, visible: [{role: admin}, owner]}", "password", "pay: {type: integer, visible: "),
        ("integer", "{type: password, visible: owner}", "password: {type: password, visible: "),
    ],
)
def test_a_field_is_seen_by_somebody_who_can_be_there(pay: str, password: str, place: str) -> None:
    text = TEXT.format(pay=pay, password=password)
    lines = text.splitlines()
    row = next(n for n, line in enumerate(lines) if place in line)
    column = lines[row].index(place) + len(place) + 1
    assert findings(text) == [("AC3224", f"architecture.yaml:{row + 3}:{column}")]


def test_what_is_worked_out_shows_no_field_that_not_everybody_sees() -> None:
    pay = "{type: integer, visible: {role: admin}}, twice: {type: integer, computed: pay * 2}"
    text = TEXT.format(pay=pay, password="password")
    line = text.splitlines()[4]
    assert findings(text) == [("AC3223", f"architecture.yaml:7:{line.index('pay * 2') + 1}")]

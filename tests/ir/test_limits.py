"""Limits that mean nothing are refused where they stand."""

from __future__ import annotations

import pytest

from tests.compiling import findings

OPERATION = "operations: {a: {route: GET /x, effects: [{list: Note}]}}\n"


@pytest.mark.parametrize(
    ("spec", "column"),
    [
        ("{type: text, min: few}", 44),
        ("{type: text, max: 1.5}", 44),
        ("{type: text, min: -1}", 44),
        ("{type: integer, min: '=now'}", 47),
        ("{type: integer, max: 0.5}", 47),
        ("{type: integer, min: true}", 47),
        ("{type: integer, min: 5, max: 4}", 47),
        ("{type: text, pattern: '('}", 48),
    ],
)
def test_a_limit_that_is_none_is_refused_at_its_place(spec: str, column: int) -> None:
    text = f"entities: {{Note: {{fields: {{title: {spec}}}}}}}\n{OPERATION}"
    wanted = text.splitlines()[0].index(spec) + 1
    assert findings(text) == [("AC3107", f"architecture.yaml:3:{wanted + column - 26}")]


def test_limits_of_inputs_are_checked_too() -> None:
    text = "entities: {Note: {fields: {title: text}}}\n"
    text += "operations:\n  a: {route: GET /x, input: {n: {type: integer, max: many}}, effects: [{list: Note}]}\n"
    assert [code for code, _ in findings(text)] == ["AC3107"]


@pytest.mark.parametrize("spec", ["{type: integer, min: -5, max: 5}", "{type: text, min: 0, max: 200}", "{type: date}"])
def test_limits_that_mean_something_pass(spec: str) -> None:
    assert findings(f"entities: {{Note: {{fields: {{title: {spec}}}}}}}\n{OPERATION}") == []


ACCOUNT = (
    "entities: {{User: {{fields: {{name: {login}, pass: {secret}}}}}}}\n"
    "auth: {{entity: User, login: name, secret: pass}}\n"
)


@pytest.mark.parametrize(
    ("login", "secret", "places"),
    [
        ("integer", "password", ["architecture.yaml:4:29"]),
        ("{type: text, optional: true}", "password", ["architecture.yaml:4:29"]),
        ("text", "text", ["architecture.yaml:4:43"]),
        ("text", "password", []),
    ],
)
def test_an_account_is_named_by_a_text_and_proven_by_a_password(login: str, secret: str, places: list[str]) -> None:
    found = findings(ACCOUNT.format(login=login, secret=secret))
    assert [place for code, place in found if code == "AC3148"] == places

"""Emitted tests send and keep nothing beyond what inputs and fields take."""

from __future__ import annotations

from tests.compiling import compiled
from tests.targets.python_service.emitted import tree_of

FILMS = """
auth: {entity: Person, login: login}
entities:
  Person: {fields: {login: {type: text, unique: true}, password: password}}
  Film: {fields: {title: {type: text, max: 40}, stars: {type: integer, min: 1, max: 5}}}
operations:
  add:
    route: POST /films
    access: user
    input: {title: {type: text, min: 3}, stars: {type: integer, min: 1, max: 5}}
    effects: [{create: Film}]
  seen:
    route: GET /films
    input: {least: {type: integer, optional: true}}
    effects: [{list: Film, where: "input.least == null || stars >= input.least"}]
"""


def emitted(path: str) -> str:
    (found,) = (file for file in tree_of(compiled(FILMS)) if file.path.endswith(path))
    return found.content.decode()


def test_a_row_that_a_list_leaves_out_is_one_that_may_be_there() -> None:
    assert "1 - 1" not in emitted("tests/test_operations.py")


def test_an_input_that_takes_less_than_its_field_gets_no_values_of_rows() -> None:
    assert 'NARROWER = {("add", "title")}' in emitted("tests/properties/test_against_oracle.py")

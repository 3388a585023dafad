"""Fields of the type secret: what their options mean, and what is kept beside them."""

from __future__ import annotations

import pytest

from autocoder.ir.behaviour import Find, Insert, walk_steps
from autocoder.ir.expressions import Column, walk
from tests.compiling import compiled, findings

OPERATION = "operations: {a: {route: GET /x, effects: [{list: Card}]}}\n"


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        ("{type: text, lookup: true}", "AC3220"),
        ("{type: secret, default: '0000'}", "AC3222"),
        ("{type: secret, optional: true, lookup: true}", ""),
    ],
)
def test_options_that_mean_nothing_for_a_secret_are_refused_at_their_field(spec: str, code: str) -> None:
    text = f"entities: {{Card: {{fields: {{number: {spec}}}}}}}\n{OPERATION}"
    place = f"architecture.yaml:3:{text.index(spec) + 1}"
    assert findings(text) == ([(code, place)] if code else [])


def test_a_field_cannot_be_called_as_a_digest_is() -> None:
    text = "entities: {Card: {fields: {number: {type: secret, unique: true}, number_digest: text}}}\n" + OPERATION
    assert [code for code, _ in findings(text)] == ["AC3105"]


def test_a_row_is_found_by_the_digest_of_its_secret() -> None:
    text = (
        "entities: {Card: {fields: {number: {type: secret, unique: true}}}, "
        "User: {fields: {email: email, password: password}}}\n"
        "auth: {entity: User, login: email}\n"
        "operations:\n"
        "  keep: {route: POST /cards, access: user, input: {number: secret}, effects: [{create: Card}]}\n"
        "  find: {route: POST /find, input: {number: secret}, effects: [{read: Card, where: number == input.number}]}\n"
    )
    views = compiled(text).views
    card = views.entity("Card")
    assert [(f.name, f.type.format, f.hidden, f.unique) for f in card.fields[1:]] == [
        ("number", "secret", True, False),
        ("number_digest", "digest", True, True),
    ]
    [insert] = [s for s in walk_steps(views.operation("keep").steps) if isinstance(s, Insert)]
    assert [name for name, _ in insert.values] == ["number", "number_digest"]
    [find] = [s for s in walk_steps(views.operation("find").steps) if isinstance(s, Find)]
    assert find.match.where is not None
    assert [n.field for n in walk(find.match.where) if isinstance(n, Column)] == ["number_digest"]

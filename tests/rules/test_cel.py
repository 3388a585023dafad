"""The owner's rules in CEL: true, false, or wrong with a place and a hint."""

from __future__ import annotations

from typing import Any

import pytest

from autocoder.ir.behaviour import BoundRow, Insert, Match, Remove
from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Entity, Environment, Field, Input, Objectives, Operation, System, Variable
from autocoder.ir.types import TEXT
from autocoder.ir.views import Views
from autocoder.rules.cel import FIELDS, WrongRule, design, holds, offenders


def views() -> Views:
    code = Field(name="code", type=TEXT, unique=True)
    shared = {"inputs": (Input(name="code", place="path", type=TEXT),), "path": "/{code}"}
    nodes = (
        System(name="links", version="0.1.0", description=""),
        Objectives(p95_us=50_000, throughput_per_hour=None, availability_ppm=None),
        Entity(name="Link", table="links", fields=(code,), keys=()),
        Operation(
            name="add", method="POST", access="anyone", steps=(Insert(entity="Link", values=(), bind="link"),), **shared
        ),
        Operation(
            name="drop",
            method="DELETE",
            access="user",
            steps=(Remove(row=BoundRow(entity="Link", bind="link")),),
            **shared,
        ),
        Operation(
            name="clear",
            method="POST",
            access="anyone",
            steps=(Remove(row=Match(entity="Link", where=None, many=True)),),
            **shared,
        ),
        Environment(
            name="production",
            store="postgresql",
            broker="store",
            cache="none",
            host="go.example.com",
            tls=True,
            replicas=(("api", 2),),
            variables=(Variable(name="DATABASE_URL", secret="links-db", key="url"),),
        ),
    )
    return Views(Graph.of(nodes, ()))


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    return design(views())


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("operations.all(o, o.verb != 'delete' || o.access != 'anyone')", False),
        ("operations.all(o, o.name == 'clear' || o.verb != 'delete' || o.access != 'anyone')", True),
        ("operations.exists(o, 'Link' in o.creates && o.inputs.all(i, i.required))", True),
        ("environments.all(e, e.host == '' || e.tls)", True),
        ("environments.all(e, e.replicas.api >= 2)", True),
        ("environments.all(e, e.variables.all(v, v.secret != ''))", True),
        ("objectives.p95_us <= 100000", True),
        ("entities.all(e, e.fields.all(f, f.type != 'password' || f.hidden))", True),
        ("system.name.startsWith('li') && handlers.size() == 0", True),
        ("events.all(e, e.fields.all(f, !f.personal))", True),
    ],
)
def test_a_rule_is_true_or_false_over_the_design(data, expression, expected):
    assert holds(expression, data) is expected


@pytest.mark.parametrize(
    ("expression", "place", "said"),
    [
        ("operation.all(o, true)", (1, 1), "undeclared reference to 'operation'"),
        ("operations.all(o, o.acess != 'anyone')", (1, 21), "'acess'"),
        ("true ||\n  operations.all(o, o.acess == '')", (2, 23), "'acess'"),
        ("operations.all(o, ", (1, 19), "Syntax error"),
        ("operations.size()", (1, 1), "not a condition"),
        ("system.name", (1, 1), "cannot be evaluated"),
        ("1 / 0 == 1", (1, 1), "divide by zero"),
        ("operations.all(o, o.name + 1 == 'x')", (1, 30), "no matching overload"),
        ("operations.all(o, o.name > 1)", (1, 1), "cannot be evaluated"),
    ],
)
def test_a_wrong_rule_says_why_and_where(data, expression, place, said):
    with pytest.raises(WrongRule) as wrong:
        holds(expression, data)
    assert (wrong.value.line, wrong.value.column) == place
    assert said in wrong.value.message


def test_a_misspelt_name_gets_a_hint(data):
    for expression, hint in (("operation.all(o, true)", "operations"), ("operations.all(o, o.acess == '')", "access")):
        with pytest.raises(WrongRule) as wrong:
            holds(expression, data)
        assert hint in wrong.value.help


def test_a_field_name_inside_text_is_no_field(data):
    assert holds("system.name != 'a.nonsense' && system.name != \"b.nonsense\"", data)


def test_the_offenders_of_a_rule_over_all_are_named(data):
    assert offenders("operations.all(o, o.verb != 'delete' || o.access != 'anyone')", data) == ["clear"]
    assert offenders("operations.exists(o, o.verb == 'nothing')", data) == []
    assert offenders("operations.all(o, o.name == 'x') || (handlers.size() > 0)", data) == []


def test_every_field_of_the_data_is_one_that_the_reference_lists(data):
    def names(value: object) -> set[str]:
        if isinstance(value, dict):
            return set(value) | {name for inner in value.values() for name in names(inner)}
        return {name for inner in value for name in names(inner)} if isinstance(value, list) else set()

    rows = [row for value in data.values() if isinstance(value, list) for row in value]
    assert names(rows) - {"api"} <= FIELDS

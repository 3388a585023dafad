"""Expressions as Python and as SQL mean what the language says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import product
from typing import get_args

import pytest
import sqlalchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from autocoder.blueprint.expressions import BinaryOperator
from autocoder.diagnostics import Diagnostics, Span
from autocoder.ir.expressions import Bound, Column, Expr
from autocoder.ir.functions import FUNCTIONS
from autocoder.ir.operators import OPERATORS, Operator
from autocoder.ir.resolve import Scope, resolve
from autocoder.ir.types import BOOLEAN, INTEGER, TEXT, Type
from autocoder.targets.python_service import language
from autocoder.targets.python_service.expressions import Imports, PythonExpressions, literal
from autocoder.targets.python_service.source import Module
from autocoder.targets.python_service.sql import SqlExpressions

COLUMNS = {"name": TEXT, "label": TEXT.or_null(), "size_": INTEGER, "limit_": INTEGER.or_null(), "done": BOOLEAN}
LIMITS = {"size_": (0, 100), "limit_": (0, 100)}
INPUTS = {"text": TEXT, "maybe": TEXT.or_null(), "number": INTEGER, "flag": BOOLEAN}


def typed(text: str, columns: Mapping[str, Type] | None = None) -> Expr:
    diagnostics = Diagnostics()
    span = Span(file="test", line=1, column=1)
    scope = Scope(columns=columns, inputs=INPUTS)
    found = resolve(text, scope, expected=None, span=span, diagnostics=diagnostics)
    assert found is not None, list(diagnostics)
    return found


def python(imports: Imports, row: str = "row") -> PythonExpressions:
    def bound(node: Bound) -> str:
        return node.name if node.scope == "item" else f"given[{literal(node.name)}]"

    def column(node: Column) -> str:
        return f"{row}[{literal(node.field)}]" if row == "row" else f"{row}.{node.field}"

    return PythonExpressions(bound=bound, column=column, imports=imports)


def evaluated(code: str, imports: Imports, **names: object) -> object:
    module = Module(doc="Test.", package="test", imports=imports)
    language.add_functions(tuple(name for name in language.FUNCTIONS if f"{name}(" in code), module)
    module.add(f"result = {code}")
    space: dict[str, object] = dict(names)
    exec(compile(module.text(), "test", "exec"), space)
    return space["result"]


@pytest.mark.parametrize("name", [name for name, function in FUNCTIONS.items() if name != "date"])
def test_a_function_gives_what_its_documentation_says(name: str) -> None:
    imports, function = Imports(), FUNCTIONS[name]
    found = evaluated(python(imports).render(typed(function.example)), imports)
    imports = Imports()
    expected = evaluated(python(imports).render(typed(function.value)), imports)
    assert found == expected


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.sign)
def test_an_operator_gives_what_its_documentation_says(operator: Operator) -> None:
    imports = Imports()
    found = evaluated(python(imports).render(typed(operator.example)), imports)
    assert found == evaluated(python(imports).render(typed(operator.value)), imports)


def test_every_operator_is_documented() -> None:
    written = {operator.sign for operator in OPERATORS}
    assert written - {".", "?.", "[]", ".map", ".filter", ".all", ".exists"} == set(get_args(BinaryOperator)) | {
        "?:",
        "!",
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("!(input.number == 1)", 'given["number"] != 1'),
        ("input.number - (input.number - 1)", 'given["number"] - (given["number"] - 1)'),
        ("(input.number + 1) * 2", '(given["number"] + 1) * 2'),
        ("input.flag && input.number > 1 || input.flag", '(given["flag"] and given["number"] > 1) or given["flag"]'),
        ("input.maybe ?? input.text", 'given["maybe"] if given["maybe"] is not None else given["text"]'),
        ("input.maybe == null", 'given["maybe"] is None'),
        ("90m", "timedelta(minutes=90)"),
    ],
)
def test_python_reads_as_a_person_would_write_it(text: str, code: str) -> None:
    assert python(Imports()).render(typed(text)) == code


def test_the_day_of_a_time_is_taken_in_utc() -> None:
    imports = Imports()
    code = python(imports).render(typed("date(now)"))
    assert str(evaluated(code, imports, now=datetime(2024, 2, 29, 23, 59, tzinfo=UTC))) == "2024-02-29"


class Base(DeclarativeBase):
    """Rows of the conditions below."""


class Thing(Base):
    """One of them."""

    __tablename__ = "things"

    key: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    label: Mapped[str | None]
    size_: Mapped[int]
    limit_: Mapped[int | None]
    done: Mapped[bool]


CONDITIONS = [
    "name == input.text",
    "label == input.maybe",
    "label != input.maybe",
    "label != input.text",
    "!(label == input.text)",
    "!(label == input.maybe || done)",
    "label == null || label == input.maybe",
    "limit_ != null && limit_ < size_",
    "!(limit_ != null && limit_ < size_)",
    "(limit_ ?? 0) + size_ > 2",
    "(done ? size_ : 0 - size_) > 0",
    "name == label",
    "!(name == label)",
    "contains(name, input.text)",
    "starts_with(lower(name), lower(input.text)) && !done",
    "ends_with(name, '%') || contains(label ?? '', '_')",
    "size(name) == input.number",
    "input.flag || done",
    "input.flag && input.maybe != null && name == input.maybe",
    "input.flag && (input.number == 1 || name == input.text)",
    "replace(name, 'a', 'b') == 'b'",
    "name in ['a', 'Ä']",
]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_selects_the_same_rows_in_sql_and_in_python(condition: str) -> None:
    expr = typed(condition, COLUMNS)
    imports = Imports()
    in_python = python(imports).render(expr)
    sql = SqlExpressions(python=python(imports, "Thing"), models="models", limits=LIMITS)
    in_sql = f"[{', '.join(sql.conditions(expr))}]"
    rows = [
        {"name": name, "label": label, "size_": size, "limit_": limit, "done": done}
        for name, label, (size, limit), done in product(
            ["a", "A%", "Ä_"], [None, "a", "x_"], [(1, None), (3, 2)], [True, False]
        )
    ]
    engine = sqlalchemy.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA case_sensitive_like = ON")
        connection.execute(sqlalchemy.insert(Thing), rows)
        for text, maybe, number, flag in product(["a", "A"], [None, "a"], [1, 2], [True, False]):
            given = {"text": text, "maybe": maybe, "number": number, "flag": flag}
            expected = [key for key, row in enumerate(rows, 1) if evaluated(in_python, imports, row=row, given=given)]
            where = evaluated(in_sql, imports, Thing=Thing, given=given)
            found = connection.scalars(sqlalchemy.select(Thing.key).where(*where).order_by(Thing.key)).all()
            assert list(found) == expected, f"{in_sql} with {given}"
    engine.dispose()

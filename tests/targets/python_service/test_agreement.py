"""Emitted Python, the oracle, SQLite and PostgreSQL give random expressions one meaning: that of their description."""

from __future__ import annotations

import pickle
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest

from autocoder.compilation import compile_sources
from autocoder.diagnostics import Diagnostics, Span
from autocoder.ir import times
from autocoder.ir.expressions import Bound, Call, Column, Expr, Op, Operator, Over, parts, walk
from autocoder.ir.functions import FUNCTIONS
from autocoder.ir.pushdown import impossible, names_column, too_large, with_values_checked
from autocoder.ir.resolve import Scope, resolve
from autocoder.ir.types import list_of
from autocoder.targets.python_service import language
from autocoder.targets.python_service.expressions import Imports, PythonExpressions, literal
from autocoder.targets.python_service.names import row_attribute
from autocoder.targets.python_service.source import Module
from autocoder.targets.python_service.sql import SqlExpressions
from tests.compiling import sources
from tests.evaluation import Evaluation, in_64_bits
from tests.servers import postgres
from tests.targets.python_service.emitted import Emitted, write
from tests.targets.python_service.random_expressions import COLUMNS, INPUTS, SMALL, Maker, inputs, row

ROWS, REQUESTS = 24, 2
ON_ROWS, AT_HAND = 1000, 500
DATABASES = ("sqlite+aiosqlite", "postgresql+asyncpg")
NOW = datetime(2024, 2, 29, 12, 30, 15, 123_456, tzinfo=UTC)
PLAYER = Path(__file__).with_name("play_expressions.py")
FIELDS = ", ".join(
    f"{name}: {{type: {type_}}}"
    if type_.item
    else f"{name}: {{type: {type_.name}, optional: {str(type_.optional).lower()}"
    + (f", min: {SMALL[0]}, max: {SMALL[1]}}}" if name == "few" else "}")
    for name, type_ in COLUMNS.items()
)
ASKED = "count + 1 > few && date(at) != day && at + lasts > now && 'a' in held_text"
"""Whatever `models.py` has for questions to databases."""
BLUEPRINT = f"""
entities:
  Thing: {{fields: {{{FIELDS}}}}}
operations:
  all: {{route: GET /things, effects: [{{list: Thing, where: "{ASKED}"}}]}}
"""


@dataclass(frozen=True, kw_only=True)
class Tried:
    """An expression and its text; `rows_only` where a database is asked for it, in which times may be `solved`."""

    text: str
    expr: Expr
    solved: Expr
    rows_only: bool


def typed(text: str) -> Expr:
    diagnostics = Diagnostics()
    span = Span(file="random", line=1, column=1)
    scope = Scope(columns=COLUMNS, inputs=INPUTS)
    found = resolve(text, scope, expected=None, span=span, diagnostics=diagnostics)
    assert found is not None, (text, list(diagnostics))
    return found


def expressions() -> list[Tried]:
    """Random expressions: what databases are asked and may be, then what only Python is."""
    found: list[Tried] = []
    chance = random.Random(2024)
    on_rows, at_hand = Maker(chance, rows_only=True), Maker(chance, rows_only=False)
    while len(found) < ON_ROWS:
        text = on_rows.of(chance.choice(("boolean", "boolean", "text", "integer")), chance.randrange(1, 5))
        meant = typed(text)
        expr = times.over_rows(meant)
        stored = expr.type.name == "integer"
        refused = any(impossible(expr)) or any(too_large(expr, {"few": SMALL}, stored=stored))
        if len(text) < 400 and names_column(expr) and not refused:
            solved = with_values_checked(expr)
            found.append(Tried(text=text, expr=with_values_checked(meant), solved=solved, rows_only=True))
    while len(found) < ON_ROWS + AT_HAND:
        word = chance.choice(("boolean", "text", "integer", "decimal", "date", "datetime", "duration"))
        text = at_hand.of(word, chance.randrange(1, 4))
        if len(text) < 400:
            found.append(Tried(text=text, expr=typed(text), solved=typed(text), rows_only=False))
    return found


def python(imports: Imports, where: str) -> PythonExpressions:
    def bound(node: Bound) -> str:
        return node.name if node.scope == "item" else f"given[{literal(node.name)}]"

    def column(node: Column) -> str:
        dictionary = f"row[{literal(node.field)}]"
        return dictionary if where == "row" else f"{where}.{row_attribute(node.field, node.type)}"

    return PythonExpressions(bound=bound, column=column, imports=imports)


def module(tried: list[Tried]) -> str:
    """Each expression as emitted: over a row at hand, over the oracle's, and as a condition or value of SQL."""
    found = Module(doc="Expressions.", package="shop")
    found.imports.add("shop.models", "Thing")
    names = tuple(language.FUNCTIONS)
    language.add_functions(names, found)
    at_hand, oracle = python(found.imports, "thing"), python(found.imports, "row")
    sql = SqlExpressions(python=python(found.imports, "Thing"), models="shop.models", limits={"few": SMALL})
    lists: dict[str, list[str]] = {"PYTHON": [], "ORACLE": [], "SQL": []}
    for one in tried:
        lists["PYTHON"].append(f"lambda thing, given, now: {at_hand.value(one.solved)}")
        lists["ORACLE"].append(f"lambda row, given, now: {oracle.value(one.solved)}")
        if not one.rows_only:
            lists["SQL"].append("None")
        elif one.solved.type.name == "boolean":
            lists["SQL"].append(f"lambda given, now: [{', '.join(sql.conditions(one.solved))}]")
        else:
            lists["SQL"].append(f"lambda given, now: {sql.value(one.solved)}")
    for name, codes in lists.items():
        found.add(f"{name} = [\n" + "".join(f"    {code},\n" for code in codes) + "]")
    found.imports.add("decimal", "Context", "ROUND_HALF_EVEN")
    found.add(f"ROWS = {ROWS}\nCONTEXT = Context(prec=34, rounding=ROUND_HALF_EVEN)")
    return found.text()


def outcomes(service: Emitted, tried: list[Tried], tries: dict[str, Any], folder: Path) -> dict[str, Any]:
    (folder / "cases.py").write_text(module(tried), encoding="utf-8")
    (folder / "tries.pickle").write_bytes(pickle.dumps(tries))
    with postgres(folder / "server") as url:
        urls = ("sqlite+aiosqlite://", url.replace("postgresql:", "postgresql+asyncpg:"))
        path = f"{service.project / 'src'}:{folder}"
        done = service.run(str(PLAYER), str(folder), *urls, PYTHONPATH=path, DATABASE_URL=url, TOKEN_KEY="k" * 43)
    assert done.returncode == 0, done.stderr[-3000:]
    return pickle.loads((folder / "outcomes.pickle").read_bytes())


def expected(expr: Expr, of: dict[str, Any], given: dict[str, Any]) -> Any:
    try:
        return in_64_bits(Evaluation(row=of, given=given, now=NOW, items={}).of(expr))
    except ArithmeticError:
        return "invalid"


def handed_over(expr: Expr) -> Iterator[Expr]:
    """The largest parts that name no column: a database is given their values, of a list for each of its items."""
    if isinstance(expr, Over) and names_column(expr):
        yield from handed_over(expr.items)
        for part in handed_over(expr.body):
            named = any(isinstance(node, Bound) and node.name == expr.item for node in walk(part))
            whole = Over(op="map", items=expr.items, item=expr.item, body=part, type=list_of(part.type))
            yield whole if named else part
    elif names_column(expr):
        for part in parts(expr):
            yield from handed_over(part)
    else:
        yield expr


def fails(part: Expr, of: dict[str, Any], given: dict[str, Any]) -> bool:
    """Whether a part is invalid by itself; one that a test beside it keeps from null is not worked out."""
    try:
        return expected(part, of, given) == "invalid"
    except TypeError:
        return False


def same(value: Any, wanted: Any) -> bool:
    """Whether a value is the one of the reference; SQLite alone may give a number that is no integer any more."""
    if wanted == "invalid" and isinstance(value, float | int) and not isinstance(value, bool):
        return abs(value) >= 2**63
    return value == wanted and (value is None) == (wanted is None)


def disagreements(one: Tried, of: dict[str, Any], given: dict[str, Any], answers: dict[str, Any]) -> list[str]:
    """What each engine answered otherwise."""
    wanted = expected(one.expr, of, given)
    moved = one.solved != one.expr
    if wanted == "invalid" and moved:
        wanted = expected(one.solved, of, given)  # beyond the year 9999 rows are compared as if it went on
    if all(same(value, wanted) for value in answers.values()):
        return []
    # A value that is handed over is worked out also where no row asks for it.
    early = one.rows_only and any(fails(part, of, given) for part in handed_over(one.solved))
    names = {name: value for name, value in {**of, **given}.items() if name in one.text}
    return [
        f"{engine}: {one.text}\n  with {names}\n  is {value!r}, not {wanted!r}"
        for engine, value in answers.items()
        if not same(value, wanted) and not (early and (moved or engine in DATABASES) and value == "invalid")
    ]


@pytest.mark.slow
def test_every_function_and_operator_is_tried() -> None:
    nodes = [node for one in expressions() for node in walk(one.expr)]
    asked = [node for one in expressions() if one.rows_only for node in walk(one.solved)]
    assert any(isinstance(node, Call) and node.function == "micros" for node in asked)
    functions = {node.function for node in nodes if isinstance(node, Call)}
    operators = {node.op for node in nodes if isinstance(node, Op | Over)}
    assert FUNCTIONS.keys() - functions == set()
    assert {*get_args(Operator), *("filter", "all", "exists", "map")} - operators == set()


@pytest.mark.slow
def test_every_engine_gives_an_expression_the_value_that_it_is_described_by(tmp_path: Path) -> None:
    tried, chance = expressions(), random.Random(7)
    tries = {"rows": [row(chance) for _ in range(ROWS)], "given": [inputs(chance) for _ in range(REQUESTS)], "now": NOW}
    service = write(compile_sources(sources(BLUEPRINT)), tmp_path / "workspace")
    found = outcomes(service, tried, tries, tmp_path)
    assert {"python", "oracle", *DATABASES} == found.keys()
    wrong: list[str] = []
    for number, one in enumerate(tried):
        each = [
            difference
            for request, given in enumerate(tries["given"])
            for at, of in enumerate(tries["rows"])
            for answers in [{e: a[request][number][at] for e, a in found.items() if number in a[request]}]
            for difference in disagreements(one, of, given, answers)
        ]
        wrong += each[:1]
    assert not wrong, f"{len(wrong)} of {len(tried)}:\n" + "\n".join(wrong[:30])

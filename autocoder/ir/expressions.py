"""Typed expressions: what the compiler knows of a value after names and types were resolved.

A column of the row that a `Match` ranges over (`Column`) and a value at hand (`Bound`) are different nodes: the first
becomes SQL, the second a parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, assert_never

from autocoder.ir.types import BOOLEAN, DATETIME, Type

Scope = Literal["input", "caller", "event", "row", "local", "item"]
Operator = Literal[
    "||", "&&", "!", "==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/", "%", "negate", "??", "?:", "[]", "at"
]


@dataclass(frozen=True, kw_only=True)
class Const:
    """A literal. Durations are whole microseconds, decimals their text, dates and times RFC 3339 text."""

    value: str | int | bool | None
    type: Type
    kind: Literal["const"] = "const"


@dataclass(frozen=True, kw_only=True)
class Column:
    """A field of the row that the surrounding `Match`, `List` or conflicting `Insert` ranges over."""

    field: str
    type: Type
    kind: Literal["column"] = "column"


@dataclass(frozen=True, kw_only=True)
class Bound:
    """A value at hand: an input, the caller's or an event's field, a field of a bound row, a computed name, an item.

    `name` is the bound row or local; `field` the field of a row, "" for the value itself.
    """

    scope: Scope
    name: str
    field: str = ""
    type: Type
    kind: Literal["bound"] = "bound"


@dataclass(frozen=True, kw_only=True)
class Now:
    """The time of the operation: fixed at its start, UTC, microseconds."""

    type: Type = DATETIME
    kind: Literal["now"] = "now"


@dataclass(frozen=True, kw_only=True)
class Op:
    """An operator applied to its operands; `?:` takes condition, then, otherwise; `[]` lists, `at` picks."""

    op: Operator
    args: tuple[Expr, ...]
    type: Type
    kind: Literal["op"] = "op"


@dataclass(frozen=True, kw_only=True)
class Call:
    """A function of the language applied to its arguments."""

    function: str
    args: tuple[Expr, ...]
    type: Type
    kind: Literal["call"] = "call"


@dataclass(frozen=True, kw_only=True)
class Get:
    """A field of a record, row or map that is no plain name; null where `of` is, or where a map has no such key."""

    of: Expr
    field: str
    type: Type
    kind: Literal["get"] = "get"


@dataclass(frozen=True, kw_only=True)
class Record:
    """Named values as one value."""

    values: tuple[tuple[str, Expr], ...]
    type: Type
    kind: Literal["record"] = "record"


@dataclass(frozen=True, kw_only=True)
class Over:
    """A list, item by item: `body` names the item as `Bound(scope="item", name=item)`."""

    op: Literal["map", "filter", "all", "exists"]
    items: Expr
    item: str
    body: Expr
    type: Type
    kind: Literal["over"] = "over"


Expr = Const | Column | Bound | Now | Op | Call | Get | Record | Over

TRUE = Const(value=True, type=BOOLEAN)


def parts(expr: Expr) -> tuple[Expr, ...]:
    """What stands directly inside an expression, in order."""
    match expr:
        case Op() | Call():
            return expr.args
        case Get():
            return (expr.of,)
        case Record():
            return tuple(value for _, value in expr.values)
        case Over():
            return (expr.items, expr.body)
        case Const() | Column() | Bound() | Now():
            return ()
        case _:
            assert_never(expr)


def walk(expr: Expr) -> Iterator[Expr]:
    """The expression and everything in it, outermost first."""
    yield expr
    for part in parts(expr):
        yield from walk(part)


def rewrite(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """The expression with `change` applied to every node, innermost first."""
    match expr:
        case Op() | Call():
            return change(replace(expr, args=tuple(rewrite(arg, change) for arg in expr.args)))
        case Get():
            return change(replace(expr, of=rewrite(expr.of, change)))
        case Record():
            return change(replace(expr, values=tuple((name, rewrite(value, change)) for name, value in expr.values)))
        case Over():
            return change(replace(expr, items=rewrite(expr.items, change), body=rewrite(expr.body, change)))
        case Const() | Column() | Bound() | Now():
            return change(expr)
        case _:
            assert_never(expr)


def record_values(expr: Expr | None) -> tuple[tuple[str, Expr], ...]:
    """The named values of a record, none of anything else."""
    return expr.values if isinstance(expr, Record) else ()


def conjuncts(expr: Expr | None) -> tuple[Expr, ...]:
    """The parts of a condition that must all hold."""
    match expr:
        case None:
            return ()
        case Op(op="&&"):
            return tuple(part for arg in expr.args for part in conjuncts(arg))
        case _:
            return (expr,)


def fixed_columns(where: Expr | None) -> frozenset[str]:
    """The columns that a condition fixes to one value each: `column == value` among its conjuncts."""
    fixed: set[str] = set()
    for part in conjuncts(where):
        match part:
            case Op(op="==", args=(Column() as column, other)) | Op(op="==", args=(other, Column() as column)):
                if not any(isinstance(node, Column) for node in walk(other)):
                    fixed.add(column.field)
            case _:
                pass
    return frozenset(fixed)


def is_computed_integer(expr: Expr) -> bool:
    """Whether a value is the outcome of integer arithmetic, and so may need more than 64 bits."""
    if expr.type.name != "integer":
        return False
    match expr:
        case Op(op="+" | "-" | "*" | "negate") | Call(function="sum" | "pow" | "abs"):
            return True
        case Call(function="int" | "round" | "floor" | "ceil", args=(first, *_)):
            return first.type.name == "decimal"
        case Op(op="?:", args=(_, *values)) | Op(op="??" | "at" | "%", args=(*values,)):
            return any(_holds_computed(value) for value in values)
        case Call(function="min" | "max" | "first" | "last", args=values):
            return any(_holds_computed(value) for value in values)
        case _:
            return False


def _holds_computed(expr: Expr) -> bool:
    return is_computed_integer(expr) or (expr.type.name == "list" and any(is_computed_integer(n) for n in walk(expr)))

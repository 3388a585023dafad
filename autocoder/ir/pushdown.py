"""What a database may be asked, with the language's meaning: the table of operator, type and engine.

`OVER_COLUMNS` is normative: `passes.check_pushdown` refuses what it has not, and `ir/reference.md` shows it.
An integer is exact at any size inside an expression. Where it may leave 64 bits PostgreSQL is asked in NUMERIC;
SQLite would make a float of it, and is asked only where that float is just compared, or stored in a checked column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from autocoder.ir.expressions import (
    Bound,
    Call,
    Column,
    Const,
    Expr,
    Get,
    Op,
    Over,
    Record,
    conjuncts,
    is_computed_integer,
    parts,
    walk,
)
from autocoder.ir.nodes import Entity
from autocoder.ir.types import INTEGER_RANGE, Type
from autocoder.ir.typing_rules import not_null_if, own_key

Range = tuple[int, int]
Limits = Mapping[str, Range]
"""The least and the greatest value of the integer fields of a row that state them."""

_SCALARS = ("text", "integer", "decimal", "boolean", "date", "datetime", "duration", "uuid")
_ORDERED = ("text", "integer", "decimal", "date", "datetime", "duration")
_ORDERINGS = ("<", "<=", ">", ">=")
_LONGEST_TEXT = 2**30
_MOMENTS = (-62_135_596_800_000_000, 253_402_300_799_999_999)
"""The years 1 to 9999, in microseconds since 1970."""
HELD = ("text", "integer", "boolean", "uuid", "date")
"""What a list that a field holds may be asked for: each value of these types is written in one way."""


@dataclass(frozen=True, kw_only=True)
class Pushed:
    """An operator or function over columns: the types that it takes there, and what each engine is asked."""

    signs: tuple[str, ...]
    types: tuple[str, ...]
    postgresql: str
    sqlite: str
    given: tuple[int, ...] = ()
    """Places of the operands that name no column."""


OVER_COLUMNS = (
    Pushed(
        signs=("==", "!="),
        types=_SCALARS,
        postgresql="`=`; `IS [NOT] DISTINCT FROM` where null decides; text by code point (collation C)",
        sqlite="`=`; `IS [NOT]` where null decides; a decimal as text that sorts as the number does",
    ),
    Pushed(
        signs=_ORDERINGS,
        types=_ORDERED,
        postgresql="the same; text by code point (collation C)",
        sqlite="the same; text by its UTF-8, which is by code point; times and decimals as text that sorts",
    ),
    Pushed(
        signs=("in",), types=tuple(t for t in _SCALARS if t != "boolean"), postgresql="`IN`", sqlite="`IN`", given=(1,)
    ),
    Pushed(signs=("&&", "||", "!"), types=("boolean",), postgresql="`AND OR NOT`", sqlite="`AND OR NOT`"),
    Pushed(signs=("??",), types=_SCALARS, postgresql="`coalesce`", sqlite="`coalesce`"),
    Pushed(signs=("?:",), types=_SCALARS, postgresql="`CASE`", sqlite="`CASE`"),
    Pushed(
        signs=("+", "-", "*", "negate"),
        types=("integer",),
        postgresql="BIGINT, or NUMERIC where the limits of the fields let it leave 64 bits",
        sqlite="INTEGER; what may leave 64 bits only as the last operation before a comparison or an assignment",
    ),
    Pushed(signs=("+",), types=("text",), postgresql="`||`", sqlite="`||`"),
    Pushed(signs=("abs",), types=("integer",), postgresql="`abs`", sqlite="`abs`, of what is above -2^63"),
    Pushed(
        signs=("contains", "starts_with", "ends_with"),
        types=("text",),
        postgresql="`LIKE … ESCAPE`",
        sqlite="`LIKE … ESCAPE`, with `case_sensitive_like`",
        given=(1,),
    ),
    Pushed(signs=("size",), types=("text",), postgresql="`length`, as BIGINT where it is added", sqlite="`length`"),
    Pushed(signs=("size",), types=("list",), postgresql="`json_array_length`", sqlite="`json_array_length`"),
    Pushed(
        signs=("in a field of",),
        types=HELD,
        postgresql="`@>`, of what is at hand and JSONB",
        sqlite="`json_each`, of what is at hand",
    ),
    Pushed(
        signs=("date",),
        types=("datetime",),
        postgresql="`CAST(timezone('UTC', …) AS DATE)`",
        sqlite="the first ten characters",
    ),
    Pushed(
        signs=("micros",),
        types=("date", "datetime", "duration"),
        postgresql="`+ - *` of times in a comparison that cannot be solved for a column: `extract(epoch FROM …)`",
        sqlite="the same in whole microseconds: `strftime('%s', …)` and the fraction",
    ),
    Pushed(signs=("lower", "upper"), types=("text",), postgresql="with collation C: ASCII", sqlite="ASCII"),
    Pushed(
        signs=("selects",),
        types=_SCALARS,
        postgresql="the client's conditions and comparisons, as above; a predicate has no other operators",
        sqlite="the same",
        given=(0,),
    ),
    Pushed(signs=("replace",), types=("text",), postgresql="`replace`", sqlite="`replace`"),
)
"""Whatever stands here means the same on a row at hand, in PostgreSQL and in SQLite."""

NEVER: Mapping[str, str] = {
    "/ %": "PostgreSQL divides to 20 digits, SQLite cuts off",
    "+ - * negate abs, of decimals": "SQLite has no decimals",
    "+ - *, of times that are set, shown, or moved by whole days of a column": "SQLite has no times",
    "round floor ceil pow int decimal min max": "the engines round and convert in their own ways",
    "trim split join substr pad matches extract text": "each engine has its own idea of spaces, patterns, formats",
    "[] . map filter all exists, size of a map": "a list, record or map is kept as a document",
    "escape eval sha256 draw shuffle fill placeholders csv json": "the engines have none of these",
}
"""What no database is asked, and why."""

PUSHED_DOWN = tuple(
    sorted({sign for row in OVER_COLUMNS for sign in row.signs if sign.isidentifier()} - {"in", "negate", "micros"})
)
"""Functions among them."""


def names_column(expr: Expr) -> bool:
    """Whether a value depends on the row that a condition ranges over."""
    return any(isinstance(node, Column) for node in walk(expr))


def limits_of(entity: Entity) -> Limits:
    """The limits that an entity's integer fields state."""
    return {
        f.name: _within(f.constraints.minimum, f.constraints.maximum) for f in entity.fields if f.type.name == "integer"
    }


def _within(least: str | None, most: str | None) -> Range:
    low, high = INTEGER_RANGE
    return max(low, int(least)) if least is not None else low, min(high, int(most)) if most is not None else high


# What is not in the table.


def impossible(expr: Expr) -> Iterator[str]:
    """What in an expression over columns no database can do, or each in its own way."""
    for node in walk(expr):
        if parts(node) and names_column(node):
            yield from _refused(node)


def _refused(node: Expr) -> Iterator[str]:
    match node:
        case Over(op="all" | "exists", items=items) if not names_column(items):
            pass  # a condition for each item at hand
        case Over(op=op):
            yield f".{op}()"
        case Get(field=field):
            yield f".{field}"
        case Call(function="selects", args=(predicate, *_)):
            yield from ("selects() with a predicate of each row",) if names_column(predicate) else ()
        case Op(op="in", args=(item, Column(type=Type(name="list", item=Type(name=held, optional=False))))) if (
            held in HELD and not names_column(item)
        ):
            pass
        case Op(op=sign, args=args) | Call(function=sign, args=args):
            shown = f"{sign}()" if isinstance(node, Call) else "`-`" if sign == "negate" else f"`{sign}`"
            yield from (f"{shown} {why}".strip() for why in _misfits(sign, args))
            if sign in ("&&", "||", "?:") and _guards_value(sign, *args):
                yield f"{shown} with a value that only a column shows not to be null"
        case Record():
            yield "a map"
        case _:
            pass


def _misfits(sign: str, args: tuple[Expr, ...]) -> Iterator[str]:
    """Why an operator or function does not stand in the table, at most one reason."""
    rows = [row for row in OVER_COLUMNS if sign in row.signs]
    types = _types_beside(sign, args)
    compared = sign in ("lower", "upper", *_ORDERINGS)
    if not rows:
        yield ""
    elif unknown := types - {word for row in rows for word in row.types}:
        yield f"of {' and '.join(sorted(unknown))}"
    elif compared and types == {"text"} and not any(map(collated, args)):
        yield "of a text that no field gives"
    elif any(names_column(args[place]) for row in rows for place in row.given):
        yield "with a column on its right"
    elif sign == "in" and args[1].type.item is not None and args[1].type.item.optional:
        yield "a list that may hold null"
    elif len(types) > 1 and (sign == "in" or any(_whole_column(arg) for arg in args)):
        yield "of an integer column and a decimal"


def _types_beside(sign: str, args: tuple[Expr, ...]) -> set[str]:
    """The types of the operands that go together; of a list that of its items."""
    beside = [arg.type for arg in args[1 if sign == "?:" else 0 :]]
    if sign == "in" and beside[1].name == "list" and beside[1].item is not None:
        beside[1] = beside[1].item
    return {type_.name for type_ in beside} - {"null"}


def _guards_value(sign: str, condition: Expr, *guarded: Expr) -> bool:
    """Whether a comparison with a column rules null out of a value: its like is worked out before any row is read."""
    if not names_column(condition):
        return False
    outcomes = {"&&": (True,), "||": (False,)}.get(sign, (True, False))
    proven = {key for outcome in outcomes for key in not_null_if(condition, outcome)}
    before = {own_key(node) for node in walk(condition) if isinstance(node, Bound) and node.type.optional}
    after = {own_key(node) for part in guarded for node in walk(part) if isinstance(node, Bound)}
    return bool(proven & before & after)


def collated(expr: Expr) -> bool:
    """Whether a text takes over the collation of a column, without which PostgreSQL compares it by its own."""
    match expr:
        case Column():
            return True
        case Op(op="?:", args=(_, *values)) | Op(op="??" | "+", args=(*values,)):
            return any(map(collated, values))
        case Call(args=args):
            return any(map(collated, args))
        case _:
            return False


def _whole_column(expr: Expr) -> bool:
    return expr.type.name == "integer" and names_column(expr)


# How large an integer may be.


def too_large(expr: Expr, limits: Limits, *, stored: bool = False) -> Iterator[Expr]:
    """The integer parts over columns that may leave 64 bits where SQLite would go on with a float.

    What is just compared or, where the value is `stored` in a checked column, the value itself may.
    """
    yield from _too_large(expr, limits, last=stored)


def _too_large(expr: Expr, limits: Limits, *, last: bool) -> Iterator[Expr]:
    if not names_column(expr):
        return
    if isinstance(expr, Call) and expr.function == "abs" and reach(expr.args[0], limits)[0] <= INTEGER_RANGE[0]:
        yield expr  # SQLite has no `abs` of the least number
    elif not last and is_wide(expr, limits):
        yield expr
    else:
        both = _compares(expr) and all(is_wide(arg, limits) for arg in parts(expr))
        for place, arg in enumerate(parts(expr)):
            passes_on = isinstance(expr, Op) and expr.op in ("??", "?:") and last
            yield from _too_large(arg, limits, last=passes_on or (_compares(expr) and not (both and place)))


def _compares(expr: Expr) -> bool:
    return isinstance(expr, Op) and expr.op in ("==", "!=", "in", *_ORDERINGS)


def compares_wide(expr: Expr, limits: Limits) -> bool:
    """Whether an expression compares an integer that may leave 64 bits."""
    return any(_compares(node) and any(is_wide(arg, limits) for arg in parts(node)) for node in walk(expr))


def is_wide(expr: Expr, limits: Limits) -> bool:
    """Whether an integer over columns may leave 64 bits."""
    if expr.type.name != "integer" or not names_column(expr):
        return False
    low, high = reach(expr, limits)
    return low < INTEGER_RANGE[0] or high > INTEGER_RANGE[1]


def reach(expr: Expr, limits: Limits) -> Range:
    """The least and the greatest value that an integer expression may have."""
    match expr:
        case Const(value=int() as value):
            return value, value
        case Column(field=field):
            return limits.get(field, INTEGER_RANGE)
        case Op(op="+" | "-" | "*" as sign, args=(left, right)) if names_column(expr):
            return _combined(sign, reach(left, limits), reach(right, limits))
        case Op(op="negate", args=(inner,)) if names_column(expr):
            low, high = reach(inner, limits)
            return -high, -low
        case Op(op="??" | "?:", args=args):
            ends = [reach(arg, limits) for arg in args[-2:] if arg.type.name == "integer"]
            return min(low for low, _ in ends), max(high for _, high in ends)
        case Call(function="size"):
            return 0, _LONGEST_TEXT
        case Call(function="micros", args=(Const(value=int() as value),)):
            return value, value
        case Call(function="micros", args=(of,)) if of.type.name != "duration":
            return _MOMENTS
        case Call(function="abs", args=(inner,)) if names_column(expr):
            low, high = reach(inner, limits)
            return max(0, low, -high), max(-low, high, 0)
        case _:
            return INTEGER_RANGE


def _combined(sign: str, left: Range, right: Range) -> Range:
    match sign:
        case "+":
            return left[0] + right[0], left[1] + right[1]
        case "-":
            return left[0] - right[1], left[1] - right[0]
        case _:
            products = [a * b for a in left for b in right]
            return min(products), max(products)


# What is worked out before the database is asked.


def with_values_checked(expr: Expr) -> Expr:
    """The expression with each computed integer that names no column checked to have 64 bits: it is handed over."""
    if not names_column(expr):
        return Call(function="whole", args=(expr,), type=expr.type) if is_computed_integer(expr) else expr
    match expr:
        case Op() | Call():
            return replace(expr, args=tuple(with_values_checked(arg) for arg in expr.args))
        case Over():
            return replace(expr, body=with_values_checked(expr.body))
        case _:
            return expr


def worked_out_before(where: Expr) -> Iterator[Expr]:
    """The checked values of a condition that are worked out before any row is looked at, whatever other values are."""
    for part in conjuncts(where):
        if not names_column(part):
            return  # what follows is worked out only where this holds
        yield from _worked_out(part)


def _worked_out(expr: Expr) -> Iterator[Expr]:
    match expr:
        case Call(function="whole"):
            yield expr
        case Op(op="&&" | "||" | "?:" | "??", args=(first, *_)) if not names_column(first):
            pass
        case Over():
            pass  # an item at a time
        case _:
            for part in parts(expr):
                yield from _worked_out(part)

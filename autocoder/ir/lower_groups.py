"""Lowers the groups of a list: what their rows have in common, what is worked out of each group, and their order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from autocoder.blueprint import expressions as syntax
from autocoder.blueprint import model
from autocoder.diagnostics import nearest
from autocoder.ir.behaviour import Aggregate, Order, Values
from autocoder.ir.expressions import Bound, Column, Const, Expr, Get, rewrite
from autocoder.ir.lower_order import SORTED, parts_of, worked_out
from autocoder.ir.nodes import Entity
from autocoder.ir.types import BOOLEAN, DECIMAL, INTEGER, Type
from autocoder.ir.typing_rules import not_null_if

if TYPE_CHECKING:
    from autocoder.ir.lower_behaviour import Lowering, Path

Aggregates = tuple[tuple[str, Aggregate], ...]
_NOTHING = Aggregate(function="count", of=None, type=INTEGER)


def keys(to: Lowering, effect: model.ListRows, entity: Entity, at: Path) -> Values:
    """What the rows of a group have in common, by name."""
    if isinstance(effect.group, Mapping):
        named = ((name, text, (*at, "group", name)) for name, text in effect.group.items())
        found = [(name, worked_out(to, entity, text, place), place) for name, text, place in named]
    else:
        fields = {f.name: Column(field=f.name, type=f.type) for f in entity.fields}
        for index, name in enumerate(effect.group):
            if name not in fields:
                message, place = f'{entity.name} has no field "{name}"', (*at, "group", index)
                to.complain("AC3121", message, place, value=name, help=nearest(name, fields))
        found = [(name, fields.get(name), (*at, "group", index)) for index, name in enumerate(effect.group)]
    for name, value, place in found:
        if value is not None and value.type.name not in SORTED:
            to.complain("AC3126", f"there are no groups by {value.type}", place, rule=f"by {', '.join(sorted(SORTED))}")
        if name in effect.values:
            to.complain("AC3126", f'"{name}" is both what groups have in common and a value', place, value=name)
    return tuple((name, value) for name, value, _ in found if value is not None)


def check(to: Lowering, effect: model.ListRows, at: Path) -> None:
    """Groups have values, and where all rows are one group it has no place among others."""
    if effect.group and not effect.values:
        to.complain("AC3126", "groups have no values", (*at, "group"), help='add `values: {count: "size(rows)"}`')
    if effect.values and not effect.group and (effect.rank or effect.total or effect.page):
        what = "rank" if effect.rank else "total" if effect.total else "page"
        to.complain("AC3126", "without `group` all rows are one", (*at, what), help=f"add `group`, or remove `{what}`")


def order(to: Lowering, effect: model.ListRows, values: Aggregates, at: Path) -> tuple[Order, ...]:
    """Groups are ordered by their names and values; at last by their names, so that the order is stable."""
    known = (*effect.group, *effect.values)
    found: list[Order] = []
    for index, text in enumerate(effect.order):
        name, descending = parts_of(text)
        if name in known:
            found.append(Order(field=name, descending=descending))
        else:
            to.complain(
                "AC3123",
                f'"{text}" is no order of these groups',
                (*at, "order", index),
                value=text,
                rule="an order is a name of `group` or of `values`, then `asc` or `desc`",
                help=nearest(name, known),
            )
    here = {name for name, value in values if value.added_here}
    for index, key in enumerate(found[1:], 1):
        if key.field in here:
            to.complain(
                "AC3201",
                f'a mean or a sum of decimals is ordered by first: "{key.field}" comes after another',
                (*at, "order", index),
                value=key.field,
                rule="no two databases divide alike, and SQLite has no decimals: this is ordered outside of them",
                help=f"order by `{key.field}` first, or not by it",
            )
    ordered = {key.field for key in found}
    return (*found, *(Order(field=name) for name in effect.group if name not in ordered))


# Values.


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """The rows of a group, or those of them for which a condition over `item` holds."""

    item: str = ""
    condition: syntax.Syntax | None = None


def aggregate(to: Lowering, entity: Entity, text: str, at: Path, *, grouped: bool) -> Aggregate:
    """`size(rows)`, `size(distinct(rows.map(r, …)))`, or `sum`, `min`, `max` or `avg` of `rows.map(r, …)`.

    Of no rows all but sizes and sums are null.
    """
    try:
        tree = syntax.parse(text)
    except syntax.ExpressionError:
        to.expression(text, at, to.scope())  # reports it
        return _NOTHING
    match tree:
        case syntax.Call(function="size", args=(syntax.Call(function="distinct", args=(inner,)),)):
            found = _mapped(to, entity, text, at, inner, "distinct")
        case syntax.Call(function="size", args=(rows,)) if (some := _rows(rows)) is not None:
            return replace(_NOTHING, where=_condition(to, entity, text, at, some)[0])
        case syntax.Call(function=("sum" | "min" | "max" | "avg") as function, args=(inner,)):
            found = _mapped(to, entity, text, at, inner, function)
        case _:
            found = None
    if found is None:
        to.complain(
            "AC3126",
            "this is no value of a group",
            at,
            value=text,
            rule="size(rows), size(distinct(rows.map(r, …))), or sum, min, max or avg of rows.map(r, …)",
            help="for example `sum(rows.map(r, r.price))`, of some `sum(rows.filter(r, r.paid).map(r, r.price))`",
        )
        return _NOTHING
    always = (grouped and found.where is None) or found.function in ("sum", "distinct")
    return found if always else replace(found, type=found.type.or_null())


def _rows(node: syntax.Syntax) -> _Rows | None:
    match node:
        case syntax.Name(name="rows"):
            return _Rows()
        case syntax.Method(of=syntax.Name(name="rows"), name="filter", args=(syntax.Name(name=item), condition)):
            return _Rows(item=item, condition=condition)
        case _:
            return None


def _mapped(to: Lowering, entity: Entity, text: str, at: Path, node: syntax.Syntax, function: str) -> Aggregate | None:
    match node:
        case syntax.Method(of=of, name="map", args=(syntax.Name(name=item), body)) if (rows := _rows(of)) is not None:
            where, there = _condition(to, entity, text, at, rows)
            proven = frozenset(("item", item, field) for field in there)
            value = _of_row(to, entity, text, body, item, at, proven)
            return _summed(to, function, where, _as_columns(to, entity, value, item), at)
        case _:
            return None


def _condition(to: Lowering, entity: Entity, text: str, at: Path, rows: _Rows) -> tuple[Expr | None, frozenset[str]]:
    """Which rows of a group count, and the fields that are surely there in them."""
    if rows.condition is None:
        return None, frozenset()
    found = _of_row(to, entity, text, rows.condition, rows.item, at, frozenset(), BOOLEAN)
    there = {key[2] for key in not_null_if(found, outcome=True) if key[:2] == ("item", rows.item)}
    return _as_columns(to, entity, found, rows.item), frozenset(there)


def _of_row(
    to: Lowering,
    entity: Entity,
    text: str,
    part: syntax.Syntax,
    item: str,
    at: Path,
    there: frozenset[tuple[str, str, str]],
    expected: Type | None = None,
) -> Expr:
    """A part of a text about one row, at its own place."""
    scope = to.scope()
    items = {**scope.items, item: Type(name="row", entity=entity.name)}
    inside = replace(scope, items=items, not_null=scope.not_null | there)
    return to.expression(" " * part.start + text[part.start : part.end], at, inside, expected)


def _as_columns(to: Lowering, entity: Entity, value: Expr, item: str) -> Expr:
    def change(node: Expr) -> Expr:
        match node:
            case Bound(scope="item", name=name, field=field) if name == item and field:
                return Column(field=field, type=node.type)
            case Get(of=Bound(scope="item", name=name), field=field) if name == item:
                return Column(field=field, type=node.type)
            case _:
                return node

    return to.over_rows(entity, rewrite(value, change))


def _summed(to: Lowering, function: str, where: Expr | None, value: Expr, at: Path) -> Aggregate:
    numbers = ("integer", "decimal")
    taken = {"sum": numbers, "avg": numbers, "distinct": tuple(sorted(SORTED))}
    types = taken.get(function, (*numbers, "date", "datetime", "text", "duration"))
    broken = isinstance(value, Const) and value.value is None
    if not broken and (value.type.name not in types or value.type.optional):
        help_ = (
            "take only those that have one: `rows.filter(r, r.x != null).map(r, r.x)`" if value.type.optional else ""
        )
        message = f"the database has no {function} of {value.type}"
        to.complain("AC3126", message, at, rule=f"of {' or '.join(types)}", help=help_)
    match function:
        case "sum":
            type_ = DECIMAL if value.type.name == "decimal" else INTEGER
            return Aggregate(function="sum", of=value, type=type_, where=where)
        case "avg":
            return Aggregate(function="avg", of=value, type=DECIMAL, where=where)
        case "min":
            return Aggregate(function="min", of=value, type=value.type, where=where)
        case "max":
            return Aggregate(function="max", of=value, type=value.type, where=where)
        case _:
            return Aggregate(function="distinct", of=value, type=INTEGER, where=where)

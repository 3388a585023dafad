"""Lowers `list`: which rows, in which order, a page of them, their positions, their number, or groups of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from autocoder.blueprint import expressions as syntax
from autocoder.blueprint import model
from autocoder.diagnostics import nearest
from autocoder.ir import effects as macros
from autocoder.ir import lower_cursors
from autocoder.ir.behaviour import Aggregate, List, Order, Steps
from autocoder.ir.expressions import Bound, Column, Const, Expr, Get, rewrite
from autocoder.ir.names import plural, snake
from autocoder.ir.nodes import Constraints, Entity, Input
from autocoder.ir.types import DECIMAL, INTEGER, Type, list_of, record_of

if TYPE_CHECKING:
    from autocoder.ir.lower_behaviour import Lowering, Path

LIST_LIMIT = 100
"""Rows that a list answers at most where nothing is stated."""


def list_(to: Lowering, effect: model.ListRows, at: Path) -> Steps:
    entity = to.entity(effect.list, (*at, "list"))
    if entity is None:
        return ()
    where = to.where(entity, effect.where, None, at)
    bind = effect.name or plural(snake(entity.name))
    values = tuple(
        (name, _aggregate(to, entity, text, (*at, "values", name), effect.group))
        for name, text in effect.values.items()
    )
    grouped = _grouped(to, effect, entity, at)
    step = List(
        entity=entity.name,
        where=where,
        bind=bind,
        order=_order_of_groups(to, effect, values, at) if grouped else to.order(entity, effect.order, at),
        limit=effect.limit or (effect.page.most if effect.page else LIST_LIMIT),
        total=effect.total or "",
        rank=effect.rank or "",
        group=effect.group,
        values=values,
    )
    if effect.page:
        step = replace(step, count=_page_input(to, "limit", effect.page.limit, effect.page.most, 1))
    if effect.page and not effect.page.cursor:
        step = replace(step, offset=_page_input(to, "offset", 0, None, 0))
    if effect.total:
        to.locals[effect.total] = INTEGER
    _bind(to, effect, entity, step)
    if effect.page and effect.page.cursor:
        return lower_cursors.paged(to, effect, effect.page, entity, step, at)
    return macros.list_(step)


def _bind(to: Lowering, effect: model.ListRows, entity: Entity, step: List) -> None:
    """Names the list, by the type of its items."""
    to.shown = step.bind
    item = item_type(step, entity)
    if item is None:
        to.lists[step.bind] = entity.name
    else:
        to.locals[step.bind] = list_of(item)


def item_type(step: List, entity: Entity) -> Type | None:
    """The record that an item of a list is; None where it is a row."""
    if step.values or step.group:
        fields = [(name, entity.field(name).type) for name in step.group if name in {f.name for f in entity.fields}]
        return record_of([*fields, *((name, value.type) for name, value in step.values)])
    if step.rank:
        shown = ((f.name, f.type) for f in entity.fields if not f.hidden and f.visible is None)
        computed = ((name, value.type) for name, value in entity.computed)
        return record_of([(step.rank, INTEGER), *shown, *computed])
    return None


def _page_input(to: Lowering, name: str, usual: int, most: int | None, least: int) -> Expr:
    """The query input that says which part of a list is meant."""
    limits = Constraints(minimum=str(least), maximum=None if most is None else str(most))
    given = Input(
        name=name,
        place="query",
        type=INTEGER,
        required=False,
        constraints=limits,
        default=Const(value=usual, type=INTEGER),
    )
    to.inputs.setdefault(name, given)
    return Bound(scope="input", name=name, type=INTEGER)


def _grouped(to: Lowering, effect: model.ListRows, entity: Entity, at: Path) -> bool:
    known = {f.name for f in entity.fields}
    for index, name in enumerate(effect.group):
        if name not in known:
            to.complain("AC3121", f'{entity.name} has no field "{name}"', (*at, "group", index), value=name)
    if (effect.group or effect.values) and (effect.rank or effect.total or effect.page):
        to.complain("AC3126", "groups have no rank, no total and no page", (*at, "group"), help="take them away")
    if effect.group and not effect.values:
        to.complain("AC3126", "groups have no values", (*at, "group"), help='add `values: {count: "size(rows)"}`')
    return bool(effect.group or effect.values)


def _order_of_groups(
    to: Lowering, effect: model.ListRows, values: tuple[tuple[str, Aggregate], ...], at: Path
) -> tuple[Order, ...]:
    """Groups are ordered by their fields and values; at last by their fields, so that the order is stable."""
    known = (*effect.group, *effect.values)
    found: list[Order] = []
    for index, text in enumerate(effect.order):
        name, _, direction = text.partition(" ")
        if name not in known or direction not in ("", "asc", "desc"):
            to.complain(
                "AC3123",
                f'"{text}" is no order of these groups',
                (*at, "order", index),
                value=text,
                rule="an order is a field of `group` or a name of `values`, then `asc` or `desc`",
                help=nearest(name, known),
            )
        else:
            found.append(Order(field=name, descending=direction == "desc"))
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


def _aggregate(to: Lowering, entity: Entity, text: str, at: Path, group: tuple[str, ...]) -> Aggregate:
    """`size(rows)`, or `sum`, `min`, `max` or `avg` of `rows.map(r, …)`; of no rows all but a sum are null."""
    nothing = Aggregate(function="count", of=None, type=INTEGER)
    try:
        tree = syntax.parse(text)
    except syntax.ExpressionError:
        to.expression(text, at, to.scope())  # reports it
        return nothing
    match tree:
        case syntax.Call(function="size", args=(syntax.Name(name="rows"),)):
            return nothing
        case syntax.Call(
            function=("sum" | "min" | "max" | "avg") as function,
            args=(syntax.Method(of=syntax.Name(name="rows"), name="map", args=(syntax.Name(name=item), body)),),
        ):
            found = _of_rows(to, entity, text[body.start : body.end], item, at, function)
            return found if group or function == "sum" else replace(found, type=found.type.or_null())
        case _:
            to.complain(
                "AC3126",
                "this is no value of a group",
                at,
                value=text,
                rule="size(rows), or sum, min, max or avg of rows.map(r, …)",
                help="for example `sum(rows.map(r, r.price * r.count))`",
            )
            return nothing


def _of_rows(to: Lowering, entity: Entity, body: str, item: str, at: Path, function: str) -> Aggregate:
    scope = replace(to.scope(), items={item: Type(name="row", entity=entity.name)})
    value = rewrite(to.expression(body, at, scope), lambda node: _as_column(node, item))
    numbers = ("integer", "decimal") + (() if function in ("sum", "avg") else ("date", "datetime", "text"))
    if value.type.name not in numbers or value.type.optional:
        to.complain("AC3126", f"the database has no {function} of {value.type}", at, rule=f"of {' or '.join(numbers)}")
    match function:
        case "sum":
            return Aggregate(function="sum", of=value, type=DECIMAL if value.type.name == "decimal" else INTEGER)
        case "avg":
            return Aggregate(function="avg", of=value, type=DECIMAL)
        case "min":
            return Aggregate(function="min", of=value, type=value.type)
        case _:
            return Aggregate(function="max", of=value, type=value.type)


def _as_column(node: Expr, item: str) -> Expr:
    match node:
        case Bound(scope="item", name=name, field=field) if name == item and field:
            return Column(field=field, type=node.type)
        case Get(of=Bound(scope="item", name=name), field=field) if name == item:
            return Column(field=field, type=node.type)
        case _:
            return node

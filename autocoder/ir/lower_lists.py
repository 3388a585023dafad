"""Lowers `list`: which rows, in which order, a page of them, their positions, their number, or groups of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from autocoder.blueprint import model
from autocoder.ir import effects as macros
from autocoder.ir import lower_cursors, lower_groups
from autocoder.ir.behaviour import Let, List, Step, Steps
from autocoder.ir.expressions import Bound, Call, Const, Expr, Op
from autocoder.ir.lower_order import order
from autocoder.ir.names import plural, snake
from autocoder.ir.nodes import Constraints, Entity, Input
from autocoder.ir.types import INTEGER, Type, list_of, record_of

if TYPE_CHECKING:
    from autocoder.ir.lower_behaviour import Lowering, Path

MOST_ROWS = 1000
"""Rows that a list answers at most, whatever an expression says."""
LIST_LIMIT = 100
"""Rows that a list answers at most where nothing is stated."""
LAST_PAGE = 1_000_000
"""The greatest number of a page: what comes before it can still be counted."""


def list_(to: Lowering, effect: model.ListRows, at: Path) -> Steps:
    entity = to.entity(effect.list, (*at, "list"))
    if entity is None:
        return ()
    where = to.where(entity, effect.where, None, at)
    bind = effect.name or plural(snake(entity.name))
    values = tuple(
        (name, lower_groups.aggregate(to, entity, text, (*at, "values", name), grouped=bool(effect.group)))
        for name, text in effect.values.items()
    )
    lower_groups.check(to, effect, at)
    grouped = bool(effect.group or effect.values)
    step = List(
        entity=entity.name,
        where=where,
        bind=bind,
        order=lower_groups.order(to, effect, values, at) if grouped else order(to, entity, effect.order, at),
        limit=effect.limit if isinstance(effect.limit, int) else effect.page.most if effect.page else LIST_LIMIT,
        total=effect.total or "",
        rank=effect.rank or "",
        group=lower_groups.keys(to, effect, entity, at),
        values=values,
    )
    before, step = _part(to, effect, step, at)
    if effect.total:
        to.locals[effect.total] = INTEGER
    _bind(to, effect, entity, step)
    if effect.page and effect.page.cursor:
        return (*before, *lower_cursors.paged(to, effect, effect.page, entity, step, at))
    return (*before, *macros.list_(step))


def _part(to: Lowering, effect: model.ListRows, step: List, at: Path) -> tuple[Steps, List]:
    """The list with which part of it is meant, behind what works that out."""
    page = effect.page
    if page is not None and (effect.limit is not None or effect.offset is not None):
        stated = "limit" if effect.limit is not None else "offset"
        rule = "`page` says how many rows there are at once, and where they begin"
        to.complain("AC3292", f"`{stated}` stands beside a page", (*at, stated), rule=rule, help="move it into `page`")
    if page is not None and (page.cursor or page.number) and page.offset is not None:
        rule = "a page begins after the place or the number that the client names, or after a number of rows"
        other = "a cursor" if page.cursor else "a number"
        to.complain("AC3292", f"the page has {other} and an offset", (*at, "page", "offset"), rule=rule)
    inside = (*at, "page") if page else at
    limit, offset = (page.limit, page.offset) if page else (effect.limit, effect.offset)
    before: list[Step] = []
    if isinstance(limit, str):
        most = page.most if page else MOST_ROWS
        count = _worked_out(to, step, "limit", limit, (*inside, "limit"), most, before)
        step = replace(step, count=count, limit=most)
    elif page is not None and isinstance(page.limit, int):
        step = replace(step, count=_page_input(to, page.size, page.limit, page.most, 1))
    if offset is not None:
        step = replace(step, offset=_worked_out(to, step, "offset", offset, (*inside, "offset"), None, before))
    elif page is not None and not page.cursor and step.count is not None:
        step = replace(step, offset=_offset(to, page, step.count))
    return tuple(before), step


def _worked_out(to: Lowering, step: List, what: str, text: str, at: Path, most: int | None, before: list[Step]) -> Expr:
    """A number of rows: what an expression says, but none below zero or above `most`."""
    value = to.expression(text, at, to.scope(), INTEGER)
    given = to.inputs.get(value.name) if isinstance(value, Bound) and value.scope == "input" else None
    limits = given.constraints if given else Constraints()
    if limits.minimum is None or int(limits.minimum) < 0:
        value = Call(function="max", args=(value, Const(value=0, type=INTEGER)), type=INTEGER)
    if most is not None and (limits.maximum is None or int(limits.maximum) > most):
        value = Call(function="min", args=(value, Const(value=most, type=INTEGER)), type=INTEGER)
    if isinstance(value, Bound):
        return value
    name = f"{step.bind}_{what}"
    before.append(Let(name=name, value=value))
    to.locals[name] = INTEGER
    return Bound(scope="local", name=name, type=INTEGER)


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
        position = [(step.rank, INTEGER)] if step.rank else []
        return record_of([*position, *((name, value.type) for name, value in (*step.group, *step.values))])
    if step.rank:
        shown = ((f.name, f.type) for f in entity.fields if not f.hidden and f.visible is None)
        computed = ((name, value.type) for name, value in entity.computed)
        return record_of([(step.rank, INTEGER), *shown, *computed])
    return None


def _offset(to: Lowering, page: model.Page, count: Expr) -> Expr:
    """How many rows come before the page."""
    if not page.number:
        return _page_input(to, "offset", 0, None, 0)
    number = _page_input(to, page.number, 1, LAST_PAGE, 1)
    before = Op(op="-", args=(number, Const(value=1, type=INTEGER)), type=INTEGER)
    return Op(op="*", args=(before, count), type=INTEGER)


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

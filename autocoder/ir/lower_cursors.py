"""Lowers pages by cursor: a list after a place in its order, and the place after the rows that it shows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from autocoder.blueprint import model
from autocoder.ir import effects as macros
from autocoder.ir.behaviour import List, Order, Steps
from autocoder.ir.expressions import Bound, Call, Expr, Over, Record
from autocoder.ir.nodes import Constraints, Entity, Input
from autocoder.ir.types import TEXT, Type, list_of, record_of, row

if TYPE_CHECKING:
    from autocoder.ir.lower_behaviour import Lowering, Path

_KEYS = frozenset({"integer", "decimal", "text", "date", "datetime", "uuid"})
_LONGEST = "2000"


def paged(to: Lowering, effect: model.ListRows, page: model.Page, entity: Entity, step: List, at: Path) -> Steps:
    """The list after the place that the client names, and where its next page begins."""
    if not _is_in_order(to, effect, entity, step, at):
        return (step,)
    given = Constraints(pattern="[A-Za-z0-9_-]+", maximum=_LONGEST)
    to.inputs.setdefault("cursor", Input(name="cursor", place="query", type=TEXT, required=False, constraints=given))
    types = {f.name: f.type for f in entity.fields}
    order = (*step.order, *(() if any(key.field == "id" for key in step.order) else (Order(field="id"),)))
    place = record_of((key.field, types[key.field]) for key in order)
    sent = Bound(scope="input", name="cursor", type=TEXT.or_null())
    read = Call(function="read_cursor", args=(sent,), type=place.or_null())
    name = f"{step.bind}_place"
    to.locals |= {name: read.type, page.cursor or "": TEXT.or_null()}
    found = replace(step, order=order, offset=None, after=Bound(scope="local", name=name, type=read.type))
    return macros.paged(found, name, read, page.cursor or "", _next(step, place))


def _next(step: List, place: Type) -> Expr:
    """Where the page after the rows begins."""
    rows = Bound(scope="local", name=step.bind, type=list_of(row(step.entity)))
    values = ((name, Bound(scope="item", name="last", field=name, type=type_)) for name, type_ in place.fields)
    places = Over(op="map", items=rows, item="last", body=Record(values=tuple(values), type=place), type=list_of(place))
    limit = step.count or places
    return Call(function="cursor_after", args=(places, limit), type=TEXT.or_null())


def _is_in_order(to: Lowering, effect: model.ListRows, entity: Entity, step: List, at: Path) -> bool:
    """A place is a value of each key, so there are keys, and each row has a value of each."""
    types = {f.name: f.type for f in entity.fields}
    plain = [types[key.field] for key in step.order if key.field in types]
    rows = not (effect.rank or effect.group or effect.values)
    named = len(plain) == len(step.order) and all(t.name in _KEYS and not t.optional for t in plain)
    if rows and step.order and named:
        return True
    what = (
        "these are no rows" if not rows else "a key is no field, or may be null" if step.order else "there is no order"
    )
    to.complain(
        "AC3267",
        f"no place in this list can be named: {what}",
        (*at, "page", "cursor"),
        rule="a cursor is a place in an order of fields that are never null, of rows without rank and group",
        help="order by a time or number that every row has, or page by limit and offset",
    )
    return False

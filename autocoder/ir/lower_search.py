"""Lowers `search`: a list of the rows in which the words of a text occur."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autocoder.blueprint import model
from autocoder.ir import effects as macros
from autocoder.ir.behaviour import List, Steps
from autocoder.ir.expressions import Column
from autocoder.ir.lower_lists import list_
from autocoder.ir.names import plural, snake
from autocoder.ir.nodes import Entity
from autocoder.ir.types import TEXT, list_of

if TYPE_CHECKING:
    from autocoder.ir.lower_behaviour import Lowering, Path


def search(to: Lowering, effect: model.Search, at: Path) -> Steps:
    entity = to.entity(effect.search, (*at, "search"))
    if entity is None:
        return ()
    text = to.expression(effect.text, (*at, "for"), to.scope(), TEXT.or_null())
    fields = _fields(to, entity, effect, at)
    selection = {name: getattr(effect, name) for name in ("where", "order", "limit", "offset", "page", "total", "name")}
    steps = list_(to, model.ListRows(list=effect.search, **selection), at)
    sought = f"{effect.name or plural(snake(entity.name))}_sought"
    to.locals[sought] = list_of(TEXT)
    found = (macros.search(step, fields, text, sought) if isinstance(step, List) else (step,) for step in steps)
    return tuple(step for part in found for step in part) if fields else ()


def _fields(to: Lowering, entity: Entity, effect: model.Search, at: Path) -> tuple[Column, ...]:
    """The columns to look in: texts that clients may see."""
    texts = {f.name: f.type for f in entity.fields if f.type.name == "text" and not f.hidden}
    for index, name in enumerate(effect.fields):
        if name not in texts:
            to.complain(
                "AC3260",
                f'{entity.name} has no text "{name}" that clients may see',
                (*at, "in", index),
                value=name,
                rule="a search looks into fields that hold text",
                help="name some of: " + ", ".join(texts),
            )
    return tuple(Column(field=name, type=texts[name]) for name in effect.fields if name in texts)

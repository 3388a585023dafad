"""Renders the condition under which a row comes after a place in a list."""

from __future__ import annotations

from autocoder.ir.behaviour import Order
from autocoder.ir.nodes import Entity
from autocoder.targets.python_service.expressions import Imports, literal
from autocoder.targets.python_service.names import model, row_attribute


def beyond(entity: Entity, order: tuple[Order, ...], place: str, imports: Imports) -> str:
    """The condition over columns: a later first key, or the same one and a later second, and so on."""
    *before, last = [_key(entity, key, place) for key in order]
    column, sign, value = last
    found = f"{column} {sign} {value}"
    for column, sign, value in reversed(before):
        imports.add("sqlalchemy", "and_", "or_")
        found = f"or_({column} {sign} {value}, and_({column} == {value}, {found}))"
    return found


def _key(entity: Entity, key: Order, place: str) -> tuple[str, str, str]:
    column = f"{model(entity.name)}.{row_attribute(key.field, entity.field(key.field).type)}"
    return column, "<" if key.descending else ">", f"{place}[{literal(key.field)}]"

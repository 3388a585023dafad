"""Lowers an order: fields, or what is worked out of each row, each ascending or descending."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from autocoder.diagnostics import nearest
from autocoder.ir import times
from autocoder.ir.behaviour import Order
from autocoder.ir.expressions import Const, Expr
from autocoder.ir.nodes import Entity
from autocoder.ir.pushdown import collated, names_column
from autocoder.ir.types import Type

if TYPE_CHECKING:
    from autocoder.ir.lower_behaviour import Lowering, Path

SORTED = frozenset({"text", "integer", "decimal", "boolean", "date", "datetime", "duration", "uuid"})
"""The types whose values have an order that every engine knows."""
_WORDS = re.compile(r"\w+(\s+\w+)?")
_RULE = "an order is a field, or what is worked out of fields, then `asc` or `desc`"


def parts_of(text: str) -> tuple[str, bool]:
    """What a key orders by, and whether it descends."""
    found = re.fullmatch(r"(.*?)(?:\s+(asc|desc))?", text, re.DOTALL)
    return (found[1], found[2] == "desc") if found else (text, False)


def order(to: Lowering, entity: Entity, texts: tuple[str, ...], at: Path) -> tuple[Order, ...]:
    """The keys of an order of an entity's rows."""
    found = (_key(to, entity, text, (*at, "order", index)) for index, text in enumerate(texts))
    return tuple(key for key in found if key is not None)


def _key(to: Lowering, entity: Entity, text: str, at: Path) -> Order | None:
    by, descending = parts_of(text)
    stored = {f.name: f.type for f in entity.fields}
    if by in stored:
        return Order(field=by, descending=descending) if _has_order(to, stored[by], text, at) else None
    known = {*stored, *(name for name, _ in entity.computed)}
    if _WORDS.fullmatch(by) and by not in known:
        message = f'"{text}" is no order of {entity.name}'
        to.complain("AC3123", message, at, value=text, rule=_RULE, help=nearest(by.split()[0], known))
        return None
    value = worked_out(to, entity, by, at)
    if value is None or not _has_order(to, value.type, text, at):
        return None
    return Order(by=value, descending=descending)


def worked_out(to: Lowering, entity: Entity, text: str, at: Path) -> Expr | None:
    """What is worked out of each row, and is ordered by; None after a diagnostic."""
    value = to.over_rows(entity, to.expression(text, at, to.scope(columns=entity.name)))
    if isinstance(value, Const):
        return None  # a diagnostic, or the same for every row
    if not names_column(value):
        to.complain("AC3123", f'"{text}" is the same for every row', at, value=text, rule=_RULE)
        return None
    if value.type.name == "text" and not collated(value):
        to.complain(
            "AC3299",
            f'"{text}" is a text that no field gives',
            at,
            value=text,
            rule="PostgreSQL orders texts by code point where a field gives them, else as the database's language does",
            help="work out a number: `paid ? 1 : 0`",
        )
        return None
    return times.as_key(value)


def _has_order(to: Lowering, type_: Type, text: str, at: Path) -> bool:
    if type_.name in SORTED:
        return True
    to.complain("AC3123", f"{type_} has no order", at, value=text, rule=f"of {', '.join(sorted(SORTED))}")
    return False

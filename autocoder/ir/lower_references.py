"""Lowers references that an expression follows: the row is read before the expression, once for as long as it is the
same one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from autocoder.ir.behaviour import Failure, Find, Match
from autocoder.ir.expressions import Bound, Column, Expr, Get, Op
from autocoder.ir.types import BOOLEAN, UUID, row
from autocoder.ir.typing_rules import own_key

if TYPE_CHECKING:
    from autocoder.ir.lower_behaviour import Lowering, Path


def follow(to: Lowering, node: Get, of: Bound, text: str, at: Path) -> Expr:
    """The field of the row to which a reference of a row at hand refers."""
    entity = of.type.entity or ""
    if node.field == "id":
        return of
    optional = _may_be_null(to, of)
    computed = node.field in dict(to.world.entities[entity].computed)
    if optional and (computed or not of.type.optional):
        to.complain(
            "AC3293",
            f'the row of "{of.name}.{of.field}" is read before that is known to be there',
            at,
            value=text,
            rule="a row to which a value refers is read before the expression in which it stands",
            help=f"write `{of.name}.{of.field}?.{node.field}`, or `require` before this effect that it is not null",
        )
    where = Op(op="==", args=(Column(field="id", type=UUID), of), type=BOOLEAN)
    bind = _bind(to, f"{of.field}_of_{of.name}", where)
    if to.followed.get(bind) != where:
        absent = None if optional else Failure(failure="missing", subject=entity)
        to.before.append(Find(match=Match(entity=entity, where=where, absent=absent), bind=bind))
        to.followed[bind] = where
        to.rows[bind] = row(entity, optional=optional)
    type_ = to.world.fields_of(entity)[node.field]
    return Bound(scope="row", name=bind, field=node.field, type=type_.or_null() if optional else type_)


def _may_be_null(to: Lowering, of: Bound) -> bool:
    """Whether a reference may be null where the effect begins."""
    if of.scope == "caller":
        entity, optional = to.caller or "", to.caller_optional
    else:
        entity, optional = to.rows[of.name].entity or "", to.rows[of.name].optional
    known = {own_key(of), ("row", of.name, "")} & to.there
    gone = optional and ("row", of.name, "") not in known
    return gone or (to.world.fields_of(entity)[of.field].optional and own_key(replace(of)) not in known)


def _bind(to: Lowering, usual: str, where: Expr) -> str:
    """A name for the row that means nothing else."""
    bind = usual
    while bind not in to.followed and bind in {*to.rows, *to.locals, *to.lists, *to.items}:
        bind += "_row"
    return bind

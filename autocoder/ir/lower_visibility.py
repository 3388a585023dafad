"""Lowers which fields clients see: where not everybody may see one, a row that is shown has null there for others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from autocoder.diagnostics import nearest
from autocoder.ir.behaviour import Reply
from autocoder.ir.expressions import Bound, Column, Const, Expr, Op, Over, Record, rewrite
from autocoder.ir.lower_access import owner_of, references
from autocoder.ir.nodes import Entity, Field
from autocoder.ir.types import BOOLEAN, NULL, TEXT, UUID, list_of, record_of, row

if TYPE_CHECKING:
    from autocoder.ir.lower_behaviour import Lowering

_ITEM = "shown"


def problems(entity: Entity, accounts: Entity | None, role: str) -> Iterator[tuple[str, str, str]]:
    """What is wrong with who sees the fields of an entity: the field, the problem, what to do."""
    roles = next((f.constraints.values for f in accounts.fields if f.name == role), ()) if accounts else ()
    for f in entity.fields:
        if f.visible is None:
            continue
        if f.hidden:
            yield f.name, "nobody ever sees it", "leave `visible` out"
        for name in f.visible.roles:
            if name not in roles:
                yield f.name, f'nobody can have the role "{name}"', nearest(name, roles) or "give accounts a `role`"
        if f.visible.owner and (accounts is None or len(references(entity, accounts.name)) != 1):
            yield f.name, f"{entity.name} has no owner", "add one reference to the accounts, or name a role"


def visible_reply(to: Lowering, reply: Reply) -> Reply:
    """The reply with null for what the caller may not see of the rows in it."""
    if reply.view is not None:
        value = _viewed(to, reply.view)
        found = None if value is None else _shown(to, value)
        return reply if found is None or found == value else replace(reply, view=None, body=found)
    return replace(reply, body=_shown(to, reply.body)) if reply.body is not None else reply


def _viewed(to: Lowering, name: str) -> Expr | None:
    """The row or list of a name."""
    if name in to.rows:
        return Bound(scope="row", name=name, type=to.rows[name])
    if name in to.lists:
        return Bound(scope="local", name=name, type=list_of(row(to.lists[name])))
    return None


def _shown(to: Lowering, value: Expr) -> Expr:
    """A value that clients get, in which rows are records of what the caller may see."""
    match value:
        case Bound(field="") if value.type.name == "row":
            return _row(to, value)
        case Bound() if value.type.name == "list" and value.type.item is not None and value.type.item.name == "row":
            item = Bound(scope="item", name=_ITEM, type=value.type.item)
            body = _row(to, item)
            return (
                value if body == item else Over(op="map", items=value, item=_ITEM, body=body, type=list_of(body.type))
            )
        case Record(values=values):
            found = tuple((name, _shown(to, part)) for name, part in values)
            return replace(value, values=found, type=record_of((name, part.type) for name, part in found))
        case Over(op="map", body=body):
            body = _shown(to, body)
            return replace(value, body=body, type=replace(value.type, item=body.type))
        case Op(op="?:", args=(condition, then, otherwise)):
            then, otherwise = _shown(to, then), _shown(to, otherwise)
            kept = next((part.type for part in (then, otherwise) if part.type.name != "null"), value.type)
            type_ = replace(kept, optional=value.type.optional)
            return replace(
                value, args=(condition, then, otherwise), type=type_ if kept.name == "record" else value.type
            )
        case _:
            return value


def _row(to: Lowering, bound: Bound) -> Expr:
    """A row as a record where not everybody sees all of it."""
    entity = to.world.entities.get(bound.type.entity or "")
    if entity is None or not any(f.visible for f in entity.fields):
        return bound
    there = replace(bound, type=bound.type.not_null())
    values = values_of(to, entity, there)
    found = Record(values=tuple(values), type=record_of((name, value.type) for name, value in values))
    if not bound.type.optional:
        return found
    test = Op(op="==", args=(bound, Const(value=None, type=NULL)), type=BOOLEAN)
    return Op(op="?:", args=(test, Const(value=None, type=NULL), found), type=found.type.or_null())


def values_of(to: Lowering, entity: Entity, bound: Bound) -> list[tuple[str, Expr]]:
    """The fields of a row as the caller sees them."""
    values = [(f.name, _field(to, entity, f, bound)) for f in entity.fields if not f.hidden]
    return values + [(name, rewrite(value, lambda node: _of_row(node, bound))) for name, value in entity.computed]


def _of_row(node: Expr, bound: Bound) -> Expr:
    return replace(bound, field=node.field, type=node.type) if isinstance(node, Column) else node


def _field(to: Lowering, entity: Entity, f: Field, bound: Bound) -> Expr:
    value = replace(bound, field=f.name, type=f.type)
    if f.visible is None:
        return value
    nothing = Const(value=None, type=f.type.or_null())
    condition = _may_see(to, entity, f, bound)
    return nothing if condition is None else Op(op="?:", args=(condition, value, nothing), type=f.type.or_null())


def _may_see(to: Lowering, entity: Entity, f: Field, bound: Bound) -> Expr | None:
    """Whether the caller sees a field of a row; None where no caller ever does."""
    auth = to.world.auth
    if auth is None or to.caller is None or f.visible is None:
        return None
    found: list[Expr] = []
    if f.visible.owner and (owner := owner_of(to, entity.name, bound)) is not None:
        own = Bound(scope="caller", name="caller", field="id", type=UUID)
        mine = Op(op="==", args=(owner, own), type=BOOLEAN)
        caller = Bound(scope="caller", name="caller", type=row(auth.entity, optional=True))
        there = Op(op="!=", args=(caller, Const(value=None, type=NULL)), type=BOOLEAN)
        found.append(Op(op="&&", args=(there, mine), type=BOOLEAN) if to.caller_optional else mine)
    for role in f.visible.roles if auth.role else ():
        type_ = replace(to.world.entities[auth.entity].field(auth.role).type, optional=to.caller_optional)
        held = Bound(scope="caller", name="caller", field=auth.role, type=type_)
        found.append(Op(op="==", args=(held, Const(value=role, type=TEXT)), type=BOOLEAN))
    whole = found[0] if found else None
    for part in found[1:]:
        whole = Op(op="||", args=(whole, part), type=BOOLEAN) if whole else part
    return whole

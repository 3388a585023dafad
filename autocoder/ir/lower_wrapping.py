"""Lowers `wire.wrap`: requests and replies that hold the rows of an entity under a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from autocoder.ir.behaviour import BoundRow, Change, Insert, Invoke, Match, Reply, Steps, walk_steps
from autocoder.ir.expressions import Bound, Expr, Record
from autocoder.ir.names import plural
from autocoder.ir.nodes import Auth, Operation
from autocoder.ir.types import list_of, record_of, row

if TYPE_CHECKING:
    from autocoder.ir.lower import Blueprint
    from autocoder.ir.lower_behaviour import Lowering

SIGNING_IN = ("check_password", "issue_token")


def check(blueprint: Blueprint) -> None:
    """Each wrapped entity is there, and no two share a key."""
    entities = blueprint.design.entities
    keys: dict[str, str] = {}
    for entity, key in blueprint.design.wire.wrap.items():
        at = ("wire", "wrap", entity)
        if entity not in entities:
            blueprint.unknown("AC3120", "no entity is named", entity, entities, *at)
        for word in (key, plural(key)):
            if word in keys:
                rule = "each entity has a key of its own, and its plural"
                blueprint.complain("AC3266", f'"{word}" is the key of {keys[word]} already', rule, *at)
        keys |= dict.fromkeys((key, plural(key)), entity)


def wrapped(to: Lowering, reply: Reply, view: str | None) -> Reply:
    """A reply that shows a row or a list of rows, under its entity's key."""
    bound = to.rows.get(view or "")
    entity = to.lists.get(view or "", (bound.entity if bound else "") or "")
    key = to.world.wrap.get(entity)
    if view is None or key is None:
        return reply
    many = view in to.lists
    rows: Expr = (
        Bound(scope="local", name=view, type=list_of(row(entity)))
        if many
        else Bound(scope="row", name=view, type=row(entity, optional=bound is not None and bound.optional))
    )
    value = reply.body or rows
    name = plural(key) if many else key
    return replace(reply, view=None, body=Record(values=((name, value),), type=record_of(((name, value.type),))))


def wrapper_of(steps: Steps, wrap: Mapping[str, str], auth: Auth | None) -> str:
    """The key of an operation's body: that of the first entity that it writes, or whose account signs in; or ""."""
    for step in walk_steps(steps):
        match step:
            case Insert(entity=entity) | Change(row=BoundRow(entity=entity) | Match(entity=entity)) if entity in wrap:
                return wrap[entity]
            case Invoke(target=target) if target in SIGNING_IN and auth and auth.entity in wrap:
                return wrap[auth.entity]
            case _:
                pass
    return ""


def with_wrapper(operation: Operation, wrap: Mapping[str, str], auth: Auth | None) -> Operation:
    """The operation with the key under which its inputs stand."""
    in_body = any(given.place == "body" for given in operation.inputs)
    return replace(operation, wrapper=wrapper_of(operation.steps, wrap, auth)) if in_body else operation

"""What the steps of a behaviour bind, need, and may lack: asked by the folds before they render."""

from __future__ import annotations

from collections.abc import Mapping

from autocoder.ir.behaviour import (
    BoundRow,
    Change,
    Each,
    Find,
    Insert,
    Invoke,
    Let,
    Match,
    Remove,
    Reply,
    Steps,
    Values,
    expressions,
    walk_steps,
)
from autocoder.ir.expressions import Bound, Call, Column, Const, Expr, Op, conjuncts, is_computed_integer, walk
from autocoder.ir.nodes import Constraints, Entity, Field
from autocoder.ir.views import Views
from autocoder.targets.python_service.expressions import Imports
from autocoder.targets.python_service.names import local

FAILURES = {
    "malformed": "Invalid",
    "invalid": "Invalid",
    "unauthenticated": "Unauthenticated",
    "forbidden": "Forbidden",
    "missing": "Missing",
    "conflict": "Conflict",
    "limited": "Limited",
    "unavailable": "Unavailable",
}
"""Failure class to the exception that the service raises."""


def public_fields(entity: Entity) -> tuple[Field, ...]:
    """The fields that everybody sees, as a list of positions shows them."""
    return tuple(f for f in entity.fields if not f.hidden and f.visible is None)


def custom_call(step: Invoke, views: Views, given: Mapping[str, str]) -> str:
    """The arguments of a custom function; what may be null and is not given is null."""
    called = next(f for f in views.functions if f.name == step.name)
    return ", ".join(f"{name}={given.get(name, 'None')}" for name, _ in called.inputs)


def custom_function(step: Invoke, package: str, imports: Imports) -> str:
    """A custom function, imported; under another name where its result has its own."""
    name = f"{step.name}_function" if local(step.bind) == step.name else step.name
    imports.add(f"{package}.custom.{step.name}", step.name if name == step.name else f"{step.name} as {name}")
    return name


def entities_of(steps: Steps, views: Views) -> dict[str, str]:
    """The entity of each row that a step binds, and of the caller."""
    found = {"caller": views.auth.entity} if views.auth else {}
    for step in walk_steps(steps):
        match step:
            case Find(bind=bind, match=Match(entity=entity)) | Insert(bind=bind, entity=entity):
                found[bind] = entity
            case Change(bind=str() as bind, row=row):
                found[bind] = row.entity
            case Each(item=item, rows_of=entity) if entity:
                found[item] = entity
            case _:
                pass
    return found


def row_of(node: Bound, nullable: set[str]) -> str:
    """The row that a value is a field of where that row may be absent, else ""."""
    row = "caller" if node.scope == "caller" else local(node.name)
    return row if node.scope in ("row", "caller") and node.field and row in nullable else ""


def rows_there(condition: Expr) -> set[str]:
    """Rows that a condition proves to be there."""
    found: set[str] = set()
    for part in conjuncts(condition):
        match part:
            case Op(op="!=", args=(Bound(scope="row" | "caller", name=name, field=""), Const(value=None))):
                found.add(name if name == "caller" else local(name))
            case _:
                pass
    return found


def rows_that_may_be_absent(steps: Steps) -> set[str]:
    """Rows that were looked for and may not be there, until a guard says that they are."""
    found: set[str] = set()
    for step in walk_steps(steps):
        match step:
            case Find(match=Match(absent=None), bind=bind):
                found.add(local(bind))
            case Let(name=name, value=Const(value=None)):
                found.add(local(name))
            case _:
                pass
    return found


def bound_values(steps: Steps) -> list[Bound]:
    """Every value at hand that any step names."""
    return [
        node
        for step in walk_steps(steps)
        for expr in expressions(step)
        for node in walk(expr)
        if isinstance(node, Bound)
    ]


def rows_needed(steps: Steps) -> frozenset[str]:
    """Rows that a later step reads, writes or shows."""
    used = {node.name for node in bound_values(steps) if node.scope == "row"}
    shown = {step.view for step in walk_steps(steps) if isinstance(step, Reply) and step.view}
    written = {
        step.row.bind
        for step in walk_steps(steps)
        if isinstance(step, Change | Remove) and isinstance(step.row, BoundRow)
    }
    return frozenset(used | shown | written)


def reads_what_it_sets(row: BoundRow, values: Values) -> bool:
    """Whether a value is made of a field that an earlier one sets; all are made of the row as it was."""
    changed: set[str] = set()
    for name, value in values:
        for node in walk(value):
            match node:
                case Column(field=read) | Bound(scope="row", name=row.bind, field=read) if read in changed:
                    return True
                case _:
                    pass
        changed.add(name)
    return False


def replaces_if_sent(value: Expr) -> bool:
    """Whether a value is what was sent, or else stays."""
    match value:
        case Op(op="?:", args=(Call(function="sent"), _, _)):
            return True
        case _:
            return False


def is_never_refused(step: Insert, entity: Entity) -> bool:
    """Whether no key is taken, no reference broken and no number too large: the row may wait for the commit."""
    numbers = any(is_computed_integer(value) for _, value in step.values)
    refers = any(f.type.entity or f.constraints != Constraints() for f in entity.fields)
    return entity.unique_keys == (("id",),) and not numbers and not refers


def filled_in(f: Field, value: Expr) -> bool:
    """Whether the model's own default is this value."""
    if isinstance(value, Const) and value.value is None and f.type.optional:
        return True
    return isinstance(value, Const) and value == f.default

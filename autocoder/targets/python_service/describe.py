"""The fold that says in words what an operation or handler does: docstrings, API descriptions, the reference page."""

from __future__ import annotations

from typing import assert_never

from autocoder.ir.behaviour import (
    BoundRow,
    Change,
    Choose,
    Emit,
    Find,
    Insert,
    Invoke,
    Let,
    List,
    Match,
    Remove,
    Reply,
    Require,
    Step,
    Steps,
)
from autocoder.ir.expressions import Bound, Call, Column, Const, Expr, Now, Op, conjuncts
from autocoder.ir.names import plural, snake
from autocoder.ir.nodes import Entity, Handler, Operation
from autocoder.ir.views import Views

_SIGNS = {"&&": "and", "||": "or", "==": "is", "!=": "is not", "??": "or else", "in": "is one of"}
_FAILURES = {
    "malformed": "the request is refused",
    "invalid": "the request is refused as invalid",
    "unauthenticated": "the caller is not let in",
    "forbidden": "it is forbidden",
    "missing": "there is no such thing",
    "conflict": "it conflicts",
    "limited": "the caller has to wait",
    "unavailable": "it is unavailable",
}


def sentences(steps: Steps) -> list[str]:
    """What the steps do, one clause each, in order."""
    return [text for step in steps for text in _step(step)]


def operation_doc(operation: Operation, views: Views) -> str:
    """One line for an operation's docstring: what it does, then the requirements it satisfies."""
    return _line(operation.steps[:-1] or operation.steps, operation.id, views)


def handler_doc(handler: Handler, views: Views) -> str:
    """One line for a handler's docstring."""
    return _line(handler.steps, handler.id, views)


def entity_doc(entity: Entity, views: Views) -> str:
    """One line for a row's docstring."""
    ids = ", ".join(r.name for r in views.satisfied_by(entity.id))
    return f"A {words(entity.name)}." + (f" ({ids})" if ids else "")


def words(name: str) -> str:
    """`DailyTotal` and `daily_total` to `daily total`."""
    return snake(name).replace("_", " ")


def _line(steps: Steps, node_id: str, views: Views) -> str:
    clauses = [clause for step in steps for clause in _step(step) if clause] or ["answer"]
    ids = ", ".join(r.name for r in views.satisfied_by(node_id))
    text = "; ".join(clauses)
    return text[0].upper() + text[1:] + "." + (f" ({ids})" if ids else "")


def _step(step: Step) -> list[str]:  # noqa: C901 # one arm a step
    match step:
        case Find(match=match):
            return [f"find the {words(match.entity)}{_where(match.where)}"]
        case List(entity=entity, where=where):
            return [f"list the {words(plural(snake(entity)))}{_where(where)}"]
        case Insert(entity=entity, taken=taken, key=key):
            if isinstance(taken, tuple):
                keys = " and ".join(words(k) for k in key)
                return [f"add a {words(entity)}, or change the one of the same {keys}"]
            return [f"add a {words(entity)}"]
        case Change(row=row, values=values):
            return [f"set {_fields([name for name, _ in values])} of {_rows(row)}"]
        case Remove(row=row):
            return [f"remove {_rows(row)}"]
        case Require(condition=condition):
            return [f"require that {expression(condition)}"]
        case Emit(event=event):
            return [f"publish {event}"]
        case Invoke(target="custom", name=name):
            return [f"call {name}"]
        case Choose(condition=condition, then=then):
            return [f"if {expression(condition)}: {', '.join(sentences(then))}"]
        case Let(name=name):
            return [f"work out {words(name)}"]
        case Invoke() | Reply():
            return []
        case _:
            assert_never(step)


def _fields(names: list[str]) -> str:
    return ", ".join(words(name) for name in names)


def _rows(row: BoundRow | Match) -> str:
    if isinstance(row, BoundRow):
        return f"the {words(row.entity)}"
    number = plural(snake(row.entity)) if row.many else snake(row.entity)
    return f"the {words(number)}{_where(row.where)}"


def _where(where: Expr | None) -> str:
    parts = [expression(part) for part in conjuncts(where)]
    return f" whose {' and '.join(parts)}" if parts else ""


def expression(expr: Expr) -> str:  # noqa: C901 # one arm a kind
    """An expression in words."""
    match expr:
        case Const():
            return _constant(expr)
        case Column(field=field):
            return words(field)
        case Bound(scope="caller", field=""):
            return "the caller"
        case Bound(scope="caller", field="id"):
            return "the caller's"
        case Bound(field=field, name=name):
            return f"the {words(name)}'s {words(field)}" if field else f"the given {words(name)}"
        case Now():
            return "now"
        case Call(function=function, args=args):
            return f"{function.replace('_', ' ')} of {', '.join(expression(a) for a in args)}"
        case Op(op="!", args=(inner,)):
            return f"not {expression(inner)}"
        case Op(op="negate", args=(inner,)):
            return f"minus {expression(inner)}"
        case Op(op="?:", args=(condition, then, otherwise)):
            return f"{expression(then)} if {expression(condition)}, else {expression(otherwise)}"
        case Op(op=op, args=args):
            return f" {_SIGNS.get(op, op)} ".join(expression(a) for a in args)


def _constant(const: Const) -> str:
    if const.value is None:
        return "nothing"
    if const.type.name == "duration" and isinstance(const.value, int):
        for unit, size in (("days", 86_400_000_000), ("hours", 3_600_000_000), ("minutes", 60_000_000)):
            if const.value % size == 0:
                return f"{const.value // size} {unit}"
    return str(const.value).lower() if isinstance(const.value, bool) else str(const.value)


def failure(name: str) -> str:
    """A failure class in words."""
    return _FAILURES[name]

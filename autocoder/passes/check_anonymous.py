"""Refuses a comparison in which a caller who is not signed in would equal a value that is not there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from autocoder.ir.behaviour import expressions, walk_steps
from autocoder.ir.expressions import Bound, Const, Expr, Op, walk
from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Operation
from autocoder.passes.protocol import PassContext


@dataclass(frozen=True, kw_only=True)
class CheckAnonymous:
    """Null equals null: `owner == caller?.id` lets everybody who is not signed in have every row without an owner."""

    name: ClassVar[str] = "check-anonymous"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        for operation in graph.of_kind(Operation):
            found = {
                shown(node)
                for step in walk_steps(operation.steps)
                for expression in expressions(step)
                for node in walk(expression)
                if isinstance(node, Op) and node.op in ("==", "!=") and _both_may_be_null(node)
            }
            for text in sorted(found):
                subject = f"operations.{operation.name}"
                context.diagnostics.error(
                    "AC3164",
                    f"{subject}: in `{text}` both sides may be null, so nobody equals no value",
                    context.place("architecture", "operations", operation.name, "effects"),
                    subject=subject,
                    value=text,
                    rule="a caller who is not signed in owns nothing",
                    help=f"write `caller != null && {text.replace('caller?.', 'caller.')}`, or state `access: user`",
                )
        return graph


def _both_may_be_null(node: Op) -> bool:
    caller = [arg for arg in node.args if _may_be_nobody(arg)]
    others = [arg for arg in node.args if arg not in caller]
    return bool(caller) and all(arg.type.optional and not isinstance(arg, Const) for arg in others)


def _may_be_nobody(value: Expr) -> bool:
    return isinstance(value, Bound) and value.scope == "caller" and bool(value.field) and value.type.optional


def shown(node: Op) -> str:
    """A comparison as somebody would write it."""
    return f" {node.op} ".join(_name(arg) for arg in node.args)


def _name(value: Expr) -> str:
    match value:
        case Bound(scope="caller", field=field):
            return f"caller?.{field}"
        case Bound(scope="row", name=name, field=field):
            return f"{name}.{field}" if field else name
        case Bound(scope=scope, name=name):
            return name if scope == "local" else f"{scope}.{name}"
        case _:
            return str(getattr(value, "field", "") or getattr(value, "function", "") or value.kind)

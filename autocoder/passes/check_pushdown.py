"""Refuses a condition over rows that the database cannot decide with the language's meaning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from autocoder.ir.behaviour import BoundRow, Change, expressions, walk_steps
from autocoder.ir.expressions import Call, Column, Expr, Get, Op, Over, Record, parts, walk
from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Handler, Operation
from autocoder.passes.protocol import PassContext

PUSHED_DOWN = frozenset({"contains", "starts_with", "ends_with", "size", "lower", "upper", "replace", "abs"})
"""Functions that mean the same in Python, PostgreSQL and SQLite when they are applied to a column."""


KEPT_AS_JSON = {"list", "record", "map", "json"}
"""Types that a column keeps as a document, which the engines compare in different ways."""
_TIMES = {"date", "datetime", "duration"}


@dataclass(frozen=True, kw_only=True)
class CheckPushdown:
    """A function of a column must be one that every engine computes alike."""

    name: ClassVar[str] = "check-pushdown"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        for behaviour in (*graph.of_kind(Operation), *graph.of_kind(Handler)):
            part = "operations" if isinstance(behaviour, Operation) else "handlers"
            for step in walk_steps(behaviour.steps):
                if isinstance(step, Change) and isinstance(step.row, BoundRow):
                    continue  # worked out on the row at hand, which is locked
                for expr in expressions(step):
                    for function in impossible(expr):
                        context.diagnostics.error(
                            "AC3160",
                            f"{part}.{behaviour.name}: the database cannot compute {function} of a column",
                            context.place("architecture", part, behaviour.name),
                            subject=f"{part}.{behaviour.name}",
                            value=function,
                            rule="over columns: " + ", ".join(sorted(PUSHED_DOWN)),
                            help="compare the field itself, or compute the value before and compare with that",
                        )
        return graph


def impossible(expr: Expr) -> Iterator[str]:  # noqa: C901 # one arm a form
    """What in an expression over columns the database cannot do, or each engine does in its own way."""
    for node in walk(expr):
        if parts(node) and any(isinstance(inner, Column) for inner in walk(node)):
            types = {part.type.name for part in parts(node)}
            match node:
                case Over(op=("all" | "exists"), items=items) if not any(isinstance(n, Column) for n in walk(items)):
                    pass  # a condition for each item at hand
                case Over(op=op):
                    yield f".{op}()"
                case Get(field=field):
                    yield f".{field}"
                case Record() | Op(op="[]" | "at"):
                    yield "a list or map"
                case Call(function=function) if function not in PUSHED_DOWN or "list" in types:
                    yield f"{function}()"
                case Op(op="/" | "%" as sign):
                    yield f"`{sign}`"
                case Op(op="+" | "-" | "*" | "negate" | "?:" as sign) if "decimal" in types:
                    yield f"`{sign}` with a decimal"
                case Op(op="+" | "-" as sign) if types & _TIMES:
                    yield f"`{sign}` with a time"
                case Op(op="in", args=(item, items)) if item.type.name not in KEPT_AS_JSON:
                    if any(isinstance(inner, Column) for inner in walk(items)):
                        yield "`in` a list that a row holds"
                case Op(op="in" | "==" | "!=" as sign) if types & KEPT_AS_JSON:
                    yield f"`{sign}` with {' and '.join(sorted(types & KEPT_AS_JSON))}"
                case _:
                    pass

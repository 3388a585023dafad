"""Refuses a condition over rows that the database cannot decide with the language's meaning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from autocoder.ir.behaviour import expressions, walk_steps
from autocoder.ir.expressions import Call, Column, Expr, walk
from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Handler, Operation
from autocoder.passes.protocol import PassContext

PUSHED_DOWN = frozenset({"contains", "starts_with", "ends_with", "size", "lower", "upper", "replace", "abs"})
"""Functions that mean the same in Python, PostgreSQL and SQLite when they are applied to a column."""


@dataclass(frozen=True, kw_only=True)
class CheckPushdown:
    """A function of a column must be one that every engine computes alike."""

    name: ClassVar[str] = "check-pushdown"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        for behaviour in (*graph.of_kind(Operation), *graph.of_kind(Handler)):
            part = "operations" if isinstance(behaviour, Operation) else "handlers"
            for step in walk_steps(behaviour.steps):
                for expr in expressions(step):
                    for function in _impossible(expr):
                        context.diagnostics.error(
                            "AC3160",
                            f"{part}.{behaviour.name}: the database cannot compute {function}() of a column",
                            context.place("architecture", part, behaviour.name),
                            subject=f"{part}.{behaviour.name}",
                            value=function,
                            rule="over columns: " + ", ".join(sorted(PUSHED_DOWN)),
                            help="compare the field itself, or compute the value before and compare with that",
                        )
        return graph


def _impossible(expr: Expr) -> Iterator[str]:
    for node in walk(expr):
        over_column = isinstance(node, Call) and any(isinstance(inner, Column) for inner in walk(node))
        if isinstance(node, Call) and over_column and node.function not in PUSHED_DOWN:
            yield node.function

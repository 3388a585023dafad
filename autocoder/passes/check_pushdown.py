"""Refuses a condition over rows that the database cannot decide with the language's meaning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from autocoder.ir.behaviour import BoundRow, Change, Find, Insert, List, Remove, Step, expressions, walk_steps
from autocoder.ir.expressions import Column, Expr, walk
from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Entity, Handler, Operation
from autocoder.ir.pushdown import PUSHED_DOWN, impossible, limits_of, too_large
from autocoder.passes.protocol import PassContext


@dataclass(frozen=True, kw_only=True)
class CheckPushdown:
    """A function of a column must be one that every engine computes alike, an integer one that no engine cuts off."""

    name: ClassVar[str] = "check-pushdown"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        entities = {e.name: e for e in graph.of_kind(Entity)}
        for behaviour in (*graph.of_kind(Operation), *graph.of_kind(Handler)):
            for step in walk_steps(behaviour.steps):
                if isinstance(step, Change) and isinstance(step.row, BoundRow):
                    continue  # worked out on the row at hand, which is locked
                for function in (found for expr in expressions(step) for found in impossible(expr)):
                    _refuse(behaviour, function, context)
                for part in _too_large(step, entities):
                    _refuse_size(behaviour, part, context)
        return graph


def _refuse(behaviour: Operation | Handler, function: str, context: PassContext) -> None:
    part = "operations" if isinstance(behaviour, Operation) else "handlers"
    context.diagnostics.error(
        "AC3160",
        f"{part}.{behaviour.name}: the database cannot compute {function} of a column",
        context.place("architecture", part, behaviour.name),
        subject=f"{part}.{behaviour.name}",
        value=function,
        rule="over columns: " + ", ".join(PUSHED_DOWN),
        help="compare the field itself, or compute the value before and compare with that",
    )


def _refuse_size(behaviour: Operation | Handler, expr: Expr, context: PassContext) -> None:
    part = "operations" if isinstance(behaviour, Operation) else "handlers"
    fields = " and ".join(sorted({node.field for node in walk(expr) if isinstance(node, Column)}))
    context.diagnostics.error(
        "AC3200",
        f"{part}.{behaviour.name}: what is worked out of {fields} may need more than 64 bits inside the database",
        context.place("architecture", part, behaviour.name),
        subject=f"{part}.{behaviour.name}",
        value=fields,
        rule="SQLite goes on with a float where a whole number leaves 64 bits",
        help="state `min` and `max` of the fields, so that it cannot; or compare the outcome of one operation directly",
    )


def _too_large(step: Step, entities: dict[str, Entity]) -> Iterator[Expr]:
    match step:
        case Find(match=match) if match.where is not None:
            yield from too_large(match.where, limits_of(entities[match.entity]))
        case List():
            limits = limits_of(entities[step.entity])
            for expr in expressions(step):
                yield from too_large(expr, limits)
        case Change(row=row) | Remove(row=row) if not isinstance(row, BoundRow):
            limits = limits_of(entities[row.entity])
            if row.where is not None:
                yield from too_large(row.where, limits)
            for _, value in step.values if isinstance(step, Change) else ():
                yield from too_large(value, limits, stored=True)
        case Insert(entity=entity, taken=tuple() as taken):
            for _, value in taken:
                yield from too_large(value, limits_of(entities[entity]), stored=True)
        case _:
            pass

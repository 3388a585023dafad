"""Whatever comes in reaches a reply or a durable write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from autocoder.ir.behaviour import Ask, Change, Emit, Insert, Invoke, Notify, Remove, SetAside, walk_steps
from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Handler
from autocoder.passes.protocol import PassContext

TRACES = (Insert, Change, Remove, Emit, Invoke, Ask, Notify, SetAside)
"""Steps that leave something behind."""


@dataclass(frozen=True, kw_only=True)
class CheckIngress:
    """An operation always replies; a handler has nobody to reply to, so it must write, publish or call."""

    name: ClassVar[str] = "check-ingress"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        for handler in graph.of_kind(Handler):
            if not any(isinstance(step, TRACES) for step in walk_steps(handler.steps)):
                context.diagnostics.error(
                    "AC3155",
                    f"handlers.{handler.name}: what it does leaves no trace",
                    context.place("architecture", "handlers", handler.name),
                    subject=f"handlers.{handler.name}",
                    rule="a handler writes a row, publishes an event or calls a function",
                    help="add an effect that keeps something, or remove the handler",
                )
        return graph

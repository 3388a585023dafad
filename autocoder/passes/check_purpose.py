"""Finds what satisfies no requirement, where requirements are stated at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Function, Handler, Operation, Requirement
from autocoder.passes.protocol import PassContext

_PARTS = {Operation: "operations", Handler: "handlers", Function: "functions"}


@dataclass(frozen=True, kw_only=True)
class CheckPurpose:
    """An operation, handler or function that nobody asked for is a warning: more to run, to test and to attack."""

    name: ClassVar[str] = "check-purpose"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        if not graph.of_kind(Requirement):
            return graph
        for kind, part in _PARTS.items():
            for node in graph.of_kind(kind):
                derived = isinstance(node, Operation) and not node.stated
                if not derived and not graph.targets(node.id, "satisfies"):
                    context.diagnostics.warning(
                        "AC3163",
                        f"{part}.{node.name} satisfies no requirement",
                        context.place("architecture", part, node.name),
                        subject=f"{part}.{node.name}",
                        rule="what is built was asked for",
                        help="name the requirement in its `satisfies`, state one, or remove it",
                    )
        return graph

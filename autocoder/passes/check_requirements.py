"""Every requirement is satisfied by something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Requirement
from autocoder.passes.protocol import PassContext


@dataclass(frozen=True, kw_only=True)
class CheckRequirements:
    """A requirement that nothing satisfies is an error: the design does less than was asked for."""

    name: ClassVar[str] = "check-requirements"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        for requirement in graph.of_kind(Requirement):
            if not graph.sources(requirement.id, "satisfies"):
                context.diagnostics.error(
                    "AC3154",
                    f"nothing satisfies {requirement.name}: {requirement.text}",
                    context.place("architecture", "requirements", requirement.name),
                    subject=f"requirements.{requirement.name}",
                    value=requirement.text,
                    rule="every requirement is named in `satisfies` of some element",
                    help=f"add {requirement.name} to the `satisfies` of what fulfils it, or remove the requirement",
                )
        return graph

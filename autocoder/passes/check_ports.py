"""Every port that a component requires is bound to a component that provides it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from autocoder.diagnostics import nearest
from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Component
from autocoder.passes.protocol import PassContext


@dataclass(frozen=True, kw_only=True)
class CheckPorts:
    """A required port without a provider is an error: what stands behind it would fail at its first use."""

    name: ClassVar[str] = "check-ports"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        for component in graph.of_kind(Component):
            called = [c for c in graph.targets(component.id, "calls") if isinstance(c, Component)]
            offered = {port for other in called for port in other.provides}
            for port in component.requires:
                if port not in offered:
                    providers = [c.name for c in graph.of_kind(Component) if port in c.provides]
                    subject = f"components.{component.name}"
                    context.diagnostics.error(
                        "AC3158",
                        f'{subject}: its port "{port}" is bound to nothing',
                        context.place("architecture", "components", component.name),
                        subject=subject,
                        value=port,
                        rule="every required port has a provider",
                        help=nearest(port, providers) or "add something that provides it, for example an entity",
                    )
        return graph

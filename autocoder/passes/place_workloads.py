"""Places each component that runs on a workload: one entry point of the one image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from autocoder.diagnostics import nearest
from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Component, Edge, Environment, Workload
from autocoder.passes.protocol import PassContext


@dataclass(frozen=True, kw_only=True)
class PlaceWorkloads:
    """Adds a workload for every component but store, cache and what is outside, with a size tier's resources."""

    tier: str = "small"
    port: int = 8000
    name: ClassVar[str] = "place-workloads"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        tier = context.bundle.tiers[self.tier]
        workloads: list[Workload] = []
        edges: list[Edge] = []
        for component in graph.of_kind(Component):
            if component.role in ("Store", "Cache", "Integration"):
                continue
            workload = Workload(
                name=component.name,
                entry_point=component.name,
                port=component.port or self.port if component.role == "APIEndpoint" else None,
                cpu_request=tier.cpu_request,
                cpu_limit=tier.cpu_limit,
                memory_request=tier.memory_request,
                memory_limit=tier.memory_limit,
            )
            workloads.append(workload)
            edges.append(Edge(source=workload.id, kind="runs", target=component.id))
        if not workloads:
            context.diagnostics.error(
                "AC3241",
                "nothing runs: the design has no operation and no handler",
                context.place("architecture", "system"),
                subject="system",
                rule="a system is deployed to do something",
                help="add an operation, for example `list_notes: {route: GET /notes, effects: [{list: Note}]}`",
            )
        self._check_names(graph, {w.name for w in workloads}, context)
        return graph.having(workloads, edges)

    def _check_names(self, graph: Graph, known: set[str], context: PassContext) -> None:
        for environment in graph.of_kind(Environment):
            stated = {"replicas": environment.replicas, "resources": environment.tiers}
            for key, name in ((key, name) for key, rows in stated.items() for name, _ in rows):
                if name not in known:
                    path = ("environments", environment.name, key, name)
                    context.diagnostics.error(
                        "AC3120",
                        f'{".".join(path)}: no workload is named "{name}"',
                        context.place("deployment", *path),
                        subject=".".join(path),
                        value=name,
                        help=nearest(name, known),
                    )

"""Sizes workloads: as many replicas as the stated load and availability need, where the blueprint gives no number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Environment, Objectives, Workload, objectives_in
from autocoder.passes.load import loads
from autocoder.passes.protocol import PassContext

PRODUCTION = "production"


@dataclass(frozen=True, kw_only=True)
class SizeWorkloads:
    """`redundant_from` is the availability (ppm) from which one replica is a single point of failure."""

    redundant_from: int = 990_000
    name: ClassVar[str] = "size-workloads"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        serving = {w.name for w in graph.of_kind(Workload) if w.port}
        changed: list[Environment] = []
        for environment in filter(is_sized, graph.of_kind(Environment)):
            stated = objectives_in(graph.of_kind(Objectives)[0], environment)
            costs = context.bundle.costs
            needed = {load.workload: costs.replicas(load.rate) for load in loads(graph, stated.throughput_per_hour)}
            redundant = environment.name == PRODUCTION and (stated.availability_ppm or 0) >= self.redundant_from
            needed |= {name: max(needed.get(name, 1), 2 if redundant else 1) for name in serving}
            derived = {name: count for name, count in needed.items() if count > 1 or name in serving}
            replicas = tuple(sorted({**derived, **dict(environment.replicas)}.items()))
            changed.append(replace(environment, replicas=replicas))
        return graph.having(changed)


def is_sized(environment: Environment) -> bool:
    """Whether the load decides on replicas: in production, and where an environment states a load of its own."""
    own = any(override.field == "throughput_per_hour" for override in environment.overrides)
    return own or environment.name == PRODUCTION

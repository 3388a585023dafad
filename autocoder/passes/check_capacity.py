"""Refuses a throughput beyond capacity: the load along the graph, the bottleneck, and the replicas that would do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Environment, Objectives, objectives_in
from autocoder.passes.load import Load, loads
from autocoder.passes.protocol import PassContext
from autocoder.passes.size_workloads import is_sized


@dataclass(frozen=True, kw_only=True)
class CheckCapacity:
    """Compares the load of each workload with what its replicas carry where it is sized, the bottleneck first."""

    name: ClassVar[str] = "check-capacity"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        for environment in filter(is_sized, graph.of_kind(Environment)):
            stated = objectives_in(graph.of_kind(Objectives)[0], environment)
            replicas = dict(environment.replicas)
            each = {
                load: load.rate / replicas.get(load.workload, 1) for load in loads(graph, stated.throughput_per_hour)
            }
            for load in sorted(each, key=lambda one: each[one], reverse=True):
                self._check(environment, load, replicas.get(load.workload, 1), context)
        return graph

    def _check(self, environment: Environment, load: Load, has: int, context: PassContext) -> None:
        each = context.bundle.costs.requests_per_second_per_core
        needed = context.bundle.costs.replicas(load.rate)
        if has >= needed:
            return
        path = ("environments", environment.name, "replicas", load.workload)
        context.diagnostics.error(
            "AC3150",
            f"{'.'.join(path)}: {has} replicas carry about {has * each} {load.what}/s, but {load.rate}/s arrive",
            context.place("deployment", *path),
            subject=".".join(path),
            value=str(has),
            rule=f"one replica carries about {each} {load.what}/s; the load comes by {' -> '.join(load.way)}",
            help=f"set replicas to {needed} or more, or lower policy.performance.throughput",
        )

"""Sizes the API: as many replicas as the stated load and availability need, where the blueprint gives no number.

A stated number that cannot carry the stated load is an error that names the number which would.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import ClassVar

from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Environment, Objectives, Workload
from autocoder.passes.protocol import PassContext

PRODUCTION = "production"


@dataclass(frozen=True, kw_only=True)
class SizeWorkloads:
    """`redundant_from` is the availability (ppm) from which one replica is a single point of failure."""

    redundant_from: int = 990_000
    name: ClassVar[str] = "size-workloads"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        stated = graph.of_kind(Objectives)[0]
        rate = math.ceil((stated.throughput_per_hour or 0) / 3600)
        per_replica = context.bundle.costs.requests_per_second_per_core
        needed = max(1, math.ceil(rate / per_replica))
        wanted = max(needed, 2) if (stated.availability_ppm or 0) >= self.redundant_from else needed
        serving = [w.name for w in graph.of_kind(Workload) if w.port]
        changed: list[Environment] = []
        for environment in graph.of_kind(Environment):
            if environment.name != PRODUCTION:
                continue
            replicas = dict(environment.replicas)
            for name in serving:
                if replicas.get(name, needed) < needed:
                    self._complain(environment, name, replicas[name], needed, rate, per_replica, context)
                replicas.setdefault(name, wanted)
            changed.append(replace(environment, replicas=tuple(sorted(replicas.items()))))
        return graph.having(changed)

    def _complain(
        self, environment: Environment, name: str, has: int, needed: int, rate: int, each: int, context: PassContext
    ) -> None:
        path = ("environments", environment.name, "replicas", name)
        context.diagnostics.error(
            "AC3150",
            f"{'.'.join(path)}: {has} replicas carry about {has * each} requests/s, but {rate}/s are stated",
            context.place("deployment", *path),
            subject=".".join(path),
            value=str(has),
            rule=f"one replica carries about {each} requests/s",
            help=f"set replicas to {needed} or more, or lower policy.performance.throughput",
        )

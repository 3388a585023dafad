"""Refuses a latency objective that the longest path cannot meet, and names the path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Budget, Operation
from autocoder.passes.estimates import longest_path
from autocoder.passes.protocol import PassContext


@dataclass(frozen=True, kw_only=True)
class CheckLatency:
    """Estimates each covered operation from the bundle's cost table."""

    name: ClassVar[str] = "check-latency"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        budgets = {b.name: b for b in graph.of_kind(Budget)}
        costs = context.bundle.costs
        for operation in graph.of_kind(Operation):
            path = longest_path(operation, budgets[operation.name], costs)
            floor = path.microseconds
            for percentile, stated in budgets[operation.name].latencies:
                if floor <= stated:
                    continue
                context.diagnostics.error(
                    "AC3151",
                    f"{operation.name} cannot answer within {stated / 1000:g} ms: it takes about {floor / 1000:g} ms",
                    context.place("architecture", "policy", "performance", f"p{percentile}"),
                    subject=f"policy.performance.p{percentile}",
                    value=f"{stated / 1000:g}ms",
                    rule=f"the longest path: {path}",
                    help=f"state {-(-floor // 1000)}ms or more, or take work out of {operation.name}",
                )
        return graph

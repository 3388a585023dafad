"""Refuses a latency objective that the longest path cannot meet, and names the path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from autocoder.ir.behaviour import Invoke, walk_steps
from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Budget, Operation
from autocoder.passes.protocol import PassContext


@dataclass(frozen=True, kw_only=True)
class CheckLatency:
    """Estimates each covered operation from the bundle's cost table."""

    name: ClassVar[str] = "check-latency"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        budgets = {b.name: b for b in graph.of_kind(Budget)}
        costs = context.bundle.costs
        for operation in graph.of_kind(Operation):
            stated = budgets[operation.name].p95_us
            if stated is None:
                continue
            queries = budgets[operation.name].queries
            hashes = sum(
                isinstance(s, Invoke) and s.target in ("hash_password", "check_password")
                for s in walk_steps(operation.steps)
            )
            query_us = costs.statement_us + costs.hop_us
            floor = costs.request_us + queries * query_us + hashes * costs.password_hash_us
            if floor > stated:
                path = f"request {costs.request_us} µs + {queries} queries x {query_us} µs"
                path += f" + {hashes} password hashes x {costs.password_hash_us} µs" if hashes else ""
                context.diagnostics.error(
                    "AC3151",
                    f"{operation.name} cannot answer within {stated / 1000:g} ms: it takes about {floor / 1000:g} ms",
                    context.place("architecture", "policy", "performance", "p95"),
                    subject="policy.performance.p95",
                    value=f"{stated / 1000:g}ms",
                    rule=path,
                    help=f"state {-(-floor // 1000)}ms or more, or take work out of {operation.name}",
                )
        return graph

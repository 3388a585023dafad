"""Refuses an availability that the product of the parts in production does not reach."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from autocoder.bundles.bundle import Availability
from autocoder.ir.behaviour import Ask, walk_steps
from autocoder.ir.graph import Graph
from autocoder.ir.nodes import (
    Component,
    Environment,
    Integration,
    Objectives,
    Operation,
    Workload,
    objectives_in,
)
from autocoder.passes.protocol import PassContext
from autocoder.passes.size_workloads import PRODUCTION

_ALL = 1_000_000


@dataclass(frozen=True, kw_only=True)
class CheckAvailability:
    """What a request needs: one pod of each workload that serves, the store, and what it asks outside.

    Estimates from the bundle; of a system outside what its design states, and a warning where it states nothing.
    """

    name: ClassVar[str] = "check-availability"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        objectives = graph.of_kind(Objectives)[0]
        for environment in graph.of_kind(Environment):
            stated = objectives_in(objectives, environment).availability_ppm
            if stated is not None and environment.name == PRODUCTION:
                self._check(graph, environment, stated, context)
        return graph

    def _check(self, graph: Graph, environment: Environment, stated: int, context: PassContext) -> None:
        needed = _outside(graph)
        for system in (i for i in needed if i.availability_ppm is None):
            _unknown(system, context)
        parts = [*_parts(graph, environment, context.bundle.availability), *((i.name, _share(i)) for i in needed)]
        reached = 1.0
        for _, share in parts:
            reached *= share
        if reached * _ALL >= stated:
            return
        best = min(share for _, share in parts)
        weakest = next(name for name, share in parts if share == best)
        context.diagnostics.error(
            "AC3156",
            f"{stated / 10_000:g}% is not reached: the parts that a request needs are there {reached:.4%} of the time",
            context.place("architecture", "policy", "performance", "availability"),
            subject="policy.performance.availability",
            value=f"{stated / 10_000:g}%",
            rule=" x ".join(f"{name} {share:.4%}" for name, share in parts),
            help=f"state {int(reached * 10_000) / 100:g}% or less, or strengthen the weakest part: {weakest}",
        )


def _outside(graph: Graph) -> tuple[Integration, ...]:
    """The systems outside with which the operation fails that depends most on others."""
    known = {i.name: i for i in graph.of_kind(Integration)}
    asked = [
        sorted({s.integration for s in walk_steps(o.steps) if isinstance(s, Ask) and s.failed is None})
        for o in graph.of_kind(Operation)
    ]
    worst = min(asked, key=lambda names: (math.prod(_share(known[n]) for n in names), -len(names)), default=list[str]())
    return tuple(known[name] for name in worst)


def _share(system: Integration) -> float:
    return 1.0 if system.availability_ppm is None else system.availability_ppm / _ALL


def _unknown(system: Integration, context: PassContext) -> None:
    path = ("integrations", system.name)
    context.diagnostics.warning(
        "AC3300",
        f"{'.'.join(path)}: how often it answers is not stated, so it counts as if it always did",
        context.place("architecture", *path),
        subject=".".join(path),
        rule="operations that fail with a system outside are no more available than it is",
        help="state its `availability`, or what stands for its reply with `failed`",
    )


def _parts(graph: Graph, environment: Environment, known: Availability) -> list[tuple[str, float]]:
    """What a request needs, with the share of time that it is there."""
    found: list[tuple[str, float]] = []
    replicas = dict(environment.replicas)
    for workload in graph.of_kind(Workload):
        if workload.port:
            count = replicas.get(workload.name, 1)
            found.append((f"{count} x {workload.name}", known.pods(count)))
    serving = [c for c in graph.of_kind(Component) if c.role == "APIEndpoint"]
    if any("rows" in component.requires for component in serving):
        found.append(("store", known.store))
    return found

"""What an environment reserves and carries, by the same cost table that sizes it. Estimates, said to be such."""

from __future__ import annotations

import math
from dataclasses import dataclass

from autocoder.compilation import Compiled
from autocoder.ir.nodes import Environment
from autocoder.passes.estimates import longest_path

_MEMORY = {"Ki": 1, "Mi": 1024, "Gi": 1024**2}


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """One environment: pods, reserved CPU (millicores) and memory (MiB), requests per second that the API carries,
    and how many are stated (0 where nothing is).
    """

    environment: str
    pods: int
    millicores: int
    mebibytes: int
    carries: int
    stated: int

    @property
    def headroom(self) -> str:
        """How the two compare, in words."""
        if not self.stated:
            return "no load is stated"
        return f"{self.carries / self.stated:.1f} times the stated {self.stated}/s"


@dataclass(frozen=True, kw_only=True)
class Latency:
    """The longest path of one operation, and the objective that covers it (milliseconds, None without one)."""

    operation: str
    milliseconds: float
    path: str
    stated: float | None


def capacities(compiled: Compiled) -> tuple[Capacity, ...]:
    """Each environment."""
    return tuple(_capacity(compiled, environment) for environment in compiled.views.environments)


def _capacity(compiled: Compiled, environment: Environment) -> Capacity:
    views = compiled.views
    counts = [(workload, views.replicas(environment, workload)) for workload in views.workloads]
    serving = sum(count for workload, count in counts if workload.port)
    return Capacity(
        environment=environment.name,
        pods=sum(count for _, count in counts),
        millicores=sum(count * _millicores(workload.cpu_request) for workload, count in counts),
        mebibytes=sum(count * _kibibytes(workload.memory_request) for workload, count in counts) // 1024,
        carries=serving * compiled.bundle.costs.requests_per_second_per_core,
        stated=math.ceil((views.objectives_in(environment).throughput_per_hour or 0) / 3600),
    )


def latencies(compiled: Compiled) -> tuple[Latency, ...]:
    """Each operation, the slowest first."""
    budgets = compiled.views.budgets
    found: list[Latency] = []
    for operation in compiled.views.operations:
        budget = budgets[operation.name]
        path = longest_path(operation, budget, compiled.bundle.costs)
        stated = min((limit / 1000 for _, limit in budget.latencies), default=None)
        found.append(
            Latency(operation=operation.name, milliseconds=path.microseconds / 1000, path=str(path), stated=stated)
        )
    return tuple(sorted(found, key=lambda row: (-row.milliseconds, row.operation)))


def _millicores(quantity: str) -> int:
    return int(quantity[:-1]) if quantity.endswith("m") else int(float(quantity) * 1000)


def _kibibytes(quantity: str) -> int:
    return int(quantity[:-2]) * _MEMORY[quantity[-2:]]

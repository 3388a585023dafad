"""Refuses one database, broker or cache with two owners: each environment keeps its own data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Environment
from autocoder.passes.protocol import PassContext

OWNED = {"DATABASE_URL": "database", "BROKER_URL": "broker", "CACHE_URL": "cache"}
"""The variables that name what an environment keeps its data in, with what that is."""


@dataclass(frozen=True, kw_only=True)
class CheckOwners:
    """Two environments with one database would migrate and clean up each other's rows, with one broker handle each
    other's events, and with one cache read each other's copies.
    """

    name: ClassVar[str] = "check-owners"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        owners: dict[tuple[str, str], str] = {}
        for environment in graph.of_kind(Environment):
            for variable in environment.variables:
                if variable.name not in OWNED or not variable.value:
                    continue
                first = owners.setdefault((variable.name, variable.value), environment.name)
                if first != environment.name:
                    path = ("environments", environment.name, "env", variable.name)
                    context.diagnostics.error(
                        "AC3166",
                        f"{'.'.join(path)}: this {OWNED[variable.name]} is that of {first} already",
                        context.place("deployment", *path),
                        subject=".".join(path),
                        rule="a store has one owner",
                        help=f"name a {OWNED[variable.name]} of its own, or leave the variable out",
                    )
        return graph

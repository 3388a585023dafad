"""Refuses one database with two owners: each environment keeps its own data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Environment
from autocoder.passes.protocol import PassContext

STORE_VARIABLE = "DATABASE_URL"


@dataclass(frozen=True, kw_only=True)
class CheckOwners:
    """Two environments that name the same database would migrate and clean up each other's rows."""

    name: ClassVar[str] = "check-owners"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        owners: dict[str, str] = {}
        for environment in graph.of_kind(Environment):
            for variable in environment.variables:
                if variable.name != STORE_VARIABLE or not variable.value:
                    continue
                first = owners.setdefault(variable.value, environment.name)
                if first != environment.name:
                    path = ("environments", environment.name, "env", STORE_VARIABLE)
                    context.diagnostics.error(
                        "AC3166",
                        f"{'.'.join(path)}: this database is that of {first} already",
                        context.place("deployment", *path),
                        subject=".".join(path),
                        rule="a store has one owner",
                        help="name a database of its own, or leave the variable out",
                    )
        return graph

"""Warns where clients choose a role for themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from autocoder.ir.behaviour import Change, Insert, Let, Require, walk_steps
from autocoder.ir.expressions import Bound, Expr, walk
from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Auth, Operation
from autocoder.passes.protocol import PassContext


@dataclass(frozen=True, kw_only=True)
class CheckRoles:
    """Looks at what sets the role of an account: an input does so only behind a guard on the caller's own role."""

    name: ClassVar[str] = "check-roles"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        for auth in graph.of_kind(Auth):
            for operation in graph.of_kind(Operation) if auth.role else ():
                for chosen in dict.fromkeys(_chosen(operation, auth)):
                    _warn(operation, chosen, auth, context)
        return graph


def _chosen(operation: Operation, auth: Auth) -> Iterator[str]:
    """The inputs that set a role where nothing was asked of the caller's own."""
    sources: dict[str, set[str]] = {}
    for step in walk_steps(operation.steps):
        match step:
            case Require(condition=condition) if _asks_role(condition, auth):
                return
            case Let(name=name, value=value):
                sources[name] = _inputs(value, sources)
            case Insert(entity=auth.entity, values=values) | Change(values=values):
                entity = step.entity if isinstance(step, Insert) else step.row.entity
                named = [value for name, value in values if name == auth.role and entity == auth.entity]
                yield from (given for value in named for given in sorted(_inputs(value, sources)))
            case _:
                pass


def _asks_role(condition: Expr, auth: Auth) -> bool:
    return any(isinstance(n, Bound) and n.scope == "caller" and n.field == auth.role for n in walk(condition))


def _inputs(value: Expr, sources: dict[str, set[str]]) -> set[str]:
    """The inputs that a value is made of, also by way of computed ones."""
    bound = [node for node in walk(value) if isinstance(node, Bound)]
    own = {node.name for node in bound if node.scope == "input"}
    return own.union(*(sources.get(node.name, set()) for node in bound if node.scope == "local"))


def _warn(operation: Operation, chosen: str, auth: Auth, context: PassContext) -> None:
    subject = f"operations.{operation.name}"
    who = "anybody" if operation.access == "anyone" else "whoever is signed in"
    context.diagnostics.warning(
        "AC3226",
        f"{subject}: {who} chooses a role: {auth.entity}.{auth.role} is set from input.{chosen}",
        context.place("architecture", "operations", operation.name, "effects"),
        subject=subject,
        value=chosen,
        rule="roles are given by those who have a role themselves",
        help="state `access: {role: …}`, or set it to a literal; a command of the service gives the first role",
    )

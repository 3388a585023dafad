"""Finds values of an enum that no row can ever have: states that nothing leads to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from autocoder.ir.behaviour import Change, Insert, Step, walk_steps
from autocoder.ir.expressions import Call, Const, Expr, Op
from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Auth, Entity, Field, Handler, Operation
from autocoder.passes.protocol import PassContext


@dataclass(frozen=True, kw_only=True)
class CheckStates:
    """Looks at fields that only the service sets; a value that a client may send can be any."""

    name: ClassVar[str] = "check-states"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        behaviours = (*graph.of_kind(Operation), *graph.of_kind(Handler))
        steps = [step for behaviour in behaviours for step in walk_steps(behaviour.steps)]
        created = {step.entity for step in steps if isinstance(step, Insert)}
        # A role is given by whoever runs the service.
        roles = {(auth.entity, auth.role) for auth in graph.of_kind(Auth)}
        for entity in graph.of_kind(Entity):
            if entity.name in created:
                for field in (f for f in entity.fields if f.constraints.values and (entity.name, f.name) not in roles):
                    self._check(entity, field, list(_written(entity.name, field, steps)), context)
        return graph

    def _check(self, entity: Entity, field: Field, values: list[Expr], context: PassContext) -> None:
        reached: set[str] = set()
        for value in values:
            possible = _possible(value)
            if possible is None:
                return
            reached |= possible
        path = ("entities", entity.name, "fields", field.name)
        for lost in (value for value in field.constraints.values if value not in reached):
            context.diagnostics.warning(
                "AC3162",
                f'{".".join(path)}: no row ever becomes "{lost}"',
                context.place("architecture", *path),
                subject=".".join(path),
                value=lost,
                rule=f"reached are: {', '.join(sorted(reached)) or 'none'}",
                help="set it in an operation with `update`, or remove the word",
            )


def _written(entity: str, field: Field, steps: Sequence[Step]) -> Iterator[Expr]:
    if field.default is not None:
        yield field.default
    for step in steps:
        values: tuple[tuple[str, Expr], ...] = ()
        if isinstance(step, Insert) and step.entity == entity:
            values = step.values if not isinstance(step.taken, tuple) else (*step.values, *step.taken)
        elif isinstance(step, Change) and step.row.entity == entity:
            values = step.values
        yield from (value for name, value in values if name == field.name)


def _possible(value: Expr) -> set[str] | None:
    """The words that an expression can give; None where that is not known."""
    match value:
        case Const(value=None):
            return set()
        case Const(value=word):
            return {str(word)}
        case Op(op="?:", args=(_, then, otherwise)) | Op(op="??", args=(then, otherwise)):
            sides = (_possible(then), _possible(otherwise))
            return None if sides[0] is None or sides[1] is None else sides[0] | sides[1]
        case Op() | Call() | _:
            return None

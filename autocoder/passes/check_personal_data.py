"""Personal data stays out of addresses, which every proxy writes down, and goes when its time is over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from autocoder.ir.behaviour import Change, Find, Insert, Match, Remove, Step, expressions, walk_steps
from autocoder.ir.behaviour import List as ListStep
from autocoder.ir.expressions import Bound, Column, Const, Expr, Now, Op, conjuncts, walk
from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Entity, Handler, Operation
from autocoder.passes.protocol import PassContext

_DAY = 86_400_000_000


@dataclass(frozen=True, kw_only=True)
class CheckPersonalData:
    """Looks at inputs in paths and queries, and at what deletes rows whose retention the policy states."""

    name: ClassVar[str] = "check-personal-data"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        entities = {e.name: e for e in graph.of_kind(Entity)}
        for operation in graph.of_kind(Operation):
            self._addresses(operation, entities, context)
        for entity in entities.values():
            if entity.retention_us is not None:
                self._retention(entity, entity.retention_us, graph, context)
        return graph

    def _addresses(self, operation: Operation, entities: dict[str, Entity], context: PassContext) -> None:
        exposed = {i.name: i.place for i in operation.inputs if i.place in ("path", "query")}
        for name, fields in sorted(_feeds(operation, entities).items()):
            if name in exposed:
                subject = f"operations.{operation.name}.input.{name}"
                context.diagnostics.warning(
                    "AC3165",
                    f"{subject}: the {exposed[name]} holds {fields}, which is personal data",
                    context.place("architecture", *subject.split(".")),
                    subject=subject,
                    value=name,
                    rule="addresses are logged by every server and proxy on the way, and kept in histories",
                    help="take it in the body of a POST, or name the row by its id",
                )

    def _retention(self, entity: Entity, stated: int, graph: Graph, context: PassContext) -> None:
        kept = min(_kept(entity, graph), default=None)
        if kept is not None and kept <= stated:
            return
        after = f"its rows go after {_days(kept)}" if kept is not None else "nothing deletes its rows by their age"
        subject = f"policy.retention.{entity.name}"
        context.diagnostics.error(
            "AC3167",
            f"{subject}: {entity.name} may be kept for {_days(stated)}, but {after}",
            context.place("architecture", "policy", "retention", entity.name),
            subject=subject,
            value=_days(stated),
            rule="a handler on a schedule deletes by one condition on a time that only the service sets",
            help=f'for example {{every: "0 3 * * *", effects: [{{delete: {entity.name}, where: "created_at <= now - '
            f'{_days(stated)}"}}]}}, with created_at: {{type: datetime, default: =now, read_only: true}}',
        )


def _feeds(operation: Operation, entities: dict[str, Entity]) -> dict[str, str]:
    """Inputs that are stored in, or compared with, a personal field: input name to field."""
    found: dict[str, str] = {}
    for step in walk_steps(operation.steps):
        entity = entities.get(_entity(step) or "")
        if entity is None:
            continue
        personal = {f.name for f in entity.fields if f.personal}
        for name, value in getattr(step, "values", ()):
            if name in personal and isinstance(value, Bound) and value.scope == "input":
                found.setdefault(value.name, f"{entity.name}.{name}")
        for expression in expressions(step):
            for node in walk(expression):
                columns = [a.field for a in getattr(node, "args", ()) if isinstance(a, Column) and a.field in personal]
                inputs = [a.name for a in getattr(node, "args", ()) if isinstance(a, Bound) and a.scope == "input"]
                found |= {name: f"{entity.name}.{columns[0]}" for name in inputs if columns and name not in found}
    return found


def _entity(step: Step) -> str | None:
    match step:
        case Insert(entity=entity) | ListStep(entity=entity):
            return entity
        case Find(match=match):
            return match.entity
        case Change(row=row) | Remove(row=row):
            return row.entity
        case _:
            return None


def _kept(entity: Entity, graph: Graph) -> Iterator[int]:
    """How long rows are kept (microseconds) by each deletion on a schedule that says so in one condition."""
    written = _written(entity.name, graph)
    for handler in graph.of_kind(Handler):
        for step in handler.steps if handler.schedule else ():
            if isinstance(step, Remove) and isinstance(step.row, Match) and step.row.entity == entity.name:
                parts = conjuncts(step.row.where)
                age = _age(parts[0]) if len(parts) == 1 else None
                if age is not None:
                    offsets = [_offset(value) for value in written.get(age[0], [])]
                    known = [offset for offset in offsets if offset is not None]
                    if known and len(known) == len(offsets):
                        yield max(known) + age[1]


def _age(condition: Expr) -> tuple[str, int] | None:
    """The column of `column <= now - n` and n; None for another condition."""
    match condition:
        case Op(op="<" | "<=", args=(Column(field=name), limit)):
            offset = _offset(limit)
            return None if offset is None else (name, -offset)
        case Op(op=">" | ">=", args=(limit, Column(field=name))):
            offset = _offset(limit)
            return None if offset is None else (name, -offset)
        case _:
            return None


def _offset(value: Expr) -> int | None:
    """How far from now a time is, in microseconds; None where that is not known."""
    match value:
        case Now():
            return 0
        case Op(op="+", args=(Now(), Const(value=int() as span))):
            return span
        case Op(op="-", args=(Now(), Const(value=int() as span))):
            return -span
        case _:
            return None


def _written(entity: str, graph: Graph) -> dict[str, list[Expr]]:
    """Every value that a field of an entity is ever given."""
    found: dict[str, list[Expr]] = {}
    for behaviour in (*graph.of_kind(Operation), *graph.of_kind(Handler)):
        for step in walk_steps(behaviour.steps):
            if isinstance(step, Insert | Change) and _entity(step) == entity:
                taken = step.taken if isinstance(step, Insert) and isinstance(step.taken, tuple) else ()
                for name, value in (*step.values, *taken):
                    found.setdefault(name, []).append(value)
    return found


def _days(microseconds: int) -> str:
    days, rest = divmod(microseconds, _DAY)
    return f"{days}d" if not rest else f"{microseconds // 3_600_000_000}h"

"""The verifier of the IR: what must hold of every graph, whoever made it."""

from __future__ import annotations

from collections.abc import Iterator

from autocoder.ir.behaviour import (
    BoundRow,
    Change,
    Choose,
    Find,
    Insert,
    Invoke,
    Let,
    List,
    Match,
    Remove,
    Reply,
    Require,
    Step,
    Steps,
    expressions,
)
from autocoder.ir.edges import DERIVED, derived_edges
from autocoder.ir.expressions import Bound, Call, Column, Expr, Op, walk
from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Auth, Entity, Event, Handler, Operation
from autocoder.ir.types import Type


def verify(graph: Graph) -> list[str]:
    """What is broken, one line each; empty for a sound graph."""
    broken: list[str] = []
    expected = set(derived_edges(graph))
    found = set(graph.edges(*DERIVED))
    broken += [f"the edge {e.source} {e.kind} {e.target} follows from no node" for e in sorted(found - expected)]
    broken += [f"the edge {e.source} {e.kind} {e.target} is missing" for e in sorted(expected - found)]
    entities = {e.name: e for e in graph.of_kind(Entity)}
    events = {e.name: e for e in graph.of_kind(Event)}
    auth = graph.of_kind(Auth)
    caller = auth[0].entity if auth else None
    for operation in graph.of_kind(Operation):
        inputs = {i.name: i.type for i in operation.inputs}
        for steps in (operation.steps, operation.plan):
            known = _Names(entities, inputs, caller if operation.access != "anyone" else None, {})
            broken += [f"{operation.id}: {text}" for text in known.check(steps)]
    for handler in graph.of_kind(Handler):
        event = events.get(handler.event)
        fields = {f.name: f.type for f in event.fields} if event else {}
        for steps in (handler.steps, handler.plan):
            broken += [f"{handler.id}: {text}" for text in _Names(entities, {}, None, fields).check(steps)]
    return broken


class _Names:
    """The names that are bound at a point of a behaviour, with their types."""

    def __init__(
        self, entities: dict[str, Entity], inputs: dict[str, Type], caller: str | None, event: dict[str, Type]
    ) -> None:
        self.entities = entities
        self.inputs = inputs
        self.caller = caller
        self.event = event
        self.rows: dict[str, str] = {}
        self.lists: set[str] = set()
        self.locals: dict[str, Type] = {}

    def check(self, steps: Steps) -> Iterator[str]:
        for step in steps:
            ranged = _ranged(step)
            if ranged is not None and ranged not in self.entities:
                yield f"{step.kind}: no entity {ranged}"
                continue
            for expr in expressions(step):
                yield from self._expression(expr, ranged)
            yield from self._step(step)
            if isinstance(step, Choose):
                yield from self.check(step.then)
                yield from self.check(step.otherwise)

    def _step(self, step: Step) -> Iterator[str]:
        """Binds what a step binds, and finds what it misses."""
        match step:
            case Find(bind=bind, match=Match(entity=entity)) | Insert(bind=bind, entity=entity):
                self.rows[bind] = entity
            case Change(row=Match(entity=entity), bind=str() as bind):
                self.rows[bind] = entity
            case List():
                self.lists.add(step.bind)
            case Let() | Invoke():
                name, type_ = (step.name, step.value.type) if isinstance(step, Let) else (step.bind, step.type)
                self.locals[name] = type_
            case _:
                yield from self._misses(step)
        if isinstance(step, Insert):
            known = {f.name for f in self.entities[step.entity].fields}
            yield from (f"insert: {step.entity} has no field {name}" for name, _ in step.values if name not in known)

    def _misses(self, step: Step) -> Iterator[str]:
        match step:
            case Change(row=BoundRow(bind=bind)) | Remove(row=BoundRow(bind=bind)) if bind not in self.rows:
                yield f"{step.kind}: no row is bound to {bind}"
            case Reply(view=str() as view) if view not in self.rows and view not in self.lists:
                yield f"reply: nothing is bound to {view}"
            case Require(condition=condition) | Choose(condition=condition) if condition.type.name != "boolean":
                yield f"{step.kind}: the condition is {condition.type}"
            case _:
                pass

    def _expression(self, expr: Expr, ranged: str | None) -> Iterator[str]:
        for node in walk(expr):
            match node:
                case Column(field=field, type=type_):
                    yield from self._field(ranged, field, type_)
                case Bound():
                    yield from self._bound(node)
                case Op(args=()) | Call(args=()):
                    yield f"{node} has no operands"
                case _:
                    pass

    def _field(self, entity: str | None, field: str, type_: Type) -> Iterator[str]:
        if entity is None:
            yield f"column {field} stands where no row is ranged over"
            return
        try:
            actual = self.entities[entity].field(field).type
        except KeyError:
            yield f"{entity} has no field {field}"
            return
        if actual.base != type_.base:
            yield f"{entity}.{field} is {actual}, not {type_}"

    def _bound(self, node: Bound) -> Iterator[str]:
        match node.scope:
            case "row" | "caller":
                yield from self._row(node)
            case "input":
                yield from _same(node, self.inputs.get(node.name))
            case "event":
                yield from _same(node, self.event.get(node.name))
            case "local":
                if node.name not in self.lists:
                    yield from _same(node, self.locals.get(node.name))

    def _row(self, node: Bound) -> Iterator[str]:
        entity = self.caller if node.scope == "caller" else self.rows.get(node.name)
        if node.name in self.locals:
            return  # a row that a condition left out is null
        if entity is None:
            yield f"no row is bound to {node.name}"
        elif node.field:
            yield from self._field(entity, node.field, node.type)


def _same(node: Bound, type_: Type | None) -> Iterator[str]:
    if type_ is None:
        yield f"nothing is named {node.scope}.{node.name}"
    elif type_.base != node.type.base:
        yield f"{node.scope}.{node.name} is {type_}, not {node.type}"


def _ranged(step: Step) -> str | None:
    """The entity whose columns a step's expressions may name."""
    match step:
        case Find(match=Match(entity=entity)) | List(entity=entity) | Insert(entity=entity):
            return entity
        case Change(row=row) | Remove(row=row):
            return row.entity
        case _:
            return None

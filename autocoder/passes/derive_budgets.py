"""Derives what each operation may use: queries exactly, reply size and latency from the objectives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from autocoder.ir.behaviour import (
    Change,
    Choose,
    Each,
    Emit,
    Find,
    Insert,
    List,
    Notify,
    Remove,
    Reply,
    SetAside,
    Step,
    Steps,
    walk_steps,
)
from autocoder.ir.capabilities import Capability
from autocoder.ir.expressions import Bound, Const, Expr, Over, record_values, walk
from autocoder.ir.graph import Graph
from autocoder.ir.guards import looked_at
from autocoder.ir.limits import most_bytes
from autocoder.ir.nodes import Budget, Edge, Entity, Objectives, Operation, ServiceBudget
from autocoder.passes.protocol import PassContext

FIELD_BYTES = {"text": 64, "uuid": 38, "datetime": 30, "date": 12, "list": 256, "record": 256, "map": 256, "json": 256}
"""Bytes that a field's value takes in a reply by type; the gate's sample rows stay below it."""
SAMPLE_ROWS = 20
"""Rows that the gate's sample data holds of each entity, so that a list's size is known."""
ENVELOPE_BYTES = 256
TRACING_PACKAGES = 24
"""What OpenTelemetry and its exporter bring."""
KEPT_REPLY_QUERIES = 5
"""Statements of a request with a key beside its own: claim, look, remove this and others, keep."""
VALUE_BYTES = 512
"""A signed token is the longest value that a body of named values usually holds."""


@dataclass(frozen=True, kw_only=True)
class DeriveBudgets:
    """`dependencies` counts packages, `installed_bytes` their files, `cold_start_us` process start to first reply."""

    dependencies: int = 60
    installed_bytes: int = 150_000_000
    cold_start_us: int = 5_000_000
    name: ClassVar[str] = "derive-budgets"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        del context
        objectives = graph.of_kind(Objectives)[0]
        entities = {e.name: e for e in graph.of_kind(Entity)}
        budgets: list[Budget] = []
        for operation in graph.of_kind(Operation):
            budgets.append(
                Budget(
                    name=operation.name,
                    queries=count_queries(operation.plan)
                    + _numbers(operation.plan, entities)
                    + len(looked_at(operation.plan))
                    + (operation.access != "anyone")
                    + KEPT_REPLY_QUERIES * (operation.once is not None),
                    reply_bytes=_reply_bytes(operation, entities),
                    p95_us=objectives.p95_us if operation.stated else None,
                    p99_us=objectives.p99_us if operation.stated else None,
                )
            )
        traced = any(c.name == "tracing" for c in graph.of_kind(Capability))
        service = ServiceBudget(
            dependencies=self.dependencies + TRACING_PACKAGES * traced,
            installed_bytes=self.installed_bytes,
            cold_start_us=self.cold_start_us,
        )
        edges = [Edge(source=b.id, kind="bounds", target=f"operation:{b.name}") for b in budgets]
        return graph.having([*budgets, service], edges)


def count_queries(steps: Steps) -> int:
    """Statements that a plan sends at most, transaction control apart."""
    return sum(_queries(step) for step in steps)


def _numbers(steps: Steps, entities: dict[str, Entity]) -> int:
    """Statements that draw numbers in sequence for the rows that a plan adds at most."""
    found = 0
    for step in steps:
        match step:
            case Insert():
                found += sum(f.generated == "sequence" for f in entities[step.entity].fields)
            case Choose():
                found += max(_numbers(step.then, entities), _numbers(step.otherwise, entities))
            case Each(body=body):
                found += SAMPLE_ROWS * _numbers(body, entities)
            case _:
                pass
    return found


def _queries(step: Step) -> int:
    match step:
        case List(total=total) if total:
            return 2
        case Insert(taken="keep"):
            return 2  # the row that was there is read
        case Find() | Insert() | Change() | Remove() | List() | Emit() | Notify() | SetAside():
            return 1
        case Choose():
            return max(count_queries(step.then), count_queries(step.otherwise))
        case Each(body=body):
            return SAMPLE_ROWS * count_queries(body)
        case _:
            return 0


def _reply_bytes(operation: Operation, entities: dict[str, Entity]) -> int:
    shown: dict[str, tuple[Entity, int]] = {}
    for step in walk_steps(operation.steps):
        match step:
            case Find(bind=bind, match=match):
                shown[bind] = (entities[match.entity], 1)
            case Insert(bind=bind, entity=entity):
                shown[bind] = (entities[entity], 1)
            case List(bind=bind, entity=entity, limit=limit):
                shown[bind] = (entities[entity], min(limit or SAMPLE_ROWS, SAMPLE_ROWS))
            case Reply(view=view) if view is not None:
                entity, rows = shown[view]
                return ENVELOPE_BYTES + rows * _row_bytes(entity)
            case Reply(body=body) if body is not None:
                # A signed token is the longest value that a body of named values holds.
                return ENVELOPE_BYTES + _body_bytes(body, shown)
            case Reply(file=Bound(name=bind, field=field)):
                return ENVELOPE_BYTES + most_bytes(shown[bind][0].field(field).constraints)
            case Reply(html=html, text=text) if (shown_text := html or text) is not None:
                return ENVELOPE_BYTES + _text_bytes(shown_text) + _body_bytes(shown_text, shown)
            case _:
                pass
    return ENVELOPE_BYTES


def _text_bytes(text: Expr) -> int:
    """What stands in a page or text whatever is shown in it, and its values."""
    constants = sum(len(str(node.value)) for node in walk(text) if isinstance(node, Const))
    return (constants + VALUE_BYTES) * (SAMPLE_ROWS if any(isinstance(node, Over) for node in walk(text)) else 1)


def _body_bytes(body: Expr, shown: dict[str, tuple[Entity, int]]) -> int:
    """What a body may take: its own values, and every row that it is made of."""
    rows = {node.name for node in walk(body) if isinstance(node, Bound) and node.name in shown}
    values = sum(len(name) + VALUE_BYTES for node in walk(body) for name, _ in record_values(node))
    many = SAMPLE_ROWS if any(isinstance(node, Over) for node in walk(body)) or body.type.name == "list" else 1
    return values * many + sum(count * _row_bytes(entity) * 2 for entity, count in (shown[name] for name in rows))


def _row_bytes(entity: Entity) -> int:
    visible = [(f.name, f.type) for f in entity.fields if not f.hidden]
    visible += [(name, value.type) for name, value in entity.computed]
    return sum(len(name) + 8 + FIELD_BYTES.get(type_.name, 24) for name, type_ in visible)

"""The load on each workload when the stated throughput arrives: along calls and events, publishing copies it.

Which operations clients ask for is not stated, so each workload gets the load of the operation that is worst for it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from autocoder.ir.behaviour import Choose, Emit, Steps
from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Component, Handler, Operation, Workload


@dataclass(frozen=True, kw_only=True)
class Load:
    """What arrives at a workload: so many a second, of what, and by which way (ids of IR nodes)."""

    workload: str
    rate: int
    what: str
    way: tuple[str, ...]


def loads(graph: Graph, per_hour: int | None) -> tuple[Load, ...]:
    """The load of every workload that clients or events reach; schedules are not load. Empty without a throughput."""
    if not per_hour:
        return ()
    rate = math.ceil(per_hour / 3600)
    operations = [o for o in graph.of_kind(Operation) if o.stated]
    found: list[Load] = []
    for workload in graph.of_kind(Workload):
        run = [c for c in graph.targets(workload.id, "runs") if isinstance(c, Component)]
        roles = {c.role for c in run}
        own = frozenset(node.id for c in run for node in graph.targets(c.id, "contains"))
        worst = max(((_deliveries(graph, o.id, own), o.id) for o in operations), default=(0, ""))
        if "APIEndpoint" in roles:
            found.append(Load(workload=workload.name, rate=rate, what="requests", way=(workload.id,)))
        elif "Worker" in roles and worst[0]:
            found.append(Load(workload=workload.name, rate=rate * worst[0], what="events", way=(worst[1], workload.id)))
    return tuple(found)


def _deliveries(graph: Graph, behaviour: str, own: frozenset[str], above: frozenset[str] = frozenset()) -> int:
    """How many deliveries to its `own` handlers a run of an operation or handler leads to, through others too."""
    if behaviour in above:
        return 0  # a loop of events is an error of its own
    node = graph.node(behaviour)
    found = 0
    for event in emitted(node.steps if isinstance(node, Operation | Handler) else ()):
        for handler in graph.sources(f"event:{event}", "consumes"):
            found += (handler.id in own) + _deliveries(graph, handler.id, own, above | {behaviour})
    return found


def emitted(steps: Steps) -> Iterator[str]:
    """The events of the branch that publishes most."""
    for step in steps:
        match step:
            case Emit(event=event):
                yield event
            case Choose():
                yield from max((list(emitted(side)) for side in (step.then, step.otherwise)), key=len)
            case _:
                pass

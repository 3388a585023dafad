"""Refuses components that call each other in a circle, and events that cause themselves without an end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from autocoder.ir.behaviour import Emit, Require
from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Handler
from autocoder.passes.protocol import PassContext


@dataclass(frozen=True, kw_only=True)
class CheckCycles:
    """A circle of calls can wait for itself; a circle of events that nothing ends never stops."""

    name: ClassVar[str] = "check-cycles"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        for cycle in graph.cycles("calls"):
            names = [node.partition(":")[2] for node in (*cycle, cycle[0])]
            subject = f"components.{names[0]}"
            context.diagnostics.error(
                "AC3157",
                f"{subject}: the calls go in a circle: {' -> '.join(names)}",
                context.place("architecture", "components", names[0]),
                subject=subject,
                rule="a component never waits, through others, for itself",
                help="turn one of these calls into an event",
            )
        for way in _endless(graph):
            subject = f"handlers.{way[0]}"
            context.diagnostics.error(
                "AC3157",
                f"{subject}: what it publishes starts it again, without an end: {' -> '.join((*way, way[0]))}",
                context.place("architecture", "handlers", way[0]),
                subject=subject,
                rule="a circle of events has a condition that ends it",
                help="publish with `when`, or put a `require` before",
            )
        return graph


def _endless(graph: Graph) -> list[tuple[str, ...]]:
    """Circles of handlers in which every one publishes, whatever the event holds, what starts the next."""
    after: dict[str, list[str]] = {}
    for handler in graph.of_kind(Handler):
        started = [
            h.name
            for event in _always(handler)
            for h in graph.sources(f"event:{event}", "consumes")
            if isinstance(h, Handler)
        ]
        after[handler.name] = sorted(set(started))
    found: list[tuple[str, ...]] = []
    settled: set[str] = set()
    for start in sorted(after):
        way = [start]
        while way[-1] not in settled and after[way[-1]]:
            following = after[way[-1]][0]
            if following in way:
                found.append(tuple(way[way.index(following) :]))
                break
            way.append(following)
        settled.update(way)
    return found


def _always(handler: Handler) -> list[str]:
    """The events that a handler publishes whenever it runs: those before any condition."""
    found: list[str] = []
    for step in handler.steps:
        if isinstance(step, Require):
            break
        if isinstance(step, Emit):
            found.append(step.event)
    return found

"""Finds events that nobody consumes or publishes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Environment, Event
from autocoder.passes.protocol import PassContext


@dataclass(frozen=True, kw_only=True)
class CheckEvents:
    """An event that is consumed but never published is an error, one that nobody consumes a warning."""

    name: ClassVar[str] = "check-events"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        for event in graph.of_kind(Event):
            published = graph.sources(event.id, "publishes")
            consumed = graph.sources(event.id, "consumes")
            at = context.place("architecture", "events", event.name)
            if event.outside and not any(e.broker != "store" for e in graph.of_kind(Environment)):
                context.diagnostics.error(
                    "AC3152",
                    f"{event.name} cannot arrive: others publish it, and no environment has a broker",
                    at,
                    subject=f"events.{event.name}",
                    rule="what others publish arrives over a broker",
                    help="add `engines: {broker: nats}` to an environment of deployment.yaml",
                )
            elif consumed and not (published or event.outside):
                context.diagnostics.error(
                    "AC3152",
                    f"nothing publishes {event.name}, so {', '.join(n.id for n in consumed)} never runs",
                    at,
                    subject=f"events.{event.name}",
                    rule="every consumed event has a producer",
                    help=f"add `publish: {event.name}` to an operation, or remove the handler",
                )
            elif not consumed:
                context.diagnostics.warning(
                    "AC3153",
                    f"nobody consumes {event.name}",
                    at,
                    subject=f"events.{event.name}",
                    help=f"add a handler with `on: {event.name}`, or remove the event",
                )
        return graph

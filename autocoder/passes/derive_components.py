"""Derives the components, their ports and bindings from what runs: operations and handlers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Component, Edge, Entity, Handler, Operation, Role
from autocoder.passes.protocol import PassContext


@dataclass(frozen=True, kw_only=True)
class DeriveComponents:
    """Adds `api`, `store`, `worker` and `scheduler`, each only where something needs it."""

    name: ClassVar[str] = "derive-components"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        del context
        handlers = graph.of_kind(Handler)
        on_events = [h for h in handlers if h.event]
        on_time = [h for h in handlers if h.schedule]
        operations = graph.of_kind(Operation)
        entities = graph.of_kind(Entity)
        touching = {e.source for e in graph.edges("reads", "writes")}
        publishing = {e.source for e in graph.edges("publishes")}

        components: list[Component] = []
        edges: list[Edge] = []
        has_store = bool(entities or on_events or on_time)
        if has_store:
            components.append(Component(name="store", role="Store", provides=("rows",), requires=()))
            edges += [Edge(source="component:store", kind="contains", target=e.id) for e in entities]
        groups: tuple[tuple[str, Role, Sequence[Operation | Handler]], ...] = (
            ("api", "APIEndpoint", operations),
            ("worker", "Worker", on_events),
            ("scheduler", "Scheduler", on_time),
        )
        for name, role, parts in groups:
            if not parts:
                continue
            ids = {part.id for part in parts}
            # A worker takes events from the store's outbox and a scheduler claims its turns there.
            needs_store = has_store and (role != "APIEndpoint" or bool(ids & (touching | publishing)))
            provides = ("http",) if role == "APIEndpoint" else ("events",) if role == "Worker" else ()
            requires = ("rows",) if needs_store else ()
            components.append(Component(name=name, role=role, provides=provides, requires=requires))
            edges += [Edge(source=f"component:{name}", kind="contains", target=i) for i in sorted(ids)]
            if needs_store:
                edges.append(Edge(source=f"component:{name}", kind="calls", target="component:store"))
            if on_events and ids & publishing:
                edges.append(Edge(source=f"component:{name}", kind="delivers", target="component:worker"))
        return graph.having(components, edges)

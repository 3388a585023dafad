"""Derives the components that nobody stated, and every component's ports and bindings, from what runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from autocoder.ir.behaviour import Find, walk_steps
from autocoder.ir.capabilities import Capability
from autocoder.ir.graph import Graph
from autocoder.ir.lower_components import USUAL_NAMES
from autocoder.ir.nodes import Channel, Component, Edge, Entity, Environment, Handler, Integration, Operation, Role
from autocoder.passes.protocol import PassContext

_PROVIDES: dict[Role, tuple[str, ...]] = {
    "APIEndpoint": ("http",),
    "Store": ("rows",),
    "Cache": ("copies",),
    "Worker": ("events",),
}
_SHARING = ("capability:cache", "capability:rate_limit")
"""Capabilities whose processes share what they keep or count, where an environment has a server for it."""


@dataclass(frozen=True, kw_only=True)
class DeriveComponents:
    """Adds `api`, `store`, `cache`, `worker` and `scheduler`, each only where something needs it that no other holds;
    and the systems outside.
    """

    name: ClassVar[str] = "derive-components"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        held = _held(graph)
        self._check(graph, held, context)
        edges = [Edge(source=f"component:{c}", kind="contains", target=i) for c, ids in held.items() for i in ids]
        graph = graph.having(_components(graph, held), edges)
        return graph.having(_with_ports(graph), _bindings(graph))

    def _check(self, graph: Graph, held: dict[str, list[str]], context: PassContext) -> None:
        for component in graph.of_kind(Component):
            if not held.get(component.name) and not (component.role == "Store" and _needs_store(graph)):
                subject = f"components.{component.name}"
                context.diagnostics.error(
                    "AC3248",
                    f"{subject}: nothing is left for this {component.role}",
                    context.place("architecture", "components", component.name),
                    subject=subject,
                    rule="a component holds at least one operation, handler or entity",
                    help=_HELP.get(component.role, "remove it, or let it own something"),
                )


_HELP: dict[Role, str] = {
    "Cache": "limit requests or keep reads, and give an environment `engines: {cache: redis}`; or remove it",
}


def _needs_store(graph: Graph) -> bool:
    """Whether anything is kept: rows, events and messages on their way, or turns of schedules."""
    return bool(graph.of_kind(Entity) or graph.of_kind(Handler) or _told(graph))


def _held(graph: Graph) -> dict[str, list[str]]:
    """Component name to the ids of what it holds: what it was stated to own, or the rest of its kind."""
    stated = graph.of_kind(Component)
    held = {c.name: [node.id for node in graph.targets(c.id, "contains")] for c in stated}
    owned = {node for ids in held.values() for node in ids}
    handlers = graph.of_kind(Handler)
    parts: dict[Role, list[str]] = {
        "APIEndpoint": [o.id for o in graph.of_kind(Operation)],
        "Store": [e.id for e in graph.of_kind(Entity)],
        "Cache": _shared(graph),
        "Worker": [*(h.id for h in handlers if h.event), *(c.id for c in _told(graph))],
        "Scheduler": [h.id for h in handlers if h.schedule],
    }
    for role, ids in parts.items():
        left = sorted(set(ids) - owned)
        rest = next((c.name for c in stated if c.role == role and not held[c.name]), USUAL_NAMES[role])
        kept = any(c.role == "Store" and held[c.name] for c in stated)
        if left or (role == "Store" and _needs_store(graph) and not kept):
            held[rest] = left
    return held | {i.name: [i.id] for i in graph.of_kind(Integration) if i.id not in owned}


def _told(graph: Graph) -> list[Channel]:
    """The channels that anything is sent over."""
    return [channel for channel in graph.of_kind(Channel) if graph.sources(channel.id, "notifies")]


def _shared(graph: Graph) -> list[str]:
    """What a cache holds: nothing where no environment has one."""
    used = {c.id for c in graph.of_kind(Capability)}
    there = any(e.cache != "none" for e in graph.of_kind(Environment))
    return [name for name in _SHARING if there and name in used]


def _components(graph: Graph, held: dict[str, list[str]]) -> Iterator[Component]:
    """The components that nobody stated."""
    stated = {c.name for c in graph.of_kind(Component)}
    for role, name in USUAL_NAMES.items():
        if name in held and name not in stated:
            yield Component(name=name, role=role)
    for integration in graph.of_kind(Integration):
        if integration.name in held and integration.name not in stated:
            yield Component(name=integration.name, role="Integration", stated=True)


def _with_ports(graph: Graph) -> Iterator[Component]:
    called: dict[str, list[str]] = {}
    for edge in _calls(graph):
        called.setdefault(edge.source, []).append(edge.target)
    offered = {c.id: _offered(c) for c in graph.of_kind(Component)}
    for component in graph.of_kind(Component):
        requires = [port for target in called.get(component.id, ()) for port in offered[target]]
        yield replace(component, provides=offered[component.id], requires=tuple(requires))


def _offered(component: Component) -> tuple[str, ...]:
    return (component.name,) if component.role == "Integration" else _PROVIDES.get(component.role, ())


def _bindings(graph: Graph) -> Iterator[Edge]:
    yield from _calls(graph)
    holders = {e.target: e.source for e in graph.edges("contains")}
    for published in graph.edges("publishes"):
        for handler in graph.sources(published.target, "consumes"):
            yield Edge(source=holders[published.source], kind="delivers", target=holders[handler.id])
    for told in graph.edges("notifies"):
        yield Edge(source=holders[told.source], kind="delivers", target=holders[told.target])


def _calls(graph: Graph) -> Iterator[Edge]:
    """Who calls the store, the cache, and systems outside. A worker takes events from the store's outbox, and a
    scheduler claims its turns there.
    """
    store = next((c for c in graph.of_kind(Component) if c.role == "Store"), None)
    touching = {e.source for e in graph.edges("reads", "writes", "publishes", "notifies")}
    for component in graph.of_kind(Component) if store else ():
        held = {node.id for node in graph.targets(component.id, "contains")}
        needs = component.role in ("Worker", "Scheduler") or (component.role == "APIEndpoint" and held & touching)
        if store and needs:
            yield Edge(source=component.id, kind="calls", target=store.id)
    holders = {e.target: e.source for e in graph.edges("contains")}
    for asked in graph.edges("asks"):
        yield Edge(source=holders[asked.source], kind="calls", target=holders[asked.target])
    cache = next((c for c in graph.of_kind(Component) if c.role == "Cache"), None)
    for behaviour in (*graph.of_kind(Operation), *graph.of_kind(Handler)) if cache else ():
        if cache and _shares(behaviour):
            yield Edge(source=holders[behaviour.id], kind="calls", target=cache.id)


def _shares(behaviour: Operation | Handler) -> bool:
    """Whether a behaviour's requests are counted, or its reads are kept."""
    limited = isinstance(behaviour, Operation) and behaviour.limit is not None
    return limited or any(isinstance(step, Find) and step.keep_us for step in walk_steps(behaviour.steps))

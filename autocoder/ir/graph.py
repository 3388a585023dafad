"""The IR graph. Owns networkx; refuses an edge to a node that is not there and a second node of the same id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar, cast

import networkx as nx

from autocoder.ir.nodes import Edge, EdgeKind, Node

N = TypeVar("N", bound=Node)


@dataclass(frozen=True)
class Graph:
    """Typed nodes by id, typed edges between them. Immutable: every change gives a new graph."""

    _graph: nx.MultiDiGraph[str]

    @staticmethod
    def of(nodes: Iterable[Node], edges: Iterable[Edge]) -> Graph:
        """A graph of these. Raises `ValueError` for a duplicate id or an edge whose end is not there."""
        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        for node in nodes:
            if node.id in graph:
                raise ValueError(f"two nodes have the id {node.id!r}")
            graph.add_node(node.id, node=node)
        for edge in edges:
            for end in (edge.source, edge.target):
                if end not in graph:
                    raise ValueError(f"the edge {edge.source} {edge.kind} {edge.target} ends at nothing: {end!r}")
            graph.add_edge(edge.source, edge.target, key=edge.kind)
        return Graph(graph)

    def __contains__(self, node_id: object) -> bool:
        return node_id in self._graph

    @cached_property
    def _nodes(self) -> tuple[Node, ...]:
        return tuple(self.node(node_id) for node_id in sorted(self._graph))

    @cached_property
    def _kinds(self) -> dict[type[Node], tuple[Node, ...]]:
        found: dict[type[Node], list[Node]] = {}
        for node in self._nodes:
            found.setdefault(type(node), []).append(node)
        return {kind: tuple(nodes) for kind, nodes in found.items()}

    def __iter__(self) -> Iterator[Node]:
        """All nodes in the order of their ids."""
        return iter(self._nodes)

    def __len__(self) -> int:
        return self._graph.number_of_nodes()

    def node(self, node_id: str) -> Node:
        """The node of that id. Raises `KeyError`."""
        return cast("Node", self._graph.nodes[node_id]["node"])

    def of_kind(self, kind: type[N]) -> tuple[N, ...]:
        """All nodes of one class in the order of their ids."""
        return cast("tuple[N, ...]", self._kinds.get(kind, ()))

    def edges(self, *kinds: EdgeKind) -> tuple[Edge, ...]:
        """All edges (of these kinds), sorted."""
        found = (
            Edge(source=source, kind=cast("EdgeKind", key), target=target)
            for source, target, key in self._graph.edges(keys=True)
            if not kinds or key in kinds
        )
        return tuple(sorted(found))

    def targets(self, node_id: str, kind: EdgeKind) -> tuple[Node, ...]:
        """The nodes that edges of this kind lead to, in the order of their ids."""
        out = self._graph.out_edges(node_id, keys=True)
        return tuple(self.node(target) for target in sorted(t for _, t, key in out if key == kind))

    def sources(self, node_id: str, kind: EdgeKind) -> tuple[Node, ...]:
        """The nodes that edges of this kind come from, in the order of their ids."""
        into = self._graph.in_edges(node_id, keys=True)
        return tuple(self.node(source) for source in sorted(s for s, _, key in into if key == kind))

    def cycles(self, kind: EdgeKind) -> tuple[tuple[str, ...], ...]:
        """A cycle along edges of one kind for each group of nodes that reach each other, its smallest id first."""
        along = nx.DiGraph([(e.source, e.target) for e in self.edges(kind)])
        found: list[tuple[str, ...]] = []
        for group in nx.strongly_connected_components(along):
            start = min(group)
            if len(group) > 1 or along.has_edge(start, start):
                edges = cast("list[tuple[str, str]]", cast("Any", nx).find_cycle(along.subgraph(group), start))
                cycle = [source for source, _ in edges]
                first = cycle.index(min(cycle))
                found.append((*cycle[first:], *cycle[:first]))
        return tuple(sorted(found))

    def having(self, nodes: Iterable[Node] = (), edges: Iterable[Edge] = ()) -> Graph:
        """The graph with these nodes added or replaced (by id) and these edges added."""
        new = {node.id: node for node in (*self, *nodes)}
        return Graph.of(new.values(), {*self.edges(), *edges})

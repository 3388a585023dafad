"""Values that environments change: what the design itself says of a node and field that an override names."""

from __future__ import annotations

from typing import Any

from autocoder.ir.capabilities import SYSTEM
from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Operation


def stated(graph: Graph, node: str, field: str) -> str | int | None:
    """The value of a field of a node (by id; dotted); the limit that all operations share is that of `system`."""
    found: Any = next((n for n in graph if n.id == node), None)
    if node == SYSTEM:
        found = next((o for o in graph.of_kind(Operation) if o.limit and o.limit.name == SYSTEM), None)
    for part in field.split("."):
        found = getattr(found, part, None)
    return found if isinstance(found, str | int) else None

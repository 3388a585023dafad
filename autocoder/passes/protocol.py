"""What a pass is and what it may use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Protocol

from autocoder.bundles import Bundle
from autocoder.diagnostics import Diagnostics, Span
from autocoder.ir.graph import Graph


def nowhere(*_path: str) -> Span | None:
    """A `place` that knows nothing: for graphs that were not read from files."""
    return None


@dataclass(frozen=True, kw_only=True)
class PassContext:
    """What a pass has beside the graph. `place` finds a path of the blueprint ("policy", "performance", "p95")."""

    bundle: Bundle
    diagnostics: Diagnostics
    place: Callable[..., Span | None] = nowhere


class Pass(Protocol):
    """One step from graph to graph. An analysis gives the graph back as it was."""

    name: ClassVar[str]

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        """The new graph; findings go into `context.diagnostics`."""
        ...

"""Runs the passes in the registry's order; the graph is verified before the first and after each that changed it."""

from __future__ import annotations

from autocoder import registry
from autocoder.ir.graph import Graph
from autocoder.ir.verify import verify
from autocoder.passes.protocol import Pass, PassContext


def run_passes(graph: Graph, context: PassContext) -> Graph:
    """The lowered and analysed graph. Raises `StageFailed` with the findings of all passes.

    A pass that breaks the graph is a defect of autocoder and raises `AssertionError`.
    """
    _hold(graph, "lowering")
    for name, reference in registry.PASSES.items():
        step: Pass = registry.load(reference)()
        after = step.apply(graph, context)
        if after is not graph:
            _hold(after, name)
        graph = after
    context.diagnostics.stop()
    return graph


def _hold(graph: Graph, after: str) -> None:
    if broken := verify(graph):
        raise AssertionError(f"the graph is broken after {after}: {'; '.join(broken)}")

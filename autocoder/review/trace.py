"""From a requirement to the lines that fulfil it, and back: requirement, blueprint element, IR node, file, test, gate.

The lines are those that emitters marked while they wrote them. Nothing here looks for names in texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from autocoder import registry
from autocoder.blueprint.load import load_architecture, load_deployment
from autocoder.blueprint.positions import Path, Positions
from autocoder.compilation import ARCHITECTURE, DEPLOYMENT, Compiled
from autocoder.diagnostics import Diagnostic, Span, StageFailed, nearest
from autocoder.ir.nodes import Node, Requirement
from autocoder.targets.tree import File, Tree

GATES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("generated/tests/properties/", ("static", "properties")),
    ("generated/tests/support/", ("static", "tests", "properties")),
    ("generated/tests/oracle.py", ("static", "properties")),
    ("generated/tests/", ("static", "tests")),
    ("generated/benchmarks/", ("performance", "budgets")),
    ("generated/src/", ("static", "tests", "properties")),
    ("generated/requirements", ("budgets",)),
    ("migrations/", ("static", "tests")),
    ("deployments/", ("static", "policy")),
)
"""Folder to the gates that look at what is in it; the first that fits counts."""
_PARTS = {
    "requirement": ("requirements",),
    "entity": ("entities",),
    "event": ("events",),
    "operation": ("operations",),
    "handler": ("handlers",),
    "function": ("functions",),
    "component": ("components",),
    "integration": ("integrations",),
    "channel": ("channels",),
    "capability": ("capabilities",),
    "environment": ("environments",),
    "rule": ("policy", "rules"),
}
_WHOLE = {
    "system": ("system",),
    "auth": ("auth",),
    "objectives": ("policy", "performance"),
    "batching": ("capabilities", "batching"),
    "wire": ("wire",),
}
_LINE = re.compile(r"(?P<path>.+?)(?::(?P<line>[1-9][0-9]{0,8}))?")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Lines of a file (from 1, inclusive), or the whole file where `first` is None."""

    path: str
    first: int | None
    last: int | None
    node: str

    def __str__(self) -> str:
        if self.first is None:
            return self.path
        return f"{self.path}:{self.first}" + (f"-{self.last}" if self.last != self.first else "")


@dataclass(frozen=True, kw_only=True)
class Element:
    """A part of the blueprint: its dotted path and where it stands; no place for what is derived."""

    path: str
    span: Span | None


@dataclass(frozen=True, kw_only=True)
class Trace:
    """Everything on the paths through what was asked for, in order."""

    query: str
    requirements: tuple[Requirement, ...]
    elements: tuple[Element, ...]
    nodes: tuple[str, ...]
    files: tuple[Place, ...]
    tests: tuple[Place, ...]
    gates: tuple[str, ...]

    def as_data(self) -> dict[str, Any]:
        """JSON-ready."""

        def places(found: tuple[Place, ...]) -> list[dict[str, Any]]:
            return [{"path": p.path, "first": p.first, "last": p.last, "node": p.node} for p in found]

        return {
            "query": self.query,
            "requirements": [{"id": r.name, "text": r.text, "line": r.line} for r in self.requirements],
            "elements": [
                {"path": e.path, "file": e.span.file if e.span else None, "line": e.span.line if e.span else None}
                for e in self.elements
            ],
            "nodes": list(self.nodes),
            "files": places(self.files),
            "tests": places(self.tests),
            "gates": list(self.gates),
        }


@dataclass(frozen=True, kw_only=True)
class Tracer:
    """Answers questions about one compiled system and the files that follow from it."""

    compiled: Compiled
    tree: Tree

    def trace(self, query: str) -> Trace:
        """The paths through a requirement (`R4`), a blueprint element (`operations.follow`), an IR node
        (`operation:follow`), a file or one of its lines (`generated/…/links.py:40`), a line of a blueprint file
        (`architecture.yaml:12`).

        Raises `StageFailed` (AC8206, exit code 2) for anything else.
        """
        found = self._nodes(query.strip())
        if found is None:
            raise StageFailed([self._unknown(query)], exit_code=2)
        return self._through(query, found)

    @cached_property
    def _all(self) -> dict[str, Node]:
        return {node.id: node for node in self.compiled.graph}

    def _nodes(self, query: str) -> set[str] | None:
        """The ids that a query is about."""
        if f"requirement:{query}" in self._all:
            return self._satisfying(query)
        if query in self._all:
            return {query} | (self._satisfying(query.partition(":")[2]) if query.startswith("requirement:") else set())
        element = self._element_node(query) or self._stated_at(query)
        if element:
            return self._nodes(element)
        return self._of_file(query)

    def _satisfying(self, requirement: str) -> set[str]:
        return {
            f"requirement:{requirement}",
            *(n.id for n in self.compiled.graph.sources(f"requirement:{requirement}", "satisfies")),
        }

    def _element_node(self, query: str) -> str | None:
        """The node of the innermost element that a dotted path lies in."""
        binding = self.compiled.architecture.bindings.get(query.removeprefix("bindings."))
        if query.startswith("bindings.") and binding:
            return next(n for n in (f"handler:{query.partition('.')[2]}", f"handler:{binding.to}") if n in self._all)
        fits = [node for node in self._all if (path := self.path(node)) and f"{query}.".startswith(f"{path}.")]
        named = max(fits, key=lambda node: len(self.path(node)), default=None)
        return named if named and (self.path(named) == query or self._written(query.split("."))) else None

    def _stated_at(self, query: str) -> str | None:
        """The node of the innermost element that a line of a blueprint file lies in."""
        match = _LINE.fullmatch(query)
        positions = self._positions.get((match["path"] if match else "").removesuffix(".yaml"))
        if match is None or match["line"] is None or positions is None:
            return None
        lines = positions.text.splitlines(keepends=True)
        number = int(match["line"]) - 1
        if number >= len(lines):
            return None
        start = sum(len(line) for line in lines[:number])
        found: dict[int, str] = {}
        for node in self._all:
            place = positions.places.get(self._parts(self.path(node))) if self.path(node) else None
            begin = place.key.start if place and place.key else None
            if place and begin is not None and begin < start + len(lines[number]) and place.value.end > start:
                found[begin] = node
        return found[max(found)] if found else None

    def _written(self, parts: list[str]) -> bool:
        path = tuple(int(part) if part.isdigit() else part for part in parts)
        return any(path in positions.places for positions in self._positions.values()) or parts[0] == "policy"

    def _of_file(self, query: str) -> set[str] | None:
        match = _LINE.fullmatch(query)
        if match is None or match["path"] not in self.tree:
            return None
        file = self.tree[match["path"]]
        line = int(match["line"]) if match["line"] else None
        if line is None:
            return {*file.sources, *(o.node for o in file.origins)}
        inside = [o for o in file.origins if o.first <= line <= o.last]
        return {inside[-1].node} if inside else set(file.sources)

    def _unknown(self, query: str) -> Diagnostic:
        path = query.strip().rpartition(":")[0] or query.strip()
        elements = [self.path(node) for node in self._all]
        known = [*(r.name for r in self.compiled.views.requirements), *filter(None, elements)]
        known += [file.path for file in self.tree] if "/" in query else []
        close = nearest(path, known)
        return Diagnostic(
            code="AC8206",
            message=f'nothing here is called "{query}"',
            subject=query,
            value=query,
            rule="a requirement (R4), an element (operations.follow), a node (operation:follow), or a file with a line",
            help=close if close.startswith("did you mean") else "`autocoder review` lists requirements and elements",
        )

    # Around the nodes.

    def _through(self, query: str, found: set[str]) -> Trace:
        graph = self.compiled.graph
        wanted = {r.id for node in found for r in self.compiled.views.satisfied_by(node)} if found else set[str]()
        wanted |= {node for node in found if node.startswith("requirement:")}
        around = {n.id for node in found for n in graph.sources(node, "bounds")}
        behind = {node for node in found if not node.startswith("requirement:")}
        files = [place for file in self.tree for place in _places(file, behind)]
        tests = tuple(place for place in files if place.path.startswith(("generated/tests/", "generated/benchmarks/")))
        return Trace(
            query=query,
            requirements=tuple(r for r in self.compiled.views.requirements if r.id in wanted),
            elements=tuple(self._elements(behind)),
            nodes=(*sorted(behind), *sorted(around)),
            files=tuple(place for place in files if place not in tests),
            tests=tests,
            gates=_gates(files),
        )

    def _elements(self, nodes: Iterable[str]) -> Iterator[Element]:
        for node in sorted(nodes):
            path = self.path(node)
            if path:
                yield Element(path=path, span=self._span(path))

    def _parts(self, path: str) -> Path:
        """The path of an element in its file: a rule is a row of a list there."""
        parts: Path = tuple(path.split("."))
        rules = [rule.id for rule in self.compiled.architecture.policy.rules]
        if parts[:2] == ("policy", "rules") and path.partition("rules.")[2] in rules:
            return ("policy", "rules", rules.index(path.partition("rules.")[2]))
        return parts

    def _span(self, path: str) -> Span | None:
        parts = self._parts(path)
        positions = self._positions["deployment" if parts[0] == "environments" else "architecture"]
        return positions.span(*parts, key=True) if parts in positions.places else None

    @cached_property
    def _positions(self) -> dict[str, Positions]:
        sources = self.compiled.sources
        design = load_architecture(sources.architecture, file=sources.name(ARCHITECTURE))
        environments = load_deployment(sources.deployment, file=sources.name(DEPLOYMENT))
        return {"architecture": design.positions, "deployment": environments.positions}

    def path(self, node: str) -> str:
        """The dotted path of the element that a node was lowered from; "" for what passes derived."""
        kind, _, name = node.partition(":")
        design = self.compiled.architecture
        if kind == "handler" and name not in design.handlers and name in design.bindings:
            return f"bindings.{name}"
        if kind in _WHOLE:
            return ".".join(_WHOLE[kind])
        return ".".join((*_PARTS[kind], name)) if kind in _PARTS else ""


def _places(file: File, nodes: set[str]) -> Iterator[Place]:
    for origin in file.origins:
        if origin.node in nodes:
            yield Place(path=file.path, first=origin.first, last=origin.last, node=origin.node)
    for node in file.sources:
        if node in nodes:
            yield Place(path=file.path, first=None, last=None, node=node)


def _gates(places: Iterable[Place]) -> tuple[str, ...]:
    """The gates that look at these files, in the order in which they are reported."""
    found: set[str] = set()
    for place in places:
        found.update(next((gates for start, gates in GATES if place.path.startswith(start)), ()))
    return tuple(name for name in registry.GATES if name in found)

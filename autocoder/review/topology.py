"""The components of a system and what flows between them, as Mermaid text and as SVG. No label is ever markup."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from autocoder.ir.nodes import Component
from autocoder.ir.views import Views

_BOX = (168, 64)
_GAP = (96, 28)
_MARGIN = 24
_SHAPES = {"Store": ("[(", ")]"), "Cache": ("[(", ")]")}
CLIENTS = "clients"


@dataclass(frozen=True, kw_only=True)
class Box:
    """A component, or the clients: its name and what stands below it."""

    name: str
    note: str
    role: str


@dataclass(frozen=True, kw_only=True)
class Topology:
    """Boxes and arrows between them: from, to, and what flows."""

    boxes: tuple[Box, ...]
    arrows: tuple[tuple[str, str, str], ...]

    @staticmethod
    def of(views: Views) -> Topology:
        """The topology of a system."""
        boxes = [Box(name=c.name, note=_note(c, views), role=c.role) for c in views.components]
        arrows = [
            (c.name, other, "events" if kind == "delivers to" else "calls")
            for c in views.components
            for kind, other in views.bindings(c)
        ]
        served = [c.name for c in views.components if c.role == "APIEndpoint"]
        if served:
            boxes.insert(0, Box(name=CLIENTS, note="HTTP", role="Clients"))
        arrows += [(CLIENTS, name, "requests") for name in served]
        return Topology(boxes=tuple(boxes), arrows=tuple(sorted(set(arrows))))

    def mermaid(self) -> str:
        """A Mermaid flowchart."""
        lines = ["flowchart LR"]
        for box in self.boxes:
            start, end = _SHAPES.get(box.role, ("[", "]"))
            lines.append(f'  {box.name}{start}"{_plain(box.name)}<br/>{_plain(box.note)}"{end}')
        lines += [
            f"  {a} {'-.' if what == 'events' else '--'} {what} {'.->' if what == 'events' else '-->'} {b}"
            for a, b, what in self.arrows
        ]
        return "\n".join(lines) + "\n"

    def svg(self) -> str:
        """A picture that needs nothing else: no script, no style sheet, no font of its own."""
        places = self._places()
        width = max(x for x, _ in places.values()) + _BOX[0] + _MARGIN
        height = max(y for _, y in places.values()) + _BOX[1] + _MARGIN
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"',
            ' font-family="sans-serif" font-size="13" role="img" aria-label="Topology">',
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8"',
            ' orient="auto">',
            '<path d="M0 0 8 4 0 8z" fill="#555"/></marker></defs>',
            f'<rect width="{width}" height="{height}" fill="#fff"/>',
        ]
        parts += [self._arrow(places[a], places[b], what) for a, b, what in self.arrows]
        parts += [_box(box, places[box.name]) for box in self.boxes]
        return "\n".join([*parts, "</svg>"]) + "\n"

    def _places(self) -> dict[str, tuple[int, int]]:
        """The upper left corner of each box: a column for each step away from where requests and time come in."""
        rank = {box.name: 0 for box in self.boxes}
        for _ in self.boxes:
            for a, b, _what in self.arrows:
                if a != b and rank[b] < rank[a] + 1 <= len(self.boxes):
                    rank[b] = rank[a] + 1
        columns: dict[int, list[str]] = {}
        for box in self.boxes:
            columns.setdefault(rank[box.name], []).append(box.name)
        return {
            name: (_MARGIN + place * (_BOX[0] + _GAP[0]), _MARGIN + row * (_BOX[1] + _GAP[1]))
            for place, (_, names) in enumerate(sorted(columns.items()))
            for row, name in enumerate(names)
        }

    def _arrow(self, start: tuple[int, int], end: tuple[int, int], what: str) -> str:
        right = end[0] > start[0]
        x1, y1 = (
            (start[0] + _BOX[0], start[1] + _BOX[1] // 2) if right else (start[0] + _BOX[0] // 2, start[1] + _BOX[1])
        )
        x2, y2 = (end[0], end[1] + _BOX[1] // 2) if right else (end[0] + _BOX[0] // 2, end[1])
        dash = ' stroke-dasharray="5 4"' if what == "events" else ""
        return (
            f'<path d="M{x1} {y1} {x2} {y2}" stroke="#555" fill="none" marker-end="url(#tip)"{dash}/>'
            f'<text x="{(x1 + x2) // 2}" y="{(y1 + y2) // 2 - 6}" text-anchor="middle">{escape(what)}</text>'
        )


def _note(component: Component, views: Views) -> str:
    """What a component holds, counted."""
    kinds = [node.partition(":")[0] for node in views.contained(component)]
    plural = {"capability": "capabilities", "entity": "entities"}
    counted = (f"{kinds.count(k)} {k if kinds.count(k) == 1 else plural.get(k, f'{k}s')}" for k in sorted(set(kinds)))
    return ", ".join((component.role, *counted))


def _plain(text: str) -> str:
    """A label without anything that Mermaid would act on."""
    return "".join(char if char.isalnum() or char in " ,.-_" else " " for char in text)


def _box(box: Box, place: tuple[int, int]) -> str:
    x, y = place
    middle = x + _BOX[0] // 2
    fill = {"Clients": "#eee", "Store": "#e8f0e4", "Cache": "#e8f0e4"}.get(box.role, "#e6eef8")
    texts = _lines(((box.name, "bold"), (box.note, "normal")))
    return f'<rect x="{x}" y="{y}" width="{_BOX[0]}" height="{_BOX[1]}" rx="8" fill="{fill}" stroke="#555"/>' + "".join(
        f'<text x="{middle}" y="{y + 27 + 20 * row}" text-anchor="middle" font-weight="{weight}">{text}</text>'
        for row, (text, weight) in enumerate(texts)
    )


def _lines(rows: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Texts short enough for a box, escaped."""
    return [(escape(text if len(text) <= 24 else f"{text[:23]}…"), weight) for text, weight in rows]

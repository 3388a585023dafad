"""Lowers the components that a blueprint states; the rest is derived by a pass."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autocoder.blueprint import model
from autocoder.ir.nodes import Component, Edge, Handler, Role

if TYPE_CHECKING:
    from autocoder.ir.lower import Blueprint

USUAL_NAMES: dict[Role, str] = {
    "APIEndpoint": "api",
    "Store": "store",
    "Cache": "cache",
    "Worker": "worker",
    "Scheduler": "scheduler",
}
"""Role to the name of the derived component."""
_OWNED = {
    "Worker": "no handler on an event is named",
    "Scheduler": "no handler on time is named",
    "Integration": "no system outside is named",
}
"""Kinds that say what they own, with what is wrong where there is none of that name."""
_COMMANDS = ("all", "migrate")
"""Other words that a service is started with."""


@dataclass(frozen=True, kw_only=True)
class Components:
    """The stated components of a blueprint."""

    blueprint: Blueprint

    def all(self, handlers: Iterable[Handler]) -> list[Component]:
        """The components, each with what it is stated to own as edges."""
        handlers = tuple(handlers)
        known = {
            "Worker": {h.name: h.id for h in handlers if h.event},
            "Scheduler": {h.name: h.id for h in handlers if h.schedule},
            "Integration": {name: f"integration:{name}" for name in self.blueprint.design.integrations},
        }
        owners: dict[str, str] = {}
        rest: dict[str, str] = {}
        found: list[Component] = []
        for name, spec in self.blueprint.design.components.items():
            self._check(name, spec, rest)
            own_name = (name,) if spec.kind == "Integration" and spec.owns is None else ()
            for index, owned in enumerate(own_name or spec.owns or ()):
                path = ("components", name, *(() if own_name else ("owns", index)))
                if spec.kind not in known:
                    continue
                if owned not in known[spec.kind]:
                    self.blueprint.unknown("AC3120", _OWNED[spec.kind], owned, known[spec.kind], *path)
                elif owned in owners:
                    self.blueprint.complain(
                        "AC3242",
                        f"{owned} is owned by {owners[owned]} already",
                        "a handler or a system outside belongs to one component",
                        *path,
                        help="take it out of one of the two",
                    )
                else:
                    owners[owned] = name
                    node = known[spec.kind][owned]
                    self.blueprint.edges.add(Edge(source=f"component:{name}", kind="contains", target=node))
            self.blueprint.satisfies(f"component:{name}", spec.satisfies, "components", name)
            found.append(Component(name=name, role=spec.kind, port=spec.ports.get("http"), stated=True))
        return found

    def _check(self, name: str, spec: model.Component, rest: dict[str, str]) -> None:
        usual: dict[str, str] = {word: role for role, word in USUAL_NAMES.items()}
        if name in _COMMANDS or usual.get(name, spec.kind) != spec.kind:
            what = f"is that of a {usual[name]}" if name in usual else "starts something else"
            self.blueprint.taken(f'the name "{name}" {what}', name, "components", name)
        if spec.owns is not None and spec.kind not in _OWNED:
            self._misplaced(name, "owns", f"the {spec.kind} holds everything of its kind")
        if spec.ports and spec.kind != "APIEndpoint":
            self._misplaced(name, "ports", f"nobody sends requests to a {spec.kind}")
        if spec.owns is None and spec.kind != "Integration":
            if spec.kind in rest:
                several = spec.kind in ("Worker", "Scheduler")
                self.blueprint.complain(
                    "AC3243",
                    f"{rest[spec.kind]} is a {spec.kind} {'for the rest ' if several else ''}already",
                    "all but one Worker or Scheduler say what they own" if several else f"a system has one {spec.kind}",
                    "components",
                    name,
                    help="add `owns`" if several else "remove one of them",
                )
            rest.setdefault(spec.kind, name)

    def _misplaced(self, name: str, key: str, why: str) -> None:
        self.blueprint.complain(
            "AC3244", f"it says nothing here: {why}", why, "components", name, key, help="remove it"
        )

"""Lowers handlers, each for every event that is bound to it.

A binding's condition and transformation become part of the handler's steps: where the handler reads a field of its own
event stands what the binding makes of the event that arrives. So the folds know no bindings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from autocoder.blueprint import model
from autocoder.blueprint.positions import Written
from autocoder.diagnostics import Diagnostics
from autocoder.ir.behaviour import Choose
from autocoder.ir.edges import derived_edges
from autocoder.ir.expressions import Const, Expr
from autocoder.ir.lower_behaviour import Lowering, World
from autocoder.ir.lower_secrets import with_digests
from autocoder.ir.nodes import Delivery, Event, Handler, Operation
from autocoder.ir.resolve import Scope, resolve
from autocoder.ir.schedules import wrong_schedule
from autocoder.ir.types import BOOLEAN
from autocoder.ir.typing_rules import not_null_if

if TYPE_CHECKING:
    from autocoder.ir.lower import Blueprint

_WAITS = {"s": 1_000_000, "min": 60_000_000, "h": 3_600_000_000}


@dataclass(frozen=True, kw_only=True)
class Route:
    """A way to a handler: the event that arrives, what the handler's event is made of, and when. `name` is the
    handler's, or the binding's where the handler has several.
    """

    name: str
    event: Event | None
    binding: str = ""
    mapped: Mapping[str, Expr] = field(default_factory=dict[str, Expr])
    when: Expr | None = None
    delivery: Delivery | None = None


@dataclass(frozen=True, kw_only=True)
class Handlers:
    """The handlers of a blueprint."""

    blueprint: Blueprint
    world: World

    def all(self) -> list[Handler]:
        """Every handler, once for each event that is bound to it."""
        design = self.blueprint.design
        for name, spec in design.bindings.items():
            if spec.to not in design.handlers:
                self.blueprint.unknown(
                    "AC3120", "no handler is named", spec.to, design.handlers, "bindings", name, "to"
                )
        found = [h for name, spec in design.handlers.items() for h in self._handlers(name, spec)]
        names = {*design.operations, *design.handlers}
        for handler in found:
            if handler.name in design.bindings and handler.name in names:
                self.blueprint.taken(f'"{handler.name}" is taken already', handler.name, "bindings", handler.name)
        return found

    def _handlers(self, name: str, spec: model.Handler) -> Iterator[Handler]:
        self._check(name, spec)
        quiet = replace(self.world, diagnostics=Diagnostics())
        for index, route in enumerate(self._routes(name, spec)):
            lowering = Lowering(
                world=quiet if index else self.world,
                path=("handlers", name),
                event=self.world.events.get(spec.on or ""),
                mapped=route.mapped if route.binding else None,
            )
            steps = with_digests(lowering.lower(spec.effects), self.world.entities)
            if route.binding:
                self._check_reads(route, lowering.unmapped)
            if route.when is not None:
                steps = (Choose(condition=route.when, then=steps),)
            bound = self.blueprint.design.bindings[route.binding].satisfies if route.binding else ()
            self.blueprint.satisfies(f"handler:{route.name}", spec.satisfies, "handlers", name)
            self.blueprint.satisfies(f"handler:{route.name}", bound, "bindings", route.binding)
            event = route.event.name if route.event else spec.on or ""
            yield Handler(name=route.name, event=event, schedule=spec.every or "", steps=steps, delivery=route.delivery)

    # Bindings.

    def _routes(self, name: str, spec: model.Handler) -> list[Route]:
        """The stated bindings, and the handler's own event where none of them is from it."""
        own = self.world.events.get(spec.on or "")
        design = self.blueprint.design
        bound = {key: binding for key, binding in design.bindings.items() if binding.to == name}
        if spec.every is not None and bound:
            message, rule = f"{name} runs on time, and takes no event", "a binding is to a handler with `on`"
            self.blueprint.complain(
                "AC3245", message, rule, "bindings", next(iter(bound)), "to", help="name another handler"
            )
            return [Route(name=name, event=None)]
        routes = [route for key, binding in bound.items() if (route := self._bound(key, binding, own))]
        taken: dict[str, str] = {}
        for route in routes:
            source = route.event.name if route.event else ""
            if source in taken:
                message, rule = (
                    f"{taken[source]} binds {source} to {name} already",
                    "an event is bound to a handler once",
                )
                self.blueprint.complain(
                    "AC3245",
                    message,
                    rule,
                    "bindings",
                    route.binding,
                    "from",
                    help="make one of the two: `when: a || b`",
                )
            taken.setdefault(source, route.binding)
        delivery = None if spec.every is not None else Delivery()
        if not routes or (own is not None and own.name not in taken and self._published(own.name)):
            routes.insert(0, Route(name=name, event=own, delivery=delivery))
        first = next((r for r in routes if r.event == own), routes[0])
        return [replace(r, name=name) if r is first else r for r in routes]

    def _published(self, event: str) -> bool:
        """Whether some effect publishes an event."""
        design = self.blueprint.design
        behaviours = (*design.operations.values(), *design.handlers.values())
        emitted = any(isinstance(e, model.Publish) and e.publish == event for b in behaviours for e in b.effects)
        return emitted or event in design.consumes

    def _bound(self, key: str, spec: model.Binding, own: Event | None) -> Route | None:
        source = self.world.events.get(spec.event)
        if source is None:
            self.blueprint.unknown(
                "AC3120", "no event is named", spec.event, self.world.events, "bindings", key, "from"
            )
        if source is None or own is None:
            return None
        scope = Scope(
            event={f.name: f.type for f in source.fields},
            words={("event", f.name, ""): f.constraints.values for f in source.fields},
        )
        when = None
        if spec.when is not None:
            written = self.world.positions.written("bindings", key, "when")
            when = resolve(spec.when, scope, expected=BOOLEAN, span=written, diagnostics=self.world.diagnostics)
            scope = replace(scope, not_null=not_null_if(when, outcome=True) if when else frozenset())
        return Route(
            name=key,
            event=source,
            binding=key,
            mapped=self._mapped(key, spec, own, source, scope),
            when=when,
            delivery=self._delivery(key, spec),
        )

    def _mapped(self, key: str, spec: model.Binding, own: Event, source: Event, scope: Scope) -> Mapping[str, Expr]:
        """What each field of the handler's event is made of, as far as that is known."""
        fields = {f.name: f for f in own.fields}
        found: dict[str, Expr] = {}
        for name, text in spec.set.items():
            if name not in fields:
                self.blueprint.unknown("AC3121", f"{own.name} has no field", name, fields, "bindings", key, "set", name)
                continue
            target = fields[name]
            value = resolve(
                text,
                scope,
                expected=target.type,
                span=self.world.positions.written("bindings", key, "set", name),
                diagnostics=self.world.diagnostics,
                words=target.constraints.values,
            )
            found[name] = value or Const(value=None, type=target.type.or_null())
        for f in source.fields:
            if f.name in fields and f.name not in found:
                span = Written(span=self.world.positions.span("bindings", key))
                quiet = Diagnostics()
                words = fields[f.name].constraints.values
                value = resolve(
                    f"event.{f.name}", scope, expected=fields[f.name].type, span=span, diagnostics=quiet, words=words
                )
                if value is not None and not quiet.errors:
                    found[f.name] = value
        return found

    def _check_reads(self, route: Route, unmapped: set[str]) -> None:
        """What the handler reads must come from somewhere."""
        design = self.blueprint.design
        spec = design.bindings[route.binding]
        own = {f.name: f for f in self.world.events[design.handlers[spec.to].on or ""].fields}
        theirs = {f.name: f for f in route.event.fields} if route.event else {}
        for name in sorted(unmapped):
            has = f"is {theirs[name].type} there" if name in theirs else "is not there"
            subject = f"bindings.{route.binding}"
            self.world.diagnostics.error(
                "AC3246",
                f"{subject}: {spec.to} reads {name} ({own[name].type}), which {has}",
                self.world.positions.span("bindings", route.binding, key=True),
                subject=subject,
                value=name,
                rule=f"{spec.event} has {', '.join(f'{f.name}: {f.type}' for f in theirs.values()) or 'no fields'}",
                help=f"add `set: {{{name}: …}}` with an expression over `event`",
            )

    def _delivery(self, key: str, spec: model.Binding) -> Delivery:
        retry = spec.retry
        once = spec.delivery == "at_most_once"
        for name in ("retry", "dead_letter") if once else ():
            if name in spec.model_fields_set:
                message = "what runs at most once is never tried again"
                self.blueprint.complain(
                    "AC3247", message, "it takes `at_least_once`", "bindings", key, name, help=f"remove `{name}`"
                )
        if not once and retry.attempts == 1 and spec.dead_letter == "drop":
            message, rule = "what is tried once and then dropped runs at most once", "write `delivery: at_most_once`"
            self.blueprint.complain("AC3247", message, rule, "bindings", key, "dead_letter", help=rule)
        first, longest = (_microseconds(text) for text in (retry.wait, retry.longest))
        return Delivery(
            attempts=1 if once else retry.attempts,
            wait_us=first,
            longest_us=longest,
            repeats=not once,
            keeps=not once and spec.dead_letter == "keep",
        )

    # On time.

    def _check(self, name: str, spec: model.Handler) -> None:
        if (spec.on is None) == (spec.every is None):
            self.world.diagnostics.error(
                "AC3134",
                f"handlers.{name}: needs either `on` (an event) or `every` (a schedule)",
                self.world.positions.span("handlers", name, key=True),
                subject=f"handlers.{name}",
                help="give exactly one of them",
            )
        if spec.on and spec.on not in self.world.events:
            self.blueprint.unknown("AC3120", "no event is named", spec.on, self.world.events, "handlers", name, "on")
        if spec.every:
            self._cron(name, spec.every)

    def _cron(self, name: str, line: str) -> None:
        if wrong := wrong_schedule(line):
            self.world.diagnostics.error(
                "AC3135",
                f'handlers.{name}.every: "{line}" is no schedule: {wrong}',
                self.world.positions.span("handlers", name, "every"),
                subject=f"handlers.{name}.every",
                value=line,
                rule="a schedule is a cron line in UTC: minute hour day month weekday",
                help='for example "0 2 * * *" for each night at 02:00',
            )


def carried(
    events: Iterable[Event], behaviours: Iterable[Operation | Handler], stated: Iterable[model.Handler]
) -> list[Event]:
    """The events that are ever on their way, or that nobody names: not those that only say what a handler reads."""
    edges = [edge.target for edge in derived_edges(behaviours) if edge.kind in ("publishes", "consumes")]
    read = {spec.on for spec in stated}
    return [event for event in events if event.id in edges or event.name not in read]


def _microseconds(text: str) -> int:
    number = text.rstrip("sminh")
    return int(number) * _WAITS[text[len(number) :]]

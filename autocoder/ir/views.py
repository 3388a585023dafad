"""Typed questions about the IR: the only way in which targets and gates look at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from autocoder.ir.behaviour import (
    Ask,
    Emit,
    Failure,
    FailureClass,
    Insert,
    Invoke,
    Notify,
    SetAside,
    Step,
    Steps,
    walk_steps,
)
from autocoder.ir.capabilities import Batching, Capability, CapabilityName
from autocoder.ir.graph import Graph
from autocoder.ir.lower_failures import STATUS
from autocoder.ir.nodes import (
    Answer,
    Auth,
    Budget,
    Channel,
    Component,
    Entity,
    Environment,
    Event,
    Function,
    Handler,
    Input,
    Integration,
    Objectives,
    Operation,
    Requirement,
    Role,
    Rule,
    ServiceBudget,
    System,
    Wire,
    Workload,
    objectives_in,
)


@dataclass(frozen=True)
class Views:
    """A compiled system, as targets see it. Everything comes in one fixed order."""

    graph: Graph

    @cached_property
    def system(self) -> System:
        """The system itself."""
        return self.graph.of_kind(System)[0]

    @cached_property
    def requirements(self) -> tuple[Requirement, ...]:
        """The requirements by number."""
        return tuple(sorted(self.graph.of_kind(Requirement), key=lambda r: (len(r.name), r.name)))

    @cached_property
    def auth(self) -> Auth | None:
        """Who can sign in, if anyone can."""
        found = self.graph.of_kind(Auth)
        return found[0] if found else None

    @cached_property
    def wire(self) -> Wire:
        """How requests and replies look; the usual where nothing is stated."""
        found = self.graph.of_kind(Wire)
        return found[0] if found else Wire()

    def answer(self, failure: FailureClass, operation: Operation | None = None) -> Answer:
        """How a class of failure is answered: as the operation states, else as the system, else as is usual."""
        stated = [a for a in (*(operation.answers if operation else ()), *self.wire.answers) if a.failure == failure]
        status = next((a.status for a in stated if a.status is not None), STATUS[failure])
        return Answer(failure=failure, status=status, message=next((a.message for a in stated if a.message), ""))

    def status(self, failure: Failure | FailureClass, operation: Operation | None = None) -> int:
        """The status of a failure."""
        if isinstance(failure, Failure):
            return failure.status or self.status(failure.failure, operation)
        return self.answer(failure, operation).status or STATUS[failure]

    def wire_name(self, given: Input) -> str:
        """The name of an input as clients write it."""
        if given.place == "header":
            return given.name.replace("_", "-")
        return self.spelled(given.name) if given.place in ("query", "body") else given.name

    def path_of(self, operation: Operation, given: Input) -> str:
        """An input as failures name it: below its wrapper where it stands in one."""
        wrapper = operation.wrapper if given.place == "body" else ""
        return ".".join(filter(None, (self.spelled(wrapper), self.wire_name(given))))

    def spelled(self, name: str) -> str:
        """A name of JSON as clients see it."""
        if self.wire.case == "snake":
            return name
        first, *rest = name.split("_")
        return first + "".join(part[:1].upper() + part[1:] for part in rest)

    @cached_property
    def entities(self) -> tuple[Entity, ...]:
        """The entities, each after those that it refers to (entities that refer to each other by name)."""
        known = {e.name: e for e in self.graph.of_kind(Entity)}
        referring: dict[str, list[str]] = {name: [] for name in known}
        open_: dict[str, int] = {}
        for entity in known.values():
            referred = {f.type.entity for f in entity.fields if f.type.entity in known} - {entity.name}
            open_[entity.name] = len(referred)
            for name in referred:
                referring[name or ""].append(entity.name)
        done: list[str] = []
        ready = sorted(name for name, count in open_.items() if count == 0)
        while ready:
            done += ready
            following: list[str] = []
            for name in (user for found in ready for user in referring[found]):
                open_[name] -= 1
                if open_[name] == 0:
                    following.append(name)
            ready = sorted(following)
        rest = sorted(name for name, count in open_.items() if count > 0)
        return tuple(known[name] for name in (*done, *rest))

    @cached_property
    def _entities(self) -> Mapping[str, Entity]:
        return {e.name: e for e in self.entities}

    @cached_property
    def _events(self) -> Mapping[str, Event]:
        return {e.name: e for e in self.events}

    @cached_property
    def _operations(self) -> Mapping[str, Operation]:
        return {o.name: o for o in self.operations}

    def entity(self, name: str) -> Entity:
        """The entity of that name. Raises `KeyError`."""
        return self._entities[name]

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """The events by name."""
        return self.graph.of_kind(Event)

    def event(self, name: str) -> Event:
        """The event of that name. Raises `KeyError`."""
        return self._events[name]

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """The operations by name."""
        return self.graph.of_kind(Operation)

    def operation(self, name: str) -> Operation:
        """The operation of that name. Raises `KeyError`."""
        return self._operations[name]

    @cached_property
    def handlers(self) -> tuple[Handler, ...]:
        """The handlers by name."""
        return self.graph.of_kind(Handler)

    @cached_property
    def event_handlers(self) -> tuple[Handler, ...]:
        """The handlers that run on events."""
        return tuple(h for h in self.handlers if h.event)

    @cached_property
    def scheduled(self) -> tuple[Handler, ...]:
        """The handlers that run when time comes."""
        return tuple(h for h in self.handlers if h.schedule)

    def running(self, role: Role) -> dict[str, tuple[Handler, ...]]:
        """The components of a role by name, each with the handlers that it runs."""
        return {
            c.name: tuple(n for n in self.graph.targets(c.id, "contains") if isinstance(n, Handler))
            for c in self.components
            if c.role == role
        }

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """The custom functions by name."""
        return self.graph.of_kind(Function)

    @cached_property
    def integrations(self) -> tuple[Integration, ...]:
        """The systems outside that this one asks, by name."""
        return self.graph.of_kind(Integration)

    def integration(self, name: str) -> Integration:
        """The system outside of that name. Raises `StopIteration`."""
        return next(i for i in self.integrations if i.name == name)

    @cached_property
    def channels(self) -> tuple[Channel, ...]:
        """The ways in which this system tells somebody something, by name."""
        return self.graph.of_kind(Channel)

    def channel(self, name: str) -> Channel:
        """The channel of that name. Raises `StopIteration`."""
        return next(c for c in self.channels if c.name == name)

    @cached_property
    def components(self) -> tuple[Component, ...]:
        """The components by name."""
        return self.graph.of_kind(Component)

    @cached_property
    def workloads(self) -> tuple[Workload, ...]:
        """The workloads by name."""
        return self.graph.of_kind(Workload)

    @cached_property
    def environments(self) -> tuple[Environment, ...]:
        """The environments by name."""
        return self.graph.of_kind(Environment)

    @cached_property
    def store(self) -> str:
        """The engine that the strictest environment names: postgresql where any does, else sqlite."""
        engines = {e.store for e in self.environments}
        return "postgresql" if "postgresql" in engines or not engines else "sqlite"

    @property
    def broker(self) -> str:
        """The product that carries events in some environment, "" where the store does in all of them or none is
        ever carried.
        """
        return next((e.broker for e in self.environments if e.broker != "store" and self.handles_events), "")

    @property
    def cache(self) -> str:
        """The product that holds what replicas share in some environment, "" where none does or nothing is shared."""
        shares = {"cache", "rate_limit"} & self.capabilities.keys()
        return next((e.cache for e in self.environments if e.cache != "none" and shares), "")

    @cached_property
    def objectives(self) -> Objectives:
        """The stated objectives."""
        return self.graph.of_kind(Objectives)[0]

    def objectives_in(self, environment: Environment) -> Objectives:
        """The objectives of an environment: the stated ones, with what it changes of them."""
        return objectives_in(self.objectives, environment)

    @cached_property
    def overridden(self) -> frozenset[tuple[str, str]]:
        """Every node and field of it that some environment changes, objectives apart: settings of the service."""
        return frozenset((o.node, o.field) for e in self.environments for o in e.overrides if o.node != "objectives")

    @cached_property
    def budgets(self) -> Mapping[str, Budget]:
        """Operation name to its budget."""
        return {b.name: b for b in self.graph.of_kind(Budget)}

    @cached_property
    def capabilities(self) -> Mapping[CapabilityName, Capability]:
        """What the service can do beside its operations, by name."""
        return {c.name: c for c in self.graph.of_kind(Capability)}

    @property
    def batching(self) -> Batching | None:
        """How events are handled together, None where each is handled as soon as somebody has time."""
        found = self.graph.of_kind(Batching)
        return found[0] if found else None

    @cached_property
    def service_budget(self) -> ServiceBudget:
        """What the service as a whole may use."""
        return self.graph.of_kind(ServiceBudget)[0]

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The owner's own rules."""
        return self.graph.of_kind(Rule)

    def satisfied_by(self, node_id: str) -> tuple[Requirement, ...]:
        """The requirements that a node satisfies, by number."""
        found = [n for n in self.graph.targets(node_id, "satisfies") if isinstance(n, Requirement)]
        return tuple(sorted(found, key=lambda r: (len(r.name), r.name)))

    def satisfying(self, requirement: Requirement) -> tuple[str, ...]:
        """The ids of the nodes that satisfy a requirement."""
        return tuple(node.id for node in self.graph.sources(requirement.id, "satisfies"))

    def contained(self, component: Component) -> tuple[str, ...]:
        """The ids of what a component contains."""
        return tuple(node.id for node in self.graph.targets(component.id, "contains"))

    def bindings(self, component: Component) -> tuple[tuple[str, str], ...]:
        """What a component's ports are bound to: "calls" or "delivers to", and the other component's name."""
        calls = (("calls", n) for n in self.graph.targets(component.id, "calls"))
        delivers = (("delivers to", n) for n in self.graph.targets(component.id, "delivers"))
        return tuple((kind, node.name) for kind, node in (*calls, *delivers) if isinstance(node, Component))

    def components_of(self, workload: Workload) -> tuple[Component, ...]:
        """The components that a workload runs."""
        return tuple(n for n in self.graph.targets(workload.id, "runs") if isinstance(n, Component))

    def replicas(self, environment: Environment, workload: Workload) -> int:
        """How many replicas of a workload an environment asks for; 1 where it says nothing."""
        return dict(environment.replicas).get(workload.name, 1)

    def _steps(self) -> tuple[Steps, ...]:
        return tuple(part.steps for part in (*self.operations, *self.handlers))

    def uses(self, step: type[Step]) -> bool:
        """Whether any operation or handler has a step of this class."""
        return any(isinstance(s, step) for steps in self._steps() for s in walk_steps(steps))

    @cached_property
    def publishes(self) -> bool:
        """Whether anything is ever published, by this service or to it."""
        return self.uses(Emit) or bool(self.arriving)

    @cached_property
    def arriving(self) -> tuple[Event, ...]:
        """The events that others publish."""
        return tuple(e for e in self.events if e.outside)

    @cached_property
    def sets_aside(self) -> bool:
        """Whether a handler keeps events as dead letters by itself."""
        return self.uses(SetAside)

    @cached_property
    def handles_events(self) -> bool:
        """Whether events that are published reach handlers of this system."""
        return bool(self.event_handlers) and self.publishes

    @cached_property
    def notifies(self) -> bool:
        """Whether anybody is ever notified."""
        return self.uses(Notify)

    @cached_property
    def delivers(self) -> bool:
        """Whether anything is on its way in the outbox: events to handlers of this system, or messages."""
        return self.handles_events or self.notifies

    @cached_property
    def calling_handlers(self) -> tuple[Handler, ...]:
        """The handlers on events that ask a system outside, by name."""
        return tuple(h for h in self.event_handlers if any(isinstance(s, Ask) for s in walk_steps(h.steps)))

    @property
    def reaches_out(self) -> bool:
        """Whether a delivery of the outbox ever goes beyond this system."""
        return self.notifies or (self.publishes and bool(self.calling_handlers))

    @cached_property
    def generates_codes(self) -> frozenset[str]:
        """The entities that are created with a generated code."""
        created = {s.entity for steps in self._steps() for s in walk_steps(steps) if isinstance(s, Insert)}
        return frozenset(
            e.name for e in self.entities if e.name in created and any(f.generated == "code" for f in e.fields)
        )

    @cached_property
    def calls_functions(self) -> bool:
        """Whether any custom function is called."""
        return any(isinstance(s, Invoke) and s.target == "custom" for steps in self._steps() for s in walk_steps(steps))

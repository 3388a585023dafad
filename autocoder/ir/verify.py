"""The verifier of the IR: what must hold of every graph, whoever made it."""

from __future__ import annotations

from collections.abc import Iterator

from autocoder.ir.capabilities import Capability
from autocoder.ir.edges import DERIVED, derived_edges
from autocoder.ir.graph import Graph
from autocoder.ir.nodes import (
    Auth,
    Budget,
    Channel,
    Entity,
    Environment,
    Event,
    Field,
    Function,
    Handler,
    Integration,
    Operation,
)
from autocoder.ir.settings import stated
from autocoder.ir.verify_behaviour import Names


def verify(graph: Graph) -> list[str]:
    """What is broken, one line each; empty for a sound graph."""
    broken: list[str] = []
    expected = set(derived_edges(graph))
    found = set(graph.edges(*DERIVED))
    broken += [f"the edge {e.source} {e.kind} {e.target} follows from no node" for e in sorted(found - expected)]
    broken += [f"the edge {e.source} {e.kind} {e.target} is missing" for e in sorted(expected - found)]
    broken += _declarations(graph)
    entities = {e.name: e for e in graph.of_kind(Entity)}
    events = {e.name: e for e in graph.of_kind(Event)}
    auth = graph.of_kind(Auth)
    caller = auth[0].entity if auth else None
    functions = {f.name: f for f in graph.of_kind(Function)}
    outside = {node.id: node for node in (*graph.of_kind(Integration), *graph.of_kind(Channel))}
    for operation in graph.of_kind(Operation):
        inputs = {i.name: i.type if i.required or i.default else i.type.or_null() for i in operation.inputs}
        for steps in (operation.steps, operation.plan):
            known = Names(entities, inputs, caller if operation.access != "anyone" else None, {}, functions, outside)
            broken += [f"{operation.id}: {text}" for text in known.check(steps)]
    for handler in graph.of_kind(Handler):
        event = events.get(handler.event)
        fields = {f.name: f.type for f in event.fields} if event else {}
        for steps in (handler.steps, handler.plan):
            known = Names(entities, {}, None, fields, functions, outside)
            broken += [f"{handler.id}: {text}" for text in known.check(steps)]
    return broken


def _declarations(graph: Graph) -> Iterator[str]:
    """What must hold of nodes by themselves."""
    yield from _auth(graph)
    yield from _environments(graph)
    yield from _capabilities(graph)
    yield from _limits(graph)
    for event in graph.of_kind(Event):
        yield from (f"{event.id}: {f.name} is more than a value" for f in event.fields if f != plain(f))
    bounds = {(e.source.partition(":")[2], e.target.partition(":")[2]) for e in graph.edges("bounds")}
    for budget in graph.of_kind(Budget):
        if (budget.name, budget.name) not in bounds:
            yield f"{budget.id} bounds nothing"


def _limits(graph: Graph) -> Iterator[str]:
    """Only lists hold nothing twice, and only parts that a record has are limited."""
    sent = [(o.id, i) for o in graph.of_kind(Operation) for i in o.inputs]
    fields = [(e.id, f) for e in graph.of_kind(Entity) for f in e.fields]
    told = [(i.id, x) for i in graph.of_kind(Integration) for e in i.exchanges for x in (*e.sent, *e.received)]
    for owner, value in (*sent, *fields, *told):
        parts = {name for name, _ in (value.type.item or value.type).fields}
        if value.constraints.distinct and value.type.name != "list":
            yield f"{owner}: {value.name} is no list, whose items could differ"
        if not {name for name, _ in value.constraints.fields} <= parts:
            yield f"{owner}: {value.name} has no such parts"


def _capabilities(graph: Graph) -> Iterator[str]:
    """Limits and keys are by inputs that are there; every capability that is used is named with its cost."""
    named = {c.name for c in graph.of_kind(Capability)}
    for operation in graph.of_kind(Operation):
        inputs = {i.name for i in operation.inputs}
        limit, once = operation.limit, operation.once
        if limit and ("rate_limit" not in named or min(limit.every_us, limit.burst) < 1):
            yield f"{operation.id}: a limit of nothing"
        if limit and (limit.by == "input") != (limit.input in inputs):
            yield f"{operation.id}: limited by {limit.input or 'no input'}"
        if limit and limit.by == "caller" and operation.access == "anyone":
            yield f"{operation.id}: limited by nobody"
        if once and (once.input not in inputs or "idempotency" not in named or once.keep_us < 1):
            yield f"{operation.id}: happens once by {once.input}"
        if operation.signed and (operation.access != "anyone" or once is None):
            yield f"{operation.id}: what is signed has no caller and happens once"


def _auth(graph: Graph) -> Iterator[str]:
    """The login is unique, the secret hidden, and a default names nobody but the caller."""
    entities = {e.name: e for e in graph.of_kind(Entity)}
    for auth in graph.of_kind(Auth):
        fields = {f.name: f for f in entities[auth.entity].fields} if auth.entity in entities else {}
        if auth.login not in fields or not fields[auth.login].unique:
            yield f"{auth.entity}.{auth.login} is no unique login"
        if auth.issuer is None and (auth.secret not in fields or not fields[auth.secret].hidden):
            yield f"{auth.entity}.{auth.secret} is no hidden secret"
        if auth.issuer is not None:
            given = {"subject": fields[auth.login].type} if auth.login in fields else {}
            given |= {"role": fields[auth.role].type} if auth.role in fields else {}
            yield from (f"auth: {text}" for text in Names(entities, given, None, {}).check(auth.issuer.account))
        if auth.role and auth.role not in fields:
            yield f"{auth.entity} has no field {auth.role} for the role"
    caller = next((a.entity for a in graph.of_kind(Auth)), None)
    for entity in entities.values():
        for field in entity.fields:
            if field.default is not None:
                found = Names(entities, {}, caller, {}).expression(field.default, None)
                yield from (f"{entity.id}.{field.name}: {text}" for text in found)


def _environments(graph: Graph) -> Iterator[str]:
    for environment in graph.of_kind(Environment):
        if not environment.host and not environment.tls:
            yield f"{environment.id}: nothing is exposed without encryption"
        for variable in environment.variables:
            if bool(variable.secret) != bool(variable.key) or (variable.secret and variable.value):
                yield f"{environment.id}: {variable.name} is neither a value nor a key of a secret"
        for override in environment.overrides:
            usual = stated(graph, override.node, override.field)
            if usual is None or isinstance(usual, str) != isinstance(override.value, str):
                yield f"{environment.id}: {override.node} has no {override.field} that {override.value} could replace"


def plain(field: Field) -> Field:
    """A field with nothing but its name and type: what an event carries."""
    return Field(name=field.name, type=field.type)

"""Lowers capabilities: limits, keys of requests and the audit, each as an operation states it or the whole system."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from autocoder.blueprint import model
from autocoder.diagnostics import nearest
from autocoder.ir.audit import AUDIT_ENTRY, audited
from autocoder.ir.behaviour import (
    Ask,
    Change,
    Emit,
    Find,
    Insert,
    Invoke,
    Remove,
    Reply,
    Steps,
    expressions,
    walk_steps,
)
from autocoder.ir.capabilities import OVERHEAD_US, SYSTEM, Batching, Capability, CapabilityName, Idempotency, RateLimit
from autocoder.ir.durations import microseconds
from autocoder.ir.expressions import Bound, walk
from autocoder.ir.keeping import kept_reads, key_of, writes_row
from autocoder.ir.nodes import Auth, Constraints, Entity, Handler, Input, Operation
from autocoder.ir.overrides import batching_fields, limit_fields
from autocoder.ir.types import TEXT, UUID

if TYPE_CHECKING:
    from autocoder.ir.lower import Blueprint

_VISIBLE = "[!-~]{1,255}"
"""What a key of a request is made of."""
_COUNTED = ("text", "integer", "uuid", "boolean")
"""Types of inputs by whose values requests can be counted."""


def capable(blueprint: Blueprint, operation: Operation, auth: Auth | None) -> Operation:
    """An operation with what it states of capabilities, else with what the whole system states."""
    spec = blueprint.design.operations.get(operation.name, model.Operation(route="GET /"))
    steps = operation.steps
    if _is_audited(blueprint.design, spec):
        signed_in = auth is not None and operation.access != "anyone"
        type_ = UUID if operation.access == "user" else UUID.or_null()
        caller = Bound(scope="caller", name="caller", field="id", type=type_) if signed_in else None
        steps = audited(steps, operation.name, caller)
    return _once(blueprint, replace(operation, steps=steps, limit=_limit(blueprint, operation, spec)), spec)


def audited_handler(blueprint: Blueprint, handler: Handler) -> Handler:
    """A handler whose changes are written down where the whole system's are."""
    if not blueprint.design.capabilities.audit:
        return handler
    return replace(handler, steps=audited(handler.steps, handler.name, None))


def is_audited(design: model.Architecture) -> bool:
    """Whether any change is written down."""
    return design.capabilities.audit or any(o.audit for o in design.operations.values())


def _is_audited(design: model.Architecture, spec: model.Operation) -> bool:
    return design.capabilities.audit if spec.audit is None else spec.audit


def capabilities(design: model.Architecture, operations: list[Operation], handlers: list[Handler]) -> list[Capability]:
    """The capabilities that are used anywhere, with what each may cost."""
    used: set[CapabilityName] = {"tracing"} if design.capabilities.tracing else set()
    used |= {"rate_limit"} if any(o.limit for o in operations) else set()
    used |= {"idempotency"} if any(o.once for o in operations) else set()
    for step in (s for behaviour in (*operations, *handlers) for s in walk_steps(behaviour.steps)):
        used |= {"audit"} if isinstance(step, Insert) and step.entity == AUDIT_ENTRY else set()
        used |= {"cache"} if isinstance(step, Find) and step.keep_us else set()
    return [Capability(name=name, overhead_us=OVERHEAD_US[name]) for name in sorted(used)]


def batching(blueprint: Blueprint, handlers: Iterable[Handler]) -> list[Batching]:
    """How events are handled together, where that is stated."""
    stated = blueprint.design.capabilities.batching
    if stated is None:
        return []
    if not any(h.event and not any(isinstance(s, Ask) for s in walk_steps(h.steps)) for h in handlers):
        blueprint.complain(
            "AC3227",
            "no handler takes events that could wait for each other",
            "events are handled together by handlers that touch the store alone; a call is made for each by itself",
            *("capabilities", "batching"),
            help="add a handler with `on`, or remove it",
        )
    fields = batching_fields(stated)
    return [Batching(size=fields["size"], wait_us=fields["wait_us"])]


# Limits.


def _limit(blueprint: Blueprint, operation: Operation, spec: model.Operation) -> RateLimit | None:
    if spec.rate_limit is not None:
        return _rate_limit(blueprint, spec.rate_limit, operation, ("operations", operation.name, "rate_limit"))
    if blueprint.design.capabilities.rate_limit is not None:
        stated = blueprint.design.capabilities.rate_limit
        return _rate_limit(blueprint, stated, operation, ("capabilities", "rate_limit"))
    return None


def _rate_limit(
    blueprint: Blueprint, stated: model.RateLimit, operation: Operation, at: tuple[str, ...]
) -> RateLimit | None:
    everywhere = at[0] == "capabilities"
    known = _countable(operation, everywhere=everywhere)
    by, _, name = (stated.by or ("caller" if operation.access != "anyone" else "address")).partition(".")
    if stated.by is not None and stated.by not in known:
        blueprint.diagnostics.error(
            "AC3210",
            f'{".".join(at)}.by: requests cannot be counted by "{stated.by}"',
            blueprint.source.positions.span(*at, "by"),
            subject=f"{'.'.join(at)}.by",
            value=stated.by,
            rule=f"here it is one of {', '.join(known)}",
            help=nearest(stated.by, known),
        )
        return None
    # A caller of the whole system is an address where nobody can be signed in.
    kinds: Mapping[str, Literal["caller", "input"]] = {"caller": "caller", "input": "input"}
    kind: Literal["address", "caller", "input"] = kinds.get(by, "address")
    if operation.access == "anyone" and kind == "caller":
        kind = "address"
    fields = limit_fields(stated)
    return RateLimit(
        name=SYSTEM if everywhere else operation.name,
        every_us=fields["limit.every_us"],
        burst=fields["limit.burst"],
        by=kind,
        input=name,
    )


def _countable(operation: Operation, *, everywhere: bool) -> list[str]:
    if everywhere:
        return ["address", "caller"]
    values = [
        f"input.{i.name}"
        for i in operation.inputs
        if i.required and not i.type.optional and i.type.name in _COUNTED and i.type.format != "password"
    ]
    return ["address", *(["caller"] if operation.access != "anyone" else []), *sorted(values)]


# Keys of requests.


def _once(blueprint: Blueprint, operation: Operation, spec: model.Operation) -> Operation:
    """The operation with an input for the key of a request, where the same request happens once."""
    usual = blueprint.design.capabilities.idempotency if operation.stated else None
    stated = spec.idempotency or usual
    if stated is None or operation.signed:
        return operation
    name = stated.header.lower().replace("-", "_")
    problem = next(unfit(operation, name), None)
    if problem:
        if spec.idempotency is not None:
            _refuse(blueprint, operation, *problem)
        return operation
    return keyed(operation, Idempotency(input=name, keep_us=microseconds(stated.keep)))


def keyed(operation: Operation, once: Idempotency, place: Literal["header", "body"] = "header") -> Operation:
    """The operation with the input for the key of a request, by which it happens once; one that is there is that."""
    visible = Constraints(pattern=_VISIBLE)
    if place == "body" and any(i.name == once.input for i in operation.inputs):
        return replace(operation, once=once)
    key = Input(name=once.input, place=place, type=TEXT, required=place == "body", constraints=visible)
    return replace(operation, inputs=(*operation.inputs, key), once=once)


def unfit(operation: Operation, name: str) -> Iterator[tuple[str, str, str]]:
    """Why the reply of an operation cannot be kept: a code, the problem, and what to do."""
    steps = operation.steps
    if operation.method not in ("POST", "PATCH") or not _has_effects(steps):
        yield (
            "AC3211",
            "it may happen again anyway",
            "leave it out: only POST and PATCH operations with effects need a key",
        )
    if any(i.name == name for i in operation.inputs):
        yield "AC3212", f'"{name}" is an input already', "name another header, or leave the input out"
    if any(isinstance(step, Ask) for step in walk_steps(steps)):
        yield (
            "AC3237",
            "two requests with one key could both make its call, which runs outside of the transaction",
            "leave it out: publish an event, and call in a handler on it",
        )
    if shown := _secret(operation):
        yield "AC3213", f"{shown} would be kept", "leave it out: a secret is shown once and never kept"


def _has_effects(steps: Steps) -> bool:
    return any(isinstance(s, Insert | Change | Remove | Emit | Invoke) for s in walk_steps(steps))


def _secret(operation: Operation) -> str:
    """What must not be kept: a password that is sent, or a token or key that is shown."""
    for given in operation.inputs:
        if given.type.format == "password":
            return f'a digest of the password "{given.name}"'
    made = {
        s.bind
        for s in walk_steps(operation.steps)
        if isinstance(s, Invoke) and s.target in ("issue_token", "new_token")
    }
    shown = {
        node.name
        for s in walk_steps(operation.steps)
        if isinstance(s, Reply)
        for expr in expressions(s)
        for node in walk(expr)
        if isinstance(node, Bound) and node.scope == "local"
    }
    return f'the key or token "{min(made & shown)}"' if made & shown else ""


def _refuse(blueprint: Blueprint, operation: Operation, code: str, message: str, help_: str) -> None:
    subject = f"operations.{operation.name}.idempotency"
    blueprint.diagnostics.error(
        code,
        f"{subject}: {message}",
        blueprint.source.positions.span("operations", operation.name, "idempotency"),
        subject=subject,
        help=help_,
    )


# What reads keep.


def check_caches(
    blueprint: Blueprint, behaviours: Iterable[Operation | Handler], entities: Mapping[str, Entity]
) -> None:
    """A cached read fixes a key, keeps no secret, and is of a row that its behaviour only reads."""
    cached = False
    for behaviour in behaviours:
        for step in walk_steps(behaviour.steps):
            if isinstance(step, Find) and step.keep_us:
                cached = True
                _check_cache(blueprint, behaviour, step, entities)
    if cached and not any(e.engines.cache != "none" for e in blueprint.source.deployment.environments.values()):
        blueprint.diagnostics.warning(
            "AC3217",
            "no environment has a cache, so every read goes to the store",
            blueprint.source.deployment_positions.span("environments"),
            subject="environments",
            help="add `engines: {cache: redis}` to an environment, or remove `cache` from the reads",
        )


def _check_cache(
    blueprint: Blueprint, behaviour: Operation | Handler, find: Find, entities: Mapping[str, Entity]
) -> None:
    group = "operations" if isinstance(behaviour, Operation) else "handlers"
    spec = getattr(blueprint.design, group)[behaviour.name]
    index = next(
        n for n, e in enumerate(spec.effects) if isinstance(e, model.Read) and e.read == find.match.entity and e.cache
    )
    at = (group, behaviour.name, "effects", index, "cache")
    entity = entities[find.match.entity]
    if any(writes_row(step, entity.name) for step in walk_steps(behaviour.steps)):
        blueprint.complain(
            "AC3214", f"{behaviour.name} also writes {entity.name}", "what is written is read fresh", *at
        )
    if not key_of(find, entity):
        blueprint.complain("AC3215", "it fixes no unique key", "a row is kept by a unique key", *at)
    for kept in kept_reads(behaviour.name, (find, *behaviour.steps), entities):
        for name in kept.fields:
            if entity.field(name).hidden or entity.field(name).type.format in ("password", "token", "secret"):
                blueprint.complain("AC3216", f'"{name}" would be kept', "secrets stay in the store", *at)

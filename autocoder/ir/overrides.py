"""What one environment changes of the design: values that a service or its manifests can take from outside.

Owns which values these are and what they become in the IR. Refuses a path that names none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from autocoder.blueprint import model
from autocoder.diagnostics import nearest
from autocoder.ir.capabilities import SYSTEM
from autocoder.ir.durations import SECONDS, share_ppm, span_us
from autocoder.ir.nodes import Operation, Override
from autocoder.ir.schedules import wrong_schedule
from autocoder.ir.variables import named_variables, setting

if TYPE_CHECKING:
    from autocoder.ir.lower import Blueprint

Fields = Mapping[str, str | int]
"""Field of a node of the IR to its value; None where nothing is stated."""


@dataclass(frozen=True, kw_only=True)
class Overridable:
    """A part of the design that an environment may change: the node that it becomes, and that node's fields.

    `keys` are the dotted paths inside `spec` that may be changed.
    """

    node: str
    spec: BaseModel
    keys: tuple[str, ...]
    fields: Callable[[Any], Fields]


def objective_fields(stated: model.Performance) -> Mapping[str, int]:
    """The objectives that a number gates or watches."""
    found = {
        "p95_us": stated.p95 and span_us(stated.p95),
        "p99_us": stated.p99 and span_us(stated.p99),
        "throughput_per_hour": stated.throughput and _hourly(stated.throughput),
        "availability_ppm": stated.availability and share_ppm(stated.availability),
    }
    return {name: value for name, value in found.items() if isinstance(value, int)}


def _hourly(text: str) -> int:
    number, _, unit = text.partition("/")
    return round(float(number) * 3600 / SECONDS[unit])


def limit_fields(stated: model.RateLimit) -> Mapping[str, int]:
    """The time between two requests on average, and how many may come at once."""
    count, _, unit = stated.limit.partition("/")
    every = max(1, SECONDS[unit] * 1_000_000 // int(count))
    return {"limit.every_us": every, "limit.burst": stated.burst or int(count)}


def batching_fields(stated: model.Batching) -> Mapping[str, int]:
    """How many events are handled together, and how long the first of them waits."""
    return {"size": stated.size, "wait_us": span_us(stated.wait)}


def integration_fields(stated: model.Integration) -> Fields:
    """How long a system outside may take, how often it is asked, and when it is left alone."""
    return {
        "timeout_us": span_us(stated.timeout),
        "attempts": stated.retry.attempts,
        "failures": stated.breaker.failures,
        "reset_us": span_us(stated.breaker.reset),
    }


def schedule_fields(stated: model.Handler) -> Fields:
    """When a handler runs. Raises `ValueError` with what is wrong with a cron line."""
    line = stated.every or ""
    if wrong := wrong_schedule(line):
        raise ValueError(wrong)
    return {"schedule": line}


def overridable(design: model.Architecture, operations: Iterable[Operation]) -> dict[str, Overridable]:
    """Path of a part of the design to the part, for each that an environment may change."""
    counted = any(o.limit is not None and o.limit.name == SYSTEM for o in operations)
    stated = design.policy.performance
    keys = tuple(key for key in ("p95", "p99", "throughput", "availability") if getattr(stated, key) is not None)
    found = {
        "policy.performance": Overridable(node="objectives", spec=stated, keys=keys, fields=objective_fields),
    }
    limits = {f"operations.{name}": (f"operation:{name}", o.rate_limit) for name, o in design.operations.items()}
    limits["capabilities"] = (SYSTEM, design.capabilities.rate_limit if counted else None)
    for path, (node, limit) in limits.items():
        if limit is not None:
            found[f"{path}.rate_limit"] = Overridable(
                node=node, spec=limit, keys=("limit", "burst"), fields=limit_fields
            )
    if (batching := design.capabilities.batching) is not None:
        found["capabilities.batching"] = Overridable(
            node="batching", spec=batching, keys=("size", "wait"), fields=batching_fields
        )
    outside = ("timeout", "retry.attempts", "breaker.failures", "breaker.reset")
    for name, spec in design.integrations.items():
        found[f"integrations.{name}"] = Overridable(
            node=f"integration:{name}", spec=spec, keys=outside, fields=integration_fields
        )
    for name, handler in design.handlers.items():
        if handler.every is not None:
            found[f"handlers.{name}"] = Overridable(
                node=f"handler:{name}", spec=handler, keys=("every",), fields=schedule_fields
            )
    return found


def overrides(
    blueprint: Blueprint, parts: Mapping[str, Overridable], environment: str, stated: Mapping[str, str]
) -> tuple[Override, ...]:
    """What an environment changes of these parts, by node and field."""
    known = {f"{path}.{key}": (path, key) for path, part in parts.items() for key in part.keys}
    named = named_variables(blueprint.design)
    changed: dict[str, BaseModel] = {}
    for name, value in stated.items():
        at = ("environments", environment, "overrides", name)
        if name not in known:
            message = f'the design has no "{name}" that an environment may change'
            _complain(blueprint, "AC3275", message, name, nearest(name, known), at)
            continue
        path, key = known[name]
        part, before = parts[path], changed.get(path, parts[path].spec)
        try:
            after = _with(before, key, value)
            if part.fields(after) == part.fields(before):
                message = f"the design says {value} already"
                _complain(blueprint, "AC3277", message, value, "remove it, or state another value", at)
            changed[path] = after
            taken = {setting(part.node, field).upper() for field in part.fields(after)} & named
            if taken:
                message = f"it would be the variable {min(taken)}, which the design names for something else"
                _complain(blueprint, "AC3238", message, value, "give that variable another name", at)
        except ValueError as error:
            message = f'"{value}" cannot stand here: {_why(error)}'
            help_ = f"write it as {'.'.join((path, key))} is written in architecture.yaml"
            _complain(blueprint, "AC3276", message, value, help_, at)
    found = [
        Override(node=part.node, field=name, value=value)
        for path, spec in changed.items()
        for part in (parts[path],)
        for name, value in part.fields(spec).items()
        if value != part.fields(part.spec)[name]
    ]
    return tuple(sorted(found, key=lambda one: (one.node, one.field)))


def _with(spec: BaseModel, key: str, value: str) -> BaseModel:
    """A part of the design with another value. Raises `ValidationError`."""
    data = spec.model_dump(by_alias=True)
    *outer, last = key.split(".")
    reduce(lambda inner, name: inner[name], outer, data)[last] = int(value) if value.isdecimal() else value
    return type(spec).model_validate(data)


def _why(error: ValueError) -> str:
    return error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)


def _complain(blueprint: Blueprint, code: str, message: str, value: str, help_: str, at: tuple[str, ...]) -> None:
    subject = ".".join(at)
    blueprint.diagnostics.error(
        code,
        f"{subject}: {message}",
        blueprint.source.deployment_positions.span(*at, key=code == "AC3275"),
        subject=subject,
        value=value,
        rule="an environment changes values that the design states; what they are stays the same everywhere",
        help=help_,
    )

"""Capabilities in the emitted service: what its skeletons ask for, and how an operation wears each of them."""

from __future__ import annotations

from typing import Any

from autocoder.ir.capabilities import RateLimit
from autocoder.ir.nodes import Operation
from autocoder.ir.views import Views
from autocoder.targets.python_service import overrides
from autocoder.targets.python_service.describe import limit_in_words
from autocoder.targets.python_service.expressions import Imports, duration, literal
from autocoder.targets.python_service.names import function
from autocoder.targets.python_service.schemas import replies_of
from autocoder.targets.python_service.source import Module


def values(views: Views) -> dict[str, Any]:
    """What the skeletons of the service ask for."""
    limited = [o for o in views.operations if o.limit]
    found = {o.limit.name: o.limit for o in limited if o.limit}
    by = {(o.limit.by, o.access) for o in limited if o.limit}
    return {
        "tracing": "tracing" in views.capabilities,
        "limits": [_limit(views, found[name]) for name in sorted(found)],
        "limits_by_input": any(kind == "input" for kind, _ in by),
        "limits_by_address": any(kind == "address" for kind, _ in by),
        "limits_by_caller": ("caller", "user") in by,
        "limits_by_caller_if_any": ("caller", "user?") in by,
    }


def _limit(views: Views, limit: RateLimit) -> dict[str, object]:
    node = overrides.limit_of(limit)
    every = overrides.shown(views, node, "limit.every_us", "")
    return {
        "name": constant(limit),
        "key": literal(limit.name),
        "every": f"timedelta(seconds={every})" if every else duration(limit.every_us, Imports()),
        "burst": overrides.shown(views, node, "limit.burst", str(limit.burst)),
        "doc": limit_in_words(limit) + ".",
    }


def constant(limit: RateLimit) -> str:
    """The constant of a limit in `limits.py`."""
    return f"{function(limit.name).strip('_').upper()}_LIMIT"


def dependency(operation: Operation, module: Module) -> str:
    """What a route depends on to count requests before anything else; "" where nothing does."""
    limit = operation.limit
    if limit is None or limit.by == "input":
        return ""
    module.imports.add("fastapi", "Depends")
    module.imports.add(f"{module.package}.limits", constant(limit))
    caller = "by_caller" if operation.access == "user" else "by_caller_if_any"
    return f"Depends({constant(limit)}.{'by_address' if limit.by == 'address' else caller})"


def decorators(operation: Operation, names: dict[str, str], module: Module) -> list[str]:
    """What stands between the route and the transaction."""
    limit = operation.limit
    if limit is None or limit.by != "input":
        return []
    module.imports.add(f"{module.package}.limits", constant(limit))
    return [f"@{constant(limit)}.by({_of_arguments(names[limit.input])})"]


def _of_arguments(name: str) -> str:
    """Source of what takes an input from the arguments of a function."""
    place, _, attribute = name.partition(".")
    return f"lambda given: given[{literal(place)}]" + (f".{attribute}" if attribute else "")


def once(operation: Operation, names: dict[str, str], model: str, status: int, module: Module) -> list[str]:
    """What stands between the transaction and the function: the reply is kept for the key of the request."""
    if operation.once is None:
        return []
    module.imports.add(f"{module.package}.once", "once")
    given = [
        f"key={_of_arguments(names[operation.once.input])}",
        f"keep={duration(operation.once.keep_us, module.imports)}",
    ]
    given += [f"model={model}"] if model not in ("", "None") else []
    given += [f"status={status}"] if status != 200 else []
    given += ["unset=False"] if any(reply.absent for reply in replies_of(operation)) else []
    return [f"@once({', '.join(given)})"]


def tables(views: Views, module: Module) -> list[str]:
    """What the oracle is told of capabilities: the limits of operations, and their keys."""
    lines = [
        f"    {literal(o.name)}: Limit({literal(o.limit.name)}, {_who(o.limit)}, "
        f"{duration(o.limit.every_us, module.imports)}, {o.limit.burst}),"
        for o in views.operations
        if o.limit
    ]
    kept = [
        f"    {literal(o.name)}: ({literal(o.once.input)}, {duration(o.once.keep_us, module.imports)}),"
        for o in views.operations
        if o.once
    ]
    found: list[str] = []
    if lines:
        module.imports.add("support.tables", "Limit")
        found.append("\n".join(["LIMITS = {", *lines, "}", '"""How often one client may ask for each operation."""']))
    if kept:
        note = '"""The input that holds the key of a request, and how long the reply to it is kept."""'
        found.append("\n".join(["ONCE = {", *kept, "}", note]))
    return found


def _who(limit: RateLimit) -> str:
    return literal(limit.input or limit.by)

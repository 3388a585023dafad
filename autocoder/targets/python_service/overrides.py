"""Values of the design that environments change: settings of the service, with the design's own value as the usual."""

from __future__ import annotations

from typing import Any

from autocoder.ir.capabilities import SYSTEM, RateLimit
from autocoder.ir.nodes import Environment, Handler, Override, Variable
from autocoder.ir.settings import stated
from autocoder.ir.variables import setting
from autocoder.ir.views import Views
from autocoder.targets.python_service.expressions import literal

_SECOND = 1_000_000


def variables(environment: Environment) -> list[Variable]:
    """The variables that say what an environment changes."""
    changed = (o for o in environment.overrides if o.node != "objectives")
    return [Variable(name=setting(o.node, o.field).upper(), value=_said(o)) for o in changed]


def _said(override: Override) -> str:
    """A value as the setting takes it: times in seconds."""
    if override.field.endswith("_us") and isinstance(override.value, int):
        return f"{override.value / _SECOND:.6f}".rstrip("0").rstrip(".")
    return str(override.value)


def shown(views: Views, node: str, field: str, value: str) -> str:
    """The source of a field's value: `value`, or the setting where some environment changes it."""
    return f"settings().{setting(node, field)}" if (node, field) in views.overridden else value


def schedule(handler: Handler, views: Views) -> str:
    """The source of a handler's cron line."""
    return shown(views, handler.id, "schedule", literal(handler.schedule))


def limit_of(limit: RateLimit) -> str:
    """The node that a limit is a part of, as overrides name it."""
    return SYSTEM if limit.name == SYSTEM else f"operation:{limit.name}"


def values(views: Views) -> dict[str, Any]:
    """What the skeletons ask for: the settings, each with how it is declared; and which of them are schedules."""
    changed = sorted(views.overridden)
    found = [(setting(node, field), field, stated(views.graph, node, field)) for node, field in changed]
    return {
        "overridden": [(name, _declared(field, value)) for name, field, value in found],
        "changed_schedules": ", ".join(literal(name) for name, field, _ in found if field == "schedule"),
        "changed_limits": any(field.startswith("limit.") for _, field, _ in found),
    }


def _declared(field: str, usual: str | int | None) -> str:
    if not isinstance(usual, int):
        return f"str = {literal(usual)}"
    if field.endswith("_us"):
        return f"float = Field(default={usual / _SECOND:g}, gt=0)"
    return f"int = Field(default={usual}, ge=1)"

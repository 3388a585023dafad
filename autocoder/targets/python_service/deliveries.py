"""How events reach handlers, where a binding says more than is usual: what the worker's skeleton asks for."""

from __future__ import annotations

from typing import Any

from autocoder.ir.capabilities import Batching
from autocoder.ir.nodes import Delivery, Handler
from autocoder.ir.views import Views
from autocoder.targets.python_service import overrides
from autocoder.targets.python_service.expressions import Imports, duration, literal
from autocoder.targets.python_service.names import function

USUAL_BATCH = 50
"""Deliveries that one transaction takes where nothing is stated."""
_UNITS = (("hours", 3_600_000_000), ("minutes", 60_000_000), ("seconds", 1_000_000), ("microseconds", 1))


def values(views: Views) -> dict[str, Any]:
    """Handlers with retries of their own, those whose given up events are dropped, and those that run at most once."""
    stated = {function(h.name): h.delivery for h in views.event_handlers if h.delivery is not None}
    repeated = {name: delivery for name, delivery in stated.items() if delivery.repeats}
    return {
        "retries": [(name, _retry(d)) for name, d in repeated.items() if _retry(d)],
        "dropped": [name for name, d in repeated.items() if not d.keeps],
        "unrepeated": [name for name, d in stated.items() if not d.repeats],
        "retried": _retried(views),
        **_batches(views.batching, views),
    }


def _batches(stated: Batching | None, views: Views) -> dict[str, str]:
    """How many deliveries one transaction takes, and how long the first of them waits for others, as source."""
    if stated is None:
        return {"batch": str(USUAL_BATCH), "gathers": ""}
    wait = overrides.shown(views, stated.id, "wait_us", "")
    return {
        "batch": overrides.shown(views, stated.id, "size", str(stated.size)),
        "gathers": f"timedelta(seconds={wait})" if wait else duration(stated.wait_us, Imports()),
    }


def _retried(views: Views) -> str | None:
    """The events whose handlers are tried again, as source; None where these are all events."""
    stated = [(h.event, h.delivery) for h in views.event_handlers if h.delivery is not None]
    every = {event for event, _ in stated}
    repeated = {event for event, delivery in stated if delivery.repeats}
    repeated -= {event for event, delivery in stated if delivery.repeats and delivery.attempts == 1}
    return None if repeated == every else ", ".join(literal(event) for event in sorted(repeated))


def described(handler: Handler) -> str:
    """How an event reaches a handler, in words; "" where it is as usual."""
    delivery = handler.delivery
    if delivery is None or delivery == Delivery():
        return ""
    if not delivery.repeats:
        return f"`{handler.name}` runs at most once on each {handler.event}, and never again where it fails"
    first, longest = (_span(us) for us in (delivery.wait_us, delivery.longest_us))
    end = "kept" if delivery.keeps else "dropped"
    return (
        f"`{handler.name}` is tried {delivery.attempts} times on each {handler.event}, after {first} and then always "
        f"twice as long, at most {longest}; what it never takes is {end}"
    )


def _span(microseconds: int) -> str:
    """A time in the largest unit that it is a whole number of."""
    unit, size = next((unit, size) for unit, size in _UNITS if microseconds % size == 0)
    count = microseconds // size
    return f"{count} {unit}" if count > 1 else f"{count} {unit[:-1]}"


def _retry(delivery: Delivery) -> str:
    """The arguments in which a handler's retries differ from the usual."""
    usual = Delivery()
    differ = {
        "attempts": str(delivery.attempts) if delivery.attempts != usual.attempts else "",
        "wait": duration(delivery.wait_us, Imports()) if delivery.wait_us != usual.wait_us else "",
        "longest": duration(delivery.longest_us, Imports()) if delivery.longest_us != usual.longest_us else "",
    }
    return ", ".join(f"{name}={value}" for name, value in differ.items() if value)

"""What the emitted tests of settings, failures and processes ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autocoder.ir.nodes import Entity
from autocoder.ir.views import Views
from autocoder.targets.python_service import keys, outside
from autocoder.targets.python_service.expressions import literal
from autocoder.targets.python_service.failures import failures_of
from autocoder.targets.python_service.tables import column_name, computed_fields

_KEPT_OTHERWISE = ("password", "secret", "token", "digest", "file")
"""Formats of fields that no row keeps as they were given."""


def values(views: Views) -> dict[str, Any]:
    """What a production needs, what failures are answered with, and what the database refuses."""
    answered = failures_of(views)
    references = [f for e in views.entities for f in e.fields if f.type.entity]
    return {
        **{name: answered[name] for name in ("status", "message", "messages")},
        "title": literal(views.system.name),
        "version": literal(views.system.version),
        "description": literal(views.system.description) if views.system.description else "",
        "addresses": outside.addresses(views),
        "production": list(_production(views)),
        "plain_worker": _postpones(views),
        "polls": views.delivers or bool(views.scheduled),
        "taken": [found for e in views.entities for found in _taken(e)],
        "references": bool(references),
        "held": any(f.on_delete == "refuse" for f in references),
        "computed": [found for e in views.entities for found in _computed(e, views)],
        "bounded": [found for e in views.entities for found in _beyond(e)],
    }


def _postpones(views: Views) -> bool:
    """Whether one process tries again whatever its database has for handlers, and nothing else is on its way."""
    return (
        views.delivers
        and bool(outside.staying(views))
        and not (views.broker or views.notifies or views.reaches_out or len(views.running("Worker")) > 1)
    )


def _production(views: Views) -> Iterator[tuple[str, str]]:
    """The settings that a service in production is not started without, and a good value of each as source."""
    if keys.signs(views):
        yield "signing_key", "SIGNING_KEY"
    if keys.digests(views):
        yield "digest_key", '"x" * 32'
    if keys.encrypts(views):
        yield "encryption_keys", "Fernet.generate_key().decode()"
    production = [e for e in views.environments if e.name == "production"]
    if views.cache and any(e.cache != "none" for e in production):
        yield "cache_url", literal("redis://cache.example.com/0")
    if views.event_handlers and views.publishes and any(e.broker != "store" for e in production):
        yield "broker_url", literal("nats://broker.example.com")
    asked = outside.values(views)
    yield from ((name, literal("https://example.com")) for name in asked["addresses"])
    yield from ((name, literal("only for tests and long enough")) for name in asked["secret_settings"])
    if asked["mails"]:
        yield "smtp_url", literal("smtp://mail.example.com")


def _taken(entity: Entity) -> Iterator[tuple[str, str, str]]:
    """Fields of which no two rows have the same values, none of which may be absent: the entity, the fields, and what
    clients are told.
    """
    for key in entity.unique_keys:
        fields = [entity.field(name) for name in key]
        if not any(f.type.optional or f.type.format in _KEPT_OTHERWISE for f in fields):
            columns = [column_name(f).removesuffix("_id") if f.type.entity else column_name(f) for f in fields]
            yield entity.name, ", ".join(map(literal, key)), literal(" and ".join(columns))


def _computed(entity: Entity, views: Views) -> Iterator[tuple[str, str]]:
    """Numbers that the service computes, of which nothing limits the range."""
    computed = computed_fields(entity, views)
    for f in entity.fields:
        if f.type.name == "integer" and f.name in computed and f.constraints.minimum is f.constraints.maximum is None:
            yield entity.name, f.name


def _beyond(entity: Entity) -> Iterator[tuple[str, str, int]]:
    """Numbers just out of the range that the database holds for a field."""
    for f in entity.fields:
        if f.type.name == "integer" and f.constraints.minimum is not None:
            yield entity.name, f.name, int(f.constraints.minimum) - 1
        if f.type.name == "integer" and f.constraints.maximum is not None:
            yield entity.name, f.name, int(f.constraints.maximum) + 1

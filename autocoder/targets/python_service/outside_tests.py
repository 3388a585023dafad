"""What the emitted tests know of what is outside: routes of systems, answers, and where fakes of them stand."""

from __future__ import annotations

from typing import Any

from autocoder.ir.behaviour import Ask, Find, Require, SetAside, Step, walk_steps
from autocoder.ir.nodes import Exchange
from autocoder.ir.views import Views
from autocoder.targets.python_service import outside, samples
from autocoder.targets.python_service.expressions import literal
from autocoder.targets.python_service.names import function
from autocoder.targets.python_service.source import Module

INDENT = "    "


def values(views: Views) -> dict[str, Any]:
    """What the skeletons of the tests ask for."""
    found = outside.values(views)
    kept = ("integrations", "notifies", "reaches_out", "mails", "webhooks", "secret_settings", "calling")
    places = [(i.address.lower(), i.name) for i in views.integrations]
    places += [(c["address"], f"channels/{c['name']}") for c in found["channels"] if not c["mail"]]
    return {
        **{name: found[name] for name in kept},
        "client": found["outside"],
        "outside": bool(views.integrations) or views.notifies,
        "places": sorted(dict(places).items()),
        "systems": [function(i.name) for i in views.integrations],
        "handled": bool(outside.staying(views)) or bool(views.broker),
        "channels": found["channels"],
        "lease": found["lease"],
        "failing_events": ", ".join(literal(name) for name in sorted(_failing(views))),
    }


def plain_events(views: Views) -> bool:
    """Whether an event has handlers, none of which fails by what is not there."""
    return bool({h.event for h in views.event_handlers} - _failing(views))


def _failing(views: Views) -> set[str]:
    """The events with a handler that may fail: what it needs is not there, or does not answer."""
    return {h.event for h in views.event_handlers if any(_may_fail(step) for step in walk_steps(h.steps))}


def _may_fail(step: Step) -> bool:
    return isinstance(step, Ask | Require | SetAside) or (isinstance(step, Find) and step.match.absent is not None)


def interface(views: Views, module: Module) -> None:
    """Adds the tables about what is outside."""
    if views.integrations:
        calls = [
            f"{INDENT}{literal(f'{i.name}.{e.name}')}: ({literal(e.method)}, {literal(f'/{i.name}{e.path}')}),"
            for i in views.integrations
            for e in i.exchanges
        ]
        module.add(_table("CALLS: dict[str, tuple[str, str]]", calls, "What systems outside are asked, and where."))
        answers = [
            f"{INDENT}{literal(f'{i.name}.{e.name}')}: {_answer(e, module)},"
            for i in views.integrations
            for e in i.exchanges
        ]
        module.add(_table("ANSWERS: dict[str, Any]", answers, "What they usually answer."))
    posting = [literal(c.name) for c in outside.used(views) if c.transport == "webhook"]
    if posting:
        module.add(f'CHANNELS = [{", ".join(posting)}]\n"""Channels that are webhooks."""')


def _answer(exchange: Exchange, module: Module) -> str:
    values = {r.name: samples.good(r.type.not_null(), r.constraints, module.imports)[0] for r in exchange.received}
    return f"{{{', '.join(f'{literal(name)}: {value}' for name, value in values.items())}}}"


def _table(name: str, rows: list[str], note: str) -> str:
    return "\n".join([f"{name} = {{", *rows, "}", f'"""{note}"""'])

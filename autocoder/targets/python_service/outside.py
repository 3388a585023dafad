"""What reaches beyond the emitted service: calls and messages in its code, a module for each system that it asks."""

from __future__ import annotations

import keyword
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from autocoder.ir.behaviour import Ask, Notify, SetAside, Steps, walk_steps
from autocoder.ir.nodes import Channel, Exchange, Handler, Input, Integration
from autocoder.ir.variables import SMTP_URL, shared_secrets
from autocoder.ir.views import Views
from autocoder.targets.python_service import inbound, issuer, overrides
from autocoder.targets.python_service.describe import words
from autocoder.targets.python_service.expressions import Imports, literal, type_hint
from autocoder.targets.python_service.names import attribute, function, local, model, pascal
from autocoder.targets.python_service.source import Module, import_block
from autocoder.targets.tree import END, begin

if TYPE_CHECKING:
    from autocoder.targets.python_service.handlers import Behaviour

INDENT = "    "
_SECOND = 1_000_000
LEASE_SECONDS = 60
"""How long a delivery that reaches beyond the service may take at least, beside what its calls may."""
HTTPS_PORT = 443
SMTP_PORTS = (465, 587)
"""Where mail servers take mail over TLS."""
BACK_OFF_SECONDS = 2
"""The longest wait between two attempts of a call."""


def asks(steps: Steps) -> bool:
    """Whether steps call a system outside."""
    return any(isinstance(step, Ask) for step in walk_steps(steps))


def staying(views: Views) -> tuple[Handler, ...]:
    """The handlers on events that touch nothing but the store."""
    return tuple(h for h in views.event_handlers if h not in views.calling_handlers)


# Statements.


def ask(behaviour: Behaviour, step: Ask) -> list[str]:
    """A call; the transaction ends first, so that nothing is locked while the other side takes its time."""
    behaviour.asked += 1
    key = "call_key" if behaviour.asked == 1 else f'f"{{call_key}}-{behaviour.asked}"'
    behaviour.imports.add(behaviour.package, "integrations")
    given = (f"{attribute(name)}={behaviour.python.value(value)}" for name, value in step.args)
    called = f"integrations.{function(step.integration)}.{function(step.operation)}({', '.join([key, *given])})"
    bind = f"{local(step.bind)} = " if step.bind in behaviour.named else ""
    lines = [f"{bind}await {called}"]
    if step.failed is not None:
        behaviour.imports.add(f"{behaviour.package}.failures", "Unavailable")
        otherwise = f"{bind}{behaviour.python.render(step.failed)}" if bind else "pass"
        lines = ["try:", f"{INDENT}{lines[0]}", "except Unavailable:", f"{INDENT}{otherwise}"]
    ended = ["await session.commit()  # a call runs outside of any transaction"] if behaviour.connected else []
    return [*ended, *lines]


def notify(behaviour: Behaviour, step: Notify) -> str:
    """A message on its way."""
    behaviour.imports.add(f"{behaviour.package}.channels", "notify")
    named = [(name, behaviour.python.value(value)) for name, value in step.values]
    if behaviour.views.channel(step.channel).transport == "mail":
        behaviour.imports.add(f"{behaviour.package}.channels", "Mail")
        message = f"Mail({', '.join(f'{name}={value}' for name, value in named)})"
    else:
        message = f"{{{', '.join(f'{literal(name)}: {value}' for name, value in named)}}}"
    return f"notify(session, {literal(step.channel)}, {message})"


def set_aside(behaviour: Behaviour, step: SetAside) -> str:
    """The event that arrived, kept as a dead letter."""
    behaviour.imports.add(f"{behaviour.package}.events", "set_aside")
    return f"set_aside(session, {literal(function(behaviour.handler))}, event, {literal(step.reason)})"


# Modules.


def integrations(views: Views, package: str, used: set[str]) -> dict[str, str]:
    """The folder `integrations`: a module for each system, and what the types of its replies need."""
    if not views.integrations:
        return {}
    found = {f"integrations/{function(i.name)}.py": _module(views, i, package, used) for i in views.integrations}
    imports = Imports()
    imports.add(f"{package}.integrations", *(function(i.name) for i in views.integrations))
    listed = ", ".join(literal(function(i.name)) for i in views.integrations)
    text = f'"""The systems that this service asks."""\n\n{import_block(imports, package)}\n__all__ = [{listed}]\n'
    return {**found, "integrations/__init__.py": text}


def _module(views: Views, integration: Integration, package: str, used: set[str]) -> str:
    module = Module(doc=f"{words(integration.name).capitalize()}, a system outside.", package=package)
    module.imports.add(f"{package}.outside", "System")
    module.imports.add(f"{package}.settings", "settings")
    given = [f"name={literal(integration.name)}", f"address=lambda: settings().{_setting(integration.address)}"]
    if integration.secret:
        token = f"settings().{_setting(integration.secret)}.get_secret_value()"
        value = f'f"Bearer {{{token}}}"' if integration.header == "Authorization" else token
        given.append(f"credentials=lambda: {{{literal(integration.header)}: {value}}}")
    usual = {
        "timeout": f"{integration.timeout_us / _SECOND:g}",
        "attempts": str(integration.attempts),
        "failures": str(integration.failures),
        "reset": f"{integration.reset_us / _SECOND:g}",
    }
    for name, field in (("timeout", "timeout_us"), ("attempts",) * 2, ("failures",) * 2, ("reset", "reset_us")):
        given.append(f"{name}={overrides.shown(views, integration.id, field, usual[name])}")
    module.add(f"SYSTEM = System({', '.join(given)})", integration.id)
    for exchange in integration.exchanges:
        _exchange(exchange, module, package, used)
    return module.text()


def _exchange(exchange: Exchange, module: Module, package: str, used: set[str]) -> None:
    name, title = function(exchange.name), pascal(exchange.name)
    route = f"{exchange.method} {exchange.path}"
    arguments = [literal(exchange.name), literal(exchange.method), literal(exchange.path), "call_key"]
    read, answer = "lambda _: None", "None"
    if exchange.received:
        answer = f"{title}Reply"
        _reply(answer, exchange, module, package, used)
        module.imports.add("pydantic", "TypeAdapter")
        module.add(f"{name.upper()}_REPLY = TypeAdapter({answer})")
        read = f"{name.upper()}_REPLY.validate_json"
    parameters = ["call_key: str"]
    if exchange.sent:
        module.imports.add("pydantic", "BaseModel")
        fields = [(attribute(i.name), i, _hint(i, module, package, used)) for i in exchange.sent]
        body = "\n".join(f"{INDENT}{a}: {hint}{_alias(a, i, module)}" for a, i, hint in fields)
        module.add(f'class {title}Request(BaseModel):\n{INDENT}"""What {words(exchange.name)} is sent."""\n\n{body}')
        ordered = sorted(fields, key=lambda field: not field[1].required)
        parameters += ["*", *(f"{a}: {hint}{'' if i.required else ' = None'}" for a, i, hint in ordered)]
        arguments += [read, f"{title}Request({', '.join(f'{a}={a}' for a, _, _ in fields)})"]
    else:
        arguments.append(read)
    lines = [
        f"async def {name}({', '.join(parameters)}) -> {answer}:",
        f'{INDENT}"""{route}."""',
        f"{INDENT}return await SYSTEM.ask({', '.join(arguments)})",
    ]
    module.add("\n".join(lines))


def _hint(given: Input, module: Module, package: str, used: set[str]) -> str:
    """The type of a value that is sent."""
    if given.type.name == "decimal":
        used.add("Exact")
        module.imports.add(f"{package}.types", "Exact")
        return f"Exact{'' if given.required else ' | None'}"
    return type_hint(given.type, module.imports)


def _alias(name: str, given: Input, module: Module) -> str:
    if name == given.name:
        return "" if given.required else " = None"
    module.imports.add("pydantic", "Field")
    default = "" if given.required else "default=None, "
    return f" = Field({default}serialization_alias={literal(given.name)})"


def _reply(name: str, exchange: Exchange, module: Module, package: str, used: set[str]) -> None:
    """What must stand in a reply: anything else in it is left out."""
    from autocoder.targets.python_service.schemas import Hints

    hints = Hints(package=package, module=module, used=used)
    module.imports.add("typing_extensions", "TypedDict")
    fields: list[tuple[str, str]] = []
    for given in exchange.received:
        hint = hints.of(replace(given, type=given.type.not_null()), in_json=True)
        if not given.required:
            module.imports.add("typing", "NotRequired")
            hint = f"NotRequired[{hint} | None]"
        fields.append((given.name, hint))
    if any(keyword.iskeyword(field) for field, _ in fields):
        listed = ", ".join(f"{literal(field)}: {hint}" for field, hint in fields)
        module.add(f"{name} = TypedDict({literal(name)}, {{{listed}}})")
        return
    body = "\n".join(f"{INDENT}{field}: {hint}" for field, hint in fields)
    module.add(f'class {name}(TypedDict):\n{INDENT}"""What {words(exchange.name)} answers."""\n\n{body}')


# What the skeletons ask for.


def roots(views: Views) -> set[str]:
    """The libraries that reach beyond the service."""
    found: set[str] = set()
    if _sends(views):
        found.add("httpx")
    if views.integrations:
        found.add("tenacity")
    if _mails(views):
        found.add("aiosmtplib")
    return found


def skeletons(views: Views) -> list[str]:
    """The modules that all services share which reach out, as far as this one does."""
    names = ["channels.py"] if views.notifies else []
    names += ["outbound.py"] if views.reaches_out else []
    names += ["signatures.py"] if _posts(views) or inbound.decodes(views) else []
    names += ["senders.py"] if inbound.secrets(views) else []
    return [*names, "outside.py"] if _sends(views) else names


def used(views: Views) -> tuple[Channel, ...]:
    """The channels that something is sent over."""
    steps = (s for b in (*views.operations, *views.handlers) for s in walk_steps(b.steps))
    named = {step.channel for step in steps if isinstance(step, Notify)}
    return tuple(c for c in views.channels if c.name in named)


def _mails(views: Views) -> bool:
    return any(c.transport == "mail" for c in used(views))


def _posts(views: Views) -> bool:
    return any(c.transport == "webhook" for c in used(views))


def _sends(views: Views) -> bool:
    """Whether the service sends requests."""
    return _posts(views) or bool(views.integrations) or issuer.of(views) is not None


def _setting(variable: str) -> str:
    """The setting that an environment variable fills."""
    return variable.lower()


def addresses(views: Views) -> list[str]:
    """The settings that hold addresses of systems outside."""
    hooks = (c.address for c in used(views) if c.transport == "webhook")
    tokens = issuer.of(views)
    named = (*(i.address for i in views.integrations), *hooks, *((tokens.address,) if tokens else ()))
    return sorted({_setting(name) for name in named})


def variables(views: Views) -> set[str]:
    """The environment variables that say where what is outside is, and what this service and others prove themselves
    with.
    """
    mail = [_setting(SMTP_URL)] if _mails(views) else []
    named = {name.upper() for name in (*addresses(views), *secret_settings(views), *mail)}
    return named | set(shared_secrets(views.operations))


def usual_ports(views: Views) -> dict[str, tuple[int, ...]]:
    """The variables that hold addresses outside, with the ports that such a server usually has."""
    mail = {SMTP_URL: SMTP_PORTS} if _mails(views) else {}
    return {**{name.upper(): (HTTPS_PORT,) for name in addresses(views)}, **mail}


def secret_settings(views: Views) -> list[str]:
    """The settings that hold secrets which systems outside know too."""
    found = (*(i.secret for i in views.integrations), *(c.secret for c in used(views)), *inbound.secrets(views))
    return sorted({_setting(name) for name in found if name})


def values(views: Views) -> dict[str, Any]:
    """What the skeletons ask about what is outside."""
    mails, posts, channels = _mails(views), _posts(views), used(views)
    needed = [*addresses(views), *secret_settings(views), *([_setting(SMTP_URL)] if mails else [])]
    kinds = [*(["Mail"] if mails else []), *(["dict[str, Any]"] if posts else [])]
    return {
        "integrations": bool(views.integrations),
        "outside": _sends(views),
        "notifies": views.notifies,
        "reaches_out": views.reaches_out,
        "mails": mails,
        "webhooks": posts,
        "addresses": addresses(views),
        "secret_settings": secret_settings(views),
        "needed": ", ".join(literal(name) for name in needed) + ("," if len(needed) == 1 else ""),
        "channel_names": ", ".join(literal(c.name) for c in channels),
        "message_types": " | ".join(kinds),
        "channels": [
            {
                "name": c.name,
                "function": f"{function(c.name)}_channel",
                "mail": c.transport == "mail",
                "sender": c.sender,
                "variable": c.address,
                "address": _setting(c.address),
                "secret": _setting(c.secret),
                "begin": begin(c.id),
                "end": END,
            }
            for c in channels
        ],
        "calling": [(function(h.name), model(h.event)) for h in views.calling_handlers],
        "calling_events": ", ".join(sorted({model(h.event) for h in views.calling_handlers})),
        **inbound.values(views),
        "lease": LEASE_SECONDS + max((_longest(h.steps, views) for h in views.calling_handlers), default=0),
    }


def _longest(steps: Steps, views: Views) -> int:
    """The seconds that the calls of some steps may take, all attempts together."""
    systems = [views.integration(step.integration) for step in walk_steps(steps) if isinstance(step, Ask)]
    return sum(s.attempts * (-(-s.timeout_us // _SECOND) + BACK_OFF_SECONDS) for s in systems)

"""The environment variables that a service reads itself, and those that a blueprint names beside them."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pydantic import BaseModel

from autocoder.blueprint import model
from autocoder.ir.behaviour import Invoke, walk_steps
from autocoder.ir.expressions import Const
from autocoder.ir.lower_access import rules_of
from autocoder.ir.nodes import Operation

if TYPE_CHECKING:
    from autocoder.ir.lower import Blueprint

LOG_LEVEL = "LOG_LEVEL"
SMTP_URL = "SMTP_URL"
"""The variable that names the mail server."""
SETTINGS = frozenset(
    {
        *("BROKER_URL", "CACHE_URL", "DATABASE_CONNECTIONS", "DATABASE_URL", "DIGEST_KEY", "ENCRYPTION_KEYS"),
        *("ENVIRONMENT", "FILES_FOLDER", "HOST", LOG_LEVEL, "MANAGEMENT_PORT", "MAX_BODY_BYTES"),
        *("MAX_UPLOAD_BYTES", "OTEL_EXPORTER_OTLP_ENDPOINT", "POLL_SECONDS", "PORT", "SIGNING_KEY", SMTP_URL),
        *("TOKEN_LIFETIME", "VERIFICATION_KEYS"),
    }
)
"""The settings of every service that can be made; each may come to a service later, so none is free in any."""
PROCESS = frozenset(
    {
        *("API_PORTS", "BASE_IMAGE", "FORWARDED_ALLOW_IPS", "HOME", "PATH", "POSTGRES_PASSWORD"),
        *("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONUNBUFFERED", "TZ"),
    }
)
"""What the process, its image and its server read."""
_LIBRARIES = ("OTEL_", "PG", "PYTHON", "SSL_")
"""How variables start that libraries of a service read."""
_MEMBERS = frozenset(
    {
        *("be_a_mail_server", "be_a_schedule", "be_an_address", "be_keys", "be_ready_for_production", "cipher"),
        *("field_validator", "keys", "model_validator", "name_the_driver", "settings_customise_sources"),
    }
)
"""What the class of the settings has beside them."""
_WORDS = frozenset({*keyword.kwlist, *dir(builtins), *dir(BaseModel), *_MEMBERS})
_RULE = f"a service has these itself: {', '.join(sorted(SETTINGS | PROCESS))}; nor is it a word of Python"


def is_taken(variable: str) -> bool:
    """Whether a variable cannot be named by a blueprint: the service has it, or no setting can be called so."""
    return variable in SETTINGS | PROCESS or variable.lower() in _WORDS


def named_variables(design: model.Architecture) -> frozenset[str]:
    """The variables that a blueprint names itself."""
    return frozenset(variable for variable, _ in _named(design))


def unread_variable(name: str, own: frozenset[str]) -> bool:
    """Whether nothing in a service reads a variable: neither its settings, nor its libraries."""
    return name not in SETTINGS | PROCESS | own and not name.startswith(_LIBRARIES)


def setting(node: str, field: str) -> str:
    """The setting that holds a field of a node where environments differ in it."""
    return "_".join(part.replace(".", "_").removesuffix("_us") for part in (*node.split(":"), field))


def shared_secrets(operations: Iterable[Operation]) -> list[str]:
    """The shared secrets that operations check, by the variables that hold them."""
    found = {
        str(value.value)
        for operation in operations
        for step in walk_steps(operation.steps)
        if isinstance(step, Invoke) and step.target == "check_secret"
        for name, value in step.args
        if name == "name" and isinstance(value, Const)
    }
    return sorted(found)


def check_variables(blueprint: Blueprint) -> None:
    """Each variable that holds an address or a secret is the blueprint's own, and holds one of them."""
    meant: dict[str, bool] = {}
    for variable, at in _named(blueprint.design):
        if is_taken(variable):
            message = f'"{variable}" is the service\'s own'
            help_ = f"name another, for example OUTSIDE_{variable}"
            blueprint.complain("AC3238", message, _RULE, *at, help=help_)
        if meant.setdefault(variable, at[-1] == "secret") != (at[-1] == "secret"):
            rule = "a variable holds an address or a secret"
            blueprint.complain("AC3239", f"{variable} is both", rule, *at, help="name two variables")


def _named(design: model.Architecture) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Every variable that a blueprint names, with its place."""
    if design.auth and design.auth.issuer:
        yield design.auth.issuer.url.env, ("auth", "issuer", "url", "env")
    for name, integration in design.integrations.items():
        yield integration.base_url.env, ("integrations", name, "base_url", "env")
        if integration.auth:
            yield integration.auth.secret, ("integrations", name, "auth", "secret")
    for name, channel in design.channels.items():
        if channel.webhook:
            yield channel.webhook.url.env, ("channels", name, "webhook", "url", "env")
            yield channel.webhook.sign.secret, ("channels", name, "webhook", "sign", "secret")
    for name, operation in design.operations.items():
        listed = not isinstance(operation.access, str | model.AccessRule)
        for index, rule in enumerate(rules_of(operation.access)):
            at = ("operations", name, "access", *((index,) if listed else ()))
            if isinstance(rule, model.AccessRule) and rule.secret:
                yield rule.secret, (*at, "secret")
            if isinstance(rule, model.AccessRule) and rule.signature:
                yield rule.signature.secret, (*at, "signature", "secret")

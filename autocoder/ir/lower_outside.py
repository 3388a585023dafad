"""Lowers what is outside: integrations and channels, and the effects `call` and `notify` that use them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from autocoder.blueprint import model
from autocoder.ir import effects as macros
from autocoder.ir.behaviour import Ask, Steps, Values
from autocoder.ir.durations import share_ppm, span_us
from autocoder.ir.expressions import Const, Expr
from autocoder.ir.lower_pages import page
from autocoder.ir.nodes import Channel, Exchange, Input, Integration
from autocoder.ir.types import TEXT, Type, record_of

if TYPE_CHECKING:
    from autocoder.ir.lower import Blueprint
    from autocoder.ir.lower_behaviour import Lowering, Path

WRITES = frozenset(
    {"Create", "Update", "Upsert", "Delete", "Increment", "Transition", "Publish", "Notify", "DeadLetter"}
)
"""Effects that would be undone if the operation failed; a call that was made cannot be."""
SAID = frozenset({"type", "optional", "min", "max", "pattern", "values", "fields"})
"""What can be said of a value that goes to or comes from the other side."""
KEPT = frozenset({"password", "token", "code"})
"""Types of values that the service makes or keeps for itself."""
NESTED = frozenset({"list", "record", "map", "json"})
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True, kw_only=True)
class Outside:
    """The part of a blueprint that is about what it reaches beyond itself."""

    blueprint: Blueprint

    def integrations(self) -> list[Integration]:
        """The systems that can be asked."""
        return [self.integration(name, spec) for name, spec in self.blueprint.design.integrations.items()]

    def integration(self, name: str, spec: model.Integration) -> Integration:
        self.blueprint.satisfies(f"integration:{name}", spec.satisfies, "integrations", name)
        header = spec.auth.place.removeprefix("header ") if spec.auth else ""
        return Integration(
            name=name,
            address=spec.base_url.env,
            secret=spec.auth.secret if spec.auth else "",
            header="Authorization" if header == "bearer" else header,
            timeout_us=span_us(spec.timeout),
            attempts=spec.retry.attempts,
            failures=spec.breaker.failures,
            reset_us=span_us(spec.breaker.reset),
            availability_ppm=share_ppm(spec.availability) if spec.availability else None,
            exchanges=tuple(self.exchange(name, n, o) for n, o in spec.operations.items()),
        )

    def exchange(self, integration: str, name: str, spec: model.OutsideOperation) -> Exchange:
        method, _, path = spec.route.partition(" ")
        at = ("integrations", integration, "operations", name)
        in_path = re.findall(r"\{([^}]*)\}", path)
        usual = "body" if method in ("POST", "PUT", "PATCH") else "query"
        sent = {n: Input(name=n, place="path", type=TEXT) for n in in_path}
        for given in self.values(spec.send, *at, "send"):
            place = "path" if given.name in in_path else usual
            if place != "body" and given.type.name in NESTED:
                self.wrong(f"{given.type} has no place in a {place}", *at, "send", given.name)
            sent[given.name] = Input(
                name=given.name, place=place, type=given.type, required=given.required, constraints=given.constraints
            )
        received = self.values(spec.receive, *at, "receive")
        return Exchange(
            name=name,
            method=cast("Any", method),
            path=path,
            sent=tuple(sent.values()),
            received=received,
        )

    def values(self, specs: Mapping[str, model.FieldSpec], *at: str) -> tuple[Input, ...]:
        for name, spec in specs.items():
            if more := spec.model_fields_set - SAID:
                self.wrong(f"{', '.join(sorted(more))} cannot be said of what is exchanged", *at, name)
        found = self.blueprint.fields(specs, *at)
        for f in found:
            if f.type.format in KEPT or f.type.entity:
                self.wrong(f"{f.type} means nothing outside of this service", *at, f.name)
        return tuple(
            Input(name=f.name, place="body", type=f.type, required=not f.type.optional, constraints=f.constraints)
            for f in found
        )

    def wrong(self, message: str, *at: str) -> None:
        rule = f"a value that is exchanged has a plain type and at most {', '.join(sorted(SAID - {'type'}))}"
        self.blueprint.complain("AC3232", message, rule, *at)

    def channels(self) -> list[Channel]:
        """The ways to tell somebody something."""
        return [self.channel(name, spec) for name, spec in self.blueprint.design.channels.items()]

    def channel(self, name: str, spec: model.Channel) -> Channel:
        self.blueprint.satisfies(f"channel:{name}", spec.satisfies, "channels", name)
        if (spec.mail is None) == (spec.webhook is None):
            rule = "a channel is either mail or a webhook"
            self.blueprint.complain("AC3233", "it is not one of mail and webhook", rule, "channels", name)
        if spec.webhook is not None:
            return Channel(
                name=name, transport="webhook", address=spec.webhook.url.env, secret=spec.webhook.sign.secret
            )
        return Channel(name=name, transport="mail", sender=spec.mail.sender if spec.mail else "")


def call(to: Lowering, effect: model.Call, at: Path) -> Steps:
    name, _, operation = effect.call.partition(".")
    integration = to.world.integrations.get(name)
    if integration is None:
        to.unknown("integration", name, to.world.integrations, (*at, "call"))
        return ()
    known = {e.name: e for e in integration.exchanges}
    if operation not in known:
        to.unknown(f"operation of {name}", operation, known, (*at, "call"))
        return ()
    _in_its_place(to, at)
    exchange = known[operation]
    args = _sent(to, effect.values, exchange, f"{name}.{operation}", at)
    type_ = record_of((given.name, given.type) for given in exchange.received)
    failed = _failed(to, effect, type_, at)
    if failed is not None and failed.type.optional:
        type_ = type_.or_null()
    bind = effect.name or operation
    to.locals[bind] = type_
    return macros.call(Ask(integration=name, operation=operation, args=args, bind=bind, type=type_, failed=failed))


def _in_its_place(to: Lowering, at: Path) -> None:
    """A call cannot be undone: it comes before all that can be, happens once, and is made by what can be run again."""
    written = [verb for verb in to.verbs if verb in WRITES]
    if written:
        to.complain(
            "AC3230",
            f"a call after {written[0].lower()}, which a failing call would have to undo",
            at,
            rule="a call runs outside of the transaction, so it comes before everything that is written",
            help="call first; or publish an event, and call in a handler on it",
        )
    if to.repeated or (to.path[0] == "handlers" and to.event is None):
        where = "inside `each`" if to.repeated else "on a schedule"
        to.complain(
            "AC3231",
            f"a call {where} cannot be made again without the others",
            at,
            rule="a call is made by an operation or a handler on an event, once each",
            help="publish an event for each, and call in a handler on it",
        )


def _sent(to: Lowering, given: Mapping[str, str], exchange: Exchange, name: str, at: Path) -> Values:
    to.known({i.name: i for i in exchange.sent}, given, (*at, "with"), name)
    values: list[tuple[str, Expr]] = []
    for i in exchange.sent:
        if i.name in given:
            text, scope = given[i.name], to.scope()
            values.append((i.name, to.expression(text, (*at, "with", i.name), scope, i.type, i.constraints.values)))
        elif i.required:
            to.complain("AC3119", f'{name} needs "{i.name}"', at, help=f"add `{i.name}` to `with`")
    return tuple(values)


def _failed(to: Lowering, effect: model.Call, type_: Type, at: Path) -> Expr | None:
    if not effect.failed:
        return None
    return to.expression(effect.failed, (*at, "failed"), to.scope(), type_.or_null())


def notify(to: Lowering, effect: model.Notify, at: Path) -> Steps:
    channel = to.world.channels.get(effect.notify)
    if channel is None:
        to.unknown("channel", effect.notify, to.world.channels, (*at, "notify"))
        return ()
    of_mail = [name for name in ("to", "subject", "text", "html") if getattr(effect, name) is not None]
    if channel.transport == "webhook":
        if of_mail:
            _unfit(to, f"{channel.name} is a webhook, which has no {of_mail[0]}", (*at, of_mail[0]))
        values = tuple((n, to.expression(text, (*at, "with", n), to.scope())) for n, text in effect.values.items())
        return macros.notify(channel.name, values)
    if effect.values:
        _unfit(to, f"{channel.name} is mail, which has no `with`", (*at, "with"))
    missing = [name for name in ("to", "subject", "text") if name not in of_mail]
    if missing:
        _unfit(to, f"mail needs {' and '.join(missing)}", at)
    return macros.notify(channel.name, _mail(to, effect, at))


def _mail(to: Lowering, effect: model.Notify, at: Path) -> Values:
    address = to.expression(effect.to or '""', (*at, "to"), to.scope(), TEXT)
    literal = isinstance(address, Const) and _ADDRESS.fullmatch(str(address.value))
    if effect.to is not None and address.type.format != "email" and not literal:
        _unfit(to, f"it goes to {address.type}, not to an email address", (*at, "to"))
    values: list[tuple[str, Expr]] = [("to", address)]
    for name, template in (("subject", effect.subject), ("text", effect.text), ("html", effect.html)):
        if template is not None:
            values.append((name, page(to, template, (*at, name), escaped=name == "html")))
    return tuple(values)


def _unfit(to: Lowering, message: str, at: Path) -> None:
    to.complain(
        "AC3233",
        message,
        at,
        rule="mail goes `to` a value of type email with `subject`, `text` and perhaps `html`; a webhook holds `with`",
        help="for example {notify: mail, to: user.email, subject: Welcome, text: Hello}",
    )

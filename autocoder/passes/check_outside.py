"""Looks at what is reached outside: how long calls may take, and how environments say where it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlsplit

from autocoder.ir.behaviour import Ask, Choose, Steps
from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Auth, Budget, Channel, Environment, Handler, Integration, Operation
from autocoder.ir.variables import SMTP_URL, shared_secrets
from autocoder.passes.protocol import PassContext


@dataclass(frozen=True, kw_only=True)
class CheckOutside:
    """A slow call may miss the objective (a warning); no secret is written out, and no address is open to others."""

    name: ClassVar[str] = "check-outside"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        known = {i.name: i for i in graph.of_kind(Integration)}
        budgets = {b.name: b for b in graph.of_kind(Budget)}
        for operation in graph.of_kind(Operation):
            self._time(operation, budgets[operation.name], known, context)
        for handler in graph.of_kind(Handler):
            self._repeats(handler, known, context)
        for environment in graph.of_kind(Environment):
            self._environment(environment, graph, context)
        return graph

    def _time(self, operation: Operation, budget: Budget, known: dict[str, Integration], context: PassContext) -> None:
        longest = _longest(operation.steps, known)
        limit = min((limit for _, limit in budget.latencies), default=longest)
        if longest <= limit:
            return
        subject = f"operations.{operation.name}"
        context.diagnostics.warning(
            "AC3234",
            f"{subject}: its calls may take {longest / 1_000_000:g} s, and {limit / 1000:g} ms is stated",
            context.place("architecture", "operations", operation.name),
            subject=subject,
            rule="a call takes at most its time-out times its attempts",
            help="shorten the time-out or try less often; or publish an event, and call in a handler on it",
        )

    def _repeats(self, handler: Handler, known: dict[str, Integration], context: PassContext) -> None:
        if handler.delivery is not None and not handler.delivery.repeats and _longest(handler.steps, known):
            subject = f"handlers.{handler.name}"
            context.diagnostics.error(
                "AC3231",
                f"{subject}: it runs at most once, so a call that fails is never made again",
                context.place("architecture", "handlers", handler.name),
                subject=subject,
                rule="a handler that calls gets its events at least once; its calls keep their key",
                help="leave the delivery at least once",
            )

    def _environment(self, environment: Environment, graph: Graph, context: PassContext) -> None:
        at = ("environments", environment.name, "env")
        stated = {v.name: v for v in environment.variables}
        needed = dict(_needed(graph))
        for name, variable in stated.items():
            problem = _plain(name, variable.value, needed, graph) if not variable.secret else ""
            if problem:
                context.diagnostics.error(
                    "AC3236" if "http" in problem else "AC3235",
                    f"{'.'.join((*at, name))}: {problem}",
                    context.place("deployment", *at, name),
                    subject=".".join((*at, name)),
                    rule="an address of another host is https, and a secret is named, never written",
                    help=f"for example {name}: {{secret: outside/{name.lower().replace('_', '-')}}}",
                )


def _needed(graph: Graph) -> Iterator[tuple[str, str]]:
    """The variables that must be stated, each with what needs it."""
    for auth in graph.of_kind(Auth):
        if auth.issuer:
            yield auth.issuer.address, "auth.issuer"
    for operation in graph.of_kind(Operation):
        if operation.signed:
            yield operation.signed.secret, operation.name
        for secret in shared_secrets([operation]):
            yield secret, operation.name
    yield from _reached(graph)


def _reached(graph: Graph) -> Iterator[tuple[str, str]]:
    """The variables of systems that the service asks or tells something."""
    for integration in graph.of_kind(Integration):
        yield integration.address, integration.name
        if integration.secret:
            yield integration.secret, integration.name
    for channel in graph.of_kind(Channel):
        if not graph.sources(channel.id, "notifies"):
            continue
        if channel.transport == "mail":
            yield SMTP_URL, channel.name
        else:
            yield channel.address, channel.name
            yield channel.secret, channel.name


def _plain(name: str, value: str, needed: dict[str, str], graph: Graph) -> str:
    """What is wrong with a variable that is a plain value; "" where nothing is."""
    if name not in needed:
        return ""
    issuers = (auth.issuer for auth in graph.of_kind(Auth) if auth.issuer)
    addresses = {n.address for n in (*graph.of_kind(Integration), *graph.of_kind(Channel), *issuers)}
    if name not in addresses and not (name == SMTP_URL and "@" not in value):
        return f"a secret of {needed[name]} is written out"
    parts = urlsplit(value)
    if parts.scheme == "http" and "." in (parts.hostname or ""):
        return f"{needed[name]} is reached over plain http"
    return ""


def _longest(steps: Steps, known: dict[str, Integration]) -> int:
    """The microseconds that the calls of the longest branch may take."""
    found = 0
    for step in steps:
        match step:
            case Ask(integration=name):
                found += known[name].timeout_us * known[name].attempts
            case Choose():
                found += max(_longest(step.then, known), _longest(step.otherwise, known))
            case _:
                pass
    return found

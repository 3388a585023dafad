"""Rules over the design: what can be seen before anything is emitted."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from autocoder.diagnostics import Severity
from autocoder.ir.audit import AUDIT_ENTRY
from autocoder.ir.behaviour import (
    Ask,
    Change,
    Find,
    Insert,
    Invoke,
    List,
    Notify,
    Remove,
    Reply,
    Values,
    expressions,
    walk_steps,
)
from autocoder.ir.expressions import Bound, walk
from autocoder.ir.nodes import Entity, Environment, Operation
from autocoder.ir.views import Views
from autocoder.rules.rule import Look, Rule, Scope, holds_secret

_PRODUCTION = "production"
_REDUNDANT_FROM_PPM = 999_000
_DNS_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, kw_only=True)
class Design:
    """The design, and the subjects ("operations.shorten.access") of the decisions that somebody stated or approved."""

    views: Views
    decided: Collection[str] = frozenset()


def _public_writes(design: Design) -> Iterator[Look]:
    """Registration makes the account that later writes are checked against, so it is open by its nature."""
    auth = design.views.auth
    for operation in design.views.operations:
        written = _written(operation) - {AUDIT_ENTRY}
        if operation.method == "GET" or not written:
            continue
        subject = f"operations.{operation.name}.access"
        registration = auth is not None and written == {auth.entity} and operation.method == "POST"
        if operation.access == "user" or registration or _asks_for_a_key(operation) or subject in design.decided:
            yield Look(subject=subject)
            continue
        asked_for = bool(design.views.satisfied_by(operation.id))
        yield Look(
            subject=subject,
            problem=f"anyone may write {', '.join(sorted(written))}",
            value=operation.access,
            severity=Severity.WARNING if asked_for else Severity.ERROR,
        )


def _asks_for_a_key(operation: Operation) -> bool:
    """Whether only who signs, or holds a key or a shared secret, gets through."""
    keys = ("check_token", "check_secret")
    return operation.signed is not None or any(
        isinstance(step, Invoke) and step.target in keys for step in operation.steps
    )


def _written(operation: Operation) -> set[str]:
    found: set[str] = set()
    for step in walk_steps(operation.steps):
        match step:
            case Insert():
                found.add(step.entity)
            case Change() | Remove():
                found.add(step.row.entity)
            case _:
                pass
    return found


def _others_rows(design: Design) -> Iterator[Look]:
    auth = design.views.auth
    if auth is None:
        return
    named = _named_by_clients(design)
    owned = {
        e.name
        for e in design.views.entities
        if any(f.type.entity == auth.entity and (e.name, f.name) not in named for f in e.fields)
    }
    for operation in design.views.operations:
        changed = _changed(operation) & owned
        if not changed or operation.access != "user":
            continue
        wrong = f"any signed-in user may change or delete any {', '.join(sorted(changed))}"
        yield Look(subject=f"operations.{operation.name}", problem="" if _asks_caller(operation) else wrong)


def _named_by_clients(design: Design) -> set[tuple[str, str]]:
    """Fields that clients set: whom they name there is part of the row, like an assignee, and does not own it."""
    steps = (s for o in design.views.operations for s in walk_steps(o.steps) if isinstance(s, Insert))
    return {
        (step.entity, name)
        for step in steps
        for name, value in step.values
        if any(isinstance(node, Bound) and node.scope == "input" for node in walk(value))
    }


def _changed(operation: Operation) -> set[str]:
    return {s.row.entity for s in walk_steps(operation.steps) if isinstance(s, Change | Remove)}


def _asks_caller(operation: Operation) -> bool:
    return any(
        isinstance(node, Bound) and node.scope == "caller"
        for step in walk_steps(operation.steps)
        for expression in expressions(step)
        for node in walk(expression)
    )


def _personal_data(design: Design) -> Iterator[Look]:
    entities = {entity.name: entity for entity in design.views.entities}
    for operation in design.views.operations:
        if operation.access != "anyone":
            continue
        exposed = sorted(_shown_personal(operation, entities))
        wrong = f"answers personal data to anyone: {', '.join(exposed)}" if exposed else ""
        yield Look(subject=f"operations.{operation.name}.output", problem=wrong)


def _shown_personal(operation: Operation, entities: dict[str, Entity]) -> set[str]:
    """Personal fields of rows that the operation read; what a client has just sent it knows already."""
    rows: dict[str, Entity] = {}
    shown: set[str] = set()
    for step in walk_steps(operation.steps):
        match step:
            case Find():
                rows[step.bind] = entities[step.match.entity]
            case List():
                rows[step.bind] = entities[step.entity]
            case Reply():
                shown |= _replied(step, rows)
            case _:
                pass
    return shown


def _replied(reply: Reply, rows: dict[str, Entity]) -> set[str]:
    entity = rows.get(reply.view or "")
    shown = {f"{entity.name}.{f.name}" for f in entity.fields if f.personal and not f.hidden} if entity else set[str]()
    for expression in expressions(reply):
        for node in walk(expression):
            if isinstance(node, Bound) and node.scope == "row" and node.name in rows and node.field:
                row = rows[node.name]
                shown |= {f"{row.name}.{f.name}" for f in row.fields if f.name == node.field and f.personal}
    return shown


def _sent_away(design: Design) -> Iterator[Look]:
    """What leaves the system: values of calls and webhooks. The address that a mail goes to is what mail is about."""
    entities = {entity.name: entity for entity in design.views.entities}
    account = design.views.auth.entity if design.views.auth else ""
    webhooks = {c.name for c in design.views.channels if c.transport == "webhook"}
    for part, behaviour in (
        *(("operations", o) for o in design.views.operations),
        *(("handlers", h) for h in design.views.handlers),
    ):
        rows = {"caller": entities[account]} if account else {}
        for step in walk_steps(behaviour.steps):
            match step:
                case Find():
                    rows[step.bind] = entities[step.match.entity]
                case Insert():
                    rows[step.bind] = entities[step.entity]
                case Ask(integration=to, args=values):
                    yield _leaves(f"{part}.{behaviour.name}", to, values, rows)
                case Notify(channel=to, values=values) if to in webhooks:
                    yield _leaves(f"{part}.{behaviour.name}", to, values, rows)
                case _:
                    pass


def _leaves(subject: str, to: str, values: Values, rows: Mapping[str, Entity]) -> Look:
    """One message to a system outside, with the personal fields in it."""
    read = (node for _, value in values for node in walk(value) if isinstance(node, Bound) and node.name in rows)
    found = {
        f"{rows[node.name].name}.{f.name}"
        for node in read
        for f in rows[node.name].fields
        if f.personal and f.name == node.field
    }
    return Look(subject=subject, problem=f"sends personal data to {to}: {', '.join(sorted(found))}" if found else "")


def _unused(design: Design) -> Iterator[Look]:
    """What is stated and never used: nothing in the service does anything with it."""
    views = design.views
    steps = [s for behaviour in (*views.operations, *views.handlers) for s in walk_steps(behaviour.steps)]
    asked = {f"{s.integration}.{s.operation}" for s in steps if isinstance(s, Ask)}
    told = {s.channel for s in steps if isinstance(s, Notify)}
    called = {s.name for s in steps if isinstance(s, Invoke) and s.target == "custom"}
    stated = [
        (f"integrations.{i.name}.operations.{e.name}", f"{i.name}.{e.name}" in asked, "asks it")
        for i in views.integrations
        for e in i.exchanges
    ]
    stated += [(f"channels.{c.name}", c.name in told, "sends anything over it") for c in views.channels]
    stated += [(f"functions.{f.name}", f.name in called, "calls it") for f in views.functions]
    for subject, used, what in stated:
        yield Look(subject=subject, problem="" if used else f"nothing {what}")


def _secret_values(design: Design) -> Iterator[Look]:
    for environment in design.views.environments:
        for variable in environment.variables:
            literal = not variable.secret and holds_secret(variable.name, variable.value)
            subject = f"environments.{environment.name}.env.{variable.name}"
            yield Look(subject=subject, problem="a secret stands here as a value" if literal else "")


def _plain_http(design: Design) -> Iterator[Look]:
    for environment in _production(design):
        wrong = environment.host and not environment.tls
        subject = f"environments.{environment.name}.exposure.tls"
        yield Look(subject=subject, problem=f"{environment.host} is served without TLS" if wrong else "")


_PLAIN = frozenset({"amqp", "ftp", "http", "ldap", "mqtt", "nats", "redis", "smtp", "ws"})
_INSIDE = (".svc", ".local", ".internal", ".localhost")
"""How names of the cluster's own network end, which never leave it; one without a dot is one too."""


def _plain_transports(design: Design) -> Iterator[Look]:
    for environment in _production(design):
        for variable in environment.variables:
            host = _plain_address(variable.value)
            problem = f"{host} is reached without encryption" if host else ""
            subject = f"environments.{environment.name}.env.{variable.name}"
            yield Look(subject=subject, problem=problem, value=variable.value if host else None)


def _plain_address(value: str) -> str:
    """The host of an address that is reached over an open network without encryption, else ""."""
    try:
        url = urlsplit(value)
        host = url.hostname or ""
    except ValueError:
        return ""
    inside = "." not in host or host.endswith(_INSIDE) or host.startswith("127.")
    plain = url.scheme in _PLAIN or (url.scheme.startswith("postgres") and "ssl" not in url.query)
    return host if plain and not inside else ""


def _wildcard_origins(design: Design) -> Iterator[Look]:
    if design.views.auth is not None and design.views.wire.origins:
        wrong = "*" in design.views.wire.origins
        problem = "a page of any origin may call with the token of whoever is signed in" if wrong else ""
        yield Look(subject="cors.origins", problem=problem, value="*" if wrong else None)


def _single_points(design: Design) -> Iterator[Look]:
    """Below the availability for which one replica is an error, it is still one that production goes down with."""
    for environment in _production(design):
        if (design.views.objectives_in(environment).availability_ppm or 0) >= _REDUNDANT_FROM_PPM:
            continue
        for workload in design.views.workloads if environment.host else ():
            if workload.port is not None:
                alone = design.views.replicas(environment, workload) < 2
                subject = f"environments.{environment.name}.replicas.{workload.name}"
                problem = f"{environment.host} is away whenever its one replica is" if alone else ""
                yield Look(subject=subject, problem=problem, value="1" if alone else None)


def _single_replicas(design: Design) -> Iterator[Look]:
    for environment in _production(design):
        stated = design.views.objectives_in(environment).availability_ppm or 0
        if stated < _REDUNDANT_FROM_PPM:
            continue
        for workload in design.views.workloads:
            if workload.port is None:
                continue
            alone = design.views.replicas(environment, workload) < 2
            wrong = f"one replica cannot give {stated / 10_000:g}%"
            subject = f"environments.{environment.name}.replicas.{workload.name}"
            yield Look(subject=subject, problem=wrong if alone else "", value="1" if alone else None)


def _replicas_on_a_file(design: Design) -> Iterator[Look]:
    for environment in design.views.environments:
        for name, replicas in environment.replicas:
            wrong = environment.store == "sqlite" and replicas > 1
            subject = f"environments.{environment.name}.replicas.{name}"
            problem = f"{replicas} replicas cannot share one SQLite file" if wrong else ""
            yield Look(subject=subject, problem=problem, value=str(replicas) if wrong else None)


def _production_on_a_file(design: Design) -> Iterator[Look]:
    keeps = any(component.role == "Store" for component in design.views.components)
    for environment in _production(design):
        wrong = keeps and environment.store == "sqlite"
        subject = f"environments.{environment.name}.engines.store"
        yield Look(subject=subject, problem="production keeps its data in one file" if wrong else "")


def _names(design: Design) -> Iterator[Look]:
    """Names that become names of a cluster; what the blueprint's own patterns let through and a cluster would not."""
    for environment in design.views.environments:
        subject = f"environments.{environment.name}"
        namespace = f"{design.views.system.name}-{environment.name}"
        yield _name(subject, "namespace", namespace, _DNS_LABEL.fullmatch(namespace) is not None)
        if environment.host:
            yield _name(f"{subject}.exposure.host", "host", environment.host, _is_host(environment))
        for variable in environment.variables:
            if variable.secret:
                valid = _DNS_LABEL.fullmatch(variable.secret) is not None
                yield _name(f"{subject}.env.{variable.name}", "secret", variable.secret, valid)


def _name(subject: str, what: str, name: str, valid: bool) -> Look:
    return Look(subject=subject, problem="" if valid else f'"{name}" is no valid name of a {what}', value=name)


def _is_host(environment: Environment) -> bool:
    labels = environment.host.split(".")
    return len(labels) > 1 and all(_DNS_LABEL.fullmatch(label) for label in labels)


def _production(design: Design) -> list[Environment]:
    return [e for e in design.views.environments if e.name == _PRODUCTION]


DESIGN_RULES: tuple[Rule[Design], ...] = (
    Rule(id="design:public-write", code="AC4101", scope=Scope.DESIGN, look=_public_writes),
    Rule(id="design:others-rows", code="AC4102", scope=Scope.DESIGN, look=_others_rows),
    Rule(id="design:personal-data", code="AC4103", scope=Scope.DESIGN, look=_personal_data),
    Rule(id="design:secret-value", code="AC4104", scope=Scope.DESIGN, look=_secret_values),
    Rule(id="design:plain-http", code="AC4105", scope=Scope.DESIGN, look=_plain_http),
    Rule(id="design:single-replica", code="AC4106", scope=Scope.DESIGN, look=_single_replicas),
    Rule(id="design:replicas-on-a-file", code="AC4107", scope=Scope.DESIGN, look=_replicas_on_a_file),
    Rule(id="design:production-on-a-file", code="AC4108", scope=Scope.DESIGN, look=_production_on_a_file),
    Rule(id="design:plain-transport", code="AC3250", scope=Scope.DESIGN, look=_plain_transports),
    Rule(
        id="design:wildcard-origins",
        code="AC3251",
        scope=Scope.DESIGN,
        look=_wildcard_origins,
        severity=Severity.WARNING,
    ),
    Rule(id="design:single-point", code="AC3252", scope=Scope.DESIGN, look=_single_points, severity=Severity.WARNING),
    Rule(id="design:sent-away", code="AC4110", scope=Scope.DESIGN, look=_sent_away, severity=Severity.WARNING),
    Rule(id="design:unused", code="AC4111", scope=Scope.DESIGN, look=_unused, severity=Severity.WARNING),
    Rule(id="design:names", code="AC4109", scope=Scope.DESIGN, look=_names),
)

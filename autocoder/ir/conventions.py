"""The conventions that a blueprint relies on without saying so: each a decision, so that people see and change it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from autocoder.blueprint import model
from autocoder.decisions import Decision, Source
from autocoder.ir.behaviour import Invoke, List, Reply, walk_steps
from autocoder.ir.durations import microseconds
from autocoder.ir.field_types import PASSWORD_LENGTH
from autocoder.ir.lower_inbound import USUAL_TOLERANCE
from autocoder.ir.lower_lists import LIST_LIMIT
from autocoder.ir.nodes import Issuer, Operation
from autocoder.ir.views import Views


def conventions(views: Views) -> tuple[Decision, ...]:
    """The decisions that lowering and the passes made."""
    return (*_operations(views), *_bodies(views), *_system(views))


def body_subject(function: str) -> str:
    """The subject of the decision to run the body of a custom function."""
    return f"functions.{function}.body"


def _bodies(views: Views) -> Iterator[Decision]:
    for function in views.functions:
        yield Decision(
            subject=body_subject(function.name),
            value=f"sha256:{hashlib.sha256(function.body.encode()).hexdigest()}",
            source=Source.INFERRED,
            because=f"custom/{function.name}.py is there, and its text does not say who answers for it",
            consequence="until a person approves it, the body runs only where a sandbox works",
        )


def _operations(views: Views) -> Iterator[Decision]:
    for operation in views.operations:
        subject = f"operations.{operation.name}"
        if not operation.stated:
            yield Decision(
                subject=subject,
                value=f"{operation.method} {operation.path}",
                source=Source.INFERRED,
                because="people who sign in need a way to register and a way to log in",
                alternatives=("state the operation with another route",),
                consequence="clients register and log in here; the objectives do not cover it",
            )
        yield from _delivery(operation)
        for step in walk_steps(operation.steps):
            match step:
                case List(limit=limit) if limit == LIST_LIMIT:
                    yield Decision(
                        subject=f"{subject}.limit",
                        value=str(LIST_LIMIT),
                        source=Source.DEFAULT,
                        because="a list that nobody bounds would grow for ever",
                        alternatives=("limit: 1 to 1000",),
                        consequence="clients see at most this many rows",
                    )
                case Reply(redirect=target, status=status) if target is not None:
                    yield Decision(
                        subject=f"{subject}.output.status",
                        value=str(status),
                        source=Source.DEFAULT,
                        because="a redirect that may change is temporary and never cached",
                        alternatives=("301", "303", "307", "308"),
                        consequence="every visit reaches this service and is seen",
                    )
                case _:
                    pass


def _delivery(operation: Operation) -> Iterator[Decision]:
    usual = {"tolerance": USUAL_TOLERANCE, "keep": model.Signed.model_fields["keep"].default}
    if operation.signed and operation.once:
        for name, value, because, consequence in (
            (
                "tolerance",
                operation.signed.tolerance_us,
                "clocks differ a little, and what somebody caught must not be good for long",
                "what says that it was sent earlier or later is refused",
            ),
            (
                "keep",
                operation.once.keep_us,
                "a sender that gets no answer tries again for hours or days",
                "a delivery that comes again later than this is acted on again",
            ),
        ):
            if value == microseconds(usual[name]):
                yield Decision(
                    subject=f"operations.{operation.name}.access.signature.{name}",
                    value=usual[name],
                    source=Source.DEFAULT,
                    because=because,
                    alternatives=("what the sender's documentation says",),
                    consequence=consequence,
                )


def _issued(issuer: Issuer) -> Iterator[Decision]:
    yield Decision(
        subject="auth.issuer.accounts",
        value="made at the first token",
        source=Source.DEFAULT,
        because="whoever the issuer lets in belongs here, and rows refer to accounts",
        alternatives=("another audience for those who may come in",),
        consequence="who is deleted and comes again has a new account; who must stay out is stopped at the issuer",
    )
    yield Decision(
        subject="auth.issuer.keys",
        value="asked for each hour and at an unknown key",
        source=Source.DEFAULT,
        because="the issuer changes its keys without notice, and unknown keys must not let others make it ask",
        consequence="without an answer old keys are good for a day; where none was ever got, 503 is answered",
    )
    if issuer.role:
        roles = ", ".join(dict.fromkeys(role for _, role in issuer.roles))
        yield Decision(
            subject="auth.issuer.role",
            value=f"of several the last of {roles}, else {issuer.usual or 'none'}",
            source=Source.DEFAULT,
            because="an account has one role, and the issuer says at every request which",
            alternatives=("another order of the field's values",),
            consequence="a role that is given here in another way lasts until the next request",
        )


def _components(views: Views) -> Iterator[Decision]:
    for component in views.components:
        if not component.stated:
            held = [node.partition(":")[2] for node in views.contained(component)]
            yield Decision(
                subject=f"components.{component.name}",
                value=", ".join((component.role, *held)),
                source=Source.DEFAULT,
                because=_NEEDED[component.role],
                alternatives=("state it in `components`, with another name or other parts",),
                consequence=_CONSEQUENCE[component.role],
            )


_NEEDED = {
    "APIEndpoint": "operations answer requests",
    "Store": "rows, events on their way and turns of schedules are kept",
    "Cache": "processes share counts of requests, or what reads keep",
    "Worker": "handlers run on events",
    "Scheduler": "handlers run on time",
}
_CONSEQUENCE = dict.fromkeys(_NEEDED, "it is a process of its own, with its own replicas") | {
    "Store": "all processes share one database",
    "Cache": "what it holds is a copy: without it each process counts for itself, and reads go to the store",
}


def _password_length(entity: str, field: str) -> Decision:
    return Decision(
        subject=f"entities.{entity}.fields.{field}.length",
        value=" to ".join(str(limit) for limit in PASSWORD_LENGTH),
        source=Source.DEFAULT,
        because="a short password is guessed, and a very long one only costs time to hash",
        alternatives=("min: 12", "max: 64"),
        consequence="a new password outside these limits is refused",
    )


def _capabilities(views: Views) -> Iterator[Decision]:
    if "rate_limit" in views.capabilities:
        yield Decision(
            subject="capabilities.rate_limit.count",
            value=f"together in {views.cache}" if views.cache else "in each process",
            source=Source.DEFAULT,
            because="the environment has a server that all processes share"
            if views.cache
            else "what is counted in one process costs microseconds and needs no server",
            alternatives=() if views.cache else ("engines: {cache: redis}", "a limit at the ingress"),
            consequence="while it is away each process counts for itself"
            if views.cache
            else "with several replicas a client may ask as often of each of them",
        )
    if "idempotency" in views.capabilities:
        yield Decision(
            subject="capabilities.idempotency.failures",
            value="not kept",
            source=Source.DEFAULT,
            because="a request that failed changed nothing, so it may be tried again with its key",
            consequence="a client that repeats a refused request may see it succeed later",
        )


def _checks_password(operation: Operation) -> bool:
    return any(isinstance(s, Invoke) and s.target == "check_password" for s in walk_steps(operation.steps))


def _tokens(views: Views) -> Iterator[Decision]:
    if views.auth and views.auth.issuer:
        yield from _issued(views.auth.issuer)
    elif views.auth:
        yield Decision(
            subject="auth.tokens",
            value="ES256 or RS256, one hour",
            source=Source.DEFAULT,
            because="with two keys others can check a token and only this service can issue one",
            alternatives=("another lifetime by TOKEN_LIFETIME",),
            consequence="SIGNING_KEY must be set in production; its kind, P-256 or RSA, decides; whoever is signed in "
            "logs in again after an hour",
        )


def _system(views: Views) -> Iterator[Decision]:
    yield Decision(
        subject="errors.body",
        value="problem+json",
        source=Source.DEFAULT,
        because="RFC 9457 is the standard shape of an HTTP error",
        consequence="clients read title, status and detail",
    )
    usual = tuple(str(limit) for limit in PASSWORD_LENGTH)
    for entity in views.entities:
        for f in entity.fields:
            limits = f.constraints
            if f.type.format == "password" and (limits.minimum, limits.maximum) == usual:
                yield _password_length(entity.name, f.name)
    yield from _tokens(views)
    if any(o.limit is None and _checks_password(o) for o in views.operations):
        yield Decision(
            subject="auth.login.attempts",
            value="not limited by the service",
            source=Source.DEFAULT,
            because="a lock on an account lets anyone lock its owner out, and the service sees no client's address",
            alternatives=("a limit for each address at the ingress",),
            consequence="each attempt costs a slow hash, two of which a process computes at once",
        )
    if views.broker:
        yield Decision(
            subject="events.delivery",
            value=f"outbox in the store, then {views.broker}",
            source=Source.DEFAULT,
            because="an event is published if and only if the rows of its transaction are kept",
            consequence="each event takes effect once in each handler, however often it comes; order is not promised",
        )
    elif views.events:
        yield Decision(
            subject="events.delivery",
            value="outbox in the store",
            source=Source.DEFAULT,
            because="no broker is named, and the store already makes events as durable as the rows",
            consequence="each event takes effect once in each handler; order is not promised",
        )
    yield from _capabilities(views)
    yield from _components(views)
    for environment in views.environments:
        for workload, count in environment.replicas:
            yield Decision(
                subject=f"environments.{environment.name}.replicas.{workload}",
                value=str(count),
                source=Source.INFERRED,
                because="the stated load and availability need this many",
                alternatives=("a stated number in deployment.yaml",),
                consequence="as many pods run at once",
            )

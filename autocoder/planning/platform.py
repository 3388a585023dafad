"""Sign-in, objectives, rules of the owner, and the environments.

Owns what `auth`, `policy` and `deployment.yaml` get from facts, and their conventions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from autocoder.blueprint.model import (
    SCHEMA_VERSION,
    Auth,
    Create,
    Delete,
    Deployment,
    Effect,
    Engines,
    Environment,
    Exposure,
    Performance,
    Policy,
    PolicyRule,
    SecretRef,
    Update,
)
from autocoder.facts import Fact, Prose
from autocoder.planning import names
from autocoder.planning.workbench import Workbench

_PER = {"per second": "s", "per minute": "min", "per hour": "h"}
_ROW_EFFECTS: dict[str, type[Effect]] = {"create": Create, "update": Update, "delete": Delete}
_ENGINES = ("postgresql", "sqlite")
_BROKERS = ("nats", "rabbitmq", "redis")


class Tracer:
    """Gives the requirement ids of facts, in order."""

    def __init__(self, ids: dict[int, str], prose: Prose) -> None:
        self._ids = ids
        self._prose = prose

    def __call__(self, facts: Sequence[Fact]) -> tuple[str, ...]:
        """The ids, each once."""
        own = [f.evidence[0].start for f in facts if f.evidence[0].prose is self._prose]
        found = dict.fromkeys(self._ids[start] for start in own if start in self._ids)
        return tuple(sorted(found, key=lambda r: int(r[1:])))


def plan_auth(bench: Workbench, trace: Tracer) -> Auth | None:
    """Who signs in, and with what."""
    account = bench.account
    stated = bench.of("authentication")
    bench.use(*stated)
    if account is None:
        return None
    login = next(iter(account.fields))
    secret = next((n for n, f in account.fields.items() if f.type == "password"), "password")
    return Auth(entity=account.name, login=login, secret=secret, satisfies=trace(stated))


def plan_policy(bench: Workbench, trace: Tracer) -> Policy:
    """Objectives and the owner's rules."""
    return Policy(performance=_performance(bench, trace), rules=tuple(_rules(bench)))


def _performance(bench: Workbench, trace: Tracer) -> Performance:
    found: dict[str, Any] = {}
    used: list[Fact] = []
    for fact in bench.of("quality"):
        objective = _objective(bench, fact)
        if objective is None:
            bench.refuse(
                "AC2001",
                f'"{fact.said("metric")}" of {fact.said("value")} {fact.said("unit")} is understood, not planned yet',
                fact,
                rule="objectives are the 95th percentile of latency, requests per second, and availability",
                help='say it like "p95 under 50 ms", "500 requests per second", "99.9% availability"',
            )
            continue
        bench.use(fact)
        used.append(fact)
        found[objective[0]] = objective[1]
    return Performance(**found, satisfies=trace(used))


def _objective(bench: Workbench, fact: Fact) -> tuple[str, str] | None:
    value, unit = fact.word("value"), fact.word("unit")
    if not re.fullmatch(r"\d+(\.\d+)?", value):
        return None
    match fact.word("metric"):
        case "throughput" if unit in _PER:
            return "throughput", f"{value}/{_PER[unit]}"
        case "latency" if unit in {"ms", "s"}:
            return _latency(bench, fact, f"{value}{unit}")
        case "availability" if len(value.partition(".")[0]) == 2:
            return "availability", f"{value}%"
        case _:
            return None


def _latency(bench: Workbench, fact: Fact, limit: str) -> tuple[str, str] | None:
    percentile = fact.word("percentile")
    if percentile not in {"", "95"} and float(percentile) < 95:
        return None
    if percentile != "95":
        what = f"p{percentile}" if percentile else "a latency without a percentile"
        bench.decide(
            "policy.performance.p95",
            limit,
            f"{what} is stated; the gates measure the 95th percentile, and hold it to the same limit.",
            consequence="Nothing checks slower requests than these.",
        )
    return "p95", limit


def _rules(bench: Workbench) -> list[PolicyRule]:
    rules: list[PolicyRule] = []
    for fact in bench.of("access"):
        verb = fact.word("does")
        planned = fact.get("allowed") is False and fact.word("actor") == "nobody" and fact.word("without") == "sign in"
        if not planned or verb in {"other", "visit", "convert", "search"}:
            bench.refuse(
                "AC2001",
                "this rule of access is understood, but not planned yet",
                fact,
                rule="a rule of access forbids something to whoever is not signed in",
                help='say it like "Nobody deletes a link without signing in."',
            )
            continue
        bench.use(fact)
        _fulfil(bench, fact)
        rule_id = f"no-anonymous-{verb}"
        if all(r.id != rule_id for r in rules):
            rules.append(
                PolicyRule(
                    id=rule_id,
                    expr=f"operations.all(o, o.verb != '{verb}' || o.access != 'anyone')",
                    because=names.sentence(fact.evidence[0].text),
                )
            )
    return rules


def _fulfil(bench: Workbench, fact: Fact) -> None:
    """The operations that a rule is about fulfil it by asking for a sign-in; where there is none, the entity does."""
    entity = bench.entity(fact.word("object"))
    effect = _ROW_EFFECTS.get(fact.word("does"))
    about = [
        (name, draft)
        for name, draft in bench.operations.items()
        if entity
        and any(effect and isinstance(e, effect) for e in draft.operation.effects)
        and draft.operation.route.split("/")[1] == entity.plural
    ]
    for name, draft in about:
        draft.facts.append(fact)
        if draft.operation.access == "anyone":
            bench.refuse(
                "AC2005",
                f'operation "{name}" is open to anyone, which this sentence forbids',
                fact,
                rule="the operations keep the rules of the text",
                help=f'say that signed-in users do it, like "Signed-in users {fact.word("verb")} their own …"',
            )
    if not about and entity:
        entity.facts.append(fact)


def plan_deployment(bench: Workbench, system: str, trace: Tracer) -> Deployment:
    """A development environment, and production with what the text says of it."""
    return Deployment(
        schema_version=SCHEMA_VERSION,
        system=system,
        environments={"development": Environment(), "production": _production(bench, system, trace)},
    )


def _production(bench: Workbench, system: str, trace: Tracer) -> Environment:
    engine, stored = _store(bench)
    broker, carried = _broker(bench)
    env: dict[str, str | SecretRef] = {}
    if engine == "postgresql":
        env["DATABASE_URL"] = SecretRef(secret=f"{system}-db/url")
        bench.decide(
            "environments.production.env.DATABASE_URL",
            f"{system}-db/url",
            "The address of the database is a secret; this is where the cluster keeps it.",
        )
    if broker != "store":
        env["BROKER_URL"] = SecretRef(secret=f"{system}-broker/url")
        bench.decide(
            "environments.production.env.BROKER_URL",
            f"{system}-broker/url",
            "The address of the broker is a secret; this is where the cluster keeps it.",
        )
    replicas = 2 if engine == "postgresql" else 1
    why = "Two, so that one may fail or be replaced." if replicas == 2 else "SQLite serves one process."
    bench.decide("environments.production.replicas.api", replicas, f"Nothing says how many. {why}")
    return Environment(
        engines=Engines(store=engine, broker=broker),
        exposure=_exposure(bench, trace),
        replicas={"api": replicas},
        env=env,
        satisfies=trace([*stored, *carried]),
    )


def _store(bench: Workbench) -> tuple[Any, list[Fact]]:
    stated = bench.of("storage")
    _refuse_unknown(bench, (*stated, *bench.of("cache")), _ENGINES)
    bench.use(*stated)
    known = [f for f in stated if f.word("engine") in _ENGINES]
    if not known:
        bench.decide(
            "environments.production.engines.store", "postgresql", "Nothing says where data is kept.", "sqlite"
        )
        return "postgresql", []
    return known[0].word("engine"), known


def _broker(bench: Workbench) -> tuple[Any, list[Fact]]:
    stated = bench.of("broker")
    _refuse_unknown(bench, stated, _BROKERS)
    bench.use(*stated)
    known = [f for f in stated if f.word("engine") in _BROKERS]
    return (known[0].word("engine") if known else "store"), known


def _refuse_unknown(bench: Workbench, facts: Iterable[Fact], known: tuple[str, ...]) -> None:
    for fact in facts:
        if fact.word("engine") not in known:
            bench.refuse(
                "AC2001",
                f'"{fact.said("engine")}" is understood, but not planned yet',
                fact,
                rule=f"data is kept in {' or '.join(_ENGINES)}; events go through it, or over {' or '.join(_BROKERS)}",
                help="leave the sentence out, or name one of these",
            )


def _exposure(bench: Workbench, trace: Tracer) -> Exposure | None:
    facts = bench.of("exposure")
    bench.use(*facts)
    said = {name: fact.get(name) for fact in facts for name in fact.slots}
    if said.get("public") is False:
        return None
    host, tls = said.get("host"), said.get("tls")
    if not facts:
        bench.decide(
            "environments.production.exposure",
            "none",
            "Nothing says how it is reached; only from inside the cluster is the safe choice.",
            "a host name, over HTTPS",
        )
        return None
    if host is None:
        bench.decide("environments.production.exposure.host", "none yet", "It is public, but no host name is given.")
    if tls is None:
        bench.decide("environments.production.exposure.tls", True, "What is public is served over HTTPS.", "false")
    return Exposure(host=str(host).lower() if host else None, tls=tls is not False, satisfies=trace(facts))

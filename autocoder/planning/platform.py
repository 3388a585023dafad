"""Sign-in, objectives, rules of the owner, and the environments.

Owns what `auth`, `policy` and `deployment.yaml` get from facts, and their conventions.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

from autocoder.blueprint.model import (
    SCHEMA_VERSION,
    ApiKeys,
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
from autocoder.bundles import load
from autocoder.decisions import Source
from autocoder.facts import Fact, Prose
from autocoder.planning import names
from autocoder.planning.caching import cached
from autocoder.planning.workbench import Workbench

_PER = {"per second": "s", "per minute": "min", "per hour": "h"}
_ROW_EFFECTS: dict[str, type[Effect]] = {"create": Create, "update": Update, "delete": Delete}
_ENGINES = ("postgresql", "sqlite")
OUTSIDE = frozenset({"openid connect", "oauth", "saml", "single sign-on", "google", "github", "microsoft"})
"""Schemes of signing in somewhere else, for which a blueprint has no place."""

_BROKERS = ("nats", "rabbitmq", "redis")
USUAL_REPLICAS = 2
MOST_REPLICAS = 20
"""How many replicas planning asks for by itself."""


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


def plan_auth(bench: Workbench, trace: Tracer, keys: ApiKeys | None) -> Auth | None:
    """Who signs in, and with what."""
    account = bench.account
    stated = [f for f in bench.of("authentication") if f.word("scheme") not in OUTSIDE]
    bench.use(*stated)
    if account is None:
        return None
    login = next(iter(account.fields))
    secret = next((n for n, f in account.fields.items() if f.type == "password"), "password")
    return Auth(entity=account.name, login=login, secret=secret, api_key=keys, satisfies=trace(stated))


def plan_policy(bench: Workbench, trace: Tracer) -> Policy:
    """Objectives and the owner's rules."""
    return Policy(performance=_performance(bench, trace), rules=tuple(_rules(bench)))


def _performance(bench: Workbench, trace: Tracer) -> Performance:
    found: dict[str, str] = {}
    used: list[Fact] = []
    for fact in bench.of("quality"):
        objective = _objective(fact)
        if objective is None:
            bench.refuse(
                "AC2001",
                f'"{fact.said("metric")}" of {fact.said("value")} {fact.said("unit")} is understood, not planned yet',
                fact,
                rule="objectives are the 95th and 99th percentile of latency, requests per second, and availability",
                help='say it like "p95 under 50 ms", "500 requests per second", "99.9% availability"',
            )
            continue
        bench.use(fact)
        used.append(fact)
        name, limit = objective
        _decide_objective(bench, fact, name, limit)
        found[name] = limit if name not in found else _stricter(name, found[name], limit)
    if {"p95", "p99"} <= found.keys() and _stricter("p95", found["p95"], found["p99"]) == found["p99"]:
        # Whoever answers 99 of 100 requests within a time answers 95 of them within it.
        del found["p95"]
    if "availability" in found:
        found["availability"] = _reached(bench, found["availability"])
    return Performance.model_validate(found | {"satisfies": trace(used)})


def _objective(fact: Fact) -> tuple[str, str] | None:
    """The name of an objective and its limit; None for what the blueprint has no objective for."""
    value, unit, percentile = fact.word("value"), fact.word("unit"), fact.word("percentile")
    if not re.fullmatch(r"\d+(\.\d+)?", value):
        return None
    match fact.word("metric"):
        case "throughput" if unit in _PER:
            return "throughput", f"{value}/{_PER[unit]}"
        case "latency" if unit in {"ms", "s"} and (not percentile or float(percentile) >= 95):
            return "p99" if percentile and float(percentile) >= 99 else "p95", f"{value}{unit}"
        case "availability" if len(value.partition(".")[0]) == 2:
            return "availability", f"{value}%"
        case _:
            return None


def _decide_objective(bench: Workbench, fact: Fact, name: str, limit: str) -> None:
    """Where the blueprint's objective is not quite what the text says."""
    percentile = fact.word("percentile")
    if name in ("p95", "p99") and percentile != name[1:]:
        what = f"p{percentile}" if percentile else "a latency without a percentile"
        bench.decide(
            f"policy.performance.{name}",
            limit,
            f"{what} is stated; the gates measure the {name[1:]}th percentile, and hold it to the same limit.",
            consequence="Nothing checks slower requests than these.",
        )
    if fact.word("scope"):
        bench.decide(
            f"policy.performance.{name}.scope",
            "all stated operations",
            f"The text says it of {fact.word('scope')}; an objective covers all operations that the text states.",
        )


def _stricter(name: str, one: str, other: str) -> str:
    """Of two limits of an objective, the one that holds both."""
    if name in ("p95", "p99"):
        return min(one, other, key=lambda t: float(t[:-2]) if t.endswith("ms") else float(t[:-1]) * 1000)
    return max(one, other, key=_rate if name == "throughput" else lambda t: float(t[:-1]))


def _reached(bench: Workbench, stated: str) -> str:
    """An availability that the parts are estimated to reach: less than stated is a decision, and a warning."""
    replicas = _replicas(bench)
    known = load().availability
    reached = known.pods(replicas) * known.store
    wanted = float(stated[:-1])
    if reached * 100 >= wanted:
        return stated
    planned = f"{math.floor(reached * 10_000) / 100:g}%"
    fact = next(f for f in bench.of("quality") if f.word("metric") == "availability")
    bench.warn(
        "AC2057",
        f"{stated} is more than the parts reach by our estimate: {reached:.4%}",
        fact,
        rule=f"{replicas} instances behind a database that answers {known.store:.2%} of the time",
        help=f"{planned} is planned; a database with more nines is a change of `policy.performance.availability`",
    )
    bench.decide(
        "policy.performance.availability",
        planned,
        f"{stated} is stated; {replicas} instances and the database are estimated to reach {reached:.4%}.",
        stated,
        consequence="The alerts and the checks of the design hold the service to this share.",
        source=Source.INFERRED,
    )
    return planned


def _rules(bench: Workbench) -> list[PolicyRule]:
    rules: list[PolicyRule] = []
    for fact in bench.of("access"):
        verb = fact.word("does")
        if id(fact) in bench.planned or fact.word("like"):
            bench.use(fact)
            continue
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
    stored = _store(bench)
    broker, carried = _broker(bench)
    env: dict[str, str | SecretRef] = {"DATABASE_URL": SecretRef(secret=f"{system}-db/url")}
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
    env |= bench.addresses
    caching = _cache(bench)
    if caching:
        env["CACHE_URL"] = SecretRef(secret=f"{system}-cache/url")
        bench.decide(
            "environments.production.env.CACHE_URL",
            f"{system}-cache/url",
            "The address of the cache is a secret; this is where the cluster keeps it.",
        )
    exposure = _exposure(bench, trace)
    kept_inside = [] if exposure else bench.of("exposure")
    return Environment(
        engines=Engines(broker=broker, cache="redis" if caching else "none"),
        exposure=exposure,
        replicas={"api": _replicas(bench)},
        env=env,
        satisfies=trace([*stored, *carried, *caching, *kept_inside]),
    )


def _replicas(bench: Workbench) -> int:
    """As many as carry the stated load, up to a limit: two at least, so that one may fail."""
    subject = "environments.production.replicas.api"
    rate = max((_rate(o[1]) for f in bench.of("quality") if (o := _objective(f)) and o[0] == "throughput"), default=0)
    costs = load().costs
    needed = costs.replicas(rate)
    if needed <= USUAL_REPLICAS:
        bench.decide(subject, USUAL_REPLICAS, "Nothing says how many. Two, so that one may fail or be replaced.")
        return USUAL_REPLICAS
    count = min(needed, MOST_REPLICAS)
    each = costs.requests_per_second_per_core
    beyond = "" if count == needed else f" The load needs {needed}; more than {count} is for somebody to decide."
    because = f"{rate} requests arrive per second, and one replica is estimated to carry {each}.{beyond}"
    bench.decide(subject, count, because, source=Source.INFERRED)
    return count


def _rate(throughput: str) -> int:
    """Requests per second of `500/min`, rounded up."""
    number, _, unit = throughput.partition("/")
    return math.ceil(float(number) / {"s": 1, "min": 60, "h": 3600}[unit])


def _store(bench: Workbench) -> list[Fact]:
    """Production's database is PostgreSQL, whatever else the text says of one machine; the facts that name one."""
    stated = bench.of("storage")
    _refuse_unknown(bench, stated, _ENGINES)
    bench.use(*stated)
    known = [f for f in stated if f.word("engine") in _ENGINES]
    file = next((f for f in known if f.word("engine") == "sqlite"), None)
    if file is not None:
        because = (
            "A file inside a container is lost with it; on one machine, without DATABASE_URL, the data is in SQLite."
        )
        bench.warn(
            "AC2058",
            "production keeps its data in PostgreSQL, not in SQLite",
            file,
            rule="a file inside a container is lost with it, and two instances cannot share it",
            help="nothing, where the service runs on one machine: without DATABASE_URL its data is in SQLite",
        )
        bench.decide("environments.production.engines.store", "postgresql", because, source=Source.INFERRED)
    elif not known:
        bench.decide("environments.production.engines.store", "postgresql", "Nothing says where data is kept.")
    return known


def _broker(bench: Workbench) -> tuple[Any, list[Fact]]:
    stated = bench.of("broker")
    _refuse_unknown(bench, stated, _BROKERS)
    bench.use(*stated)
    known = [f for f in stated if f.word("engine") in _BROKERS]
    return (known[0].word("engine") if known else "store"), known


def _cache(bench: Workbench) -> list[Fact]:
    """The facts for which production has a cache."""
    named = [f for f in bench.of("cache") if f.word("engine")]
    _refuse_unknown(bench, named, ("redis",))
    bench.use(*named)
    facts = cached(bench)
    counted = any(f.word("topic") == "rate limit" for f in bench.of("policy"))
    if not counted and not any(f.word("object") for f in facts):
        for fact in (f for f in named if f.word("engine") == "redis"):
            bench.refuse(
                "AC2001",
                "nothing says what is kept in the cache",
                fact,
                rule="a cache holds what the text has cached, or counts requests",
                help='say what, like "Cache the product page for 5 minutes."',
            )
        return []
    if facts and not any(f.word("engine") == "redis" for f in named):
        because = "Reads are to be kept for a while, and nothing says in what."
        bench.decide("environments.production.engines.cache", "redis", because, "none")
    return facts


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

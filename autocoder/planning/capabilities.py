"""What holds for the whole service: limits on requests, the audit, what is encrypted, other origins, unknown fields.

Owns the rules of the text that are not about one operation, but for the fields of which at least one must be sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from autocoder.blueprint.model import Capabilities, Cors, Idempotency, RateLimit, Require, Update
from autocoder.decisions import Source
from autocoder.facts import Fact
from autocoder.planning import names
from autocoder.planning.routes import is_key, name_of
from autocoder.planning.sign_in import limited_by, limited_operation
from autocoder.planning.workbench import EntityDraft, Workbench

_PER = {"per second": "s", "per minute": "min", "per hour": "h", "per day": "d"}
_CLIENTS = frozenset({"", "client", "address", "ip", "ip address", "visitor", "caller"})
_ENCRYPTED = frozenset({"text", "email", "phone", "url"})
"""Types of fields that can be encrypted; a secret is a text."""


@dataclass(kw_only=True)
class Whole:
    """What the blueprint gets from the rules for the whole service."""

    capabilities: Capabilities = field(default_factory=Capabilities)
    cors: Cors | None = None
    facts: list[Fact] = field(default_factory=list[Fact])


def plan_encryption(bench: Workbench) -> None:
    """What the text says is encrypted is kept so: a field of that name, else the texts of the thing of that name."""
    for fact in bench.of("policy"):
        if fact.word("topic") != "encryption" or not fact.word("entity"):
            continue
        name, thing = names.field_name(fact.word("entity")), bench.entity(fact.word("entity"))
        found = [(e, n) for e in bench.entities.values() for n in e.fields if n in {name, names.plural(name)}]
        if not found and thing is not None and thing is not bench.account:
            found = [(thing, n) for n in thing.fields]
        found = [(e, n) for e, n in found if e.fields[n].type in _ENCRYPTED and not e.fields[n].unique]
        for entity, known in found:
            _encrypt(bench, entity, known, fact)
        if found:
            bench.use(fact)


def _encrypt(bench: Workbench, entity: EntityDraft, name: str, fact: Fact) -> None:
    spec = entity.fields[name]
    entity.fields[name] = spec.model_copy(update={"type": "secret"})
    entity.add(name, spec, fact)
    if spec.type != "text":
        bench.decide(
            f"entities.{entity.name}.fields.{name}.type",
            "secret",
            f"It is encrypted, so it is a text that nothing checks as {spec.type}.",
            source=Source.INFERRED,
        )


def plan_whole(bench: Workbench) -> Whole:
    """The rules for the whole service; marks their facts as planned."""
    whole = Whole()
    for fact in bench.of("policy"):
        rule = _RULES.get(fact.word("topic"))
        if rule is not None and rule(bench, whole, fact):
            bench.use(fact)
            whole.facts += [fact] if fact.word("topic") != "at least one" and not _of_one(fact) else []
    return whole


def _of_one(fact: Fact) -> bool:
    """Whether a rule is about one operation."""
    return fact.word("topic") == "rate limit" and fact.word("entity") not in {"", "request"}


def refuses_unknown(bench: Workbench) -> bool:
    """Whether the text refuses fields that no operation asks for."""
    return any(f.word("topic") == "unknown fields" for f in bench.of("policy"))


def _rate(bench: Workbench, whole: Whole, fact: Fact) -> bool:
    per, unit, most = fact.word("per"), fact.word("unit"), fact.word("max")
    if unit not in _PER or not most.isdigit():
        return False
    if fact.word("entity") not in {"", "request"}:
        return _rate_of_one(bench, fact, f"{most}/{_PER[unit]}")
    person = bench.account is not None and _is_caller(bench, per)
    if not person and per not in _CLIENTS:
        return False
    limit = RateLimit(limit=f"{most}/{_PER[unit]}", by="caller" if person else "address")
    whole.capabilities = whole.capabilities.model_copy(update={"rate_limit": limit})
    if not person:
        because = "A client is told apart by its address, signed in or not."
        bench.decide("capabilities.rate_limit.by", "address", because, "caller")
    return True


def _rate_of_one(bench: Workbench, fact: Fact, limit: str) -> bool:
    """A limit on the calls of one operation: so many sign-ins, uploads or orders."""
    name = limited_operation(bench, fact)
    by = limited_by(bench, name, fact.word("per")) if name else ""
    if not by:
        return False
    draft = bench.operations[name]
    draft.operation = draft.operation.model_copy(update={"rate_limit": RateLimit(limit=limit, by=by)})
    draft.facts += [fact] if fact not in draft.facts else []
    return True


def _is_caller(bench: Workbench, per: str) -> bool:
    """Whether requests are counted by who signs in: each user, each member, each key of theirs."""
    acting = {f.word("role") for f in bench.of("operation")} - {""}
    return per in {"caller", "key", "api key", *acting} or (bool(per) and bench.entity(per) is bench.account)


def _idempotent(bench: Workbench, whole: Whole, fact: Fact) -> bool:
    header = fact.word("header")
    keys = Idempotency(header=header) if header else Idempotency()
    whole.capabilities = whole.capabilities.model_copy(update={"idempotency": keys})
    bench.decide("capabilities.idempotency.keep", keys.keep, "Nothing says for how long a reply is kept for its key.")
    return True


def _traced(bench: Workbench, whole: Whole, fact: Fact) -> bool:
    del bench, fact
    whole.capabilities = whole.capabilities.model_copy(update={"tracing": True})
    return True


def _audit(bench: Workbench, whole: Whole, fact: Fact) -> bool:
    del bench, fact
    whole.capabilities = whole.capabilities.model_copy(update={"audit": True})
    return True


def _origins(bench: Workbench, whole: Whole, fact: Fact) -> bool:
    del fact
    whole.cors = Cors(origins=("*",))
    bench.decide("cors.origins", "*", "The text lets web pages of other origins call, and names none.", "the origins")
    return True


def _strict(bench: Workbench, whole: Whole, fact: Fact) -> bool:
    del bench, whole, fact  # `wire` holds it
    return True


def _at_least_one(bench: Workbench, whole: Whole, fact: Fact) -> bool:
    del whole
    said = [n.strip() for n in str(fact.get("rule") or "").split(",")]
    sent = [name_of(n) for n in said]
    method, _, path = fact.word("entity").partition(" ")
    plain = "/".join(f"{{{name_of(p[1:-1])}}}" if p.startswith("{") else p for p in path.split("/"))
    draft = next((d for d in bench.operations.values() if d.operation.route == f"{method} {plain}"), None)
    if draft is None or not sent or any(n not in draft.operation.input for n in sent):
        return False
    condition = " || ".join(f"input.{n} != null" for n in sent)
    guard = Require(require=condition, message=f"Send at least one of: {', '.join(said)}.")
    draft.operation = draft.operation.model_copy(update={"effects": (guard, *draft.operation.effects)})
    draft.facts.append(fact)
    return True


def _once(bench: Workbench, whole: Whole, fact: Fact) -> bool:
    """What comes again with the same key happens once: of one endpoint where the text is at one."""
    if not fact.word("entity"):
        return _idempotent(bench, whole, fact)
    method, _, path = fact.word("entity").partition(" ")
    key = next((f for f in bench.of("field") if is_key(f, {fact.word("entity")})), None)
    draft = next((d for d in bench.operations.values() if d.operation.route == f"{method} {path}"), None)
    if draft is None or key is None or method not in {"POST", "PATCH"}:
        return False
    kept = Idempotency(header=key.word("name"), **({"keep": fact.word("within")} if fact.word("within") else {}))
    draft.operation = draft.operation.model_copy(update={"idempotency": kept})
    draft.facts += [fact, key]
    bench.use(key)
    return True


def _delivery(bench: Workbench, whole: Whole, fact: Fact) -> bool:
    del whole
    thing = fact.word("entity") or "change"
    bench.decide(
        f"delivery.{names.snake(names.type_name(thing))}",
        "at least once, from the transaction that made it",
        "Events leave through the same transaction as their rows and are sent until they are taken; each takes effect "
        "once per handler. A reply says that a row is stored once it is.",
        consequence="A receiver outside may see an event twice, with the same id.",
    )
    return True


def _partial(bench: Workbench, whole: Whole, fact: Fact) -> bool:
    del whole, fact
    return any(isinstance(e, Update) for d in bench.operations.values() for e in d.operation.effects)


_RULES: Mapping[str, Callable[[Workbench, Whole, Fact], bool]] = {
    "rate limit": _rate,
    "audit": _audit,
    "cross-origin": _origins,
    "unknown fields": _strict,
    "tracing": _traced,
    "at least one": _at_least_one,
    "delivery": _delivery,
    "partial update": _partial,
    "idempotency": _once,
}

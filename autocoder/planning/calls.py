"""What other systems are asked: integrations, and the calls to them in operations.

Owns the conventions of a call where the text names no more than an address: its method, what is sent and answered,
and where the answer is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from autocoder.blueprint.model import AnyEffect, Call, Create, FieldSpec, Integration, Require, Update
from autocoder.decisions import Source
from autocoder.facts import Fact
from autocoder.planning import names
from autocoder.planning.occasions import Occasion, occasions
from autocoder.planning.workbench import EntityDraft, Workbench
from autocoder.readers.rules.lexicon.nouns import VALUE_TYPES

_ADDRESS = re.compile(r"(?:(?P<method>[A-Z]+) )?(?P<base>https?://[^/\s]+)(?P<path>/[^\s?#]*)?")
_COMMON = frozenset({"www", "api", "com", "org", "net", "io", "eu", "de", "uk", "co", "dev", "example"})
_PLAIN = frozenset({"text", "integer", "decimal", "money", "boolean", "date", "datetime", "email", "url", "phone"})


@dataclass(frozen=True, kw_only=True)
class _Outside:
    """A system outside, and the one thing that it is asked."""

    name: str
    operation: str
    method: str
    base: str
    path: str
    variable: str


def plan_calls(bench: Workbench) -> None:
    """Every sentence that has a system outside asked."""
    for fact in bench.of("integration"):
        if not fact.word("url"):
            continue
        problem = _call(bench, fact)
        if problem:
            bench.refuse(
                "AC2001",
                problem,
                fact,
                rule="a system outside is asked in an operation that has at hand what is sent",
                help='say when, like "When an expense is added, call https://api.example.com/rates to get the rate."',
            )
        else:
            bench.use(fact)


def _call(bench: Workbench, fact: Fact) -> str:
    outside, found = _outside(fact), occasions(bench, fact)
    if outside is None:
        return f'"{fact.said("url")}" is no address with a host and a path'
    if not found:
        return f'nothing does what the call waits for ("{fact.said("on") or fact.said("object")}")'
    sends, gets = _words(fact, "sends"), _words(fact, "gets")
    for at in found:
        if gone := [w for w in sends if names.field_name(w) not in at.entity.fields]:
            return f'a {at.entity.words} has no "{gone[0]}" that could be sent'
    specs = {names.field_name(w): _sent(found[0].entity.fields[names.field_name(w)]) for w in sends}
    received = {names.field_name(w): FieldSpec(type=_type(w)) for w in gets}
    _integrate(bench, outside, specs, received, fact)
    for at in found:
        _keep(bench, at, received, fact)
        _insert(bench, at, outside, list(specs), received, fact)
    return ""


def _words(fact: Fact, slot: str) -> list[str]:
    told = fact.get(slot)
    return list(told) if isinstance(told, tuple) else []


def _outside(fact: Fact) -> _Outside | None:
    match = _ADDRESS.fullmatch(fact.word("url"))
    if match is None:
        return None
    host = match["base"].partition("://")[2]
    known = [w for w in re.split(r"[^a-z0-9]+", host.lower()) if w and w not in _COMMON and not w.isdigit()]
    path = (match["path"] or "/").rstrip("/") or "/"
    last = [p for p in path.split("/") if p and not p.startswith("{")]
    name = names.base_name(known[0] if known else last[0] if last else "outside")
    return _Outside(
        name=name,
        operation=names.operation_name(last[-1] if last else "ask"),
        method=match["method"] or ("GET" if fact.get("gets") else "POST"),
        base=match["base"],
        path=path,
        variable=f"{name.upper()}_URL",
    )


def _type(words: str) -> str:
    """The type that a value's name suggests."""
    found = VALUE_TYPES.get(words.rpartition(" ")[2], "text")
    return found if found in _PLAIN else "text"


def _sent(spec: FieldSpec) -> FieldSpec:
    """What is sent of a field: its type, a text where the type means nothing outside."""
    return FieldSpec(type=spec.type if spec.type in _PLAIN else "text")


def _integrate(
    bench: Workbench, outside: _Outside, sends: dict[str, FieldSpec], gets: dict[str, FieldSpec], fact: Fact
) -> None:
    known, facts = bench.integrations.get(outside.name, (None, list[Fact]()))
    operations = dict(known.operations) if known else {}
    route = f"{outside.method} {outside.path}"
    asked = Integration.model_validate(
        {
            "base_url": {"env": outside.variable},
            "operations": {outside.operation: {"route": route, "send": sends, "receive": gets}},
        }
    )
    operations |= asked.operations
    bench.integrations[outside.name] = (asked.model_copy(update={"operations": operations}), [*facts, fact])
    bench.addresses[outside.variable] = outside.base
    of = f"integrations.{outside.name}.operations.{outside.operation}"
    bench.decide(
        of,
        f"{route}, sends {', '.join(sends) or 'nothing'}, receives {', '.join(gets) or 'nothing'}",
        "The text names the address; method, names and types are how such a call usually is.",
        source=Source.INFERRED,
        consequence="It is asked without a credential; state `auth` of the integration where it wants one.",
    )


def _keep(bench: Workbench, at: Occasion, received: dict[str, FieldSpec], fact: Fact) -> None:
    """The answer is kept with the row."""
    for name, spec in received.items():
        before = at.entity.fields.get(name)
        if before is None:
            optional = not at.made
            at.entity.add(name, spec.model_copy(update={"read_only": True, "optional": optional}), fact)
            bench.decide(
                f"entities.{at.entity.name}.fields.{name}",
                spec.type,
                f"What the call answers is kept with the {at.entity.words}; no client sets it.",
                source=Source.INFERRED,
            )
        else:
            at.entity.fields[name] = before.model_copy(update={"read_only": True})
        _unsent(bench, at.entity, name)


def _unsent(bench: Workbench, entity: EntityDraft, name: str) -> None:
    """No client sends what a call answers."""
    for draft in bench.operations.values():
        writes = any(isinstance(e, Create | Update) for e in draft.operation.effects)
        if writes and draft.operation.route.split("/")[1] == entity.plural and name in draft.operation.input:
            kept = {n: spec for n, spec in draft.operation.input.items() if n != name}
            draft.operation = draft.operation.model_copy(update={"input": kept})


def _insert(
    bench: Workbench, at: Occasion, outside: _Outside, sends: list[str], received: dict[str, FieldSpec], fact: Fact
) -> None:
    """Asks before anything is written, and writes down what came."""
    effects = list(at.operation.effects)
    first = next((n for n, e in enumerate(effects) if not _reads(e)), len(effects))
    values = {n: f"input.{n}" if at.made else f"{at.row}.{n}" for n in sends}
    optional = [n for n in sends if at.made and at.entity.fields[n].optional]
    call = Call.model_validate({"call": f"{outside.name}.{outside.operation}", "with": values})
    kept = {name: f"{outside.operation}.{name}" for name in received}
    made = effects[first] if first < len(effects) else None
    if isinstance(made, Create):
        effects[first] = made.model_copy(update={"set": {**made.set, **kept}})
    elif kept:
        effects.append(Update(update=at.row, set=kept))
    at.change((*effects[:first], call, *effects[first:]), fact)
    if optional:
        specs = {n: s.model_copy(update={"optional": False}) for n, s in at.operation.input.items() if n in optional}
        at.draft.operation = at.operation.model_copy(update={"input": {**at.operation.input, **specs}})
    bench.decide(
        f"operations.{at.name}.{outside.operation}",
        "fails with 503",
        f"Nothing says what happens where {outside.name} does not answer; nothing is written then.",
        "go on without the answer (`failed: null`)",
    )


def _reads(effect: AnyEffect) -> bool:
    """Whether an effect only looks or guards: calls come behind these, and before all others."""
    return isinstance(effect, Require) or (not isinstance(effect, Create) and not _writes(effect))


def _writes(effect: AnyEffect) -> bool:
    changed = effect.model_dump(exclude_none=True).keys()
    return bool(changed & {"update", "upsert", "delete", "increment", "transition", "publish", "notify"})

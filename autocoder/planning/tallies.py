"""What is counted up from changes of state: the revenue of each day and article, from orders that are paid.

Owns the rows of such a tally and the handlers that keep them. What an event takes back is taken back only of what an
event had added: the row's state before says whether it had.
"""

from __future__ import annotations

from dataclasses import dataclass

from autocoder.blueprint.model import AnyEffect, FieldSpec, Handler, Read, Upsert
from autocoder.decisions import Source
from autocoder.facts import Fact
from autocoder.planning import names, records, visits
from autocoder.planning.workbench import EntityDraft, Workbench

_MONEY = names.words("revenue sales turnover income takings earnings")
_TIMES = names.words("quantity count amount pieces piece number units hours")
_NUMBERS = frozenset({"integer", "money", "decimal"})


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What is counted up of a thing, and by what: of each of its `lines`, or of itself."""

    fact: Fact
    source: EntityDraft
    words: str
    keys: tuple[tuple[str, FieldSpec], ...]
    measure: str
    value: str
    lines: str

    @property
    def item(self) -> str:
        """What the value and the keys are read of."""
        return "line" if self.lines else "it"


def tally_of(bench: Workbench, fact: Fact) -> Tally | None:
    """The tally of a sentence; None where it counts something else than numbers of a thing whose state changes."""
    event = names.type_name(fact.word("event"))
    source = next((e for e in bench.entities.values() if e.changes and event.startswith(e.name)), None)
    if source is None or fact.word("period") not in {"day", ""} or fact.word("counts"):
        return None
    lines = next((n for n, s in source.fields.items() if s.type == records.LINES), "")
    inner = source.fields[lines].fields if lines else {}
    keys = [names.field_name(w) for w in fact.word("per").split(" and ")] if fact.word("per") else []
    for place, fields in ((lines, inner), ("", source.fields)):
        value = _value(fields, fact.word("keeps"))
        known = [k if k in fields else f"{k}_id" for k in keys]
        if value and all(k in fields for k in known) and (place or not keys or known):
            words = " ".join(w for w in ("daily" if fact.word("period") else "", fact.word("keeps")) if w)
            found = tuple((k, visits.carried(fields[k])) for k in known)
            measure = names.base_name(fact.word("keeps").rpartition(" of ")[2])
            return Tally(fact=fact, source=source, words=words, keys=found, measure=measure, value=value, lines=place)
    return None


def _value(fields: dict[str, FieldSpec], keeps: str) -> str:
    """What one line or row adds: the number of that name; for money the price, times how many."""
    numbers = [n for n, s in fields.items() if s.type in _NUMBERS]
    name = names.base_name(keeps.rpartition(" of ")[2])
    own = next((n for n in numbers if name in {n, names.plural(n)}), "")
    if own or name not in _MONEY:
        return f"{{item}}.{own}" if own else ""
    many = [n for n in numbers if n.rpartition("_")[2] in _TIMES and n != "total"]
    price = [n for n in numbers if n not in many]
    chosen = (*many[:1], *price[:1])
    return " * ".join(f"{{item}}.{n}" for n in chosen) if len(price) == 1 else ""


def plan_tallies(bench: Workbench) -> None:
    """The rows of each tally, so that whoever asks for them finds them."""
    for fact in bench.of("subscription"):
        tally = tally_of(bench, fact)
        if tally is None:
            continue
        entity = EntityDraft(name=names.type_name(tally.words), words=tally.words)
        for key, spec in tally.keys:
            entity.add(key, spec, fact)
        if fact.word("period"):
            entity.add("day", FieldSpec(type="date"), fact)
        entity.add(tally.measure, FieldSpec(type="integer", default=0), fact)
        entity.unique.append(tuple(n for n in entity.fields if n != tally.measure))
        entity.facts.append(fact)
        bench.entities.setdefault(entity.name, entity)
        bench.aliases[names.type_name(tally.measure)] = entity
        bench.decide(
            f"entities.{entity.name}",
            ", ".join(entity.fields),
            f"{tally.value.replace('{item}.', '')} is added up, one row per {' and '.join(entity.unique[0])}.",
            source=Source.INFERRED,
        )


def plan_tally(bench: Workbench, fact: Fact) -> bool:
    """The handlers that keep a tally. False where the sentence is about no tally, or nothing publishes its event."""
    tally = tally_of(bench, fact)
    events = [(fact.word("event"), "+"), *([(fact.word("less"), "-")] if fact.word("less") else [])]
    if tally is None or any(names.type_name(e) not in bench.events for e, _ in events):
        return False
    for event, sign in events:
        _keep(bench, tally, names.type_name(event), sign)
    bench.use(fact)
    if fact.word("less"):
        bench.decide(
            f"entities.{names.type_name(tally.words)}.day",
            "the day of the event",
            f"What {fact.word('less')} takes back counts on the day on which it happens.",
        )
    return True


def _keep(bench: Workbench, tally: Tally, event: str, sign: str) -> None:
    source, fields = tally.source, bench.events[event]
    needed = [tally.lines] if tally.lines else [k for k, _ in tally.keys]
    there = all(n in fields for n in needed)
    whole = "event" if there else source.row
    item = "line" if tally.lines else whole
    value = tally.value.replace("{item}", item)
    by = {k: f"{item}.{k}" for k, _ in tally.keys} | ({"day": "date(event.at)"} if tally.fact.word("period") else {})
    key = next(iter(fields))
    where = {"by": f"event.{key}"} if source.key == "id" else {"where": f"{key} == event.{key}"}
    effects: list[AnyEffect] = [] if there else [Read.model_validate({"read": source.name, **where})]
    upsert: dict[str, object] = {
        "upsert": names.type_name(tally.words),
        "by": by,
        "set": {tally.measure: f"(old?.{tally.measure} ?? 0) {sign} {value}"},
        "when": _counted(tally, fields) if sign == "-" else None,
    }
    upsert |= {"each": f"{whole}.{tally.lines}", "item": "line"} if tally.lines else {}
    effects.append(Upsert.model_validate(upsert))
    verb = "add up" if sign == "+" else "take back"
    bench.handlers[names.operation_name(f"{verb} {names.snake(event)}")] = (
        Handler(on=event, effects=tuple(effects)),
        [tally.fact],
    )


def _counted(tally: Tally, fields: dict[str, FieldSpec]) -> str | None:
    """That the row had been counted: it was in the state that counts, or in one behind it."""
    if "before" not in fields:
        return None
    state = names.snake(names.type_name(tally.fact.word("event")).removeprefix(tally.source.name))
    reached = {state}
    for _ in tally.source.changes:
        reached |= {c.to for c in tally.source.changes.values() if reached & set(c.origins)}
    taken = names.snake(names.type_name(tally.fact.word("less")).removeprefix(tally.source.name))
    origins = {o for c in tally.source.changes.values() if c.to == taken for o in c.origins} or reached
    states = [s for s in tally.source.fields["status"].values if s in reached & origins and s != taken]
    return " || ".join(f"event.before == '{s}'" for s in states) or None

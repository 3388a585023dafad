"""Handlers: what happens on an event, and when time comes.

Owns the plans of subscriptions and schedules, and the entities that only handlers keep (totals).
"""

from __future__ import annotations

from autocoder.blueprint.model import Delete, FieldSpec, Handler, Upsert
from autocoder.decisions import Source
from autocoder.facts import Fact
from autocoder.planning import names
from autocoder.planning.operations import publish_event
from autocoder.planning.workbench import EntityDraft, Workbench

_PERIOD_FIELDS = {"day": ("day", "date", "date(event.at)")}
_PERIOD_WORDS = {"day": "daily"}


def plan_handlers(bench: Workbench) -> None:
    """Events first, then what listens to them, then schedules."""
    for fact in bench.of("event"):
        if publish_event(bench, fact):
            bench.use(fact)
        else:
            bench.refuse(
                "AC2003",
                f"nothing publishes {fact.word('name')}",
                fact,
                rule="an event is published by exactly one operation",
                help='use the noun of the operation: "counts the click", then "a click publishes …"',
            )
    for fact in bench.of("subscription"):
        _subscription(bench, fact)
    for fact in bench.of("schedule"):
        _schedule(bench, fact)


def _subscription(bench: Workbench, fact: Fact) -> None:
    event = names.type_name(fact.word("event")) if fact.word("event") else ""
    source = bench.event_sources.get(event)
    period = fact.word("period")
    if source is None or (period and period not in _PERIOD_FIELDS):
        bench.refuse(
            "AC2001",
            f"totals per {period} are understood, but not planned yet"
            if source
            else "nothing says which event it counts",
            fact,
            rule="a worker counts a published event, in total or per day",
            help="count per day, and name the event in the same sentence",
        )
        return
    bench.use(fact)
    counted = fact.word("counts") or _cause(bench, event) or "event"
    total = _totals(bench, fact, source, counted, period)
    key = next(iter(bench.events[event]))
    by = {key: f"event.{key}"}
    if period:
        field_name, _, expression = _PERIOD_FIELDS[period]
        by[field_name] = expression
    counter = names.plural(names.field_name(counted))
    effect = Upsert(upsert=total.name, by=by, set={counter: f"(old?.{counter} ?? 0) + 1"})
    bench.handlers[names.operation_name(f"count {counted}")] = (Handler(on=event, effects=(effect,)), [fact])


def _cause(bench: Workbench, event: str) -> str:
    return next((f.word("cause") for f in bench.of("event") if names.type_name(f.word("name")) == event), "")


def _totals(bench: Workbench, fact: Fact, source: EntityDraft, counted: str, period: str) -> EntityDraft:
    """The entity of the totals: keyed by row and period."""
    words = " ".join(w for w in (_PERIOD_WORDS.get(period, ""), fact.word("keeps")) if w)
    total = EntityDraft(name=names.type_name(words), words=words)
    if total.name in bench.entities:
        total = EntityDraft(name=names.type_name(f"{source.words} {words}"), words=f"{source.words} {words}")
    event = names.type_name(fact.word("event"))
    key, spec = next(iter(bench.events[event].items()))
    total.add(key, spec)
    keys = [key]
    if period:
        name, type_, _ = _PERIOD_FIELDS[period]
        total.add(name, FieldSpec(type=type_))
        keys.append(name)
    total.add(names.plural(names.field_name(counted)), FieldSpec(type="integer", default=0))
    total.unique.append(tuple(keys))
    total.facts.append(fact)
    bench.entities[total.name] = total
    bench.decide(
        f"entities.{total.name}",
        ", ".join(total.fields),
        f"{fact.word('keeps')}s of {names.plural(counted)} are kept, one row per {' and '.join(keys)}.",
        source=Source.INFERRED,
    )
    return total


def _schedule(bench: Workbench, fact: Fact) -> None:
    entity = bench.entity(fact.word("object"))
    condition = _condition(bench, entity, fact) if entity else None
    if entity is None or fact.word("does") != "delete" or condition is None:
        bench.refuse(
            "AC2001",
            f'"{fact.said("verb")}" on a schedule is understood, but not planned',
            fact,
            rule="a schedule deletes rows that have expired or are older than an age",
            help=f'say when it expires, like "{names.plural(fact.word("object"))} expire after 30 days"',
        )
        return
    bench.use(fact)
    name = f"cleanup_{entity.plural}"
    bench.handlers[name] = (
        Handler(every=fact.word("cron"), effects=(Delete(delete=entity.name, where=condition),)),
        [fact],
    )
    bench.decide(f"handlers.{name}.zone", "UTC", "Nothing says the time zone; cron lines are in UTC.")


def _condition(bench: Workbench, entity: EntityDraft, fact: Fact) -> str | None:
    if fact.word("older_than"):
        return f"created_at <= now - {fact.word('older_than')}"
    if fact.word("state") == "expired":
        return "expires_at <= now" if "expires_at" in entity.fields else None
    return None

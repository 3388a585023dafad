"""Handlers: what happens on an event, and when time comes.

Owns the plans of subscriptions and schedules, and the entities that only handlers keep (totals).
"""

from __future__ import annotations

from autocoder.blueprint.model import Delete, FieldSpec, Handler, Upsert
from autocoder.decisions import Source
from autocoder.facts import Fact
from autocoder.planning import names
from autocoder.planning.erasure import is_no_thing, plan_erasure
from autocoder.planning.tallies import plan_tally
from autocoder.planning.visits import publish_event
from autocoder.planning.workbench import EntityDraft, Workbench

_PERIOD_FIELDS = {"day": ("day", "date", "date(event.at)")}
_PERIOD_WORDS = {"day": "daily"}
NIGHTLY = "0 3 * * *"
"""When rows are deleted that are only kept for a time."""


def plan_handlers(bench: Workbench) -> None:
    """Events first, then what listens to them, then schedules."""
    for fact in bench.of("event"):
        if fact.word("from"):
            continue
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
    for fact in bench.of("lifecycle"):
        _retention(bench, fact)


def _subscription(bench: Workbench, fact: Fact) -> None:
    if plan_tally(bench, fact):
        return
    named = fact.word("event") or (next(iter(bench.events)) if len(bench.events) == 1 else "")
    event = names.type_name(named) if named else ""
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
    total = _totals(bench, fact, event, source, counted, period)
    key = next(iter(bench.events[event]))
    by = {key: f"event.{key}"} if _per_row(fact) else {}
    if period:
        field_name, _, expression = _PERIOD_FIELDS[period]
        by[field_name] = expression
    counter = names.plural(names.field_name(counted))
    effect = Upsert(upsert=total.name, by=by, set={counter: f"(old?.{counter} ?? 0) + 1"})
    bench.handlers[names.operation_name(f"count {counted}")] = (Handler(on=event, effects=(effect,)), [fact])


def _per_row(fact: Fact) -> bool:
    """Whether there are totals for each row; without a period there is nothing else to tell totals apart."""
    return bool(fact.word("per")) or not fact.word("period")


def _cause(bench: Workbench, event: str) -> str:
    told = [f for f in bench.of("event") if names.type_name(f.word("name")) == event]
    return next((f.word("object") or f.word("cause") for f in told), "")


def _totals(bench: Workbench, fact: Fact, event: str, source: EntityDraft, counted: str, period: str) -> EntityDraft:
    """The entity of the totals: keyed by row and period."""
    words = " ".join(w for w in (_PERIOD_WORDS.get(period, ""), fact.word("keeps")) if w)
    total = EntityDraft(name=names.type_name(words), words=words)
    if total.name in bench.entities:
        total = EntityDraft(name=names.type_name(f"{source.words} {words}"), words=f"{source.words} {words}")
    key, spec = next(iter(bench.events[event].items()))
    keys = [key] if _per_row(fact) else []
    if keys:
        total.add(key, spec)
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
    entity, state = _in_state(bench, fact)
    condition = _condition(entity, fact, state) if entity else None
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
    with_parts(bench, entity)
    bench.decide(f"handlers.{name}.zone", "UTC", "Nothing says the time zone; cron lines are in UTC.")


def _retention(bench: Workbench, fact: Fact) -> None:
    """Rows that are kept for a time are deleted by the day."""
    if is_no_thing(bench, fact):
        plan_erasure(bench, fact)
        return
    entity = bench.entity(fact.word("entity"))
    if entity is None or fact.word("state") != "deleted" or fact.word("from_state"):
        return
    if fact.get("never") is True:
        if not deletes(bench, entity):
            bench.use(fact)
            entity.facts.append(fact)
        return
    time = _time_of(entity, fact)
    if not time or not fact.word("after"):
        return
    bench.use(fact)
    name = f"delete_old_{entity.plural}"
    effect = Delete(delete=entity.name, where=f"{time} <= now - {fact.word('after')}")
    bench.handlers[name] = (Handler(every=NIGHTLY, effects=(effect,)), [fact])
    because = "Nothing says when old rows are deleted; at night there is least to do. Cron lines are in UTC."
    bench.decide(f"handlers.{name}.every", NIGHTLY, because)
    with_parts(bench, entity)


def with_parts(bench: Workbench, entity: EntityDraft) -> None:
    """Nobody is there to refuse a deletion on time: what refers to the row goes with it."""
    for other in bench.entities.values():
        for name, spec in other.fields.items():
            if spec.to != entity.name or spec.on_delete:
                continue
            what, action = ("clear", "forgets it") if spec.optional else ("cascade", "goes with it")
            other.fields[name] = spec.model_copy(update={"on_delete": what})
            bench.decide(
                f"entities.{other.name}.fields.{name}.on_delete",
                what,
                f"A {entity.words} is deleted when time comes, whoever refers to it; a {other.words} {action}.",
                consequence=f"Deleting a {entity.words} by hand does the same.",
                source=Source.INFERRED,
            )


def _time_of(entity: EntityDraft, fact: Fact) -> str:
    """The time that an age counts from: the creation, or what the text names; empty where rows have no such time."""
    if not fact.word("of"):
        return "created_at"
    of = names.field_name(fact.word("of"))
    return next((n for n, f in entity.fields.items() if f.type in {"date", "datetime"} and n in {of, f"{of}_at"}), "")


def deletes(bench: Workbench, entity: EntityDraft) -> bool:
    """Whether an operation or a handler deletes rows of an entity."""
    effects = [e for d in bench.operations.values() for e in d.operation.effects]
    effects += [e for handler, _ in bench.handlers.values() for e in handler.effects]
    return any(isinstance(e, Delete) and e.delete in {entity.name, entity.row} for e in effects)


def _in_state(bench: Workbench, fact: Fact) -> tuple[EntityDraft | None, str]:
    """What a schedule is about, and the state that its noun names: drafts are posts that are drafts."""
    words = fact.word("object")
    known = next((e for e in bench.entities.values() if e.name == names.type_name(words)), None)
    states = [e for e in bench.entities.values() if "status" in e.fields and e is not known]
    stated = [e for e in states if names.state_name(words) in e.fields["status"].values]
    if len(stated) == 1:
        return stated[0], names.state_name(words)
    return bench.entity(words), ""


def _condition(entity: EntityDraft, fact: Fact, state: str) -> str | None:
    if fact.word("older_than"):
        entity.add("created_at", FieldSpec(type="datetime", default="=now", read_only=True), fact)
        told = f"status == '{state}' && " if state else ""
        return f"{told}created_at <= now - {fact.word('older_than')}"
    if fact.word("state") == "expired":
        return "expires_at <= now" if "expires_at" in entity.fields else None
    return None

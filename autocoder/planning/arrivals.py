"""Events that others publish, and what the service does when one arrives: a row comes into a state, or the event is
kept as a dead letter.

Owns what such an event carries, which row it is about, and the handler. A case that is no comparison of what is at hand
is refused with its sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autocoder.blueprint.model import AnyEffect, Compute, DeadLetter, FieldSpec, Handler, Read, Transition
from autocoder.decisions import Source
from autocoder.facts import Fact
from autocoder.planning import lifecycles, names, notices
from autocoder.planning.conditions import Place, condition
from autocoder.planning.entities import spec_of
from autocoder.planning.workbench import EntityDraft, StateDraft, Workbench
from autocoder.readers.rules.lexicon.domain import STATES

_HOLDS = "fits"
_VERBS = {state: verb for verb, state in reversed(STATES.items())}


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """An event from outside, with the row that it is about and how that is found."""

    fact: Fact
    name: str
    fields: dict[str, FieldSpec]
    row: EntityDraft
    read: Read


def plan_arrival_changes(bench: Workbench) -> None:
    """The states that things come into when events arrive."""
    for fact in bench.of("reaction"):
        entity = bench.entity(fact.word("object")) if fact.word("object") else None
        if entity is None or not fact.word("event") or not _target(fact):
            continue
        lifecycles.add_state(entity, _target(fact), fact)
        verb = names.base_name(_verb(fact))
        known = entity.fields["status"].values
        at = known.index(_target(fact))
        before = (known[at - 1],) if at and lifecycles.counted(bench, entity) else ()
        entity.changes.setdefault(verb, StateDraft(origins=before, to=_target(fact)))


def _target(fact: Fact) -> str:
    """The state that a reaction leads to."""
    said = fact.word("to_state") or STATES.get(fact.word("verb"), "")
    return names.state_name(said) if said else ""


def _verb(fact: Fact) -> str:
    state = fact.word("to_state")
    return fact.word("verb") or _VERBS.get(state, f"mark {state}")


def plan_arrivals(bench: Workbench) -> None:
    """A handler for each event that arrives and that something follows from."""
    for fact in bench.of("event"):
        if not fact.word("from"):
            continue
        told = [f for f in bench.of("reaction") if f.word("event") == fact.word("name")]
        carried = [f for f in bench.of("field") if f.word("of") == fact.word("name")]
        arrival = _arrival(bench, fact, told, carried)
        problem = arrival if isinstance(arrival, str) else _handle(bench, arrival, told)
        if problem:
            for one in (*told, fact):
                _refuse(bench, one, problem)
            bench.use(*carried)
        elif not isinstance(arrival, str):
            bench.use(fact, *told, *carried)
            bench.events[arrival.name] = arrival.fields
            bench.consumes.append(arrival.name)


def _refuse(bench: Workbench, fact: Fact, problem: str) -> None:
    bench.refuse(
        "AC2059",
        problem,
        fact,
        rule="what an event brings about is a state of one row, or a dead letter, where two values compare",
        help='say which row it is about and what follows, like "An `OrderPaid` event (order id, amount) arrives. '
        'If the amount equals the total, the order becomes paid."',
    )


def _arrival(bench: Workbench, fact: Fact, told: Sequence[Fact], carried: Sequence[Fact]) -> Arrival | str:
    """The event and the row that it names; why it names none."""
    thing = next((e for f in told if f.word("to_state") or _target(f) if (e := bench.entity(f.word("object")))), None)
    name = names.type_name(fact.word("name"))
    if thing is None:
        return f"nothing says what follows when {name} arrives"
    fields: dict[str, FieldSpec] = {}
    read: Read | None = None
    for one in carried:
        key = names.field_name(one.word("name"))
        same = thing.fields.get(key)
        if key in {f"{thing.base}_id", "id", f"{thing.row}_id"}:
            key = "id" if key == "id" else key
            key = f"{thing.base}_id" if key == "id" else key
            fields[key] = FieldSpec(type="uuid")
            read = Read(read=thing.name, by=f"event.{key}")
        elif same is not None and same.unique and read is None:
            fields[key] = FieldSpec(type="text" if same.type == "code" else same.type)
            read = Read(read=thing.name, where=f"{key} == event.{key}")
        else:
            spec = same if same is not None and not one.word("type") else spec_of(bench, thing, key, one, decided=False)
            fields[key] = FieldSpec(type=spec.type if spec else "text", values=spec.values if spec else ())
    if read is None:
        return f"nothing that {name} carries names one {thing.words}"
    return Arrival(fact=fact, name=name, fields=fields, row=thing, read=read)


def _handle(bench: Workbench, arrival: Arrival, told: Sequence[Fact]) -> str:
    """Adds the handler; why not, where that cannot be."""
    places = (
        Place(bind="event", words=arrival.name, fields=arrival.fields),
        Place(bind=arrival.row.row, words=arrival.row.words, fields=arrival.row.fields),
    )
    cases = dict.fromkeys(f.word("when") for f in told if f.word("when"))
    found = {said: condition(said, places) for said in cases}
    unknown = next((said for said, made in found.items() if made is None), None)
    if unknown is not None:
        return f'"{unknown}" compares nothing that is at hand when {arrival.name} arrives'
    named = {said: f"{_HOLDS}{n + 1}" if len(cases) > 1 else _HOLDS for n, said in enumerate(cases)}
    effects: list[AnyEffect] = [arrival.read]
    effects += [Compute(compute={named[said]: made}) for said, made in found.items() if made]
    for fact in told:
        more = _effects(bench, arrival, fact, named.get(fact.word("when"), ""))
        if isinstance(more, str):
            return more
        effects += more
    handler = Handler(on=arrival.name, effects=tuple(effects))
    bench.handlers[names.operation_name(f"take {names.snake(arrival.name)}")] = (handler, [arrival.fact, *told])
    bench.decide(
        f"events.{arrival.name}",
        ", ".join(arrival.fields),
        f"It arrives over the broker as a CloudEvent of the type {arrival.name}, where this service's own events are.",
        source=Source.INFERRED,
    )
    return ""


def _effects(bench: Workbench, arrival: Arrival, fact: Fact, case: str) -> list[AnyEffect] | str:
    """What one sentence has done, under its case, with who is told of it there."""
    when = f"!{case}" if case and fact.get("otherwise") is True else case or None
    row = arrival.row
    told = [f for f in bench.of("integration") if _with(f, fact)]
    more: list[AnyEffect] = []
    for notice in told:
        mail = notices.plan_here(bench, notice, row, f"{arrival.name}: {_about(fact)}", when)
        if isinstance(mail, str):
            return mail
        more += mail
        bench.use(notice)
    if fact.word("verb") == "dead-letter":
        return [DeadLetter.model_validate({"dead_letter": _reason(fact), "when": when}), *more]
    if bench.entity(fact.word("object")) is not row or not _target(fact):
        return f'"{fact.said("verb") or fact.said("to_state")}" does nothing to the {row.words} that arrives'
    change = names.base_name(_verb(fact))
    return [Transition.model_validate({"transition": row.row, "to": change, "when": when}), *more]


def _with(notice: Fact, fact: Fact) -> bool:
    """Whether somebody is told in the very sentence, with no occasion of its own."""
    same = notice.evidence[0].start == fact.evidence[0].start
    return same and not (notice.word("on") or notice.word("cron") or notice.word("url"))


def _about(fact: Fact) -> str:
    return _reason(fact).removesuffix(".").lower() if fact.word("when") else "not handled"


def _reason(fact: Fact) -> str:
    """Why an event is kept, in the words of the case."""
    said = fact.word("when")
    if not said:
        return "It cannot be handled."
    start = "It is not so that " if fact.get("otherwise") is True else "It is so that "
    return f"{start}{said}."[:200]

"""The states of things: which there are, and who may bring a thing from one to another.

Owns the states that a text counts out or that its verbs lead to ("agents resolve tickets"), and the operations that
change them. Where a row starts, and from where it may go on, is a decision where no sentence says it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from autocoder.blueprint.model import AnyEffect, FieldSpec, Lifecycle, Operation, Read, Require, Transition
from autocoder.decisions import Source
from autocoder.facts import Fact, Slot, Via
from autocoder.planning import assignments, domain_verbs, names, permissions
from autocoder.planning.workbench import EntityDraft, StateDraft, Workbench
from autocoder.readers.rules.lexicon.domain import STATES
from autocoder.readers.rules.tagging import look_up

FIRST = "open"
"""Where a thing starts whose states nobody counts out."""
_MARKS = frozenset({"mark", "set", "flag"})
"""Verbs that name the state they lead to."""
REFUSED = 409
"""The status that answers a change which the state does not allow."""
_VERBS = {state: verb for verb, state in reversed(STATES.items())}


def changes_of_routes(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """The facts, with what a route does that only its last word says: POST /orders/{id}/cancel cancels an order.

    Such a route is the usual one of that change, so the fact is about the change from here on.
    """
    things = {
        names.plural(names.field_name(f.word("entity"))): f.word("entity") for f in facts if f.kind == "lifecycle"
    }
    return tuple(_change_of(f, things) or f for f in facts)


def _change_of(fact: Fact, things: Mapping[str, str]) -> Fact | None:
    path = fact.slots.get("path")
    found = re.fullmatch(r"/(\w+)/\{id\}/(\w+)", fact.word("path"))
    if path is None or found is None or fact.word("method") != "POST" or fact.word("verb"):
        return None
    if found[1] not in things or found[2] not in STATES:
        return None
    said = {"verb": found[2], "object": things[found[1]], "does": "other"}
    slots = {n: Slot(value=v, span=path.span, via=Via.LEXICON) for n, v in said.items()}
    kept = {n: s for n, s in fact.slots.items() if n not in {"path", "method"}}
    return Fact(kind=fact.kind, slots=kept | slots, evidence=fact.evidence)


def plan_lifecycles(bench: Workbench) -> None:
    """The states that the text counts out, the first one is where a row starts; then those that verbs lead to."""
    for fact in bench.of("lifecycle"):
        states, entity = fact.get("states"), bench.entity(fact.word("entity"))
        if entity is None or not isinstance(states, tuple):
            continue
        values = tuple(dict.fromkeys(names.state_name(s) for s in states))
        _set_states(entity, values, fact)
        entity.facts.append(fact)
        bench.use(fact)
        bench.decide(
            f"entities.{entity.name}.fields.status.default",
            values[0],
            "The text counts out the states; a row starts in the first one.",
            source=Source.INFERRED,
        )
    for thing, fact in list(_changing(bench)):
        _add_change(bench, thing, fact)
    for fact in bench.of("lifecycle"):
        _goes_back(bench, fact)
    for fact in bench.of("lifecycle"):
        entity = bench.entity(fact.word("entity"))
        if fact.get("initial") is True:
            _start(bench, fact)
        if fact.get("otherwise") == REFUSED and entity is not None and "status" in entity.fields:
            entity.facts.append(fact)
            bench.use(fact)


def add_follower(bench: Workbench, thing: EntityDraft, verb: str, fact: Fact) -> None:
    """A change that comes with the change of another thing, where no sentence says who makes it."""
    target, known = names.state_name(STATES[verb]), thing.fields.get("status")
    values = known.values if known is not None and known.type == "enum" else (_first(bench, thing),)
    _set_states(thing, (*values, target), fact)
    name = names.base_name(verb)
    thing.changes.setdefault(name, StateDraft(origins=(), to=target))


def _goes_back(bench: Workbench, fact: Fact) -> None:
    """A declined job goes back to open: declining it leads there."""
    entity = bench.entity(fact.word("entity"))
    if entity is None or not fact.word("from_state") or not fact.word("state") or fact.word("after"):
        return
    before, state = names.state_name(fact.word("from_state")), names.state_name(fact.word("state"))
    known = entity.fields.get("status")
    leading = [n for n, c in entity.changes.items() if c.to == before]
    if known is None or not leading or before in _counted_names(bench, entity):
        return
    for name in leading:
        origins = entity.changes[name].origins or tuple(v for v in known.values if v != before)
        entity.changes[name] = StateDraft(origins=origins, to=state)
    used = {state, *(c.to for c in entity.changes.values()), *(o for c in entity.changes.values() for o in c.origins)}
    values = tuple(v for v in known.values if v != before or v in used)
    _set_states(entity, (*values, state), fact)
    entity.facts.append(fact)
    bench.use(fact)


def _counted_names(bench: Workbench, thing: EntityDraft) -> set[str]:
    return {names.state_name(s) for s in counted(bench, thing)}


def _start(bench: Workbench, fact: Fact) -> None:
    """The state that a text says a row starts in, where the row has states at all: a change of it must be known."""
    entity, first = bench.entity(fact.word("entity")), names.state_name(fact.word("state"))
    known = entity.fields.get("status") if entity else None
    if entity is None or known is None or known.type != "enum" or not entity.changes:
        return
    _set_states(entity, (first, *(v for v in known.values if v != first)), fact)
    entity.facts.append(fact)
    bench.use(fact)


def plan_steps(bench: Workbench, entity: EntityDraft) -> None:
    """One operation for each step between states that are counted out, where no sentence says how they change."""
    told = [f for f in bench.of("lifecycle") if f.get("states") and bench.entity(f.word("entity")) is entity]
    if entity.changes or not told:
        return
    values = entity.fields["status"].values
    for before, after in pairwise(values):
        verb = _VERBS.get(after, f"mark {after}")
        entity.changes[names.base_name(verb)] = StateDraft(origins=(before,), to=after)
        _add_operation(bench, entity, verb, permissions.usual(bench, entity, f"{entity.row}."), told)
    bench.decide(
        f"entities.{entity.name}.lifecycle",
        " -> ".join(values),
        f"Nothing says who changes the state of a {entity.words}; there is one operation for each step.",
        "say who does what to it",
    )


def lifecycle_of(entity: EntityDraft) -> Lifecycle | None:
    """The lifecycle of an entity whose states change. A change from any state is one from all others."""
    if not entity.changes:
        return None
    values = entity.fields["status"].values
    changes = {
        name: {"from": draft.origins or tuple(v for v in values if v != draft.to), "to": draft.to}
        for name, draft in entity.changes.items()
    }
    return Lifecycle.model_validate({"initial": values[0], "transitions": changes})


def plan_change(bench: Workbench, fact: Fact) -> bool:
    """The operation of such a verb. False where it may be done only before a time that the thing does not have."""
    thing = bench.entity(fact.word("object"))
    if thing is None or thing is bench.account or not _changes(bench, fact):
        return False
    verb = verb_of(fact)
    same = [f for f in bench.of("operation") if verb_of(f) == verb and bench.entity(f.word("object")) is thing]
    row = f"{thing.row}."
    stated = [f for f in same if f.word("actor")]
    rule = permissions.combined(bench, thing, stated, row) if stated else permissions.usual(bench, thing, row)
    if any(f.word("whose") for f in same):
        pass
    elif _made_by(bench, thing, stated or same):
        rule = permissions.kept(bench, thing, rule, row, names.operation_name(f"{verb} {thing.words}"))
    else:
        name = names.operation_name(f"{verb} {thing.words}")
        rule = assignments.of_assignees(bench, thing, permissions.of_owners(bench, thing, rule, row, name), row, name)
    _add_operation(bench, thing, verb, rule, [fact])
    if not thing.changes[names.base_name(verb)].origins:
        bench.decide(
            f"operations.{names.operation_name(f'{verb} {thing.words}')}.from",
            "any other state",
            "Nothing says in which states it may be done.",
        )
    return True


def _made_by(bench: Workbench, thing: EntityDraft, facts: list[Fact]) -> bool:
    """Whether those who may do it are those who make such rows, and no others: no position of trust."""
    if "owner" not in thing.fields:
        return False
    made = {
        f.word("role")
        for f in bench.of("operation")
        if f.word("actor") in {"user", "role"}
        and bench.entity(domain_verbs.record_name(bench, f) or f.word("object")) is thing
        and (f.word("does") == "create" or domain_verbs.makes(f) or domain_verbs.is_record(bench, f))
    }
    acting = {f.word("role") for f in facts}
    return bool(made) and acting <= made and not permissions.trusted(acting)


def transition_of(entity: EntityDraft, verb: str) -> Transition:
    """The effect of a verb that changes the state of a row."""
    return Transition(transition=entity.row, to=names.base_name(verb))


def _changing(bench: Workbench) -> Iterator[tuple[EntityDraft, Fact]]:
    for fact in bench.of("operation"):
        thing = bench.entity(fact.word("object")) if fact.word("object") else None
        if thing is not None and thing is not bench.account and _changes(bench, fact):
            yield thing, fact


def _changes(bench: Workbench, fact: Fact) -> bool:
    """Whether a verb neither makes something nor ends a record, but brings a thing into a state."""
    thing = bench.entity(fact.word("object"))
    if fact.word("does") != "other" or thing is None or not _target(bench, thing, fact):
        return False
    kept = domain_verbs.makes(fact) or domain_verbs.is_record(bench, fact) or domain_verbs.begun(bench, fact)
    return not kept


def verb_of(fact: Fact) -> str:
    """The verb that names a change; "mark as paid" is another one than "mark as shipped"."""
    verb = fact.word("verb")
    return f"{verb} {fact.word('to_state')}" if verb in _MARKS and fact.word("to_state") else verb


def _add_change(bench: Workbench, thing: EntityDraft, fact: Fact) -> None:
    verb = verb_of(fact)
    target = _target(bench, thing, fact)
    origins = _origins(bench, fact, thing, target)
    known = thing.fields.get("status")
    if known is None or known.type != "enum":
        first = _first(bench, thing)
        made = "whoever makes it brings it there" if first != FIRST else "nothing says in which one it starts"
        bench.decide(
            f"entities.{thing.name}.fields.status.default",
            first,
            f'"{fact.said("verb")}" changes the state of a {thing.words}; {made}.',
            'another first state: count the states out, like "open, then closed"',
            source=Source.INFERRED,
        )
        thing.fields["status"] = known = FieldSpec(type="enum", values=(first,))
    _set_states(thing, (*known.values, *origins, target), fact)
    name = names.base_name(verb)
    stated = bool(fact.get("from_states") or fact.word("state"))
    if name not in thing.changes or (origins and stated):
        thing.changes[name] = StateDraft(origins=origins, to=target)


def _target(bench: Workbench, thing: EntityDraft, fact: Fact) -> str:
    """The state that a verb leads to: one that the text counts out, else by convention; empty where there is none."""
    said_states = [names.state_name(s) for s in counted(bench, thing)]
    verb, usual, said = fact.word("verb"), names.state_name(STATES.get(fact.word("verb"), " ")), fact.word("to_state")
    if said and (verb in _MARKS or names.state_name(said) in said_states):
        return names.state_name(said)
    if verb in STATES and usual in said_states:
        return usual
    named = next((s for s in said_states if dict(look_up(s).lemmas).get("V") == verb), "")
    return named or (names.state_name(said or STATES[verb]) if verb in STATES else "")


def counted(bench: Workbench, thing: EntityDraft) -> tuple[str, ...]:
    """The states that the text counts out."""
    told = [f.get("states") for f in bench.of("lifecycle") if bench.entity(f.word("entity")) is thing]
    told += [
        f.get("values")
        for f in bench.of("field")
        if f.word("name") in {"status", "state"} and bench.entity(f.word("of")) is thing
    ]
    return tuple(s for states in told if isinstance(states, tuple) for s in states)


def _first(bench: Workbench, thing: EntityDraft) -> str:
    """Where a thing starts: where the text says so; else in the state that the verb which makes it leads to."""
    said = [f for f in bench.of("lifecycle") if f.get("initial") and bench.entity(f.word("entity")) is thing]
    if said:
        return names.state_name(said[0].word("state"))
    about = [f for f in bench.of("operation") if f.word("object") and bench.entity(f.word("object")) is thing]
    makers = {f.word("verb") for f in about if domain_verbs.makes(f)}
    told = [s for f in about if isinstance(states := f.get("from_states"), tuple) for s in states]
    made = (s for s in told if dict(look_up(s).lemmas).get("V") in makers)
    return next((names.state_name(s) for s in made), FIRST)


def add_state(thing: EntityDraft, state: str, fact: Fact) -> None:
    """A state that rows come into by themselves, behind those that are known."""
    known = thing.fields.get("status")
    before = known.values if known is not None and known.type == "enum" else (FIRST,)
    _set_states(thing, (*before, state), fact)


def _set_states(entity: EntityDraft, values: tuple[str, ...], fact: Fact) -> None:
    entity.fields["status"] = FieldSpec(
        type="enum", values=tuple(dict.fromkeys(values)), default=values[0], read_only=True
    )
    facts = entity.field_facts.setdefault("status", [])
    facts += [fact] if fact not in facts else []


def _origins(bench: Workbench, fact: Fact, thing: EntityDraft, target: str) -> tuple[str, ...]:
    """The states from which: stated, else the one before it in the order that the text gives."""
    stated = fact.get("from_states") or ((fact.word("state"),) if fact.word("state") else None)
    if isinstance(stated, tuple):
        return tuple(names.state_name(s) for s in stated)
    known = thing.fields.get("status")
    if known and counted(bench, thing) and target in known.values and known.values.index(target):
        return (known.values[known.values.index(target) - 1],)
    return ()


def _add_operation(
    bench: Workbench,
    thing: EntityDraft,
    verb: str,
    rule: permissions.Rule,
    facts: list[Fact],
) -> None:
    effects: list[AnyEffect] = [Read(read=thing.name, by="input.id")]
    if rule.condition:
        effects.append(Require(require=rule.condition, otherwise="forbidden"))
    effects.append(transition_of(thing, verb))
    operation = Operation(
        route=f"POST /{thing.plural}/{{id}}/{names.base_name(verb)}",
        access=rule.access,
        input={"id": FieldSpec(type="uuid")},
        effects=tuple(effects),
    )
    bench.add_operation(names.operation_name(f"{verb} {thing.words}"), operation, facts)

"""In which states of a row something may be done to it, or may not: "closed tickets cannot be changed".

Owns the guards of changes and deletions. What leads from a state to another keeps such a rule in its `from`.
"""

from __future__ import annotations

from dataclasses import replace

from autocoder.blueprint.model import AnyEffect, Read, Require
from autocoder.facts import Fact
from autocoder.planning import lifecycles, names
from autocoder.planning.workbench import EntityDraft, Workbench

_OPERATIONS = {"update": "update", "delete": "delete"}


def forbid_changes(bench: Workbench) -> None:
    """Takes a state that a sentence forbids from those that a change may start in."""
    for fact in _forbidden(bench):
        thing = bench.entity(fact.word("object"))
        change = thing.changes.get(names.base_name(lifecycles.verb_of(fact))) if thing else None
        if thing is None or change is None:
            continue
        states = thing.fields["status"].values
        state = names.state_name(fact.word("state"))
        out = {state, change.to}
        origins = tuple(s for s in change.origins if s not in out) or tuple(s for s in states if s not in out)
        if state in states and origins:
            thing.changes[names.base_name(lifecycles.verb_of(fact))] = replace(change, origins=origins)
            thing.facts.append(fact)
            bench.use(fact)


def plan_state_rules(bench: Workbench) -> None:
    """Guards the changes and deletions that sentences narrow to some states, or forbid in one."""
    for fact in bench.of("operation"):
        told = fact.get("from_states")
        if fact.word("does") in _OPERATIONS and not fact.word("path") and isinstance(told, tuple):
            states = tuple(names.state_name(s) for s in told)
            rule = " || ".join(f"{{row}}.status == '{s}'" for s in states)
            _guard(bench, fact, states, rule, f"This is possible only while it is {_listed(states)}.")
    for fact in _forbidden(bench):
        if fact.word("does") in _OPERATIONS and id(fact) not in bench.planned:
            state = names.state_name(fact.word("state"))
            _guard(
                bench,
                fact,
                (state,),
                f"{{row}}.status != '{state}'",
                f"This is not possible any more: {_listed((state,))}.",
            )


def _forbidden(bench: Workbench) -> list[Fact]:
    return [f for f in bench.of("access") if f.get("allowed") is False and f.word("state") and not f.word("actor")]


def _guard(bench: Workbench, fact: Fact, states: tuple[str, ...], rule: str, message: str) -> None:
    thing = bench.entity(fact.word("object"))
    known = thing.fields["status"].values if thing and "status" in thing.fields else ()
    if thing is None or not set(states) <= set(known):
        bench.refuse(
            "AC2001",
            f'"{fact.said("state") or fact.said("from_states")}" is understood, but it is no state that the rows have',
            fact,
            rule="what narrows an operation is built, or the operation is not",
            help='count the states out, like "An order is new, paid or shipped."',
        )
        return
    draft = bench.operations.get(f"{_OPERATIONS[fact.word('does')]}_{thing.base}")
    if draft is not None:
        guard = Require(require=rule.replace("{row}", thing.row), otherwise="conflict", message=message)
        effects = draft.operation.effects
        at = 1 + max((i for i, e in enumerate(effects) if _opens(e, thing)), default=-1)
        draft.operation = draft.operation.model_copy(update={"effects": (*effects[:at], guard, *effects[at:])})
        draft.facts.append(fact)
    else:
        thing.facts.append(fact)  # nothing changes such rows: the rule holds
    bench.use(fact)


def _opens(effect: AnyEffect, thing: EntityDraft) -> bool:
    """What stands before the change: the row is read, and those who may not are sent away."""
    return isinstance(effect, Require) or (isinstance(effect, Read) and effect.read == thing.name)


def _listed(states: tuple[str, ...]) -> str:
    return " or ".join(s.replace("_", " ") for s in states)

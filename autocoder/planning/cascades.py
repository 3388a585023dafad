"""What goes with a thing: its comments when it is deleted, its bookings when it is cancelled.

Owns the references that carry a deletion on, and the changes of rows that follow the change of another.
"""

from __future__ import annotations

from autocoder.blueprint.model import Transition
from autocoder.facts import Fact
from autocoder.planning import lifecycles, names
from autocoder.planning.holders import with_rows
from autocoder.planning.occasions import occasions
from autocoder.planning.workbench import EntityDraft, StateDraft, Workbench
from autocoder.readers.rules.lexicon.domain import STATES


def plan_followers(bench: Workbench) -> None:
    """Gives things the states that they come into with others: before operations are planned."""
    for fact in _told(bench):
        theirs, verb = bench.entity(fact.word("object")), fact.word("verb")
        if theirs is None or verb not in STATES or fact.word("on") == "delete":
            continue
        lifecycles.add_follower(bench, theirs, verb, fact)


def plan_cascades(bench: Workbench) -> None:
    """Every sentence of that kind."""
    for fact in _told(bench):
        thing, theirs = bench.entity(fact.word("of")), bench.entity(fact.word("object"))
        places = [n for n, s in theirs.fields.items() if thing and s.to == thing.name] if theirs else []
        problem = ""
        if thing is None or theirs is None or len(places) != 1:
            problem = f"nothing says which {names.plural(fact.word('object'))} belong to a {fact.word('of')}"
        elif fact.word("verb") == "delete" and fact.word("on") == "delete":
            theirs.fields[places[0]] = theirs.fields[places[0]].model_copy(update={"on_delete": "cascade"})
            theirs.field_facts.setdefault(places[0], []).append(fact)
        else:
            problem = _changed(bench, fact, thing, theirs, places[0])
        if problem:
            bench.refuse(
                "AC2001",
                problem,
                fact,
                rule="what goes with a thing refers to it, and has the state that it comes into",
                help='say what belongs to what, like "Members book classes." and "When a class is cancelled, …"',
            )
        else:
            bench.use(fact)


def _told(bench: Workbench) -> list[Fact]:
    return [f for f in bench.of("reaction") if f.word("on") and f.word("of") and f.word("object") and f.word("verb")]


def _changed(bench: Workbench, fact: Fact, thing: EntityDraft, theirs: EntityDraft, place: str) -> str:
    """Changes the rows that refer to the thing, in every operation where it happens to the thing."""
    name = names.base_name(fact.word("verb"))
    change: StateDraft | None = theirs.changes.get(name)
    found = [o for o in occasions(bench, _occasion(fact)) if o.entity is thing]
    if change is None or not found:
        return f'nothing does what this follows from ("{fact.said("on")}")'
    origins = change.origins or tuple(v for v in theirs.fields["status"].values if v != change.to)
    follows = {"transition": theirs.row, "to": name, "each": theirs.plural, "item": theirs.row}
    for at in found:
        if not with_rows(bench, at, theirs, place, origins, fact):
            return f"nothing is left to follow once a {thing.words} is gone"
        at.change((*at.operation.effects, Transition.model_validate(follows)), fact)
    return ""


def _occasion(fact: Fact) -> Fact:
    """The same, as what other sentences wait for: what is done to the thing."""
    slots = {"object": fact.slots["of"], "on": fact.slots["on"], "name": fact.slots["on"]}
    return Fact(kind="integration", slots=slots, evidence=fact.evidence)

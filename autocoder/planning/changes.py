"""Which verbs change a thing that is there already, although they usually make one: "clerks send draft invoices".

Owns the reading of such verbs beside the states that a text counts out. The facts that come out say so themselves.
"""

from __future__ import annotations

from collections.abc import Sequence

from autocoder.facts import Fact, Slot, Via
from autocoder.planning.domain_verbs import MAKES
from autocoder.readers.rules.lexicon.domain import STATES
from autocoder.readers.rules.tagging import look_up


def changes_of_states(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """The facts; one whose verb brings a thing into a state that it does not start in says to which."""
    return tuple(_change_of(f, facts) or f for f in facts)


def _change_of(fact: Fact, facts: Sequence[Fact]) -> Fact | None:
    if fact.kind != "operation" or fact.word("does") not in {"create", "other"} or fact.word("path"):
        return None
    verb, thing = fact.word("verb"), fact.word("object")
    if fact.word("to_state") or (fact.word("does") == "other" and verb not in MAKES):
        return None
    later = counted(thing, facts)[1:]
    target = next((s for s in later if STATES.get(verb) == s or dict(look_up(s).lemmas).get("V") == verb), "")
    if not target or not (fact.word("state") or _made_otherwise(verb, thing, facts)):
        return None
    told = {"does": "other", "to_state": target}
    span = fact.slots["verb"].span
    return Fact(
        kind=fact.kind,
        slots={**fact.slots} | {n: Slot(value=v, span=span, via=Via.LEXICON) for n, v in told.items()},
        evidence=fact.evidence,
    )


def counted(thing: str, facts: Sequence[Fact]) -> tuple[str, ...]:
    """The states that the text counts out, in a sentence of their own or as the values of a field."""
    told = [f.get("states") for f in facts if f.kind == "lifecycle" and f.word("entity") == thing]
    told += [
        f.get("values")
        for f in facts
        if f.kind == "field" and f.word("of") == thing and f.word("name") in {"status", "state"}
    ]
    return next((tuple(str(s) for s in states) for states in told if isinstance(states, tuple)), ())


def _made_otherwise(verb: str, thing: str, facts: Sequence[Fact]) -> bool:
    """Whether a thing comes about by another verb."""
    about = (f for f in facts if f.kind == "operation" and f.word("object") == thing and f.word("verb") != verb)
    return any(f.word("does") in {"create", "manage"} for f in about)

"""Facts that say the same in other words, put the way that planning knows.

Owns such forms: a place in a class is booked by booking the class, a draft is a post that is a draft, and who may do
all that others may gets every fact of theirs. Nothing is added that a sentence does not say.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from autocoder.facts import Fact, Slot, Via
from autocoder.planning import names
from autocoder.readers.rules.lexicon.domain import RECORDS

_PLACES = names.words("place spot space")
"""What somebody takes of a thing by booking it."""


def in_known_words(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """The facts, each the way planning knows it."""
    states = dict(_state_nouns(facts))
    open_ = {f.word("entity") for f in facts if f.kind == "authentication" and f.get("needed") is False}
    return tuple(_inherited(_of_states(_whole(_anybody(f, open_ - {""})), states) for f in facts))


def _anybody(fact: Fact, people: Collection[str]) -> Fact:
    """Those who need no account may be anybody."""
    if fact.kind not in {"operation", "access"} or fact.word("role") not in people:
        return fact
    kept = {n: s for n, s in fact.slots.items() if n != "role"}
    return replace(fact, slots=kept | {"actor": replace(fact.slots["actor"], value="anyone", via=Via.LEXICON)})


def _whole(fact: Fact) -> Fact:
    """Booking a place in a class is booking the class."""
    taken = fact.word("verb") in RECORDS and fact.word("object") in _PLACES and "parent" in fact.slots
    if not taken or fact.word("path"):
        return fact
    kept = {n: s for n, s in fact.slots.items() if n not in {"parent", "object_type"}}
    return replace(fact, slots=kept | {"object": fact.slots["parent"]})


def _state_nouns(facts: Sequence[Fact]) -> Iterator[tuple[str, str]]:
    """Nouns for a state, with the thing that is in it: drafts are posts. A thing of that name comes first."""
    things = {f.word("entity") for f in facts} | {f.word("of") for f in facts if f.kind == "field"}
    for fact in facts:
        if fact.kind != "lifecycle":
            continue
        told = fact.get("states")
        for state in told if isinstance(told, tuple) else (fact.word("state"),):
            if state and state not in things:
                yield state, fact.word("entity")


def _of_states(fact: Fact, states: Mapping[str, str]) -> Fact:
    word = fact.word("object")
    if fact.kind not in {"operation", "access"} or word not in states or "state" in fact.slots:
        return fact
    said = fact.slots["object"]
    more = {"object": replace(said, value=states[word], via=Via.LEXICON), "state": replace(said, value=word)}
    return replace(fact, slots={**fact.slots, **more})


def _inherited(facts: Iterable[Fact]) -> Iterator[Fact]:
    """Everything that agents may do, for admins too, where a sentence says that they may do what agents do."""
    known = list(facts)
    heirs = [f for f in known if f.kind == "access" and f.word("like")]
    yield from known
    for heir in heirs:
        for fact in known:
            if fact.kind == "operation" and fact.word("role") == heir.word("like") and fact.get("actor") in _PEOPLE:
                who = {"actor": heir.slots["actor"], "role": heir.slots["role"]}
                scope: dict[str, Slot] = {}
                yield replace(fact, slots={**fact.slots, **who, **scope})


_PEOPLE = frozenset({"role", "user"})

"""Readings of what restricts an action: how often, how many at a time, in which state of the row.

Like `roles`, a reading answers the slots and the items it used; None where the phrase says anything else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from autocoder.facts import Via
from autocoder.readers.rules import enumerations, roles
from autocoder.readers.rules.clauses import Adjunct, Noun
from autocoder.readers.rules.discourse import Discourse
from autocoder.readers.rules.lexicon import nouns
from autocoder.readers.rules.lexicon.domain import STATES
from autocoder.readers.rules.phrases import Bound, Item
from autocoder.readers.rules.roles import Filled, name_items, words_of

_PLAIN = frozenset({"each", "every", "all", "any", "given"})


def _named(noun: Noun, *also: str) -> list[Item] | None:
    """The nouns of a name; None where the phrase has a word that neither names nor goes without saying, nor `also`."""
    named = name_items(noun)
    rest = [i for i in noun.items if i not in named]
    plain = all(i.tag in "DS" or i.lemma in _PLAIN or i.lemma in also for i in rest)
    own = plain and not noun.relative and not noun.paren and noun.clause is None
    return named if own and noun.head.tag == "N" else None


def _filled(noun: Noun, named: list[Item]) -> Filled:
    filled = Filled(parts={})
    filled.put("value", words_of(named), *named)
    filled.use(*noun.items)
    return filled


def same_thing(noun: Noun, _discourse: Discourse) -> Filled | None:
    """A recipe; the same recipe."""
    named = _named(noun, "same")
    return _filled(noun, named) if named else None


def nobody_of(noun: Noun, _discourse: Discourse) -> Filled | None:
    """No member; no user: none of these people."""
    people = roles.person(noun.head.lemma) or noun.head.lemma in nouns.ACTORS
    denied = [i for i in noun.items if i.lemma == "no"]
    named = _named(noun, "no")
    return _filled(noun, named) if named and denied and people else None


def each_of(noun: Noun, _discourse: Discourse) -> Filled | None:
    """A member; each user: any of these people."""
    people = roles.person(noun.head.lemma) or noun.head.lemma in nouns.ACTORS
    named = _named(noun)
    return _filled(noun, named) if named and people else None


def too_many(noun: Noun, discourse: Discourse) -> Filled | None:
    """More than three tools: what nobody may have. The greatest allowed number is the one it names."""
    bounds = [i for i in noun.items if isinstance(i.meaning, Bound)]
    if len(bounds) != 1 or noun.head.tag != "N" or noun.relative:
        return None
    meaning, said = bounds[0].meaning, bounds[0].words[0].token.value
    if (
        not isinstance(meaning, Bound)
        or meaning.low is None
        or meaning.high is not None
        or said not in {"more", "over"}
    ):
        return None
    return _limit(noun, bounds[0], meaning.low.amount, discourse)


def only_so_many(noun: Noun, discourse: Discourse) -> Filled | None:
    """One open stay; only one vote; a single account."""
    counted = [i for i in noun.items if i.tag == "U" or i.lemma in {"one", "single"}]
    narrowed = any(i.lemma in {"only", "single"} for i in noun.items)
    amount = roles.number_of(counted[0]) or "1" if len(counted) == 1 else None
    if amount is None or not narrowed or noun.head.tag != "N" or noun.relative:
        return None
    return _limit(noun, counted[0], amount, discourse)


def _limit(noun: Noun, bound: Item, amount: str, discourse: Discourse) -> Filled | None:
    filled = Filled(parts={})
    filled.put("value", words_of(name_items(noun)), *name_items(noun))
    filled.put("max", amount, bound, via=Via.LEXICON)
    for item in noun.modifiers:
        if item.tag == "J" and _is_state(item, discourse):
            filled.put("state", item.words[0].token.value, item)
        elif item.tag in "DS" or item.lemma in {"only", "single"}:
            filled.use(item)
    return filled if {i.index for i in noun.items} <= filled.items else None


def only_in_state(noun: Noun, discourse: Discourse) -> Filled | None:
    """Only open tickets; only a closed stay."""
    state = _state(noun, discourse)
    named = _named(noun, "only", state.lemma) if state else None
    if state is None or not named or all(i.lemma != "only" for i in noun.items):
        return None
    filled = _filled(noun, named)
    filled.put("from_states", (state.words[0].token.value,), state)
    return filled


def in_state(noun: Noun, discourse: Discourse) -> Filled | None:
    """Closed tickets; a paid stay."""
    state = _state(noun, discourse)
    named = _named(noun, state.lemma) if state else None
    if state is None or not named:
        return None
    filled = _filled(noun, named)
    filled.put("state", state.words[0].token.value, state)
    return filled


def _state(noun: Noun, discourse: Discourse) -> Item | None:
    """The one adjective of a thing, where it can be its state: the text says so, or it is what a verb leads to."""
    found = [i for i in noun.modifiers if i.tag == "J"]
    known = len(found) == 1 and _is_state(found[0], discourse) and not roles.person(noun.head.lemma)
    return found[0] if known else None


def _is_state(item: Item, discourse: Discourse) -> bool:
    said = item.words[0].token.value
    return said in discourse.symbols.states or said in STATES.values() or said in enumerations.STATE_WORDS


def once(adjunct: Adjunct, _discourse: Discourse) -> Filled | None:
    """Once; only once; twice, in what nobody may do."""
    return _adverb(adjunct, "once")


def twice(adjunct: Adjunct, _discourse: Discourse) -> Filled | None:
    """Twice; again."""
    return _adverb(adjunct, "twice", "again")


def _adverb(adjunct: Adjunct, *lemmas: str) -> Filled | None:
    said = [i.lemma for i in adjunct.items if i.lemma != "only"]
    if len(said) != 1 or said[0] not in lemmas or adjunct.nouns:
        return None
    return Filled(parts={}, items={i.index for i in adjunct.items})


def same_time(adjunct: Adjunct, _discourse: Discourse) -> Filled | None:
    """At the same time; at once; at a time."""
    said = " ".join(i.lemma for n in adjunct.nouns for i in n.items) or " ".join(i.lemma for i in adjunct.items[1:])
    if said not in {"the same time", "a time", "any time", "one time"} or any(n.post for n in adjunct.nouns):
        return None
    return Filled(parts={}, items={i.index for i in (*adjunct.items, *(i for n in adjunct.nouns for i in n.items))})


def record(noun: Noun, discourse: Discourse) -> Filled | None:
    """One vote per user and poll: what is left once, by whom, and of what."""
    per = [a for a in noun.post if a.prep in {"per", "for"} and len(a.nouns) == 2]
    counted = [
        i for i in noun.items if i.lemma in {"one", "single"} or (isinstance(i.meaning, Bound) and _one(i.meaning))
    ]
    if len(per) != 1 or len(noun.post) != 1 or not counted or len(name_items(noun)) > 1 or noun.head.tag != "N":
        return None
    people = [n for n in per[0].nouns if each_of(n, discourse)]
    things = [n for n in per[0].nouns if n not in people and _named(n)]
    if len(people) != 1 or len(things) != 1:
        return None
    filled = _filled(noun, name_items(noun))
    who, what = name_items(people[0]), name_items(things[0])
    filled.put("per", f"{words_of(who)} {words_of(what)}", *who, *what)
    filled.use(*per[0].items, *people[0].items, *things[0].items)
    return filled


def _one(meaning: Bound) -> bool:
    return meaning.low is None and meaning.high is not None and meaning.high.amount == "1"


NOUNS: Mapping[str, roles.Reads] = {
    "same thing": same_thing,
    "nobody of": nobody_of,
    "each of": each_of,
    "too many": too_many,
    "only so many": only_so_many,
    "only in state": only_in_state,
    "thing in state": in_state,
    "record": record,
}

ADJUNCTS: Mapping[str, Callable[[Adjunct, Discourse], Filled | None]] = {
    "once": once,
    "twice": twice,
    "same time": same_time,
}

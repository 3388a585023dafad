"""Readings of occasions: what must be the case, what has happened, in which state a thing is.

Owns conditions as a whole ("if the amount equals the total"), the states that a predicate gives to its subject, and
what happens by itself. Like `roles`, a reading answers the slots and the items it used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autocoder.facts import Via
from autocoder.readers.rules import enumerations, readings, roles
from autocoder.readers.rules.clauses import Adjunct, Clause, Noun, Predicate, items_of
from autocoder.readers.rules.discourse import Discourse, Part, remembered
from autocoder.readers.rules.lexicon import nouns, verbs
from autocoder.readers.rules.lexicon.domain import RECORDS
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import Item, Measure
from autocoder.readers.rules.roles import Filled, words_of

OPENERS = words("when whenever if")
AT_FIRST = words("first initially")
MESSAGES = words("e-mail email mail message sms text notification push")
"""Words that a message to somebody is called by; one of them at least names how it is sent."""


def text_of(said: Sequence[Item], discourse: Discourse) -> Part:
    """The words as they stand in the prose."""
    text = discourse.prose.text[said[0].words[0].token.start : said[-1].words[-1].token.end]
    flat = " ".join(text.split())
    return Part(value=flat[:1].lower() + flat[1:] if said[0].tag in "DQUPS" else flat, items=list(said))


def case(conditions: Sequence[Clause], discourse: Discourse) -> Filled | None:
    """If the amount equals the total; when two deliveries in a row are late; if not."""
    opened = [c for c in conditions if c.opener and c.opener.lemma in OPENERS]
    if len(opened) != 1 or len(conditions) != 1 or opened[0].opener is None:
        return None
    condition = opened[0]
    if not condition.subject and not condition.predicates:
        return _contrary(condition, discourse)
    share = any(a.kind == "bound" for a in condition.lead) and bool(condition.subject or condition.predicates)
    whole = share or (len(condition.subject) == 1 and len(condition.predicates) == 1)
    if not whole or condition.stray:
        return None
    said = [i for i in items_of(condition) if i is not condition.opener]
    filled = Filled(parts={"value": text_of(said, discourse)})
    filled.use(*items_of(condition))
    return filled


def _contrary(condition: Clause, discourse: Discourse) -> Filled | None:
    """If not: the contrary of the case that the text was at."""
    if [i.tag for i in condition.stray] != ["X"] or discourse.case is None:
        return None
    filled = Filled(parts={"value": remembered(discourse.case)})
    filled.put("otherwise", True, *condition.stray, via=Via.LEXICON)
    filled.use(*items_of(condition))
    return filled


def nobody_acts(condition: Clause) -> bool:
    """Whether a condition says that something is done to a thing, and not by whom: when an order is paid."""
    done = [p for p in condition.predicates if p.passive and not any(a.prep == "by" for a in p.around)]
    return bool(condition.subject) and len(done) == len(condition.predicates) == 1


def state(predicate: Predicate | None) -> list[Item]:
    """The words of the state that a predicate gives: is pending, was shipped, becomes paid; none where it is more."""
    if predicate is None:
        return []
    if predicate.passive:
        agent = any(a.prep == "by" for a in predicate.around)
        return list(predicate.verbs) if len(predicate.verbs) == 1 and not agent else []
    lemmas = {v.lemma for v in predicate.verbs}
    nouns_ = [n.head for n in predicate.objects if n.head.lemma in nouns.STATE_NOUNS and not (n.post or n.relative)]
    if lemmas <= verbs.CLASSES["be"] and len(nouns_) == len(predicate.objects) == 1:
        return [i for i in predicate.objects[0].items if i.tag != "D"]
    adjectives = [a for a in predicate.around if a.kind == "adjective"]
    known = lemmas <= verbs.CLASSES["be"] | verbs.CLASSES["stay"] | verbs.CLASSES["become"]
    return list(adjectives[0].items) if known and len(adjectives) == 1 and len(adjectives[0].items) == 1 else []


def given_state(predicate: Predicate | None, _discourse: Discourse) -> Filled | None:
    """The state of a subject: pending, hidden."""
    said = state(predicate)
    if not said or said[0].lemma in nouns.NO_STATES:
        return None
    filled = Filled(parts={})
    filled.put("value", enumerations.said(said), *said)
    return filled


def as_state(adjuncts: Sequence[Adjunct]) -> Filled | None:
    """As submitted; as picked up; as a draft; in state open."""
    for at, adjunct in enumerate(adjuncts):
        if adjunct.kind != "prep" or adjunct.prep not in {"as", "in"}:
            continue
        after = adjuncts[at + 1] if at + 1 < len(adjuncts) else None
        filled = Filled(parts={})
        if not adjunct.nouns and after and after.kind == "adjective" and all(i.tag == "R" for i in after.items[1:]):
            filled.put("value", enumerations.said(after.items), *after.items)
            filled.use(*adjunct.items)
            return filled
        named = adjunct.nouns[0] if len(adjunct.nouns) == 1 and adjunct.prep == "as" else None
        if named and all(i.tag in "DNJ" for i in named.items) and not (named.post or named.relative):
            said = [i for i in named.items if i.tag != "D"]
            filled.put("value", said[0].lemma if len(said) == 1 and said[0].plural else enumerations.said(said), *said)
            filled.use(*items_of(adjunct))
            return filled
    return None


def at_first(adjuncts: Sequence[Adjunct]) -> Filled | None:
    """At first; initially."""
    for at, adjunct in enumerate(adjuncts):
        before = adjuncts[at - 1] if at else None
        if adjunct.kind == "adverb" and adjunct.items[0].lemma in AT_FIRST:
            filled = Filled(parts={}, items={adjunct.items[0].index})
            if before and before.prep == "at" and not before.nouns:
                filled.use(*before.items)
            return filled
    return None


def until(conditions: Sequence[Clause]) -> Filled | None:
    """Until somebody does something: only that something follows; what it is, is read by itself."""
    found = [c for c in conditions if c.opener and c.opener.lemma in {"until", "till"}]
    if len(found) != 1 or len(conditions) != 1 or found[0].opener is None:
        return None
    return Filled(parts={}, items={found[0].opener.index})


def first_states(items: Sequence[Item]) -> Iterator[str]:
    """The states in which a sentence says that things start: "is pending until …", "starts as open"."""
    for at, item in enumerate(items[:-1]):
        said, after = items[at + 1], [i.lemma for i in items[at + 2 : at + 4]]
        told = after[:1] in (["until"], ["till"], ["initially"]) or after == ["at", "first"]
        new = any(i.lemma == "new" for i in items[:at]) and after in ([], ["."])
        if item.lemma == "be" and said.tag in "JV" and (told or new):
            yield enumerations.said([said])
        if item.lemma == "as" and at and items[at - 1].lemma in verbs.CLASSES["begin"] and said.tag in "JV":
            yield enumerations.said([said])


def stressed(conditions: Sequence[Clause], adjuncts: Sequence[Adjunct]) -> Filled | None:
    """Even when the broker is down: what holds, holds then too."""
    even = [a for a in adjuncts if a.kind == "stress"]
    found = [c for c in conditions if c.opener and c.opener.lemma in OPENERS]
    if len(even) != 1 or len(found) != 1 or len(conditions) != 1:
        return None
    filled = Filled(parts={})
    filled.use(*even[0].items, *items_of(found[0]))
    return filled


# messages


def is_message(noun: Noun) -> bool:
    """Whether a noun phrase is a message to somebody, and no value that an operation answers."""
    named = [i.lemma for i in noun.items if i.tag != "D"]
    return bool(named) and named[-1] in MESSAGES and all(n in MESSAGES for n in named)


def outcome(noun: Noun, discourse: Discourse) -> Filled | None:
    """What an operation answers; a message to somebody is none."""
    return None if is_message(noun) else roles.thing(noun, discourse)


# what happens by itself


def by_itself(predicate: Predicate | None, subjects: Sequence[Noun], adjuncts: Sequence[Adjunct]) -> Filled | None:
    """Whether nobody does it: an alarm is opened; it closes itself; it stops by itself."""
    if predicate is None or any(v.lemma in _ANSWERS for v in predicate.verbs):
        return None
    if predicate.passive and not subjects and not any(i.tag == "M" for i in predicate.group):
        return Filled(parts={})
    said = [i for n in predicate.objects if n.head.lemma in _SELF for i in n.items]
    said += [i for a in adjuncts if a.prep == "by" for n in a.nouns if n.head.lemma in _SELF for i in items_of(a)]
    said += [i for i in predicate.group if i.lemma == "automatically"]
    said += [i for a in adjuncts if a.kind == "adverb" for i in a.items if i.lemma == "automatically"]
    return (
        Filled(parts={}, items={i.index for i in said if i.lemma in {"by", "automatically", *_SELF}}) if said else None
    )


_SELF = words("itself themselves")
_ANSWERS = words("return answer respond reply show display give redirect forward visit open_route")


def thing_in_a_case(noun: Noun, discourse: Discourse) -> Filled | None:
    """A boiler that has been cold for ten minutes: the case that something follows from."""
    if len(noun.relative) != 1 or noun.head.tag != "N" or noun.paren or noun.post:
        return None
    inner = noun.relative[0]
    lasting = any(isinstance(i.meaning, Measure) and i.meaning.dimension == "duration" for i in items_of(noun))
    if roles.person(noun.head.lemma) and not lasting:
        return None  # "a member who is blocked opens a ticket": somebody does it
    if inner.passive or not {v.lemma for v in inner.verbs} <= verbs.CLASSES["be"] | verbs.CLASSES["stay"]:
        return None
    said = items_of(noun)
    filled = Filled(parts={"value": text_of(said, discourse)})
    filled.use(*said)
    return filled


def thing_of_an_age(noun: Noun, discourse: Discourse) -> Filled | None:
    """Readings older than one hour."""
    aged = [a for a in noun.post if a.kind == "bound"]
    plain = len(noun.post) == len(aged) == 1 and not (noun.relative or noun.paren) and noun.head.tag == "N"
    if not plain or any(i.tag not in "DN" for i in noun.items):
        return None
    said = items_of(noun)
    filled = Filled(parts={"value": text_of(said, discourse)})
    filled.parts["value"].value = str(filled.parts["value"].value).lower()
    filled.use(*said)
    return filled


def plain_or_it(noun: Noun, discourse: Discourse) -> Filled | None:
    """A thing by its name, or a pronoun for it."""
    return roles.thing(noun, discourse) if noun.head.tag == "O" else readings.plain(noun, discourse)


def after_things(adjunct: Adjunct, discourse: Discourse) -> Filled | None:
    """After three normal readings: what must have come before; a time is none."""
    said = items_of(adjunct)
    if len(adjunct.nouns) != 1 or adjunct.nouns[0].head.tag != "N" or any(i.tag in "H" for i in said):
        return None
    filled = Filled(parts={"value": text_of(said, discourse)})
    filled.use(*said)
    return filled


def what_changes(noun: Noun, discourse: Discourse) -> Filled | None:
    """What something is done to by itself; sending somebody a message is told elsewhere."""
    return None if is_message(noun) else readings.plain(noun, discourse)


def activity(act: Predicate | None) -> Filled | None:
    """Sending; publishing: what is done, as a subject of its own."""
    alone = act is not None and not (act.objects or act.adjuncts)
    return Filled(parts={}, items={v.index for v in act.verbs}) if act and alone else None


# what a verb leaves


def record(predicate: Predicate | None, verbs_: Sequence[Item]) -> Filled | None:
    """The record that a verb leaves: a reservation."""
    if predicate is None or len(verbs_) != 1 or verbs_[0].lemma not in RECORDS:
        return None
    filled = Filled(parts={})
    filled.put("value", RECORDS[verbs_[0].lemma], verbs_[0], via=Via.LEXICON)
    filled.items = set()  # the verb is the operation's
    return filled


def times(noun: Noun, discourse: Discourse) -> Filled | None:
    """A start date; an arrival time: a field that holds a time."""
    named = [i for i in noun.items if i.tag != "D"]
    kind = nouns.VALUE_TYPES.get(noun.head.lemma)
    plain = len(named) > 1 and all(i.tag in "NJ" for i in named) and not (noun.post or noun.relative or noun.paren)
    if kind not in {"date", "datetime"} or not plain or not discourse:
        return None
    filled = Filled(parts={})
    filled.put("value", words_of(named), *named)
    filled.put("type", kind, noun.head, via=Via.LEXICON)
    filled.use(*noun.items)
    return filled

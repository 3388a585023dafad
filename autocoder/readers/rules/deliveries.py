"""Readings of what arrives and goes out: events, messages, dead letters, webhooks with their headers and keys.

Like `roles`, a reading answers the slots and the items it used; None where the phrase says anything else.
"""

from __future__ import annotations

from dataclasses import replace

from autocoder.facts import Via
from autocoder.readers.rules import roles
from autocoder.readers.rules.clauses import Noun, items_of
from autocoder.readers.rules.discourse import Discourse, Part
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.roles import Filled


def arriving_event(noun: Noun, discourse: Discourse) -> Filled | None:
    """A `PaymentReceived` event, with or without what it carries in parentheses."""
    bare = replace(noun, paren=[], post=[])
    return roles.event_name(bare, discourse) if not noun.relative else None


def an_event(noun: Noun, _discourse: Discourse) -> Filled | None:
    """The event; the message; it."""
    plain = [i.lemma for i in noun.items if i.tag != "D"] in (["event"], ["message"], ["it"])
    return Filled(parts={}, items={i.index for i in noun.items}) if plain else None


def whole_thing(noun: Noun, _discourse: Discourse) -> Filled | None:
    """The whole order; the full invoice; all of the booking."""
    whole = [i for i in noun.items if i.lemma in {"whole", "entire", "full", "complete"}]
    named = [i for i in noun.items if i.tag == "N"]
    if noun.head.tag != "N" or not whole or len(whole) + len(named) < len([i for i in noun.items if i.tag != "D"]):
        return None
    filled = Filled(parts={})
    filled.put("value", roles.words_of(named), *named)
    filled.use(*noun.items)
    return filled


def taken_back(noun: Noun, discourse: Discourse) -> Filled | None:
    """What `OrderCancelled` takes back; refunds are none, for nobody says what they are."""
    bare = replace(noun, items=[i for i in noun.items if i.tag == "L"], clause=None)
    filled = roles.event_name(bare, discourse) if bare.items else None
    if filled is not None:
        filled.use(*items_of(noun))
    return filled


def dead_letters(noun: Noun, _discourse: Discourse) -> Filled | None:
    """A dead letter queue."""
    said = [i.lemma for i in noun.items if i.tag != "D"]
    known = " ".join(said).replace("-", " ") in {"dead letter queue", "dead letter topic", "dead letters"}
    filled = Filled(parts={})
    filled.put("verb", "dead-letter", *noun.items, via=Via.LEXICON)
    filled.put("object", "event", *noun.items, via=Via.LEXICON)
    return filled if known else None


def none_of_them(noun: Noun, _discourse: Discourse) -> Filled | None:
    """No message; none of the readings."""
    if noun.head.tag != "N" or noun.items[0].lemma != "no" or noun.relative or noun.paren:
        return None
    filled = Filled(parts={})
    filled.put("value", roles.words_of(roles.name_items(noun)), *roles.name_items(noun))
    filled.use(noun.items[0])
    return filled


def acknowledged(noun: Noun, _discourse: Discourse) -> Filled | None:
    """A reading; a vote that it has acknowledged; any accepted order."""
    named = [i for i in noun.items if i.tag == "N"]
    told = {v.lemma for p in (noun.clause.predicates if noun.clause else ()) for v in p.verbs}
    told |= {i.words[0].lemma for i in noun.items if i.tag == "J"}
    if noun.head.tag != "N" or noun.relative or noun.paren or not told <= _TAKEN:
        return None
    filled = Filled(parts={})
    filled.put("value", roles.words_of(named), *named)
    filled.use(*(i for i in noun.items if i.tag in "DJQ"), *(items_of(noun.clause) if noun.clause else ()))
    return filled


_TAKEN = words("acknowledge accept confirm receive take acknowledged accepted confirmed received")


def same_key(noun: Noun, _discourse: Discourse) -> Filled | None:
    """The same key; a repeated request; a retry with the same key."""
    said = [i.lemma for i in noun.items if i.tag != "D"]
    known = said in (["same", "key"], ["same", "request"], ["repeated", "request"], ["second", "request"])
    return Filled(parts={}, items={i.index for i in noun.items}) if known else None


def first_answer(noun: Noun, _discourse: Discourse) -> Filled | None:
    """The first answer; the same response; the original result."""
    said = [i.lemma for i in noun.items if i.tag != "D"]
    answer = len(said) == 2 and said[0] in {"first", "same", "original", "stored", "earlier"}
    known = answer and said[1] in {"answer", "response", "result", "reply"}
    return Filled(parts={}, items={i.index for i in noun.items}) if known else None


def _possessed(noun: Noun, *heads: str) -> Filled | None:
    """The warehouse's webhook: whose it is, and what."""
    at = next((n for n, i in enumerate(noun.items) if i.lemma == "'s"), -1)
    owner = [i for i in noun.items[: max(at, 0)] if i.tag == "N"]
    if at < 0 or not owner or noun.head.lemma not in heads or len(noun.items) != at + 2:
        return None
    filled = Filled(parts={})
    filled.put("of", roles.words_of(owner), *owner)
    filled.use(*noun.items)
    return filled


def somebodys_webhook(noun: Noun, _discourse: Discourse) -> Filled | None:
    """The warehouse's webhook; the customer's webhook."""
    filled = _possessed(noun, "webhook")
    if filled is None:
        return None
    filled.parts = {"to": filled.parts["of"], "value": Part(value="webhook", items=[noun.head])}
    return filled


def somebodys_secret(noun: Noun, _discourse: Discourse) -> Filled | None:
    """The warehouse's secret: the field that signs what is sent."""
    filled = _possessed(noun, "secret", "key")
    if filled is None:
        return None
    owner = filled.parts["of"]
    filled.parts = {"value": Part(value=f"{owner.value} {noun.head.lemma}", items=[*owner.items, noun.head])}
    return filled


def a_header(noun: Noun, _discourse: Discourse) -> Filled | None:
    """An `Idempotency-Key` header."""
    literals = [i for i in noun.items if i.tag == "L"]
    rest = [i.lemma for i in noun.items if i.tag not in "DL"]
    if len(literals) != 1 or rest not in (["header"], ["request", "header"], ["http", "header"]) or noun.relative:
        return None
    filled = Filled(parts={})
    filled.put("value", literals[0].lemma, literals[0])
    filled.use(*noun.items)
    return filled

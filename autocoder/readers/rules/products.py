"""Reads noun phrases as products and what they hold: a database, a broker, a cache, the data, the events."""

from __future__ import annotations

from collections.abc import Mapping

from autocoder.facts import Via
from autocoder.readers.rules.clauses import Noun
from autocoder.readers.rules.discourse import Discourse, Part
from autocoder.readers.rules.lexicon import nouns
from autocoder.readers.rules.roles import Filled, Reads, common, name_items


def engine(noun: Noun, _discourse: Discourse) -> Filled | None:
    """A product: PostgreSQL, a PostgreSQL database."""
    products = [i for i in noun.items if i.lemma.lower() in nouns.ENGINES]
    if len(products) != 1:
        return None
    filled = Filled(parts={})
    kind, name = nouns.ENGINES[products[0].lemma.lower()]
    filled.put("value", name, products[0], via=Via.LEXICON)
    filled.parts["kind"] = Part(value=kind, items=products)
    filled.use(
        *(
            i
            for i in noun.items
            if i.tag == "N" and i.lemma in {"database", "server", "instance", "store", "cache", "broker"}
        )
    )
    common(noun, filled)
    return filled


def broker(noun: Noun, discourse: Discourse) -> Filled | None:
    """A product that carries events, whatever else it may do: NATS, Redis."""
    filled = engine(noun, discourse)
    if filled is None or filled.parts["value"].value not in nouns.BROKERS:
        return None
    del filled.parts["kind"]
    return filled


def cache(noun: Noun, discourse: Discourse) -> Filled | None:
    """A product that caches: Redis."""
    filled = engine(noun, discourse)
    if filled is None or filled.parts.pop("kind").value != "cache":
        return None
    return filled


def messages(noun: Noun, _discourse: Discourse) -> Filled | None:
    """What a broker carries, where nothing particular is meant: the events, all messages."""
    if noun.head.lemma not in {"event", "message"} or not noun.head.plural or len(name_items(noun)) > 1:
        return None
    filled = Filled(parts={})
    filled.use(noun.head)
    common(noun, filled)
    return filled


def data(noun: Noun, _discourse: Discourse) -> Filled | None:
    """What is stored, where nothing particular is meant: the data, everything, it; or the things of the service."""
    some = noun.head.tag == "N" and (noun.head.plural or noun.items[0].lemma == "the")
    if noun.head.lemma not in nouns.DATA and not some:
        return None
    filled = Filled(parts={})
    filled.use(*name_items(noun))
    common(noun, filled)
    return filled


READS: Mapping[str, Reads] = {
    "engine": engine,
    "broker": broker,
    "cache": cache,
    "messages": messages,
    "data": data,
}

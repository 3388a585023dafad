"""Reads runs: facts that a few words in a row state wherever they stand ("p95 under 50 ms").

Owns the matchers that patterns name. A run uses only words that no frame used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from autocoder.facts import Via
from autocoder.readers.rules import roles
from autocoder.readers.rules.discourse import Draft, Part
from autocoder.readers.rules.frames.model import Run
from autocoder.readers.rules.lexicon import nouns
from autocoder.readers.rules.phrases import Bound, Item, Measure
from autocoder.readers.rules.readings import CHANNELS, PERIODS

Parts = dict[str, Part]


def _literal(kind: str) -> Callable[[Item], Parts | None]:
    def match(item: Item) -> Parts | None:
        return {"value": Part(value=item.lemma, items=[item])} if item.kind == kind and item.tag == "L" else None

    return match


def _rate(item: Item) -> Parts | None:
    meaning = item.meaning
    if not isinstance(meaning, Measure) or meaning.dimension != "rate":
        return None
    return {
        "value": Part(value=meaning.amount, items=[item]),
        "unit": Part(value=meaning.unit, items=[item], via=Via.LEXICON),
    }


_LIMITS = ("at most", "no more than", "max", "not more than", "a maximum of")
_REQUESTS = frozenset({"request", "call", "req", "query", "hit"})


def _load(item: Item) -> Parts | None:
    """500 requests per second, up to 50 writes per second; "at most 3 per hour" is none: it limits something."""
    return None if item.text.lower().startswith(_LIMITS) else _rate(item)


def _limited_rate(item: Item) -> Parts | None:
    """At most 60 requests a minute: a limit, where a number alone would be a load."""
    limits = item.text.lower().startswith((*_LIMITS, "up to"))
    return _rate(item) if limits and any(w.lemma in _REQUESTS for w in item.words) else None


def _whose(item: Item) -> Parts | None:
    """By whom requests are counted: the caller, each user, an address."""
    known = item.lemma in _CALLERS or roles.person(item.lemma) or item.lemma in nouns.ACTORS
    return {"value": Part(value=item.lemma, items=[item])} if item.tag == "N" and known else None


_UNITS = {"s": "second", "m": "minute", "h": "hour", "d": "day"}
_CALLERS = frozenset(
    {
        "client",
        "caller",
        "e-mail",
        "email",
        "username",
        "address",
        "ip",
        "ip address",
        "key",
        "api key",
        "token",
        "consumer",
    }
)


def _bound(item: Item) -> Parts | None:
    """At most 5; no more than 20."""
    high = item.meaning.high if isinstance(item.meaning, Bound) and item.meaning.low is None else None
    return {"value": Part(value=high.amount, items=[item])} if high and high.dimension == "count" else None


def _noun(item: Item) -> Parts | None:
    return {"value": Part(value=item.lemma, items=[item])} if item.tag == "N" and item.meaning is None else None


def _schedule(item: Item) -> Parts | None:
    known = item.tag == "Z" and isinstance(item.meaning, str)
    return {"value": Part(value=str(item.meaning), items=[item], via=Via.LEXICON)} if known else None


def _channel(item: Item) -> Parts | None:
    name = CHANNELS.get(item.lemma)
    return {"value": Part(value=name, items=[item], via=Via.LEXICON)} if name and item.tag == "N" else None


def _timely(item: Item) -> Parts | None:
    said = item.text.lower()
    return {"value": Part(value=said, items=[item])} if said in {"due", "overdue"} else None


def _duration(item: Item) -> Parts | None:
    meaning = item.meaning.high if isinstance(item.meaning, Bound) and item.meaning.low is None else item.meaning
    if not isinstance(meaning, Measure) or meaning.dimension != "duration":
        return None
    return {"value": Part(value=meaning.text, items=[item], via=Via.LEXICON)}


def _how_many(item: Item) -> Parts | None:
    """Replies, behind "how many": their number."""
    if item.tag != "N" or not item.plural:
        return None
    number = Part(value=f"number of {item.text.lower()}", items=[item], via=Via.LEXICON)
    return {"value": number, "computed": number}


def _period(item: Item) -> Parts | None:
    meaning = item.meaning
    if isinstance(meaning, Measure) and meaning.dimension == "duration" and meaning.amount == "1":
        unit = _UNITS.get(meaning.unit)
        return {"value": Part(value=f"per {unit}", items=[item], via=Via.LEXICON)} if unit else None
    known = item.lemma in PERIODS and item.tag == "N"
    return {"value": Part(value=f"per {item.lemma}", items=[item], via=Via.LEXICON)} if known else None


def _header(item: Item) -> Parts | None:
    said = item.text.strip("`\"'")
    named = re.fullmatch(r"[A-Z][A-Za-z0-9]*(-[A-Za-z0-9]+)+", said)
    return {"value": Part(value=said, items=[item])} if named else None


def _percent(item: Item) -> Parts | None:
    meaning = item.meaning
    if not isinstance(meaning, Measure) or meaning.dimension != "percent":
        return None
    return {
        "value": Part(value=meaning.amount, items=[item]),
        "unit": Part(value="percent", items=[item], via=Via.LEXICON),
    }


def _upper_duration(item: Item) -> Parts | None:
    high = item.meaning.high if isinstance(item.meaning, Bound) and item.meaning.low is None else item.meaning
    if not isinstance(high, Measure) or high.dimension != "duration":
        return None
    return {
        "value": Part(value=high.amount, items=[item]),
        "unit": Part(value=high.unit, items=[item], via=Via.LEXICON),
    }


def _share(item: Item) -> Parts | None:
    """The percentile that "95% of requests" means."""
    meaning = item.meaning
    if not isinstance(meaning, Measure) or meaning.dimension != "percent":
        return None
    return {"value": Part(value=meaning.amount, items=[item])}


def _address(item: Item) -> Parts | None:
    """A URL without a path gives the host, and whether it is HTTPS."""
    match = re.fullmatch(r"(https?)://([A-Za-z0-9.-]+)/?", item.lemma) if item.kind == "url" else None
    if match is None:
        return None
    return {
        "value": Part(value=match[2].lower(), items=[item]),
        "tls": Part(value=match[1] == "https", items=[item], via=Via.LEXICON),
    }


def _engine(item: Item) -> Parts | None:
    known = nouns.ENGINES.get(item.lemma.lower())
    if known is None:
        return None
    return {
        "value": Part(value=known[1], items=[item], via=Via.LEXICON),
        "kind": Part(value=known[0], items=[item]),
    }


def _api_key(item: Item) -> Parts | None:
    return {"value": Part(value="api key", items=[item])} if item.lemma == "api key" else None


def _activity(item: Item) -> Parts | None:
    """What is done: placing, searches."""
    done = item.tag == "V" and item.form == "VBG"
    return {"value": Part(value=item.lemma, items=[item])} if done or item.lemma in nouns.OCCURRENCES else None


def _part_of_the_platform(item: Item) -> Parts | None:
    kind = nouns.PLATFORM_PARTS.get(item.lemma)
    return {"kind": Part(value=kind, items=[item])} if kind else None


MATCHERS: Mapping[str, Callable[[Item], Parts | None]] = {
    "rate": _load,
    "limited rate": _limited_rate,
    "whose": _whose,
    "header": _header,
    "bound": _bound,
    "noun": _noun,
    "period": _period,
    "duration": _duration,
    "how many": _how_many,
    "schedule": _schedule,
    "channel": _channel,
    "timely": _timely,
    "percent": _percent,
    "upper duration": _upper_duration,
    "percentile": _literal("percentile"),
    "host": _literal("host"),
    "share": _share,
    "address": _address,
    "engine": _engine,
    "api key": _api_key,
    "activity": _activity,
    "part of the platform": _part_of_the_platform,
}


@dataclass(frozen=True, kw_only=True)
class _Element:
    """One element of a pattern: lemmas, or a matcher with the slot that takes its value."""

    lemmas: frozenset[str]
    matcher: Callable[[Item], Parts | None] | None
    slot: str
    optional: bool


@cache
def _elements(pattern: tuple[str, ...]) -> tuple[_Element, ...]:
    found: list[_Element] = []
    for element in pattern:
        slot, _, name = element.rstrip("?").rpartition("=")
        known = frozenset(name.removeprefix("word:").split("|")) if name.startswith("word:") else frozenset[str]()
        matcher = None if known else MATCHERS[name]
        found.append(_Element(lemmas=known, matcher=matcher, slot=slot, optional=element.endswith("?")))
    return tuple(found)


@cache
def _needed(pattern: tuple[str, ...]) -> tuple[_Element, ...]:
    """The elements that must be there, those first that cost least to look for."""
    return tuple(sorted((e for e in _elements(pattern) if not e.optional), key=lambda e: e.matcher is not None))


def read(items: Sequence[Item], used: Collection[int], table: Sequence[Run]) -> Iterator[Draft]:
    """The facts of all runs, from left to right, the longest first; no word is used twice."""
    taken = set(used)
    able = _able(items, table)
    at = 0
    while at < len(items) and able:
        if items[at].index in taken:
            at += 1
            continue
        found = [d for run in able if (d := _match(run, items, at, taken))]
        if found:
            best = max(found, key=lambda d: len(d.items))
            taken |= best.items
            yield best
        at += 1


def _able(items: Sequence[Item], table: Sequence[Run]) -> list[Run]:
    """The runs that may stand in a sentence: it has a word for each of their elements that must be there."""
    present = {i.lemma for i in items}
    fits: dict[Callable[[Item], Parts | None], bool] = {}

    def stands(element: _Element) -> bool:
        matcher = element.matcher
        if matcher is None:
            return not element.lemmas.isdisjoint(present)
        if matcher not in fits:
            fits[matcher] = any(matcher(i) for i in items)
        return fits[matcher]

    return [run for run in table if all(map(stands, _needed(run.pattern)))]


_NEGATIVE = frozenset({"no", "nobody", "none", "cannot", "n't", "never", "only", "without"})


def _match(run: Run, items: Sequence[Item], at: int, taken: set[int]) -> Draft | None:
    parts: Parts = {}
    if run.constants.get("public") is True and any(i.tag == "X" or i.lemma in _NEGATIVE for i in items[:at]):
        return None  # "must not be reachable from the internet" says the contrary
    if run.near and all(i.lemma not in run.near for i in items[max(at - 3, 0) : at + 4]):
        return None
    mine: list[Item] = []
    for element in _elements(run.pattern):
        step = _step(element, items, at, taken)
        if step is None:
            if element.optional:
                continue
            return None
        at, new, words = step
        parts.update(new)
        mine += words
    anchor = mine[0]
    kind = str(parts.pop("kind").value) if "kind" in parts else run.kind
    for name, value in run.constants.items():
        parts[name] = Part(value=value, items=[anchor], via=Via.LEXICON)
    return Draft(kind=kind, parts=parts, items={i.index for i in mine})


def _step(element: _Element, items: Sequence[Item], at: int, taken: set[int]) -> tuple[int, Parts, list[Item]] | None:
    """One element, with the determiners before it: the next position, its slots, its items."""
    words: list[Item] = []
    while at < len(items) and (items[at].tag == "D" or (items[at].tag == ":" and at)) and items[at].index not in taken:
        words.append(items[at])
        at += 1
    if at >= len(items) or items[at].index in taken:
        return None
    item = items[at]
    if element.matcher is None:
        return (at + 1, {}, [*words, item]) if item.lemma in element.lemmas and not item.meaning else None
    found = element.matcher(item)
    if found is None:
        return None
    named = {(element.slot if k == "value" else k): p for k, p in found.items()}
    return at + 1, named, [*words, item]

"""Joins tagged words that mean one thing: quantities, bounds, rates, schedules, orders.

Owns the small grammars of numbers and times. A phrase is one item for everything later and remembers its words. What
it cannot say exactly (every 45 minutes, every 10 days) it leaves alone, so that it is reported.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from autocoder.readers.rules.lexicon import closed, units
from autocoder.readers.rules.tagging import Tagged


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A number with its unit. `dimension`: duration, length, percent, rate, count."""

    amount: str
    unit: str
    dimension: str
    noun: str = ""

    @property
    def text(self) -> str:
        """The value as the blueprint writes it: `30d`, `50ms`, `7`."""
        return f"{self.amount}{self.unit}" if self.dimension == "duration" else self.amount


@dataclass(frozen=True, kw_only=True)
class Bound:
    """Limits of a value; one of them may be open."""

    low: Measure | None = None
    high: Measure | None = None


@dataclass(frozen=True, kw_only=True)
class Item:
    """What the parser sees: a word (`tag` as tagged), or a phrase.

    Tags of phrases: H quantity, B bound, K bound number of things, Z schedule, Y order.
    """

    index: int
    tag: str
    lemma: str
    words: tuple[Tagged, ...]
    form: str = ""
    meaning: Measure | Bound | str | None = None

    @property
    def counts(self) -> bool:
        """Whether it is subject to word-level accounting."""
        return self.tag not in _SIGNS and (self.words[0].token.is_word or any(w.token.is_word for w in self.words[1:]))

    @property
    def kind(self) -> str:
        """The token kind of a single word or literal."""
        return self.words[0].token.kind

    @property
    def text(self) -> str:
        """The words as written."""
        return " ".join(w.token.text for w in self.words)

    @property
    def plural(self) -> bool:
        """Whether it is a plural noun."""
        return self.words[-1].plural or self.lemma in {"people", "everybody", "they"}


_SIGNS = frozenset({"arrow", "compare"})

Found = tuple[int, str, "Measure | Bound | str"] | None
"""How many words a phrase took, its tag, and what it means."""


def phrases(words: Sequence[Tagged]) -> tuple[Item, ...]:
    """The items of a sentence."""
    items: list[Item] = []
    at = 0
    while at < len(words):
        opens = words[at].token.value in _OPENERS or words[at].token.kind in _COUNTED
        found = next((f for parse in _PARSERS if (f := parse(words, at))), None) if opens else None
        if found:
            size, tag, meaning = found
            took = tuple(words[at : at + size])
            named = tag in {"N", "R", "W", "M"}
            lemma = str(meaning) if named else took[0].lemma
            items.append(Item(index=len(items), tag=tag, lemma=lemma, words=took, meaning=None if named else meaning))
            at += size
        else:
            word = words[at]
            items.append(Item(index=len(items), tag=word.tag, lemma=word.lemma, words=(word,), form=word.form))
            at += 1
    return tuple(items)


def _value(words: Sequence[Tagged], at: int) -> str:
    return words[at].token.value if 0 <= at < len(words) else ""


def _lemma(words: Sequence[Tagged], at: int) -> str:
    return singular(words[at]) if 0 <= at < len(words) else ""


def singular(word: Tagged) -> str:
    """A word without plural ending, whatever its tag: units are nouns even where the tagger saw a verb."""
    value = word.token.value
    return value[:-1] if len(value) > 3 and value.endswith("s") and not value.endswith("ss") else value


# quantities


def number(words: Sequence[Tagged], at: int) -> tuple[int, str] | None:
    """A number in digits or words: how many words, and its digits."""
    if at >= len(words):
        return None
    token = words[at].token
    if token.kind == "number":
        return (2, f"{token.value}000") if _value(words, at + 1) == "thousand" else (1, token.value)
    known = closed.NUMBER_WORDS.get(token.value)
    return (1, known) if known else None


def _scaled(amount: str, unit: str) -> Measure | None:
    factor, base = units.DURATIONS[unit]
    if factor == 1:
        return Measure(amount=amount, unit=base, dimension="duration")
    if not amount.isdigit():
        return None
    return Measure(amount=str(int(amount) * factor), unit=base, dimension="duration")


def measure(words: Sequence[Tagged], at: int, *, article: bool = False) -> tuple[int, Measure] | None:
    """A number with a unit. With `article`, "a year" counts too."""
    if at >= len(words):
        return None
    token = words[at].token
    if token.kind == "percent":
        return 1, Measure(amount=token.value, unit="percent", dimension="percent")
    if token.kind == "sized":
        return _sized(token.value)
    if article and token.value in {"a", "an", "one"} and _lemma(words, at + 1) in units.DURATIONS:
        one = _scaled("1", _lemma(words, at + 1))
        return (2, one) if one else None
    found = number(words, at)
    if not found:
        return None
    size, amount = found
    unit = _lemma(words, at + size)
    if unit in units.DURATIONS and (scaled := _scaled(amount, unit)):
        return size + 1, scaled
    if unit in units.LENGTHS:
        return size + 1, Measure(amount=amount, unit=unit, dimension="length")
    return None


def _sized(value: str) -> tuple[int, Measure] | None:
    amount, _, unit = value.removesuffix("-long").partition("-")
    unit = unit[:-1] if unit.endswith("s") and unit != "s" else unit
    if unit in units.LENGTHS:
        return 1, Measure(amount=amount, unit=unit, dimension="length")
    if unit in units.DURATIONS and (scaled := _scaled(amount, unit)):
        return 1, scaled
    return None


def _rate(words: Sequence[Tagged], at: int) -> Found:
    """500 requests per second; 500 req/s; 500 rps; up to 500 requests per second."""
    near = _near(words, at) or _longest(words, at, _RATE_BOUNDS)[0]
    found = number(words, at + near)
    if not found:
        return None
    here = at + near + found[0]
    if _value(words, here) in {"rps", "qps", "tps"}:
        return here + 1 - at, "H", Measure(amount=found[1], unit="per second", dimension="rate", noun="request")
    noun = ""
    if here < len(words) and _lemma(words, here) in units.RATE_NOUNS:
        noun = _lemma(words, here)
        here += 1
    unit = units.RATE_UNITS.get(_lemma(words, here + 1)) if _value(words, here) in units.PER else None
    if not unit:
        return None
    return here + 2 - at, "H", Measure(amount=found[1], unit=unit, dimension="rate", noun=noun or "request")


def _quantity(words: Sequence[Tagged], at: int) -> Found:
    near = _near(words, at)
    found = measure(words, at + near, article=_lemma(words, at - 1) in {"for", "after", "within", "in", "than"})
    return (found[0] + near, "H", found[1]) if found else None


def _near(words: Sequence[Tagged], at: int) -> int:
    return _longest(words, at, _NEAR)[0]


_Table = dict[str, tuple[tuple[str, ...], ...]]


def _table(phrases_: Iterable[str]) -> _Table:
    """Phrases by their first word, the longest first, so that most words cost one look."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in sorted(phrases_, key=len, reverse=True):
        parts = tuple(phrase.split())
        found.setdefault(parts[0], []).append(parts)
    return {first: tuple(rest) for first, rest in found.items()}


_NEAR, _UPPER, _LOWER = _table(units.NEAR), _table(units.UPPER), _table(units.LOWER)
_RATE_BOUNDS = _table(("up to", "at least", "at most", "no more than", "a maximum of", "max"))


def _longest(words: Sequence[Tagged], at: int, table: _Table) -> tuple[int, str]:
    """The longest phrase of a table that stands here: how many words, and the phrase; (0, "") if none does."""
    for parts in table.get(_value(words, at), ()):
        if all(_value(words, at + i) == part for i, part in enumerate(parts)):
            return len(parts), " ".join(parts)
    return 0, ""


def _matches(words: Sequence[Tagged], at: int, phrase: str) -> int:
    """How many words a phrase takes here; 0 if it does not stand here."""
    parts = phrase.split()
    here = [_value(words, at + i) for i in range(len(parts))]
    return len(parts) if here == parts else 0


# bounds


def _bound(words: Sequence[Tagged], at: int) -> Found:
    for upper, table in ((True, _UPPER), (False, _LOWER)):
        size, _ = _longest(words, at, table)
        if size and (found := _measure_or_number(words, at + size)):
            limit = found[1]
            bound = Bound(high=limit) if upper else Bound(low=limit)
            return size + found[0], _bound_tag(words, at + size + found[0], limit), bound
    return _range(words, at)


def _bound_tag(words: Sequence[Tagged], after: int, limit: Measure) -> str:
    """A number of things is part of their noun phrase ("at most five loans"); another bound stands alone."""
    counts = limit.dimension == "count" and after < len(words) and words[after].tag in "NJ"
    return "K" if counts else "B"


def _measure_or_number(words: Sequence[Tagged], at: int) -> tuple[int, Measure] | None:
    found = measure(words, at, article=True)
    if found:
        return found
    plain = number(words, at)
    if not plain or _rate(words, at):
        return None
    return plain[0], Measure(amount=plain[1], unit="", dimension="count")


_RANGES = {"from": ("to", "through", "up"), "between": ("and",), "": ("to", "-", "–", "through", "..")}


def _range(words: Sequence[Tagged], at: int) -> Found:
    opener = _value(words, at) if _value(words, at) in _RANGES else ""
    start = at + (1 if opener else 0)
    low = _measure_or_number(words, start)
    if not low or _value(words, start + low[0]) not in _RANGES[opener]:
        return None
    high = _measure_or_number(words, start + low[0] + 1)
    if not high:
        return None
    end = start + low[0] + 1 + high[0]
    return end - at, _bound_tag(words, end, high[1]), Bound(low=low[1], high=high[1])


# schedules


def _clock(words: Sequence[Tagged], at: int) -> tuple[int, str] | None:
    """At 02:00, at 3 am, at midnight: how many words, and minute and hour for cron."""
    start = at + (1 if _value(words, at) == "at" else 0)
    word = _value(words, start)
    if word in {"midnight", "noon"} and start > at:
        return _with_zone(words, at, start + 1), units.DAY_PARTS[word]
    if start >= len(words) or words[start].token.kind != "time":
        return None
    match = re.fullmatch(r"(\d{1,2})(?::(\d{2}))?(?::\d{2})?\s?([ap])?\.?m?", word)
    if not match:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3]:
        hour = hour % 12 + (12 if match[3] == "p" else 0)
    if hour > 23 or minute > 59:
        return None
    return _with_zone(words, at, start + 1), f"{minute} {hour}"


def _with_zone(words: Sequence[Tagged], at: int, end: int) -> int:
    return end - at + (1 if _value(words, end) == "utc" else 0)


_ADVERBS = {
    "nightly": "night",
    "daily": "day",
    "hourly": "hour",
    "weekly": "week",
    "monthly": "month",
    "yearly": "year",
}
_REST = {"night": "* * *", "day": "* * *", "morning": "* * *", "evening": "* * *", "midnight": "* * *", "noon": "* * *",
         "week": "* * 1", "month": "1 * *", "year": "1 1 *"}  # fmt: skip


def _schedule(words: Sequence[Tagged], at: int) -> Found:
    recurrence = _recurrence(words, at)
    if recurrence:
        size, period = recurrence
        clock = _clock(words, at + size)
        cron = _cron(period, clock[1] if clock else None)
        return (size + (clock[0] if clock else 0), "Z", cron) if cron else None
    clock = _clock(words, at)
    if clock and (recurrence := _recurrence(words, at + clock[0])):
        cron = _cron(recurrence[1], clock[1])
        return (clock[0] + recurrence[0], "Z", cron) if cron else None
    return None


def _recurrence(words: Sequence[Tagged], at: int) -> tuple[int, str] | None:
    """Every night, each Monday, on Mondays, daily, every 15 minutes, once a day: how many words, and the period."""
    word = _value(words, at)
    if word in _ADVERBS:
        attributive = at + 1 < len(words) and words[at + 1].tag in "NJ"
        return None if attributive else (1, _ADVERBS[word])
    if word == "once":
        inner = _recurrence(words, at + 1) if _value(words, at + 1) in {"every", "each"} else None
        if inner:
            return inner[0] + 1, inner[1]
        period = _lemma(words, at + 2)
        return (3, period) if _value(words, at + 1) in {"a", "per"} and (period in _REST or period == "hour") else None
    if word == "on" and _lemma(words, at + 1) in units.DAYS and _value(words, at + 1).endswith("s"):
        return 2, _lemma(words, at + 1)
    if word == "on" and _matches(words, at, "on the first"):
        return _first_of_month(words, at)
    return _every(words, at) if word in {"every", "each"} else None


def _first_of_month(words: Sequence[Tagged], at: int) -> tuple[int, str] | None:
    for phrase in ("on the first day of", "on the first of"):
        size = _matches(words, at, phrase)
        if (
            size
            and _value(words, at + size) in {"every", "each", "the", "a"}
            and _lemma(words, at + size + 1) == "month"
        ):
            return size + 2, "month"
    return None


def _every(words: Sequence[Tagged], at: int) -> tuple[int, str] | None:
    unit = _lemma(words, at + 1)
    if unit in _REST or unit in units.DAYS or unit in {"hour", "minute"}:
        return 2, unit
    count = number(words, at + 1)
    if count and _lemma(words, at + 1 + count[0]) in {"minute", "min", "hour"} and count[1].isdigit():
        return 2 + count[0], f"{count[1]} {_lemma(words, at + 1 + count[0])}"
    return None


def _cron(period: str, clock: str | None) -> str | None:
    if period in units.DAYS:
        return f"{clock or '0 0'} * * {units.DAYS[period]}"
    if period in _REST:
        return f"{clock or units.DAY_PARTS.get(period, '0 0')} {_REST[period]}"
    if clock:
        return None
    count, _, unit = period.rpartition(" ")
    every = int(count or "1")
    if unit == "hour":
        return None if every < 1 or 24 % every else "0 * * * *" if every == 1 else f"0 */{every} * * *"
    return None if every < 1 or 60 % every else "* * * * *" if every == 1 else f"*/{every} * * * *"


def _interval(words: Sequence[Tagged], at: int) -> Found:
    """Every 10 seconds: how often, where no cron line can say it."""
    found = measure(words, at + 1) if _value(words, at) in {"every", "each"} else None
    return (found[0] + 1, "Z", found[1]) if found and found[1].dimension == "duration" else None


def _order(words: Sequence[Tagged], at: int) -> Found:
    size, phrase = _longest(words, at, _ORDER_TABLE)
    return (size, "Y", _ORDERS[phrase]) if size else None


_ORDERS = {
    "newest first": "newest first", "the newest first": "newest first", "latest first": "newest first",
    "most recent first": "newest first", "oldest first": "oldest first", "the oldest first": "oldest first",
    "with the newest first": "newest first", "in reverse chronological order": "newest first",
    "in chronological order": "oldest first",
}  # fmt: skip


_ORDER_TABLE = _table(_ORDERS)


def _fixed(words: Sequence[Tagged], at: int) -> Found:
    """Several words that are one: "not found", "as long as"."""
    size, phrase = _longest(words, at, _FIXED_TABLE)
    if size:
        return size, _FIXED[phrase], phrase
    size, phrase = _longest(words, at, _SUBORDINATOR_TABLE)
    return (size, "W", closed.SUBORDINATORS[phrase]) if size else None


def _must(words: Sequence[Tagged], at: int) -> Found:
    """Has to, have to, needs to before a verb: a modal verb."""
    opens = _value(words, at) in {"has", "have", "need", "needs"} and _value(words, at + 1) == "to"
    verb = words[at + 2] if opens and at + 2 < len(words) else None
    follows = verb is not None and (verb.token.value == "be" or (verb.tag == "V" and verb.form == "VB"))
    return (2, "M", "must") if follows else None


_FIXED = {
    **dict.fromkeys(
        (
            "not found",
            "audit log",
            "audit trail",
            "api key",
            "back office",
            "front desk",
            "openid connect",
        ),
        "N",
    ),
    **dict.fromkeys(("of course", "by now", "as well"), "R"),
}
_FIXED_TABLE = _table(_FIXED)


_SUBORDINATOR_TABLE = _table(closed.SUBORDINATORS)


_PARSERS: tuple[Callable[[Sequence[Tagged], int], Found], ...] = (
    _fixed,
    _must,
    _schedule,
    _interval,
    _order,
    _rate,
    _bound,
    _quantity,
)

_COUNTED = frozenset({"number", "percent", "sized", "time"})
_OPENERS = frozenset(
    {
        "a",
        "an",
        "one",
        "has",
        "have",
        "need",
        "needs",
        "at",
        "on",
        "once",
        "every",
        "each",
        *_RANGES,
        *_ADVERBS,
        *closed.NUMBER_WORDS,
    }
).union(
    *(table.keys() for table in (_FIXED_TABLE, _SUBORDINATOR_TABLE, _ORDER_TABLE, _NEAR, _UPPER, _LOWER, _RATE_BOUNDS))
)
"""Kinds of tokens and words that a phrase may start with: most words cost one look."""

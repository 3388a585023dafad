"""Whether the words of a quote support the value that a model gives for a slot.

Owns the rules of support, one for each type of slot, and which words of a quote a value uses up. Refuses a value that
the quote does not say: for words there is no other source than the quote, or an earlier sentence that a pronoun means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from autocoder.facts import SlotSpec, Value, Via
from autocoder.readers.rules.lexicon import closed
from autocoder.readers.rules.lexicon.words import words as listed

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?", re.UNICODE)
PRONOUNS = listed("it its they them their theirs this these those that he she his her each one")
REFERENTS = frozenset({"of", "object", "entity", "parent", "to", "login", "secret"})
"""Slots whose value a pronoun may stand for."""

_SUFFIXES = ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "er", "ed", "es", "s", "e", "y")
_NUMBERS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "eleven": "11", "twelve": "12",
}  # fmt: skip
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800, "month": 2592000, "year": 31536000}
_SHORT = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_CRON = re.compile(r"[\d*/,-]+( [\d*/,-]+){4}")
_TYPES = listed(
    "text integer decimal money boolean date datetime duration uuid email url phone slug enum json file ref"
)
_UNITS = {
    "ms": "millisecond ms",
    "s": "second s",
    "percent": "percent %",
    "per second": "second s",
    "per minute": "minute min",
    "per hour": "hour h",
    "per day": "day",
}
_CHOICES: Mapping[tuple[str, str], str] = {
    ("actor", "anyone"): "anyone anybody everyone everybody public visitor people",
    ("actor", "guest"): "guest visitor anonymous",
    ("actor", "nobody"): "nobody no none",
    ("scope", "own"): "own their his her its my",
    ("scope", "all"): "all every any each",
    ("order", "newest first"): "newest latest recent",
    ("order", "oldest first"): "oldest earliest",
    ("period", "hour"): "hour hourly",
    ("period", "day"): "day daily",
    ("period", "month"): "month monthly",
    ("period", "year"): "year yearly annual",
}
_STRICT = frozenset({"actor", "scope", "order", "period", "method", "location"})
"""Choices that decide who may do what to which rows, or where a value travels: only listed words support them."""
_OTHERS = frozenset({("actor", "user"), ("actor", "role")})
_BOOLEANS: Mapping[tuple[str, bool], str] = {
    ("required", True): "must required mandatory need needs requires",
    ("required", False): "optional may can",
    ("unique", True): "unique distinct once",
    ("never", True): "never",
    ("allowed", False): "not never no nobody cannot none forbidden",
    ("allowed", True): "may can allowed able must only",
}
_HOLDS: Mapping[str, str] = {
    "allowed": "not never no nobody none cannot only",
    "never": "never",
    "without": "without",
    "actor": "nobody none",
    "min": "least more than",
    "max": "most more less than",
    "length": "most least",
    "value": "less than most least more per",
    "after": "after",
    "older_than": "than more",
    "order": "first last",
    "period": "per each every",
    "per": "per each every",
    "cron": "every each",
    "unit": "per each every",
    "error_when": "if when not",
    "unique": "once no",
}
"""Words that narrow a meaning, by the slot that holds what they say."""
_LONGEST = 4
"""Most words of a quote that a value which is none of them can stand for."""


class Unsupported(ValueError):
    """A quote that does not say the value."""


def stem(word: str) -> str:
    """A word without case and inflection, good enough to compare two forms of one word."""
    plain = word.casefold().replace("’", "'").removesuffix("'s")
    for suffix in _SUFFIXES:
        if plain.endswith(suffix) and len(plain) - len(suffix) >= 3:
            plain = plain.removesuffix(suffix)
            break
    return plain[:-1] if len(plain) > 3 and plain[-1] == plain[-2] else plain


def stems(text: str) -> list[str]:
    """The stems of all words."""
    return [stem(word) for word in WORD.findall(text)]


def value_of(spec: SlotSpec, text: str) -> Value:
    """What a text says as a value of this slot. Raises `Unsupported` where it is none."""
    said = " ".join(text.split())
    match spec.type:
        case "integer" if re.fullmatch(r"\d{1,9}", said.replace(",", "")):
            return int(said.replace(",", ""))
        case "boolean" if said.casefold() in ("true", "false", "yes", "no"):
            return said.casefold() in ("true", "yes")
        case "list" if said:
            return tuple(item.strip() for item in said.split("|") if item.strip())
        case "number" if re.fullmatch(r"\d+(\.\d+)?", said.replace(",", "")):
            return said.replace(",", "")
        case "duration" if re.fullmatch(r"\d{1,6}[smhdw]", said):
            return said
        case "choice" if said in spec.choices:
            return said
        case "word" | "text" if said:
            return said
        case _:
            raise Unsupported(f'"{said[:40]}" is not a {spec.type}')


def support(slot: str, spec: SlotSpec, value: Value, quote: str, before: str) -> Via:
    """How the quote supports the value; `before` is the prose up to it. Raises `Unsupported` where it does not."""
    words = set(stems(quote))
    match value:
        case bool():
            return _boolean(slot, value, words)
        case int():
            return _number(str(value), quote)
        case tuple():
            return _words(slot, " ".join(value), quote, before)
        case str():
            pass
    match spec.type:
        case "number":
            return _number(value, quote)
        case "duration":
            return _duration(value, quote)
        case "choice":
            return _choice(slot, value, words)
        case _:
            return _words(slot, value, quote, before)


def _boolean(slot: str, value: bool, words: set[str]) -> Via:
    if not any(known == slot for known, _ in _BOOLEANS):
        return Via.INFERRED
    if set(stems(_BOOLEANS.get((slot, value), ""))) & words:
        return Via.LEXICON
    raise Unsupported(f"nothing there says {slot}")


def _number(value: str, quote: str) -> Via:
    found = re.findall(r"\d+(?:\.\d+)?", re.sub(r"(?<=\d),(?=\d{3})", "", quote))
    if value in found:
        return Via.VERBATIM
    if any(_NUMBERS.get(word.casefold()) == value for word in WORD.findall(quote)):
        return Via.LEXICON
    raise Unsupported(f"the number {value} is not there")


def _duration(value: str, quote: str) -> Via:
    wanted = int(value[:-1]) * _SHORT[value[-1]]
    for amount, unit in re.findall(r"(\w+)[\s-]+([a-z]+)", quote.casefold()):
        number = _NUMBERS.get(amount, "1" if amount in ("a", "an") else amount)
        if number.isdecimal() and int(number) * _SECONDS.get(unit.removesuffix("s"), 0) == wanted:
            return Via.LEXICON
    raise Unsupported(f"the time {value} is not there")


def _choice(slot: str, value: str, words: set[str]) -> Via:
    known = _CHOICES.get((slot, value), "")
    if set(stems(value)) <= words or set(stems(known)) & words:
        return Via.LEXICON
    if (slot, value) in _OTHERS and not any(
        set(stems(others)) & words for (name, _), others in _CHOICES.items() if name == "actor"
    ):
        return Via.LEXICON  # whoever is named and is not everybody
    if slot in _STRICT:
        raise Unsupported(f"{slot} {value} is not there")
    return Via.INFERRED


def _words(slot: str, value: str, quote: str, before: str) -> Via:
    wanted = stems(value)
    if wanted and set(wanted) <= set(stems(quote)):
        return Via.VERBATIM
    if slot == "unit" and set(stems(_UNITS.get(value, ""))) & set(stems(quote)):
        return Via.LEXICON
    if slot == "unit" and value == "percent" and "%" in quote:
        return Via.LEXICON
    if (slot == "cron" and _CRON.fullmatch(value)) or (slot.endswith("type") and value.split(" ")[-1] in _TYPES):
        return Via.INFERRED
    pronoun = slot in REFERENTS and {w.casefold() for w in WORD.findall(quote)} <= PRONOUNS
    if pronoun and wanted and set(wanted) <= set(stems(before)):
        return Via.CONTEXT
    raise Unsupported(f'"{value[:60]}" is not there')


def used(slot: str, value: Value, via: Via, quote: str) -> Iterator[tuple[int, int]]:
    """Where, in the quote, the words stand that the value uses up.

    A word that narrows the meaning is used only by a slot that can hold what it says.
    """
    found = list(WORD.finditer(quote))
    wanted = set(stems(" ".join(value) if isinstance(value, tuple) else str(value)))
    held = frozenset(_HOLDS.get(slot, "").split())
    for match in found:
        word = match[0].casefold()
        if word in RESTRICTING and word not in held:
            continue
        if stem(word) in wanted or (via is not Via.VERBATIM and len(found) <= _LONGEST) or word in held:
            yield match.span()


RESTRICTING = closed.RESTRICTORS | {"ignore", "disregard"}
"""Words that narrow or turn round what the rest of a sentence says, or that turn to whoever reads it."""
FILLERS = listed("a an the is are be been was were can may will shall and of to in on at by with from as that")
"""Words that carry nothing beside words that were taken."""

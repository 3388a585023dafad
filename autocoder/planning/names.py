"""Identifiers from words of prose.

Owns the one way in which words become names of entities, fields, operations and systems. Whatever the words are
(other scripts, keywords, SQL words, punctuation), the name is safe in YAML, Python and SQL, and the same words always
give the same name.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata


def words(text: str) -> frozenset[str]:
    """A word list, written with spaces between the words."""
    return frozenset(text.split())


RESERVED = words("id seq caller now null in input event old true false")
"""Words that the blueprint's rows and expressions have themselves. Others are names, whatever SQL and Python say."""

_STATES_OF_YAML = words("true false null yes no on off")

_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "œ": "oe", "þ": "th", "ð": "d", "ı": "i"})


def sentence(text: str) -> str:
    """A stretch of prose on one line, for files: a character that is no text there becomes U+FFFD.

    >>> sentence("A  to-do list.")
    'A to-do list.'
    """
    flat = " ".join(text.split())
    return "".join(c if c.isprintable() or unicodedata.category(c) in {"Zs", "Cf", "Mn"} else "\ufffd" for c in flat)


def _ascii_words(words: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", words)
    plain = unicodedata.normalize("NFKD", spaced.casefold().translate(_LETTERS))
    ascii_ = "".join(c for c in plain if not unicodedata.combining(c))
    return [w for w in re.split(r"[^a-z0-9]+", re.sub(r"\be-mail", "email", ascii_)) if w]


def _fallback(words: str) -> str:
    """For words without a single Latin letter or digit: a name from their hash."""
    return "x" + hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def base_name(words: str) -> str:
    """Words in snake case, as they are: for routes and parts of longer names.

    >>> base_name("Daily Total"), base_name("session")
    ('daily_total', 'session')
    """
    name = "_".join(_ascii_words(words))[:50].rstrip("_") or _fallback(words)
    return name if name[0].isalpha() else f"n_{name}"


def snake(name: str) -> str:
    """A type name in snake case.

    >>> snake("DailyTotal")
    'daily_total'
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def field_name(words: str, *, suffix: str = "value") -> str:
    """A field, operation or handler: snake case. A reserved word gets a suffix.

    >>> field_name("target URL")
    'target_url'
    >>> field_name("order"), field_name("event")
    ('order', 'event_value')
    """
    name = base_name(words)
    return f"{name}_{suffix}" if name in RESERVED else name


def state_name(words: str) -> str:
    """A state, as it stands between quotes; not a word that YAML takes for something else.

    >>> state_name("in review"), state_name("open"), state_name("off")
    ('in_review', 'open', 'off_state')
    """
    name = base_name(words)
    return f"{name}_state" if name in _STATES_OF_YAML else name


def operation_name(words: str) -> str:
    """An operation or handler: snake case, never a reserved word.

    >>> operation_name("list links")
    'list_links'
    """
    return field_name(words, suffix="operation")


def type_name(words: str) -> str:
    """An entity or event: Pascal case.

    >>> type_name("daily total")
    'DailyTotal'
    """
    name = "".join(w[:1].upper() + w[1:] for w in _ascii_words(words))
    if not name:
        name = _fallback(words).upper()
    if not name[0].isalpha():
        name = f"N{name}"
    return name[:50]


def system_name(words: str) -> str:
    """A system: kebab case, at most 40 characters.

    >>> system_name("Link shortener")
    'link-shortener'
    """
    name = "-".join(_ascii_words(words))[:40].strip("-")
    if not name:
        return _fallback(words) if words.strip() else "service"
    return name if name[0].isalpha() else f"n-{name}"[:40].strip("-")


def plural(word: str) -> str:
    """The English plural of a snake-case name's last word.

    >>> plural("daily_total"), plural("category"), plural("box")
    ('daily_totals', 'categories', 'boxes')
    """
    if word.endswith("y") and word[-2:-1] not in set("aeiou"):
        return word[:-1] + "ies"
    return word + "es" if word.endswith(("s", "x", "z", "ch", "sh")) else word + "s"

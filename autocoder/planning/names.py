"""Identifiers from words of prose.

Owns the one way in which words become names of entities, fields, operations and systems. Whatever the words are
(other scripts, keywords, SQL words, punctuation), the name is safe in YAML, Python and SQL, and the same words always
give the same name.
"""

from __future__ import annotations

import hashlib
import keyword
import re
import unicodedata


def words(text: str) -> frozenset[str]:
    """A word list, written with spaces between the words."""
    return frozenset(text.split())


RESERVED = words(
    """
    all and any as asc between by case check column constraint create current_date current_time current_timestamp
    current_user default delete desc distinct drop else end except exists false for foreign from full grant group having
    in index inner insert intersect into is join key left like limit natural not null offset on only or order outer
    primary references returning right row rows select session_user set table then to true union unique update user
    using values when where window with
    bool bytes dict float id input int len list max min next object open print property range self set str sum type
    metadata registry model schema json copy dict construct seq now caller event old no yes off
    """
)
"""Words that mean something in SQL, Python, the emitted code's libraries, YAML 1.1 or the blueprint's expressions."""

RESERVED_TYPES = words("Base Model None True False Session Caller Event Any List Dict Set Type Enum Table Column")

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
    >>> field_name("order")
    'order_value'
    """
    name = base_name(words)
    return f"{name}_{suffix}" if name in RESERVED or keyword.iskeyword(name) else name


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
    name = name[:50]
    return f"{name}Entity" if name in RESERVED_TYPES else name


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

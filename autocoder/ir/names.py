"""Names derived from names, by fixed rules."""

from __future__ import annotations

import re
from hashlib import sha256

LONGEST_IDENTIFIER = 63
"""Characters that PostgreSQL keeps of a name."""
_IRREGULAR = {"person": "people", "child": "children", "man": "men", "woman": "women"}


def snake(name: str) -> str:
    """`DailyTotal` to `daily_total`.

    >>> snake("HTTPLink")
    'http_link'
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def plural(word: str) -> str:
    """The plural of the last part of a snake-case word.

    >>> plural("daily_category"), plural("box"), plural("day")
    ('daily_categories', 'boxes', 'days')
    """
    head, mark, last = word.rpartition("_")
    if last in _IRREGULAR:
        last = _IRREGULAR[last]
    elif re.search(r"[^aeiou]y$", last):
        last = last[:-1] + "ies"
    elif re.search(r"(s|x|z|ch|sh)$", last):
        last += "es"
    else:
        last += "s"
    return f"{head}{mark}{last}"


def fitting(name: str, longest: int) -> str:
    """The name; one that is too long is cut, with the beginning of its hash, so that it differs from others.

    >>> fitting("expires_at", 20), fitting("the_day_on_which_it_expires", 20)
    ('expires_at', 'the_day_on_wh_4846b5')
    """
    return name if len(name) <= longest else f"{name[: longest - 7]}_{sha256(name.encode()).hexdigest()[:6]}"


def table_name(entity: str) -> str:
    """The table of an entity: its plural, as long as PostgreSQL takes it."""
    return fitting(plural(snake(entity)), LONGEST_IDENTIFIER)

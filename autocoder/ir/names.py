"""Names derived from names, by fixed rules."""

from __future__ import annotations

import re

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

"""Articles in messages that are put together from the words of a text."""

from __future__ import annotations

import re

_BEFORE_A_VOWEL = re.compile(
    r"\b(a) (?=(?!eu|one\b|once\b|uri\b|url\b)(?:[aeio]|u[^aeiou][^aeiou]|hour|honest|heir))", re.IGNORECASE
)


def with_articles(text: str) -> str:
    """The text with "an" before vowels.

    >>> with_articles("A order of a user has a hour.")
    'An order of a user has an hour.'
    """
    return _BEFORE_A_VOWEL.sub(r"\1n ", text)

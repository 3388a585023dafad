"""How the word lists are written: words with spaces between them."""

from __future__ import annotations


def listed(text: str) -> tuple[str, ...]:
    """The words, in order."""
    return tuple(text.split())


def words(text: str) -> frozenset[str]:
    """The words as a set."""
    return frozenset(text.split())

"""Messages that are put together have the right articles."""

from __future__ import annotations

import pytest

from autocoder.diagnostics.articles import with_articles


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("A order has a item.", "An order has an item."),
        ("a user, a unit, a upload, a update", "a user, a unit, an upload, an update"),
        ("a URL, a one-time code, a European, a hour", "a URL, a one-time code, a European, an hour"),
        ("a quiz is a example", "a quiz is an example"),
        ("data entry", "data entry"),
    ],
)
def test_a_becomes_an_before_a_vowel(text: str, right: str) -> None:
    assert with_articles(text) == right

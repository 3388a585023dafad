"""Reads how a list is answered: in which order ("sorted by price", "cheapest first"), and how much of it at a time.

Owns the phrases for order and for pages behind what an endpoint returns. It reads words, not clauses: these phrases
stand anywhere in a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from autocoder.facts import Via
from autocoder.readers.rules.phrases import Item
from autocoder.readers.rules.roles import Filled

_AS = r"(?:(?:the|results?|entries|items?|rows?|list|they|it|is|are|be|can|and|will) )*"
_MOST = r"(?:(?:at most|up to|a maximum of|maximum of|maximum|max\.?|no more than|a page size of|page size|of|the) )*"
_PAGE = re.compile(
    rf"(?:\b{_AS}(?:paginated|limited|split|paged|divided) (?:(?:with|to|in|into|by|at|using) )?|\bwith )?{_MOST}"
    r"\b(?P<n>\d{1,4}) (?:[a-z-]+ ){0,2}?(?:per|a|each|by) (?:page|request|call|response|time)\b"
    r"|\b(?:in )?pages of (?P<m>\d{1,4})(?: [a-z]+)?\b|\bpage size (?:of |is )?(?P<o>\d{1,4})\b"
    r"|\bthe (?P<p>\d{1,3})(?= (?:most recently|most recent|latest|newest)\b)"
)
_SORT = re.compile(
    rf"\b{_AS}(?:sorted|ordered|sort|order) (?:by|on|according to) (?:the |their |its )?"
    r"(?P<by>[a-z_]+(?: (?!in\b|asc|desc|with\b|and\b)[a-z_]+)?)"
    r"(?: \( ?(?P<aside>ascending|descending|asc|desc) ?\)"
    r"| ?(?:in )?(?P<way>ascending|descending|asc|desc)(?: order)?)?"
    r"(?= ?$| [,.;:()]| and\b| with\b| \|)"
)
_FIRST = re.compile(
    r"\b(?:the )?(?P<how>cheapest|most expensive|(?:highest|lowest|largest|smallest) (?P<of>[a-z_]+)) first\b"
)
_ALPHABET = re.compile(r"\b(?:sorted |ordered )?(?:alphabetically|in alphabetical order)(?: by (?P<by>[a-z_]+))?\b")
_TIMES = {
    "date",
    "time",
    "creation",
    "creation date",
    "creation time",
    "created at",
    "recency",
    "most recent",
    "newest",
}


def read(items: Sequence[Item]) -> Filled:
    """The slots of an operation that a sentence gives a list: `limit`, `order`, `sorted_by`, `descending`."""
    text, places = _spoken(items)
    found = Filled(parts={})
    if match := _PAGE.search(text):
        number = match["n"] or match["m"] or match["o"] or match["p"]
        found.put("limit", int(number), *_within(places, match), via=Via.LEXICON)
    if match := _FIRST.search(text):
        _by(found, match["of"] or "price", match["how"].startswith(("most", "highest", "largest")), places, match)
    if match := _ALPHABET.search(text):
        _by(found, match["by"] or "name", False, places, match)
    if match := _SORT.search(text):
        way = match["aside"] or match["way"] or ""
        if match["by"] not in _TIMES or way:
            down = way.startswith("desc") or (not way and bool(found.parts.get("descending")))
            _by(found, match["by"], down, places, match)
        else:
            found.use(*_within(places, match))
    for item in items:
        if item.tag == "Y":
            found.put("order", str(item.meaning), item, via=Via.LEXICON)
    return found


def _by(found: Filled, name: str, down: bool, places: dict[int, Item], match: re.Match[str]) -> None:
    found.put("sorted_by", name, *_within(places, match), via=Via.LEXICON)
    if down:
        found.put("descending", True, *_within(places, match), via=Via.LEXICON)


def _spoken(items: Sequence[Item]) -> tuple[str, dict[int, Item]]:
    """The words with single spaces between them, and at which offset each item's words start."""
    text, places = "", dict[int, Item]()
    for item in items:
        for word in item.words:
            text += " " if text else ""
            places[len(text)] = item
            text += word.token.value.lower()
    return text, places


def _within(places: dict[int, Item], match: re.Match[str]) -> list[Item]:
    return [item for at, item in places.items() if match.start() <= at < match.end()]

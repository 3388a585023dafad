"""Reads how a parameter of a query narrows a list: it is looked for in texts ("part of the name"), or compared.

Owns the words that say so. What a parameter does otherwise follows from its name, which the planner knows.
"""

from __future__ import annotations

from collections.abc import Sequence

from autocoder.facts import Via
from autocoder.readers.rules.lexicon import closed
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import Item
from autocoder.readers.rules.roles import Filled

_SEEKS = words("contain containing contains match matches matching search searching part substring keyword term look")
_COMPARES = words(
    "filter filtering filtered narrow restrict limit only return show list by exact equal restricts limits "
    "filters narrows"
)
_NO_FIELDS = words(
    "part substring keyword term search text string value query match case result row entry item given return "
    "show result"
)


def described(said: Sequence[Item], filled: Filled) -> bool:
    """Sets the fields in which a query is looked for; False where the words say nothing of that.

    "Only" is no restriction of its own here: leaving rows out is what such a parameter is for.
    """
    told = {w.token.value for i in said for w in i.words} | {i.lemma for i in said}
    if told & (closed.RESTRICTORS - {"only", "or", "than", "before", "after", "if", "when"}):
        return False
    if any(i.meaning for i in said) or not told & (_SEEKS | _COMPARES):
        return False
    if told & _SEEKS:
        named = tuple(i.lemma for i in said if i.tag == "N" and i.lemma not in _NO_FIELDS and not _things(said, i))
        filled.put("seeks", named, *said, via=Via.LEXICON)
    filled.use(*said)
    return True


def _things(said: Sequence[Item], item: Item) -> bool:
    """Whether a noun is what is listed, not a field of it: "notes whose title contains …"."""
    after = next((i for i in said if i.index == item.index + 1), None)
    return after is not None and after.lemma in {"whose", "with", "that", "which", "where", "in", "by"} and item.plural

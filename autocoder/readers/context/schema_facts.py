"""Facts of schemas: names and types of other notations as those of the blueprint language.

Owns how a table's, a component's or a file's name becomes an entity, and the quote that proves it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from autocoder.facts import Fact, Prose, Quote, QuoteNotFound, Slot, Value, Via

TYPES: Mapping[str, str] = {
    "string": "text", "integer": "integer", "number": "decimal", "boolean": "boolean", "date": "date",
    "date-time": "datetime", "datetime": "datetime", "email": "email", "uri": "url", "url": "url", "uuid": "uuid",
    "text": "text", "varchar": "text", "char": "text", "nvarchar": "text", "int": "integer", "bigint": "integer",
    "smallint": "integer", "tinyint": "integer", "serial": "integer", "bigserial": "integer", "decimal": "decimal",
    "numeric": "decimal", "float": "decimal", "double": "decimal", "real": "decimal", "bool": "boolean",
    "timestamp": "datetime", "timestamptz": "datetime", "time": "text", "money": "money", "json": "json",
    "jsonb": "json", "password": "password",
}  # fmt: skip
"""Type words of JSON Schema, OpenAPI and SQL."""

GIVEN = frozenset({"id", "_id", "uuid"})
"""Fields that every row has anyway."""


def words_of(name: str) -> str:
    """A name in words: lower case, singular at the end.

    >>> words_of("order_lines"), words_of("OrderLine"), words_of("addresses")
    ('order line', 'order line', 'address')
    """
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    parts = [w for w in re.split(r"[^A-Za-z0-9]+", spaced.lower()) if w]
    return " ".join([*parts[:-1], _singular(parts[-1])]) if parts else "thing"


def field_words(name: str) -> str:
    """A field's name in words; its number stays."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return " ".join(w for w in re.split(r"[^A-Za-z0-9]+", spaced.lower()) if w) or "value"


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word


def quote(prose: Prose, name: str, after: int = 0) -> Quote:
    """The place of a name in a file; its first character where the name is written in another way."""
    try:
        return prose.find(name, after=after)
    except QuoteNotFound:
        return prose.quote(0, 1)


def fact(kind: str, place: Quote, values: Mapping[str, Value | None]) -> Fact:
    """A fact of a context file; slots without a value are left out."""
    slots = {k: Slot(value=v, span=place, via=Via.CONTEXT) for k, v in values.items() if v not in (None, "", ())}
    return Fact(kind=kind, slots=slots, evidence=(place,))

"""What a case comes to as a condition: "the amount equals the total", "the reading is above the limit".

Owns the comparison of two values, each a number or a field of what is at hand. What says anything else is no condition:
whoever asks refuses the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from autocoder.blueprint.model import FieldSpec
from autocoder.planning import names

_WORDS = (
    ("is not equal to", "!="), ("does not equal", "!="), ("does not match", "!="), ("differs from", "!="),
    ("is not", "!="), ("is at least", ">="), ("is at most", "<="), ("is not below", ">="), ("is not above", "<="),
    ("is greater than or equal to", ">="), ("is less than or equal to", "<="),
    ("is greater than", ">"), ("is more than", ">"), ("is higher than", ">"), ("is above", ">"), ("is over", ">"),
    ("exceeds", ">"), ("rises above", ">"), ("goes above", ">"), ("is larger than", ">"),
    ("is less than", "<"), ("is lower than", "<"), ("is below", "<"), ("is under", "<"), ("falls below", "<"),
    ("drops below", "<"), ("goes below", "<"), ("is smaller than", "<"), ("sinks below", "<"),
    ("is equal to", "=="), ("is the same as", "=="), ("equals", "=="), ("matches", "=="), ("is", "=="),
)  # fmt: skip
"""What compares, the longest first."""
_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)(?: [a-z°/%]+)*")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where values are at hand: the name that an expression reads them by, what it is called, and its fields."""

    bind: str
    words: str
    fields: Mapping[str, FieldSpec]


def condition(said: str, places: tuple[Place, ...]) -> str | None:
    """The condition that words come to; None where they are not one comparison of two known values."""
    text = " ".join(said.lower().removesuffix(".").split())
    for words, operator in _WORDS:
        left, found, right = text.partition(f" {words} ")
        if found:
            one = _value(left, places)
            other = _value(right, places) or _word(right, one, places)
            return f"{one[0]} {operator} {other[0]}" if one and other and one[1] == other[1] else None
    return None


def _value(said: str, places: tuple[Place, ...]) -> tuple[str, str] | None:
    """A number, or the field of that name where it is first found; with what kind of value it is."""
    if match := _NUMBER.fullmatch(said):
        return match[1], "number"
    words = re.sub(r"^(?:the|its|their|that|this|a|an) ", "", said)
    name, _, of = words.partition(" of ")
    of = re.sub(r"^(?:the|its|that|this|a|an) ", "", of)
    for place in places:
        own = not of or of == place.words
        whose, _, rest = words.partition("'s ")
        field = names.field_name(rest if rest and whose == place.words else name)
        if own and field in place.fields:
            return f"{place.bind}.{field}", _kind(place.fields[field])
    return None


def _kind(spec: FieldSpec) -> str:
    return "number" if spec.type in {"integer", "decimal", "money"} else spec.type


def _word(said: str, one: tuple[str, str] | None, places: tuple[Place, ...]) -> tuple[str, str] | None:
    """One of the words of an enum, or a text in quotes."""
    if one is None or one[1] not in {"enum", "text"}:
        return None
    bind, _, field = one[0].partition(".")
    values = next(p.fields[field].values for p in places if p.bind == bind)
    word = names.state_name(said.strip("\"'`"))
    quoted = said[:1] in "\"'`"
    return (f"'{word}'", one[1]) if word in values or (one[1] == "text" and quoted) else None

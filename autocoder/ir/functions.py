"""The functions of the expression language, as data. The reference is generated from this table.

A function stands here only if every fold renders it with exactly this meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from autocoder.ir.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    INTEGER,
    JSON,
    TEXT,
    UUID,
    Type,
    list_of,
    map_of,
)

ANY_LIST = Type(name="list")
"""A parameter that takes a list of whatever."""
ANY_MAP = Type(name="map")
"""A parameter that takes a map of whatever."""
TEXTS = list_of(TEXT)


@dataclass(frozen=True, kw_only=True)
class Signature:
    """Types of the parameters, none of which takes null, and of the result.

    `gives` says what the result is where it follows from the first argument: an item of it or null, the same, or a
    list of what the map holds. `rest` is the type of any number of further arguments.
    """

    params: tuple[Type, ...]
    result: Type
    gives: Literal["", "item", "same", "values"] = ""
    rest: Type | None = None

    def __str__(self) -> str:
        shown = [p.name if p in (ANY_LIST, ANY_MAP) else str(p) for p in self.params]
        shown += [f"{self.rest}…"] if self.rest else []
        result = {"": str(self.result), "item": "item or null", "same": "list", "values": "list"}[self.gives]
        return f"({', '.join(shown)}) → {result}"

    def param(self, index: int) -> Type | None:
        """The type of a parameter, None where there is none."""
        return self.params[index] if index < len(self.params) else self.rest

    def result_of(self, first: Type | None) -> Type:
        """The type of the result, given that of the first argument."""
        match self.gives:
            case "item":
                return ((first.item if first else None) or TEXT).or_null()
            case "same":
                return (first or ANY_LIST).not_null()
            case "values":
                return list_of(_held(first) or JSON)
            case _:
                return self.result


def _held(first: Type | None) -> Type | None:
    """What a map holds; of a record, what all its fields have in common."""
    if first is None or first.name != "record":
        return first.item if first else None
    types = {type_ for _, type_ in first.fields}
    return types.pop() if len(types) == 1 else None


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function: its signatures, what it does, and an example with its value as text."""

    name: str
    signatures: tuple[Signature, ...]
    doc: str
    example: str
    value: str

    @property
    def usage(self) -> str:
        """Every signature, as diagnostics and the reference show them."""
        return "; ".join(f"{self.name}{signature}" for signature in self.signatures)


def _takes(
    *params: Type, result: Type = TEXT, gives: Literal["", "item", "same", "values"] = "", rest: Type | None = None
) -> Signature:
    return Signature(params=params, result=result, gives=gives, rest=rest)


def _numeric(count: int) -> tuple[Signature, ...]:
    return (_takes(*[INTEGER] * count, result=INTEGER), _takes(*[DECIMAL] * count, result=DECIMAL))


_TEXT_TO_TEXT = (_takes(TEXT, result=TEXT),)
_TEXT_TEST = (_takes(TEXT, TEXT, result=BOOLEAN),)
_OF_ITEMS = tuple(_takes(list_of(item), gives="item") for item in (INTEGER, DECIMAL, TEXT, DATE, DATETIME, DURATION))
_TO_INTEGER = (_takes(DECIMAL, result=INTEGER),)

_TABLE = (
    Function(
        name="size",
        signatures=(_takes(TEXT, result=INTEGER), _takes(ANY_LIST, result=INTEGER), _takes(ANY_MAP, result=INTEGER)),
        doc="The number of code points of a text, of items of a list, or of entries of a map.",
        example='size("Äpfel")',
        value="5",
    ),
    Function(
        name="lower",
        signatures=_TEXT_TO_TEXT,
        doc="A to Z in lower case; every other letter stays as it is.",
        example='lower("ABC Ä")',
        value='"abc Ä"',
    ),
    Function(
        name="upper",
        signatures=_TEXT_TO_TEXT,
        doc="a to z in upper case; every other letter stays as it is.",
        example='upper("abc ä")',
        value='"ABC ä"',
    ),
    Function(
        name="trim",
        signatures=_TEXT_TO_TEXT,
        doc="The text without spaces, tabs and line ends at both ends.",
        example='trim("  a b ")',
        value='"a b"',
    ),
    Function(
        name="contains",
        signatures=_TEXT_TEST,
        doc="Whether the second text stands somewhere in the first; case counts.",
        example='contains("shorten", "ort")',
        value="true",
    ),
    Function(
        name="starts_with",
        signatures=_TEXT_TEST,
        doc="Whether the first text starts with the second; case counts.",
        example='starts_with("shorten", "sho")',
        value="true",
    ),
    Function(
        name="ends_with",
        signatures=_TEXT_TEST,
        doc="Whether the first text ends with the second; case counts.",
        example='ends_with("shorten", "ten")',
        value="true",
    ),
    Function(
        name="replace",
        signatures=(_takes(TEXT, TEXT, TEXT, result=TEXT),),
        doc="The first text with every occurrence of the second replaced by the third.",
        example='replace("a-b-c", "-", "+")',
        value='"a+b+c"',
    ),
    Function(
        name="abs",
        signatures=_numeric(1),
        doc="The number without its sign.",
        example="abs(-3)",
        value="3",
    ),
    Function(
        name="min",
        signatures=(*_numeric(2), *_OF_ITEMS),
        doc="The smaller of two numbers, or the least item of a list, null of an empty one.",
        example="min(2, 3)",
        value="2",
    ),
    Function(
        name="max",
        signatures=(*_numeric(2), *_OF_ITEMS),
        doc="The larger of two numbers, or the greatest item of a list, null of an empty one.",
        example="max(2, 3)",
        value="3",
    ),
    Function(
        name="round",
        signatures=(*_TO_INTEGER, _takes(DECIMAL, INTEGER, result=DECIMAL)),
        doc="The nearest whole number, or the nearest with so many decimal places; halves go away from zero.",
        example="round(-2.5)",
        value="-3",
    ),
    Function(
        name="floor",
        signatures=_TO_INTEGER,
        doc="The largest whole number that is not above.",
        example="floor(-2.5)",
        value="-3",
    ),
    Function(
        name="ceil",
        signatures=_TO_INTEGER,
        doc="The smallest whole number that is not below.",
        example="ceil(-2.5)",
        value="-2",
    ),
    Function(
        name="int",
        signatures=(_takes(TEXT, result=INTEGER.or_null()), *_TO_INTEGER, _takes(JSON, result=INTEGER.or_null())),
        doc="The whole number that a text or JSON value shows, null if it shows none; of a decimal, its whole part.",
        example='int("42")',
        value="42",
    ),
    Function(
        name="decimal",
        signatures=(
            _takes(TEXT, result=DECIMAL.or_null()),
            _takes(INTEGER, result=DECIMAL),
            _takes(JSON, result=DECIMAL.or_null()),
        ),
        doc="The decimal number that a text or JSON value shows, null if it shows none; or an integer as a decimal.",
        example='decimal("1.50")',
        value="1.5",
    ),
    Function(
        name="date",
        signatures=(_takes(DATETIME, result=DATE), _takes(TEXT, result=DATE.or_null())),
        doc="The day of a time, in UTC; or the day that a text shows, null if it shows none.",
        example="date(now)",
        value="the day of the call",
    ),
    Function(
        name="text",
        signatures=(
            *(_takes(given, result=TEXT) for given in (INTEGER, DECIMAL, BOOLEAN, DATE, DATETIME, UUID)),
            _takes(JSON, result=TEXT.or_null()),
        ),
        doc="The value as text: numbers plain and without trailing zeros, times as RFC 3339 with Z; null of a JSON "
        "value that is no text.",
        example="text(1.50)",
        value='"1.5"',
    ),
    Function(
        name="split",
        signatures=(_takes(TEXT, TEXT, result=TEXTS),),
        doc="The parts of the first text between occurrences of the second; by nothing, its characters.",
        example='split("a-b", "-")',
        value='["a", "b"]',
    ),
    Function(
        name="words",
        signatures=(_takes(TEXT, result=TEXTS),),
        doc="What stands between white space: at most 32 words of at most 100 characters.",
        example='words(" a  bc ")',
        value='["a", "bc"]',
    ),
    Function(
        name="join",
        signatures=(_takes(TEXTS, TEXT, result=TEXT),),
        doc="The texts of a list, one after the other, with the second argument in between.",
        example='join(["a", "b"], "-")',
        value='"a-b"',
    ),
    Function(
        name="substr",
        signatures=(_takes(TEXT, INTEGER, result=TEXT), _takes(TEXT, INTEGER, INTEGER, result=TEXT)),
        doc="The text from a position (the first is 0), at most so many characters of it.",
        example='substr("shorten", 1, 3)',
        value='"hor"',
    ),
    Function(
        name="pad",
        signatures=(_takes(TEXT, INTEGER, TEXT, result=TEXT),),
        doc="The text, filled on the left with the third argument until it is that long.",
        example='pad("7", 3, "0")',
        value='"007"',
    ),
    Function(
        name="matches",
        signatures=(_takes(TEXT, TEXT, result=BOOLEAN),),
        doc="Whether the whole text matches the pattern (RE2), which is written out.",
        example='matches("AB-12", "[A-Z]+-[0-9]+")',
        value="true",
    ),
    Function(
        name="extract",
        signatures=(_takes(TEXT, TEXT, result=TEXT.or_null()),),
        doc="The first part of the text that matches the pattern (RE2), or its group; null where none does.",
        example='extract("order 17", "order ([0-9]+)")',
        value='"17"',
    ),
    Function(
        name="pow",
        signatures=(_takes(INTEGER, INTEGER, result=INTEGER), _takes(DECIMAL, INTEGER, result=DECIMAL)),
        doc="The first number to the power of the second; a whole number takes no negative power.",
        example="pow(2, 10)",
        value="1024",
    ),
    Function(
        name="sum",
        signatures=(_takes(list_of(INTEGER), result=INTEGER), _takes(list_of(DECIMAL), result=DECIMAL)),
        doc="The sum of the items, 0 of none.",
        example="sum([1, 2, 3])",
        value="6",
    ),
    Function(
        name="avg",
        signatures=(
            _takes(list_of(INTEGER), result=DECIMAL.or_null()),
            _takes(list_of(DECIMAL), result=DECIMAL.or_null()),
        ),
        doc="The mean of the items, null of none.",
        example="avg([1, 2])",
        value="1.5",
    ),
    Function(
        name="distinct",
        signatures=(_takes(ANY_LIST, gives="same"),),
        doc="The items without those that came before.",
        example="distinct([1, 2, 1])",
        value="[1, 2]",
    ),
    Function(
        name="first",
        signatures=(_takes(ANY_LIST, gives="item"),),
        doc="The first item, null of an empty list.",
        example="first([1, 2])",
        value="1",
    ),
    Function(
        name="last",
        signatures=(_takes(ANY_LIST, gives="item"),),
        doc="The last item, null of an empty list.",
        example="last([1, 2])",
        value="2",
    ),
    Function(
        name="range",
        signatures=(
            _takes(INTEGER, result=list_of(INTEGER)),
            _takes(INTEGER, INTEGER, result=list_of(INTEGER)),
        ),
        doc="The whole numbers from 0, or from the first argument, up to before the last; 10,000 at most.",
        example="range(1, 4)",
        value="[1, 2, 3]",
    ),
    Function(
        name="keys",
        signatures=(_takes(ANY_MAP, result=TEXTS),),
        doc="The keys of a map, by code point.",
        example="keys({b: 1, a: 2})",
        value='["a", "b"]',
    ),
    Function(
        name="values",
        signatures=(_takes(ANY_MAP, gives="values"),),
        doc="The values of a map, in the order of its keys.",
        example="values({b: 1, a: 2})",
        value="[2, 1]",
    ),
    Function(
        name="is_number",
        signatures=(_takes(JSON, result=BOOLEAN),),
        doc="Whether a JSON value is a number.",
        example='is_number(json("1.5") ?? "")',
        value="true",
    ),
    Function(
        name="is_text",
        signatures=(_takes(JSON, result=BOOLEAN),),
        doc="Whether a JSON value is text.",
        example='is_text(json("1.5") ?? "")',
        value="false",
    ),
    Function(
        name="json",
        signatures=(_takes(TEXT, result=JSON.or_null()),),
        doc="The JSON value that a text shows, null if it shows none.",
        example='is_text(json("\\"a\\"") ?? 0)',
        value="true",
    ),
    Function(
        name="csv",
        signatures=(_takes(ANY_LIST, result=TEXT), _takes(TEXT, result=list_of(map_of(TEXT)))),
        doc="Records as CSV (RFC 4180) with a header, cells that look like formulas disarmed; or CSV as maps of text.",
        example='csv([{a: 1, b: "x"}])',
        value='"a,b\\r\\n1,x\\r\\n"',
    ),
    Function(
        name="placeholders",
        signatures=(_takes(TEXT, result=TEXTS),),
        doc="The names in double braces in a text, each once.",
        example='placeholders("Dear {{name}}, {{text}}")',
        value='["name", "text"]',
    ),
    Function(
        name="fill",
        signatures=(_takes(TEXT, map_of(TEXT), TEXT, result=TEXT),),
        doc="The text with each name in double braces replaced once; one that is missing is made `empty`, is `keep`t, "
        "or is an `error`.",
        example='fill("Dear {{name}}", {name: "Ada"}, "keep")',
        value='"Dear Ada"',
    ),
    Function(
        name="escape",
        signatures=_TEXT_TO_TEXT,
        doc="The text as it stands in HTML: `&`, `<`, `>` and quotes are written as entities.",
        example='escape("a < b")',
        value='"a &lt; b"',
    ),
    Function(
        name="sha256",
        signatures=_TEXT_TO_TEXT,
        doc="The SHA-256 of the text's UTF-8, in hexadecimal.",
        example='substr(sha256(""), 0, 8)',
        value='"e3b0c442"',
    ),
    Function(
        name="draw",
        signatures=(_takes(INTEGER, INTEGER, result=INTEGER, rest=TEXT),),
        doc="A number from the first to the second, the same for the same further arguments.",
        example='draw(1, 6, "game 7")',
        value="2",
    ),
    Function(
        name="shuffle",
        signatures=(_takes(TEXTS, TEXT, result=TEXTS),),
        doc="The texts in an order that depends on the second argument alone.",
        example='shuffle(["a", "b", "c"], "seed")',
        value='["a", "c", "b"]',
    ),
)

FUNCTIONS: Mapping[str, Function] = MappingProxyType({function.name: function for function in _TABLE})
"""Name to function."""

OVER_CLIENTS: Mapping[str, str] = {
    "eval": "eval(formula, {x: 1, …}) → decimal",
    "selects": "selects(predicate, row or {field: value, …}) → boolean; in `where` the row is `row`",
}
"""The functions that take what clients write, and how: see `ir.client_expressions`."""

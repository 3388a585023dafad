"""The functions of the expression language, as data. The reference is generated from this table.

A function stands here only if every fold renders it with exactly this meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from autocoder.ir.types import BOOLEAN, DATE, DATETIME, DECIMAL, INTEGER, TEXT, UUID, Type

ANY_LIST = Type(name="list")
"""A parameter that takes a list of whatever."""


@dataclass(frozen=True, kw_only=True)
class Signature:
    """Types of the parameters, none of which takes null, and of the result."""

    params: tuple[Type, ...]
    result: Type

    def __str__(self) -> str:
        return f"({', '.join('list' if p is ANY_LIST else str(p) for p in self.params)}) → {self.result}"


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


def _takes(*params: Type, result: Type) -> Signature:
    return Signature(params=params, result=result)


def _numeric(count: int) -> tuple[Signature, ...]:
    return (_takes(*[INTEGER] * count, result=INTEGER), _takes(*[DECIMAL] * count, result=DECIMAL))


_TEXT_TO_TEXT = (_takes(TEXT, result=TEXT),)
_TEXT_TEST = (_takes(TEXT, TEXT, result=BOOLEAN),)
_TO_INTEGER = (_takes(DECIMAL, result=INTEGER),)

_TABLE = (
    Function(
        name="size",
        signatures=(_takes(TEXT, result=INTEGER), _takes(ANY_LIST, result=INTEGER)),
        doc="The number of code points of a text, or of items of a list.",
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
        signatures=_numeric(2),
        doc="The smaller of two numbers.",
        example="min(2, 3)",
        value="2",
    ),
    Function(
        name="max",
        signatures=_numeric(2),
        doc="The larger of two numbers.",
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
        signatures=(_takes(TEXT, result=INTEGER.or_null()), *_TO_INTEGER),
        doc="The whole number that a text shows, null if it shows none; of a decimal, its whole part.",
        example='int("42")',
        value="42",
    ),
    Function(
        name="decimal",
        signatures=(_takes(TEXT, result=DECIMAL.or_null()), _takes(INTEGER, result=DECIMAL)),
        doc="The decimal number that a text shows, null if it shows none; or an integer as a decimal.",
        example='decimal("1.50")',
        value="1.5",
    ),
    Function(
        name="date",
        signatures=(_takes(DATETIME, result=DATE),),
        doc="The day of a time, in UTC.",
        example="date(now)",
        value="the day of the call",
    ),
    Function(
        name="text",
        signatures=tuple(_takes(given, result=TEXT) for given in (INTEGER, DECIMAL, BOOLEAN, DATE, DATETIME, UUID)),
        doc="The value as text: numbers plain and without trailing zeros, times as RFC 3339 with Z.",
        example="text(1.50)",
        value='"1.5"',
    ),
)

FUNCTIONS: Mapping[str, Function] = MappingProxyType({function.name: function for function in _TABLE})
"""Name to function."""

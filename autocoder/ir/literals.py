"""Literals that adapt to the type that is expected of them, checked while compiling."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, date, datetime
from decimal import Decimal

from autocoder.blueprint import expressions as syntax
from autocoder.ir.expressions import Const
from autocoder.ir.types import DECIMAL, INTEGER_RANGE, Type, TypeName

DECIMAL_DIGITS = 34
"""Digits of a decimal, before and after its point together."""

_ADAPTED: frozenset[TypeName] = frozenset({"date", "datetime", "uuid", "duration"})
_RULES = {
    "date": "a date is YYYY-MM-DD",
    "datetime": "a time is YYYY-MM-DDTHH:MM:SS, with Z or an offset; without one it is UTC",
    "uuid": "a UUID is 32 hexadecimal digits in groups of 8-4-4-4-12",
    "duration": "a duration is days, hours, minutes, seconds, for example 1h30m",
}


class LiteralError(Exception):
    """A literal that is no value of its type; `rule` says what one looks like."""

    def __init__(self, message: str, rule: str) -> None:
        super().__init__(message)
        self.message = message
        self.rule = rule


def adapt(const: Const, to: Type) -> Const:
    """The literal as a value of `to` where the type has no literal of its own; else the literal as it is.

    Raises `LiteralError` for a text that is no date, time, UUID, duration or enum value.
    """
    match const.value:
        case str() as text if const.type.name == "text" and to.name in _ADAPTED:
            return Const(value=_parsed(text, to.name), type=to.not_null())
        case bool() | None:
            return const
        case int() as number if const.type.name == "integer" and to.name == "decimal":
            return Const(value=str(number), type=DECIMAL)
        case _:
            return const


def _parsed(text: str, name: TypeName) -> str | int:
    try:
        match name:
            case "date":
                return _date(text)
            case "datetime":
                return _datetime(text)
            case "uuid":
                return _uuid(text)
            case _:
                return _duration(text)
    except ValueError:
        raise LiteralError(f'"{text}" is no {name}', _RULES[name]) from None


def _date(text: str) -> str:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise ValueError(text)
    return date.fromisoformat(text).isoformat()


def _datetime(text: str) -> str:
    shape = r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)?"
    if not re.fullmatch(shape, text, re.ASCII):
        raise ValueError(text)
    parsed = datetime.fromisoformat(text.upper())
    try:
        in_utc = parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    except OverflowError as error:
        raise ValueError(text) from error
    return in_utc.isoformat().replace("+00:00", "Z")


def _uuid(text: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text):
        raise ValueError(text)
    return str(uuid.UUID(text))


def _duration(text: str) -> int:
    try:
        parsed = syntax.parse(text)
    except syntax.ExpressionError as error:
        raise ValueError(text) from error
    if not isinstance(parsed, syntax.Const) or parsed.type != "duration" or not isinstance(parsed.value, int):
        raise ValueError(text)
    return parsed.value


def checked_integer(value: int) -> int:
    """The integer, or `LiteralError` where it needs more than 64 bits."""
    low, high = INTEGER_RANGE
    if not low <= value <= high:
        raise LiteralError(f"{value} is too large", "an integer has 64 bits")
    return value


def checked_decimal(text: str) -> str:
    """The decimal plain and without trailing zeros, or `LiteralError` where it has too many digits."""
    plain = f"{Decimal(text):f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    digits = len(plain.lstrip("-0.").replace(".", ""))
    if digits > DECIMAL_DIGITS:
        raise LiteralError(f"{text} has {digits} digits", f"a decimal has at most {DECIMAL_DIGITS} digits")
    return "0" if plain == "-0" else plain

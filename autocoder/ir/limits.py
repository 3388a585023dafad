"""The limits that a field or input states: numbers where numbers are meant, in order, and a pattern that is one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from autocoder.blueprint.model import FieldSpec
from autocoder.ir.nodes import Constraints

_WHOLE = {"integer", "money"}
_SIZE = re.compile(r"([1-9][0-9]{0,8})\s?(B|kB|MB|GB)?")
_BYTES = {"": 1, "B": 1, "kB": 1000, "MB": 1000**2, "GB": 1000**3}
_NUMBERS = {*_WHOLE, "decimal"}
_LENGTHS = {"text", "password", "url", "email", "slug", "phone", "code", "html", "path", "enum"}


def wrong_limits(spec: FieldSpec) -> Iterator[tuple[str, str, str]]:
    """The key, what is wrong with its value, and the rule; for a list, of its items."""
    word = spec.type.removeprefix("list of ")
    if word == "file":
        yield from _wrong_sizes(spec)
        return
    limits: dict[str, Decimal] = {}
    for key, value in (("min", spec.min), ("max", spec.max)):
        if value is None:
            continue
        number = None if isinstance(value, bool) else _number(value)
        whole = number is not None and number == number.to_integral_value()
        if word in _LENGTHS and (number is None or not whole or number < 0):
            yield key, f'"{value}" is no length', "the limits of a text are whole numbers of characters"
        elif word in _NUMBERS and (number is None or (word in _WHOLE and not whole)):
            yield key, f'"{value}" is no {word}', f"the limits of {word} are values of that type"
        elif number is not None:
            limits[key] = number
    if "min" in limits and "max" in limits and limits["min"] > limits["max"]:
        yield "min", f"{limits['min']} is more than max, {limits['max']}", "min is not above max"
    if spec.pattern is not None:
        try:
            re.compile(spec.pattern)
        except (re.error, OverflowError, RecursionError) as error:
            yield "pattern", f"it is no regular expression: {error}", "a pattern is a regular expression (RE2)"


def _wrong_sizes(spec: FieldSpec) -> Iterator[tuple[str, str, str]]:
    rule = "`max` of a file is a number of B, kB, MB or GB"
    if spec.min is not None:
        yield "min", "a file has no least size", rule
    if spec.max is not None and bytes_in(spec.max) is None:
        yield "max", f'"{spec.max}" is no size', rule


FILE_BYTES = 10_000_000
"""The greatest size of a file where nothing is stated."""


def most_bytes(constraints: Constraints) -> int:
    """The greatest size of a file."""
    return int(constraints.maximum or FILE_BYTES)


def bytes_in(value: str | int | float) -> int | None:
    """The size that a text says, in bytes; None where it says none."""
    found = _SIZE.fullmatch(str(value))
    return int(found[1]) * _BYTES[found[2] or ""] if found else None


def _number(value: str | int | float) -> Decimal | None:
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None

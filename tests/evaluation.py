"""What an expression means, worked out node by node: the reference that emitted Python and SQL are held against.

Written from the language's description and never from what is emitted. Raises ArithmeticError for what is `invalid`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from autocoder.ir.expressions import Bound, Call, Column, Const, Expr, Get, Now, Op, Over, Record

EXACT = Context(prec=34)
MOMENT = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def in_64_bits(value: Any) -> Any:
    """A value that leaves an expression; an integer has 64 bits."""
    if isinstance(value, int) and not isinstance(value, bool) and not -(2**63) <= value < 2**63:
        raise OverflowError(value)
    return value


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """The names that an expression reads."""

    row: Mapping[str, Any]
    given: Mapping[str, Any]
    now: datetime
    items: Mapping[str, Any]

    def of(self, expr: Expr) -> Any:  # noqa: C901 # one arm a kind
        """The value of an expression."""
        match expr:
            case Const():
                return constant(expr)
            case Column(field=field):
                return self.row[field]
            case Bound(scope="item", name=name):
                return self.items[name]
            case Bound(name=name):
                return self.given[name]
            case Now():
                return self.now
            case Get(of=of, field=field):
                held = self.of(of)
                return held.get(field) if isinstance(held, dict) else None
            case Record(values=values):
                return {name: self.of(value) for name, value in values}
            case Over():
                return self.over(expr)
            case Call(function="text", args=(arg,)) if arg.type.name == "json":
                held = self.of(arg)
                return held if isinstance(held, str) else None
            case Call(function=function, args=args):
                return FUNCTIONS[function](*(self.of(arg) for arg in args))
            case Op():
                return self.op(expr)

    def over(self, node: Over) -> Any:
        """A list, item by item."""
        found = self.of(node.items)
        each = [replace(self, items={**self.items, node.item: item}) for item in found]
        match node.op:
            case "map":
                return [inner.of(node.body) for inner in each]
            case "filter":
                return [item for item, inner in zip(found, each, strict=True) if inner.of(node.body)]
            case "all":
                return all(inner.of(node.body) for inner in each)
            case "exists":
                return any(inner.of(node.body) for inner in each)

    def op(self, node: Op) -> Any:
        """An operator; those first whose operands are not all worked out."""
        match node:
            case Op(op="?:", args=(condition, then, otherwise)):
                return self.of(then) if self.of(condition) else self.of(otherwise)
            case Op(op="??", args=(first, second)):
                found = self.of(first)
                return self.of(second) if found is None else found
            case Op(op="&&", args=(left, right)):
                return self.of(left) and self.of(right)
            case Op(op="||", args=(left, right)):
                return self.of(left) or self.of(right)
            case _:
                args = [self.of(arg) for arg in node.args]
                return args if node.op == "[]" else OPERATORS[node.op](*args)


def constant(node: Const) -> Any:
    """The value of a literal."""
    match node.type.name, node.value:
        case "duration", int() as microseconds:
            return timedelta(microseconds=microseconds)
        case "decimal", str() as text:
            return Decimal(text)
        case "uuid", str() as text:
            return UUID(text)
        case "date", str() as text:
            return date.fromisoformat(text)
        case "datetime", str() as text:
            return datetime.fromisoformat(text)
        case _, value:
            return value


def number(function: Callable[[Context], Callable[[Any, Any], Any]], whole: Callable[[int, int], int]) -> Any:
    """Arithmetic of two numbers: whole ones exactly, others with 34 digits; of anything else as Python has it."""

    def apply(left: Any, right: Any) -> Any:
        if isinstance(left, Decimal) or isinstance(right, Decimal):
            return function(EXACT)(Decimal(left), Decimal(right))
        return whole(left, right)

    return apply


def plus(left: Any, right: Any) -> Any:
    """Numbers, texts, lists, maps, times."""
    if isinstance(left, dict):
        return {**left, **right}
    return moved(left, whole_days(right)) if is_day(left) else left + right


def minus(left: Any, right: Any) -> Any:
    """Numbers, times."""
    return moved(left, -whole_days(right)) if is_day(left) and isinstance(right, timedelta) else left - right


def is_day(value: Any) -> bool:
    """Whether a value is a day and no time."""
    return isinstance(value, date) and not isinstance(value, datetime)


def whole_days(duration: timedelta) -> int:
    """A day moves by the whole days of a duration."""
    return math.floor(Fraction(duration // MOMENT, 86_400_000_000))


def moved(day: date, days: int) -> date:
    """A day that many days later, which a calendar must have."""
    found = day.toordinal() + days
    if not 1 <= found <= date.max.toordinal():
        raise OverflowError(found)
    return date.fromordinal(found)


def divided(left: Any, right: Any) -> Decimal:
    """With 34 digits, whatever is divided."""
    if isinstance(left, timedelta):
        left, right = left // MOMENT, right // MOMENT
    return EXACT.divide(Decimal(left), Decimal(right))


def modulo(left: Any, right: Any) -> Any:
    """What is left of a floored division; it has the divisor's sign."""
    if not right:
        raise ZeroDivisionError
    if isinstance(left, int) and isinstance(right, int):
        return left - right * (left // right)
    whole = math.floor(Fraction(left) / Fraction(right))
    if abs(whole) >= 10**34:
        raise OverflowError
    rest = Fraction(left) - Fraction(right) * whole
    return EXACT.divide(Decimal(rest.numerator), Decimal(rest.denominator))


def at(of: Any, key: Any) -> Any:
    """An item of a list or map, null where none stands."""
    if isinstance(of, dict):
        return of.get(key) if isinstance(key, str) else None
    return of[key] if isinstance(of, list) and 0 <= key < len(of) else None


OPERATORS: dict[str, Callable[..., Any]] = {
    "!": lambda value: not value,
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
    "in": lambda item, items: item in items,
    "+": number(lambda c: c.add, plus),
    "-": number(lambda c: c.subtract, minus),
    "*": number(lambda c: c.multiply, lambda left, right: left * right),
    "/": divided,
    "%": modulo,
    "negate": lambda value: EXACT.minus(value) if isinstance(value, Decimal) else -value,
    "at": at,
}


def rounded(value: Any, places: int | None = None) -> Any:
    """Halves go away from zero; 34 digits have to do."""
    unit = Decimal(1).scaleb(-(places or 0))
    found = value.quantize(unit, ROUND_HALF_UP, EXACT)
    return int(found) if places is None else found


def shown(value: Any) -> str | None:
    """A value as text."""
    match value:
        case bool():
            return str(value).lower()
        case Decimal():
            text = format(value, "f")
            return (text.rstrip("0").rstrip(".") if "." in text else text) if value else "0"
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case _:
            return str(value)


def parsed(text: str) -> Any:
    """JSON, null of what is none."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def pieces(text: str, mark: str) -> list[str]:
    """The parts of a text."""
    return text.split(mark) if mark else list(text)


def substring(text: str, start: int, length: int | None = None) -> str:
    """A part of a text, by position."""
    rest = text[max(start, 0) :]
    return rest if length is None else rest[: max(length, 0)]


def bounded_words(text: str) -> list[str]:
    """What stands between white space, within limits."""
    found = text.split()
    if len(found) > 32 or max(map(len, found), default=0) > 100:
        raise OverflowError
    return found


def padded(text: str, width: int, fill: str) -> str:
    """Filled on the left."""
    if width > 10_000:
        raise OverflowError
    while fill and len(text) < width:
        text = (fill * width)[: width - len(text)] + text
    return text


def ascii_case(change: Callable[[str], str]) -> Callable[[str], str]:
    """Case of the letters A to Z alone."""
    return lambda text: "".join(change(c) if c < "\x7f" else c for c in text)


def least(choose: Callable[..., Any]) -> Callable[..., Any]:
    """Of two numbers or of a list."""
    return lambda *args: choose(args) if len(args) > 1 else choose(args[0], default=None)


def mean(items: list[Any]) -> Decimal | None:
    """With 34 digits."""
    total = Decimal(0)
    if items and isinstance(items[0], Decimal):
        for item in items:
            total = EXACT.add(total, item)
    else:
        total = Decimal(sum(items))
    return EXACT.divide(total, Decimal(len(items))) if items else None


def total(items: list[Any]) -> Any:
    """The sum of a list."""
    found: Any = 0
    for item in items:
        found = OPERATORS["+"](found, item)
    return found


def power(base: Any, exponent: int) -> Any:
    """A power of a whole or a decimal number."""
    return base**exponent if isinstance(base, int) else EXACT.power(base, exponent)


def drawn(low: int, high: int, *seeds: str) -> int:
    """The first eight bytes of the seeds' SHA-256, modulo the range."""
    digest = hashlib.sha256("\0".join(seeds).encode()).digest()[:8]
    if high < low:
        raise OverflowError
    return low + int.from_bytes(digest, "big") % (high - low + 1)


def shuffled(texts: list[str], seed: str) -> list[str]:
    """By the SHA-256 of seed and text."""
    return sorted(texts, key=lambda text: hashlib.sha256(f"{seed}\0{text}".encode()).hexdigest())


def filled(template: str, values: Mapping[str, str], mode: str) -> str:
    """Names in double braces replaced once."""
    assert mode == "keep"
    return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda found: values.get(found[1], found[0]), template)


def whole_number(value: Any) -> int | None:
    """The integer that a text, a JSON value or a decimal shows."""
    match value:
        case Decimal():
            return int(value)
        case bool():
            return None
        case str() if re.fullmatch(r"[+-]?[0-9]{1,19}", value):
            value = int(value)
        case int():
            pass
        case _:
            return None
    return value if -(2**63) <= value < 2**63 else None


def decimal_number(value: Any) -> Decimal | None:
    """The number that a text, a JSON value or an integer shows."""
    match value:
        case bool():
            return None
        case str():
            digits = len(value.lstrip("+-0.").replace(".", ""))
            fits = re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", value) and digits <= 34
            return Decimal(value) if fits else None
        case int() | float():
            return Decimal(str(value))
        case _:
            return None


def day(value: Any) -> date | None:
    """The day of a time or a text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).date()
    try:
        return date.fromisoformat(value) if re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII) else None
    except ValueError:
        return None


def found_in(text: str, pattern: str) -> str | None:
    """The first match, or its group."""
    found = re.search(pattern, text)
    return None if found is None else found[1] if found.re.groups else found[0]


def as_csv(of: Any) -> Any:
    """One record of texts and integers as CSV, or CSV as maps; enough for what is tried."""
    if isinstance(of, str):
        head, *rest = [*csv.reader(io.StringIO(of))] or [[]]
        return [dict(zip(head, cells, strict=False)) for cells in rest if cells]
    lines = [list(of[0]), *([disarmed(value) for value in record.values()] for record in of)]
    return "".join(",".join(quoted(cell) for cell in line) + "\r\n" for line in lines)


def disarmed(value: Any) -> str:
    """A cell that no spreadsheet runs."""
    return (
        f"'{value}"
        if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") and value
        else str(value)
    )


def quoted(cell: str) -> str:
    """A cell as RFC 4180 has it."""
    return '"' + cell.replace('"', '""') + '"' if re.search(r'[",\r\n]', cell) else cell


def micros(value: Any) -> int:
    """A duration, or the time since 1970, in microseconds."""
    since = value if isinstance(value, timedelta) else value - (EPOCH.date() if is_day(value) else EPOCH)
    return since // MOMENT


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "size": len,
    "lower": ascii_case(str.lower),
    "upper": ascii_case(str.upper),
    "trim": lambda text: re.sub(r"\A[ \t\r\n]+|[ \t\r\n]+\Z", "", text),
    "contains": lambda text, part: text.find(part) >= 0,
    "starts_with": lambda text, part: text[: len(part)] == part,
    "ends_with": lambda text, part: text[len(text) - len(part) :] == part and len(part) <= len(text),
    "replace": lambda text, old, new: new.join(text.split(old)) if old else text,
    "abs": lambda value: EXACT.abs(value) if isinstance(value, Decimal) else abs(value),
    "min": least(min),
    "max": least(max),
    "round": rounded,
    "floor": math.floor,
    "ceil": math.ceil,
    "int": whole_number,
    "decimal": decimal_number,
    "date": day,
    "micros": micros,
    "text": shown,
    "split": pieces,
    "words": bounded_words,
    "join": lambda texts, mark: mark.join(texts),
    "substr": substring,
    "pad": padded,
    "matches": lambda text, pattern: re.fullmatch(pattern, text) is not None,
    "extract": found_in,
    "pow": power,
    "sum": total,
    "avg": mean,
    "distinct": lambda items: [item for at, item in enumerate(items) if item not in items[:at]],
    "first": lambda items: items[0] if items else None,
    "last": lambda items: items[-1] if items else None,
    "range": lambda first, end=None: list(range(first) if end is None else range(first, end)),
    "keys": lambda held: sorted(held),
    "values": lambda held: [held[key] for key in sorted(held)],
    "is_number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "is_text": lambda value: isinstance(value, str),
    "json": parsed,
    "csv": as_csv,
    "placeholders": lambda text: list(dict.fromkeys(re.findall(r"\{\{\s*(\w+)\s*\}\}", text))),
    "fill": filled,
    "escape": lambda text: re.sub(
        "[&<>\"']", lambda c: {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"}[c[0]], text
    ),
    "sha256": lambda text: hashlib.sha256(text.encode()).hexdigest(),
    "draw": drawn,
    "whole": in_64_bits,
    "shuffle": shuffled,
}

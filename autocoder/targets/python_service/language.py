"""Functions of the blueprint language that Python has not in the same meaning, emitted where they are called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from autocoder.ir.behaviour import Emit, Let, List, Reply, Step, expressions, ranged, walk_steps
from autocoder.ir.client_expressions import GIVES
from autocoder.ir.expressions import Call, Expr, Get, Op, is_computed_integer, walk
from autocoder.ir.nodes import Handler, Operation
from autocoder.ir.pushdown import names_column, with_values_checked
from autocoder.ir.views import Views
from autocoder.targets.python_service.functions import python_function
from autocoder.targets.python_service.source import Module

Source = tuple[str, tuple[tuple[str, str], ...]]

FUNCTIONS: dict[str, Source] = {
    "lower": (
        '''def lower(text: str) -> str:
    """ASCII letters in lower case, as the database does it."""
    return "".join(c.lower() if c.isascii() else c for c in text)''',
        (),
    ),
    "upper": (
        '''def upper(text: str) -> str:
    """ASCII letters in upper case, as the database does it."""
    return "".join(c.upper() if c.isascii() else c for c in text)''',
        (),
    ),
    "replaced": (
        '''def replaced(text: str, old: str, new: str) -> str:
    """A text with one part for another; nothing has no place in it, as the database sees it."""
    return text.replace(old, new) if old else text''',
        (),
    ),
    "modulo": (
        '''def modulo(dividend: Decimal | int, divisor: Decimal | int) -> Decimal:
    """What a division leaves, with the sign of the divisor."""
    rest = Decimal(dividend) % divisor
    return rest + divisor if rest and (rest < 0) != (divisor < 0) else rest''',
        (("decimal", "Decimal"),),
    ),
    "rounded": (
        '''def rounded(number: Decimal, places: int = 0) -> Decimal:
    """The nearest number with so many decimal places; halves go away from zero."""
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)''',
        (("decimal", "Decimal"), ("decimal", "ROUND_HALF_UP")),
    ),
    "whole": (
        '''def whole(number: int) -> int:
    """A computed number, which must be one of 64 bits."""
    if not -(2**63) <= number < 2**63:
        raise OverflowError
    return number''',
        (),
    ),
    "integer_in": (
        '''def integer_in(text: str) -> int | None:
    """The whole number that a text shows, or None."""
    number = int(text) if re.fullmatch(r"[+-]?[0-9]{1,19}", text) else None
    return number if number is not None and -(2**63) <= number < 2**63 else None''',
        (("", "re"),),
    ),
    "decimal_in": (
        '''def decimal_in(text: str) -> Decimal | None:
    """The decimal number that a text shows, or None."""
    return Decimal(text) if re.fullmatch(r"[+-]?[0-9]{1,34}(\\.[0-9]{1,34})?", text) else None''',
        (("", "re"), ("decimal", "Decimal")),
    ),
    "plain": (
        '''def plain(number: Decimal) -> str:
    """A number as text, without exponent and trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text''',
        (("decimal", "Decimal"),),
    ),
    "pieces": (
        '''def pieces(text: str, mark: str) -> list[str]:
    """The parts of a text between marks; by nothing, its characters."""
    return text.split(mark) if mark else list(text)''',
        (),
    ),
    "words": (
        '''def words(text: str) -> list[str]:
    """What stands between white space: at most 32 words of at most 100 characters."""
    found = text.split()
    if len(found) > 32 or any(len(word) > 100 for word in found):
        raise OverflowError
    return found''',
        (),
    ),
    "read_cursor": (
        '''def read_cursor(text: str | None, kinds: dict[str, Any]) -> dict[str, Any] | None:
    """The place in a list that a cursor stands for: a value of each of its keys."""
    if text is None:
        return None
    try:
        place: Any = GenericAlias(tuple, tuple(kinds.values()))
        values = TypeAdapter(place).validate_json(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError as error:
        raise ArithmeticError("no cursor") from error
    if any(isinstance(value, int) and not -(2**63) <= value < 2**63 for value in values):
        raise OverflowError
    return dict(zip(kinds, values, strict=True))''',
        (
            ("base64", "urlsafe_b64decode"),
            ("pydantic", "TypeAdapter"),
            ("types", "GenericAlias"),
            ("typing", "Any"),
        ),
    ),
    "cursor_after": (
        '''def cursor_after(places: Sequence[dict[str, Any]], limit: int) -> str | None:
    """Where the next page begins: after the last of these places, or nowhere if they are fewer than were asked for."""
    if len(places) < limit:
        return None
    return urlsafe_b64encode(to_json(list(places[-1].values()))).decode().rstrip("=")''',
        (
            ("base64", "urlsafe_b64encode"),
            ("collections.abc", "Sequence"),
            ("pydantic_core", "to_json"),
            ("typing", "Any"),
        ),
    ),
    "part": (
        '''def part(text: str, start: int, length: int) -> str:
    """So many characters of a text, from a position."""
    return text[max(start, 0) : max(start, 0) + max(length, 0)]''',
        (),
    ),
    "padded": (
        '''def padded(text: str, width: int, fill: str) -> str:
    """A text, filled on the left until it is that long."""
    if width > 10_000:
        raise OverflowError
    missing = max(width - len(text), 0) if fill else 0
    return (fill * missing)[:missing] + text''',
        (),
    ),
    "matched": (
        '''def matched(text: str, pattern: str) -> bool:
    """Whether a whole text matches."""
    return re.fullmatch(pattern, text) is not None''',
        (("", "re"),),
    ),
    "extracted": (
        '''def extracted(text: str, pattern: str) -> str | None:
    """The first part of a text that matches, or its group."""
    found = re.search(pattern, text)
    return found[1 if found.re.groups else 0] if found else None''',
        (("", "re"),),
    ),
    "power": (
        '''def power(base: Number, exponent: int) -> Number:
    """A power; one that no number of the service could hold is out of range."""
    if abs(exponent) > 10_000 or (exponent < 0 and isinstance(base, int)):
        raise OverflowError
    if isinstance(base, int) and base.bit_length() * exponent > 10_000:
        raise OverflowError
    return base**exponent''',
        (("decimal", "Decimal"), ("typing", "TypeVar")),
    ),
    "exact_sum": (
        '''def exact_sum(numbers: Iterable[Decimal]) -> Decimal:
    """What numbers add up to, rounded once."""
    with localcontext(prec=200):
        found = sum(numbers, Decimal(0))
    return found.normalize() + 0''',
        (("collections.abc", "Iterable"), ("decimal", "Decimal"), ("decimal", "localcontext")),
    ),
    "mean": (
        '''def mean(numbers: Sequence[int] | Sequence[Decimal]) -> Decimal | None:
    """The mean, or None of nothing."""
    return Decimal(sum(numbers)) / len(numbers) if numbers else None''',
        (("collections.abc", "Sequence"), ("decimal", "Decimal")),
    ),
    "distinct": (
        '''def distinct(items: Sequence[T]) -> list[T]:
    """The items without those that came before."""
    found: list[T] = []
    for item in items:
        if item not in found:
            found.append(item)
    return found''',
        (("collections.abc", "Sequence"), ("typing", "TypeVar")),
    ),
    "numbers": (
        '''def numbers(start: int, end: int) -> list[int]:
    """The whole numbers from one to before the other, 10,000 at most."""
    if end - start > 10_000:
        raise OverflowError
    return list(range(start, end))''',
        (),
    ),
    "is_number": (
        '''def is_number(value: object) -> bool:
    """Whether a JSON value is a number."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)''',
        (("decimal", "Decimal"),),
    ),
    "json_in": (
        '''def json_in(text: str) -> Any:
    """The JSON value that a text shows, or None."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None''',
        (("", "json"), ("typing", "Any")),
    ),
    "csv_of": (
        '''def csv_of(records: Sequence[dict[str, Any]]) -> str:
    """Records as CSV with a header; a cell that a spreadsheet would run as a formula begins with an apostrophe."""
    text = io.StringIO()
    names = list(records[0]) if records else []
    writer = csv.writer(text)
    if names:
        writer.writerow(names)
    for record in records:
        writer.writerow([disarmed(record.get(name)) for name in names])
    return text.getvalue()


def disarmed(value: Any) -> str:
    """A value as the text of a cell."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case str() if value.startswith(("=", "+", "-", "@", "\\t", "\\r")):
            return f"\'{value}"
        case _:
            return str(value)''',
        (
            ("", "csv"),
            ("", "io"),
            ("collections.abc", "Sequence"),
            ("datetime", "datetime"),
            ("typing", "Any"),
        ),
    ),
    "csv_in": (
        '''def csv_in(text: str) -> list[dict[str, str]]:
    """CSV as maps from the header's names to cells; cells without a name are left out."""
    rows = list(csv.reader(io.StringIO(text)))
    return [dict(zip(rows[0], row, strict=False)) for row in rows[1:] if row]''',
        (("", "csv"), ("", "io")),
    ),
    "placeholders": (
        '''def placeholders(template: str) -> list[str]:
    """The names in double braces, each once."""
    return list(dict.fromkeys(re.findall(r"\\{\\{\\s*(\\w+)\\s*\\}\\}", template)))''',
        (("", "re"),),
    ),
    "fill": (
        '''def fill(template: str, values: dict[str, str], mode: str) -> str:
    """A template with each name in double braces replaced, in one pass."""

    def value(found: re.Match[str]) -> str:
        if found[1] in values:
            return values[found[1]]
        if mode == "error":
            raise ArithmeticError(found[1])
        return found[0] if mode == "keep" else ""

    return re.sub(r"\\{\\{\\s*(\\w+)\\s*\\}\\}", value, template)''',
        (("", "re"),),
    ),
    "draw": (
        '''def draw(low: int, high: int, *seeds: str) -> int:
    """A number from one to the other that follows from the seeds."""
    if high < low:
        raise OverflowError
    digest = sha256("\\0".join(seeds).encode()).digest()
    return low + int.from_bytes(digest[:8], "big") % (high - low + 1)''',
        (("hashlib", "sha256"),),
    ),
    "shuffled": (
        '''def shuffled(texts: Sequence[str], seed: str) -> list[str]:
    """The texts in an order that follows from the seed."""
    return sorted(texts, key=lambda text: sha256(f"{seed}\\0{text}".encode()).digest())''',
        (("collections.abc", "Sequence"), ("hashlib", "sha256")),
    ),
    "day_in": (
        '''def day_in(text: str) -> date | None:
    """The day that a text shows, or None."""
    try:
        return date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        return None''',
        (("", "re"), ("datetime", "date")),
    ),
    "integer_in_json": (
        '''def integer_in_json(value: object) -> int | None:
    """The whole number that a JSON value is, or None."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and -(2**63) <= value < 2**63 else None''',
        (),
    ),
    "decimal_in_json": (
        '''def decimal_in_json(value: object) -> Decimal | None:
    """The number that a JSON value is, or None."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return Decimal(str(value)) if number else None''',
        (("decimal", "Decimal"),),
    ),
    "text_in_json": (
        '''def text_in_json(value: object) -> str | None:
    """The text that a JSON value is, or None."""
    return value if isinstance(value, str) else None''',
        (),
    ),
    "inside": (
        '''def inside(value: Any, key: Any) -> Any:
    """What stands in a JSON value under a key or at a position, or None."""
    match value, key:
        case dict(), str():
            return value.get(key)
        case list(), int() if not isinstance(key, bool) and 0 <= key < len(value):
            return value[key]
        case _:
            return None''',
        (("typing", "Any"),),
    ),
    "item_at": (
        '''def item_at(items: Sequence[T], position: int) -> T | None:
    """The item at a position, the first is 0; None where there is none."""
    return items[position] if 0 <= position < len(items) else None''',
        (("collections.abc", "Sequence"), ("typing", "TypeVar")),
    ),
    "in_header": (
        '''def in_header(text: str) -> str:
    """A text as the value of a header, which holds printable ASCII alone."""
    if not text.isascii() or not text.isprintable():
        raise ArithmeticError(text)
    return text''',
        (),
    ),
    "micros": (
        '''def micros(value: date | timedelta) -> int:
    """A stretch of time, or a time since 1970, as a whole number of microseconds."""
    if isinstance(value, datetime):
        value = value - datetime(1970, 1, 1, tzinfo=UTC)
    elif isinstance(value, date):
        value = value - date(1970, 1, 1)
    return value // timedelta(microseconds=1)''',
        (("datetime", "UTC"), ("datetime", "date"), ("datetime", "datetime"), ("datetime", "timedelta")),
    ),
    "ratio": (
        '''def ratio(part: timedelta, whole: timedelta) -> Decimal:
    """How often one stretch of time goes into another."""
    moment = timedelta(microseconds=1)
    return Decimal(part // moment) / Decimal(whole // moment)''',
        (("datetime", "timedelta"), ("decimal", "Decimal")),
    ),
}
"""Function to its source and what that imports."""

VARIABLES = {"T": 'T = TypeVar("T")', "Number": 'Number = TypeVar("Number", int, Decimal)'}
"""Type variables of the functions above."""
PRECISION = "setcontext(Context(prec=34, rounding=ROUND_HALF_EVEN))"
"""How exact decimals are: said once, before anything is computed."""


def functions_used(views: Views) -> tuple[str, ...]:
    """The functions of this module that the service calls."""
    found = (*views.operations, *views.handlers)
    computed = [value for e in views.entities for _, value in e.computed]
    called = {own for node in (*_nodes(found), *(n for value in computed for n in walk(value))) for own in _own(node)}
    called |= {own for behaviour in found for node in _handed_over(behaviour) for own in _own(node)}
    for step in (step for behaviour in found for step in walk_steps(behaviour.steps)):
        if any(is_computed_integer(node) for expr in _unchecked(step) for node in walk(expr)):
            called.add("whole")
        if any(names_column(expr) and with_values_checked(expr) != expr for expr in expressions(step)):
            called.add("whole")  # beside columns the database is handed what was worked out before
        if isinstance(step, Reply) and step.headers:
            called.add("in_header")
        if isinstance(step, List) and any(v.function == "sum" and not v.added_here for _, v in step.values):
            called.add("whole")
        if isinstance(step, List) and adds_decimals(step):
            called.add("exact_sum")
    return tuple(sorted(called))


def adds_decimals(step: List) -> bool:
    """Whether groups have a sum or a mean of decimals."""
    added = [value.of for _, value in step.values if value.function in ("sum", "avg")]
    return any(of is not None and of.type.name == "decimal" for of in added)


def _handed_over(behaviour: Operation | Handler) -> Iterator[Expr]:
    """What is worked out before a database is asked, in a statement or in the oracle."""
    for step in (*walk_steps(behaviour.steps), *walk_steps(behaviour.plan)):
        if ranged(step) is not None:
            for expr in expressions(step):
                yield from walk(with_values_checked(expr) if names_column(expr) else expr)


def _own(node: Expr) -> Iterator[str]:
    match node:
        case Call(function=function) if function not in ("sent", *GIVES):
            if own := python_function(node).own:
                yield own
        case Get(of=of) | Op(op="at", args=(of, _)) if of.type.name == "json":
            yield "inside"
        case Op(op="at", args=(of, _)) if of.type.name == "list":
            yield "item_at"
        case Op(op="/", args=(left, _)) if left.type.name == "duration":
            yield "ratio"
        case Op(op="%") if node.type.name == "decimal":
            yield "modulo"
        case _:
            pass


def _unchecked(step: Step) -> Iterator[Expr]:
    """The values of a step that no database column limits."""
    if isinstance(step, Let | Reply | Emit):
        yield from expressions(step)


def computes_decimals(views: Views) -> bool:
    """Whether any of them computes with decimals, so that their precision matters."""
    behaviours = (*views.operations, *views.handlers)
    computed = [value for e in views.entities for _, value in e.computed]
    nodes = (*_nodes(behaviours), *(node for value in computed for node in walk(value)))
    return any(isinstance(n, Op | Call) and n.type.name == "decimal" for n in nodes) or any(
        value.added_here
        for behaviour in behaviours
        for step in walk_steps(behaviour.steps)
        if isinstance(step, List)
        for _, value in step.values
    )


def _nodes(behaviours: Iterable[Operation | Handler]) -> Iterator[Expr]:
    for behaviour in behaviours:
        for step in walk_steps(behaviour.steps):
            for expr in expressions(step):
                yield from walk(expr)


def add_functions(names: tuple[str, ...], module: Module) -> None:
    """Adds the source of these functions to a module."""
    for name, variable in VARIABLES.items():
        if any(re.search(rf"\b{name}\b", FUNCTIONS[used][0]) for used in names):
            module.add(variable)
    for name in names:
        source, imports = FUNCTIONS[name]
        for origin, imported in imports:
            if origin:
                module.imports.add(origin, imported)
            else:
                module.plain_imports.add(imported)
        module.add(source)


def module(views: Views) -> str | None:
    """The source of `language.py`; None where the service needs none."""
    used = functions_used(views)
    if not used:
        return None
    found = Module(doc="Functions that Python has not in the same meaning.", package="")
    add_functions(used, found)
    return found.text()

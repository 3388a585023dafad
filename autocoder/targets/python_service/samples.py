"""Values for tests, as Python source: good ones at the edges of what a type and its constraints allow, and bad ones."""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from autocoder.ir.lower_secrets import source_of
from autocoder.ir.nodes import Constraints, Entity, Field, Input
from autocoder.ir.types import Type
from autocoder.targets.python_service import formulas
from autocoder.targets.python_service.expressions import Imports, literal

LONGEST = 300
"""Texts without a stated maximum are tried up to this length."""
LOW, HIGH = -(2**63), 2**63 - 1

_URL = "https://example.com/"
_GOOD = {
    "url": (f'"{_URL}"', '"http://127.0.0.1:8080/a/b?c=d&e=%20#f"', f'"{_URL}" + "x" * {2048 - len(_URL)}'),
    "email": ('"ada@example.com"', '"grace.hopper+navy@example.org"', '"Ada@Example.COM"'),
    "slug": ('"a"', '"a-1-b"', '"x" * 100'),
    "phone": ('"+41 44 668 18 00"', '"112"'),
    "html": ('"<p>milk</p>"', '"<b>a</b><script>alert(1)</script>"', '"a < b & c"'),
    "path": ('"a/b.txt"', '"./a//b/./c"', '"ä/b c"', '"x" * 1024'),
    "json": ('{"a": [1, None, "x"]}', "True", '"text"', "1.5"),
    "scalar": ('"text"', "True", "1.5", "0"),
    "boolean": ("True", "False"),
    "date": ("date(2024, 2, 29)", "date(1999, 12, 31)"),
    "datetime": ("datetime(2024, 2, 29, 12, 30, tzinfo=UTC)", "datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)"),
    "uuid": ("UUID(int=7)",),
    "duration": ("timedelta(minutes=5)", "timedelta(0)"),
    "decimal": ('Decimal("12.5")', 'Decimal("0")', 'Decimal("-0.01")', 'Decimal("1234567890123456789.123456789")'),
}
_BAD = {
    "url": (
        *('"example.com"', '"ftp://example.com/"', '"https://"', '"javascript:alert(1)"', '"https://exämple.com/"'),
        *('"https://example.com/a b"', '"https://example.com/\\x00"', f'"{_URL}" + "x" * 2048'),
    ),
    "email": ('"ada"', '"@example.com"', '"ada@"', '"ada@exa mple.com"', '"a" * 250 + "@example.com"'),
    "slug": ('""', '"A"', '"a--b"', '"-a"', '"x" * 101'),
    "phone": ('"call me"', '"1"'),
    "html": ('"a\\x00b"',),
    "path": ('"/etc/passwd"', '"../a"', '"a/../b"', '"a\\x00b"', '""', '"."', '"a\\\\b"', '"x" * 1025'),
    "json": ('"a\\x00b"',),
    "scalar": ('"a\\x00b"', "[]", '{"a": 1}'),
    "enum": ('"none of them"', '""'),
    "uuid": ('"7"',),
    "date": ('"2023-02-29"', '"20240229"', '"2024-02-29T00:00:00Z"'),
    "datetime": ('"2024-02-30T00:00:00Z"', '"12:30"', '"2024-02-29"'),
    "duration": ('"soon"',),
    "decimal": ('"much"', '"1e99"', '"' + "9" * 40 + '"'),
}
_NOT_TEXT = ("5", "True", '["a"]')
_NOT_IN_JSON = {
    "text": _NOT_TEXT,
    "integer": ('"5"', "1.5", "True"),
    "boolean": ('"yes"', "1"),
    "date": ("0",),
    "datetime": ("0",),
    "uuid": ("7",),
    "list": ('"a"', "{}"),
    "decimal": ("True", "[]"),
    "duration": ("5",),
    "record": ('"a"', "[]"),
    "map": ('"a"', "[]"),
}
_NOT_IN_TEXT = {"integer": ('"x"', '"1.5"'), "boolean": ('"maybe"',)}


def good(type_: Type, constraints: Constraints, imports: Imports) -> list[str]:
    """Values that must be taken, the plainest first."""
    found = _good(type_, constraints)
    _import(found, imports)
    return found


def bad(given: Input, imports: Imports) -> list[str]:
    """Values that must be refused, null where the type takes none; JSON of another type only where JSON is sent."""
    type_, in_json = given.type, given.place == "body"
    found = [*_bad(type_, given.constraints, in_json=in_json)]
    if type_.format != "file":
        found += (_NOT_IN_JSON if in_json else _NOT_IN_TEXT).get(type_.name, ())
    if in_json and not type_.optional:
        found.append("None")
    _import(found, imports)
    return found


def _import(sources: Sequence[str], imports: Imports) -> None:
    text = " ".join(sources)
    for module, name in (
        *(("datetime", "date"), ("datetime", "datetime"), ("datetime", "timedelta"), ("uuid", "UUID")),
        ("decimal", "Decimal"),
    ):
        if f"{name}(" in text:
            imports.add(module, name)
    if "Upload(" in text:
        imports.add("support.tables", "Upload")
    if "tzinfo=UTC" in text:
        imports.add("datetime", "UTC")


def _good(type_: Type, constraints: Constraints) -> list[str]:  # noqa: C901 # one arm a type
    match type_.name, type_.format:
        case "text", "enum":
            return [literal(value) for value in constraints.values]
        case "text", ("url" | "email" | "slug" | "phone" | "html" | "path") as format_:
            return list(_GOOD[format_])
        case "text", ("formula" | "predicate"):
            return formulas.samples(type_)
        case "json", "scalar":
            return list(_GOOD["scalar"])
        case "text", "password":
            return [literal("correct horse"), *_texts(constraints)]
        case "text", _:
            return _texts(constraints)
        case "integer", _:
            return _integers(constraints)
        case "decimal", _:
            return _decimals(constraints)
        case "record", "file":
            kind = literal((*constraints.values, "text/plain")[0])
            names = ('"list.txt"', '"../../etc/passwd"', '"..\\\\..\\\\Ä 漢.png "')
            return [f'Upload({name}, {kind}, b"milk {n}")' for n, name in enumerate(names)]
        case "record", _:
            return [_record(type_, constraints)]
        case "map", _ if type_.item:
            return _maps(type_.item, constraints)
        case "list", _ if type_.item:
            return _lists(type_.item, constraints)
        case name, _:
            return list(_GOOD.get(name, ()))


def _record(type_: Type, constraints: Constraints, **other: str) -> str:
    """A record with a good value of each part, or with `other` values of some."""
    parts = {n: _good(t.not_null(), constraints.of_part(n))[0] for n, t in type_.fields}
    return f"{{{', '.join(f'{literal(n)}: {value}' for n, value in (parts | other).items())}}}"


def _maps(item: Type, constraints: Constraints) -> list[str]:
    one = _good(item, constraints.of_item)[0]
    if constraints.minimum is None and constraints.maximum is None:
        return [f'{{"a": {one}, "b c": {one}}}', "{}"]
    least, most = _range(constraints, 0, 3)
    return [_map_of(one, most), _map_of(one, least)]


def _map_of(value: str, size: int) -> str:
    return f"{{str(n): {value} for n in range({size})}}" if size else "{}"


def _lists(item: Type, constraints: Constraints) -> list[str]:
    least, most = _range(constraints, 0, 3)
    values = list(dict.fromkeys(_good(item, constraints.of_item)))
    if item.format == "email":
        values = [value for value in values if value.islower()]  # others become one of these
    if constraints.distinct:
        more = {"text": '"item {}"', "integer": "{}", "uuid": "UUID(int={})"}.get("" if item.format else item.name, "")
        values += [more.format(n) for n in range(100, 100 + least - len(values))] if more else []
        sizes = sorted({least, min(most, len(values)), max(least, 1)}, reverse=True)
        return [f"[{', '.join(values[:size])}]" for size in sizes]
    some = [f"[{values[0]}] * {least}" if least else "[]", f"[{values[0]}] * {most}"]
    return list(dict.fromkeys([*some, *([f"[{values[0]}]"] if least <= 1 <= most else [])]))


def _bad(type_: Type, constraints: Constraints, *, in_json: bool) -> list[str]:  # noqa: C901 # one arm a type
    least, most = _range(constraints, None, None)
    match type_.name, type_.format:
        case "text", ("url" | "email" | "slug" | "enum" | "phone" | "html" | "path") as format_:
            return list(_BAD[format_])
        case "text", ("formula" | "predicate"):
            return formulas.refused(type_)
        case "json", "scalar":
            return list(_BAD["scalar"])
        case "text", _:
            found = ['"a\\x00b"', *(['"a\\ud800b"'] if in_json else [])]
            found += [f'"x" * {least - 1}'] if least else []
            found += [f'"x" * {most + 1}'] if most is not None else []
            # A line end at the end is where patterns are often too lenient.
            return found + ([literal(f"{matching(constraints.pattern)}\n")] if constraints.pattern else [])
        case "integer", _:
            return [str((least if least is not None else LOW) - 1), str((most if most is not None else HIGH) + 1)]
        case "record", "file":
            wrong = ['Upload("a.txt", "text/x-of-no-kind", b"milk")'] if constraints.values else []
            return [*wrong, '"no file"']
        case "record", _:
            lacking = ["{}"] if any(not t.optional for _, t in type_.fields) else []
            return [*lacking, *_bad_parts(type_, constraints)]
        case "map", _ if type_.item:
            return _bad_maps(type_.item, constraints, in_json=in_json)
        case "list", _ if type_.item:
            return _bad_lists(type_.item, constraints, in_json=in_json)
        case name, _:
            return list(_BAD.get(name, ()))


def _bad_maps(item: Type, constraints: Constraints, *, in_json: bool) -> list[str]:
    least, most = _range(constraints, None, None)
    values = _bad(item, constraints.of_item, in_json=in_json)[:1]
    one = _good(item, constraints.of_item)[0]
    sizes = [*([least - 1] if least else []), *([most + 1] if most is not None else [])]
    return [*(f'{{"a": {value}}}' for value in values), *(_map_of(one, size) for size in sizes)]


def _bad_lists(item: Type, constraints: Constraints, *, in_json: bool) -> list[str]:
    least, most = _range(constraints, None, None)
    values = _bad(item, constraints.of_item, in_json=in_json)
    found = [f"[{value}]" for value in (values if item.name == "record" else values[:1])]
    if constraints.distinct:
        found.append(f"[{_good(item, constraints.of_item)[0]}] * {max(least or 0, 2)}")
    return [*found, *([f'["x"] * {most + 1}'] if most is not None else [])]


def _bad_parts(type_: Type, constraints: Constraints) -> list[str]:
    """Records of which one part is refused."""
    found: list[str] = []
    for name, part in type_.fields:
        refused = _bad(part.not_null(), constraints.of_part(name), in_json=True)[:1]
        found += [_record(type_, constraints, **{name: value}) for value in refused]
    return found


def _range(constraints: Constraints, least: Any, most: Any) -> tuple[Any, Any]:
    low = constraints.minimum if constraints.minimum is not None else least
    high = constraints.maximum if constraints.maximum is not None else most
    return (None if low is None else int(low), None if high is None else int(high))


def _texts(constraints: Constraints) -> list[str]:
    if constraints.pattern:
        return [literal(matching(constraints.pattern))]
    least, most = _range(constraints, 0, LONGEST)
    if constraints.length:
        return [f'"x" * {constraints.length}']
    texts = ["milk", "Ä ö ß 漢 🙂", "'; DROP TABLE x; --", '<b title="x">&amp;</b>', "%_\\", ""]
    fitting = [literal(text) for text in texts if least <= len(text) <= most]
    return [*fitting, *([f'"x" * {least}'] if least else []), f'"x" * {most}']


def _decimals(constraints: Constraints) -> list[str]:
    low = Decimal(constraints.minimum) if constraints.minimum is not None else None
    high = Decimal(constraints.maximum) if constraints.maximum is not None else None
    edges = [f"Decimal({literal(f'{edge:f}')})" for edge in (low, high) if edge is not None]
    known = [text for text in _GOOD["decimal"] if _within(Decimal(text[9:-2]), low, high)]
    return list(dict.fromkeys([*known, *edges]))


def _within(value: Decimal, low: Decimal | None, high: Decimal | None) -> bool:
    return (low is None or low <= value) and (high is None or value <= high)


def _integers(constraints: Constraints) -> list[str]:
    low, high = _range(constraints, LOW, HIGH)
    plain = [n for n in (1, 0) if low <= n <= high]
    return [str(n) for n in dict.fromkeys([*plain, low, high])]


def matching(pattern: str) -> str:
    r"""A short text that a regular expression matches as a whole.

    >>> matching(r"[A-Z]{2}-\d+(x|y)?")
    'AA-0'
    """
    # The only parser of patterns that Python has; it has no types.
    parser: Any = importlib.import_module("re._parser")
    return "".join(_match(op, value) for op, value in parser.parse(pattern))


def _match(op: Any, value: Any) -> str:
    match str(op):
        case "LITERAL":
            return chr(value)
        case "ANY" | "NOT_LITERAL":
            return "x" if value != ord("x") else "y"
        case "IN":
            return _one_of(value)
        case "MAX_REPEAT" | "MIN_REPEAT":
            least, _, items = value
            return "".join(_match(*item) for item in items) * int(least)
        case "SUBPATTERN":
            return "".join(_match(*item) for item in value[-1])
        case "BRANCH":
            return "".join(_match(*item) for item in value[1][0])
        case _:
            return ""


def _one_of(choices: Any) -> str:
    negated = str(choices[0][0]) == "NEGATE"
    pattern = re.compile("|".join(_class(op, value) for op, value in choices if str(op) != "NEGATE"), re.ASCII)
    candidates = "0aA-_ .x" + "".join(chr(n) for n in range(33, 127))
    if not negated:
        kind, value = choices[0]
        if str(kind) == "LITERAL":
            candidates = chr(value) + candidates
        elif str(kind) == "RANGE":
            candidates = chr(value[0]) + candidates
    return next((c for c in candidates if (pattern.fullmatch(c) is None) is negated), "x")


def _class(op: Any, value: Any) -> str:
    match str(op):
        case "RANGE":
            return f"[{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}]"
        case "CATEGORY":
            names = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}
            plain = names[str(value).removeprefix("CATEGORY_").removeprefix("NOT_")]
            return plain.upper() if "NOT_" in str(value) else plain
        case _:
            return re.escape(chr(value))


def of_row(entity: Entity, imports: Imports) -> dict[str, str]:
    """A value for each field of a row; `n` is a number that no other row has."""
    distinct = {next((n for n in key if _can_differ(entity.field(n))), key[0]) for key in entity.keys}
    distinct |= {source_of(f.name) for f in entity.fields if f.type.format == "digest"}
    kept = [f for f in entity.fields if f.type.format != "digest"]
    return {f.name: _of_field(f, f.unique or f.name in distinct, imports) for f in kept}


def _can_differ(f: Field) -> bool:
    """Whether there is a value for each number."""
    plain = f.type.name in ("integer", "uuid", "date", "datetime") or (
        f.type.name == "text" and f.type.format != "enum"
    )
    return plain and not f.constraints.pattern and not f.type.entity


def _of_field(f: Field, unique: bool, imports: Imports) -> str:
    match f:
        case Field(generated="uuid"):
            imports.add("uuid", "UUID")
            return "UUID(int=10**6 - n)"
        case Field(generated="sequence"):
            return "1000 + n"
        case _ if f.type.format == "token":
            return 'f"token {n}"'
        case Field(generated="code"):
            return f'f"{{n:0{f.constraints.length}d}}"'
        case _ if f.type.entity:
            return "None" if f.type.optional else f'world.add({literal(f.type.entity)})["id"]'
        case _ if f.type.format == "file":
            return "None" if f.type.optional else file_of(f, imports)
        case _ if f.type.name == "datetime" and not f.type.optional:
            imports.add("datetime", "timedelta")
            return "world.now + timedelta(hours=n)"
        case _ if unique:
            return _distinct(f, imports)
        case _ if f.type.optional:
            return "None"
        case _:
            return good(f.type, f.constraints, imports)[0]


def file_of(f: Field, imports: Imports) -> str:
    """A file that a row keeps."""
    imports.add("support.tables", "kept_file")
    return f"kept_file({good(f.type, f.constraints, imports)[0]})"


def _distinct(f: Field, imports: Imports) -> str:
    match f.type.name, f.type.format:
        case "text", "email":
            return 'f"user{n}@example.com"'
        case "text", "url":
            return 'f"https://example.com/{n}"'
        case "text", _:
            width = max(int(f.constraints.minimum or 0), 1)
            return f'f"{{n:0{width}d}}"'
        case "integer", _:
            low, high = _range(f.constraints, 0, HIGH)
            return f"{low} + n % {high - low + 1}" if high < HIGH else f"{low} + n"
        case "uuid", _:
            imports.add("uuid", "UUID")
            return "UUID(int=1000 + n)"
        case "date", _:
            imports.add("datetime", "date")
            imports.add("datetime", "timedelta")
            return "date(2000, 1, 1) + timedelta(days=n)"
        case "datetime", _:
            imports.add("datetime", "timedelta")
            return "world.now + timedelta(seconds=n)"
        case _:
            return good(f.type, f.constraints, imports)[0]

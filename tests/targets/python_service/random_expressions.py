"""Random well-typed expressions over one row and a request's inputs, as text; and values to try them on.

`Maker.of(type)` gives text of a type; a nullable name stands only where the language takes null.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from autocoder.ir.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    INTEGER,
    TEXT,
    Type,
    list_of,
)
from autocoder.ir.types import (
    UUID as UUID_TYPE,
)

PLAIN = {
    "text": TEXT,
    "integer": INTEGER,
    "decimal": DECIMAL,
    "boolean": BOOLEAN,
    "date": DATE,
    "datetime": DATETIME,
    "duration": DURATION,
    "uuid": UUID_TYPE,
}
"""The types that a column compares."""
_STEMS = {
    "text": ("title", "label"),
    "integer": ("count", "stock"),
    "decimal": ("price", "rate"),
    "boolean": ("done", "open"),
    "date": ("day", "due"),
    "datetime": ("at", "until"),
    "duration": ("lasts", "pause"),
    "uuid": ("key", "origin"),
}
SMALL = (0, 1_000_000)
"""The limits of the field `few`."""
COLUMNS: dict[str, Type] = {"few": INTEGER} | {
    name: type_
    for word, (first, second) in _STEMS.items()
    for name, type_ in ((first, PLAIN[word]), (second, PLAIN[word].or_null()))
}
HELD = ("text", "integer", "boolean", "uuid", "date")
"""The types of the lists that a row holds."""
COLUMNS |= {f"held_{word}": list_of(PLAIN[word]) for word in HELD}
INPUTS: dict[str, Type] = {
    **{f"given_{name}": type_ for name, type_ in COLUMNS.items() if name != "few" and not type_.item},
    **{f"{word}s": list_of(type_) for word, type_ in PLAIN.items()},
}

VALUES: Mapping[str, Sequence[Any]] = {
    "text": (
        *(
            "",
            "a",
            "A",
            "b",
            "ab",
            "aB%",
            "_",
            "%",
            "\\",
            "/",
            "'",
            '"',
            "Ä",
            "ä",
            "ß",
            "İ",
            "ı",
            "é",
            "e\u0301",
            "日本",
        ),
        *("😀", "\ufffd", " \t x ", "\u00a0x", "abcABC", "aaaa", "a\nb", "0", "42", "-7", "1.50", "2024-02-29", "=1+1"),
        *("9223372036854775808", "zz" * 40, "{{name}}", "<b>"),
    ),
    "integer": (0, 1, -1, 2, 3, 10, 2**31 - 1, 2**31, -(2**31) - 1, 2**53 + 1, 2**62, 2**63 - 1, -(2**63), 1 - 2**63),
    "few": (0, 1, 2, 7, 999_999, 1_000_000),
    "decimal": tuple(
        Decimal(text)
        for text in (
            *(
                "0",
                "1",
                "-1",
                "0.1",
                "-0.1",
                "1.5",
                "2.5",
                "-2.5",
                "2",
                "100",
                "9007199254740993",
                "0.30000000000000001",
            ),
            *("9223372036854775807", "9223372036854775807.5", "0.0000000000000000000000000000000001"),
            *(
                "1234567890123456789012345678901234",
                "-9999999999999999999999999999999999",
                "0.3333333333333333333333333333333333",
            ),
        )
    ),
    "boolean": (True, False),
    "date": (date.min, date.max, date(2024, 2, 29), date(1970, 1, 1), date(2024, 3, 1), date(1969, 12, 31)),
    "datetime": (
        datetime.min.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
        datetime(2024, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2024, 2, 29, tzinfo=UTC),
        datetime(1970, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
    ),
    "duration": tuple(
        timedelta(microseconds=n) for n in (0, 1, -1, 60_000_000, 86_400_000_000, -300_000_000, 2**63 - 1, -(2**63))
    ),
    "uuid": (UUID(int=0), UUID(int=2**128 - 1), UUID("12345678-1234-4234-8234-1234567890ab")),
}
_LITERALS: Mapping[str, Sequence[str]] = {
    "text": ("'a'", "'A'", "'Ä'", "'%'", "'_'", "''", "'ab'", "'/'", "'aa'", "'日'", r"'\\'"),
    "integer": ("0", "1", "2", "3", "-1", "7", "2147483648", "9223372036854775807", "-9223372036854775808"),
    "decimal": ("0.5", "1.5", "-2.5", "0.1", "100.0", "9223372036854775807.5", "0.0000000001"),
    "boolean": ("true", "false"),
    "duration": ("1d", "90m", "1h30m", "5s", "0s"),
}


def value(word: str, chance: random.Random, *, optional: bool = False) -> Any:
    """A value of a type, extremes as likely as the rest."""
    return None if optional and chance.random() < 0.3 else chance.choice(VALUES[word])


def row(chance: random.Random) -> dict[str, Any]:
    """A row with all columns."""
    return {
        name: [value(type_.item.name, chance) for _ in range(chance.randrange(4))]
        if type_.item
        else value(name if name == "few" else type_.name, chance, optional=type_.optional)
        for name, type_ in COLUMNS.items()
    }


def inputs(chance: random.Random) -> dict[str, Any]:
    """What a request gives."""
    return {
        name: [value(type_.item.name, chance) for _ in range(chance.randrange(4))]
        if type_.item
        else value(type_.name, chance, optional=type_.optional)
        for name, type_ in INPUTS.items()
    }


class Maker:
    """Makes expressions. With `rows_only` mostly what a database can be asked, else every operator and function."""

    def __init__(self, chance: random.Random, *, rows_only: bool) -> None:
        self.chance = chance
        self.rows_only = rows_only
        self.items = 0

    @contextmanager
    def item(self) -> Iterator[str]:
        """A name for the items of a list."""
        self.items += 1
        yield f"x{self.items}"
        self.items -= 1

    def of(self, word: str, depth: int) -> str:
        """An expression of a type, never null."""
        if depth <= 0 or self.chance.random() < 0.12:
            return self.leaf(word)
        forms = [*_ANY, *_SQL.get(word, ())] if self.rows_only else [*_ANY, *_SQL.get(word, ()), *_ALL.get(word, ())]
        return f"({self.chance.choice(forms)(self, word, depth - 1)})"

    def leaf(self, word: str) -> str:
        """A name or a literal."""
        kind = self.chance.random()
        if kind < 0.2 and word in _LITERALS:
            return self.chance.choice(_LITERALS[word])
        if kind < 0.25 and word == "datetime":
            return "now"
        if kind < 0.6 or (kind < 0.7 and word != "integer"):
            return _STEMS[word][0]
        if kind < 0.7:
            return "few"
        return f"input.given_{_STEMS[word][0]}"

    def nullable(self, word: str) -> str:
        """A name whose value may be null."""
        return self.chance.choice(("", "input.given_")) + _STEMS[word][1]

    def scalar(self, *but: str) -> str:
        """A type."""
        return self.chance.choice([word for word in PLAIN if word not in but])


Form = Callable[[Maker, str, int], str]


def _call(text: str, *words: str) -> Form:
    """A form with parts of these types, `{0}` and so on; `{item}` is a name that none of them uses."""

    def form(m: Maker, _: str, depth: int) -> str:
        with m.item() as item:
            return text.format(*(m.of(word, depth) for word in words), item=item)

    return form


def _otherwise(m: Maker, word: str, depth: int) -> str:
    return f"{m.nullable(word)} ?? {m.of(word, depth)}"


def _choice(m: Maker, word: str, depth: int) -> str:
    return f"{m.of('boolean', depth)} ? {m.of(word, depth)} : {m.of(word, depth)}"


def _narrowed(m: Maker, word: str, depth: int) -> str:
    name = m.nullable(word)
    return f"{name} == null ? {m.of(word, depth)} : {name}"


def _compared(m: Maker, _: str, depth: int) -> str:
    word = m.scalar("boolean", "uuid")
    right = "decimal" if word == "integer" and m.chance.random() < 0.15 else word
    return f"{m.of(word, depth)} {m.chance.choice(('<', '<=', '>', '>='))} {m.of(right, depth)}"


def _equal(m: Maker, _: str, depth: int) -> str:
    word, sign = m.scalar(), m.chance.choice(("==", "!="))
    sides = [m.nullable(word) if m.chance.random() < 0.4 else m.of(word, depth) for _ in range(2)]
    return f"{sides[0]} {sign} {sides[1]}"


def _is_null(m: Maker, _: str, depth: int) -> str:
    del depth
    return f"{m.nullable(m.scalar())} {m.chance.choice(('==', '!='))} null"


def _guarded(m: Maker, _: str, depth: int) -> str:
    word = m.scalar("boolean", "uuid")
    name, other = m.nullable(word), m.of(word, depth)
    sign = m.chance.choice(("<", ">=", "==", "!="))
    if m.chance.random() < 0.5:
        return f"{name} != null && {name} {sign} {other}"
    return f"{name} == null || {other} {sign} {name}"


def _member(m: Maker, _: str, depth: int) -> str:
    word = m.scalar()
    if m.chance.random() < 0.4:
        return f"{m.of(word, depth)} in [{m.leaf(word)}, {m.leaf(word)}]"
    return f"{m.of(word, depth)} in input.{word}s"


def _held(m: Maker, _: str, depth: int) -> str:
    del depth
    word = m.chance.choice(HELD)
    return f"{m.chance.choice((m.leaf(word), f'input.given_{_STEMS[word][0]}'))} in held_{word}"


def _timed(m: Maker, _: str, depth: int) -> str:
    """A comparison with times that are added up."""
    sign = m.chance.choice(("<", "<=", ">", ">=", "==", "!="))
    forms = (
        ("{0} + {1} {sign} {2}", "datetime", "duration", "datetime"),
        ("{0} {sign} {1} - {2} + 1h", "datetime", "datetime", "duration"),
        ("{0} - {1} {sign} {2}", "datetime", "datetime", "duration"),
        ("now - {0} {sign} {1} * 3", "datetime", "duration"),
        ("{0} + {1} {sign} {2} - 1h30m", "duration", "duration", "duration"),
        ("{0} + {1} {sign} {2}", "date", "duration", "date"),
        ("{0} - {1} {sign} 2d", "date", "date"),
        ("{0} - {1} {sign} {2}", "date", "date", "duration"),
        ("date({0}) {sign} {1}", "datetime", "date"),
    )
    text, *words = m.chance.choice(forms)
    return text.format(*(m.of(word, min(depth, 1)) for word in words), sign=sign)


def _searched(m: Maker, _: str, depth: int) -> str:
    name = m.chance.choice(("contains", "starts_with", "ends_with"))
    return (
        f"{name}({m.of('text', depth)}, {m.chance.choice((m.leaf('text'), 'input.given_title', m.of('text', depth)))})"
    )


def _over(m: Maker, _: str, depth: int) -> str:
    word = m.scalar("boolean")
    with m.item() as item:
        left, right = f"{item} == {m.of(word, depth)}", f"{item} != {m.leaf(word)} && {m.of('boolean', depth)}"
    test = m.chance.choice((left, right))
    return f"input.{word}s.{m.chance.choice(('all', 'exists'))}({item}, {test})"


_ANY: tuple[Form, ...] = (_otherwise, _choice, _narrowed)
_SQL: Mapping[str, Sequence[Form]] = {
    "boolean": (
        _call("input.texts.all({item}, contains({0}, {item}))", "text"),
        _call("input.texts.exists({item}, {item} == {0} || {1})", "text", "boolean"),
        *(_compared, _compared, _equal, _equal, _is_null, _guarded, _member, _searched),
        *(_held, _timed, _timed, _timed),
        _call("{0} && {1}", "boolean", "boolean"),
        _call("{0} || {1}", "boolean", "boolean"),
        _call("!{0}", "boolean"),
    ),
    "text": (
        _call("{0} + {1}", "text", "text"),
        _call("lower({0})", "text"),
        _call("upper({0})", "text"),
        _call("replace({0}, {1}, {2})", "text", "text", "text"),
    ),
    "integer": (
        _call("{0} + {1}", "integer", "integer"),
        _call("{0} - {1}", "integer", "integer"),
        _call("{0} * {1}", "integer", "integer"),
        _call("-{0}", "integer"),
        _call("abs({0})", "integer"),
        _call("size({0})", "text"),
        _call("few + size({0})", "text"),
        lambda m, _, depth: f"size(held_{m.chance.choice(HELD)}) * few",
        lambda m, _, depth: f"abs(few - {m.chance.choice(('few', '3', 'size(title)'))})",
    ),
    "date": (_call("date({0})", "datetime"),),
}
_ALL: Mapping[str, Sequence[Form]] = {
    "boolean": (
        _over,
        _call("matches({0}, '[a-z]*')", "text"),
        _call("matches({0}, '(?i)a.*')", "text"),
        _call("is_number(json({0}) ?? '')", "text"),
        _call("is_text(json({0}) ?? 0)", "text"),
        _call("{0} in {{a: 1, b: 2}}", "text"),
    ),
    "text": (
        _call("trim({0})", "text"),
        _call("substr({0}, {1})", "text", "integer"),
        _call("substr({0}, {1}, {2})", "text", "integer", "integer"),
        _call("pad({0}, size({1}), {2})", "text", "text", "text"),
        _call("join(split({0}, {1}), {2})", "text", "text", "text"),
        _call("first(split({0}, {1})) ?? {2}", "text", "text", "text"),
        _call("last(distinct(split({0}, ''))) ?? {1}", "text", "text"),
        _call("text({0})", "integer"),
        _call("text({0})", "decimal"),
        _call("text({0})", "boolean"),
        _call("text({0})", "date"),
        _call("text({0})", "datetime"),
        _call("text({0})", "uuid"),
        _call("text(json({0}) ?? 0) ?? {1}", "text", "text"),
        _call("extract({0}, '[0-9]+') ?? {1}", "text", "text"),
        _call("extract({0}, 'a(b?)') ?? {1}", "text", "text"),
        _call("escape({0})", "text"),
        _call("sha256({0})", "text"),
        _call("fill({0}, {{name: {1}}}, 'keep')", "text", "text"),
        _call("join(placeholders({0}), ',')", "text"),
        _call("join(shuffle(split({0}, ''), {1}), '')", "text", "text"),
        _call("join(words({0} + ' ' + {1}), '|')", "text", "text"),
        _call("join(keys({{b: {0}, a: {1}}}), '+')", "integer", "integer"),
        _call("csv([{{a: {0}, b: {1}}}])", "text", "integer"),
        _call("({{a: {0}}} + {{a: {1}}}).a", "text", "text"),
        _call("max(input.texts) ?? {0}", "text"),
        _call("[{0}, {1}][{2}] ?? 'none'", "text", "text", "integer"),
        _call("json({0})?.a == null ? {1} : 'there'", "text", "text"),
    ),
    "integer": (
        _call("{0} % {1}", "integer", "integer"),
        _call("min({0}, {1})", "integer", "integer"),
        _call("max({0}, {1})", "integer", "integer"),
        _call("round({0})", "decimal"),
        _call("floor({0})", "decimal"),
        _call("ceil({0})", "decimal"),
        _call("int({0})", "decimal"),
        _call("int({0}) ?? {1}", "text", "integer"),
        _call("int(json({0}) ?? '') ?? {1}", "text", "integer"),
        _call("pow({0}, size({1}) % 3)", "integer", "text"),
        _call("sum([{0}, {1}])", "integer", "integer"),
        _call("sum(input.integers.map({item}, {item} - {0}))", "integer"),
        _call("size(input.integers.filter({item}, {item} > few))"),
        _call("size(input.texts + [{0}])", "text"),
        _call("min(input.integers) ?? {0}", "integer"),
        _call("draw(few - 5, few + size({0}), {0})", "text"),
        _call("sum(range(size({0})))", "text"),
        _call("sum(values({{b: {0}, a: {1}}}))", "integer", "integer"),
        _call("size(csv({0}))", "text"),
    ),
    "decimal": (
        _call("{0} + {1}", "decimal", "decimal"),
        _call("{0} - {1}", "decimal", "integer"),
        _call("{0} * {1}", "decimal", "decimal"),
        _call("{0} / {1}", "decimal", "decimal"),
        _call("{0} / {1}", "integer", "integer"),
        _call("{0} % {1}", "decimal", "decimal"),
        _call("-{0}", "decimal"),
        _call("abs({0})", "decimal"),
        _call("min({0}, {1})", "decimal", "decimal"),
        _call("max({0}, {1})", "decimal", "integer"),
        _call("round({0}, 2)", "decimal"),
        _call("decimal({0})", "integer"),
        _call("decimal({0}) ?? {1}", "text", "decimal"),
        _call("decimal(json({0}) ?? '') ?? {1}", "text", "decimal"),
        _call("avg([{0}, {1}]) ?? 0.5", "decimal", "decimal"),
        _call("avg(input.integers) ?? {0}", "decimal"),
        _call("sum(input.decimals)"),
        _call("{0} / {1}", "duration", "duration"),
        _call("pow({0}, 2)", "decimal"),
    ),
    "date": (
        _call("{0} + {1}", "date", "duration"),
        _call("{0} - {1}", "date", "duration"),
        _call("date({0}) ?? {1}", "text", "date"),
        _call("min(input.dates) ?? {0}", "date"),
    ),
    "datetime": (
        _call("{0} + {1}", "datetime", "duration"),
        _call("{0} - {1}", "datetime", "duration"),
        _call("last(input.datetimes) ?? {0}", "datetime"),
    ),
    "duration": (
        _call("{0} + {1}", "duration", "duration"),
        _call("{0} - {1}", "duration", "duration"),
        _call("{0} - {1}", "datetime", "datetime"),
        _call("{0} - {1}", "date", "date"),
        _call("{0} * {1}", "duration", "integer"),
        _call("max(input.durations) ?? {0}", "duration"),
    ),
}
"""What no database is asked, by the type of the outcome."""

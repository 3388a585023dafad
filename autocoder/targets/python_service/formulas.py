"""Expressions that clients write: what the skeleton `formulas.py` asks for, and values to try."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autocoder.ir.behaviour import expressions, walk_steps
from autocoder.ir.client_expressions import FORMATS
from autocoder.ir.expressions import Call, Expr, walk
from autocoder.ir.pushdown import names_column
from autocoder.ir.types import Type
from autocoder.ir.views import Views

GIVEN = {"eval": "value", "selects": "selects"}
"""The method for each function, over values at hand."""
SAMPLES = {"text": '"a"', "integer": "0", "decimal": "0", "boolean": "true"}


def constant(type_: Type) -> str:
    """The name of a formula or predicate in `formulas.py`: the type and what it may name."""
    return "_".join((*(name for name, _ in type_.fields), type_.format)).upper()


def types_of(views: Views) -> dict[str, Type]:
    """The formulas and predicates that inputs take or expressions ask, by name."""
    found: dict[str, Type] = {}
    given = [i.type for o in views.operations for i in o.inputs]
    fields = [f.type for e in views.entities for f in e.fields]
    for type_ in (part for whole in (*given, *fields) for part in _inside(whole)):
        if type_.format in FORMATS:
            found[constant(type_)] = type_.not_null()
    return dict(sorted(found.items()))


def _inside(type_: Type) -> Iterator[Type]:
    yield type_
    if type_.format not in FORMATS:
        for part in (*((type_.item,) if type_.item else ()), *(t for _, t in type_.fields)):
            yield from _inside(part)


def kind(type_: Type, *, counts: bool) -> str:
    """What a name stands for, as `formulas.py` has it: every number of a formula is a decimal."""
    name = "decimal" if counts and type_.name == "integer" else type_.name
    return f"{name}?" if type_.optional else name


def values(views: Views) -> dict[str, Any]:
    """What the skeleton asks for."""
    types = types_of(views)
    listed = [
        (
            name,
            type_.format.capitalize(),
            ", ".join(f'{n}="{kind(t, counts=type_.format == "formula")}"' for n, t in type_.fields),
        )
        for name, type_ in types.items()
    ]
    return {
        "constants": listed,
        "formulas": any(type_.format == "formula" for type_ in types.values()),
        "predicates": any(type_.format == "predicate" for type_ in types.values()),
        "asked": any(isinstance(n, Call) and n.function == "selects" and names_column(n) for n in _nodes(views)),
    }


def _nodes(views: Views) -> Iterator[Expr]:
    for behaviour in (*views.operations, *views.handlers):
        for step in walk_steps(behaviour.steps):
            for expr in expressions(step):
                yield from walk(expr)


def samples(type_: Type) -> list[str]:
    """Expressions that are taken, the plainest first, as Python source."""
    name, named = type_.fields[0]
    shown = f"({name} ?? {_some(named)})" if named.optional else name
    if type_.format == "predicate":
        return ['"true"', _quoted(f"{name} == null || !({shown} == {_some(named)})"), _quoted(_ordered(type_))]
    number = next((n for n, t in type_.fields if t.name in ("integer", "decimal") and not t.optional), "3")
    return ['"1.5"', _quoted(f"{name} == null ? 2 : {number} * 2 - 1"), '"1 / 0"', '" - ".join(["2"] * 40)']


def _ordered(type_: Type) -> str:
    """A condition that asks every field: whether it is at most a value, or one of some."""
    asked = [(f"({n} ?? {_some(t)})" if t.optional else n, t) for n, t in type_.fields]
    return " && ".join(
        f"{shown} in [{_some(t)}]" if t.name in ("boolean", "date") else f"!({shown} <= {_some(t)})"
        for shown, t in asked
    )


def _some(type_: Type) -> str:
    return SAMPLES.get(type_.name, '"2024-02-29"')


def _quoted(text: str) -> str:
    return f"'{text}'" if '"' in text else f'"{text}"'


def refused(type_: Type) -> list[str]:
    """Texts that are refused, as Python source."""
    found = [
        '""',
        '"nobody_declared_this"',
        "\"__import__('os')\"",
        '"1 +"',
        f'"(" * 70 + "{type_.fields[0][0]}" + ")" * 70',
    ]
    return [*found, '"a.b"', '"2 ** 9"', '"1" * 1001', '"true"' if type_.format == "formula" else '"1"']

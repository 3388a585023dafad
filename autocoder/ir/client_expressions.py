"""Small expressions that clients write: the types `formula` and `predicate`, and the functions that take them.

A formula gives a decimal number of its `vars`, a predicate is a condition over its `fields`. Their text is checked when
it comes in, kept as text, and asked by `eval` and `selects` alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from autocoder.blueprint import expressions as syntax
from autocoder.diagnostics import nearest
from autocoder.ir.expressions import Bound, Call, Column, Expr, Get, Record
from autocoder.ir.functions import OVER_CLIENTS
from autocoder.ir.misfit import kind_of, wrong
from autocoder.ir.types import BOOLEAN, DECIMAL, Format, Type
from autocoder.ir.typing_rules import assignable, widened

if TYPE_CHECKING:
    from autocoder.blueprint.fields import FieldSpec
    from autocoder.ir.lower import Blueprint
    from autocoder.ir.nodes import Entity, Operation
    from autocoder.ir.resolve import Resolver

FORMATS: tuple[Format, ...] = ("formula", "predicate")
"""The types of such texts."""
NAMED = ("text", "integer", "decimal", "boolean", "date", "datetime")
"""Types of what they may name."""
GIVES = {"eval": DECIMAL, "selects": BOOLEAN}
"""What the functions give."""
TAKES: Mapping[str, Format] = {"eval": "formula", "selects": "predicate"}
"""The first argument of each."""
ROW = "row"
"""How a condition over rows calls the row as a whole, as an argument of `selects`."""


def problems(spec: FieldSpec, type_: Type) -> Iterable[tuple[str, str]]:
    """What is wrong with a stated formula or predicate: the problem and the rule."""
    key = "vars" if type_.format == "formula" else "fields"
    if not type_.fields:
        yield f"the {type_.format} names nothing", f"`{key}` says what it may name, for example {{x: decimal}}"
    for name, named in type_.fields:
        if named.name not in NAMED or named.format in ("password", "token", "secret", *FORMATS):
            yield f"a {type_.format} cannot name {name}, which is {named}", f"`{key}` are of {', '.join(NAMED)}"
    if any((spec.default is not None, spec.pattern, spec.unique, spec.min is not None, spec.max is not None)):
        yield f"a {type_.format} is what a client writes", "it has no default, pattern or limits and is not unique"


def check_fits(resolver: Resolver, node: syntax.Syntax, found: Expr, to: Type) -> None:
    """A formula comes from a formula over the same names, which was checked when it came in."""
    given = found.type
    if to.format in FORMATS and given.name != "null" and (given.format, given.fields) != (to.format, to.fields):
        shown = resolver.shown(node)
        rule = f"a {to.format} comes from one over the same names"
        raise wrong("AC3269", f'"{shown}" is not a {to.format} over {_names(to)}', node, rule=rule)


def call(resolver: Resolver, node: syntax.Call) -> Expr:
    """`eval(formula, values)` and `selects(predicate, row)`."""
    if len(node.args) != 2:
        raise wrong("AC3270", f"{node.function} takes two arguments", node, rule=OVER_CLIENTS[node.function])
    text = resolver.argument(node.args[0])
    if text.type.format != TAKES[node.function]:
        message = f"{node.function} takes a {TAKES[node.function]}, not {text.type.format or kind_of(text.type)}"
        raise wrong("AC3270", message, node.args[0], rule=OVER_CLIENTS[node.function])
    values = _values(resolver, node.args[1], text.type)
    return Call(function=node.function, args=(text, *values), type=GIVES[node.function])


def _values(resolver: Resolver, node: syntax.Syntax, to: Type) -> tuple[Expr, ...]:
    """A value for each name, in their order."""
    given = _given(resolver, node, to)
    found: list[Expr] = []
    for name, type_ in to.fields:
        if name not in given:
            help_ = nearest(name, given)
            raise wrong("AC3270", f'"{name}" has no value', node, rule=f"it names {_names(to)}", help=help_)
        value = given[name]
        if not assignable(value.type, type_) or (value.type.optional and not type_.optional):
            rule = f"the {to.format} declares {name} as {type_}"
            raise wrong("AC3270", f'"{name}" is {value.type}', node, rule=rule)
        found.append(widened(value, type_))
    return tuple(found)


def _given(resolver: Resolver, node: syntax.Syntax, to: Type) -> Mapping[str, Expr]:
    columns = resolver.scope.columns
    if isinstance(node, syntax.Name) and node.name == ROW and columns is not None and ROW not in columns:
        return {name: resolver.narrowed(Column(field=name, type=type_)) for name, type_ in columns.items()}
    of = resolver.present(node, Type(name="record", fields=to.fields))
    if isinstance(of, Record):
        return dict(of.values)
    fields = resolver.fields_in(of) if of.type.name in ("row", "record") else None
    if fields is None:
        raise wrong("AC3270", f"{kind_of(of.type)} has no fields", node, rule="the values are a row or {name: value}")
    if isinstance(of, Bound) and of.type.name == "row" and not of.field:
        return {n: Bound(scope=of.scope, name=of.name, field=n, type=type_) for n, type_ in fields.items()}
    return {name: Get(of=of, field=name, type=type_) for name, type_ in fields.items()}


def check_meanings(blueprint: Blueprint, entities: Iterable[Entity], operations: Iterable[Operation]) -> None:
    """One meaning for all that are over the same names."""
    known: dict[tuple[str, ...], tuple[tuple[str, Type], ...]] = {}
    fields = [(("entities", e.name, "fields", f.name), f.type) for e in entities for f in e.fields]
    inputs = [(("operations", o.name, "input", i.name), i.type) for o in operations for i in o.inputs]
    for path, type_ in (*fields, *inputs):
        if type_.format in FORMATS:
            names = (type_.format, *(name for name, _ in type_.fields))
            if known.setdefault(names, type_.fields) != type_.fields:
                message = f"elsewhere a {type_.format} over {', '.join(names[1:])} declares other types"
                blueprint.complain("AC3271", message, f"here it is over {_names(type_)}", *path)


def _names(type_: Type) -> str:
    return ", ".join(f"{name} ({named})" for name, named in type_.fields)

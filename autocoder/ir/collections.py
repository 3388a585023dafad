"""Lists, records and maps in expressions: their literals, items by position, and what goes over a list item by item."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from autocoder.blueprint import expressions as syntax
from autocoder.ir.expressions import Expr, Op, Over, Record
from autocoder.ir.functions import FUNCTIONS
from autocoder.ir.misfit import kind_of, wrong
from autocoder.ir.types import BOOLEAN, INTEGER, JSON, TEXT, Type, list_of, record_of
from autocoder.ir.typing_rules import join, widened

if TYPE_CHECKING:
    from autocoder.ir.resolve import Resolver

_METHODS = ("map", "filter", "all", "exists")


def items(resolver: Resolver, node: syntax.Items, expected: Type | None) -> Expr:
    """`[a, b]`: all items have one type."""
    wanted = expected.item if expected and expected.name == "list" else None
    found = resolver.all_of([lambda item=item: resolver.expr(item, wanted) for item in node.items])
    common = wanted
    for part, expr in zip(node.items, found, strict=True):
        joined = join(common, expr.type) if common is not None else expr.type
        if joined is None:
            message = f"{kind_of(expr.type)} stands in a list of {kind_of(common or expr.type)}"
            raise wrong("AC3056", message, part, rule="the items of a list have one type")
        common = joined
    if common is None:
        return Op(op="[]", args=(), type=Type(name="list"))
    return Op(op="[]", args=tuple(widened(expr, common) for expr in found), type=list_of(common))


def entries(resolver: Resolver, node: syntax.Entries, expected: Type | None) -> Expr:
    """`{a: 1, b: "x"}`: named values."""
    wanted = _wanted(expected)
    names = [name for name, _ in node.entries]
    for position, (name, part) in enumerate(node.entries):
        if name in names[:position]:
            raise wrong("AC3063", f'"{name}" stands twice in the map', part, rule="each key stands once")
    found = resolver.all_of(
        [lambda part=part, name=name: _entry(resolver, part, wanted(name)) for name, part in node.entries]
    )
    values = tuple(zip(names, found, strict=True))
    return Record(values=values, type=record_of((name, value.type) for name, value in values))


def _wanted(expected: Type | None) -> Callable[[str], Type | None]:
    known = dict(expected.fields) if expected and expected.name == "record" else {}
    every = expected.item if expected and expected.name == "map" else None
    return lambda name: known.get(name, every)


def _entry(resolver: Resolver, node: syntax.Syntax, wanted: Type | None) -> Expr:
    found = resolver.expr(node, wanted)
    return resolver.adapted(node, found, wanted) if wanted else found


def index(resolver: Resolver, node: syntax.Index) -> Expr:
    """`xs[0]` and `map["key"]`; null where nothing stands there."""
    of = resolver.present(node.of)
    match of.type.name:
        case "list":
            position = resolver.fitted(node.index, INTEGER)
            item = (of.type.item or JSON).or_null()
        case "map" | "json":
            position = resolver.fitted(node.index, TEXT if of.type.name == "map" else JSON)
            item = (of.type.item or JSON).or_null()
        case _:
            raise wrong("AC3062", f"{kind_of(of.type)} has no items to take one of", node, help="name a field instead")
    return Op(op="at", args=(of, position), type=item)


def method(resolver: Resolver, node: syntax.Method) -> Expr:
    """`xs.map(x, …)`, `filter`, `all` and `exists`."""
    if node.name not in _METHODS:
        raise _no_method(resolver, node)
    if len(node.args) != 2 or not isinstance(node.args[0], syntax.Name):
        shown = resolver.shown(node.of)
        message = f"`{node.name}` takes a name for the item and an expression"
        raise wrong("AC3055", message, node, rule=f"{shown}.{node.name}(x, …)", help="for example xs.map(x, x.name)")
    over = resolver.present(node.of)
    if over.type.name != "list":
        raise wrong("AC3056", f"`{node.name}` goes over a list, not over {kind_of(over.type)}", node.of)
    name = node.args[0].name
    _check_item_name(resolver, node.args[0])
    scope = replace(resolver.scope, items={**resolver.scope.items, name: over.type.item or JSON})
    inside = replace(resolver, scope=scope)
    body = inside.expr(node.args[1], None) if node.name == "map" else inside.condition(node.args[1])
    type_ = {"map": list_of(body.type), "filter": over.type.not_null()}.get(node.name, BOOLEAN)
    return Over(op=node.name, items=over, item=name, body=body, type=type_)


def _check_item_name(resolver: Resolver, node: syntax.Name) -> None:
    scope = resolver.scope
    taken = {"now", "caller", "input", "event", *(scope.columns or {}), *scope.rows, *scope.locals, *scope.items}
    if node.name in taken:
        raise wrong("AC3059", f'"{node.name}" means something else already', node, help="give the item another name")


def _no_method(resolver: Resolver, node: syntax.Method) -> Exception:
    hint = f"a list has {', '.join(_METHODS)}"
    if node.name in FUNCTIONS:
        args = ", ".join(resolver.shown(part) for part in (node.of, *node.args))
        hint = f"write {node.name}({args})"
    return wrong("AC3062", f'nothing is called "{node.name}" after a dot', node, help=hint)

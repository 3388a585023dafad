"""What operators do with types: which operands go together, and what comes out.

Pure rules over typed expressions; `resolve` reports what does not fit.
"""

from __future__ import annotations

from collections.abc import Sequence

from autocoder.ir.expressions import Bound, Call, Column, Const, Expr, Op, Operator
from autocoder.ir.functions import Function, Signature
from autocoder.ir.types import BOOLEAN, DECIMAL, NULL, Type, TypeName

ValueKey = tuple[str, str, str]
"""A value with a name: scope, name and field of a `Bound`, or "column" and the field of a `Column`."""

_ORDERED: frozenset[TypeName] = frozenset({"integer", "decimal", "text", "date", "datetime", "duration"})
_NUMBERS: frozenset[TypeName] = frozenset({"integer", "decimal"})
_ARITHMETIC: dict[tuple[str, str, str], TypeName] = {
    ("+", "text", "text"): "text",
    ("+", "datetime", "duration"): "datetime",
    ("+", "duration", "datetime"): "datetime",
    ("-", "datetime", "duration"): "datetime",
    ("-", "datetime", "datetime"): "duration",
    ("+", "duration", "duration"): "duration",
    ("-", "duration", "duration"): "duration",
    ("*", "duration", "integer"): "duration",
    ("*", "integer", "duration"): "duration",
    ("/", "duration", "duration"): "decimal",
    ("-", "date", "date"): "duration",
    ("+", "date", "duration"): "date",
    ("-", "date", "duration"): "date",
}


def comparable(left: Type, right: Type) -> bool:
    """Whether `==` makes sense: the same type, two numbers, or null on a side."""
    if "null" in (left.name, right.name) or {left.name, right.name} <= _NUMBERS:
        return True
    if "json" in (left.name, right.name):
        return "row" not in (left.name, right.name)
    if left.name == right.name and left.name in ("list", "map"):
        return left.item is None or right.item is None or comparable(left.item, right.item)
    if left.name == "record" and right.name == "record":
        return comparable_fields(left, right)
    return left.name == right.name and _same_entity(left, right)


def comparable_fields(left: Type, right: Type) -> bool:
    """Whether two records have the same fields, each comparable."""
    first, second = dict(left.fields), dict(right.fields)
    return first.keys() == second.keys() and all(comparable(first[name], second[name]) for name in first)


def ordered(left: Type, right: Type) -> bool:
    """Whether `<` makes sense."""
    return left.name in _ORDERED and right.name in _ORDERED and comparable(left, right)


def arithmetic(op: str, left: Type, right: Type) -> Type | None:
    """The type of `left op right`, or None where the operator does not take them."""
    if {left.name, right.name} <= _NUMBERS:
        if op == "/":
            return DECIMAL
        return left.base if left.name == right.name else DECIMAL
    if op == "+" and left.name == right.name and left.name in ("list", "map", "record"):
        return _joined(left, right)
    name = _ARITHMETIC.get((op, left.name, right.name))
    return Type(name=name) if name else None


def _joined(left: Type, right: Type) -> Type | None:
    """Lists one after the other, maps and records merged; the right one wins."""
    if left.name == "record":
        return Type(name="record", fields=tuple((dict(left.fields) | dict(right.fields)).items()))
    if left.item is None or right.item is None:
        return left.base if right.item is None else right.base
    item = join(left.item, right.item)
    return Type(name=left.name, item=item) if item else None


def join(first: Type, second: Type) -> Type | None:
    """The type of a value that is one or the other, or None where they have nothing in common."""
    optional = first.optional or second.optional
    if first.name == "null":
        return second.or_null()
    if second.name == "null":
        return first.or_null()
    if not comparable(first, second):
        return None
    if "json" in (first.name, second.name):
        return Type(name="json", optional=optional)
    if first.name != second.name:
        return Type(name="decimal", optional=optional)
    if first.name in ("list", "map") and first.item != second.item:
        item = (
            first.item if second.item is None else second.item if first.item is None else join(first.item, second.item)
        )
        return Type(name=first.name, item=item, optional=optional)
    if first.name == "record":
        fields = dict(second.fields)
        pairs = ((name, join(type_, fields[name]) or type_) for name, type_ in first.fields)
        return Type(name="record", fields=tuple(pairs), optional=optional)
    same = first.not_null() == second.not_null()
    joined = first.not_null() if same else first.base
    return joined.or_null() if optional else joined


def assignable(given: Type, to: Type) -> bool:
    """Whether a value of one type is one of the other, null left aside."""
    if given.name == "null":
        return to.optional
    if given.name == "integer" and to.name == "decimal":
        return True
    if to.name == "json" and to.format == "scalar":
        return given.name in ("text", "integer", "boolean") or given.format == "scalar"
    if to.name == "json":
        return given.name != "row"
    if given.name == to.name and given.name in ("list", "map"):
        return given.item is None or to.item is None or _fits(given.item, to.item)
    if given.name == "record" and to.name == "map":
        return to.item is None or all(_fits(type_, to.item) for _, type_ in given.fields)
    if given.name == "record" and to.name == "record":
        known = dict(given.fields)
        return known.keys() <= dict(to.fields).keys() and all(
            _fits(known[name], type_) if name in known else type_.optional for name, type_ in to.fields
        )
    return given.name == to.name and _same_entity(given, to)


def _fits(given: Type, to: Type) -> bool:
    """Whether a value inside another is one of the other's; nothing inside is converted."""
    if given.name == "integer" and to.name == "decimal":
        return False
    return assignable(given, to) and (to.optional or not given.optional or to.name == "json")


def is_sanitised(expr: Expr, to: Type) -> bool:
    """Whether a value holds sanitised HTML wherever `to` does. What the author wrote out is trusted."""
    match expr:
        case Const():
            return True
        case Op(op="?:", args=(_, *outcomes)) | Op(op="??", args=outcomes):
            return all(is_sanitised(outcome, to) for outcome in outcomes)
        case _:
            return _keeps_html(expr.type, to)


def _keeps_html(given: Type, to: Type) -> bool:
    if to.format == "html" and given.name != "null":
        return given.format == "html"
    fields = dict(given.fields)
    inside = [(given.item, to.item), *((fields.get(name), type_) for name, type_ in to.fields)]
    return all(_keeps_html(one, other) for one, other in inside if one is not None and other is not None)


def signature_for(function: Function, args: Sequence[Type]) -> Signature | None:
    """The signature that takes arguments of these types: one of just these before one that they can be turned into."""
    for exact in (True, False):
        for signature in function.signatures:
            if _accepts(signature, args, exact=exact):
                return signature
    return None


def _accepts(signature: Signature, args: Sequence[Type], *, exact: bool) -> bool:
    if len(args) < len(signature.params) or (len(args) > len(signature.params) and signature.rest is None):
        return False
    pairs = [(given, signature.param(index) or given) for index, given in enumerate(args)]
    if exact and not all(given.name == to.name for given, to in pairs):
        return False
    return all(assignable(given, to) for given, to in pairs)


def widened(expr: Expr, to: Type) -> Expr:
    """The expression as a decimal where an integer stands for one; null stays null."""
    if expr.type.name != "integer" or to.name != "decimal":
        return expr
    if not expr.type.optional:
        return Call(function="decimal", args=(expr,), type=DECIMAL)
    null = Const(value=None, type=NULL)
    number = Call(function="decimal", args=(expr,), type=DECIMAL)
    absent = Op(op="==", args=(expr, null), type=BOOLEAN)
    return Op(op="?:", args=(absent, null, number), type=DECIMAL.or_null())


def _same_entity(left: Type, right: Type) -> bool:
    return left.entity is None or right.entity is None or left.entity == right.entity


# What a condition says about null.


def own_key(expr: Bound | Column) -> ValueKey:
    """What identifies a named value."""
    return ("column", expr.field, "") if isinstance(expr, Column) else (expr.scope, expr.name, expr.field)


def null_keys(expr: Expr) -> frozenset[ValueKey]:
    """The values that are there if this one is: a field's row with the field."""
    match expr:
        case Column():
            return frozenset({own_key(expr)})
        case Bound():
            return frozenset({own_key(expr), (expr.scope, expr.name, "")})
        case _:
            return frozenset()


def not_null_if(condition: Expr, outcome: bool) -> frozenset[ValueKey]:
    """The values that are surely there where the condition has this outcome."""
    match condition:
        case Op(op="!", args=(inner,)):
            return not_null_if(inner, not outcome)
        case Op(op=("&&" | "||") as op, args=(left, right)):
            first, second = not_null_if(left, outcome), not_null_if(right, outcome)
            return first | second if (op == "&&") == outcome else first & second
        case Op(op=("==" | "!=") as op, args=(left, right)):
            return _not_null_compared(op, outcome, left, right)
        case _:
            return frozenset()


def _not_null_compared(op: Operator, outcome: bool, left: Expr, right: Expr) -> frozenset[ValueKey]:
    equal = (op == "==") == outcome
    found: frozenset[ValueKey] = frozenset()
    for one, other in ((left, right), (right, left)):
        null = isinstance(other, Const) and other.value is None
        if (equal and not other.type.optional) or (not equal and null):
            found |= null_keys(one)
    return found

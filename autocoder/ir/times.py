"""Times in conditions over rows, which no two databases add up alike.

A comparison is solved for its column where all else is at hand: `at + 1d > now` asks for `at > now - 1d`, which an
index serves. Where it cannot be solved both sides become whole microseconds, which every database adds up exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import cast

from autocoder.ir.expressions import Call, Column, Const, Expr, Op, Operator, parts, rewrite, walk
from autocoder.ir.types import DURATION, INTEGER, Type
from autocoder.ir.typing_rules import arithmetic

DAY = 86_400_000_000
"""Microseconds."""
_TIMES = ("date", "datetime", "duration")
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}


def over_rows(expr: Expr) -> Expr:
    """An expression over rows without arithmetic of times that name a column, as far as that can be."""
    return rewrite(expr, lambda node: _compared(node) if isinstance(node, Op) and node.op in _MIRRORED else node)


def as_key(expr: Expr) -> Expr:
    """The same of a value that rows are ordered by."""
    adds = expr.type.name == "duration" and not expr.type.optional and _adds_columns(expr)
    return _micros(expr) if adds else expr


def _compared(node: Op) -> Expr:
    left, right = node.args
    if left.type.name not in _TIMES or not any(_adds_columns(side) for side in (left, right)):
        return node
    if any(map(_moves_by_column, walk(node))):
        return node  # by whole days, which no two databases cut off alike
    if left.type.optional or right.type.optional:
        return _solved(node) or node  # null has no microseconds
    return _solved(node) or replace(node, args=(_micros(left), _micros(right)))


def _adds_columns(expr: Expr) -> bool:
    """Whether times are added up that a column gives."""
    return any(
        isinstance(node, Op) and node.op in ("+", "-", "*") and any(p.type.name in _TIMES for p in parts(node))
        for node in walk(expr)
        if _names_column(node)
    )


def _moves_by_column(expr: Expr) -> bool:
    """Whether a day moves by a duration that a column gives."""
    return isinstance(expr, Op) and expr.op in ("+", "-") and expr.type.name == "date" and _names_column(expr.args[1])


def _names_column(expr: Expr) -> bool:
    return any(isinstance(node, Column) for node in walk(expr))


# Solved for a column.


@dataclass(kw_only=True)
class _Terms:
    """What is added (True) and taken away: moments of time, and durations."""

    moments: dict[bool, list[Expr]] = field(default_factory=lambda: {True: [], False: []})
    durations: list[tuple[bool, Expr]] = field(default_factory=list[tuple[bool, Expr]])
    columns: list[tuple[bool, Column]] = field(default_factory=list[tuple[bool, Column]])

    def add(self, expr: Expr, plus: bool) -> None:
        """Takes a side of a comparison apart; a day moves by each duration's whole days."""
        match expr:
            case Op(op=("+" | "-") as op, args=(left, right)) if _names_column(expr) or expr.type.name != "duration":
                self.add(left, plus)
                self.add(right, plus if op == "+" else not plus)
            case Column():
                self.columns.append((plus, expr))
            case _ if expr.type.name == "duration":
                self.durations.append((plus, expr))
            case _:
                self.moments[plus].append(expr)


def _solved(node: Op) -> Expr | None:
    """The comparison of its one column with what is at hand; None where there are more, or days and hours mix."""
    left, right = node.args
    terms = _Terms()
    terms.add(left, True)
    terms.add(right, False)
    at_hand = [*terms.moments[True], *terms.moments[False], *(d for _, d in terms.durations)]
    if len(terms.columns) != 1 or any(map(_names_column, at_hand)) or _mixes_days(left.type, terms):
        return None
    ((plus, column),) = terms.columns
    value = _value(terms, column.type, plus=not plus)
    sign = node.op if plus else _MIRRORED[node.op]
    return value and Op(op=cast("Operator", sign), args=(column, value), type=node.type)


def _mixes_days(side: Type, terms: _Terms) -> bool:
    """Whether a difference of days is compared with what may not be whole days."""
    dates = [
        m.type.name == "date" for m in (*terms.moments[True], *terms.moments[False], *(c for _, c in terms.columns))
    ]
    whole = all(isinstance(d, Const) and isinstance(d.value, int) and d.value % DAY == 0 for _, d in terms.durations)
    return any(dates) and side.name != "date" and not whole


def _value(terms: _Terms, type_: Type, *, plus: bool) -> Expr | None:
    """What the column is compared with: all else on the other side; `plus` says whether it keeps its sign there."""
    added, taken = terms.moments[plus], terms.moments[not plus]
    moment = type_.name != "duration"
    if len(added) != len(taken) + moment:
        return None
    found: Expr | None = added[0] if moment else None
    durations = [(True, _op("-", later, earlier)) for later, earlier in zip(added[moment:], taken, strict=True)]
    durations += [(sign == plus, duration) for sign, duration in terms.durations]
    for sign, duration in sorted(durations, key=lambda term: not term[0]):
        if found is None:
            found = duration if sign else _op("-", Const(value=0, type=DURATION), duration)
        else:
            found = _op("+" if sign else "-", found, duration)
    return found if found is not None else Const(value=0, type=DURATION)


def _op(op: Operator, left: Expr, right: Expr) -> Op:
    return Op(op=op, args=(left, right), type=arithmetic(op, left.type, right.type) or left.type)


# In microseconds.


def _micros(expr: Expr) -> Expr:
    """A duration, or the time since 1970, as a whole number of microseconds."""
    if _names_column(expr):
        match expr:
            case Op(op="+" | "-", args=(left, right)) if expr.type.name == "date":
                return _op(expr.op, _micros(left), _whole_days(right))
            case Op(op="+" | "-", args=(left, right)):
                return _op(expr.op, _micros(left), _micros(right))
            case Op(op="*", args=args):
                first, second = (_micros(arg) if arg.type.name == "duration" else arg for arg in args)
                return _op("*", first, second)
            case Op(op="?:", args=(condition, then, otherwise)):
                return Op(op="?:", args=(condition, _micros(then), _micros(otherwise)), type=INTEGER)
            case _:
                pass
    return Call(function="micros", args=(expr,), type=INTEGER)


def _whole_days(duration: Expr) -> Expr:
    """The whole days of a duration, in microseconds."""
    micros = _micros(duration)
    return _op("-", micros, _op("%", micros, Const(value=DAY, type=INTEGER)))

"""Conditions and values over columns as SQLAlchemy; what names no column stays Python.

What may be asked, and what each engine is asked, is settled in `ir.pushdown`. What names no column is worked out before
the database is asked, in the order of the language: the right of `&&` only where the left holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from autocoder.ir.expressions import Bound, Call, Column, Const, Expr, Op, Over, conjuncts
from autocoder.ir.pushdown import Limits, is_wide, names_column, with_values_checked
from autocoder.ir.types import BOOLEAN, DECIMAL
from autocoder.ir.typing_rules import widened
from autocoder.targets.python_service import asked
from autocoder.targets.python_service.expressions import BINARY, PythonExpressions
from autocoder.targets.python_service.functions import ATOM, CHOICE, COMPARE, OR, UNARY

_TYPES = {"integer": "BigInteger", "text": "Text", "uuid": "Uuid", "boolean": "Boolean", "date": "Date"}
"""What a value at hand is for the database where no column beside it says so."""
_OWN_TYPES = {"decimal": "Exactly", "duration": "Span"}
"""The same, of types that `models.py` has."""


def _no_limits() -> Limits:
    return {}


@dataclass(kw_only=True)
class SqlExpressions:
    """Renders a condition or value over columns as SQLAlchemy.

    `models` is the module of the service's own types, `limits` what the integer fields state. An `exact` condition is
    true or false, never unknown; `numeric` is an integer that is compared and may leave 64 bits.
    """

    python: PythonExpressions
    models: str
    limits: Limits = field(default_factory=_no_limits)
    exact: bool = False
    numeric: bool = False

    def conditions(self, where: Expr | None) -> list[str]:
        """The conjuncts of a condition, each an argument of `where()`."""
        parts = conjuncts(None if where is None else with_values_checked(where))
        for place, part in enumerate(parts[:-1]):
            if not names_column(part):
                rest = _all(parts[place + 1 :])
                return [
                    *map(self._condition, parts[:place]),
                    self._condition(Op(op="&&", args=(part, rest), type=BOOLEAN)),
                ]
        return [self._for_every(part) or self._condition(part) for part in parts]

    def _for_every(self, expr: Expr) -> str:
        """A condition for every item of a list at hand, as more arguments; "" for any other."""
        return f"*({self._each(expr)})" if isinstance(expr, Over) and expr.op == "all" and names_column(expr) else ""

    def _each(self, expr: Over) -> str:
        item = self.python.bound(Bound(scope="item", name=expr.item, type=expr.type))
        return f"{self._condition(expr.body)} for {item} in {self.python.render(expr.items)}"

    def value(self, expr: Expr) -> str:
        """A value that is kept."""
        return replace(self, exact=True).render(with_values_checked(expr))

    def key(self, expr: Expr) -> str:
        """A value that rows are ordered by."""
        return replace(self, exact=True).render(with_values_checked(expr), ATOM)

    def _condition(self, expr: Expr) -> str:
        """A condition as SQL, also where it asks nothing of the row."""
        return self.render(expr) if names_column(expr) else self._named("literal", self.python.render(expr))

    def render(self, expr: Expr, outer: int = CHOICE) -> str:
        """The code, in parentheses where `outer` binds more tightly."""
        if not names_column(expr):
            return self.python.render(expr, outer)
        text, strength = self._render(expr)
        return f"({text})" if strength < outer else text

    def _named(self, name: str, *args: str) -> str:
        """A call of something of SQLAlchemy's."""
        self.python.imports.add("sqlalchemy", name)
        return f"{name}({', '.join(args)})"

    def _render(self, expr: Expr) -> tuple[str, int]:
        match expr:
            case Column():
                return self.python.column(expr), ATOM
            case Op():
                return self._op(expr)
            case Call():
                return self._function(expr, typed=True), ATOM
            case Over():
                usual = "True" if expr.op == "all" else "False"
                return self._named("and_" if expr.op == "all" else "or_", usual, f"*({self._each(expr)})"), ATOM
            case _:
                return self.python.render(expr, ATOM), ATOM

    def _op(self, node: Op) -> tuple[str, int]:
        match node:
            case Op(op="&&" | "||", args=(left, right)):
                return self._logical(node.op, left, right)
            case Op(op="!", args=(inner,)):
                # SQL's negation of an unknown comparison is unknown; the language's is true.
                return self._named("not_", replace(self, exact=True).render(inner)), ATOM
            case Op(op="==" | "!="):
                return replace(self, exact=True)._equality(node, exact=self.exact)
            case Op(op="??", args=args):
                self.python.imports.add("sqlalchemy", "func")
                return f"func.coalesce({', '.join(self._typed(arg) for arg in args)})", ATOM
            case Op(op="?:", args=args):
                return self._choice(*args)
            case Op(op="in", args=(item, Column() as items)):
                self.python.imports.add(self.models, asked.HOLDS)
                sought = self._named("literal", f"[{self.python.render(item)}]", f"{self.python.column(items)}.type")
                return f"{asked.HOLDS}({self.python.column(items)}, {sought})", ATOM
            case Op(op="in", args=(item, items)):
                return f"{self._operand(item, items, ATOM)}.in_({self.python.render(items)})", ATOM
            case Op(op="<" | "<=" | ">" | ">=", args=(left, right)):
                compared = (self._operand(left, right, COMPARE + 1), self._operand(right, left, COMPARE + 1))
                return f"{compared[0]} {node.op} {compared[1]}", COMPARE
            case _:
                return self._arithmetic(node)

    def _logical(self, op: str, left: Expr, right: Expr) -> tuple[str, int]:
        if names_column(left) or not names_column(right):
            return self._named("and_" if op == "&&" else "or_", self._condition(left), self._condition(right)), ATOM
        given = self.python.render(left, OR)
        if op == "&&":
            return f"{self.render(right, OR)} if {given} else {self._named('false')}", CHOICE
        return f"{self._named('true')} if {given} else {self._condition(right)}", CHOICE

    def _choice(self, condition: Expr, then: Expr, otherwise: Expr) -> tuple[str, int]:
        if names_column(condition):
            first = f"({self._condition(condition)}, {self._typed(then)})"
            return self._named("case", first, f"else_={self._typed(otherwise)}"), ATOM
        given = self.python.render(condition, OR)
        return f"{self._typed(then, OR)} if {given} else {self._typed(otherwise)}", CHOICE

    def _typed(self, expr: Expr, outer: int = CHOICE) -> str:
        """A value beside another; where no column says what it is for the database, it says so itself."""
        if names_column(expr):
            return self.render(expr, outer)
        if isinstance(expr, Const) and expr.value is None:
            return self._named("null")
        name = expr.type.name
        if name == "datetime":
            self.python.imports.add("sqlalchemy", "DateTime")
            type_ = "DateTime(timezone=True)"
        elif name in _OWN_TYPES:
            self.python.imports.add(self.models, _OWN_TYPES[name])
            type_ = f"{_OWN_TYPES[name]}()"
        else:
            type_ = _TYPES[name]
            self.python.imports.add("sqlalchemy", type_)
        given = widened(expr, DECIMAL) if name == "decimal" else expr
        return self._named("literal", self.python.render(given), type_)

    # Comparisons.

    def _operand(self, expr: Expr, other: Expr, outer: int) -> str:
        """A side of a comparison, as a number of the other's kind."""
        if not names_column(expr):
            return self.python.render(widened(expr, other.type), outer)
        if isinstance(expr, Call) and (expr.function != "size" or _is_small(other)):
            return self._function(expr, typed=False)
        return replace(self, exact=True, numeric=True).render(expr, outer)

    def _equality(self, node: Op, *, exact: bool) -> tuple[str, int]:
        left, right = node.args
        if not names_column(left):
            left, right = right, left
        if isinstance(right, Const) and right.value is None:
            return f"{self._operand(left, right, ATOM)}.{'is_' if node.op == '==' else 'is_not'}(None)", ATOM
        nullable = left.type.optional or right.type.optional
        if nullable and (exact or node.op == "!=" or (left.type.optional and right.type.optional)):
            # Two-valued: null equals null, and differs from everything else.
            name = "is_not_distinct_from" if node.op == "==" else "is_distinct_from"
            return f"{self._operand(left, right, ATOM)}.{name}({self._operand(right, left, CHOICE)})", ATOM
        if isinstance(right, Const) and isinstance(right.value, bool):
            word = "is_" if (node.op == "==") == right.value else "is_not"
            return f"{self._operand(left, right, ATOM)}.{word}(True)", ATOM
        sides = (self._operand(left, right, COMPARE + 1), self._operand(right, left, COMPARE + 1))
        return f"{sides[0]} {node.op} {sides[1]}", COMPARE

    # Arithmetic and functions.

    def _arithmetic(self, node: Op) -> tuple[str, int]:
        """A sum, difference, product or negative; in a comparison PostgreSQL is asked for numbers of any size."""
        wide = self.numeric and is_wide(node, self.limits)
        inner = replace(self, numeric=False)
        if node.op == "negate":
            return f"-{inner._any_size(node.args[0]) if wide else inner.render(node.args[0], UNARY)}", UNARY
        sign, strength = BINARY[node.op]
        left, right = node.args
        first, second = inner.render(left, strength), inner.render(right, strength + 1)
        if wide and names_column(left):
            first = inner._any_size(left)
        elif wide:
            second = inner._any_size(right)
        return f"{first} {sign} {second}", strength

    def _any_size(self, expr: Expr) -> str:
        self.python.imports.add(self.models, "AnyInteger")
        return self._named("cast", self.render(expr), "AnyInteger")

    def _function(self, node: Call, *, typed: bool) -> str:
        """A function of columns; `typed` where what stands around it must know what it gives."""
        if node.function == "selects":
            return self.python.asked(node, "where", self._typed)
        self.python.imports.add("sqlalchemy", "func")
        first = node.args[0]
        match node.function:
            case "contains" | "starts_with" | "ends_with" as name:
                receiver = self._operand(first, node.args[1], ATOM)
                return f"{receiver}.{name.replace('_', '')}({self.python.render(node.args[1])}, autoescape=True)"
            case "date" | "micros":
                return self._question(node, first)
            case "size":
                length = f"func.{'length' if first.type.name == 'text' else 'json_array_length'}({self.render(first)})"
                return self._named("cast", length, self._type("BigInteger")) if typed else length
            case "abs":
                return f"func.abs({replace(self, numeric=True).render(first)}, type_={self._type('BigInteger')})"
            case name:
                args = [self._typed(arg) if place == 0 else self.render(arg) for place, arg in enumerate(node.args)]
                args += [f"type_={self._type('Text')}"] if typed else []
                return f"func.{name}({', '.join(args)})"

    def _question(self, node: Call, of: Expr) -> str:
        """What each database is asked in its own words; a duration is kept as microseconds already."""
        if name := asked.asked(node):
            self.python.imports.add(self.models, name)
            return f"{name}({self._typed(of)})"
        return self._named("type_coerce", self._typed(of), self._type("BigInteger"))

    def _type(self, name: str) -> str:
        self.python.imports.add("sqlalchemy", name)
        return name


def _all(parts: tuple[Expr, ...]) -> Expr:
    first, *rest = parts
    for part in rest:
        first = Op(op="&&", args=(first, part), type=BOOLEAN)
    return first


def _is_small(expr: Expr) -> bool:
    """Whether a number is written out and needs at most 32 bits."""
    return isinstance(expr, Const) and isinstance(expr.value, int) and abs(expr.value) < 2**31

"""Expressions as code: plain Python over values at hand, and SQLAlchemy over columns.

Which functions there are is settled in `ir.functions`; a function that this module cannot render is a defect here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from autocoder.ir.expressions import Bound, Call, Column, Const, Expr, Now, Op, conjuncts, walk
from autocoder.ir.types import Type

# How tightly Python binds, loosest first.
_CHOICE, _OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _UNARY, _ATOM = range(9)
_BINARY: Mapping[str, tuple[str, int]] = {
    "||": ("or", _OR),
    "&&": ("and", _AND),
    "==": ("==", _COMPARE),
    "!=": ("!=", _COMPARE),
    "<": ("<", _COMPARE),
    "<=": ("<=", _COMPARE),
    ">": (">", _COMPARE),
    ">=": (">=", _COMPARE),
    "in": ("in", _COMPARE),
    "+": ("+", _SUM),
    "-": ("-", _SUM),
    "*": ("*", _PRODUCT),
    "%": ("%", _PRODUCT),
}
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_UNITS = (("days", 86_400_000_000), ("hours", 3_600_000_000), ("minutes", 60_000_000), ("seconds", 1_000_000))


@dataclass(kw_only=True)
class Imports:
    """Modules that rendered code needs: module to names."""

    names: dict[str, set[str]] = field(default_factory=dict[str, set[str]])

    def add(self, module: str, *names: str) -> None:
        """Asks for `from module import names`."""
        self.names.setdefault(module, set()).update(names)


def literal(value: object) -> str:
    """A Python literal of a string, number, boolean or None, in the quotes that a formatter prefers."""
    if not isinstance(value, str):
        return repr(value)
    quote = "'" if value.count('"') > value.count("'") else '"'
    return quote + "".join(_escaped(char, quote) for char in value) + quote


def _escaped(char: str, quote: str) -> str:
    if char in "\"'":
        return f"\\{char}" if char == quote else char
    return repr(char)[1:-1]


def duration(microseconds: int, imports: Imports) -> str:
    """A `timedelta` in the largest unit that is whole."""
    imports.add("datetime", "timedelta")
    for unit, size in _UNITS:
        if microseconds % size == 0:
            return f"timedelta({unit}={microseconds // size})"
    return f"timedelta(microseconds={microseconds})"


@dataclass(kw_only=True)
class PythonExpressions:
    """Renders an expression as Python. `bound` and `column` say how names read where the code stands; `language` is
    the module of the functions that Python has not, "" where they are at hand. `row_of` gives the row of a value
    where that row may be absent, else "", and `nullable` says whether the value may be null in a row that is there.
    """

    bound: Callable[[Bound], str]
    column: Callable[[Column], str]
    imports: Imports
    language: str = ""
    now: str = "now"
    sent: Callable[[Bound], str] = field(default=lambda node: f'"{node.name}" in sent')
    row_of: Callable[[Bound], str] = field(default=lambda node: "")
    nullable: Callable[[Bound], bool] = field(default=lambda node: True)

    def render(self, expr: Expr, outer: int = _CHOICE) -> str:
        """The code, in parentheses where `outer` binds more tightly."""
        text, strength = self._render(expr)
        return f"({text})" if strength < outer else text

    def negated(self, expr: Expr) -> str:
        """The code of the opposite condition, as a person would write it."""
        match expr:
            case Op(op=op, args=(left, right)) if op in _OPPOSITE and not _null_test(expr):
                return f"{self.render(left, _COMPARE + 1)} {_OPPOSITE[op]} {self.render(right, _COMPARE + 1)}"
            case Op(op="!", args=(inner,)):
                return self.render(inner)
            case Op(op=("==" | "!=") as op, args=(left, right)):
                return self._null_comparison("!=" if op == "==" else "==", left, right)
            case Op(op="&&", args=args):
                return " or ".join(self._negated_part(arg) for arg in args)
            case Op(op="||", args=args):
                return " and ".join(self._negated_part(arg) for arg in args)
            case _:
                return f"not {self.render(expr, _NOT + 1)}"

    def _negated_part(self, expr: Expr) -> str:
        text = self.negated(expr)
        return f"({text})" if any(word in text for word in (" if ", " and ", " or ")) else text

    def _render(self, expr: Expr) -> tuple[str, int]:
        match expr:
            case Const():
                return self._const(expr), _ATOM
            case Bound():
                text = self.bound(expr)
                return text, _CHOICE if " if " in text else _ATOM
            case Column():
                return self.column(expr), _ATOM
            case Now():
                return self.now, _ATOM
            case Call():
                return self._call(expr)
            case Op():
                return self._op(expr)

    def _const(self, const: Const) -> str:
        return render_const(const, self.imports)

    def _op(self, node: Op) -> tuple[str, int]:
        match node:
            case Op(op="?:", args=(condition, then, otherwise)):
                test, yes = self.render(condition, _OR), self.render(then, _OR)
                return f"{yes} if {test} else {self.render(otherwise, _CHOICE)}", _CHOICE
            case Op(op="??", args=(first, second)):
                return self._otherwise(first, second), _CHOICE
            case Op(op="!", args=(Op(op=op) as inner,)) if op in _OPPOSITE:
                return self.negated(inner), _COMPARE
            case Op(op="!", args=(inner,)):
                return f"not {self.render(inner, _NOT)}", _NOT
            case Op(op="negate", args=(inner,)):
                return f"-{self.render(inner, _UNARY)}", _UNARY
            case Op(op=("==" | "!=") as op, args=(left, right)) if _null_test(node):
                return self._null_comparison(op, left, right), _COMPARE
            case Op(op="/", args=(left, right)):
                dividend = self.render(left, _PRODUCT)
                if left.type.name == right.type.name == "integer":
                    self.imports.add("decimal", "Decimal")
                    dividend = f"Decimal({self.render(left)})"
                return f"{dividend} / {self.render(right, _PRODUCT + 1)}", _PRODUCT
            case Op(op="||", args=args):
                # `and` inside `or` is in parentheses, for whoever reads it.
                parts = [self.render(arg, _OR if isinstance(arg, Op) and arg.op == "||" else _NOT) for arg in args]
                return " or ".join(parts), _OR
            case _:
                sign, strength = _BINARY[node.op]
                # Comparisons do not chain in the language; the right side of - and % binds more tightly.
                left_outer = strength + 1 if strength == _COMPARE else strength
                left, right = node.args
                return f"{self.render(left, left_outer)} {sign} {self.render(right, strength + 1)}", strength

    def _otherwise(self, first: Expr, second: Expr) -> str:
        other = self.render(second, _CHOICE)
        if isinstance(first, Bound) and (row := self.row_of(first)):
            value = self.bound(first).removesuffix(f" if {row} else None")
            test = f"{row} and {value} is not None" if self.nullable(first) else row
            return f"{value} if {test} else {other}"
        value = self.render(first, _OR)
        return f"{value} if {value} is not None else {other}"

    def _null_comparison(self, op: str, left: Expr, right: Expr) -> str:
        tested = right if isinstance(left, Const) and left.value is None else left
        return f"{self.render(tested, _COMPARE + 1)} {'is' if op == '==' else 'is not'} None"

    def _call(self, node: Call) -> tuple[str, int]:
        if node.function == "sent":
            return self.sent(cast("Bound", node.args[0])), _COMPARE
        return _python_function(node, self)


def _null_test(node: Op) -> bool:
    return any(isinstance(arg, Const) and arg.value is None for arg in node.args)


def render_const(const: Const, imports: Imports) -> str:
    """The Python value of a constant of any type."""
    match const.type.name, const.value:
        case "duration", int() as microseconds:
            return duration(microseconds, imports)
        case "datetime", str() as text:
            imports.add("datetime", "datetime")
            return f"datetime.fromisoformat({literal(text)})"
        case "date", str() as text:
            imports.add("datetime", "date")
            return f"date.fromisoformat({literal(text)})"
        case "uuid", str() as text:
            imports.add("uuid", "UUID")
            return f"UUID({literal(text)})"
        case "decimal", str() as text:
            imports.add("decimal", "Decimal")
            return f"Decimal({literal(text)})"
        case _, value:
            return literal(value)


def _python_function(node: Call, to: PythonExpressions) -> tuple[str, int]:
    function = python_function(node)
    args = [to.render(arg) for arg in node.args]
    tight = [to.render(arg, _ATOM) for arg in node.args]
    if function.own and to.language:
        to.imports.add(to.language, function.own)
    for module, name in function.imports:
        to.imports.add(module, name)
    return function.template.format(*args, t=tight), function.strength


@dataclass(frozen=True)
class _Function:
    """A function in Python: `{n}` is an argument, `{t[n]}` one as an atom; `own` is defined in `language.py`."""

    template: str
    own: str = ""
    imports: tuple[tuple[str, str], ...] = ()
    strength: int = _ATOM


def python_function(node: Call) -> _Function:
    """How a call is written in Python, by the function and the type of its first argument."""
    types = ".".join(arg.type.name for arg in node.args)
    known = PYTHON_FUNCTIONS
    return known.get(f"{node.function}({types})") or known[node.function]


_DECIMAL = (("decimal", "Decimal"),)
PYTHON_FUNCTIONS: Mapping[str, _Function] = {
    "size": _Function("len({0})"),
    "lower": _Function("lower({0})", "lower"),
    "upper": _Function("upper({0})", "upper"),
    "trim": _Function('{t[0]}.strip(" \\t\\r\\n")'),
    "contains": _Function("{1} in {t[0]}", strength=_COMPARE),
    "starts_with": _Function("{t[0]}.startswith({1})"),
    "ends_with": _Function("{t[0]}.endswith({1})"),
    "replace": _Function("{t[0]}.replace({1}, {2})"),
    "abs": _Function("abs({0})"),
    "min": _Function("min({0}, {1})"),
    "max": _Function("max({0}, {1})"),
    "round(decimal)": _Function("int(rounded({0}))", "rounded"),
    "round": _Function("rounded({0}, {1})", "rounded"),
    "floor": _Function("floor({0})", imports=(("math", "floor"),)),
    "ceil": _Function("ceil({0})", imports=(("math", "ceil"),)),
    "int(text)": _Function("integer_in({0})", "integer_in"),
    "int(decimal)": _Function("int({0})"),
    "decimal(text)": _Function("decimal_in({0})", "decimal_in"),
    "decimal(integer)": _Function("Decimal({0})", imports=_DECIMAL),
    "date": _Function("{t[0]}.date()"),
    "text(decimal)": _Function("plain({0})", "plain"),
    "text(boolean)": _Function('"true" if {0} else "false"', strength=_CHOICE),
    "text(datetime)": _Function('{t[0]}.isoformat().replace("+00:00", "Z")'),
    "text": _Function("str({0})"),
}
"""Function, with the types of its arguments where these matter, to its Python."""


@dataclass(kw_only=True)
class SqlExpressions:
    """Renders a condition or value over columns as SQLAlchemy; what names no column stays Python."""

    python: PythonExpressions
    exact: bool = False

    def conditions(self, where: Expr | None) -> list[str]:
        """The conjuncts of a condition, each an argument of `where()`."""
        return [self._condition(part) for part in conjuncts(where)]

    def _condition(self, expr: Expr) -> str:
        """A condition as SQL, also where it asks nothing of the row."""
        if any(isinstance(node, Column) for node in walk(expr)):
            return self.render(expr)
        self.python.imports.add("sqlalchemy", "literal")
        return f"literal({self.python.render(expr)})"

    def render(self, expr: Expr, outer: int = _CHOICE) -> str:
        """The code, in parentheses where `outer` binds more tightly."""
        if not any(isinstance(node, Column) for node in walk(expr)):
            return self.python.render(expr, outer)
        text, strength = self._render(expr)
        return f"({text})" if strength < outer else text

    def column(self, node: Column) -> str:
        """`Link.code`."""
        return self.python.column(node)

    def _render(self, expr: Expr) -> tuple[str, int]:
        match expr:
            case Column():
                return self.column(expr), _ATOM
            case Op():
                return self._op(expr)
            case Call():
                return self._function(expr)
            case Const() | Bound() | Now():
                return self.python.render(expr, _ATOM), _ATOM

    def _op(self, node: Op) -> tuple[str, int]:
        imports = self.python.imports
        match node:
            case Op(op="&&" | "||"):
                imports.add("sqlalchemy", name := "and_" if node.op == "&&" else "or_")
                return f"{name}({', '.join(self._condition(arg) for arg in node.args)})", _ATOM
            case Op(op="!", args=(inner,)):
                # SQL's negation of an unknown comparison is unknown; the language's is true.
                imports.add("sqlalchemy", "not_")
                return f"not_({replace(self, exact=True).render(inner)})", _ATOM
            case Op(op="==" | "!="):
                return self._equality(node)
            case Op(op="??"):
                imports.add("sqlalchemy", "func")
                return f"func.coalesce({', '.join(self.render(arg) for arg in node.args)})", _ATOM
            case Op(op="?:", args=(condition, then, otherwise)):
                imports.add("sqlalchemy", "case")
                return f"case(({self.render(condition)}, {self.render(then)}), else_={self.render(otherwise)})", _ATOM
            case Op(op="in", args=(item, items)):
                return f"{self.render(item, _ATOM)}.in_({self.render(items)})", _ATOM
            case Op(op="negate", args=(inner,)):
                return f"-{self.render(inner, _UNARY)}", _UNARY
            case _:
                sign, strength = _BINARY[node.op]
                left, right = node.args
                left_outer = strength + 1 if strength == _COMPARE else strength
                return f"{self.render(left, left_outer)} {sign} {self.render(right, strength + 1)}", strength

    def _equality(self, node: Op) -> tuple[str, int]:
        left, right = node.args
        if isinstance(left, Const | Bound | Now) and not isinstance(right, Const | Bound | Now):
            left, right = right, left
        if isinstance(right, Const) and right.value is None:
            return f"{self.render(left, _ATOM)}.{'is_' if node.op == '==' else 'is_not'}(None)", _ATOM
        nullable = left.type.optional or right.type.optional
        if nullable and (self.exact or node.op == "!=" or (left.type.optional and right.type.optional)):
            # Two-valued: null equals null, and differs from everything else.
            name = "is_not_distinct_from" if node.op == "==" else "is_distinct_from"
            return f"{self.render(left, _ATOM)}.{name}({self.render(right)})", _ATOM
        if isinstance(right, Const) and isinstance(right.value, bool):
            word = "is_" if (node.op == "==") == right.value else "is_not"
            return f"{self.render(left, _ATOM)}.{word}(True)", _ATOM
        return f"{self.render(left, _COMPARE + 1)} {node.op} {self.render(right, _COMPARE + 1)}", _COMPARE

    def _function(self, node: Call) -> tuple[str, int]:
        args = [self.render(arg) for arg in node.args]
        first = self.render(node.args[0], _ATOM)
        match node.function:
            case "contains" | "starts_with" | "ends_with":
                name = node.function.replace("_", "")
                return f"{first}.{name}({args[1]}, autoescape=True)", _ATOM
            case "size":
                self.python.imports.add("sqlalchemy", "func")
                return f"func.length({args[0]})", _ATOM
            case name:
                self.python.imports.add("sqlalchemy", "func")
                return f"func.{name}({', '.join(args)})", _ATOM


def type_hint(type_: Type, imports: Imports) -> str:
    """The Python type of a value."""
    plain = {"text": "str", "integer": "int", "boolean": "bool", "null": "None"}
    if type_.name in plain:
        hint = plain[type_.name]
    elif type_.name == "list":
        hint = f"list[{type_hint(type_.item, imports)}]" if type_.item else "list[object]"
    else:
        module, hint = _IMPORTED[type_.name]
        imports.add(module, hint)
    return f"{hint} | None" if type_.optional and type_.name != "null" else hint


_IMPORTED = {
    "decimal": ("decimal", "Decimal"),
    "date": ("datetime", "date"),
    "datetime": ("datetime", "datetime"),
    "duration": ("datetime", "timedelta"),
    "uuid": ("uuid", "UUID"),
}

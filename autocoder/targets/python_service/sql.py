"""Conditions and values over columns as SQLAlchemy; what names no column stays Python.

Which of them mean the same in every engine is settled in `passes.check_pushdown`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from autocoder.ir.expressions import Bound, Call, Column, Const, Expr, Now, Op, Over, conjuncts, walk
from autocoder.targets.python_service.expressions import BINARY, PythonExpressions
from autocoder.targets.python_service.functions import ATOM, CHOICE, COMPARE, UNARY


@dataclass(kw_only=True)
class SqlExpressions:
    """Renders a condition or value over columns as SQLAlchemy; what names no column stays Python."""

    python: PythonExpressions
    exact: bool = False

    def conditions(self, where: Expr | None) -> list[str]:
        """The conjuncts of a condition, each an argument of `where()`."""
        return [self._for_every(part) or self._condition(part) for part in conjuncts(where)]

    def _for_every(self, expr: Expr) -> str:
        """A condition for every item of a list at hand, as more arguments; "" for any other."""
        if isinstance(expr, Over) and expr.op == "all" and any(isinstance(node, Column) for node in walk(expr)):
            return f"*({self._each(expr)})"
        return ""

    def _each(self, expr: Over) -> str:
        item = self.python.bound(Bound(scope="item", name=expr.item, type=expr.type))
        return f"{self._condition(expr.body)} for {item} in {self.python.render(expr.items)}"

    def _condition(self, expr: Expr) -> str:
        """A condition as SQL, also where it asks nothing of the row."""
        if any(isinstance(node, Column) for node in walk(expr)):
            return self.render(expr)
        self.python.imports.add("sqlalchemy", "literal")
        return f"literal({self.python.render(expr)})"

    def render(self, expr: Expr, outer: int = CHOICE) -> str:
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
                return self.column(expr), ATOM
            case Op():
                return self._op(expr)
            case Call():
                return self._function(expr)
            case Over():
                name, usual = ("and_", "True") if expr.op == "all" else ("or_", "False")
                self.python.imports.add("sqlalchemy", name)
                return f"{name}({usual}, *({self._each(expr)}))", ATOM
            case _:
                return self.python.render(expr, ATOM), ATOM

    def _op(self, node: Op) -> tuple[str, int]:
        imports = self.python.imports
        match node:
            case Op(op="&&" | "||"):
                name = "and_" if node.op == "&&" else "or_"
                imports.add("sqlalchemy", name)
                return f"{name}({', '.join(self._condition(arg) for arg in node.args)})", ATOM
            case Op(op="!", args=(inner,)):
                # SQL's negation of an unknown comparison is unknown; the language's is true.
                imports.add("sqlalchemy", "not_")
                return f"not_({replace(self, exact=True).render(inner)})", ATOM
            case Op(op="==" | "!="):
                return self._equality(node)
            case Op(op="??"):
                imports.add("sqlalchemy", "func")
                return f"func.coalesce({', '.join(self.render(arg) for arg in node.args)})", ATOM
            case Op(op="?:", args=(condition, then, otherwise)):
                imports.add("sqlalchemy", "case")
                return f"case(({self.render(condition)}, {self.render(then)}), else_={self.render(otherwise)})", ATOM
            case Op(op="in", args=(item, items)):
                return f"{self.render(item, ATOM)}.in_({self.render(items)})", ATOM
            case Op(op="negate", args=(inner,)):
                return f"-{self.render(inner, UNARY)}", UNARY
            case _:
                sign, strength = BINARY[node.op]
                left, right = node.args
                left_outer = strength + 1 if strength == COMPARE else strength
                return f"{self.render(left, left_outer)} {sign} {self.render(right, strength + 1)}", strength

    def _equality(self, node: Op) -> tuple[str, int]:
        left, right = node.args
        if isinstance(left, Const | Bound | Now) and not isinstance(right, Const | Bound | Now):
            left, right = right, left
        if isinstance(right, Const) and right.value is None:
            return f"{self.render(left, ATOM)}.{'is_' if node.op == '==' else 'is_not'}(None)", ATOM
        nullable = left.type.optional or right.type.optional
        if nullable and (self.exact or node.op == "!=" or (left.type.optional and right.type.optional)):
            # Two-valued: null equals null, and differs from everything else.
            name = "is_not_distinct_from" if node.op == "==" else "is_distinct_from"
            return f"{self.render(left, ATOM)}.{name}({self.render(right)})", ATOM
        if isinstance(right, Const) and isinstance(right.value, bool):
            word = "is_" if (node.op == "==") == right.value else "is_not"
            return f"{self.render(left, ATOM)}.{word}(True)", ATOM
        return f"{self.render(left, COMPARE + 1)} {node.op} {self.render(right, COMPARE + 1)}", COMPARE

    def _function(self, node: Call) -> tuple[str, int]:
        args = [self.render(arg) for arg in node.args]
        first = self.render(node.args[0], ATOM)
        match node.function:
            case "contains" | "starts_with" | "ends_with":
                name = node.function.replace("_", "")
                return f"{first}.{name}({args[1]}, autoescape=True)", ATOM
            case "size":
                self.python.imports.add("sqlalchemy", "func")
                return f"func.length({args[0]})", ATOM
            case name:
                self.python.imports.add("sqlalchemy", "func")
                return f"func.{name}({', '.join(args)})", ATOM

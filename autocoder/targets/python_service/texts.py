"""Texts that are put together from parts, as a person writes them: one literal, and statements for a page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from autocoder.ir.expressions import Bound, Call, Const, Expr, Op, Over, walk
from autocoder.targets.python_service.expressions import PythonExpressions
from autocoder.targets.python_service.layout import fits

INDENT = "    "
MARGIN = INDENT * 2
"""How deep a page is built: a reply stands in a function, perhaps below a condition."""
PAGE = "html"
"""The variable in which a page grows."""


@dataclass(kw_only=True)
class PageStatements:
    """Statements that build a page: `html += …` for what is shown, `if` and `for` as the page has them."""

    python: PythonExpressions
    taken: frozenset[str] = frozenset()
    """Names that a loop may not give to its items: they stand for something else."""
    lines: list[str] = field(default_factory=list[str])
    pending: list[Expr] = field(default_factory=list[Expr])
    depth: int = 0

    def build(self, page: Expr) -> tuple[list[str], str]:
        """The statements, and the page as an expression after them."""
        self.taken = frozenset(n.name for n in walk(page) if isinstance(n, Bound) and n.scope != "item")
        self._add(page)
        if not self.lines and (whole := self._one_text()):
            return [], whole
        self._flush()
        return self.lines, PAGE

    def _one_text(self) -> str:
        """The page as one short text; "" where it is none."""
        text = self.python.concatenated(self.pending)
        return text if fits(f"{MARGIN}return HTMLResponse({text})") else ""

    def _add(self, expr: Expr) -> None:
        match expr:
            case Call(function="join", args=(Op(op="[]", args=parts), Const(value=""))):
                for part in parts:
                    self._add(part)
            case Call(function="join", args=(Over(op="map") as loop, Const(value=""))) if loop.item not in self.taken:
                self._begin(self.python.loop(loop))
                before, self.taken = self.taken, self.taken | {loop.item}
                self._nested(loop.body)
                self.taken = before
            case Op(op="?:", args=(condition, then, otherwise)):
                self._choose(condition, then, otherwise)
            case Const(value=str() as text):
                for line in re.findall(r"[^\n]*\n|[^\n]+", text):
                    self._show(Const(value=line, type=expr.type))
            case _:
                self._show(expr)

    def _choose(self, condition: Expr, then: Expr, otherwise: Expr) -> None:
        if isinstance(then, Const) and not then.value:
            self._begin(f"if {self.python.negated(condition)}:")
            self._nested(otherwise)
            return
        self._begin(f"if {self.python.render(condition)}:")
        self._nested(then)
        if not (isinstance(otherwise, Const) and not otherwise.value):
            self._begin("else:")
            self._nested(otherwise)

    def _begin(self, line: str) -> None:
        self._flush()
        if not self.lines:
            self.lines.append(f'{PAGE} = ""')
        self.lines.append(INDENT * self.depth + line)

    def _nested(self, body: Expr) -> None:
        self.depth += 1
        before = len(self.lines)
        self._add(body)
        self._flush()
        if len(self.lines) == before:
            self.lines.append(f"{INDENT * self.depth}pass")
        self.depth -= 1

    def _show(self, part: Expr) -> None:
        if self.pending and not fits(MARGIN + self._statement([*self.pending, part])):
            self._flush()
        self.pending.append(part)

    def _statement(self, parts: list[Expr]) -> str:
        sign = "+=" if self.lines else "="
        return f"{INDENT * self.depth}{PAGE} {sign} {self.python.concatenated(parts)}"

    def _flush(self) -> None:
        if self.pending:
            self.lines.append(self._statement(self.pending))
            self.pending.clear()

"""Expressions as plain Python over values at hand. `sql` renders what is over columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never, cast

from autocoder.ir.client_expressions import GIVES
from autocoder.ir.expressions import Bound, Call, Column, Const, Expr, Get, Now, Op, Over, Record, is_computed_integer
from autocoder.ir.types import Type
from autocoder.targets.python_service.formulas import GIVEN, constant
from autocoder.targets.python_service.functions import (
    AND,
    ATOM,
    CHOICE,
    COMPARE,
    NOT,
    OR,
    PRODUCT,
    SUM,
    UNARY,
    python_function,
)

BINARY: Mapping[str, tuple[str, int]] = {
    "||": ("or", OR),
    "&&": ("and", AND),
    "==": ("==", COMPARE),
    "!=": ("!=", COMPARE),
    "<": ("<", COMPARE),
    "<=": ("<=", COMPARE),
    ">": (">", COMPARE),
    ">=": (">=", COMPARE),
    "in": ("in", COMPARE),
    "+": ("+", SUM),
    "-": ("-", SUM),
    "*": ("*", PRODUCT),
    "%": ("%", PRODUCT),
}
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_ENDS = {"first": "{}", "last": "reversed({})"}
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


@dataclass(frozen=True, kw_only=True)
class Code:
    """Code inside a literal; `whole` where nothing beside it can bind a part of it."""

    text: str
    whole: bool

    @property
    def nests(self) -> bool:
        """Whether it may stand inside a literal on every version of Python, and be read there."""
        both = '"' in self.text and "'" in self.text
        return self.whole and not both and not set(self.text) & {*"\\{}#"} and " for " not in self.text


def f_string(pieces: Sequence[str | Code]) -> str:
    """A literal with places for values, in the quotes that a formatter prefers; code inside has the other ones."""
    if all(isinstance(piece, str) for piece in pieces):
        return literal("".join(piece for piece in pieces if isinstance(piece, str)))
    own = "".join(piece for piece in pieces if isinstance(piece, str))
    quote, other = ("'", '"') if own.count('"') > own.count("'") else ('"', "'")
    parts = (
        f"{{{piece.text.replace(quote, other)}}}"
        if isinstance(piece, Code)
        else "".join(_escaped(char, quote) for char in piece).replace("{", "{{").replace("}", "}}")
        for piece in pieces
    )
    return f"f{quote}{''.join(parts)}{quote}"


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
    the module of the functions that Python has not, "" where they are at hand, `formulas` that of clients' expressions.
    `row_of` gives the row of a value where that row may be absent, else "", and `nullable` says whether the value may
    be null in a row that is there;
    `present` gives a value that is known not to be null, "" where it reads as any other;
    `attribute` takes a field of a row that has no name; `spelled` writes the names of a body. Where values are
    `untyped`, an empty list says that it may hold anything.
    """

    bound: Callable[[Bound], str]
    column: Callable[[Column], str]
    imports: Imports
    language: str = ""
    now: str = "now"
    sent: Callable[[Bound], str] = field(default=lambda node: f'"{node.name}" in sent')
    row_of: Callable[[Bound], str] = field(default=lambda node: "")
    nullable: Callable[[Bound], bool] = field(default=lambda node: True)
    present: Callable[[Bound], str] = field(default=lambda node: "")
    attribute: Callable[[str, Get], str] = field(default=lambda row, node: f"{row}[{literal(node.field)}]")
    spelled: Callable[[str], str] = field(default=lambda name: name)
    formulas: str = ""
    untyped: bool = False

    def render(self, expr: Expr, outer: int = CHOICE) -> str:
        """The code, in parentheses where `outer` binds more tightly."""
        text, strength = self._render(expr)
        return f"({text})" if strength < outer else text

    def negated(self, expr: Expr) -> str:
        """The code of the opposite condition, as a person would write it."""
        match expr:
            case Op(op=op, args=(left, right)) if op in _OPPOSITE and not _null_test(expr):
                return f"{self.render(left, COMPARE + 1)} {_OPPOSITE[op]} {self.render(right, COMPARE + 1)}"
            case Op(op="!", args=(inner,)):
                return self.render(inner)
            case Op(op="in", args=(item, items)):
                return f"{self.render(item, COMPARE + 1)} not in {self.render(items, COMPARE + 1)}"
            case Op(op=("==" | "!=") as op, args=(left, right)):
                return self._null_comparison("!=" if op == "==" else "==", left, right)
            case Op(op="&&", args=args):
                return " or ".join(self._negated_part(arg) for arg in args)
            case Op(op="||", args=args):
                return " and ".join(self._negated_part(arg) for arg in args)
            case _:
                return f"not {self.render(expr, NOT + 1)}"

    def _negated_part(self, expr: Expr) -> str:
        text = self.negated(expr)
        return f"({text})" if any(word in text for word in (" if ", " and ", " or ")) else text

    def _render(self, expr: Expr) -> tuple[str, int]:
        match expr:
            case Const():
                return self._const(expr), ATOM
            case Bound():
                text = self.bound(expr)
                return text, CHOICE if " if " in text else ATOM
            case Column():
                return self.column(expr), ATOM
            case Now():
                return self.now, ATOM
            case Call():
                return self._call(expr)
            case Op():
                return self._op(expr)
            case Get():
                return self._get(expr)
            case Record():
                values = (f"{literal(name)}: {self.render(value)}" for name, value in expr.values)
                return f"{{{', '.join(values)}}}", ATOM
            case Over():
                return self._over(expr, self.render(expr.body, OR if expr.op != "map" else CHOICE)), ATOM
            case _:
                assert_never(expr)

    def value(self, expr: Expr, row: Callable[[str, str], str] | None = None) -> str:
        """The code of a value that leaves the service or is kept by a name: numbers are checked, and `row` says how a
        row of an entity is shown.
        """
        match expr:
            case Record(values=values):
                named = (f"{literal(self.spelled(name))}: {self.value(value, row)}" for name, value in values)
                return f"{{{', '.join(named)}}}"
            case Over(op="map"):
                return self._over(expr, self.value(expr.body, row))
            case Op(op="[]", args=args):
                return f"[{', '.join(self.value(arg, row) for arg in args)}]"
            case _ if row is not None and (shown := _rows_shown(expr.type, self.render(expr, OR), row)):
                return shown
            case _ if is_computed_integer(expr):
                self._own("whole")
                return f"whole({self.render(expr)})"
            case _:
                return self.render(expr)

    def _own(self, function: str) -> None:
        if self.language:
            self.imports.add(self.language, function)

    def _get(self, node: Get) -> tuple[str, int]:
        if isinstance(node.of, Call) and node.of.function in _ENDS and node.of.type.name in ("row", "record"):
            return self._of_an_end(node, "None"), ATOM
        of = self.render(node.of, ATOM)
        match node.of.type.name:
            case "row":
                text = self.attribute(of, node)
            case "json":
                self._own("inside")
                return f"inside({of}, {literal(node.field)})", ATOM
            case "record" if not dict(node.of.type.fields)[node.field].optional:
                text = f"{of}[{literal(node.field)}]"
            case _:
                text = f"{of}.get({literal(node.field)})"
        return (f"{text} if {of} is not None else None", CHOICE) if node.of.type.optional else (text, ATOM)

    def _of_an_end(self, node: Get, otherwise: str) -> str:
        """A field of the first or the last of a list, which may be empty."""
        call = cast("Call", node.of)
        items = _ENDS[call.function].format(self.render(call.args[0], OR))
        there = Bound(scope="item", name="entry", type=replace(call.type, optional=False))
        text, _ = self._get(Get(of=there, field=node.field, type=node.type))
        return f"next(({text} for {self.bound(there)} in {items}), {otherwise})"

    def concatenated(self, parts: Sequence[Expr]) -> str:
        """Texts in a row as one text: a literal with places for values, or a sum of such."""
        return " + ".join(self._literals(parts)) or '""'

    def _literals(self, parts: Sequence[Expr]) -> list[str]:
        groups: list[list[tuple[Expr, str | Code]]] = [[]]
        for part in parts:
            piece = self._piece(part)
            alone = isinstance(piece, Code) and not piece.nests
            if alone:
                groups.append([])
            groups[-1].append((part, piece))
            if alone:
                groups.append([])
        kept = [group for group in groups if group]
        outer = SUM if len(kept) > 1 else CHOICE
        return [
            self.render(group[0][0], outer) if len(group) == 1 else f_string([piece for _, piece in group])
            for group in kept
        ]

    def _piece(self, part: Expr) -> str | Code:
        """A part of a literal: it says numbers, dates and ids by itself."""
        match part:
            case Const(value=str() as text, type=Type(name="text")):
                return text
            case Call(function="text", args=(value,)) if value.type.name in ("integer", "uuid", "date"):
                text, strength = self._render(value)
            case _:
                text, strength = self._render(part)
        return Code(text=text, whole=strength == ATOM)

    def loop(self, node: Over) -> str:
        """The head of a statement that goes over the items of a loop."""
        item = self.bound(Bound(scope="item", name=node.item, type=node.type))
        return f"for {item} in {self.render(node.items, OR)}:"

    def _over(self, node: Over, body: str) -> str:
        item, items = self.bound(Bound(scope="item", name=node.item, type=node.type)), self.render(node.items, OR)
        match node.op:
            case "map" if body == item:
                return f"list({items})"
            case "map":
                return f"[{body} for {item} in {items}]"
            case "filter":
                return f"[{item} for {item} in {items} if {body}]"
            case _:
                return f"{'all' if node.op == 'all' else 'any'}({body} for {item} in {items})"

    def _const(self, const: Const) -> str:
        return render_const(const, self.imports)

    def _op(self, node: Op) -> tuple[str, int]:  # noqa: C901 # one arm an operator
        match node:
            case Op(op="?:", args=(Op(op="==", args=(first, Const(value=None))), then, otherwise)) if _is_falsy(
                then, first.type
            ) and otherwise == replace(first, type=first.type.not_null()):
                return f"{self.render(first, OR)} or {self.render(then, OR)}", OR
            case Op(op="?:", args=(condition, then, otherwise)):
                test, yes = self.render(condition, OR), self.render(then, OR)
                return f"{yes} if {test} else {self.render(otherwise, CHOICE)}", CHOICE
            case Op(op="??", args=(first, second)):
                return self._otherwise(first, second)
            case Op(op="!", args=(Op(op=op) as inner,)) if op in _OPPOSITE or op == "in":
                return self.negated(inner), COMPARE
            case Op(op="!", args=(inner,)):
                return f"not {self.render(inner, NOT)}", NOT
            case Op(op="negate", args=(inner,)):
                return f"-{self.render(inner, UNARY)}", UNARY
            case Op(op=("==" | "!=") as op, args=(left, right)) if _null_test(node):
                return self._null_comparison(op, left, right), COMPARE
            case Op(op="[]", args=args):
                return f"[{', '.join(self.render(arg) for arg in args)}]", ATOM
            case Op(op="at", args=(of, position)):
                return self._at(of, position), ATOM
            case Op(op="+", args=(left, right)) if node.type.name == "list" and _displays(left, right):
                return f"[{', '.join(self._items(part) for part in (left, right))}]", ATOM
            case Op(op="+", args=(left, right)) if node.type.name in ("map", "record"):
                return f"{{**{self.render(left, COMPARE)}, **{self.render(right, COMPARE)}}}", ATOM
            case Op(op="/", args=(left, right)) if left.type.name == "duration":
                self._own("ratio")
                return f"ratio({self.render(left)}, {self.render(right)})", ATOM
            case Op(op="/", args=(left, right)):
                dividend = self.render(left, PRODUCT)
                if left.type.name == right.type.name == "integer":
                    self.imports.add("decimal", "Decimal")
                    dividend = f"Decimal({self.render(left)})"
                return f"{dividend} / {self.render(right, PRODUCT + 1)}", PRODUCT
            case Op(op="%", args=args) if node.type.name == "decimal":
                self._own("modulo")
                return f"modulo({', '.join(self.render(arg) for arg in args)})", ATOM
            case Op(op="||", args=args):
                # `and` inside `or` is in parentheses, for whoever reads it.
                parts = [self.render(arg, OR if isinstance(arg, Op) and arg.op == "||" else NOT) for arg in args]
                return " or ".join(parts), OR
            case _:
                sign, strength = BINARY[node.op]
                # Comparisons do not chain in the language; the right side of - and % binds more tightly.
                left_outer = strength + 1 if strength == COMPARE else strength
                left, right = node.args
                return f"{self.render(left, left_outer)} {sign} {self.render(right, strength + 1)}", strength

    def _items(self, part: Expr) -> str:
        """What a list gives to the display of a longer one."""
        match part:
            case Op(op="[]", args=args) if args:
                return ", ".join(self.render(arg) for arg in args)
            case _:
                return f"*{self.render(part, COMPARE)}"

    def _at(self, of: Expr, position: Expr) -> str:
        if of.type.name in ("map", "record"):
            return f"{self.render(of, ATOM)}.get({self.render(position)})"
        name = "inside" if of.type.name == "json" else "item_at"
        self._own(name)
        return f"{name}({self.render(of)}, {self.render(position)})"

    def _otherwise(self, first: Expr, second: Expr) -> tuple[str, int]:
        other = self.render(second, CHOICE)
        if self.untyped and other == "[]":
            self.imports.add("typing", "Any")
            other = "list[Any]()"
        if isinstance(first, Bound) and (row := self.row_of(first)):
            value = self.bound(first).removesuffix(f" if {row} else None")
            test = f"{row} and {value} is not None" if self.nullable(first) else row
            return f"{value} if {test} else {other}", CHOICE
        match first:
            case Get(of=Call(function=function, type=Type(name="record", fields=fields))) if (
                function in _ENDS and not dict(fields)[first.field].optional
            ):
                return self._of_an_end(first, other), ATOM
            case _ if _is_falsy(second, first.type):
                return f"{self.render(first, OR)} or {other}", OR
            case _:
                value = self.render(first, OR)
                present = (self.present(first) if isinstance(first, Bound) else "") or value
                return f"{present} if {value} is not None else {other}", CHOICE

    def _null_comparison(self, op: str, left: Expr, right: Expr) -> str:
        tested = right if isinstance(left, Const) and left.value is None else left
        return f"{self.render(tested, COMPARE + 1)} {'is' if op == '==' else 'is not'} None"

    def _call(self, node: Call) -> tuple[str, int]:
        if node.function == "sent":
            return self.sent(cast("Bound", node.args[0])), COMPARE
        if node.function == "read_cursor":
            self._own("read_cursor")
            kinds = ", ".join(f"{literal(n)}: {_kind(type_, self.imports)}" for n, type_ in node.type.fields)
            return f"read_cursor({self.render(node.args[0])}, {{{kinds}}})", ATOM
        if node.function in GIVES:
            return self.asked(node, GIVEN[node.function], self.render), ATOM
        match node:
            case Call(function="join", args=(Op(op="[]", args=parts), Const(value=""))) if parts:
                texts = self._literals(parts)
                return " + ".join(texts), SUM if len(texts) > 1 else ATOM
            case _:
                function = python_function(node)
        args = [self.render(arg) for arg in node.args]
        tight = [self.render(arg, ATOM) for arg in node.args]
        if function.own:
            self._own(function.own)
        for module, name in function.imports:
            self.imports.add(module, name)
        operands = [self.render(arg, COMPARE + 1) for arg in node.args]
        return function.template.format(*args, t=tight, o=operands, all=", ".join(args)), function.strength

    def asked(self, node: Call, method: str, render: Callable[[Expr], str]) -> str:
        """A call of a client's expression with a value for each of its names."""
        text, *values = node.args
        self.imports.add(self.formulas, constant(text.type))
        named = (f"{literal(n)}: {render(v)}" for (n, _), v in zip(text.type.fields, values, strict=True))
        return f"{constant(text.type)}.{method}({self.render(text)}, {{{', '.join(named)}}})"


def _kind(type_: Type, imports: Imports) -> str:
    """The type of a value that a client sends back; a time has its zone."""
    if type_.name != "datetime":
        return type_hint(type_, imports)
    imports.add("pydantic", "AwareDatetime")
    return "AwareDatetime"


def _rows_shown(type_: Type, code: str, row: Callable[[str, str], str]) -> str:
    """How a row or a list of rows is shown; "" for any other value."""
    many = type_.item if type_.name == "list" else None
    if type_.name == "row" and type_.entity:
        shown = row(type_.entity, code)
        return f"{shown} if {code} is not None else None" if type_.optional else shown
    if many is not None and many.name == "row" and many.entity:
        return f"[{row(many.entity, 'row')} for row in {code}]"
    return ""


def _displays(*parts: Expr) -> bool:
    """Whether a list among these is written out."""
    return any(isinstance(part, Op) and part.op == "[]" for part in parts)


def _is_falsy(value: Expr, type_: Type) -> bool:
    """Whether a value is the one of its type that `or` passes over, as it does null."""
    match value:
        case Const(value="" | 0):
            return type_.name in ("text", "integer", "boolean")
        case Op(op="[]", args=()):
            return type_.name == "list"
        case _:
            return False


def _null_test(node: Op) -> bool:
    return any(isinstance(arg, Const) and arg.value is None for arg in node.args)


def render_default(default: Expr, imports: Imports) -> str:
    """The Python of a default, which names nothing."""
    if isinstance(default, Const):
        return render_const(default, imports)
    python = PythonExpressions(bound=lambda node: node.name, column=lambda node: node.field, imports=imports)
    return python.render(default)


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


def type_hint(type_: Type, imports: Imports) -> str:
    """The Python type of a value."""
    plain = {"text": "str", "integer": "int", "boolean": "bool", "null": "None"}
    if type_.name in plain:
        hint = plain[type_.name]
    elif type_.name in ("map", "record"):
        imports.add("typing", "Any")
        hint = f"dict[str, {type_hint(type_.item, imports)}]" if type_.item else "dict[str, Any]"
    elif type_.name == "json":
        imports.add("typing", "Any")
        return "Any"
    elif type_.name == "list":
        hint = f"list[{type_hint(type_.item, imports)}]" if type_.item else "list[object]"
    elif type_.name == "row":
        imports.add("typing", "Any")
        hint = "Any"
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

"""The syntax of the language's expressions: text to a tree, with the place of every part.

Owns grammar, literals and limits. Knows no names and no types: `ir.resolve` gives the tree its meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal, assert_never, cast

from lark import Lark, Token, Transformer, UnexpectedInput, UnexpectedToken

MAX_LENGTH = 4_000
"""Characters of one expression."""
MAX_DEPTH = 64
"""Levels of one expression's tree."""

_MICROSECONDS = {"d": 86_400_000_000, "h": 3_600_000_000, "m": 60_000_000, "s": 1_000_000}
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", '"': '"', "'": "'"}


@dataclass(frozen=True, kw_only=True)
class Node:
    """A part of an expression: code points from `start` to before `end` of the text."""

    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Const(Node):
    """A literal. A decimal is its text, a duration whole microseconds."""

    type: Literal["text", "integer", "decimal", "boolean", "null", "duration"]
    value: str | int | bool | None


@dataclass(frozen=True, kw_only=True)
class Name(Node):
    """A bare name."""

    name: str


@dataclass(frozen=True, kw_only=True)
class Member(Node):
    """`of.name`, or `of?.name` which is null where `of` is."""

    of: Syntax
    name: str
    safe: bool

    @property
    def name_start(self) -> int:
        """Where the member's own name starts."""
        return self.end - len(self.name)


@dataclass(frozen=True, kw_only=True)
class Index(Node):
    """`of[index]`."""

    of: Syntax
    index: Syntax


@dataclass(frozen=True, kw_only=True)
class Call(Node):
    """`function(args)`."""

    function: str
    args: tuple[Syntax, ...]


@dataclass(frozen=True, kw_only=True)
class Method(Node):
    """`of.name(args)`: how `map`, `filter`, `all` and `exists` range over a list."""

    of: Syntax
    name: str
    args: tuple[Syntax, ...]


@dataclass(frozen=True, kw_only=True)
class Unary(Node):
    """`!operand` or `-operand`."""

    op: Literal["!", "-"]
    operand: Syntax


BinaryOperator = Literal["??", "||", "&&", "==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/", "%"]


@dataclass(frozen=True, kw_only=True)
class Binary(Node):
    """`left op right`."""

    op: BinaryOperator
    left: Syntax
    right: Syntax


@dataclass(frozen=True, kw_only=True)
class Conditional(Node):
    """`condition ? then : otherwise`."""

    condition: Syntax
    then: Syntax
    otherwise: Syntax


@dataclass(frozen=True, kw_only=True)
class Items(Node):
    """`[a, b]`."""

    items: tuple[Syntax, ...]


@dataclass(frozen=True, kw_only=True)
class Entries(Node):
    """`{a: 1, b: 2}`."""

    entries: tuple[tuple[str, Syntax], ...]


Syntax = Const | Name | Member | Index | Call | Method | Unary | Binary | Conditional | Items | Entries


class ExpressionError(Exception):
    """The text is no expression: from `start` to before `end` stands what is wrong.

    `limit` is set where the expression is too long or too deep.
    """

    def __init__(
        self, message: str, *, start: int, end: int, rule: str = "", hint: str = "", limit: bool = False
    ) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
        self.rule = rule
        self.hint = hint
        self.limit = limit


def parse(text: str) -> Syntax:
    """The tree of an expression. Raises `ExpressionError`."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            f"the expression has {len(text)} characters", start=0, end=1, rule=f"at most {MAX_LENGTH}", limit=True
        )
    try:
        tree = cast("Syntax", _parser().parse(text))  # pyright: ignore[reportUnknownMemberType] # an untyped default
    except UnexpectedInput as error:
        raise _explained(error, text) from None
    _check_depth(tree)
    return tree


def children(node: Syntax) -> tuple[Syntax, ...]:
    """The parts directly inside a node, in order."""
    match node:
        case Const() | Name():
            return ()
        case Member(of=part) | Unary(operand=part):
            return (part,)
        case Index(of=first, index=second) | Binary(left=first, right=second):
            return (first, second)
        case Conditional():
            return (node.condition, node.then, node.otherwise)
        case Call(args=parts) | Items(items=parts):
            return parts
        case Method():
            return (node.of, *node.args)
        case Entries():
            return tuple(value for _, value in node.entries)
        case _:
            assert_never(node)


def names_in(text: str) -> frozenset[str]:
    """The bare names of an expression, none of what is no expression."""
    try:
        level: tuple[Syntax, ...] = (parse(text),)
    except ExpressionError:
        return frozenset()
    found: set[str] = set()
    while level:
        found |= {node.name for node in level if isinstance(node, Name)}
        level = tuple(child for node in level for child in children(node))
    return frozenset(found)


def _check_depth(tree: Syntax) -> None:
    level: list[Syntax] = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in children(node)]
        if not level:
            return
    raise ExpressionError(
        "the expression is nested too deeply",
        start=tree.start,
        end=tree.end,
        rule=f"at most {MAX_DEPTH} levels",
        hint="name parts of it with `compute`",
        limit=True,
    )


# Grammar.

_GRAMMAR = r"""
start: expr
?expr: either | either QUESTION expr COLON expr -> conditional
?either: any | any COALESCE either -> binary
?any: all | any OR all -> binary
?all: comparison | all AND comparison -> binary
?comparison: sum | sum (EQUALS | DIFFERS | LESS | AT_MOST | GREATER | AT_LEAST | IN) sum -> binary
?sum: product | sum (PLUS | MINUS) product -> binary
?product: unary | product (STAR | SLASH | PERCENT) unary -> binary
?unary: postfix | (NOT | MINUS) unary
?postfix: atom
    | postfix (DOT | SAFE_DOT) member_name -> member
    | postfix (DOT | SAFE_DOT) member_name LPAR args RPAR -> method
    | postfix LSQB expr RSQB -> index
?atom: INTEGER -> integer | DECIMAL -> decimal | DURATION -> duration | TEXT -> text
    | TRUE -> true | FALSE -> false | NULL -> null | NAME -> name
    | NAME LPAR args RPAR -> call
    | LPAR expr RPAR -> group
    | LSQB args RSQB -> items
    | LBRACE [entry (COMMA entry)*] RBRACE -> entries
args: [expr (COMMA expr)*]
entry: (NAME | TEXT) COLON expr
member_name: NAME | IN | TRUE | FALSE | NULL

DURATION.3: /[0-9]+[dhms](?:[0-9]+[dhms])*(?![A-Za-z0-9_])/
DECIMAL.2: /[0-9]+\.[0-9]+(?![A-Za-z0-9_])/
INTEGER.1: /[0-9]+(?![A-Za-z0-9_])/
NAME: /[A-Za-z_][A-Za-z0-9_]*/
TEXT: /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/
TRUE: "true"
FALSE: "false"
NULL: "null"
IN: "in"
QUESTION: "?"
COALESCE: "??"
SAFE_DOT: "?."
OR: "||"
AND: "&&"
EQUALS: "=="
DIFFERS: "!="
LESS: "<"
AT_MOST: "<="
GREATER: ">"
AT_LEAST: ">="
PLUS: "+"
MINUS: "-"
STAR: "*"
SLASH: "/"
PERCENT: "%"
NOT: "!"
DOT: "."
COLON: ":"
COMMA: ","
LPAR: "("
RPAR: ")"
LSQB: "["
RSQB: "]"
LBRACE: "{"
RBRACE: "}"
%ignore /[ \t\r\n]+/
"""

Children = list[Any]
"""Tokens and finished nodes of one rule."""


@cache
def _parser() -> Lark:
    return Lark(
        _GRAMMAR,
        parser="lalr",
        lexer="basic",
        transformer=_Builder(),
        keep_all_tokens=True,
        maybe_placeholders=False,
        propagate_positions=False,
    )


def _place(token: Token) -> dict[str, int]:
    return {"start": cast("int", token.start_pos), "end": cast("int", token.end_pos)}


class _Builder(Transformer[Token, Syntax]):
    """Builds the tree bottom up while the text is parsed. One method per rule of the grammar."""

    def start(self, parts: Children) -> Syntax:
        return parts[0]

    def conditional(self, parts: Children) -> Syntax:
        condition, _, then, _, otherwise = parts
        return Conditional(
            start=condition.start, end=otherwise.end, condition=condition, then=then, otherwise=otherwise
        )

    def binary(self, parts: Children) -> Syntax:
        left, op, right = parts
        return Binary(start=left.start, end=right.end, op=cast("BinaryOperator", str(op)), left=left, right=right)

    def unary(self, parts: Children) -> Syntax:
        op, operand = parts
        return Unary(start=op.start_pos, end=operand.end, op=cast("Literal['!', '-']", str(op)), operand=operand)

    def member(self, parts: Children) -> Syntax:
        of, dot, name = parts
        return Member(start=of.start, end=name.end_pos, of=of, name=str(name), safe=str(dot) == "?.")

    def member_name(self, parts: Children) -> Token:
        return parts[0]

    def method(self, parts: Children) -> Syntax:
        of, _, name, _, args, close = parts
        return Method(start=of.start, end=close.end_pos, of=of, name=str(name), args=args)

    def index(self, parts: Children) -> Syntax:
        of, _, index, close = parts
        return Index(start=of.start, end=close.end_pos, of=of, index=index)

    def call(self, parts: Children) -> Syntax:
        name, _, args, close = parts
        return Call(start=name.start_pos, end=close.end_pos, function=str(name), args=args)

    def args(self, parts: Children) -> tuple[Syntax, ...]:
        return tuple(part for part in parts if not isinstance(part, Token))

    def group(self, parts: Children) -> Syntax:
        opening, inner, close = parts
        return replace(inner, start=opening.start_pos, end=close.end_pos)

    def items(self, parts: Children) -> Syntax:
        opening, items, close = parts
        return Items(start=opening.start_pos, end=close.end_pos, items=items)

    def entries(self, parts: Children) -> Syntax:
        entries = tuple(part for part in parts if not isinstance(part, Token))
        return Entries(start=parts[0].start_pos, end=parts[-1].end_pos, entries=entries)

    def entry(self, parts: Children) -> tuple[str, Syntax]:
        key, _, value = parts
        return (_text(key) if key.type == "TEXT" else str(key), value)

    def name(self, parts: Children) -> Syntax:
        return Name(**_place(parts[0]), name=str(parts[0]))

    def text(self, parts: Children) -> Syntax:
        return Const(**_place(parts[0]), type="text", value=_text(parts[0]))

    def integer(self, parts: Children) -> Syntax:
        return Const(**_place(parts[0]), type="integer", value=int(parts[0]))

    def decimal(self, parts: Children) -> Syntax:
        return Const(**_place(parts[0]), type="decimal", value=str(parts[0]))

    def duration(self, parts: Children) -> Syntax:
        return Const(**_place(parts[0]), type="duration", value=_duration(parts[0]))

    def true(self, parts: Children) -> Syntax:
        return Const(**_place(parts[0]), type="boolean", value=True)

    def false(self, parts: Children) -> Syntax:
        return Const(**_place(parts[0]), type="boolean", value=False)

    def null(self, parts: Children) -> Syntax:
        return Const(**_place(parts[0]), type="null", value=None)


# Literals.

_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)


def _text(token: Token) -> str:
    offset = cast("int", token.start_pos) + 1

    def one(match: re.Match[str]) -> str:
        escape = match[1]
        if escape in _ESCAPES:
            return _ESCAPES[escape]
        code = int(escape[1:], 16) if len(escape) > 1 else 0
        if not 0 < code <= 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            raise _Misplaced(
                f'"{match[0]}" is no escape',
                start=offset + match.start(),
                end=offset + match.end(),
                rule=r"the escapes are \n \r \t \\ \" \' \uXXXX \UXXXXXXXX",
                hint=r"write \\ for a backslash",
            )
        return chr(code)

    return _ESCAPE.sub(one, token[1:-1])


def _duration(token: Token) -> int:
    """Whole microseconds. Units stand once each, from days down to seconds."""
    parts = re.findall(r"([0-9]+)([dhms])", token)
    units = "".join(unit for _, unit in parts)
    total = sum(int(number) * _MICROSECONDS[unit] for number, unit in parts)
    if not re.fullmatch("d?h?m?s?", units) or total >= 2**63:
        raise _Misplaced(
            f'"{token}" is no duration',
            start=cast("int", token.start_pos),
            end=cast("int", token.end_pos),
            rule="a duration is days, hours, minutes, seconds in this order, each at most once",
            hint="for example 14d, 2h, 1h30m",
        )
    return total


class _Misplaced(ExpressionError, UnexpectedInput):
    """An error inside a literal; lark passes errors of its own kind through."""


# Errors.

_VALUES = {"NAME", "TEXT", "INTEGER"}
_OPERATORS = {"STAR", "AND", "PLUS"}
_COMPARISONS = {"EQUALS", "DIFFERS", "LESS", "AT_MOST", "GREATER", "AT_LEAST", "IN"}
_SHOWN = {
    "RPAR": "`)`",
    "RSQB": "`]`",
    "RBRACE": "`}`",
    "COLON": "`:`",
    "COMMA": "`,`",
    "LPAR": "`(`",
    "$END": "the end of the expression",
}
_MISTAKES = {
    "=": "write `==` to compare",
    "===": "write `==` to compare",
    "&": "write `&&`",
    "|": "write `||`",
    "and": "write `&&`",
    "or": "write `||`",
    "not": "write `!`",
    "is": "write `==`",
    "if": "write `condition ? value : other`",
    "<>": "write `!=`",
    "**": "multiply, or call `pow`",
    '"': 'close the text with another quote on the same line; write \\" for a quote inside',
    "'": "close the text with another quote on the same line; write \\' for a quote inside",
    "^": "call `pow`",
    ";": "an effect takes one expression",
    "`": "write text in double or single quotes",
}


def _explained(error: UnexpectedInput, text: str) -> ExpressionError:
    if isinstance(error, ExpressionError):
        return error
    if isinstance(error, UnexpectedToken):
        return _unexpected_token(error, text)
    start = cast("int", error.pos_in_stream)
    found = _unread(text, start)
    if found in "\"'":
        message = "the text that starts here is never closed"
        return ExpressionError(message, start=start, end=len(text), hint=_hint(text, start))
    rule = "a name is letters, digits and `_`, no digit first; text stands in quotes"
    return _misfit(found, start, rule, _hint(text, start))


def _unexpected_token(error: UnexpectedToken, text: str) -> ExpressionError:
    token = cast("Token", error.token)
    allowed = error.accepts or error.expected
    rule = f"expected {', '.join(_expected(allowed))}"
    if token.type == "$END":
        message = "the expression ends too early" if text.strip() else "there is no expression"
        end = len(text.rstrip())
        return ExpressionError(message, start=end, end=end + 1, rule=rule)
    start = cast("int", token.start_pos)
    chained = token.type in _COMPARISONS and "AND" in allowed
    hint = "comparisons do not chain: join two with `&&`" if chained else _hint(text, start)
    return _misfit(str(token), start, rule, hint)


def _misfit(found: str, start: int, rule: str, hint: str) -> ExpressionError:
    return ExpressionError(f'"{found}" cannot stand here', start=start, end=start + len(found), rule=rule, hint=hint)


def _unread(text: str, start: int) -> str:
    """What the reader stopped at: a number with letters, a run of signs, or one character."""
    match = re.compile(r"[0-9][A-Za-z0-9_.]*|[=&|<>*]+").match(text, start)
    return match[0] if match else text[start]


def _hint(text: str, start: int) -> str:
    word = re.compile(r"[A-Za-z]+|[=<>*]+").match(text, start)
    found = (word[0] if word else "", text[start : start + 1])
    before = re.search(r"([=<>*])\s*$", text[:start])
    if before and found[1] in "=<>*":
        found = (before[1] + found[1], *found)
    return next((_MISTAKES[part] for part in found if part in _MISTAKES), "")


def _expected(terminals: set[str]) -> Iterator[str]:
    if terminals >= _VALUES:
        yield "a value"
    elif "NAME" in terminals:
        yield "a name"
    if terminals & _OPERATORS:
        yield "an operator"
    yield from (shown for terminal, shown in _SHOWN.items() if terminal in terminals)

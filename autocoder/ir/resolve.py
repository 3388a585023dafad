"""Names and types: the text of an expression becomes a typed `Expr`, or diagnostics that point into it.

Owns which names an expression may use and what its types are. Null is two-valued: `==` and `!=` are total, every other
use of a value that may be null is refused until a test or `??` has ruled null out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never, cast

from autocoder.blueprint import expressions as syntax
from autocoder.blueprint.expressions import Syntax
from autocoder.blueprint.positions import Written
from autocoder.diagnostics import Diagnostics, Span, nearest
from autocoder.ir import client_expressions, collections
from autocoder.ir.expressions import Bound, Call, Column, Const, Expr, Get, Now, Op, Operator
from autocoder.ir.expressions import Scope as ScopeName
from autocoder.ir.functions import FUNCTIONS, Function, Signature
from autocoder.ir.literals import LiteralError, adapt, checked_decimal, checked_integer
from autocoder.ir.misfit import Part, Wrong, kind_of, wrong
from autocoder.ir.patterns import pattern_problem
from autocoder.ir.references import is_followed
from autocoder.ir.types import BOOLEAN, DECIMAL, DURATION, INTEGER, JSON, NULL, TEXT, Type
from autocoder.ir.typing_rules import (
    ValueKey,
    arithmetic,
    assignable,
    comparable,
    is_sanitised,
    join,
    not_null_if,
    ordered,
    own_key,
    signature_for,
    widened,
)

Types = Mapping[str, Type]


_WRITTEN = {"matches": 1, "extract": 1}
"""Functions whose argument at this place is a pattern."""
_CALLED = (*FUNCTIONS, *client_expressions.GIVES)


class _Anything(dict[str, Type]):
    """Fields of whatever name, all of one type."""

    def __init__(self, type_: Type) -> None:
        super().__init__()
        self.type = type_

    def __contains__(self, name: object) -> bool:
        return True

    def __getitem__(self, name: str) -> Type:
        return self.type


def _no_types() -> Types:
    return {}


def _no_words() -> Mapping[ValueKey, tuple[str, ...]]:
    return {}


def _no_entities() -> Mapping[str, Types]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The names that an expression may use, each with its type.

    `columns` are the bare names of a condition over rows; None where no row is ranged over. `caller` and `event` are
    None where there is none. `rows` and `locals` are bound by earlier effects, `items` by what goes over a list.
    `not_null` are values of which an
    earlier guard has ruled null out; `words` are the values that an enum takes. `follows`: references lead to rows.
    """

    columns: Types | None = None
    inputs: Types = field(default_factory=_no_types)
    caller: Types | None = None
    caller_optional: bool = False
    event: Types | None = None
    rows: Types = field(default_factory=_no_types)
    entities: Mapping[str, Types] = field(default_factory=_no_entities)
    locals: Types = field(default_factory=_no_types)
    items: Types = field(default_factory=_no_types)
    not_null: frozenset[ValueKey] = frozenset()
    words: Mapping[ValueKey, tuple[str, ...]] = field(default_factory=_no_words)
    follows: bool = False


def resolve(
    text: str,
    scope: Scope,
    *,
    expected: Type | None,
    span: Span | Written,
    diagnostics: Diagnostics,
    words: tuple[str, ...] = (),
) -> Expr | None:
    """The typed expression, or None after at least one diagnostic.

    `span` is where the text stands, character by character if it is `Written`; `expected` is the type that its place
    asks for, None where any will do, and `words` the values that an enum in this place takes.
    """
    try:
        tree = syntax.parse(text)
        found = Resolver(text=text, scope=scope)
        return found.fitted(tree, expected, words) if expected else found.expr(tree, None)
    except syntax.ExpressionError as error:
        code = "AC3051" if error.limit else "AC3050"
        place = _part(span, text, error.start, error.end)
        diagnostics.error(code, error.message, place, value=text[:200], rule=error.rule, help=error.hint)
    except Wrong as misfit:
        for part in misfit.parts:
            place = _part(span, text, part.start, part.end)
            diagnostics.error(part.code, part.message, place, value=text[part.start : part.end][:200], **part.details)
    return None


def _part(span: Span | Written, text: str, start: int, end: int) -> Span:
    """The place of a part of a text that stands at `span`; of a plain span as far as one line tells."""
    if isinstance(span, Written):
        return span.part(start, end)
    if "\n" in text or span.end_line not in (None, span.line):
        return span
    return replace(span, column=span.column + start, end_line=span.line, end_column=span.column + max(end, start + 1))


@dataclass(frozen=True, kw_only=True)
class Resolver:
    text: str
    scope: Scope

    def shown(self, node: syntax.Node) -> str:
        return self.text[node.start : node.end]

    def knowing(self, keys: frozenset[ValueKey]) -> Resolver:
        """The same where these values are surely there."""
        return replace(self, scope=replace(self.scope, not_null=self.scope.not_null | keys))

    def fitted(self, node: Syntax, expected: Type, words: tuple[str, ...] = ()) -> Expr:
        """The expression as a value of the expected type."""
        for outcome in _outcomes(node):
            _check_word(outcome, words)
        found = self.adapted(node, self.expr(node, expected), expected)
        if not assignable(found.type, expected):
            raise self.misfit(node, found.type, expected)
        if found.type.optional and not expected.optional:
            raise self.nullable(node, f"a value is needed: {expected}")
        if not is_sanitised(found, expected):
            raise wrong("AC3261", f'"{self.shown(node)}" is not sanitised', node, rule="html comes from html alone")
        client_expressions.check_fits(self, node, found, expected)
        return widened(found, expected)

    def misfit(self, node: Syntax, given: Type, expected: Type) -> Wrong:
        hint = f"write {self.shown(node)}.id" if given.name == "row" and expected.name == "uuid" else ""
        if expected.name == "text" and given.name in _SHOWN_AS_TEXT:
            hint = f"write text({self.shown(node)})"
        message = f"{kind_of(given)} is given where {kind_of(expected)} is expected"
        return wrong("AC3058", message, node, rule=f"the place takes {expected}", help=hint)

    def nullable(self, node: Syntax, rule: str) -> Wrong:
        shown = self.shown(node)
        return wrong(
            "AC3057",
            f'"{shown}" may be null here',
            node,
            rule=rule,
            help=f"give a value for null (`{shown} ?? …`) or test it first (`{shown} != null && …`)",
        )

    def adapted(self, node: Syntax, expr: Expr, to: Type) -> Expr:
        """A literal as a value of the type that its place asks for."""
        if not isinstance(expr, Const):
            return expr
        try:
            return adapt(expr, to)
        except LiteralError as error:
            raise wrong("AC3060", error.message, node, rule=error.rule) from None

    def present(self, node: Syntax, expected: Type | None = None) -> Expr:
        """The expression, which must not be null."""
        found = self.expr(node, expected)
        if found.type.optional:
            raise self.nullable(node, "an operator takes no null")
        return found

    def condition(self, node: Syntax) -> Expr:
        """The expression, which must be true or false."""
        return self.fitted(node, BOOLEAN)

    def expr(self, node: Syntax, expected: Type | None) -> Expr:  # noqa: C901 # one arm a kind
        """The typed expression of a node; `expected` helps literals inside it."""
        match node:
            case syntax.Const():
                return self.const(node)
            case syntax.Name():
                return self.narrowed(self.name(node))
            case syntax.Member():
                return self.narrowed(self.member(node))
            case syntax.Unary():
                return self.unary(node, expected)
            case syntax.Binary():
                return self.binary(node, expected)
            case syntax.Conditional():
                return self.conditional(node, expected)
            case syntax.Call():
                return self.call(node)
            case syntax.Index():
                return collections.index(self, node)
            case syntax.Method():
                return collections.method(self, node)
            case syntax.Items():
                return collections.items(self, node, expected)
            case syntax.Entries():
                return collections.entries(self, node, expected)
            case _:
                assert_never(node)

    # Literals.

    def const(self, node: syntax.Const) -> Const:
        try:
            return Const(value=_checked(node), type=_LITERAL_TYPES[node.type])
        except LiteralError as error:
            raise wrong("AC3060", error.message, node, rule=error.rule) from None

    def unary(self, node: syntax.Unary, expected: Type | None) -> Expr:
        if node.op == "!":
            return Op(op="!", args=(self.condition(node.operand),), type=BOOLEAN)
        if isinstance(node.operand, syntax.Const) and node.operand.type in ("integer", "decimal"):
            value = node.operand.value
            negative = -value if isinstance(value, int) else f"-{value}"
            literal = replace(node.operand, start=node.start, end=node.end, value=negative)
            return self.const(literal)
        operand = self.present(node.operand, expected)
        if operand.type.name not in ("integer", "decimal"):
            raise wrong("AC3056", f"`-` takes a number, not {kind_of(operand.type)}", node)
        return Op(op="negate", args=(operand,), type=operand.type.base)

    # Names.

    def name(self, node: syntax.Name) -> Expr:
        name, scope = node.name, self.scope
        found: list[Expr] = []
        if scope.columns and name in scope.columns:
            found.append(Column(field=name, type=scope.columns[name]))
        if name in scope.locals:
            found.append(Bound(scope="local", name=name, type=scope.locals[name]))
        if name in scope.items:
            found.append(Bound(scope="item", name=name, type=scope.items[name]))
        if name in scope.rows:
            found.append(Bound(scope="row", name=name, type=scope.rows[name]))
        if name == "caller" and scope.caller is not None:
            found.append(Bound(scope="caller", name="caller", type=self.caller_type))
        if name == "now":
            found.append(Now())
        if len(found) > 1:
            raise wrong(
                "AC3059",
                f'"{name}" is ambiguous: {" and ".join(_origin(expr) for expr in found)}',
                node,
                rule="a bare name means one thing",
                help="bind the other under another name (`as`, or another key of `compute`)",
            )
        if not found:
            raise self.unknown_name(node)
        return found[0]

    @property
    def caller_type(self) -> Type:
        known = (name for name, fields in self.scope.entities.items() if fields == self.scope.caller)
        return Type(name="row", entity=next(known, None), optional=self.scope.caller_optional)

    def unknown_name(self, node: syntax.Name) -> Wrong:
        name, scope = node.name, self.scope
        absent = {
            "caller": "nobody is signed in here: the access is `anyone`, or it is no operation",
            "event": "no event arrives here" if scope.event is None else "`event` is no value: name one of its fields",
            "input": "`input` is no value: name one of its fields",
        }
        if name in absent:
            return wrong("AC3061", absent[name], node)
        hint = nearest(name, self.bare_names())
        for owner, fields in (("input", scope.inputs), ("event", scope.event or {}), ("caller", scope.caller or {})):
            if name in fields:
                hint = f'did you mean "{owner}.{name}"?'
        if name in FUNCTIONS:
            hint = f"{name} is a function: {FUNCTIONS[name].usage}"
        return wrong("AC3052", f'no value is named "{name}" here', node, help=hint)

    def bare_names(self) -> list[str]:
        scope = self.scope
        heads = (("input", scope.inputs), ("event", scope.event), ("caller", scope.caller))
        known = [head for head, fields in heads if fields]
        return ["now", *(scope.columns or {}), *scope.rows, *scope.locals, *scope.items, *known]

    def member(self, node: syntax.Member) -> Expr:
        owner, scope = (node.of.name if isinstance(node.of, syntax.Name) else None), self.scope
        if owner == "input":
            return self.field_of(node, "input", scope.inputs, ("input", node.name, ""))
        if owner == "event" and scope.event is not None:
            return self.field_of(node, "event", scope.event, ("event", node.name, ""))
        return self.row_member(node)

    def row_member(self, node: syntax.Member) -> Expr:
        of = self.expr(node.of, None)
        fields = self.fields_in(of)
        if fields is None:
            hint = f"read the {of.type.entity} first, then name its field" if of.type.entity else ""
            message = f'"{self.shown(node.of)}" is {kind_of(of.type)} and has no field "{node.name}"'
            raise wrong("AC3053", message, self.member_name(node), help=hint)
        if of.type.optional and not node.safe:
            shown = self.shown(node.of)
            raise wrong(
                "AC3057",
                f'"{shown}" may be null here',
                node.of,
                rule="a field is taken of a row that is there",
                help=f"test it first (`{shown} != null && …`), or "
                + (
                    "state `access: user`"
                    if isinstance(of, Bound) and of.scope == "caller"
                    else f"write `{shown}?.{node.name}`"
                ),
            )
        if isinstance(of, Bound) and of.type.name == "row" and not of.field:
            found: Expr = self.field_of(node, self.shown(node.of), fields, (of.scope, of.name, node.name))
        else:
            found = Get(of=of, field=node.name, type=self.known_field(node, self.shown(node.of), fields))
        return replace(found, type=found.type.or_null()) if of.type.optional else found

    def fields_in(self, of: Expr) -> Types | None:
        """The fields that a value has; None where it has none. A map and a JSON value may have any."""
        match of.type.name:
            case "row":
                caller = isinstance(of, Bound) and of.scope == "caller"
                return (self.scope.caller if caller else self.scope.entities.get(of.type.entity or "")) or {}
            case "record":
                return dict(of.type.fields)
            case "map":
                return _Anything((of.type.item or JSON).or_null())
            case "json":
                return _Anything(JSON.or_null())
            case _:
                follows = self.scope.follows and is_followed(of)
                return self.scope.entities.get(of.type.entity or "") if follows else None

    def field_of(self, node: syntax.Member, owner: str, fields: Types, key: ValueKey) -> Bound:
        scope, name, field_name = key
        type_ = self.known_field(node, owner, fields)
        return Bound(scope=cast("ScopeName", scope), name=name, field=field_name, type=type_)

    def known_field(self, node: syntax.Member, owner: str, fields: Types) -> Type:
        if node.name not in fields:
            raise wrong(
                "AC3053",
                f'"{owner}" has no field "{node.name}"',
                self.member_name(node),
                help=nearest(node.name, fields),
            )
        return fields[node.name]

    def member_name(self, node: syntax.Member) -> syntax.Node:
        return syntax.Node(start=node.name_start, end=node.end)

    def narrowed(self, expr: Expr) -> Expr:
        """The value without null where a test has ruled null out."""
        known = isinstance(expr, Bound | Column) and own_key(expr) in self.scope.not_null
        return replace(expr, type=expr.type.not_null()) if known else expr

    # Operators.

    def binary(self, node: syntax.Binary, expected: Type | None) -> Expr:
        match node.op:
            case "&&" | "||":
                return self.logical(node)
            case "??":
                return self.coalesced(node, expected)
            case "in":
                return self.membership(node)
            case "==" | "!=" | "<" | "<=" | ">" | ">=":
                return self.comparison(node)
            case "+" | "-" | "*" | "/" | "%":
                return self.arithmetic(node)
            case _:
                assert_never(node.op)

    def logical(self, node: syntax.Binary) -> Expr:
        try:
            left = self.condition(node.left)
        except Wrong as misfit:
            # What the left side says of null is unknown, so complaints about null on the right would mislead.
            raise Wrong((*misfit.parts, *self.complaints(node.right, but="AC3057"))) from None
        right = self.knowing(not_null_if(left, node.op == "&&")).condition(node.right)
        return Op(op=cast("Operator", node.op), args=(left, right), type=BOOLEAN)

    def complaints(self, node: Syntax, *, but: str) -> list[Part]:
        try:
            self.condition(node)
        except Wrong as misfit:
            return [part for part in misfit.parts if part.code != but]
        return []

    def coalesced(self, node: syntax.Binary, expected: Type | None) -> Expr:
        left, right = self.both(lambda: self.expr(node.left, expected), lambda: self.expr(node.right, expected))
        right = self.adapted(node.right, right, left.type)
        type_ = join(left.type.not_null(), right.type) if left.type.name != "null" else right.type
        if type_ is None:
            raise self.no_operands(node, left.type, right.type)
        return Op(op="??", args=(left, right), type=type_) if left.type.optional else left

    def conditional(self, node: syntax.Conditional, expected: Type | None) -> Expr:
        condition = self.condition(node.condition)
        yes, no = self.knowing(not_null_if(condition, True)), self.knowing(not_null_if(condition, False))
        then, otherwise = self.both(lambda: yes.expr(node.then, expected), lambda: no.expr(node.otherwise, expected))
        wanted = expected or (otherwise.type if isinstance(then, Const) else then.type)
        then, otherwise = self.adapted(node.then, then, wanted), self.adapted(node.otherwise, otherwise, wanted)
        type_ = join(then.type, otherwise.type)
        if type_ is None:
            message = f"one branch is {kind_of(then.type)}, the other {kind_of(otherwise.type)}"
            raise wrong("AC3056", message, node, rule="both branches of `?:` have one type")
        return Op(op="?:", args=(condition, then, otherwise), type=type_)

    def membership(self, node: syntax.Binary) -> Expr:
        if isinstance(node.right, syntax.Items):
            return self.one_of(node, node.right)
        item, items = self.both(lambda: self.present(node.left), lambda: self.present(node.right))
        if items.type.name in ("map", "record") and item.type.name == "text":
            return Op(op="in", args=(item, items), type=BOOLEAN)
        if items.type.name != "list" or (items.type.item and not comparable(item.type, items.type.item)):
            hint = f"write contains({self.shown(node.right)}, {self.shown(node.left)})"
            raise self.no_operands(node, item.type, items.type, hint if items.type.name == "text" else "")
        return Op(op="in", args=(item, items), type=BOOLEAN)

    def one_of(self, node: syntax.Binary, items: syntax.Items) -> Expr:
        """`x in [a, b]` is `x == a || x == b`."""
        found: Expr | None = None
        self.present(node.left)
        for item in items.items:
            equal = self.comparison(syntax.Binary(start=node.start, end=item.end, op="==", left=node.left, right=item))
            found = equal if found is None else Op(op="||", args=(found, equal), type=BOOLEAN)
        return found or Const(value=False, type=BOOLEAN)

    def comparison(self, node: syntax.Binary) -> Expr:
        total = node.op in ("==", "!=")
        take = self.anything if total else self.present
        left, right = self.both(lambda: take(node.left), lambda: take(node.right))
        left, right = self.adapted(node.left, left, right.type), self.adapted(node.right, right, left.type)
        _check_word(node.left, self.words_of(right))
        _check_word(node.right, self.words_of(left))
        fits = comparable(left.type, right.type) if total else ordered(left.type, right.type)
        if not fits:
            raise self.no_operands(node, left.type, right.type)
        return Op(op=cast("Operator", node.op), args=(left, right), type=BOOLEAN)

    def words_of(self, expr: Expr) -> tuple[str, ...]:
        """The values that an enum takes, none for anything else."""
        return self.scope.words.get(own_key(expr), ()) if isinstance(expr, Bound | Column) else ()

    def anything(self, node: Syntax) -> Expr:
        return self.expr(node, None)

    def arithmetic(self, node: syntax.Binary) -> Expr:
        left, right = self.both(lambda: self.present(node.left), lambda: self.present(node.right))
        type_ = arithmetic(node.op, left.type, right.type)
        if type_ is None:
            hint = (
                "write text(…) to make text of the other side" if TEXT.name in (left.type.name, right.type.name) else ""
            )
            raise self.no_operands(node, left.type, right.type, hint)
        return Op(op=cast("Operator", node.op), args=(left, right), type=type_)

    def no_operands(self, node: syntax.Binary, left: Type, right: Type, hint: str = "") -> Wrong:
        return wrong("AC3056", f"`{node.op}` does not take {kind_of(left)} and {kind_of(right)}", node, help=hint)

    def both(self, first: Callable[[], Expr], second: Callable[[], Expr]) -> tuple[Expr, Expr]:
        left, right = self.all_of((first, second))
        return left, right

    def all_of(self, parts: Iterable[Callable[[], Expr]]) -> list[Expr]:
        """Every part, or everything that is wrong in any of them."""
        found: list[Expr] = []
        misfits: list[Part] = []
        for part in parts:
            try:
                found.append(part())
            except Wrong as error:
                misfits += error.parts
        if misfits:
            raise Wrong(misfits)
        return found

    # Functions.

    def call(self, node: syntax.Call) -> Expr:
        if node.function in client_expressions.GIVES:
            return client_expressions.call(self, node)
        function = FUNCTIONS.get(node.function)
        if function is None:
            name = syntax.Node(start=node.start, end=node.start + len(node.function))
            raise wrong("AC3054", f'no function is named "{node.function}"', name, help=nearest(node.function, _CALLED))
        args = self.all_of([lambda arg=arg: self.argument(arg) for arg in node.args])
        self.written_out(node, args)
        if signature := signature_for(function, [arg.type for arg in args]):
            return self.applied(function, signature, args)
        given = ", ".join(kind_of(arg.type) for arg in args) or "nothing"
        raise wrong("AC3055", f"{node.function} does not take {given}", node, rule=function.usage)

    def argument(self, node: Syntax) -> Expr:
        found = self.expr(node, None)
        if found.type.optional:
            raise self.nullable(node, "a function takes no null")
        return found

    def applied(self, function: Function, signature: Signature, args: list[Expr]) -> Expr:
        fitted = tuple(
            widened(adapt(arg, to) if isinstance(arg, Const) else arg, to)
            for arg, to in ((arg, signature.param(index) or arg.type) for index, arg in enumerate(args))
        )
        result = signature.result_of(fitted[0].type if fitted else None)
        return Call(function=function.name, args=fitted, type=result)

    def written_out(self, node: syntax.Call, args: list[Expr]) -> None:
        """A pattern stands in the blueprint, and RE2 can take it."""
        place = _WRITTEN.get(node.function)
        if place is None or len(args) <= place:
            return
        pattern = args[place]
        if not isinstance(pattern, Const):
            raise wrong("AC3064", "the pattern is not written out", node.args[place], rule="patterns are the author's")
        if problem := pattern_problem(str(pattern.value)):
            raise wrong("AC3064", f"the pattern {problem}", node.args[place], rule="a pattern is one that RE2 takes")


def _outcomes(node: Syntax) -> Iterator[Syntax]:
    """The parts of an expression that may be its value."""
    match node:
        case syntax.Conditional():
            yield from _outcomes(node.then)
            yield from _outcomes(node.otherwise)
        case syntax.Binary(op="??"):
            yield from _outcomes(node.left)
            yield from _outcomes(node.right)
        case _:
            yield node


def _check_word(node: Syntax, words: tuple[str, ...]) -> None:
    if not words or not isinstance(node, syntax.Const) or node.type != "text" or node.value in words:
        return
    rule = f"the values are {', '.join(words)}"
    message = f'"{node.value}" is none of the values'
    raise wrong("AC3060", message, node, rule=rule, help=nearest(str(node.value), words))


_SHOWN_AS_TEXT = {signature.params[0].name for signature in FUNCTIONS["text"].signatures}
_LITERAL_TYPES: dict[str, Type] = {
    "text": TEXT,
    "integer": INTEGER,
    "decimal": DECIMAL,
    "boolean": BOOLEAN,
    "null": NULL,
    "duration": DURATION,
}


def _checked(node: syntax.Const) -> str | int | bool | None:
    match node.type, node.value:
        case "integer", int() as number:
            return checked_integer(number)
        case "decimal", str() as text:
            return checked_decimal(text)
        case _, value:
            return value


def _origin(expr: Expr) -> str:
    match expr:
        case Column():
            return "a field of the row"
        case Bound(scope="local"):
            return "a computed value"
        case Bound(scope="row"):
            return "a row that an effect bound"
        case Bound(scope="item"):
            return "an item of a list"
        case Bound():
            return "the caller"
        case _:
            return "the time of the operation"

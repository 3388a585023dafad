"""Finds conditions that can never hold: contradictions with themselves, or with what was required before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import ClassVar

from autocoder.ir.behaviour import BoundRow, Change, Choose, Find, Match, Remove, Require, Step, Steps
from autocoder.ir.behaviour import List as ListStep
from autocoder.ir.expressions import Bound, Call, Column, Const, Expr, Get, Now, Op, Over, Record, conjuncts, parts
from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Handler, Operation
from autocoder.passes.protocol import PassContext

Key = tuple[object, ...]
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A comparison that holds at some point: of what, how, with which constant; `text` is how it reads."""

    key: Key
    op: str
    value: object
    text: str


@dataclass(frozen=True, kw_only=True)
class CheckGuards:
    """Follows each behaviour: what a read and a `require` establish holds until the row is changed."""

    name: ClassVar[str] = "check-guards"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        for behaviour in (*graph.of_kind(Operation), *graph.of_kind(Handler)):
            part = "operations" if isinstance(behaviour, Operation) else "handlers"
            following = _Following()
            following.steps(behaviour.steps)
            for one, other in following.found:
                subject = f"{part}.{behaviour.name}"
                both = f"`{one}` and `{other}`" if other else f"`{one}`"
                context.diagnostics.error(
                    "AC3161",
                    f"{subject}: {both} can never hold{' together' if other else ''}",
                    context.place("architecture", part, behaviour.name, "effects"),
                    subject=subject,
                    value=one,
                    rule="a condition that never holds is a mistake: what follows it never happens",
                    help="correct one of the conditions, or remove what can never happen",
                )
        return graph


@dataclass(kw_only=True)
class _Following:
    facts: list[Fact] = field(default_factory=list[Fact])
    found: list[tuple[str, str]] = field(default_factory=list["tuple[str, str]"])

    def steps(self, steps: Steps) -> None:
        for step in steps:
            self.step(step)

    def step(self, step: Step) -> None:
        match step:
            case Find(match=match, bind=bind):
                self.learn(match.where, bind, keep=match.absent is not None)
            case ListStep(where=where):
                self.learn(where, None, keep=False)
            case Require(condition=condition):
                self.learn(condition, None, keep=True)
            case Choose():
                self.choose(step)
            case Change(row=row) | Remove(row=row):
                self.written(row)
            case _:
                pass

    def written(self, row: BoundRow | Match) -> None:
        """What was known of rows of this kind is not known any more."""
        if isinstance(row, Match):
            self.learn(row.where, None, keep=False)
        self.facts = [fact for fact in self.facts if "row" not in fact.key]

    def choose(self, step: Choose) -> None:
        before = list(self.facts)
        self.learn(step.condition, None, keep=True)
        self.steps(step.then)
        self.facts = list(before)
        self.steps(step.otherwise)
        self.facts = before

    def learn(self, condition: Expr | None, bind: str | None, *, keep: bool) -> None:
        """Compares a condition with itself and with what is known; `bind` names the row that its columns belong to."""
        known = list(self.facts)
        for part in conjuncts(condition):
            if isinstance(part, Const) and part.value is False:
                self.found.append(("false", ""))
            for fact in _facts(part, bind):
                against = next((other for other in known if contradict(fact, other)), None)
                if against is not None:
                    self.found.append((against.text, fact.text))
                known.append(fact)
        if keep:
            self.facts = known if bind is not None or condition is not None else self.facts


def _facts(part: Expr, bind: str | None) -> Iterator[Fact]:
    """The comparison of something with a constant, or of two things with each other."""
    if not isinstance(part, Op) or part.op not in _TURNED:
        return
    left, right = part.args
    op = str(part.op)
    if isinstance(left, Const):
        left, right, op = right, left, _TURNED[op]
    if isinstance(right, Const) and not isinstance(left, Const):
        yield Fact(key=_key(left, bind), op=op, value=right.value, text=f"{_text(left)} {op} {_text(right)}")
    elif not isinstance(right, Const) and op in ("==", "!="):
        key = ("pair", *sorted((repr(_key(left, bind)), repr(_key(right, bind)))), *_rows((left, right), bind))
        yield Fact(key=key, op=op, value=True, text=f"{_text(left)} {op} {_text(right)}")


def _rows(sides: Iterable[Expr], bind: str | None) -> tuple[str, ...]:
    return ("row",) if any("row" in _key(side, bind) for side in sides) else ()


def _key(expr: Expr, bind: str | None) -> Key:
    """What makes two expressions the same value, whatever type each was given in its place."""
    match expr:
        case Column(field=name):
            return ("row", bind, name) if bind else ("column", name)
        case Bound(scope=scope, name=name, field=name_of):
            return (scope, name, name_of)
        case Const(value=value):
            return ("const", value)
        case Now():
            return ("now",)
        case Op(op=op, args=args):
            return ("row" if any("row" in _key(a, bind) for a in args) else "op", op, *(_key(a, bind) for a in args))
        case Call(function=function, args=args):
            return (
                "row" if any("row" in _key(a, bind) for a in args) else "call",
                function,
                *(_key(a, bind) for a in args),
            )
        case Get(field=name) | Over(op=name):
            inner = tuple(_key(part, bind) for part in parts(expr))
            return ("row" if any("row" in key for key in inner) else expr.kind, name, *inner)
        case Record(values=values):
            inner = tuple(_key(value, bind) for _, value in values)
            return ("row" if any("row" in key for key in inner) else "record", *(name for name, _ in values), *inner)


def _text(expr: Expr) -> str:
    match expr:
        case Column(field=name):
            return name
        case Bound(scope="row" | "local" as scope, name=name, field=name_of):
            return f"{name}.{name_of}" if name_of and scope == "row" else name
        case Bound(scope=scope, name=name, field=name_of):
            return f"{scope}.{name_of or name}"
        case Const(value=value):
            return f"'{value}'" if isinstance(value, str) else str(value).lower()
        case Now():
            return "now"
        case Op(op=op):
            return f"(… {op} …)"
        case Call(function=function) | Over(op=function):
            return f"{function}(…)"
        case Get(of=of, field=name):
            return f"{_text(of)}.{name}"
        case Record():
            return "{…}"


def contradict(one: Fact, other: Fact) -> bool:
    """Whether two comparisons of the same value exclude each other."""
    if one.key != other.key:
        return False
    if {one.op, other.op} == {"==", "!="}:
        return one.value == other.value
    if one.op == other.op == "==":
        return one.value != other.value
    if "!=" in (one.op, other.op):
        return False
    values = [_number(fact.value) for fact in (one, other)]
    if values[0] is None or values[1] is None:
        return False
    low, high = _range((one.op, values[0]), (other.op, values[1]))
    return low[0] > high[0] or (low[0] == high[0] and (low[1] or high[1]))


def _number(value: object) -> Decimal | None:
    """A number; text that is one (decimals are kept as text) counts."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _range(*bounds: tuple[str, Decimal]) -> tuple[tuple[Decimal, bool], tuple[Decimal, bool]]:
    """The highest lower and the lowest upper bound, and whether each excludes itself."""
    lows = [(value, op == ">") for op, value in bounds if op in (">", ">=", "==")]
    highs = [(value, op == "<") for op, value in bounds if op in ("<", "<=", "==")]
    unbounded = (Decimal("-Infinity"), False), (Decimal("Infinity"), False)
    return max(lows, default=unbounded[0]), min(highs, key=lambda bound: (bound[0], not bound[1]), default=unbounded[1])

"""Refuses a reply that shows a field to callers who may not see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

from autocoder.ir.behaviour import Choose, Each, Find, Invoke, Let, List, Reply, Require, Step, Steps, expressions
from autocoder.ir.expressions import Bound, Column, Const, Expr, Get, Op, Over, Record, conjuncts, parts, rewrite, walk
from autocoder.ir.graph import Graph
from autocoder.ir.lower_access import references
from autocoder.ir.nodes import Auth, Entity, Operation
from autocoder.passes.protocol import PassContext

Key = frozenset[object]
"""What a comparison compares, whichever stands first."""


@dataclass(frozen=True)
class Need:
    """A field that is shown, and the comparisons each of which would allow it."""

    field: str
    any_of: frozenset[Key]


@dataclass(frozen=True, kw_only=True)
class CheckVisibility:
    """A field that not everybody sees stands in a reply behind a condition that says who asks."""

    name: ClassVar[str] = "check-visibility"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        entities = {e.name: e for e in graph.of_kind(Entity)}
        auth = next(iter(graph.of_kind(Auth)), None)
        if auth is None or not any(f.visible for e in entities.values() for f in e.fields):
            return graph
        for operation in graph.of_kind(Operation):
            for shown in sorted({need.field for need in Reading(entities=entities, auth=auth).steps(operation.steps)}):
                subject = f"operations.{operation.name}"
                context.diagnostics.error(
                    "AC3223",
                    f"{subject}: the reply shows {shown} to callers who may not see it",
                    context.place("architecture", "operations", operation.name, "output"),
                    subject=subject,
                    value=shown,
                    rule="its `visible` says who sees it; a row that is answered as a whole keeps to that",
                    help="answer with the row, test who asks (`caller.role == 'admin' ? row.field : null`), or state "
                    "it under `access`",
                )
        return graph


@dataclass(kw_only=True)
class Reading:
    """What is known, and what is read, along the steps of an operation."""

    entities: Mapping[str, Entity]
    auth: Auth
    rows: dict[str, str] = field(default_factory=dict[str, str])
    facts: list[Expr] = field(default_factory=list[Expr])
    of_lists: dict[str, list[Expr]] = field(default_factory=dict[str, list[Expr]])
    held: dict[str, frozenset[Need]] = field(default_factory=dict[str, frozenset[Need]])

    def steps(self, steps: Steps) -> Iterator[Need]:
        """Everything that a reply shows and nothing allows."""
        for step in steps:
            yield from self._step(step)

    def _step(self, step: Step) -> Iterator[Need]:
        match step:
            case Reply():
                for expr in expressions(step):
                    yield from self.shown(expr)
            case Require(condition=condition):
                self.facts += conjuncts(condition)
            case Let(name=name, value=value):
                self.held[name] = frozenset(self.shown(value))
            case Invoke(bind=name, args=args):
                self.held[name] = frozenset(need for _, value in args for need in self.shown(value))
            case Choose(condition=condition, then=then, otherwise=otherwise):
                before = list(self.facts)
                self.facts += conjuncts(condition)
                yield from self.steps(then)
                self.facts = before
                yield from self.steps(otherwise)
            case Each(item=item, body=body, rows_of=entity):
                self.rows[item] = entity
                yield from self.steps(body)
            case Find() | List():
                self._bound(step)
            case _:
                if bind := getattr(step, "bind", None):
                    self.rows[bind] = str(
                        getattr(step, "entity", "") or getattr(getattr(step, "row", None), "entity", "")
                    )

    def _bound(self, step: Find | List) -> None:
        """Remembers what a condition says of the rows that it selects, and fields that groups are made of."""
        where = step.match.where if isinstance(step, Find) else step.where
        if isinstance(step, Find):
            self.rows[step.bind] = step.match.entity
            self.facts += [
                _about(part, Bound(scope="row", name=step.bind, type=part.type)) for part in conjuncts(where)
            ]
            return
        self.of_lists[step.bind] = list(conjuncts(where))
        if step.values:
            used = sorted(_columns(step))
            needs = (self.need(step.entity, name, None) for name in used)
            self.held[step.bind] = frozenset(need for need in needs if need is not None)

    def shown(self, expr: Expr) -> Iterator[Need]:  # noqa: C901 # one arm a form
        """The fields that an expression shows and that nothing known allows."""
        match expr:
            case Op(op="?:", args=(condition, then, otherwise)):
                yield from self.shown(condition)
                yield from self._knowing(condition, then)
                yield from self.shown(otherwise)
            case Op(op="&&", args=(first, second)):
                yield from self.shown(first)
                yield from self._knowing(first, second)
            case Op(op="==" | "!=", args=(Bound(field=""), Const(value=None))):
                return
            case Over(items=items, item=item, body=body):
                yield from self._items(items, item, body)
            case Bound(scope="local", name=name) if name in self.held:
                yield from (need for need in self.held[name] if not self._allowed(need))
            case Bound(scope="row" | "item" | "caller", field=name) if name:
                entity = self.auth.entity if expr.scope == "caller" else self.rows.get(expr.name, "")
                yield from self._read(self.need(entity, name, expr))
            case Get(of=of, field=name) if of.type.name == "row":
                yield from self._read(self.need(of.type.entity or "", name, None))
            case Record(values=values):
                for _, value in values:
                    yield from self.shown(value)
            case _:
                for part in parts(expr):
                    yield from self.shown(part)

    def _items(self, items: Expr, item: str, body: Expr) -> Iterator[Need]:
        if items.type.item is not None and items.type.item.entity:
            self.rows[item] = items.type.item.entity
        else:
            yield from self.shown(items)
        listed = self.of_lists.get(items.name, []) if isinstance(items, Bound) else []
        before = list(self.facts)
        self.facts += [_about(part, Bound(scope="item", name=item, type=part.type)) for part in listed]
        yield from self.shown(body)
        self.facts = before

    def _knowing(self, condition: Expr, then: Expr) -> Iterator[Need]:
        before = list(self.facts)
        self.facts += conjuncts(condition)
        yield from self.shown(then)
        self.facts = before

    def _read(self, need: Need | None) -> Iterator[Need]:
        if need is not None and not self._allowed(need):
            yield need

    def _allowed(self, need: Need) -> bool:
        return any(_implies(fact, need.any_of) for fact in self.facts)

    def need(self, entity: str, name: str, bound: Bound | None) -> Need | None:
        """What must be known where a field of a row is shown; None where everybody sees it, or the caller's own."""
        known = self.entities.get(entity)
        f = next((f for f in known.fields if f.name == name), None) if known else None
        if known is None or f is None or f.visible is None:
            return None
        if f.visible.owner and bound is not None and bound.scope == "caller":
            return None
        role = ("caller", "caller", self.auth.role)
        found: set[Key] = {frozenset({role, value}) for value in f.visible.roles}
        if f.visible.owner and bound is not None and len(owners := references(known, self.auth.entity)) == 1:
            found.add(frozenset({(bound.scope, bound.name, owners[0]), ("caller", "caller", "id")}))
        return Need(f"{entity}.{name}", frozenset(found))


def _columns(step: List) -> set[str]:
    """The fields that groups are made of."""
    made_of = (expr for _, v in step.values for expr in (v.of, v.where) if expr is not None)
    grouped = (value for _, value in step.group)
    return {node.field for expr in (*grouped, *made_of) for node in walk(expr) if isinstance(node, Column)}


def _about(part: Expr, bound: Bound) -> Expr:
    """A condition over rows as one about a row that it selected."""
    return rewrite(part, lambda n: replace(bound, field=n.field, type=n.type) if isinstance(n, Column) else n)


def _implies(fact: Expr, any_of: frozenset[Key]) -> bool:
    match fact:
        case Op(op="||", args=args):
            return all(_implies(arg, any_of) for arg in args)
        case Op(op="&&", args=args):
            return any(_implies(arg, any_of) for arg in args)
        case Op(op="==", args=(left, right)):
            return frozenset({_named(left), _named(right)}) in any_of
        case _:
            return False


def _named(value: Expr) -> object:
    match value:
        case Bound(scope=scope, name=name, field=field_):
            return (scope, name, field_)
        case Const(value=constant):
            return constant
        case _:
            return value

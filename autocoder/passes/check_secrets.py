"""Keeps secrets out of what is readable: other fields, events, and conditions that the database decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from autocoder.ir.behaviour import (
    BoundRow,
    Change,
    Emit,
    Find,
    Insert,
    List,
    Match,
    Remove,
    Step,
    expressions,
    walk_steps,
)
from autocoder.ir.expressions import Column, Const, Expr, Op, parts, walk
from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Entity, Handler, Operation
from autocoder.passes.protocol import PassContext

KEPT = ("secret", "digest")
"""Formats of fields whose columns hold no text that can be read."""


@dataclass(frozen=True, kw_only=True)
class CheckSecrets:
    """A secret is found by its digest alone, and copied into secrets alone."""

    name: ClassVar[str] = "check-secrets"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        entities = {e.name: e for e in graph.of_kind(Entity)}
        for behaviour in (*graph.of_kind(Operation), *graph.of_kind(Handler)):
            part = "operations" if isinstance(behaviour, Operation) else "handlers"
            for step in walk_steps(behaviour.steps):
                for code, problem, rule, hint in _problems(step, entities):
                    context.diagnostics.error(
                        code,
                        f"{part}.{behaviour.name}: {problem}",
                        context.place("architecture", part, behaviour.name),
                        subject=f"{part}.{behaviour.name}",
                        rule=rule,
                        help=hint,
                    )
        return graph


def _problems(step: Step, entities: Mapping[str, Entity]) -> Iterator[tuple[str, str, str, str]]:
    for name in sorted({*_decided(step), *_arranged(step, entities)}):
        rule = "the database holds it encrypted, under a different text in each row"
        hint = f"give {name} the option `lookup: true` and compare it with `==`, or keep a field of another type"
        yield "AC3221", f"the database cannot look into the secret {name}", rule, hint
    for name, value in _copied(step, entities):
        if secret := next(revealed(value), ""):
            rule = "what is no secret is kept as it is, and an event is a row until it is delivered"
            hint = "make that field a secret too, or name the row by its id"
            yield "AC3222", f"{name} would hold the secret {secret} for everyone to read", rule, hint


def _decided(step: Step) -> Iterator[str]:
    """Secrets of which a condition or a value of the database is made."""
    match step:
        case Find(match=Match(where=where)) | List(where=where) | Remove(row=Match(where=where)):
            found = [where]
        case Change(row=Match(where=where), values=values):
            found = [where, *(value for _, value in values)]
        case Insert(taken=tuple() as values):
            found = [value for _, value in values]
        case _:
            found = []
    for expr in found:
        yield from _columns(expr) if expr is not None else ()


def _columns(expr: Expr) -> Iterator[str]:
    match expr:
        case Column(field=name, type=type_):
            if type_.format == "secret":
                yield name
        case Op(op="==" | "!=", args=(Column(), Const(value=None)) | (Const(value=None), Column())):
            return
        case _:
            for part in parts(expr):
                yield from _columns(part)


def _arranged(step: Step, entities: Mapping[str, Entity]) -> Iterator[str]:
    """Secrets by which a list is ordered, grouped or summed up."""
    if not isinstance(step, List):
        return
    entity = entities[step.entity]
    names = {key.field for key in step.order}
    yield from (f.name for f in entity.fields if f.name in names and f.type.format == "secret" and not step.values)
    worked_out = expressions(step) if step.values else (key.by for key in step.order if key.by is not None)
    for expr in worked_out:
        yield from (n.field for n in walk(expr) if isinstance(n, Column) and n.type.format == "secret")


def _copied(step: Step, entities: Mapping[str, Entity]) -> Iterator[tuple[str, Expr]]:
    """Each value that is kept in the open, by what keeps it."""
    match step:
        case Insert(entity=name, values=values) | Change(row=BoundRow(entity=name) | Match(entity=name), values=values):
            open_ = {f.name for f in entities[name].fields if f.type.format not in (*KEPT, "password", "token")}
            yield from ((f"{name}.{field}", value) for field, value in values if field in open_)
        case Emit(event=event, values=values):
            yield from ((f"the event {event}", value) for _, value in values)
        case _:
            pass


def revealed(expr: Expr) -> Iterator[str]:
    """The secrets that an expression shows; whether two are equal shows neither."""
    match expr:
        case Op(op="==" | "!="):
            return
        case _ if expr.type.format == "secret":
            yield getattr(expr, "field", "") or getattr(expr, "name", "")
        case _:
            for part in parts(expr):
                yield from revealed(part)

"""What a read with a cache keeps: by which key, which fields, and which writes make it old."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from autocoder.ir.behaviour import BoundRow, Change, Find, Insert, Remove, Reply, Step, Steps, expressions, walk_steps
from autocoder.ir.expressions import Bound, Column, Const, Expr, Op, conjuncts, fixed_columns, walk
from autocoder.ir.nodes import Entity


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A cached read: the behaviour that it stands in, the unique key that finds the row with the values of the key,
    the rest of the condition, and the fields and computed values that are kept of the row.
    """

    behaviour: str
    find: Find
    key: tuple[str, ...]
    values: tuple[Expr, ...]
    rest: tuple[Expr, ...]
    fields: tuple[str, ...]
    computed: tuple[str, ...] = ()

    @property
    def entity(self) -> str:
        """The entity of the row."""
        return self.find.match.entity

    def is_old_after(self, written: frozenset[str] | None) -> bool:
        """Whether a write of these fields, or of the whole row (None), changes what is kept."""
        return written is None or bool(written & {*self.fields, *self.key})


def kept_reads(behaviour: str, steps: Steps, entities: Mapping[str, Entity]) -> list[Kept]:
    """The cached reads of a behaviour. One that fixes no unique key keeps nothing."""
    found: list[Kept] = []
    for step in walk_steps(steps):
        if isinstance(step, Find) and step.keep_us:
            entity = entities[step.match.entity]
            key = key_of(step, entity)
            if key:
                fields, computed = _read(step.bind, steps, entity, step)
                values, rest = _split(step.match.where, key)
                found.append(
                    Kept(
                        behaviour=behaviour,
                        find=step,
                        key=key,
                        values=values,
                        rest=rest,
                        fields=fields,
                        computed=computed,
                    )
                )
    return found


def key_of(find: Find, entity: Entity) -> tuple[str, ...]:
    """The unique key that a read fixes, () where it fixes none."""
    fixed = fixed_columns(find.match.where)
    return () if find.order else next((key for key in entity.unique_keys if set(key) <= fixed), ())


def _split(where: Expr | None, key: tuple[str, ...]) -> tuple[tuple[Expr, ...], tuple[Expr, ...]]:
    """The values of the key, and the rest of the condition."""
    values: dict[str, Expr] = {}
    rest: list[Expr] = []
    for part in conjuncts(where):
        match part:
            case Op(op="==", args=(Column(field=name), value)) | Op(op="==", args=(value, Column(field=name))) if (
                name in key and name not in values and not any(isinstance(node, Column) for node in walk(value))
            ):
                values[name] = value
            case _:
                rest.append(part)
    return tuple(values[name] for name in key), tuple(rest)


def _read(bind: str, steps: Steps, entity: Entity, find: Find) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The fields and computed values of a row that a behaviour reads: all that are shown where the row itself is."""
    names = {
        node.field
        for part in _split(find.match.where, key_of(find, entity))[1]
        for node in walk(part)
        if isinstance(node, Column)
    }
    whole = False
    for step in walk_steps(steps):
        whole |= isinstance(step, Reply) and step.view == bind
        for expr in expressions(step):
            compared = {id(node) for test in walk(expr) for node in _compared_with_null(test)}
            for node in walk(expr):
                if isinstance(node, Bound) and node.scope == "row" and node.name == bind:
                    names |= {node.field} if node.field else set()
                    whole |= not node.field and id(node) not in compared
    shown = {f.name for f in entity.fields if not f.hidden} if whole else set[str]()
    computed = tuple(name for name, _ in entity.computed) if whole else ()
    return tuple(f.name for f in entity.fields if f.name in names | shown), computed


def _compared_with_null(node: Expr) -> Iterable[Expr]:
    match node:
        case Op(op="==" | "!=", args=(Bound() as row, Const(value=None))):
            return (row,)
        case Op(op="==" | "!=", args=(Const(value=None), Bound() as row)):
            return (row,)
        case _:
            return ()


def writes_row(step: Step, entity: str) -> bool:
    """Whether a step changes or removes rows of an entity that are there."""
    match step:
        case Change(row=row) | Remove(row=row):
            return row.entity == entity
        case Insert(entity=name, taken=taken):
            return name == entity and isinstance(taken, tuple)
        case _:
            return False


def row_of(step: Step) -> str | None:
    """The bound row that a step changes, or that stands for the one that it changed; None for many."""
    match step:
        case Change(row=BoundRow(bind=bind)) | Remove(row=BoundRow(bind=bind)):
            return bind
        case Change(bind=bind):
            return bind
        case Insert(bind=bind):
            return bind
        case _:
            return None

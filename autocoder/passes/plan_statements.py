"""Plans each behaviour as statements: a read that only feeds a change becomes one `UPDATE … RETURNING`.

Any other row that is read and then written is locked when it is read, so that no concurrent change is lost. Fields
that conditions compare with a value get an index. A call runs outside of the transaction: a row that was read before it
and is written after it is read again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from autocoder.ir.behaviour import (
    Ask,
    BoundRow,
    Change,
    Choose,
    Each,
    Find,
    Let,
    List,
    Remove,
    Step,
    Steps,
    walk_steps,
)
from autocoder.ir.expressions import Bound, Column, Expr, Op, Over, fixed_columns, is_computed_integer, rewrite, walk
from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Entity, Handler, Operation
from autocoder.ir.pushdown import impossible, limits_of, too_large
from autocoder.ir.types import BOOLEAN, UUID, list_of, row
from autocoder.passes.indexes import derive_indexes
from autocoder.passes.protocol import PassContext


@dataclass(frozen=True, kw_only=True)
class PlanStatements:
    """Sets `plan` of every operation and handler, and `indexes` of every entity."""

    name: ClassVar[str] = "plan-statements"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        del context
        entities = {e.name: e for e in graph.of_kind(Entity)}
        behaviours = (*graph.of_kind(Operation), *graph.of_kind(Handler))
        planned = [replace(b, plan=_planned(b.steps, entities)) for b in behaviours]
        plans: dict[str, list[Steps]] = {name: [] for name in entities}
        for behaviour in planned:
            for name in {named for step in walk_steps(behaviour.plan) for named in _about(step)}:
                plans[name].append(behaviour.plan)
        indexed = [replace(e, indexes=derive_indexes(e, plans[e.name])) for e in entities.values()]
        return graph.having([*planned, *indexed])


def _planned(steps: Steps, entities: dict[str, Entity]) -> Steps:
    last = max((n for n, step in enumerate(steps) if any(isinstance(s, Ask) for s in walk_steps((step,)))), default=-1)
    before, after = steps[: last + 1], steps[last + 1 :]
    written = _sources(_written(after), before)
    return (*before, *_locked(_fused((*_read_again(before, written), *after), entities), written))


def _read_again(before: Steps, written: set[str]) -> Steps:
    """Reads the rows anew that were found before a call and are written after it."""
    found: list[Find | List] = []
    for step in walk_steps(before):
        match step:
            case Find(bind=bind, match=match) if bind in written:
                found.append(Find(match=replace(match, where=_same_row(bind)), bind=bind))
            case List(bind=bind, entity=entity, order=order) if bind in written:
                found.append(List(entity=entity, where=_same_rows(entity, bind), bind=bind, order=order))
            case _:
                pass
    return tuple(found)


def _same_row(bind: str) -> Expr:
    row_id = Bound(scope="row", name=bind, field="id", type=UUID)
    return Op(op="==", args=(Column(field="id", type=UUID), row_id), type=BOOLEAN)


def _same_rows(entity: str, bind: str) -> Expr:
    rows = Bound(scope="local", name=bind, type=list_of(row(entity)))
    row_id = Bound(scope="item", name="found", field="id", type=UUID)
    ids = Over(op="map", items=rows, item="found", body=row_id, type=list_of(UUID))
    return Op(op="in", args=(Column(field="id", type=UUID), ids), type=BOOLEAN)


def _written(steps: Steps) -> set[str]:
    """The bound rows that steps change or remove, and the lists that these are taken of."""
    found = {
        step.row.bind
        for step in walk_steps(steps)
        if isinstance(step, Change | Remove) and isinstance(step.row, BoundRow)
    }
    return _sources(found, steps)


def _sources(names: set[str], steps: Steps) -> set[str]:
    """The names, and those that these are made of."""
    found = set(names)
    for step in reversed([*walk_steps(steps)]):
        match step:
            case Each(item=name, items=value) | Let(name=name, value=value) if name in found:
                found |= {node.name for node in walk(value) if isinstance(node, Bound)}
            case _:
                pass
    return found


def _about(step: Step) -> tuple[str, ...]:
    """The entity whose rows a step looks up, if any."""
    match step:
        case Find(match=match):
            return (match.entity,)
        case List(entity=entity):
            return (entity,)
        case Change(row=row) | Remove(row=row):
            return (row.entity,)
        case _:
            return ()


def _fused(steps: Steps, entities: dict[str, Entity]) -> Steps:
    done: list[Step] = []
    for step in steps:
        before = done[-1] if done else None
        if isinstance(before, Find) and isinstance(step, Change) and _fusible(before, step, entities):
            values = tuple((name, _in_sql(value, before.bind)) for name, value in step.values)
            done[-1] = Change(row=before.match, values=values, bind=before.bind)
        else:
            done.append(step)
    return tuple(done)


def _fusible(found: Find, change: Change, entities: dict[str, Entity]) -> bool:
    """One row by a unique key, absent is a failure, and nothing but its own columns and values at hand is set."""
    fixed = fixed_columns(found.match.where)
    entity = entities[found.match.entity]
    keyed = any(set(key) <= fixed for key in entity.unique_keys)
    same = isinstance(change.row, BoundRow) and change.row.bind == found.bind
    plain = not any(_asks_what_was_sent(value) for _, value in change.values)
    in_sql = [_in_sql(value, found.bind) for _, value in change.values]
    plain = plain and not any(_may_fail_at_hand(value) for value in in_sql)
    plain = plain and not any(any(impossible(v)) or any(too_large(v, limits_of(entity), stored=True)) for v in in_sql)
    return keyed and same and plain and found.match.absent is not None and not found.order


def _asks_what_was_sent(value: Expr) -> bool:
    return any(getattr(node, "function", "") == "sent" for node in walk(value))


def _may_fail_at_hand(value: Expr) -> bool:
    """Whether a part is worked out before the statement and may fail then, although there may be no row at all."""
    return any(
        (is_computed_integer(node) or (isinstance(node, Op) and node.op in ("/", "%")))
        and not any(isinstance(inner, Column) for inner in walk(node))
        for node in walk(value)
    )


def _in_sql(value: Expr, bind: str) -> Expr:
    def change(node: Expr) -> Expr:
        match node:
            case Bound(scope="row", name=name, field=field) if name == bind and field:
                return Column(field=field, type=node.type)
            case _:
                return node

    return rewrite(value, change)


def _locked(steps: Steps, written: set[str]) -> Steps:
    return tuple(_lock(step, written) for step in steps)


def _lock(step: Step, written: set[str]) -> Step:
    match step:
        case Find() if step.bind in written:
            return replace(step, lock=True)
        case List() if step.bind in written and not (step.values or step.rank):
            return replace(step, lock=True)
        case Choose():
            then, otherwise = (tuple(_lock(s, written) for s in side) for side in (step.then, step.otherwise))
            return replace(step, then=then, otherwise=otherwise)
        case Each():
            return replace(step, body=tuple(_lock(s, written) for s in step.body))
        case _:
            return step

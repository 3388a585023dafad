"""Which indexes an entity needs: read from the conditions that look its rows up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from autocoder.ir.behaviour import Change, Find, List, Match, Remove, Steps, walk_steps
from autocoder.ir.expressions import Column, Expr, Op, conjuncts, fixed_columns, walk
from autocoder.ir.nodes import Entity

Index = tuple[str, ...]
_RANGES = ("<", "<=", ">", ">=")


def derive_indexes(entity: Entity, plans: Iterable[Steps]) -> tuple[Index, ...]:
    """The fields of each index: stated ones, references, and for each condition its fixed fields and then one range.

    There is none for what a unique key or a longer index serves already, nor for a boolean, which selects too much.
    """
    stated = [(f.name,) for f in entity.fields if f.indexed or f.type.entity]
    wanted = dict.fromkeys([*stated, *(i for plan in plans for i in _looked_up(entity, plan) if i)])
    kept = [i for i in wanted if not any(_serves(key, i) for key in entity.unique_keys)]
    return tuple(i for i in kept if not any(_serves(other, i) for other in kept if other != i))


def _serves(longer: Index, index: Index) -> bool:
    return longer[: len(index)] == index


def _looked_up(entity: Entity, plan: Steps) -> Iterator[Index]:
    for where in _conditions(entity.name, plan):
        fixed = fixed_columns(where)
        if any(set(key) <= fixed for key in entity.unique_keys):
            continue
        usable = [f.name for f in entity.fields if f.type.name not in ("boolean", "list") and f.type.format != "secret"]
        ranges = _ranges(where) - fixed
        yield (*(f for f in usable if f in fixed), *[f for f in usable if f in ranges][:1])


def _conditions(entity: str, plan: Steps) -> Iterator[Expr | None]:
    for step in walk_steps(plan):
        match step:
            case Find(match=Match(entity=name, where=where)) | List(entity=name, where=where) if name == entity:
                yield where
            case Change(row=Match(entity=name, where=where)) | Remove(row=Match(entity=name, where=where)):
                if name == entity:
                    yield where
            case _:
                pass


def _ranges(where: Expr | None) -> frozenset[str]:
    """The columns that a condition bounds by a value."""
    found: set[str] = set()
    for part in conjuncts(where):
        match part:
            case Op(op=op, args=(Column() as column, other) | (other, Column() as column)) if op in _RANGES:
                if not any(isinstance(node, Column) for node in walk(other)):
                    found.add(column.field)
            case _:
                pass
    return frozenset(found)

"""Guards over other rows: what a behaviour looks at before it adds a row of the same kind.

Two such behaviours at once would both find nothing in their way. Owns which rows that is about; the service lets one
in after the other.
"""

from __future__ import annotations

from autocoder.ir.behaviour import Choose, Find, Insert, List, Match, Require, Step, Steps, expressions, walk_steps
from autocoder.ir.expressions import Bound, walk


def looked_at(steps: Steps) -> tuple[str, ...]:
    """The entities whose rows are listed, required to be so, and then added to, and those of which one is added where
    it is not there yet; in order of the alphabet.
    """
    listed: dict[str, str] = {}
    required: set[str] = set()
    found = set(added_where_absent(steps))
    for step in walk_steps(steps):
        match step:
            case List(bind=bind, entity=entity):
                listed[bind] = entity
            case Require():
                required |= {listed[name] for name in _named(step) & listed.keys()}
            case Insert(entity=entity) if entity in required:
                found.add(entity)
            case _:
                pass
    return tuple(sorted(found))


def added_where_absent(steps: Steps) -> frozenset[str]:
    """The entities of which a row is added on a condition about one that may be absent."""
    sought: dict[str, str] = {}
    found: set[str] = set()
    for step in walk_steps(steps):
        match step:
            case Find(bind=bind, match=Match(entity=entity, absent=None)):
                sought[bind] = entity
            case Choose(then=then, otherwise=otherwise):
                about = {sought[name] for name in _named(step) & sought.keys()}
                added = {s.entity for s in walk_steps((*then, *otherwise)) if isinstance(s, Insert)}
                found |= about & added
            case _:
                pass
    return frozenset(found)


def _named(step: Step) -> set[str]:
    return {n.name for e in expressions(step) for n in walk(e) if isinstance(n, Bound)}

"""Guards over other rows: what a behaviour looks at before it adds a row of the same kind.

Two such behaviours at once would both find nothing in their way. Owns which rows that is about; the service lets one
in after the other.
"""

from __future__ import annotations

from autocoder.ir.behaviour import Insert, List, Require, Steps, expressions, walk_steps
from autocoder.ir.expressions import Bound, walk


def looked_at(steps: Steps) -> tuple[str, ...]:
    """The entities whose rows are listed, required to be so, and then added to; in order of the alphabet."""
    listed: dict[str, str] = {}
    required: set[str] = set()
    found: set[str] = set()
    for step in walk_steps(steps):
        match step:
            case List(bind=bind, entity=entity):
                listed[bind] = entity
            case Require():
                named = {n.name for e in expressions(step) for n in walk(e) if isinstance(n, Bound)}
                required |= {listed[name] for name in named & listed.keys()}
            case Insert(entity=entity) if entity in required:
                found.add(entity)
            case _:
                pass
    return tuple(sorted(found))

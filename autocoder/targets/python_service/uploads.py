"""What the skeletons ask for where a service keeps files: which fields are files, and how large a request may be."""

from __future__ import annotations

from typing import Any

from autocoder.ir.behaviour import Match, Remove, walk_steps
from autocoder.ir.limits import most_bytes
from autocoder.ir.nodes import Field, Input, Operation
from autocoder.ir.views import Views
from autocoder.targets.python_service.expressions import literal
from autocoder.targets.python_service.names import attribute, model, row_attribute
from autocoder.targets.python_service.schemas import replies_of

ENVELOPE_BYTES = 100_000
"""What a form may hold beside its files."""


def file_fields(views: Views) -> dict[str, tuple[str, ...]]:
    """Entity to its fields that are files, of those that have any."""
    found = {e.name: tuple(f.name for f in e.fields if f.type.format == "file") for e in views.entities}
    return {name: fields for name, fields in found.items() if fields}


def uploads(operation: Operation) -> tuple[Input, ...]:
    """The inputs of an operation that are files."""
    return tuple(i for i in operation.inputs if i.type.format == "file")


def cascades(views: Views) -> dict[str, tuple[tuple[str, str], ...]]:
    """Entity to the entities whose rows go with its own, and by which reference, where files go with them too."""
    going = {
        e.name: {(child.name, f.name) for child in views.entities for f in child.fields if _goes(f, e.name)}
        for e in views.entities
    }
    holding = set(file_fields(views))
    while more := {
        name for name, found in going.items() if name not in holding and any(c in holding for c, _ in found)
    }:
        holding |= more
    kept = {name: tuple(sorted((c, f) for c, f in found if c in holding)) for name, found in going.items()}
    return {name: found for name, found in kept.items() if found}


def _goes(f: Field, parent: str) -> bool:
    return f.type.entity == parent and f.on_delete == "cascade"


def _removes_many(views: Views) -> bool:
    """Whether a statement deletes rows that files go with."""
    steps = (step for b in (*views.operations, *views.handlers) for step in walk_steps(b.steps))
    touched = {*file_fields(views), *cascades(views)}
    return any(
        isinstance(step, Remove) and isinstance(step.row, Match) and step.row.entity in touched for step in steps
    )


def keeps_files(views: Views) -> bool:
    """Whether the service has to do with files."""
    return bool(file_fields(views)) or any(uploads(operation) for operation in views.operations)


def values(views: Views) -> dict[str, Any]:
    """What the skeletons ask for."""
    fields, gone = file_fields(views), cascades(views)
    largest = max((sum(most_bytes(i.constraints) for i in uploads(o)) for o in views.operations), default=0)
    return {
        "uploads": keeps_files(views),
        "upload_bytes": f"{largest + ENVELOPE_BYTES:_}",
        "file_fields": [(model(name), _tuple(tuple(attribute(f) for f in found))) for name, found in fields.items()],
        "file_models": sorted({model(n) for n in (*fields, *gone, *(child for c in gone.values() for child, _ in c))}),
        "file_cascades": [
            (
                model(name),
                ", ".join(
                    f"({model(child)}, {literal(row_attribute(ref, views.entity(child).field(ref).type))})"
                    for child, ref in found
                )
                + ",",
            )
            for name, found in gone.items()
        ],
        "cascading": [
            (name, child, ref, f) for name, found in gone.items() for child, ref in found for f in fields.get(child, ())
        ],
        "many_files": _removes_many(views),
        "uploading": [o.name for o in views.operations if uploads(o)],
        "downloading": [o.name for o in views.operations if any(r.file is not None for r in replies_of(o))],
    }


def _tuple(names: tuple[str, ...]) -> str:
    return ", ".join(literal(name) for name in names) + ("," if len(names) == 1 else "")

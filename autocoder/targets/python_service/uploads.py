"""What the skeletons ask for where a service keeps files: which fields are files, and how large a request may be."""

from __future__ import annotations

from typing import Any

from autocoder.ir.limits import most_bytes
from autocoder.ir.nodes import Input, Operation
from autocoder.ir.views import Views
from autocoder.targets.python_service.expressions import literal
from autocoder.targets.python_service.names import attribute, model
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


def keeps_files(views: Views) -> bool:
    """Whether the service has to do with files."""
    return bool(file_fields(views)) or any(uploads(operation) for operation in views.operations)


def values(views: Views) -> dict[str, Any]:
    """What the skeletons ask for."""
    fields = file_fields(views)
    largest = max((sum(most_bytes(i.constraints) for i in uploads(o)) for o in views.operations), default=0)
    return {
        "uploads": keeps_files(views),
        "upload_bytes": f"{largest + ENVELOPE_BYTES:_}",
        "file_fields": [(model(name), _tuple(tuple(attribute(f) for f in found))) for name, found in fields.items()],
        "file_models": sorted(model(name) for name in fields),
        "uploading": [o.name for o in views.operations if uploads(o)],
        "downloading": [o.name for o in views.operations if any(r.file is not None for r in replies_of(o))],
    }


def _tuple(names: tuple[str, ...]) -> str:
    return ", ".join(literal(name) for name in names) + ("," if len(names) == 1 else "")

"""The audit: each change of a row brings a row of its own that says who did what to which, in the same transaction."""

from __future__ import annotations

from dataclasses import replace

from autocoder.ir.behaviour import BoundRow, Change, Choose, Each, Failure, Insert, Match, Remove, Step, Steps
from autocoder.ir.expressions import Bound, Const, Expr, Now
from autocoder.ir.field_types import ID_FIELD
from autocoder.ir.nodes import Entity, Field
from autocoder.ir.types import DATETIME, TEXT, UUID

AUDIT_ENTRY = "AuditEntry"
AUDIT = Entity(
    name=AUDIT_ENTRY,
    table="audit_entries",
    fields=(
        ID_FIELD,
        Field(name="at", type=DATETIME, read_only=True),
        Field(name="caller", type=UUID.or_null(), read_only=True),
        Field(name="operation", type=TEXT, read_only=True),
        Field(name="action", type=TEXT, read_only=True),
        Field(name="entity", type=TEXT, read_only=True),
        Field(name="row", type=UUID.or_null(), read_only=True),
    ),
    keys=(),
)
"""What is written down. `caller` and `row` are no references: an entry outlives both."""


def audited(steps: Steps, operation: str, caller: Expr | None) -> Steps:
    """The steps, each change of rows with its entry. `caller` is the id of whoever asks, None where nobody does.

    One row is named by its id; a change of many rows leaves one entry without one.
    """
    found: list[Step] = []
    for step in steps:
        match step:
            case Insert(entity=entity, bind=bind):
                found += [step, _entry(operation, caller, "create" if not step.key else "upsert", entity, bind)]
            case Change(row=BoundRow(entity=entity, bind=bind)):
                found += [step, _entry(operation, caller, "update", entity, bind)]
            case Change(row=Match(entity=entity)):
                found += [step, _entry(operation, caller, "update", entity, step.bind)]
            case Remove(row=BoundRow(entity=entity, bind=bind)):
                # Before it, while the row is there.
                found += [_entry(operation, caller, "delete", entity, bind), step]
            case Remove(row=Match(entity=entity)):
                found += [step, _entry(operation, caller, "delete", entity, None)]
            case Choose():
                then, otherwise = (audited(side, operation, caller) for side in (step.then, step.otherwise))
                found.append(replace(step, then=then, otherwise=otherwise))
            case Each():
                found.append(replace(step, body=audited(step.body, operation, caller)))
            case _:
                found.append(step)
    return tuple(found)


def _entry(operation: str, caller: Expr | None, action: str, entity: str, bind: str | None) -> Insert:
    nothing = Const(value=None, type=UUID.or_null())
    row = Bound(scope="row", name=bind, field="id", type=UUID) if bind else nothing
    return Insert(
        entity=AUDIT_ENTRY,
        bind="audit_entry",
        taken=Failure(failure="conflict", subject=AUDIT_ENTRY),
        values=(
            ("at", Now(type=DATETIME)),
            ("caller", caller or nothing),
            ("operation", Const(value=operation, type=TEXT)),
            ("action", Const(value=action, type=TEXT)),
            ("entity", Const(value=entity, type=TEXT)),
            ("row", row),
        ),
    )

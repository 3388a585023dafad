"""Lowers what is said of failures: `else` and `message` of an effect, and `errors` of a system or operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, get_args

from autocoder.blueprint.outputs import ErrorAnswer, Errors
from autocoder.diagnostics import nearest
from autocoder.ir.behaviour import Failure, FailureClass
from autocoder.ir.nodes import Answer
from autocoder.ir.types import INTEGER, TEXT, Type, list_of, record_of

if TYPE_CHECKING:
    from autocoder.ir.lower_behaviour import Lowering, Path

CLASSES: tuple[FailureClass, ...] = get_args(FailureClass)
STATUS: dict[FailureClass, int] = {
    "malformed": 422,
    "invalid": 422,
    "unauthenticated": 401,
    "forbidden": 403,
    "missing": 404,
    "conflict": 409,
    "limited": 429,
    "unavailable": 503,
}
"""The status of each class where nothing is stated."""
FAILURE_NAMES: dict[str, Type] = {
    "message": TEXT,
    "class": TEXT,
    "title": TEXT,
    "status": INTEGER,
    "fields": list_of(record_of((("field", TEXT), ("message", TEXT)))),
}
"""What the body of a failure may be made of."""


class Otherwise(Protocol):
    """An effect that may fail in a way that it states."""

    @property
    def otherwise(self) -> str | int | None:
        """The class or status, None where nothing is stated."""
        ...

    @property
    def message(self) -> str | None:
        """What the client reads."""
        ...


def failure_of(
    to: Lowering, effect: Otherwise, usual: FailureClass, at: Path, *, subject: str = "", message: str = ""
) -> Failure:
    """How an effect fails: as it states, else as is usual."""
    stated, said = effect.otherwise, effect.message or message or None
    if isinstance(stated, int):
        if not 400 <= stated <= 599:
            to.complain("AC3118", f"{stated} is no status of a failure", (*at, "else"), rule="from 400 to 599")
        named: dict[int, FailureClass] = {status: name for name, status in STATUS.items() if name != "malformed"}
        known: FailureClass = named.get(stated, usual)
        return Failure(failure=known, subject=subject, message=said, status=stated)
    known_class: FailureClass | None = next((name for name in CLASSES if name == stated), None)
    if stated is not None and known_class is None:
        to.complain(
            "AC3118",
            f'"{stated}" is no failure class',
            (*at, "else"),
            value=stated,
            rule=f"`else` is one of {', '.join(CLASSES)}, or a status",
            help=nearest(stated, CLASSES),
        )
    return Failure(failure=known_class or usual, subject=subject, message=said)


def answers_of(errors: Errors) -> tuple[Answer, ...]:
    """What is stated of each class of failure."""
    stated: list[tuple[FailureClass, ErrorAnswer | None]] = [(name, getattr(errors, name)) for name in CLASSES]
    return tuple(
        Answer(failure=name, status=answer.status, message=answer.message or "")
        for name, answer in stated
        if answer is not None
    )

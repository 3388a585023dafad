"""Lowers what is said of failures: `else` and `message` of an effect, and `errors` of a system or operation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, get_args

from autocoder.blueprint.outputs import ErrorAnswer, Errors
from autocoder.diagnostics import nearest
from autocoder.ir.behaviour import Failure, FailureClass
from autocoder.ir.nodes import Answer
from autocoder.ir.types import INTEGER, TEXT, Type, list_of, record_of

if TYPE_CHECKING:
    from autocoder.blueprint.fields import FieldSpec
    from autocoder.ir.lower import Blueprint
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


_RULE = f"`else` is one of {', '.join(CLASSES)}, or a status from 400 to 599"


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
    failure, problem = stated_failure(effect, usual)
    if problem is not None:
        to.complain(
            "AC3118", problem.message, (*at, "else"), value=str(effect.otherwise), rule=_RULE, help=problem.help
        )
    return replace(failure, subject=subject, message=effect.message or message or None)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong with an `else`, and what to do."""

    message: str
    help: str = ""


def stated_failure(stated: Otherwise, usual: FailureClass) -> tuple[Failure, Problem | None]:
    """The failure that `else` names, by its class or status, and what is wrong with that."""
    match stated.otherwise:
        case None:
            return Failure(failure=usual), None
        case int() as status:
            named: dict[int, FailureClass] = {status: name for name, status in STATUS.items() if name != "malformed"}
            problem = None if 400 <= status <= 599 else Problem(message=f"{status} is no status of a failure")
            return Failure(failure=named.get(status, usual), status=status), problem
        case str() as word:
            known: FailureClass | None = next((name for name in CLASSES if name == word), None)
            problem = Problem(message=f'"{word}" is no failure class', help=nearest(word, CLASSES))
            return Failure(failure=known or usual), None if known else problem


def refusal_of(blueprint: Blueprint, spec: FieldSpec, *path: str) -> Failure | None:
    """How an input fails where it is absent or refused, None as is usual."""
    if spec.otherwise is None:
        return None
    failure, problem = stated_failure(spec, "invalid")
    if problem is not None:
        blueprint.complain("AC3118", problem.message, _RULE, *path, "else", help=problem.help)
    return failure


def answers_of(errors: Errors) -> tuple[Answer, ...]:
    """What is stated of each class of failure."""
    stated: list[tuple[FailureClass, ErrorAnswer | None]] = [(name, getattr(errors, name)) for name in CLASSES]
    return tuple(
        Answer(failure=name, status=answer.status, message=answer.message or "")
        for name, answer in stated
        if answer is not None
    )

"""How failures are answered: what the skeleton `failures.py` asks for."""

from __future__ import annotations

from typing import Any

from autocoder.ir.behaviour import Failure, FailureClass, Insert, Step, walk_steps
from autocoder.ir.expressions import Bound, Expr, record_values
from autocoder.ir.lower_failures import CLASSES
from autocoder.ir.nodes import Input
from autocoder.ir.views import Views
from autocoder.targets.python_service.bindings import FAILURES
from autocoder.targets.python_service.expressions import Imports, PythonExpressions, literal
from autocoder.targets.python_service.names import attribute

_HINTS = {"text": "str", "integer": "int", "list": "list[dict[str, str]]"}


def failures_of(views: Views) -> dict[str, Any]:
    """Statuses, messages and the shape of the body."""
    message = {name: _said(views, name) for name in CLASSES}
    invalid = message["invalid"] or message["malformed"]
    body = views.wire.failure_body
    shape = _body(body) if body is not None else ""
    said = invalid or ('"the request is not valid"' if body is None else _EACH_FIELD)
    return {
        "status": {name: views.status(name) for name in CLASSES},
        "message": message,
        "messages": any(message.values()),
        "malformed_differs": _malformed_differs(views),
        "answers": _answers(views),
        "refusals": _refusals(views),
        "taken_as": any(_is_own(step.taken) for step in _steps(views) if isinstance(step, Insert)),
        "failure_body": shape,
        "names_class": "CLASSES" in shape,
        "classes": [(FAILURES[name], name) for name in CLASSES if name != "malformed"],
        "failure_fields": [(attribute(n), _HINTS.get(v.type.name, "object")) for n, v in record_values(body)],
        "said_invalid": said,
    }


_EACH_FIELD = '"; ".join(f"{f[\'field\']}: {f[\'message\']}" for f in fields) or "the request is not valid"'


def _steps(views: Views) -> list[Step]:
    return [step for b in (*views.operations, *views.handlers) for step in walk_steps(b.steps)]


def _is_own(taken: object) -> bool:
    """Whether a taken value fails in a way of its own."""
    own = isinstance(taken, Failure) and (taken.message is not None or taken.status is not None)
    return own or (isinstance(taken, Failure) and taken.failure != "conflict")


def _said(views: Views, name: FailureClass) -> str:
    text = views.answer(name).message
    return literal(text) if text else ""


def _malformed_differs(views: Views) -> bool:
    """Whether a request that cannot be read is anywhere answered in another way than one with a wrong value."""
    places = (None, *views.operations)
    return any(views.status("malformed", place) != views.status("invalid", place) for place in places)


def _answers(views: Views) -> list[tuple[str, list[tuple[str, int, str]]]]:
    """Operations with statuses or messages of their own, by the class of the failure."""
    found: list[tuple[str, list[tuple[str, int, str]]]] = []
    differs = _malformed_differs(views)
    for operation in views.operations:
        stated = [
            (
                "Malformed" if a.failure == "malformed" else FAILURES[a.failure],
                views.status(a.failure, operation),
                literal(a.message),
            )
            for a in operation.answers
            if a.failure != "malformed" or differs
        ]
        if stated:
            found.append((operation.name, stated))
    return found


def _refusals(views: Views) -> list[tuple[str, list[tuple[str, str]]]]:
    """Operations with inputs that are refused in a way of their own: the class, "None" as is usual, message, status."""
    found: list[tuple[str, list[tuple[str, str]]]] = []
    for operation in views.operations:
        stated = [(i, i.refused or Failure(failure="invalid")) for i in operation.inputs if i.refused or i.message]
        rows = [(literal(views.path_of(operation, i)), _own(views, i, failure)) for i, failure in stated]
        found += [(operation.name, rows)] if rows else []
    return found


def _own(views: Views, given: Input, failure: Failure) -> str:
    differs = failure.failure == "malformed" and _malformed_differs(views)
    named = "Malformed" if differs else FAILURES[failure.failure]
    return f"({named if given.refused else 'None'}, {literal(given.message or '')}, {failure.status or 0})"


def _body(body: Expr) -> str:
    """The body of a failure, in Python."""
    imports = Imports()
    names = {"message": "detail", "fields": "(errors or [])", "class": 'CLASSES.get(title, "failed")'}

    def bound(node: Bound) -> str:
        return names.get(node.name, node.name)

    python = PythonExpressions(bound=bound, column=lambda node: node.field, imports=imports)
    return python.value(body)

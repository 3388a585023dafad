"""The statuses of failures, as the text asks for them, endpoint by endpoint and for the system.

Owns which class of failure a status stands for where the text gives no reason, and what becomes of two statuses for
bad input. A status that no class can have is refused with its sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from autocoder.blueprint.model import ErrorAnswer, Errors
from autocoder.decisions import Source
from autocoder.facts import Fact
from autocoder.planning import shared_keys
from autocoder.planning.routes import Endpoint, name_of
from autocoder.planning.workbench import Workbench

USUAL = {
    "malformed": 422, "invalid": 422, "unauthenticated": 401, "forbidden": 403, "missing": 404, "conflict": 409,
    "limited": 429, "unavailable": 503,
}  # fmt: skip
"""Failure class to the status that a service answers by convention."""

CLASS_OF = {
    400: "invalid", 401: "unauthenticated", 403: "forbidden", 404: "missing", 409: "conflict", 422: "invalid",
    429: "limited", 503: "unavailable",
}  # fmt: skip
"""Status to what it stands for where the text gives no reason."""


def plan_errors(bench: Workbench, endpoint: Endpoint) -> Errors:
    """How an endpoint's failures are answered, where that is not as usual."""
    statuses: dict[str, list[int]] = {}
    messages: dict[str, str] = {}
    for fact, status, kind in _stated(bench, endpoint):
        known = statuses.setdefault(kind, [])
        if known and status not in known and kind != "invalid":
            _refuse(bench, fact, f"{status} beside {known[0]} for the same failure is not planned yet")
            continue
        known.append(status)
        if fact.word("message"):
            messages.setdefault(kind, fact.word("message"))
    bad = statuses.pop("invalid", [])
    found = {kind: told[0] for kind, told in statuses.items()} | _bad_input(bench, endpoint, bad)
    answers = {
        kind: ErrorAnswer(status=None if status == USUAL[kind] else status, message=messages.get(kind))
        for kind, status in found.items()
        if status != USUAL[kind] or kind in messages
    }
    return Errors.model_validate(answers)


def plan_body(bench: Workbench) -> Errors:
    """What every failure's body holds: the one key under which the text says its messages."""
    told = [f for f in bench.of("operation") if f.word("message_key")]
    keys = list(dict.fromkeys(f.word("message_key") for f in told))
    for fact in told if len(keys) > 1 else ():
        _refuse(bench, fact, f"messages stand under {' and '.join(keys)}, and a service has one form of failures")
    said = shared_keys.refusal(bench)
    whole: dict[str, object] = {"unauthenticated": ErrorAnswer(message=said)} if said else {}
    return Errors.model_validate(whole | ({"body": {keys[0]: "message"}} if len(keys) == 1 else {}))


def kinds(endpoint: Endpoint) -> dict[str, Fact]:
    """The classes of failures that the text speaks of at an endpoint, each with the first fact."""
    found: dict[str, Fact] = {}
    for fact in endpoint.facts:
        for status in _statuses(fact):
            kind = fact.word("error_when") or CLASS_OF.get(status, "")
            found.setdefault(kind, fact)
    return found


def _stated(bench: Workbench, endpoint: Endpoint) -> Iterator[tuple[Fact, int, str]]:
    for fact in endpoint.facts:
        for status in _statuses(fact):
            kind = fact.word("error_when") or CLASS_OF.get(status, "")
            if not kind:
                _refuse(bench, fact, f"status {status} is for a failure that nothing names")
                continue
            if kind == "invalid" and (name := looked_up(endpoint, fact)):
                if not _is_key(bench, name):
                    _refuse(bench, fact, f'nothing says which "{name}" is valid')
                continue
            if fact.get("error") is not None and not fact.word("error_when"):
                bench.decide(
                    f"operations.of.{endpoint.route}.errors.{status}",
                    kind,
                    f"The text gives {status} and no failure that the service knows; it usually stands for this one.",
                    source=Source.INFERRED,
                )
            yield fact, status, kind


def looked_up(endpoint: Endpoint, fact: Fact) -> str:
    """The input of a condition that no type can check: whether an id is valid, only a row that is there can tell."""
    told = [f for f in endpoint.sent if f.word("type") in {"", "text", "code"}]
    names_ = [f.word("name") for f in told if f.word("name").lower().endswith(("id", "code", "token", "key"))]
    return next((n for n in names_ if re.search(rf"\b{re.escape(n)}\b", fact.word("condition"))), "")


def _is_key(bench: Workbench, name: str) -> bool:
    """Whether rows have a generated key of that name: then finding the row tells whether it is valid."""
    return any(e.fields[n].type == "code" for e in bench.entities.values() for n in e.fields if n == name_of(name))


def _statuses(fact: Fact) -> tuple[int, ...]:
    one, listed = fact.get("error"), fact.get("errors")
    found = [one] if isinstance(one, int) else []
    found += [int(s) for s in listed if s.isdigit()] if isinstance(listed, tuple) else []
    return tuple(found)


def _bad_input(bench: Workbench, endpoint: Endpoint, told: list[int]) -> dict[str, int]:
    """Bad input has two classes: one status is for both; of 400 and 422, the first is for what cannot be read."""
    statuses = list(dict.fromkeys(told))
    if not statuses:
        return {}
    if len(statuses) == 1:
        return {"malformed": statuses[0], "invalid": statuses[0]}
    bench.decide(
        f"operations.of.{endpoint.route}.errors",
        f"{min(statuses)} malformed, {max(statuses)} invalid",
        f"The text gives both for bad input; {min(statuses)} is for what is absent or of another type, "
        f"{max(statuses)} for a value that breaks a rule.",
        f"{min(statuses)} for both",
        f"{max(statuses)} for both",
        source=Source.INFERRED,
    )
    return {"malformed": min(statuses), "invalid": max(statuses)}


def _refuse(bench: Workbench, fact: Fact, message: str) -> None:
    rule = "each class of failures has one status: " + ", ".join(f"{k} {s}" for k, s in USUAL.items())
    bench.refuse("AC2001", message, fact, rule=rule, help="say which failure the status is for")

"""Operations from explicit endpoints: the route, inputs, answer and statuses are stated, so nothing is invented.

Owns the merge of all facts about one route. What a stated endpoint asks for and the blueprint cannot say (names in
camel case, other statuses for failures) is refused with its sentence, never bent.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Sequence
from dataclasses import dataclass

from autocoder.blueprint.model import (
    AnyEffect,
    Delete,
    FieldSpec,
    ListRows,
    Operation,
    Output,
    Read,
    Require,
    Update,
)
from autocoder.facts import Fact, Value
from autocoder.planning import names
from autocoder.planning.operations import creation, names_in
from autocoder.planning.workbench import EntityDraft, OperationDraft, Workbench

FAILURES = {
    "malformed": 422, "invalid": 422, "unauthenticated": 401, "forbidden": 403, "missing": 404, "conflict": 409,
    "limited": 429,
}  # fmt: skip
"""Failure class to the status that a service answers by convention."""


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Everything that the text says of one route."""

    method: str
    path: str
    facts: tuple[Fact, ...]
    fields: tuple[Fact, ...]

    @property
    def route(self) -> str:
        """Method and path."""
        return f"{self.method} {self.path}"

    def first(self, slot: str) -> Value | None:
        """The first value that the text gives for a slot."""
        return next((v for f in self.facts if (v := f.get(slot)) is not None), None)


def endpoints(bench: Workbench) -> list[Endpoint]:
    """The stated endpoints, in order of the text. A visit of a row's own address is none."""
    grouped: dict[tuple[str, str], list[Fact]] = {}
    for fact in bench.of("operation"):
        if fact.word("path") and fact.word("method"):
            grouped.setdefault((fact.word("method"), fact.word("path")), []).append(fact)
    return [
        Endpoint(
            method=method,
            path=path,
            facts=tuple(facts),
            fields=tuple(f for f in bench.of("field") if f.word("of") == f"{method} {path}"),
        )
        for (method, path), facts in grouped.items()
        if all(f.word("does") != "visit" for f in facts)
    ]


def plan_endpoint_fields(bench: Workbench) -> None:
    """What an endpoint that creates a row takes are the row's fields, where no sentence gives others."""
    for endpoint in endpoints(bench):
        entity = bench.entity(str(endpoint.first("object") or ""))
        if entity is None or endpoint.first("does") != "create":
            continue
        for fact in endpoint.fields:
            if fact.word("direction") == "request" and _plain_name(fact):
                entity.add(fact.word("name"), _spec(fact, optional=fact.get("required") is False), fact)


def _plain_name(fact: Fact) -> bool:
    return _plain(fact.word("name"))


def _plain(name: str) -> bool:
    """A stated name is served as it is; Python's keywords cannot be."""
    return re.fullmatch(r"[a-z][a-z0-9_]{0,59}", name) is not None and not keyword.iskeyword(name)


def _spec(fact: Fact, *, optional: bool) -> FieldSpec:
    values = fact.get("values")
    return FieldSpec(
        type=fact.word("type") or "text",
        values=values if isinstance(values, tuple) else (),
        optional=optional,
        min=_number(fact.word("min")),
        max=_number(fact.word("max")),
    )


def _number(text: str) -> int | None:
    return int(text) if text.lstrip("-").isdigit() else None


def plan_endpoints(bench: Workbench) -> None:
    """An operation for each stated endpoint."""
    for endpoint in endpoints(bench):
        problem = _problem(endpoint)
        entity = bench.entity(str(endpoint.first("object") or ""))
        if problem or entity is None:
            fact, message, rule = problem or _no_object(endpoint)
            bench.refuse("AC2001", message, fact, rule=rule, help="change the sentence, or the blueprint by hand")
            bench.use(*endpoint.facts, *endpoint.fields)
            continue
        _plan(bench, endpoint, entity)


def _no_object(endpoint: Endpoint) -> tuple[Fact, str, str]:
    return endpoint.facts[0], f"nothing says what {endpoint.route} does", "an endpoint does something to a thing"


def _problem(endpoint: Endpoint) -> tuple[Fact, str, str] | None:
    """The first thing that the blueprint cannot say, with its fact and the rule."""
    for fact in endpoint.fields:
        if not _plain_name(fact):
            return fact, f'the name "{fact.word("name")}" is not planned yet', "names in JSON are in snake case"
    for fact in endpoint.facts:
        if fact.word("actor") in {"role", "nobody", "guest"}:
            return fact, "access by role is not planned yet", "an operation is for anyone, or for signed-in users"
        found = _wrong_status(fact)
        if found:
            return fact, f"status {found} for this failure is not planned yet", _statuses()
    if not all(_plain(n) for n in names_in(endpoint.path)):
        return endpoint.facts[0], f"the path {endpoint.path} is not planned yet", "names in a path are in snake case"
    return _unknown_answer(endpoint)


def _unknown_answer(endpoint: Endpoint) -> tuple[Fact, str, str] | None:
    """An answer's field that no request of the row gives; only `id` is there without."""
    known = {f.word("name") for f in endpoint.fields if f.word("direction") == "request"} | {"id"}
    for fact in endpoint.fields:
        if (
            endpoint.first("does") == "create"
            and fact.word("direction") == "response"
            and fact.word("name") not in known
        ):
            return (
                fact,
                f'nothing says where "{fact.word("name")}" comes from',
                "an answer is made of fields of the row",
            )
    return None


def _wrong_status(fact: Fact) -> str | None:
    error, when = fact.get("error"), fact.word("error_when")
    if error is not None and error != FAILURES.get(when):
        return str(error)
    listed = fact.get("errors")
    known = {str(status) for status in FAILURES.values()}
    return next((s for s in listed if s not in known), None) if isinstance(listed, tuple) else None


def _statuses() -> str:
    return "failures answer " + ", ".join(f"{name} {status}" for name, status in FAILURES.items())


def _plan(bench: Workbench, endpoint: Endpoint, entity: EntityDraft) -> None:
    effects = _effects(bench, endpoint, entity)
    if effects is None:
        bench.refuse(
            "AC2001",
            f"what {endpoint.route} does is understood, but not planned yet",
            endpoint.facts[0],
            rule="an endpoint creates, lists, reads, changes or deletes, and names a row by its key",
            help=f"name the row by its id, like {endpoint.method} /{entity.plural}/{{id}}",
        )
        bench.use(*endpoint.facts, *endpoint.fields)
        return
    bench.use(*endpoint.facts, *endpoint.fields)
    operation = Operation.model_validate(
        {
            "route": endpoint.route,
            "access": "user" if endpoint.first("actor") == "user" else "anyone",
            "input": _input(endpoint, entity),
            "effects": effects,
            "output": _output(endpoint, entity),
        }
    )
    bench.operations[_name(bench, endpoint, entity)] = OperationDraft(
        operation=operation, facts=[*endpoint.facts, *endpoint.fields]
    )


def _name(bench: Workbench, endpoint: Endpoint, entity: EntityDraft) -> str:
    verb = str(endpoint.first("verb"))
    many = not names_in(endpoint.path) and endpoint.method == "GET"
    verb = "list" if many else "get" if endpoint.method == "GET" else verb
    name = names.operation_name(f"{verb} {entity.plural if many else entity.words}")
    return name if name not in bench.operations else names.operation_name(f"{endpoint.method} {endpoint.path}")


def _input(endpoint: Endpoint, entity: EntityDraft) -> dict[str, FieldSpec]:
    found: dict[str, FieldSpec] = {n: FieldSpec(type="uuid") for n in names_in(endpoint.path) if _is_id(n, entity)}
    for fact in endpoint.fields:
        if fact.word("direction") == "request" and fact.word("location") != "path":
            found[fact.word("name")] = _spec(fact, optional=fact.get("required") is not True)
    return found


def _is_id(name: str, entity: EntityDraft) -> bool:
    return name in {"id", f"{entity.row}_id"}


def _effects(bench: Workbench, endpoint: Endpoint, entity: EntityDraft) -> Sequence[AnyEffect] | None:
    does, parameters = endpoint.first("does"), names_in(endpoint.path)
    if not parameters:
        simple: dict[object, AnyEffect] = {"create": creation(entity)}
        if endpoint.method == "GET" and does in {"list", "read"}:
            return [ListRows(list=entity.name)]
        return [simple[does]] if does in simple else None
    if len(parameters) > 1:
        return None
    key = "id" if _is_id(parameters[0], entity) else parameters[0]
    if key != "id" and not (key in entity.fields and entity.fields[key].unique):
        return None
    given = f"input.{parameters[0]}"
    by_id = key == "id"
    found: list[AnyEffect] = [
        Read(read=entity.name, by=given) if by_id else Read(read=entity.name, where=f"{key} == {given}")
    ]
    if any(f.get("scope") == "own" for f in endpoint.facts) and bench.account:
        entity.add("owner", FieldSpec(type="ref", to=bench.account.name, read_only=True))
        found.append(Require(require=f"{entity.row}.owner == caller.id", otherwise="forbidden"))
    last: dict[object, list[AnyEffect]] = {
        "read": [],
        "list": [],
        "update": [Update(update=entity.row)],
        "delete": [Delete(delete=entity.row)],
    }
    return [*found, *last[does]] if does in last else None


def _output(endpoint: Endpoint, entity: EntityDraft) -> Output | None:
    status = endpoint.first("status")
    named = [f.word("name") for f in endpoint.fields if f.word("direction") == "response"]
    known = [n for n in named if n == "id" or n in entity.fields]
    body = {n: f"{entity.row}.{n}" for n in known} if known and len(known) == len(named) else None
    if status is None and body is None:
        return None
    return Output(status=status if isinstance(status, int) else None, body=body)

"""The owner's own rules: CEL expressions over the design, type-checked before they are evaluated.

Owns which variables a rule sees and what they hold. Refuses an expression that is no condition, a field that nothing
in the design has, and a result that is not true or false: a rule that cannot be evaluated has not held.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from cel_expr_python import cel
from cel_expr_python.ext import ext_bindings, ext_math, ext_optional, ext_strings

from autocoder.diagnostics import nearest
from autocoder.ir.behaviour import Change, Emit, Insert, Remove, Steps, walk_steps
from autocoder.ir.nodes import Entity, Environment, Event, Field, Handler, Operation
from autocoder.ir.views import Views

Row = Mapping[str, Any]

FIELDS = frozenset(
    [
        *("name", "text", "type", "optional", "unique", "personal", "hidden", "read_only", "fields", "keys"),
        *("method", "path", "access", "stated", "inputs", "in", "required", "p95_us", "p99_us"),
        *("verb", "creates", "updates", "deletes", "publishes", "event", "schedule"),
        *("role", "provides", "requires", "entry_point", "port"),
        *("store", "broker", "cache", "host", "tls", "replicas", "variables", "secret"),
    ]
)
"""Every field that a row of the design may have, also where this design has no such row."""

_ERROR = re.compile(r"ERROR: <input>:(\d+):(\d+): ([^\n]*)")
_TEXT = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'")
_FIELD = re.compile(r"\.\??([A-Za-z_]\w*)(?!\w*\s*\()")
_FOR_ALL = re.compile(r"\s*([a-z_]+)\.all\(\s*(\w+)\s*,(.*)\)\s*", re.S)


@dataclass(kw_only=True, eq=False)
class WrongRule(Exception):
    """A rule that says nothing: why, and where in its expression (counted from 1)."""

    message: str
    line: int = 1
    column: int = 1
    help: str = ""


def design(views: Views) -> dict[str, Any]:
    """The design as plain data: the variables of a rule and what they hold."""
    return {
        "system": {"name": views.system.name, "version": views.system.version},
        "objectives": {
            "p95_us": views.objectives.p95_us,
            "p99_us": views.objectives.p99_us,
            "throughput_per_hour": views.objectives.throughput_per_hour,
            "availability_ppm": views.objectives.availability_ppm,
        },
        "requirements": [{"name": r.name, "text": r.text} for r in views.requirements],
        "entities": [_entity(entity) for entity in views.entities],
        "events": [_event(event) for event in views.events],
        "operations": [_operation(views, operation) for operation in views.operations],
        "handlers": [_handler(handler) for handler in views.handlers],
        "components": [
            {"name": c.name, "role": c.role, "provides": list(c.provides), "requires": list(c.requires)}
            for c in views.components
        ],
        "workloads": [{"name": w.name, "entry_point": w.entry_point, "port": w.port} for w in views.workloads],
        "environments": [_environment(environment) for environment in views.environments],
    }


def _entity(entity: Entity) -> Row:
    keys = [list(key) for key in entity.unique_keys]
    return {"name": entity.name, "fields": [_field(f) for f in entity.fields], "keys": keys}


def _event(event: Event) -> Row:
    return {"name": event.name, "fields": [_field(f) for f in event.fields]}


def _field(field: Field) -> Row:
    return {
        "name": field.name,
        "type": str(field.type.not_null()),
        "optional": field.type.optional,
        "unique": field.unique,
        "personal": field.personal,
        "hidden": field.hidden,
        "read_only": field.read_only,
    }


def _operation(views: Views, operation: Operation) -> Row:
    budget = views.budgets.get(operation.name)
    return {
        "name": operation.name,
        "method": operation.method,
        "path": operation.path,
        "access": operation.access,
        "stated": operation.stated,
        "inputs": [
            {"name": i.name, "in": i.place, "type": str(i.type), "required": i.required} for i in operation.inputs
        ],
        "p95_us": budget.p95_us if budget else None,
        "p99_us": budget.p99_us if budget else None,
        **_effects(operation.steps),
    }


def _handler(handler: Handler) -> Row:
    return {"name": handler.name, "event": handler.event, "schedule": handler.schedule, **_effects(handler.steps)}


def _effects(steps: Steps) -> Row:
    """What the steps do to rows of which entities; `verb` is the strongest: delete, create, update, else read."""
    every = list(walk_steps(steps))
    found = {
        "deletes": {s.row.entity for s in every if isinstance(s, Remove)},
        "creates": {s.entity for s in every if isinstance(s, Insert)},
        "updates": {s.row.entity for s in every if isinstance(s, Change)},
        "publishes": {s.event for s in every if isinstance(s, Emit)},
    }
    verb = next((v for v in ("delete", "create", "update") if found[f"{v}s"]), "read")
    return {"verb": verb, **{name: sorted(values) for name, values in found.items()}}


def _environment(environment: Environment) -> Row:
    return {
        "name": environment.name,
        "store": environment.store,
        "broker": environment.broker,
        "cache": environment.cache,
        "host": environment.host,
        "tls": environment.tls,
        "replicas": dict(environment.replicas),
        "variables": [{"name": v.name, "secret": v.secret} for v in environment.variables],
    }


@functools.cache
def _environment_of(names: tuple[tuple[str, bool], ...]) -> cel.Env:
    """A CEL environment with these variables: a list of maps each, or one map."""
    one = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
    many = cel.Type.List(one)
    extensions = [ext_strings.ExtStrings(), ext_optional.ExtOptional(), ext_math.ExtMath(), ext_bindings.ExtBindings()]
    return cel.NewEnv(variables={name: many if listed else one for name, listed in names}, extensions=extensions)


def holds(expression: str, data: Mapping[str, Any]) -> bool:
    """Whether the rule holds over the design. Raises `WrongRule`."""
    compiled = _compiled(expression, data)
    kind = compiled.return_type().name()
    if kind not in ("BOOL", "DYN"):
        raise WrongRule(message=f"the rule is {kind.lower()}, not a condition", help="compare it with something")
    _check_fields(expression, data)
    result = compiled.eval(data=data)
    if result.type().name() != "BOOL":
        raise WrongRule(message=f"the rule cannot be evaluated: {str(result.plain_value()).partition(': ')[2]}")
    return bool(result.plain_value())


def offenders(expression: str, data: Mapping[str, Any]) -> list[str]:
    """The names of those for which a rule of the form `list.all(x, …)` is false; empty for any other form."""
    form = _FOR_ALL.fullmatch(expression)
    if not form or not _balanced(form[3]):
        return []
    among, name, condition = form.groups()
    found = _compiled(f"{among}.filter({name}, !({condition})).map({name}, {name}.name)", data).eval(data=data)
    names = found.plain_value()
    return [str(item) for item in names] if isinstance(names, list) else []


def _balanced(condition: str) -> bool:
    """Whether no bracket closes one that was opened before the condition."""
    depth = 0
    for char in _TEXT.sub("", condition):
        depth += (char == "(") - (char == ")")
        if depth < 0:
            return False
    return True


def _compiled(expression: str, data: Mapping[str, Any]) -> cel.Expression:
    env = _environment_of(tuple((name, isinstance(value, list)) for name, value in data.items()))
    try:
        return env.compile(expression)
    except RuntimeError as error:
        first = _ERROR.search(str(error))
        if not first:
            raise WrongRule(message=str(error)) from None
        said = first[3]
        unknown = re.search(r"undeclared reference to '(\w+)'", said)
        hint = nearest(unknown[1], data) if unknown else ""
        raise WrongRule(message=said, line=int(first[1]), column=int(first[2]), help=hint) from None


def _check_fields(expression: str, data: Mapping[str, Any]) -> None:
    """A field that nothing has is a misspelling: evaluation would meet it only where nothing is decided before it."""
    known = set(_field_names(data))
    hidden = _TEXT.sub(lambda text: " " * len(text[0]), expression)
    for found in _FIELD.finditer(hidden):
        if found[1] not in known:
            before = expression[: found.start(1)]
            line, column = before.count("\n") + 1, found.start(1) - (before.rfind("\n") + 1) + 1
            message = f"nothing in the design has a field {found[1]!r}"
            raise WrongRule(message=message, line=line, column=column, help=nearest(found[1], known))


def _field_names(value: object) -> Iterator[str]:
    """The fields that rows may have, and every key that the data has (replicas are by workload)."""
    yield from FIELDS
    if isinstance(value, Mapping):
        for name, inner in cast("Mapping[str, object]", value).items():
            yield name
            yield from _field_names(inner)
    elif isinstance(value, list):
        for inner in cast("list[object]", value):
            yield from _field_names(inner)

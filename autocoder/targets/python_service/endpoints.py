"""Operations and handlers as modules: routes, signatures, and the statements that the handler fold renders."""

from __future__ import annotations

from dataclasses import dataclass, replace

from autocoder.ir.behaviour import (
    BoundRow,
    Change,
    Failure,
    Find,
    Insert,
    Match,
    Remove,
    Require,
    Steps,
    expressions,
    walk_steps,
)
from autocoder.ir.expressions import Const, Now, walk
from autocoder.ir.names import plural, snake
from autocoder.ir.nodes import Entity, Handler, Input, Operation
from autocoder.ir.views import Views
from autocoder.targets.python_service.describe import handler_doc, operation_doc, words
from autocoder.targets.python_service.expressions import literal, render_const
from autocoder.targets.python_service.handlers import INDENT, Behaviour
from autocoder.targets.python_service.language import is_computed_integer
from autocoder.targets.python_service.names import attribute, function, local, model, parameter
from autocoder.targets.python_service.schemas import (
    Hints,
    body_inputs,
    reply_name,
    reply_of,
    request_name,
    shown_entity,
)
from autocoder.targets.python_service.skeletons import docstring
from autocoder.targets.python_service.source import Module

STATUS = {
    "malformed": 422,
    "invalid": 422,
    "unauthenticated": 401,
    "forbidden": 403,
    "missing": 404,
    "conflict": 409,
    "limited": 429,
    "unavailable": 503,
}
GENERAL = "general"
"""The module of operations that touch no entity."""


def module_of(operation: Operation) -> str:
    """The module that an operation stands in: that of the entity that it is mainly about."""
    for step in walk_steps(operation.steps):
        match step:
            case Find(match=Match(entity=entity)):
                return function(plural(snake(entity)))
            case _:
                entity = getattr(step, "entity", None) or getattr(getattr(step, "row", None), "entity", None)
                if entity:
                    return function(plural(snake(entity)))
    return GENERAL


def failure_statuses(operation: Operation, views: Views) -> tuple[int, ...]:
    """Every status that an operation can fail with, by its steps, its access and its inputs."""
    found: set[int] = {422} if operation.inputs else set()
    if operation.access != "anyone":
        found.add(401)
    for step in walk_steps(operation.steps):
        match step:
            case Find(match=Match(absent=Failure(failure=failure))) | Require(otherwise=Failure(failure=failure)):
                found.add(STATUS[failure])
            case Insert(entity=entity) | Change(row=BoundRow(entity=entity) | Match(entity=entity)):
                found |= _refusals(step, views.entity(entity))
            case Remove(row=BoundRow(entity=entity) | Match(entity=entity)):
                found |= {409} if _is_held(entity, views) else set()
            case _:
                pass
    return tuple(sorted(found))


def _is_held(entity: str, views: Views) -> bool:
    """Whether rows that refer to this entity can keep one from being deleted."""
    return any(f.type.entity == entity and f.on_delete == "refuse" for e in views.entities for f in e.fields)


def _refusals(step: Insert | Change, entity: Entity) -> set[int]:
    """What the database may refuse: a taken value, a reference to nothing, a number that is too large."""
    values = [*step.values, *(step.taken if isinstance(step, Insert) and isinstance(step.taken, tuple) else ())]
    written = {name for name, _ in values}
    found: set[int] = set()
    may_collide = isinstance(step, Change) or isinstance(step.taken, Failure)
    if may_collide and any(set(key) & written for key in entity.unique_keys):
        found.add(409)
    if any(is_computed_integer(value) or entity.field(name).type.entity for name, value in values):
        found.add(422)
    return found


@dataclass(kw_only=True)
class Operations:
    """Renders one module of `operations/`."""

    views: Views
    package: str
    used_types: set[str]

    def module(self, name: str, operations: tuple[Operation, ...]) -> str:
        """The source of a module with these operations."""
        module = Module(doc=f"What clients can do with {words(name)}.", package=self.package)
        module.imports.add("fastapi", "APIRouter")
        module.add("router = APIRouter()")
        for operation in operations:
            module.add(self.function(operation, module), operation.id)
        return module.text()

    def function(self, operation: Operation, module: Module) -> str:
        """The function of one operation with its decorators."""
        imports = module.imports
        imports.add(f"{self.package}.database", "Session", "transactional")
        behaviour = Behaviour(
            views=self.views,
            package=self.package,
            imports=imports,
            names=self.names(operation),
            caller_optional=operation.access == "user?",
            connected=operation.access != "anyone",
            reply_model=reply_name(operation),
        )
        statements = behaviour.render(operation.plan)
        if behaviour.reply_model and reply_of(operation).body is not None:
            imports.add(f"{self.package}.schemas", behaviour.reply_model)
        signature = ", ".join(self.parameters(operation, module))
        lines = [self.decorator(operation, module), "@transactional"]
        lines += [f"async def {function(operation.name)}({signature}) -> {self.returns(operation, module)}:"]
        lines += [docstring(operation_doc(operation, self.views), INDENT)]
        lines += [INDENT + line for line in statements]
        return "\n".join(lines)

    def names(self, operation: Operation) -> dict[str, str]:
        """How the code reads each input."""
        taken = {str(getattr(step, "bind", "") or getattr(step, "name", "")) for step in walk_steps(operation.steps)}
        return {
            i.name: f"body.{attribute(i.name)}"
            if i.place == "body"
            else parameter(i.name, frozenset(local(name) for name in taken) | {function(operation.name)})
            for i in operation.inputs
        }

    def decorator(self, operation: Operation, module: Module) -> str:
        """`@router.get(…)` with what the API description needs."""
        reply = reply_of(operation)
        options = [literal(operation.path)]
        if reply.status != 200:
            options.append(f"status_code={reply.status}")
        if reply.redirect is not None:
            module.imports.add("fastapi.responses", "RedirectResponse")
            options.append("response_class=RedirectResponse")
        elif reply.view is not None:
            shown = reply_name(operation)
            module.imports.add(f"{self.package}.schemas", shown.removeprefix("list[").removesuffix("]"))
            options.append(f"response_model={shown}")
        if statuses := failure_statuses(operation, self.views):
            module.imports.add(f"{self.package}.failures", "problems")
            options.append(f"responses=problems({', '.join(str(s) for s in statuses)})")
        return f"@router.{operation.method.lower()}({', '.join(options)})"

    def returns(self, operation: Operation, module: Module) -> str:
        """The return annotation."""
        reply = reply_of(operation)
        if reply.redirect is not None:
            return "RedirectResponse"
        if reply.body is not None:
            return reply_name(operation)
        if reply.view is None:
            return "None"
        entity, many = shown_entity(operation, reply.view)
        module.imports.add(f"{self.package}.models", model(entity))
        return f"list[{model(entity)}]" if many else model(entity)

    def parameters(self, operation: Operation, module: Module) -> list[str]:
        """The parameters: inputs, then what the framework gives, then inputs with defaults."""
        hints = Hints(package=self.package, module=module, used=self.used_types)
        first: list[str] = []
        last: list[str] = []
        names = self.names(operation)
        for given in operation.inputs:
            if given.place != "body":
                text, has_default = self.parameter(given, names[given.name], hints)
                (last if has_default else first).append(text)
        if body_inputs(operation):
            module.imports.add(f"{self.package}.schemas", request_name(operation))
            first.append(f"body: {request_name(operation)}")
        if operation.access != "anyone":
            kind = "OptionalCaller" if operation.access == "user?" else "Caller"
            module.imports.add(f"{self.package}.authentication", kind)
            first.append(f"caller: {kind}")
        if _uses_now(operation.plan):
            module.imports.add(f"{self.package}.clock", "Now")
            first.append("now: Now")
        return [*first, "session: Session", *last]

    def parameter(self, given: Input, name: str, hints: Hints) -> tuple[str, bool]:
        """A path, query or header parameter, and whether it has a default."""
        type_ = given.type if given.required or given.default is not None else given.type.or_null()
        hint = hints.of(replace(given, type=type_), in_json=False)
        if given.place == "header" or name != given.name:
            kind = given.place.capitalize()
            hints.imports.add("typing", "Annotated")
            hints.imports.add("fastapi", kind)
            hint = f"Annotated[{hint}, {kind}(alias={literal(given.name)})]"
        if given.required:
            return f"{name}: {hint}", False
        default = render_const(given.default, hints.imports) if isinstance(given.default, Const) else "None"
        return f"{name}: {hint} = {default}", True


def handler_module(handler: Handler, views: Views, package: str) -> str:
    """The source of one module of `handlers/`."""
    when = f"Runs on {handler.event}." if handler.event else f'Runs at "{handler.schedule}" (UTC).'
    module = Module(doc=when, package=package)
    module.imports.add("datetime", "datetime")
    module.imports.add("sqlalchemy.ext.asyncio", "AsyncSession")
    names: dict[str, str] = {}
    first: list[str] = []
    if handler.event:
        module.imports.add(f"{package}.events", model(handler.event))
        names = {f.name: f"event.{attribute(f.name)}" for f in views.event(handler.event).fields}
        first = [f"event: {model(handler.event)}"]
    behaviour = Behaviour(views=views, package=package, imports=module.imports, names=names)
    statements = behaviour.render(handler.plan)
    signature = ", ".join([*first, "*", "now: datetime", "session: AsyncSession"])
    lines = [f"async def {function(handler.name)}({signature}) -> None:"]
    lines += [docstring(handler_doc(handler, views), INDENT), *(INDENT + line for line in statements)]
    module.add("\n".join(lines), handler.id)
    return module.text()


def _uses_now(steps: Steps) -> bool:
    return any(isinstance(node, Now) for step in walk_steps(steps) for expr in expressions(step) for node in walk(expr))

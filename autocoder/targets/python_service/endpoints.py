"""Operations and handlers as modules: routes, signatures, and the statements that the handler fold renders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from autocoder.ir.behaviour import (
    Ask,
    BoundRow,
    Change,
    Failure,
    FailureClass,
    Find,
    Insert,
    Match,
    Remove,
    Reply,
    Require,
    Steps,
    expressions,
    walk_steps,
)
from autocoder.ir.expressions import Bound, Const, Expr, Now, Record, is_computed_integer, walk
from autocoder.ir.guards import looked_at
from autocoder.ir.keeping import Kept
from autocoder.ir.names import plural, snake
from autocoder.ir.nodes import Entity, Handler, Input, Operation
from autocoder.ir.views import Views
from autocoder.targets.python_service import capabilities, inbound, keeping, outside, queries
from autocoder.targets.python_service.bindings import entities_of
from autocoder.targets.python_service.describe import handler_doc, operation_doc, words
from autocoder.targets.python_service.expressions import literal, render_default, type_hint
from autocoder.targets.python_service.handlers import INDENT, Behaviour
from autocoder.targets.python_service.names import attribute, function, local, model, parameter
from autocoder.targets.python_service.schemas import (
    Hints,
    Replies,
    body_inputs,
    body_name,
    is_empty,
    replies_of,
    reply_of,
    request_name,
    shown_entity,
)
from autocoder.targets.python_service.skeletons import docstring
from autocoder.targets.python_service.source import Module

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
    found: set[int] = set()
    if operation.inputs:
        found |= {views.status("malformed", operation), views.status("invalid", operation)}
        found |= {views.status(i.refused, operation) for i in operation.inputs if i.refused}
    found |= {views.status(name, operation) for name in _before_steps(operation, views)}
    for step in walk_steps(operation.steps):
        match step:
            case Find(match=Match(absent=Failure() as failure)) | Require(otherwise=failure):
                found.add(views.status(failure, operation))
            case Insert(entity=entity) | Change(row=BoundRow(entity=entity) | Match(entity=entity)):
                found |= {views.status(f, operation) for f in _refusals(step, views.entity(entity))}
            case Ask(failed=None):
                found.add(views.status("unavailable", operation))
            case Remove(row=BoundRow(entity=entity) | Match(entity=entity)):
                found |= {views.status("conflict", operation)} if _is_held(entity, views) else set()
            case _:
                pass
    return tuple(sorted(found))


def _before_steps(operation: Operation, views: Views) -> Iterator[FailureClass]:
    """How an operation may fail before its steps."""
    if operation.access != "anyone" or operation.signed:
        yield "unauthenticated"
    if operation.access != "anyone" and views.auth and views.auth.issuer:
        yield "unavailable"
    if operation.limit:
        yield "limited"
    if operation.once:
        yield "conflict"


def _is_held(entity: str, views: Views) -> bool:
    """Whether rows that refer to this entity can keep one from being deleted."""
    return any(f.type.entity == entity and f.on_delete == "refuse" for e in views.entities for f in e.fields)


def _refusals(step: Insert | Change, entity: Entity) -> Iterator[Failure | FailureClass]:
    """What the database may refuse: a taken value, a reference to nothing, a number that is too large."""
    values = [*step.values, *(step.taken if isinstance(step, Insert) and isinstance(step.taken, tuple) else ())]
    written = {name for name, _ in values}
    taken = step.taken if isinstance(step, Insert) else Failure(failure="conflict")
    if isinstance(taken, Failure) and any(set(key) & written for key in entity.unique_keys):
        yield taken
    if any(is_computed_integer(value) or entity.field(name).type.entity for name, value in values):
        yield "invalid"


@dataclass(kw_only=True)
class Operations:
    """Renders one module of `operations/`."""

    views: Views
    package: str
    used_types: set[str]

    @cached_property
    def kept(self) -> tuple[Kept, ...]:
        """What reads keep."""
        return keeping.kept(self.views)

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
            operation=operation,
            status=reply_of(operation).status,
            several=len(replies_of(operation)) > 1,
        )
        statements = behaviour.render(operation.plan)
        signature = ", ".join(self.parameters(operation, module))
        queries.add_constants(operation, self.views, self.hints(module), module)
        lines = [self.decorator(operation, module)]
        lines += [*capabilities.decorators(operation, self.names(operation), module), "@transactional"]
        for entity in looked_at(operation.plan):
            imports.add(f"{self.package}.database", "one_at_a_time")
            lines.append(f"@one_at_a_time({literal(self.views.entity(entity).table)})")
        lines += capabilities.once(
            operation, self.names(operation), self.reply_type(operation, module), behaviour.status, module
        )
        lines += [f"async def {function(operation.name)}({signature}) -> {self.returns(operation, module)}:"]
        lines += [docstring(operation_doc(operation, self.views), INDENT)]
        lines += [INDENT + line for line in statements]
        return "\n".join(lines)

    def hints(self, module: Module) -> Hints:
        """The types of what clients send, as a module names them."""
        return Hints(package=self.package, module=module, used=self.used_types)

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
        reply, found = reply_of(operation), replies_of(operation)
        options = [literal(operation.path)]
        if function(operation.name) != operation.name:
            options.append(f"name={literal(operation.name)}")
        before = (capabilities.dependency(operation, module), inbound.dependency(operation, self.views, module))
        options += [f"dependencies=[{', '.join(filter(None, before))}]"] if any(before) else []
        if reply.status != 200:
            options.append(f"status_code={reply.status}")
        kind = _stated_kind(reply) if len(found) == 1 else ""
        if (answered := "Response" if kind else response_class(reply)) and len(found) == 1:
            module.imports.add("fastapi" if answered == "Response" else "fastapi.responses", answered)
            options.append(f"response_class={answered}")
        elif shown := self.shown(operation, module):
            options.append(f"response_model={shown}")
        if any(r.absent for r in found):
            options.append("response_model_exclude_unset=True")
        described: list[str] = []
        if statuses := failure_statuses(operation, self.views):
            module.imports.add(f"{self.package}.failures", "problems")
            described.append(f"problems({', '.join(str(s) for s in statuses)})")
        if said := self.content(operation, module, kind):
            described = [f"{{{', '.join([*(f'**{part}' for part in described), f'{reply.status}: {said}'])}}}"]
        options += [f"responses={part}" for part in described]
        # FastAPI adds its own kind of security: either will do.
        beyond = ['"security": [{}]'] * (operation.access == "user?") + queries.described(operation)
        options += [f"openapi_extra={{{', '.join(beyond)}}}"] if beyond else []
        return f"@router.{operation.method.lower()}({', '.join(options)})"

    def content(self, operation: Operation, module: Module, kind: str) -> str:
        """What the description says of a reply that is a file, or a text of a kind of its own; "" of any other."""
        reply = reply_of(operation)
        if kind:
            return f'{{"content": {{{literal(kind)}: {{"schema": {{"type": "string"}}}}}}}}'
        if reply.file is None or len(replies_of(operation)) > 1:
            return ""  # what else the description says of a reply is said of each status
        module.imports.add(f"{self.package}.files", "attachment")
        return f"attachment({', '.join(literal(kind) for kind in self.kinds(operation, reply.file))})"

    def kinds(self, operation: Operation, file: Expr) -> tuple[str, ...]:
        """The content types that a file of a row may have; none where any may be."""
        entities = entities_of(operation.steps, self.views)
        if not isinstance(file, Bound):
            return ()
        return self.views.entity(entities[file.name]).field(file.field).constraints.values

    def shown(self, operation: Operation, module: Module) -> str:
        """The model of the reply, or a choice of models; "" where none has to be named."""
        hints = Replies(views=self.views, module=module, package=self.package)
        replies = replies_of(operation)
        in_json = [reply for reply in replies if not response_class(reply)]
        named = [name for reply in in_json if (name := hints.name(operation, reply))]
        one = replies[0]
        same = [body_name(operation, one)] if isinstance(one.body, Record) and not one.absent else []
        if not named:
            return "None" if len(replies) > 1 else ""
        return "" if len(replies) == 1 and named in (["None"], same) else " | ".join(dict.fromkeys(named))

    def reply_type(self, operation: Operation, module: Module) -> str:
        """The type of the reply's JSON, "" where there is none."""
        if shown := self.shown(operation, module):
            return shown
        in_json = [reply for reply in replies_of(operation) if not response_class(reply) and reply.body is not None]
        return self._returned(operation, in_json[0], module) if in_json else ""

    def returns(self, operation: Operation, module: Module) -> str:
        """The return annotation."""
        hints = [self._returned(operation, reply, module) for reply in replies_of(operation)]
        return " | ".join(dict.fromkeys(sorted(hints, key=lambda hint: hint == "None")))

    def _returned(self, operation: Operation, reply: Reply, module: Module) -> str:
        if is_empty(reply) and len(replies_of(operation)) == 1 and not reply.headers:
            return "None"
        if answered := response_class(reply):
            return answered
        if isinstance(reply.body, Record):
            return body_name(operation, reply)
        if reply.body is not None:
            return type_hint(reply.body.type, module.imports)
        if reply.view is None:
            return "None"
        entity, many = shown_entity(operation, reply.view)
        if read := next((k for k in self.kept if (k.behaviour, k.find.bind) == (operation.name, reply.view)), None):
            module.imports.add(f"{self.package}.kept", keeping.kept_class(read))
            return keeping.kept_class(read)
        module.imports.add(f"{self.package}.models", model(entity))
        return f"list[{model(entity)}]" if many else model(entity)

    def parameters(self, operation: Operation, module: Module) -> list[str]:
        """The parameters: inputs, then what the framework gives, then inputs with defaults."""
        hints = self.hints(module)
        first: list[str] = []
        last: list[str] = []
        names = self.names(operation)
        for given in operation.inputs:
            if given.place != "body" and not queries.is_map(given):
                text, has_default = self.parameter(given, names[given.name], hints)
                (last if has_default else first).append(text)
        if body_inputs(operation):
            module.imports.add(f"{self.package}.schemas", request_name(operation))
            hint = request_name(operation)
            if operation.wrapper:
                module.imports.add("typing", "Annotated")
                module.imports.add("fastapi", "Body")
                key = literal(self.views.spelled(operation.wrapper))
                hint = f"Annotated[{hint}, Body(embed=True, alias={key})]"
            first.append(f"body: {hint}")
        if operation.access != "anyone":
            kind = "OptionalCaller" if operation.access == "user?" else "Caller"
            module.imports.add(f"{self.package}.authentication", kind)
            first.append(f"caller: {kind}")
        if outside.asks(operation.steps):
            module.imports.add(f"{self.package}.outside", "CallKey")
            first.append("call_key: CallKey")
        if _uses_now(operation.plan) or _needs_now(operation):
            module.imports.add(f"{self.package}.clock", "Now")
            first.append("now: Now")
        if operation.once:
            module.imports.add("fastapi", "Request")
            first.append("request: Request")
        if any(_says_more(reply, reply_of(operation)) for reply in replies_of(operation)):
            module.imports.add("fastapi", "Response")
            first.append("response: Response")
        # Dependencies are asked in this order, and whoever may not come in never learns what is wrong.
        first += [queries.parameter(operation, i, names[i.name], module) for i in operation.inputs if queries.is_map(i)]
        return [*first, "session: Session", *last]

    def parameter(self, given: Input, name: str, hints: Hints) -> tuple[str, bool]:
        """A path, query or header parameter, and whether it has a default."""
        type_ = given.type if given.required or given.default is not None else given.type.or_null()
        shown = self.views.wire_name(given)
        usual = name.replace("_", "-") if given.place == "header" else name
        hint = hints.parameter(replace(given, type=type_), shown if shown != usual else "")
        if given.required:
            return f"{name}: {hint}", False
        default = render_default(given.default, hints.imports) if given.default is not None else "None"
        return f"{name}: {hint} = {default}", True


def response_class(reply: Reply) -> str:
    """The class of a reply that is no JSON."""
    if is_empty(reply):
        return "Response"
    if reply.redirect is not None:
        return "RedirectResponse"
    if reply.html is not None:
        return "HTMLResponse"
    if reply.file is not None:
        return "FileResponse"
    return "PlainTextResponse" if reply.text is not None else ""


def _stated_kind(reply: Reply) -> str:
    """The content type that a text states for itself."""
    values = (value for name, value in reply.headers if name.lower() == "content-type" and reply.text is not None)
    return next((str(value.value) for value in values if isinstance(value, Const)), "")


def _says_more(reply: Reply, first: Reply) -> bool:
    """Whether a reply says more than its value: another status, or headers."""
    return not response_class(reply) and (reply.status != first.status or bool(reply.headers))


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
    behaviour = Behaviour(views=views, package=package, imports=module.imports, names=names, handler=handler.name)
    statements = behaviour.render(handler.plan)
    key = ["call_key: str"] if outside.asks(handler.steps) else []
    signature = ", ".join([*first, "*", "now: datetime", "session: AsyncSession", *key])
    lines = [f"async def {function(handler.name)}({signature}) -> None:"]
    lines += [docstring(handler_doc(handler, views), INDENT), *(INDENT + line for line in statements)]
    module.add("\n".join(lines), handler.id)
    return module.text()


def _needs_now(operation: Operation) -> bool:
    """Whether a capability of an operation asks for the time."""
    return operation.once is not None or (operation.limit is not None and operation.limit.by == "input")


def _uses_now(steps: Steps) -> bool:
    return any(isinstance(node, Now) for step in walk_steps(steps) for expr in expressions(step) for node in walk(expr))

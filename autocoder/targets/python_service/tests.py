"""The tests that come with the service: its interface and rows as data, a scenario for each condition, and the oracle.

What every service tests alike stands in `templates/tests`; it asks this data for what is different.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from autocoder.ir.behaviour import Change, Emit, Insert, Invoke, Notify, Remove, SetAside, walk_steps
from autocoder.ir.expressions import Expr, Record, walk
from autocoder.ir.limits import most_bytes
from autocoder.ir.lower_failures import CLASSES
from autocoder.ir.nodes import Constraints, Entity, Field, Handler, Input, Operation
from autocoder.ir.types import Type
from autocoder.ir.variables import shared_secrets
from autocoder.ir.views import Views
from autocoder.targets.python_service import (
    admin,
    deliveries,
    function_examples,
    inbound,
    issuer,
    keys,
    oracle,
    outside_tests,
    page_tests,
    queries,
    samples,
    settings_tests,
    uploads,
)
from autocoder.targets.python_service.describe import with_article, words
from autocoder.targets.python_service.endpoints import failure_statuses
from autocoder.targets.python_service.expressions import literal
from autocoder.targets.python_service.formulas import types_of as formula_types
from autocoder.targets.python_service.formulas import values as formula_values
from autocoder.targets.python_service.layout import lay_out
from autocoder.targets.python_service.names import attribute, function, model, row_attribute, short
from autocoder.targets.python_service.scenarios import Arrangement, Scenarios
from autocoder.targets.python_service.schemas import replies_of
from autocoder.targets.python_service.skeletons import fill
from autocoder.targets.python_service.source import Module, with_sorted_imports
from autocoder.targets.python_service.uploads import keeps_files
from autocoder.targets.tree import Tree, marked

INDENT = "    "
LONGEST_TEST = 100
"""Characters of a test's name."""


def tree(views: Views, package: str) -> Tree:
    """All test files and the benchmark."""
    return Suite(views=views, package=package).tree()


@dataclass(frozen=True, kw_only=True)
class Suite:
    """The test files of one service."""

    views: Views
    package: str

    @property
    def outside(self) -> bool:
        """Whether the service reaches anything beyond itself."""
        return bool(self.views.integrations) or self.views.notifies

    def tree(self) -> Tree:
        """The files below `generated/`."""
        found = Tree()
        files = {
            "tests/oracle.py": oracle.module(self.views, self.package),
            "tests/support/__init__.py": '"""What the tests share."""\n',
            "tests/support/interface.py": self.interface(),
            "tests/support/factories.py": self.factories(),
            "tests/support/scenarios.py": self.scenarios(),
            "tests/test_operations.py": self.operations(),
        }
        if examples := function_examples.module(self.views, self.package):
            files[function_examples.FILE] = examples
        if pages := page_tests.module(self.views, self.package):
            files[page_tests.FILE] = pages
        for name in self.skeletons():
            files[name] = lay_out(with_sorted_imports(fill(name, **self.values()), self.package))
        for path, text in files.items():
            found.text(f"generated/{path}", text, sources=self.exercised(path))
        return found

    def exercised(self, path: str) -> tuple[str, ...]:
        """The nodes that a skeleton exercises: it goes through data about each of them."""
        views = self.views
        behaviours = (*views.operations, *views.handlers)
        about: dict[str, Sequence[Operation | Handler | Entity]] = {
            "tests/test_inputs.py": [o for o in views.operations if o.inputs],
            "tests/test_interface.py": views.operations,
            "tests/test_access.py": [o for o in views.operations if o.access != "anyone"],
            "tests/test_issuer.py": [o for o in views.operations if o.access != "anyone"],
            "tests/test_concurrency.py": [o for o in views.operations if _writes(o)],
            "tests/test_database.py": views.entities,
            "tests/test_events.py": views.event_handlers,
            "tests/test_schedule.py": views.scheduled,
            "tests/test_limits.py": [o for o in views.operations if o.limit],
            "tests/test_once.py": [o for o in views.operations if o.once],
            "tests/test_senders.py": [o for o in views.operations if o.signed],
            "tests/properties/test_against_oracle.py": behaviours,
            "tests/properties/test_against_description.py": views.operations,
            "benchmarks/operations.py": views.operations,
        }
        return tuple(node.id for node in about.get(path, ()))

    def skeletons(self) -> list[str]:
        """The test files that all services share, as far as this one has what they are about."""
        names = ["conftest", "support/database", "support/measure", "support/tables", "support/world"]
        names += ["test_inputs", "test_interface", "test_failures", "test_observability", "test_processes"]
        names += ["test_settings"]
        names += ["test_concurrency"] if any(map(_writes, self.views.operations)) else []
        names += ["test_database", "properties/test_against_oracle", "properties/test_against_description"]
        names += ["support/postgres"] if self.views.store == "postgresql" else []
        names += ["test_access"] if any(o.access != "anyone" for o in self.views.operations) else []
        names += ["support/issuer", "test_issuer"] if issuer.of(self.views) else []
        names += ["test_admin"] if admin.gives_roles(self.views) else []
        names += ["test_secrets"] if keys.encrypts(self.views) else []
        names += ["test_uploads"] if keeps_files(self.views) else []
        names += ["test_formulas"] if formula_types(self.views) else []
        names += ["test_visibility"] if _restricted(self.views) else []
        names += ["test_events"] if self.views.handles_events and outside_tests.plain_events(self.views) else []
        names += ["test_schedule"] if self.views.scheduled else []
        names += ["test_limits"] if "rate_limit" in self.views.capabilities else []
        names += ["test_tracing"] if "tracing" in self.views.capabilities else []
        names += ["test_once"] if "idempotency" in self.views.capabilities else []
        names += ["support/senders", "test_senders"] if inbound.secrets(self.views) else []
        names += ["support/outside", "test_outside"] if self.outside else []
        return [*(f"tests/{name}.py" for name in names), "benchmarks/operations.py"]

    def values(self) -> dict[str, object]:
        """What the skeletons ask for."""
        views = self.views
        writing = [o.name for o in views.operations if _writes(o)]
        return {
            "package": self.package,
            "store": views.store,
            "auth": views.auth,
            "entities": bool(views.entities),
            "visible": any(f.visible for e in views.entities for f in e.fields),
            "restricted": ", ".join(literal(o.name) for o in _restricted(views)),
            "roles": ", ".join(literal(role) for role in roles_of(views)),
            "api_keys": views.auth and views.auth.api_keys,
            "admin": self.admin(),
            "signs": keys.signs(views),
            "digests": keys.digests(views),
            "encrypts": keys.encrypts(views),
            "lookups": keys.looks_up(views),
            "hidden": ", ".join(f"({literal(e.name)}, {literal(f.name)})" for e, f in keys.secrets(views)),
            "publishes": views.publishes,
            "worker": self.views.delivers,
            "delivers": self.views.handles_events,
            "arriving": f"[{', '.join(literal(e.name) for e in views.arriving)}]" if views.arriving else "",
            "sets_aside": views.sets_aside,
            **outside_tests.values(self.views),
            **inbound.values(self.views),
            **issuer.tests(self.views),
            "scheduler": bool(views.scheduled),
            "codes": bool(views.generates_codes),
            "writing": [literal(name) for name in writing],
            "hashing": [literal(o.name) for o in views.operations if _hashes(o)],
            "getting": [literal(o.name) for o in views.operations if o.method == "GET"],
            "with_body": [literal(o.name) for o in views.operations if any(i.place == "body" for i in o.inputs)],
            "required": [literal(o.name) for o in views.operations if o.access == "user"],
            "guarded": [literal(o.name) for o in views.operations if o.access != "anyone"],
            "jobs": [(function(h.name), h.name) for h in views.scheduled],
            "model": model,
            "plain_failures": views.wire.failure_body is None,
            "camel": views.wire.case == "camel",
            "keys": any(f.type.format == "token" for e in views.entities for f in e.fields),
            "secrets": shared_secrets(views.operations),
            **uploads.values(views),
            **formula_values(views),
            "cursors": any(page_tests.by_cursor(o) for o in views.operations),
            **page_tests.orders(views),
            "wraps": any(o.wrapper for o in views.operations),
            "refusals": _refuses(views),
            "query_lists": any(
                i.type.name == "list" and i.place == "query" for o in views.operations for i in o.inputs
            ),
            "query_maps": any(queries.is_map(i) for o in views.operations for i in o.inputs),
            "narrower": ", ".join(f"({literal(o.name)}, {literal(i.name)})" for o, i in _narrower(views)),
            "in_headers": any(i.place in ("header", "cookie") for o in views.operations for i in o.inputs),
            "rejects": views.wire.unknown_fields == "reject",
            "cache": views.cache,
            "limited": "rate_limit" in views.capabilities,
            "once": "idempotency" in views.capabilities,
            "once_in_bodies": any(o.signed and not o.signed.id_header for o in views.operations),
            "once_operations": [literal(o.name) for o in views.operations if o.once],
            "limited_operations": [literal(o.name) for o in views.operations if o.limit],
            **deliveries.values(views),
            "split": len(views.running("Worker") if views.delivers else {}) > 1,
            "several": len(views.running("Scheduler") if views.scheduled else {}) > 1,
            **settings_tests.values(views),
        }

    def admin(self) -> dict[str, object]:
        """What the test of the command that gives roles asks for."""
        auth = self.views.auth
        if auth is None or not admin.gives_roles(self.views):
            return {}
        return admin.Admin(views=self.views, package=self.package, auth=auth, used_types=set()).sample()

    # Data.

    def interface(self) -> str:
        """`tests/support/interface.py`: routes, values to try, and where the fields of a row are kept."""
        module = Module(doc="The interface as the tests use it, and values to try.", package=self.package)
        module.imports.add("dataclasses", "dataclass")
        module.imports.add("typing", "Any")
        module.add(_ROUTE)
        rows: list[str] = []
        good: list[str] = []
        bad: list[str] = []
        refers: list[str] = []
        for o in self.views.operations:
            places = ", ".join(f"{literal(i.name)}: {literal(i.place)}" for i in o.inputs)
            needed = ", ".join(literal(i.name) for i in o.inputs if i.required and i.place != "path")
            route = f"Route({literal(o.method)}, {literal(o.path)}, {{{places}}}, [{needed}])"
            rows.append(marked(o.id, f"{INDENT}{literal(o.name)}: {route},"))
            good += _of_operation(o, {i.name: _taken(i, module) for i in o.inputs})
            bad += _of_operation(o, {i.name: _refused(i, module) for i in o.inputs})
            refers += _of_operation(o, {i.name: literal(i.type.entity) if i.type.entity else "" for i in o.inputs})
        module.add(_table("REFERENCES: dict[str, dict[str, str]]", refers, "Inputs that are the id of a row."))
        kept = [line for o in self.views.operations for line in _of_operation(o, self._kept(o, module))]
        module.imports.add("collections.abc", "Callable")
        module.add(
            _table("KEPT: dict[str, dict[str, Callable[[str], str]]]", kept, "Inputs that are kept in another form.")
        )
        names = [
            f"{INDENT}({literal(o.name)}, {literal(i.name)}): {literal(self.views.wire_name(i))},"
            for o in self.views.operations
            for i in o.inputs
            if self.views.wire_name(i) != i.name
        ]
        module.add(_table("WRITTEN: dict[tuple[str, str], str]", names, "Inputs that clients write in another way."))
        wrapped = [
            f"{INDENT}{literal(o.name)}: {literal(self.views.spelled(o.wrapper))},"
            for o in self.views.operations
            if o.wrapper
        ]
        if wrapped:
            module.add(_table("WRAPPED: dict[str, str]", wrapped, "Operations whose body has its inputs under a key."))
        module.add(_table("ROUTES: dict[str, Route]", rows, "Each operation's route."))
        module.add(self.statuses())
        described = [f"{INDENT}{literal(o.name)}: {_described(o, self.views)}," for o in self.views.operations]
        module.add(_table("DESCRIBED: dict[str, set[int]]", described, "Every status that an operation may have."))
        if _refuses(self.views):
            refusals = [_of_operation(o, self._refusals(o)) for o in self.views.operations]
            note = "The status of inputs that are refused in their own way."
            module.add(_table("REFUSALS: dict[str, dict[str, int]]", [row for rows in refusals for row in rows], note))
        if self.outside:
            outside_tests.interface(self.views, module)
        inbound.table(self.views, module)
        module.add(_table("GOOD: dict[str, dict[str, list[Any]]]", good, "Values of inputs that must be taken."))
        module.add(_table("BAD: dict[str, dict[str, list[Any]]]", bad, "Values of inputs that must be refused."))
        self._add_uploads(module)
        self._add_rows(module)
        module.drop_unused_imports()
        return module.text()

    def _kept(self, operation: Operation, module: Module) -> dict[str, str]:
        """Inputs that the service changes when it checks them, and how."""
        own = {"html": "sanitised", "path": "relative_path"}
        found: dict[str, str] = {}
        for given in operation.inputs:
            if given.type.format == "email":
                found[given.name] = "str.lower"
            elif given.type.format in own:
                found[given.name] = own[given.type.format]
                module.imports.add(f"{self.package}.types", own[given.type.format])
        return found

    def _refusals(self, operation: Operation) -> dict[str, str]:
        """The status of each input that is refused in its own way."""
        return {i.name: str(self.views.status(i.refused, operation)) for i in operation.inputs if i.refused}

    def statuses(self) -> str:
        """The statuses of failures: the usual ones, and those of operations that answer in their own way."""
        usual: dict[str, int] = {name: self.views.status(name) for name in CLASSES}
        own: list[tuple[str, dict[str, int]]] = [
            (o.name, {a.failure: self.views.status(a.failure, o) for a in o.answers})
            for o in self.views.operations
            if o.answers
        ]
        lines = [f"    {literal(name)}: {{{_pairs(stated)}}}," for name, stated in own]
        listed = (
            "\n".join(["OWN_STATUSES: dict[str, dict[str, int]] = {", *lines, "}"])
            if own
            else ("OWN_STATUSES: dict[str, dict[str, int]] = {}")
        )
        note = '"""Each operation\'s status of a failure."""'
        every = "STATUSES = {name: {**STATUS, **OWN_STATUSES.get(name, {})} for name in ROUTES}"
        return f"STATUS: dict[str, int] = {{{_pairs(usual)}}}\n{listed}\n{every}\n{note}"

    def _add_uploads(self, module: Module) -> None:
        """The files that operations take, where any does."""
        rows: list[str] = []
        for o in self.views.operations:
            limits = {
                i.name: f"({most_bytes(i.constraints):_}, [{', '.join(literal(v) for v in i.constraints.values)}])"
                for i in uploads.uploads(o)
            }
            rows += _of_operation(o, limits)
        if rows:
            name = "UPLOADS: dict[str, dict[str, tuple[int, list[str]]]]"
            module.add(_table(name, rows, "Inputs that are files: the greatest size, and the content types."))

    def _add_rows(self, module: Module) -> None:
        models: list[str] = []
        fields: list[str] = []
        for e in self.views.entities:
            module.imports.add(f"{self.package}.models", model(e.name))
            models.append(f"{INDENT}{literal(e.name)}: {model(e.name)},")
            kept = ", ".join(f"{literal(f.name)}: {literal(row_attribute(f.name, f.type))}" for f in e.fields)
            fields.append(f"{INDENT}{literal(e.name)}: {{{kept}}},")
        if self.views.handles_events:
            for e in self.views.events:
                kept = ", ".join(f"{literal(f.name)}: {literal(attribute(f.name))}" for f in e.fields)
                fields.append(f"{INDENT}{literal(e.name)}: {{{kept}}},")
            module.imports.add(f"{self.package}.events", *(model(e.name) for e in self.views.events))
            listed = [f"{INDENT}{literal(e.name)}: {model(e.name)}," for e in self.views.events]
            module.add(_table("EVENTS: dict[str, Any]", listed, "Each event and its model."))
        module.add(_table("MODELS: dict[str, Any]", models, "Each kind of row and its model."))
        module.add(
            _table("FIELDS: dict[str, dict[str, str]]", fields, "The attribute of each field of a row or event.")
        )

    def factories(self) -> str:
        """`tests/support/factories.py`: rows that keep every constraint."""
        module = Module(
            doc="Rows for tests: valid, each different from the others, with ids that fall from one to the next.",
            package=self.package,
        )
        module.imports.add("support.tables", "Row")
        module.imports.add("typing", "Any")
        names: list[str] = []
        for e in self.views.entities:
            row = samples.of_row(e, module.imports)
            values = ", ".join(f"{literal(name)}: {source}" for name, source in row.items())
            name = short(f"{_snake(e.name)}_row")
            head = f'def {name}(world: Any, n: int) -> Row:\n    """Values of {with_article(e.name)}."""'
            module.add(f"{head}\n    return {{{values}}}", e.id)
            names.append(f"{INDENT}{literal(e.name)}: {name},")
        if self.views.handles_events:
            for event in self.views.events:
                values = ", ".join(f"{literal(f.name)}: {_event_value(f.type, f, module)}" for f in event.fields)
                name = short(f"{_snake(event.name)}_event")
                module.add(
                    f'def {name}(world: Any) -> Row:\n    """Values of {event.name}."""\n    return {{{values}}}',
                    event.id,
                )
            listed = [f"{INDENT}{literal(e.name)}: {short(f'{_snake(e.name)}_event')}," for e in self.views.events]
            module.add(_table("EVENT_VALUES", listed, "A factory for each event."))
        module.drop_unused_imports()
        module.imports.add("typing", "Any")
        module.add(_table("FACTORIES: dict[str, Any]", names, "A factory for each kind of row."))
        return module.text()

    def scenarios(self) -> str:
        """`tests/support/scenarios.py`: for each operation a request that succeeds."""
        module = Module(doc="For each operation what must be there so that it succeeds.", package=self.package)
        module.imports.add("support.tables", "Row")
        module.imports.add("support.world", "World")
        listed: list[str] = []
        lists: list[str] = []
        for o in self.views.operations:
            found = Scenarios(views=self.views, operation=o, imports=module.imports).success()
            name = function(o.name)
            rows = self._visible_row(o, module)
            head = "world: World, rows: int = 0" if rows else "world: World"
            lines = [f"def {name}({head}) -> tuple[Row, str | None]:"]
            lines += [f'    """A request that {words(o.name)} answers with {found.status}."""']
            lines += [INDENT + line for line in self._setup(o, found, rows)]
            lines += [f"{INDENT}for _ in range(rows):", f"{INDENT * 2}{rows}"] if rows else []
            lists += [f"{literal(o.name)}"] if rows else []
            lines += [f"    return {_row(found)}, {'None' if o.access == 'anyone' else 'token'}"]
            module.add("\n".join(lines), o.id)
            listed.append(f"{INDENT}{literal(o.name)}: ({name}, {found.status}),")
        module.drop_unused_imports()
        module.add(_table("SUCCEEDING", listed, "Each operation: what makes it succeed, and its status then."))
        shown = f"[{', '.join(lists)}]"
        module.add(f'LISTS: list[str] = {shown}\n"""Operations that show many rows; they can be given so many."""')
        return module.text()

    def _visible_row(self, operation: Operation, module: Module) -> str:
        """Source that adds a row which the operation lists; "" where it lists none."""
        scenarios = Scenarios(views=self.views, operation=operation, imports=module.imports)
        return next((scenarios.visible_row(step) for step in scenarios.lists()), "")

    def _setup(self, operation: Operation, found: Arrangement, more: str = "") -> list[str]:
        if operation.access == "anyone":
            return list(found.lines)
        texts = (more, *found.lines, *(source for _, source in found.given))
        used = any(re.search(r"\bcaller\[", text) for text in texts)
        auth = self.views.auth
        who = "".join(f", {name}={source}" for name, source in found.who)
        account = f"world.add({literal(auth.entity)}{who})" if auth and who else ""
        return [f"token, {'caller' if used else '_'} = world.sign_in({account})", *found.lines]

    # Tests.

    def operations(self) -> str:
        """`tests/test_operations.py`: each operation succeeds, and fails for each of its reasons alone."""
        module = Module(doc="Every operation: that it succeeds, and each way in which it fails.", package=self.package)
        module.imports.add("support.world", "World")
        for o in self.views.operations:
            for name, arrangement in self._cases(o, module):
                lines = [
                    f"def test_{name}(world: World) -> None:",
                    *(INDENT + line for line in self._setup(o, arrangement)),
                ]
                token = "" if o.access == "anyone" else ", token"
                lines += [f"    reply = world.call({literal(o.name)}, {_row(arrangement)}{token})"]
                lines += [f"    assert reply.status_code == {arrangement.status}"]
                module.add("\n".join(lines), o.id)
        module.drop_unused_imports()
        return module.text()

    def _cases(self, operation: Operation, module: Module) -> Iterator[tuple[str, Arrangement]]:
        scenarios = Scenarios(views=self.views, operation=operation, imports=module.imports)
        success = scenarios.success()
        seen: set[str] = set()
        cases = [replace_name(success, f"answers_{success.status}"), *scenarios.failures(), *scenarios.conflicts()]
        for step in scenarios.lists():
            cases += scenarios.listing(step)
        for case in cases:
            fails = case.status >= 400
            name = f"{operation.name}_{case.name}" + (f"_is_{case.status}" if fails else "")
            name = name if len(name) <= LONGEST_TEST else f"{short(operation.name)}_{short(case.name)}_{len(seen)}"
            if name not in seen:
                seen.add(name)
                yield name, case


def _pairs(values: Mapping[str, int]) -> str:
    return ", ".join(f"{literal(name)}: {value}" for name, value in values.items())


def _restricted(views: Views) -> list[Operation]:
    """The operations whose replies hold fields that not everybody sees."""
    fields = {f.name for e in views.entities for f in e.fields if f.visible}
    shown = (
        (o, {key for reply in replies_of(o) if reply.body for node in walk(reply.body) for key in _keys(node)})
        for o in views.operations
    )
    return [o for o, keys_ in shown if o.access != "anyone" and keys_ & fields]


def _keys(expr: Expr) -> list[str]:
    return [name for name, _ in expr.values] if isinstance(expr, Record) else []


def roles_of(views: Views) -> tuple[str, ...]:
    """The roles that accounts may have."""
    auth = views.auth
    return views.entity(auth.entity).field(auth.role).constraints.values if auth and auth.role else ()


def replace_name(arrangement: Arrangement, name: str) -> Arrangement:
    """The same under another name."""
    return replace(arrangement, name=name)


_ROUTE = '''
@dataclass(frozen=True)
class Route:
    """How an operation is asked for: where each input stands, and which of them must be sent."""

    method: str
    path: str
    places: dict[str, str]
    required: list[str]
'''


def _of_operation(operation: Operation, values: Mapping[str, str]) -> list[str]:
    """A row of a table: the operation, and a value for each input that has one."""
    shown = ", ".join(f"{literal(name)}: {value}" for name, value in values.items() if value)
    return [f"{INDENT}{literal(operation.name)}: {{{shown}}},"] if shown else []


def _described(operation: Operation, views: Views) -> str:
    """Source of the set of every status that an operation may have."""
    found = {*(reply.status for reply in replies_of(operation)), *failure_statuses(operation, views)}
    return f"{{{', '.join(map(str, sorted(found)))}}}"


def _taken(given: Input, module: Module) -> str:
    """Values that an input must take; "" where only a row that is there has one."""
    if given.type.entity:
        return ""
    return _sendable(given, samples.good(given.type, given.constraints, module.imports))


def _refused(given: Input, module: Module) -> str:
    """Values that an input must refuse."""
    return _sendable(given, samples.bad(given, module.imports))


_IN_HEADER = re.compile(r'"[A-Za-z0-9._-]*"( \* [0-9]+)?|-?[0-9]+|True|False')
"""Values that a header or a cookie holds as they are."""


def _sendable(given: Input, values: list[str]) -> str:
    """The values as a list, without those that make another path of the one that they stand in, or no field."""
    found = [v for v in values if given.place != "path" or "/" not in v]
    if given.place == "query":
        found = [v for v in found if v not in ("[]", "{}")]
    if given.place in ("header", "cookie"):
        found = [v for v in found if _IN_HEADER.fullmatch(v)]
    # An empty field of a form is one that was not sent; an empty part of a path makes another path.
    found = [v for v in found if given.place not in ("path", "form") or v not in ('""', '"x" * 0')]
    return f"[{', '.join(found)}]" if found else ""


def _table(name: str, rows: list[str], note: str) -> str:
    body = [f"{name} = {{", *rows, "}"] if rows else [f"{name} = {{}}"]
    return "\n".join([*body, f'"""{note}"""'])


def _row(arrangement: Arrangement) -> str:
    return f"{{{', '.join(f'{literal(name)}: {source}' for name, source in arrangement.given)}}}"


def _hashes(operation: Operation) -> bool:
    slow = ("hash_password", "check_password")
    return any(isinstance(step, Invoke) and step.target in slow for step in walk_steps(operation.steps))


def _writes(behaviour: Operation | Handler) -> bool:
    return any(
        isinstance(step, Insert | Change | Remove | Emit | Notify | SetAside) for step in walk_steps(behaviour.steps)
    )


def _narrower(views: Views) -> Iterator[tuple[Operation, Input]]:
    """The inputs that take less than what rows may hold in a field of that name."""
    for operation in views.operations:
        for given in operation.inputs:
            fields = [f for e in views.entities for f in e.fields if f.name == given.name]
            if given.constraints != Constraints() and any(f.constraints != given.constraints for f in fields):
                yield operation, given


def _refuses(views: Views) -> bool:
    """Whether any input is refused in its own way."""
    return any(i.refused for o in views.operations for i in o.inputs)


def _snake(name: str) -> str:
    return words(name).replace(" ", "_")


def _event_value(type_: Type, f: Field, module: Module) -> str:
    if type_.optional:
        return "None"
    values = samples.good(type_, f.constraints, module.imports)
    return "world.now" if type_.name == "datetime" else values[0]

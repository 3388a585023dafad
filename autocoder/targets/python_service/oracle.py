"""The fold that says what must happen, in plain dictionaries: `tests/oracle.py` of the emitted service.

It reads `steps`, never the statement plan, so a wrong plan shows. What the service makes itself (ids, codes, tokens)
is taken from the service.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import assert_never

from autocoder.ir.behaviour import (
    Aggregate,
    Ask,
    BoundRow,
    Change,
    Choose,
    Each,
    Emit,
    Failure,
    Find,
    Insert,
    Invoke,
    Let,
    List,
    Match,
    Notify,
    Order,
    Remove,
    Reply,
    Require,
    SetAside,
    Step,
    Steps,
    Values,
    walk_steps,
)
from autocoder.ir.expressions import Bound, Column, Const, Expr, Get, rewrite, walk
from autocoder.ir.lower_secrets import source_of
from autocoder.ir.nodes import Entity, Handler, Input, Issuer, Operation
from autocoder.ir.pushdown import with_values_checked, worked_out_before
from autocoder.ir.types import NULL, TEXT
from autocoder.ir.views import Views
from autocoder.targets.python_service import capabilities, issuer, language, reserved_names
from autocoder.targets.python_service.bindings import (
    bound_values,
    custom_call,
    custom_function,
    entities_of,
    row_of,
    rows_needed,
    rows_that_may_be_absent,
    rows_there,
)
from autocoder.targets.python_service.describe import handler_doc, operation_doc
from autocoder.targets.python_service.expressions import PythonExpressions, literal, render_default
from autocoder.targets.python_service.handlers import INDENT
from autocoder.targets.python_service.layout import WIDTH
from autocoder.targets.python_service.names import function, local
from autocoder.targets.python_service.schemas import shown_entity
from autocoder.targets.python_service.skeletons import docstring
from autocoder.targets.python_service.source import Module, otherwise_lines
from autocoder.targets.python_service.tables import computed_fields
from autocoder.targets.python_service.texts import PageStatements
from autocoder.targets.tree import END, begin

_DEEPER = INDENT * 2


def method(name: str) -> str:
    """The method of an operation; a name that the tables use gets underscores."""
    return function(name, _reserved())


def handler_method(name: str, views: Views) -> str:
    """The method of a handler, which may be called as a derived operation is."""
    return function(name, _reserved() | {o.name for o in views.operations})


def _reserved() -> frozenset[str]:
    return reserved_names.members("tests/support/tables.py") | {"keep_account"}


def module(views: Views, package: str) -> str:
    """The source of `tests/oracle.py`."""
    found = Module(doc="What the service must do, in plain dictionaries: the tests compare the two.", package=package)
    found.imports.add("collections.abc", "Callable")
    found.imports.add("support.tables", "Entity", "Failed", "Reply", "Row", "Tables", "first", "ordered")
    language.add_functions(language.functions_used(views), found)
    found.add(_entities(views, found))
    found.add(_oracle(views, package, found))
    found.add(_table("OPERATIONS", "operation", [(o.name, o.access, method(o.name)) for o in views.operations]))
    for table in capabilities.tables(views, found):
        found.add(table)
    found.add(_table("HANDLERS", "handler", [(h.name, h.event, handler_method(h.name, views)) for h in views.handlers]))
    found.drop_unused_imports()
    return found.text()


def _table(name: str, what: str, rows: list[tuple[str, str, str]]) -> str:
    lines = [f"    {literal(key)}: ({literal(about)}, Oracle.{called})," for key, about, called in rows]
    second = "who may ask" if what == "operation" else "the event that it runs on"
    note = f'"""Each {what}: {second}, and what it does."""'
    result = "Reply" if what == "operation" else "None"
    head = f"{name}: dict[str, tuple[str, Callable[..., {result}]]] ="
    return "\n".join([f"{head} {{", *lines, "}", note]) if lines else f"{head} {{}}\n{note}"


def _entities(views: Views, module: Module) -> str:
    lines = ["ENTITIES = {", *(f"    {literal(e.name)}: {_entity(e, views, module)}," for e in views.entities), "}"]
    note = '"""What the database holds for each kind of row: keys, references, limits, and what is made or hidden."""'
    return "\n".join([*lines, note]) if views.entities else f"ENTITIES: dict[str, Entity] = {{}}\n{note}"


def _entity(entity: Entity, views: Views, module: Module) -> str:
    computed = computed_fields(entity, views)
    refers = {f.name: (f.type.entity, f.on_delete) for f in entity.fields if f.type.entity}
    limits = {
        f.name: (int(f.constraints.minimum or -(2**63)), int(f.constraints.maximum or 2**63 - 1))
        for f in entity.fields
        if f.type.name == "integer" and (f.constraints.minimum or f.constraints.maximum or f.name in computed)
    }
    parts = [f"fields={_listed([f.name for f in entity.fields])}"]
    parts.append(f"made={_listed([f.name for f in entity.fields if f.generated])}")
    if codes := {f.name: f.constraints.length for f in entity.fields if f.generated == "code"}:
        parts.append(f"codes={{{', '.join(f'{literal(name)}: {length}' for name, length in codes.items())}}}")
    if hidden := [f.name for f in entity.fields if f.hidden]:
        parts.append(f"hidden={_listed(hidden)}")
    keys = [key for key in entity.unique_keys if key != ("id",)]
    if keys:
        parts.append(f"unique=[{', '.join(_listed(key) for key in keys)}]")
    if refers:
        said = ", ".join(f"{literal(n)}: ({literal(to)}, {literal(how)})" for n, (to, how) in refers.items())
        parts.append(f"refers={{{said}}}")
    if entity.computed:
        fold = Fold(views=views, package=module.package, module=module, inputs={})
        said = ", ".join(f"{literal(n)}: lambda row: {fold.python().render(value)}" for n, value in entity.computed)
        parts.append(f"computed={{{said}}}")
    for what, format_ in (("passwords", "password"), ("keys", "token"), ("files", "file")):
        if named := [f.name for f in entity.fields if f.type.format == format_]:
            parts.append(f"{what}={_listed(named)}")
    if digests := {f.name: source_of(f.name) for f in entity.fields if f.type.format == "digest"}:
        parts.append(f"digests={{{', '.join(f'{literal(n)}: {literal(source)}' for n, source in digests.items())}}}")
    if limits:
        parts.append(f"limits={{{', '.join(f'{literal(n)}: ({low}, {high})' for n, (low, high) in limits.items())}}}")
    return f"Entity({', '.join(parts)})"


def _listed(names: list[str] | tuple[str, ...]) -> str:
    return f"[{', '.join(literal(name) for name in names)}]"


def _oracle(views: Views, package: str, module: Module) -> str:
    lines = [
        "class Oracle(Tables):",
        '    """Every operation and handler, one after the other, on lists of rows."""',
        "",
    ]
    lines += ["    entities = ENTITIES", ""]
    for operation in views.operations:
        caller = "caller: Row" if operation.access == "user" else "caller: Row | None"
        lines.append(begin(operation.id))
        lines.append(f"    def {method(operation.name)}(self, given: Row, {caller}, now: datetime) -> Reply:")
        fold = Fold(views=views, package=package, module=module, inputs={i.name: i for i in operation.inputs})
        fold.lists = {s.bind for s in walk_steps(operation.steps) if isinstance(s, List)}
        fold.operation = operation
        lines += [docstring(operation_doc(operation, views), _DEEPER), *_indented(fold.render(operation.steps))]
        lines += [END, ""]
    for handler in views.handlers:
        lines += [begin(handler.id), *_handler(handler, views, package, module), END, ""]
    if found := issuer.of(views):
        lines += [begin("auth"), *_account(found, views, package, module), END, ""]
    module.imports.add("datetime", "datetime")
    return "\n".join(lines)


def _account(found: Issuer, views: Views, package: str, module: Module) -> list[str]:
    inputs = {name: Input(name=name, place="body", type=TEXT) for name in ("subject", "role")}
    fold = Fold(views=views, package=package, module=module, inputs=inputs)
    head = "    def keep_account(self, given: Row, now: datetime) -> None:"
    doc = "Makes the account of somebody who comes for the first time, or gives it the role that the issuer names."
    return [head, docstring(doc, _DEEPER), *_indented(fold.render(found.account))]


def _handler(handler: Handler, views: Views, package: str, module: Module) -> list[str]:
    fold = Fold(views=views, package=package, module=module, inputs={})
    fold.arrives = function(handler.name), handler.event
    head = f"    def {handler_method(handler.name, views)}(self, event: Row, now: datetime) -> None:"
    return [head, docstring(handler_doc(handler, views), _DEEPER), *_indented(fold.render(handler.steps))]


def _indented(lines: list[str]) -> list[str]:
    return [_DEEPER + line for line in lines]


@dataclass(kw_only=True)
class Fold:
    """Renders the steps of one operation or handler."""

    views: Views
    package: str
    module: Module
    inputs: dict[str, Input]
    operation: Operation | None = None
    arrives: tuple[str, str] = ("", "")
    lists: set[str] = field(default_factory=set[str])
    nullable: set[str] = field(default_factory=set[str])
    entities: dict[str, str] = field(default_factory=dict[str, str])
    needed: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    turned: frozenset[str] = frozenset()
    """What has another value in each turn of a loop."""

    def render(self, steps: Steps) -> list[str]:
        """The statements, without indentation of their own."""
        self.nullable = rows_that_may_be_absent(steps)
        self.needed = rows_needed(steps)
        self.named = frozenset(node.name for node in bound_values(steps) if node.scope == "local")
        self.entities = entities_of(steps, self.views)
        if self.operation is not None and self.operation.access != "user":
            self.nullable.add("caller")
        return self._statements(steps) or ["pass"]

    def python(self, row: str = "row") -> PythonExpressions:
        """Renders expressions in which a column is a field of the dictionary `row`."""

        def column(node: Column) -> str:
            return f"{row}[{literal(node.field)}]"

        return PythonExpressions(
            bound=self.bound,
            column=column,
            imports=self.module.imports,
            formulas=f"{self.package}.formulas",
            sent=self.sent,
            row_of=lambda node: row_of(node, self.nullable),
            attribute=self.attribute_of,
            spelled=self.views.spelled,
            present=self.present,
            nullable=lambda node: self.views.entity(self.entities[node.name]).field(node.field).type.optional,
            untyped=True,
        )

    def attribute_of(self, row: str, node: Get) -> str:
        """A field of a row that has no name of its own, or what is worked out of one."""
        entity = node.of.type.entity or ""
        if node.field in dict(self.views.entity(entity).computed):
            return f"ENTITIES[{literal(entity)}].computed[{literal(node.field)}]({row})"
        return f"{row}[{literal(node.field)}]"

    def sent(self, node: Bound) -> str:
        """Whether an input was sent."""
        return f"{literal(node.name)} in given"

    def present(self, node: Bound) -> str:
        """How an input that was sent reads; "" for any other value."""
        sent = node.scope == "input" and self.inputs[node.name].default is None
        return f"given[{literal(node.name)}]" if sent else ""

    def bound(self, node: Bound) -> str:
        """How a value at hand reads."""
        match node.scope:
            case "input":
                return self._input(node.name)
            case "event":
                return f"event[{literal(node.name)}]"
            case "local":
                return local(node.name)
            case "item":
                return f"{local(node.name)}[{literal(node.field)}]" if node.field else local(node.name)
            case "caller" | "row":
                row = "caller" if node.scope == "caller" else local(node.name)
                return self._field(row, node) if node.field else row
            case _:
                assert_never(node.scope)

    def _input(self, name: str) -> str:
        given = self.inputs[name]
        if given.required:
            return f"given[{literal(name)}]"
        if given.default is not None:
            return f"given.get({literal(name)}, {render_default(given.default, self.module.imports)})"
        return f"given.get({literal(name)})"

    def _field(self, row: str, node: Bound) -> str:
        text = f"{row}[{literal(node.field)}]"
        return f"{text} if {row} else None" if row in self.nullable and node.type.optional else text

    # Steps.

    def _statements(self, steps: Steps) -> list[str]:
        return [line for step in steps for line in self._step(step)]

    def _step(self, step: Step) -> list[str]:  # noqa: C901 # one arm a step
        match step:
            case Find():
                return self._find(step)
            case Insert():
                return self._insert(step)
            case Change():
                return self._change(step)
            case Remove():
                return self._remove(step)
            case List():
                return self._list(step)
            case Each(items=items, item=item, body=body):
                return [f"for {local(item)} in {self.python().render(items)}:", *self._turn(item, body)]
            case Require(condition=condition, otherwise=otherwise):
                lines = [f"if {self.python().negated(condition)}:", f"{INDENT}{_raise(otherwise)}"]
                self.nullable -= rows_there(condition)
                return lines
            case Let(name=name, value=Const(value=None)) if name not in self.needed | self.named:
                return []
            case Let(name=name, value=value):
                return [f"{local(name)} = {self._value(value)}"]
            case Choose(condition=condition, then=then, otherwise=otherwise):
                lines = [f"if {self.python().render(condition)}:", *self._inside(then)]
                return [*lines, *otherwise_lines(lines, self._statements(otherwise))]
            case Emit(event=event, values=values):
                absent = {f.name for f in self.views.event(event).fields} - {name for name, _ in values}
                nothing = tuple((name, Const(value=None, type=NULL)) for name in sorted(absent))
                return [f"self.publish({literal(event)}, {self._values((*values, *nothing))})"]
            case Invoke():
                return self._invoke(step)
            case Ask():
                return self._ask(step)
            case Notify(channel=channel, values=values):
                return [f"self.notify({literal(channel)}, {self._values(values)})"]
            case SetAside():
                return [f"self.set_aside({', '.join(map(literal, self.arrives))}, event)"]
            case Reply():
                return self._reply(step)
            case _:
                assert_never(step)

    def _turn(self, item: str, body: Steps) -> list[str]:
        before = self.turned
        self.turned |= {item, *(step.bind for step in walk_steps(body) if isinstance(step, Find | Insert | Invoke))}
        lines = self._inside(body) or [f"{INDENT}pass"]
        self.turned = before
        return lines

    def _list(self, step: List) -> list[str]:
        bind, rows = local(step.bind), self._matching(step.entity, step.where)
        lines, text = self._groups(step, rows) if step.values else ([], self._ordered(rows, step.order))
        if step.total:
            lines = [*lines, f"{local(step.total)} = len({bind if step.values else rows})"]
        if step.after is not None:
            self.module.imports.add("support.tables", "beyond")
            keys = ", ".join(f"({literal(key.field)}, {literal(key.descending)})" for key in step.order)
            text = f"beyond({text}, {self.python().render(step.after)}, {keys})"
        start = self.python().render(step.offset) if step.offset is not None else "0"
        if step.count is not None:
            self.module.imports.add("support.tables", "page")
            text = f"page({text}, {start}, {self.python().render(step.count)})"
        elif step.limit is not None and len(f"{bind} = {text}[:{step.limit}]") <= WIDTH - 2 * len(_DEEPER):
            text += f"[:{step.limit}]"
        elif step.limit is not None:
            self.module.imports.add("support.tables", "page")
            text = f"page({text}, 0, {step.limit})"
        if step.rank:
            first = f"({start}) + 1" if step.offset is not None else "1"
            plain = "row" if step.values else f"self.plain({literal(step.entity)}, row)"
            if not step.values and (
                some := [f.name for f in self.views.entity(step.entity).fields if f.visible is not None]
            ):
                plain = f"without({plain}, {', '.join(literal(name) for name in some)})"
                self.module.imports.add("support.tables", "without")
            record = f"{{{literal(step.rank)}: position, **{plain}}}"
            return [*lines, f"{bind} = [{record} for position, row in enumerate({text}, {first})]"]
        return [*lines, f"{bind} = {text}"]

    def _groups(self, step: List, rows: str) -> tuple[list[str], str]:
        """The statement that binds all groups in order where more is asked of them, and what they are then."""
        values = ", ".join(f"{literal(name)}: {self._aggregate(value)}" for name, value in step.values)
        first = self.python("rows[0]")
        keys = ", ".join(f"{literal(name)}: {first.render(value)}" for name, value in step.group)
        record = ", ".join(part for part in (keys, values) if part)
        text = self._ordered(f"[{{{record}}} for rows in {self._grouped(step, rows)}]", step.order)
        if not (step.total or step.rank):
            return [], text
        return [f"{local(step.bind)} = {text}"], local(step.bind)

    def _grouped(self, step: List, rows: str) -> str:
        self.module.imports.add("support.tables", "grouped")
        if all(isinstance(value, Column) and value.field == name for name, value in step.group):
            return f"grouped({', '.join([rows, *(literal(name) for name, _ in step.group)])})"
        named = ", ".join(f"{literal(name)}: {self.python().render(value)}" for name, value in step.group)
        names = ", ".join(literal(name) for name, _ in step.group)
        held = self._held(value for _, value in step.group)
        return f"grouped({rows}, {names}, by=lambda row{held}: {{{named}}})"

    def _aggregate(self, value: Aggregate) -> str:
        rows = "rows" if value.where is None else f"[row for row in rows if {self.python().render(value.where)}]"
        if value.of is None:
            return f"len({rows})"
        each = f"{self.python().render(value.of)} for row in {rows}"
        if value.function == "distinct":
            return f"len({{{each}}})"
        if value.function in ("min", "max"):
            return f"{value.function}(({each}), default=None)"
        added = f"exact_sum({each})" if value.of.type.name == "decimal" else f"sum({each})"
        if value.function == "sum":
            return added if value.added_here else f"whole({added})"
        self.module.imports.add("decimal", "Decimal")
        if value.where is None:
            return f"Decimal({added}) / len(rows) if rows else None"
        return f"Decimal({added.replace(rows, 'some')}) / len(some) if (some := {rows}) else None"

    def _inside(self, steps: Steps) -> list[str]:
        return [INDENT + line for line in self._statements(steps)]

    def _value(self, value: Expr) -> str:
        return self.python().value(value)

    def _values(self, values: Values, row: str = "row") -> str:
        return f"{{{', '.join(f'{literal(n)}: {self.python(row).render(v)}' for n, v in values)}}}"

    def _matching(self, entity: str, where: Expr | None) -> str:
        rows = f"self.rows[{literal(entity)}]"
        if where is None:
            return rows
        checked = with_values_checked(where)
        # What is handed to the database is worked out whether there are rows or not.
        names = {expr: f"checked_{n}" for n, expr in enumerate(worked_out_before(checked), 1)}
        named = rewrite(
            checked, lambda node: Bound(scope="local", name=names[node], type=node.type) if node in names else node
        )
        before = "".join(f"for {name} in [{self.python().render(expr)}] " for expr, name in names.items())
        return f"[row {before}for row in {rows} if {self.python().render(named)}]"

    def _ordered(self, rows: str, order: tuple[Order, ...]) -> str:
        keys = ", ".join(f"({self._key(key)}, {literal(key.descending)})" for key in order)
        return f"ordered({rows}, {keys})" if order else rows

    def _key(self, key: Order) -> str:
        if key.by is None:
            return literal(key.field)
        return f"lambda row{self._held((key.by,))}: {self.python().render(key.by)}"

    def _find(self, step: Find) -> list[str]:
        rows = self._ordered(self._matching(step.match.entity, step.match.where), step.order)
        lines = [f"{local(step.bind)} = first({rows})"]
        if step.match.absent is not None:
            lines += [f"if {local(step.bind)} is None:", f"{INDENT}{_raise(step.match.absent)}"]
        return lines

    def _insert(self, step: Insert) -> list[str]:
        bind, entity = local(step.bind), literal(step.entity)
        added = f"self.insert({entity}, {self._values(step.values)})"
        insert = f"{bind} = {added}"
        if isinstance(step.taken, Failure):
            if step.taken.failure != "conflict" or step.taken.status is not None:
                added = f"{added[:-1]}, {_failed(step.taken)})"
            return [f"{bind} = {added}" if step.bind in self.needed else added]
        given = dict(step.values)
        same = " and ".join(f"row[{literal(k)}] == {self.python().render(given[k])}" for k in step.key)
        lines = [f"{bind} = first([row for row in self.rows[{entity}] if {same}])", f"if {bind} is None:"]
        lines.append(INDENT + insert)
        if isinstance(step.taken, tuple) and step.taken:
            lines += ["else:", f"{INDENT}self.change({entity}, {bind}, {self._values(step.taken, bind)})"]
        return lines

    def _change(self, step: Change) -> list[str]:
        entity = literal(step.row.entity)
        if isinstance(step.row, BoundRow):
            row = local(step.row.bind)
            return [f"self.change({entity}, {row}, {self._values(step.values, row)})"]
        rows = self._matching(step.row.entity, step.row.where)
        held = self._held(value for _, value in step.values)
        return [f"self.change_all({entity}, {rows}, lambda row{held}: {self._values(step.values)})"]

    def _held(self, values: Iterable[Expr]) -> str:
        """Parameters of a function inside a loop that hold what has another value in its next turn."""
        used = {n.name for value in values for n in walk(value) if isinstance(n, Bound)} & self.turned
        return "".join(f", {local(name)}={local(name)}" for name in sorted(used))

    def _remove(self, step: Remove) -> list[str]:
        match step.row:
            case BoundRow(entity=entity, bind=bind):
                return [f"self.remove({literal(entity)}, [{local(bind)}])"]
            case Match(entity=entity, where=where):
                return [f"self.remove({literal(entity)}, {self._matching(entity, where)})"]

    def _invoke(self, step: Invoke) -> list[str]:
        args = [self.python().render(value) for _, value in step.args]
        bind = local(step.bind)
        match step.target:
            case "custom":
                given = {name: arg for (name, _), arg in zip(step.args, args, strict=True)}
                call = custom_call(step, self.views, given)
                return [f"{bind} = {custom_function(step, self.package, self.module.imports)}({call})"]
            case "keep_file":
                return [f"{bind} = {self._kept(step, args[0])}"]
            case "hash_password":
                return [f"{bind} = {args[0]}"]
            case "check_password":
                stored = f"({args[0]})" if " if " in args[0] else args[0]
                return [f"{bind} = {stored} == {args[1]}"]
            case "issue_token":
                self.module.imports.add("support.tables", "Token")
                return [f"{bind} = Token({args[0]})"]
            case "new_token":
                self.module.imports.add("support.tables", "Made")
                return [f"{bind} = Made()"]
            case "digest":
                return [f"{bind} = {args[0]}"]
            case "check_token":
                return [f"{bind} = {args[0]} == ({args[1]})"]
            case "check_secret":
                return [f"{bind} = ({args[1]}) == self.secrets[{args[0]}]"]
            case _:
                assert_never(step.target)

    def _kept(self, step: Invoke, upload: str) -> str:
        self.module.imports.add("support.tables", "kept_file")
        if not step.type.optional:
            return f"kept_file({upload})"
        given = step.args[0][1]
        sent = (self.present(given) if isinstance(given, Bound) else "") or upload
        return f"kept_file({sent}) if {upload} is not None else None"

    def _ask(self, step: Ask) -> list[str]:
        answered = f"self.call({literal(f'{step.integration}.{step.operation}')}, {self._values(step.args)})"
        bind = f"{local(step.bind)} = " if step.bind in self.named else ""
        answered = f"{bind}{answered}"
        if step.failed is None:
            return [answered]
        otherwise = f"{INDENT}{bind}{self.python().render(step.failed) if bind else 'pass'}"
        return ["try:", f"{INDENT}{answered}", "except Failed:", otherwise]

    def _reply(self, step: Reply) -> list[str]:
        given, statements = [str(step.status)], list[str]()
        if step.redirect is not None:
            given.append(f"location={self.python().render(step.redirect)}")
        elif step.file is not None:
            given.append(f"file={self.python().render(step.file)}")
        elif step.html is not None:
            statements, page = PageStatements(python=self.python()).build(step.html)
            given.append(f"text={page}")
        elif step.text is not None:
            given.append(f"text={self.python().render(step.text)}")
        elif (body := self._body(step)) is not None:
            given.append(body)
        if step.headers:
            in_header = (f"{literal(name)}: in_header({self.python().render(value)})" for name, value in step.headers)
            given.append(f"headers={{{', '.join(in_header)}}}")
        return [*statements, f"return Reply({', '.join(given)})"]

    def _body(self, step: Reply) -> str | None:
        if step.body is not None:
            body = self.python().value(step.body, lambda entity, code: f"self.shown({literal(entity)}, {code})")
            absent = ", ".join(literal(self.views.spelled(name)) for name in step.absent)
            if absent:
                self.module.imports.add("support.tables", "without_null")
            return f"without_null({body}, {absent})" if absent else body
        if step.view is None or self.operation is None:
            return None
        entity, many = shown_entity(self.operation, step.view)
        row = local(step.view)
        one = f"self.shown({literal(entity)}, {'row' if many else row})"
        return f"[{one} for row in {row}]" if many else one


def _failed(failure: Failure) -> str:
    status = f", {failure.status}" if failure.status is not None else ""
    return f"Failed({literal(failure.failure)}{status})"


def _raise(failure: Failure) -> str:
    return f"raise {_failed(failure)}"

"""The fold that makes the running code: core steps as typed SQLAlchemy, as a person would write them.

It alone reads the statement plan. One renderer serves operations and handlers; what differs is where names come from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import assert_never

from autocoder.ir.behaviour import (
    BoundRow,
    Change,
    Choose,
    Emit,
    Failure,
    Find,
    Insert,
    Invoke,
    Let,
    List,
    Match,
    Order,
    Remove,
    Reply,
    Require,
    Step,
    Steps,
    Values,
    expressions,
    walk_steps,
)
from autocoder.ir.expressions import Bound, Call, Column, Const, Expr, Op, conjuncts, walk
from autocoder.ir.nodes import Entity, Field
from autocoder.ir.views import Views
from autocoder.targets.python_service import language
from autocoder.targets.python_service.describe import words
from autocoder.targets.python_service.expressions import Imports, PythonExpressions, SqlExpressions, literal
from autocoder.targets.python_service.names import attribute, local, model, row_attribute

INDENT = "    "
FAILURES = {
    "malformed": "Invalid",
    "invalid": "Invalid",
    "unauthenticated": "Unauthenticated",
    "forbidden": "Forbidden",
    "missing": "Missing",
    "conflict": "Conflict",
    "limited": "Limited",
    "unavailable": "Unavailable",
}


@dataclass(kw_only=True)
class Behaviour:
    """Renders the statements of one operation or handler. `names` maps inputs to the Python that reads them."""

    views: Views
    package: str
    imports: Imports
    names: dict[str, str]
    caller_optional: bool = False
    reply_model: str = ""
    found: set[str] = field(default_factory=set[str])
    nullable: set[str] = field(default_factory=set[str])
    needed: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    entities: dict[str, str] = field(default_factory=dict[str, str])
    connected: bool = False
    written: bool = False
    ranged: str = ""

    @property
    def python(self) -> PythonExpressions:
        """Renders expressions over values at hand."""
        return self._python(self.column)

    def _python(self, column: Callable[[Column], str]) -> PythonExpressions:
        return PythonExpressions(
            bound=self.bound,
            column=column,
            imports=self.imports,
            sent=self.sent,
            row_of=lambda node: row_of(node, self.nullable),
            nullable=lambda node: self.views.entity(self.entities[node.name]).field(node.field).type.optional,
            language=f"{self.package}.language",
        )

    # Names.

    def bound(self, node: Bound) -> str:
        """How a value at hand reads."""
        match node.scope:
            case "input" | "event":
                return self.names[node.name]
            case "local":
                return local(node.name)
            case "caller":
                return self._caller(node)
            case "row":
                return self._row(node)

    def _caller(self, node: Bound) -> str:
        if not node.field:
            return "caller"
        return self._field(node, "caller")

    def _row(self, node: Bound) -> str:
        if not node.field:
            return local(node.name)
        return self._field(node, local(node.name))

    def _field(self, node: Bound, row: str) -> str:
        text = f"{row}.{self.attribute(node)}"
        return f"{text} if {row} else None" if row in self.nullable and node.type.optional else text

    def attribute(self, node: Bound | Column) -> str:
        """The attribute of a field on a row."""
        return row_attribute(node.field, node.type)

    def column(self, node: Column) -> str:
        """A column of the model that the statement is about."""
        return f"{self.ranged}.{self.attribute(node)}"

    def sent(self, node: Bound) -> str:
        """Whether a body's field was sent."""
        return f'"{attribute(node.name)}" in body.model_fields_set'

    def sql(self, entity: str) -> SqlExpressions:
        """Renders conditions over the columns of an entity."""
        self.ranged = model(entity)
        return SqlExpressions(python=self.python)

    def model(self, entity: str) -> str:
        """The model of an entity, imported."""
        self.imports.add(f"{self.package}.models", model(entity))
        return model(entity)

    # Statements.

    def render(self, steps: Steps) -> list[str]:
        """The statements, without indentation of their own."""
        self.nullable = rows_that_may_be_absent(steps) | ({"caller"} if self.caller_optional else set[str]())
        self.entities = entities_of(steps, self.views)
        self.needed = rows_needed(steps)
        self.named = frozenset(node.name for node in _values(steps) if node.scope == "local")
        self.lists = frozenset(step.bind for step in walk_steps(steps) if isinstance(step, List))
        lines = self._statements(steps)
        if len(lines) > 1 and lines[-1].startswith("return ") and lines[-2].startswith(f"{lines[-1][7:]} = "):
            lines[-2:] = [f"return {lines[-2].split(' = ', 1)[1]}"]
        return lines

    def _statements(self, steps: Steps) -> list[str]:
        lines: list[str] = []
        for step in steps:
            lines += self._step(step)
            self.connected |= isinstance(step, Find | List | Insert | Change | Remove)
            self.written |= isinstance(step, Insert | Change | Remove | Emit) or (isinstance(step, Find) and step.lock)
        return lines

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
            case Require():
                lines = [f"if {self.python.negated(step.condition)}:", f"{INDENT}{self._raise(step.otherwise)}"]
                self.nullable -= rows_there(step.condition)
                return lines
            case Let(name=name, value=Const(value=None)) if name not in self.needed | self.named:
                return []
            case Let():
                return [f"{local(step.name)} = {self._value(step.value)}"]
            case Choose():
                return self._choose(step)
            case Emit():
                return [self._emit(step)]
            case Invoke():
                return self._invoke(step)
            case Reply():
                return self._reply(step)
            case _:
                assert_never(step)

    def _raise(self, failure: Failure) -> str:
        name = FAILURES[failure.failure]
        self.imports.add(f"{self.package}.failures", name)
        detail = failure.message or (f"no such {words(failure.subject)}" if name == "Missing" else "")
        return f"raise {name}({literal(detail) if detail else ''})"

    def _where(self, entity: str, where: Expr | None) -> str:
        conditions = self.sql(entity).conditions(where)
        return f".where({', '.join(conditions)})" if conditions else ""

    def _find(self, step: Find) -> list[str]:
        entity = step.match.entity
        self.imports.add("sqlalchemy", "select")
        text = f"select({self.model(entity)}){self._where(entity, step.match.where)}"
        if step.order:
            text += f"{self._order(entity, step.order)}.limit(1)"
        if step.lock:
            text += ".with_for_update()"
        if entity in self.found:
            text += ".execution_options(populate_existing=True)"
        self.found.add(entity)
        return [f"{local(step.bind)} = await session.scalar({text})", *self._absent(local(step.bind), step.match)]

    def _absent(self, bind: str, match: Match) -> list[str]:
        if match.absent is None:
            return []
        return [f"if {bind} is None:", f"{INDENT}{self._raise(match.absent)}"]

    def _order(self, entity: str, order: tuple[Order, ...]) -> str:
        fields = {f.name: f for f in self.views.entity(entity).fields}
        keys: list[str] = []
        for key in order:
            text = f"{model(entity)}.{row_attribute(key.field, fields[key.field].type)}"
            text += ".desc()" if key.descending else ""
            keys.append(f"{text}.nulls_first()" if fields[key.field].type.optional else text)
        return f".order_by({', '.join([*keys, f'{model(entity)}.seq'])})"

    def _list(self, step: List) -> list[str]:
        entity = step.entity
        self.imports.add("sqlalchemy", "select")
        text = f"select({self.model(entity)}){self._where(entity, step.where)}{self._order(entity, step.order)}"
        if step.limit is not None:
            text += f".limit({step.limit})"
        if step.bind in self.named:
            return [f"{local(step.bind)} = (await session.scalars({text})).all()"]
        return [f"{local(step.bind)} = await session.scalars({text})"]

    def _insert(self, step: Insert) -> list[str]:
        entity = self.views.entity(step.entity)
        table = self.model(step.entity)
        if isinstance(step.taken, Failure):
            values = self._assignments(entity, step.values, defaults=True)
            self.found.add(step.entity)
            return [
                f"{local(step.bind)} = {table}({values})",
                f"session.add({local(step.bind)})",
                "await session.flush()",
            ]
        return self._insert_unless_there(step, entity, table)

    def _insert_unless_there(self, step: Insert, entity: Entity, table: str) -> list[str]:
        """One INSERT that knows what to do with a row of the same key."""
        self.imports.add(f"{self.package}.database", "insert_into")
        values = self._assignments(entity, step.values, defaults=True)
        statement = f"insert_into(session, {table}).values({values})"
        keys = ", ".join(f"{table}.{row_attribute(k, entity.field(k).type)}" for k in step.key)
        needed = step.bind in self.needed
        if step.taken == "keep" or not isinstance(step.taken, tuple):
            lines = [f"await session.execute({statement}.on_conflict_do_nothing(index_elements=[{keys}]))"]
            if needed:
                self.imports.add("sqlalchemy", "select")
                given = dict(step.values)
                conditions = ", ".join(
                    f"{table}.{row_attribute(k, entity.field(k).type)} == {self.python.render(given[k])}"
                    for k in step.key
                )
                lines.append(f"{local(step.bind)} = (await session.scalars(select({table}).where({conditions}))).one()")
            return lines
        sql = self.sql(step.entity)
        changes = ", ".join(
            f"{literal(_column_name(entity.field(name)))}: {sql.render(value)}" for name, value in step.taken
        )
        statement += f".on_conflict_do_update(index_elements=[{keys}], set_={{{changes}}})"
        if needed:
            statement += f".returning({table})"
            statement += ".execution_options(populate_existing=True)" if step.entity in self.found else ""
            self.found.add(step.entity)
            return [f"{local(step.bind)} = (await session.scalars({statement})).one()"]
        return [f"await session.execute({statement})"]

    def _assignments(self, entity: Entity, values: Values, *, defaults: bool) -> str:
        """`field=value` for each value that the model would not fill in by itself."""
        parts: list[str] = []
        for name, value in values:
            f = entity.field(name)
            if defaults and _filled_in(f, value):
                continue
            parts.append(f"{row_attribute(name, f.type)}={self.python.render(value)}")
        return ", ".join(parts)

    def _change(self, step: Change) -> list[str]:
        entity = self.views.entity(step.row.entity)
        if isinstance(step.row, BoundRow):
            return self._set_attributes(step.row, step.values, entity)
        self.imports.add("sqlalchemy", "update")
        table = self.model(entity.name)
        where = self._where(entity.name, step.row.where)
        sql = self.sql(entity.name)
        values = ", ".join(f"{row_attribute(n, entity.field(n).type)}={sql.render(v)}" for n, v in step.values)
        statement = f"update({table}){where}.values({values})"
        if step.row.many or step.bind is None:
            return [f"await session.execute({statement}{self._apart(entity.name)})"]
        self.found.add(entity.name)
        return [
            f"{local(step.bind)} = await session.scalar({statement}.returning({table}))",
            *self._absent(local(step.bind), step.row),
        ]

    def _set_attributes(self, row: BoundRow, values: Values, entity: Entity) -> list[str]:
        """The row is locked, so its attributes are what the database holds."""
        if values and all(_replaces_if_sent(value) for _, value in values):
            return self._set_what_was_sent(row, values, entity)
        if _reads_what_it_sets(row, values):
            targets = ", ".join(f"{local(row.bind)}.{row_attribute(n, entity.field(n).type)}" for n, _ in values)
            return [f"{targets} = {', '.join(self._on_row(value, row) for _, value in values)}"]
        lines: list[str] = []
        for name, value in values:
            target = f"{local(row.bind)}.{row_attribute(name, entity.field(name).type)}"
            match value:
                case Op(op="+", args=(Column(field=same), Op(op="negate", args=(other,)))) if same == name:
                    lines.append(f"{target} -= {self._on_row(other, row)}")
                case Op(op=("+" | "-") as op, args=(Column(field=same), other)) if same == name:
                    lines.append(f"{target} {op}= {self._on_row(other, row)}")
                case _:
                    lines.append(f"{target} = {self._on_row(value, row)}")
        return lines

    def _on_row(self, value: Expr, row: BoundRow) -> str:
        def column(node: Column) -> str:
            return f"{local(row.bind)}.{self.attribute(node)}"

        return self._python(column).render(value)

    def _set_what_was_sent(self, row: BoundRow, values: Values, entity: Entity) -> list[str]:
        plain = all(row_attribute(n, entity.field(n).type) == n for n, _ in values)
        body = {i for name, i in self.names.items() if i.startswith("body.") and name not in dict(values)}
        if plain and not body:
            return [
                "for name, value in body.model_dump(exclude_unset=True).items():",
                f"{INDENT}setattr({local(row.bind)}, name, value)",
            ]
        lines: list[str] = []
        for name, value in values:
            target = f"{local(row.bind)}.{row_attribute(name, entity.field(name).type)}"
            match value:
                case Op(op="?:", args=(condition, new, _)):
                    lines += [
                        f"if {self.python.render(condition)}:",
                        f"{INDENT}{target} = {self.python.render(new)}",
                    ]
                case _:
                    lines.append(f"{target} = {self.python.render(value)}")
        return lines

    def _remove(self, step: Remove) -> list[str]:
        if isinstance(step.row, BoundRow):
            return [f"await session.delete({local(step.row.bind)})", "await session.flush()"]
        self.imports.add("sqlalchemy", "delete")
        entity = step.row.entity
        statement = f"delete({self.model(entity)}){self._where(entity, step.row.where)}{self._apart(entity)}"
        return [f"await session.execute({statement})"]

    def _apart(self, entity: str) -> str:
        """Rows at hand do not show what a statement over many rows does."""
        return ".execution_options(synchronize_session=False)" if entity in self.found else ""

    def _value(self, value: Expr) -> str:
        """A value that the database does not check: a computed integer must fit into 64 bits."""
        text = self.python.render(value)
        if not language.is_computed_integer(value):
            return text
        self.imports.add(f"{self.package}.language", "whole")
        return f"whole({text})"

    def _choose(self, step: Choose) -> list[str]:
        lines = [f"if {self.python.render(step.condition)}:"]
        lines += [INDENT + line for line in self._statements(step.then)]
        otherwise = self._statements(step.otherwise)
        return [*lines, "else:", *(INDENT + line for line in otherwise)] if otherwise else lines

    def _emit(self, step: Emit) -> str:
        self.imports.add(f"{self.package}.events", model(step.event), "publish")
        values = ", ".join(f"{attribute(name)}={self._value(value)}" for name, value in step.values)
        return f"publish(session, {model(step.event)}({values}))"

    def _invoke(self, step: Invoke) -> list[str]:
        args = [self.python.render(value) for _, value in step.args]
        if step.target == "custom":
            given = {name: arg for (name, _), arg in zip(step.args, args, strict=True)}
            call = custom_call(step, self.views, given)
            return [f"{local(step.bind)} = {custom_function(step, self.package, self.imports)}({call})"]
        self.imports.add(f"{self.package}.authentication", step.target)
        if step.target == "issue_token":
            return [f"{local(step.bind)} = issue_token({args[0]})"]
        lines = [f"{local(step.bind)} = await {step.target}({', '.join(args)})"]
        if self.connected and not self.written:
            # Hashing takes long: the connection goes back to the pool first.
            lines.insert(0, "await session.commit()  # gives the connection back before the slow hash")
            self.connected = False
        return lines

    def _reply(self, step: Reply) -> list[str]:
        if step.redirect is not None:
            self.imports.add("fastapi.responses", "RedirectResponse")
            target = self.python.render(step.redirect)
            return [f'return RedirectResponse({target}, {step.status}, headers={{"Cache-Control": "no-store"}})']
        if step.body is not None:
            values = ", ".join(f"{attribute(name)}={self._value(value)}" for name, value in step.body)
            return [f"return {self.reply_model}({values})"]
        if step.view is None:
            return []
        row = local(step.view)
        return [f"return list({row})" if step.view in self.lists else f"return {row}"]


def _column_name(f: Field) -> str:
    return f"{f.name}_id" if f.type.entity else f.name


def _filled_in(f: Field, value: Expr) -> bool:
    """Whether the model's own default is this value."""
    if isinstance(value, Const) and value.value is None and f.type.optional:
        return True
    return isinstance(value, Const) and value == f.default


def _reads_what_it_sets(row: BoundRow, values: Values) -> bool:
    """Whether a value is made of a field that an earlier one sets; all are made of the row as it was."""
    changed: set[str] = set()
    for name, value in values:
        for node in walk(value):
            match node:
                case Column(field=read) | Bound(scope="row", name=row.bind, field=read) if read in changed:
                    return True
                case _:
                    pass
        changed.add(name)
    return False


def _replaces_if_sent(value: Expr) -> bool:
    match value:
        case Op(op="?:", args=(Call(function="sent"), _, _)):
            return True
        case _:
            return False


def custom_call(step: Invoke, views: Views, given: Mapping[str, str]) -> str:
    """The arguments of a custom function; what may be null and is not given is null."""
    called = next(f for f in views.functions if f.name == step.name)
    return ", ".join(f"{name}={given.get(name, 'None')}" for name, _ in called.inputs)


def custom_function(step: Invoke, package: str, imports: Imports) -> str:
    """A custom function, imported; under another name where its result has its own."""
    name = f"{step.name}_function" if local(step.bind) == step.name else step.name
    imports.add(f"{package}.custom.{step.name}", step.name if name == step.name else f"{step.name} as {name}")
    return name


def entities_of(steps: Steps, views: Views) -> dict[str, str]:
    """The entity of each row that a step binds, and of the caller."""
    found = {"caller": views.auth.entity} if views.auth else {}
    for step in walk_steps(steps):
        match step:
            case Find(bind=bind, match=Match(entity=entity)) | Insert(bind=bind, entity=entity):
                found[bind] = entity
            case Change(bind=str() as bind, row=row):
                found[bind] = row.entity
            case _:
                pass
    return found


def row_of(node: Bound, nullable: set[str]) -> str:
    """The row that a value is a field of where that row may be absent, else ""."""
    row = "caller" if node.scope == "caller" else local(node.name)
    return row if node.scope in ("row", "caller") and node.field and row in nullable else ""


def rows_there(condition: Expr) -> set[str]:
    """Rows that a condition proves to be there."""
    found: set[str] = set()
    for part in conjuncts(condition):
        match part:
            case Op(op="!=", args=(Bound(scope="row" | "caller", name=name, field=""), Const(value=None))):
                found.add(name if name == "caller" else local(name))
            case _:
                pass
    return found


def rows_that_may_be_absent(steps: Steps) -> set[str]:
    """Rows that were looked for and may not be there, until a guard says that they are."""
    found: set[str] = set()
    for step in walk_steps(steps):
        match step:
            case Find(match=Match(absent=None), bind=bind):
                found.add(local(bind))
            case Let(name=name, value=Const(value=None)):
                found.add(local(name))
            case _:
                pass
    return found


def _values(steps: Steps) -> list[Bound]:
    """Every value at hand that any step names."""
    return [
        node
        for step in walk_steps(steps)
        for expr in expressions(step)
        for node in walk(expr)
        if isinstance(node, Bound)
    ]


def rows_needed(steps: Steps) -> frozenset[str]:
    """Rows that a later step reads, writes or shows."""
    used = {node.name for node in _values(steps) if node.scope == "row"}
    shown = {step.view for step in walk_steps(steps) if isinstance(step, Reply) and step.view}
    written = {
        step.row.bind
        for step in walk_steps(steps)
        if isinstance(step, Change | Remove) and isinstance(step.row, BoundRow)
    }
    return frozenset(used | shown | written)

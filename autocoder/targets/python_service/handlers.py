"""The fold that makes the running code: core steps as typed SQLAlchemy, as a person would write them.

It alone reads the statement plan. One renderer serves operations and handlers; what differs is where names come from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import assert_never

from autocoder.ir.behaviour import (
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
from autocoder.ir.expressions import Bound, Column, Const, Expr, Get, Op
from autocoder.ir.keeping import Kept
from autocoder.ir.nodes import Entity, Operation
from autocoder.ir.pushdown import limits_of
from autocoder.ir.types import TEXT
from autocoder.ir.views import Views
from autocoder.targets.python_service import groups, keeping, outside
from autocoder.targets.python_service.bindings import (
    FAILURES,
    bound_values,
    custom_call,
    custom_function,
    entities_of,
    filled_in,
    is_never_refused,
    public_fields,
    reads_what_it_sets,
    replaces_if_sent,
    row_of,
    rows_needed,
    rows_that_may_be_absent,
    rows_there,
)
from autocoder.targets.python_service.describe import words
from autocoder.targets.python_service.expressions import Imports, PythonExpressions, literal
from autocoder.targets.python_service.names import attribute, local, model, row_attribute
from autocoder.targets.python_service.pages import beyond
from autocoder.targets.python_service.replies import reply
from autocoder.targets.python_service.source import otherwise_lines
from autocoder.targets.python_service.sql import SqlExpressions
from autocoder.targets.python_service.tables import column_name

INDENT = "    "
NOTHING = Const(value="", type=TEXT)
_ANEW = ".execution_options(populate_existing=True)"


@dataclass(kw_only=True)
class Behaviour:
    """Renders the statements of one operation or handler. `names` maps inputs to the Python that reads them."""

    views: Views
    package: str
    imports: Imports
    names: dict[str, str]
    caller_optional: bool = False
    operation: Operation | None = None
    handler: str = ""
    status: int = 200
    several: bool = False
    found: set[str] = field(default_factory=set[str])
    listed: set[str] = field(default_factory=set[str])
    nullable: set[str] = field(default_factory=set[str])
    needed: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    entities: dict[str, str] = field(default_factory=dict[str, str])
    connected: bool = False
    written: bool = False
    asked: int = 0
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
            attribute=self.attribute_of,
            language=f"{self.package}.language",
            formulas=f"{self.package}.formulas",
        )

    # Names.

    def bound(self, node: Bound) -> str:
        """How a value at hand reads."""
        match node.scope:
            case "input" | "event":
                return self.names[node.name]
            case "local":
                return local(node.name)
            case "item":
                return f"{local(node.name)}.{self.attribute(node)}" if node.field else local(node.name)
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

    def attribute_of(self, row: str, node: Get) -> str:
        """A field of a row that has no name of its own."""
        return f"{row}.{row_attribute(node.field, node.type)}"

    def column(self, node: Column) -> str:
        """A column of the model that the statement is about."""
        return f"{self.ranged}.{self.attribute(node)}"

    def sent(self, node: Bound) -> str:
        """Whether a body's field was sent."""
        return f'"{attribute(node.name)}" in body.model_fields_set'

    def sql(self, entity: str) -> SqlExpressions:
        """Renders conditions over the columns of an entity."""
        self.ranged = model(entity)
        limits = limits_of(self.views.entity(entity))
        return SqlExpressions(python=self.python, models=f"{self.package}.models", limits=limits)

    def model(self, entity: str) -> str:
        """The model of an entity, imported."""
        self.imports.add(f"{self.package}.models", model(entity))
        return model(entity)

    # Statements.

    def render(self, steps: Steps) -> list[str]:
        """The statements, without indentation of their own."""
        self.nullable = rows_that_may_be_absent(steps) | ({"caller"} if self.caller_optional else set[str]())
        self.entities = entities_of(steps, self.views)
        self.needed = rows_needed(steps) | keeping.rows_needed(self.views, steps)
        self.named = frozenset(node.name for node in bound_values(steps) if node.scope == "local")
        self.lists = frozenset(step.bind for step in walk_steps(steps) if isinstance(step, List))
        lines = self._statements(steps)
        if len(lines) > 1 and lines[-1].startswith("return ") and lines[-2].startswith(f"{lines[-1][7:]} = "):
            lines[-2:] = [f"return {lines[-2].split(' = ', 1)[1]}"]
        return lines

    def _statements(self, steps: Steps) -> list[str]:
        lines: list[str] = []
        for step in steps:
            lines += self._step(step)
            for name, drop in keeping.drops(self.views, step):
                self.imports.add(f"{self.package}.kept", name)
                lines.append(drop)
            self.connected |= isinstance(step, Find | List | Insert | Change | Remove)
            locks = isinstance(step, Find | List) and step.lock
            self.written |= locks or isinstance(step, Insert | Change | Remove | Emit | Notify | SetAside)
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
                return [f"{local(step.name)} = {self.python.value(step.value)}"]
            case Choose():
                return self._choose(step)
            case Each(items=items, item=item, body=body):
                inside = [INDENT + line for line in self._statements(body)] or [f"{INDENT}pass"]
                return [f"for {local(item)} in {self.python.render(items)}:", *inside]
            case Emit():
                return [self._emit(step)]
            case Invoke():
                return self._invoke(step)
            case Ask():
                return outside.ask(self, step)
            case Notify():
                return [outside.notify(self, step)]
            case SetAside():
                return [outside.set_aside(self, step)]
            case Reply():
                return reply(self, step)
            case _:
                assert_never(step)

    def _raise(self, failure: Failure) -> str:
        return f"raise {self._failure(failure)}"

    def _failure(self, failure: Failure) -> str:
        """The exception; what is stated for its whole class it says by itself."""
        name = FAILURES[failure.failure]
        self.imports.add(f"{self.package}.failures", name)
        stated = self.views.answer(failure.failure, self.operation).message
        usual = f"no such {words(failure.subject)}" if name == "Missing" and failure.subject and not stated else ""
        given = [literal(text)] if (text := failure.message or usual) else []
        if failure.status is not None:
            given.append(str(failure.status) if given else f"status={failure.status}")
        return f"{name}({', '.join(given)})"

    def _where(self, entity: str, where: Expr | None) -> str:
        conditions = self.sql(entity).conditions(where)
        return f".where({', '.join(conditions)})" if conditions else ""

    def _find(self, step: Find) -> list[str]:
        entity = step.match.entity
        if read := next((k for k in keeping.kept(self.views) if k.find == step), None):
            return self._find_kept(read)
        self.imports.add("sqlalchemy", "select")
        text = f"select({self.model(entity)}){self._where(entity, step.match.where)}"
        if step.order:
            text += f"{self._order(entity, step.order)}.limit(1)"
        if step.lock:
            text += ".with_for_update()"
        if entity in self.found or (step.lock and entity in self.listed):
            text += _ANEW
        self.found.add(entity)
        return [f"{local(step.bind)} = await session.scalar({text})", *self._absent(local(step.bind), step.match)]

    def _find_kept(self, read: Kept) -> list[str]:
        bind = local(read.find.bind)
        self.imports.add("sqlalchemy", "select")
        self.imports.add(f"{self.package}.kept", keeping.constant(read))
        values = [self.python.render(value) for value in read.values]
        on_row = self._python(lambda node: f"{bind}.{self.attribute(node)}")
        lines = [keeping.finding(read, self.views.entity(read.entity), self.model(read.entity), values)]
        absent = read.find.match.absent
        return lines + keeping.checking(
            read, [on_row.negated(part) for part in read.rest], absent and self._raise(absent)
        )

    def _absent(self, bind: str, match: Match) -> list[str]:
        if match.absent is None:
            return []
        return [f"if {bind} is None:", f"{INDENT}{self._raise(match.absent)}"]

    def _order(self, entity: str, order: tuple[Order, ...]) -> str:
        fields = {f.name: f for f in self.views.entity(entity).fields}
        keys: list[str] = []
        sql = self.sql(entity)
        for key in order:
            by = key.by or Column(field=key.field, type=fields[key.field].type)
            text = sql.key(by) + (".desc()" if key.descending else "")
            keys.append(f"{text}.nulls_first()" if by.type.optional else text)
        if not any(key.field == "id" for key in order):
            keys.append(f"{model(entity)}.seq")
        return f".order_by({', '.join(keys)})"

    def _list(self, step: List) -> list[str]:
        entity = step.entity
        self.imports.add("sqlalchemy", "select")
        where = self._where(entity, step.where)
        if step.values:
            self.model(entity)
            return groups.statements(step, self.views.entity(entity), where, self.sql(entity), self.imports)
        lines, where = self._matching(step)
        later, after = self._after(step, where)
        lines += [*self._total(step, where), *later]
        text = f"select({self.model(entity)}){after}{self._order(entity, step.order)}"
        if step.count is not None:
            text += f".limit({self.python.render(step.count)})"
        elif step.limit is not None:
            text += f".limit({step.limit})"
        if step.offset is not None:
            text += f".offset({self.python.render(step.offset)})"
        if step.lock:
            text += ".with_for_update()" + (_ANEW if entity in self.found | self.listed else "")
            self.found.add(entity)
        self.listed.add(entity)
        if step.rank:
            return [*lines, self._ranked(step, text)]
        if step.bind in self.named:
            return [*lines, f"{local(step.bind)} = (await session.scalars({text})).all()"]
        return [*lines, f"{local(step.bind)} = await session.scalars({text})"]

    def _matching(self, step: List) -> tuple[list[str], str]:
        """The conditions of a list; where its rows are counted too, several of them get a name."""
        conditions = self.sql(step.entity).conditions(step.where)
        if not step.total or len(conditions) < 2:
            return [], self._where(step.entity, step.where)
        name = local(f"matching_{step.bind}")
        return [f"{name} = ({', '.join(conditions)},)"], f".where(*{name})"

    def _after(self, step: List, where: str) -> tuple[list[str], str]:
        """The condition that a row comes after a place in their order, and where it is added to the others."""
        if step.after is None:
            return [], where
        place, later = self.python.render(step.after), f"{local(step.bind)}_later"
        condition = beyond(self.views.entity(step.entity), step.order, place, self.imports)
        line = f"{later} = [{condition}] if {place} is not None else []"
        return [line], f"{where[:-1]}, *{later})" if where else f".where(*{later})"

    def _total(self, step: List, where: str) -> list[str]:
        """The number of all rows that match, whatever the page."""
        if not step.total:
            return []
        self.imports.add("sqlalchemy", "func")
        count = f"select(func.count()).select_from({model(step.entity)}){where}"
        return [f"{local(step.total)} = await session.scalar({count}) or 0"]

    def _ranked(self, step: List, query: str) -> str:
        """The rows as records with their positions."""
        start = f"{self.python.render(step.offset)} + 1" if step.offset is not None else "1"
        rows = f"enumerate(await session.scalars({query}), {start})"
        entity = self.views.entity(step.entity)
        shown = [(f.name, f"row.{row_attribute(f.name, f.type)}") for f in public_fields(entity)]
        shown += [(name, f"row.{attribute(name)}") for name, _ in entity.computed]
        record = ", ".join(f"{literal(name)}: {code}" for name, code in [(step.rank, "position"), *shown])
        return f"{local(step.bind)} = [{{{record}}} for position, row in {rows}]"

    def _insert(self, step: Insert) -> list[str]:
        entity = self.views.entity(step.entity)
        table = self.model(step.entity)
        if isinstance(step.taken, Failure):
            values = self._assignments(entity, step.values, defaults=True)
            self.found.add(step.entity)
            given = ", ".join(part for part in (values, *self._numbered(entity, step)) if part)
            if step.bind not in self.needed and is_never_refused(step, entity):
                return [f"session.add({table}({given}))"]
            return [
                f"{local(step.bind)} = {table}({given})",
                f"session.add({local(step.bind)})",
                *self._flush(step.taken),
            ]
        return self._insert_unless_there(step, entity, table)

    def _flush(self, taken: Failure) -> list[str]:
        """Sends the row; where a value is taken the operation fails as it states."""
        if taken.message is None and taken.status is None and taken.failure == "conflict":
            return ["await session.flush()"]
        self.imports.add(f"{self.package}.failures", "taken_as")
        return [f"with taken_as({self._failure(taken)}):", f"{INDENT}await session.flush()"]

    def _numbered(self, entity: Entity, step: Insert) -> list[str]:
        """The numbers in sequence that the service makes."""
        given = dict(step.values)
        found: list[str] = []
        for f in entity.fields:
            if f.generated == "sequence":
                self.imports.add(f"{self.package}.database", "next_number")
                within = "".join(f", {self.python.render(given[name])}" for name in f.within)
                number = f"await next_number(session, {literal(f'{entity.table}.{f.name}')}{within})"
                found.append(f"{row_attribute(f.name, f.type)}={number}")
        return found

    def _insert_unless_there(self, step: Insert, entity: Entity, table: str) -> list[str]:
        """One INSERT that knows what to do with a row of the same key."""
        self.imports.add(f"{self.package}.database", "insert_into")
        given = [self._assignments(entity, step.values, defaults=True), *self._numbered(entity, step)]
        statement = f"insert_into(session, {table}).values({', '.join(part for part in given if part)})"
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
            f"{literal(column_name(entity.field(name)))}: {sql.value(value)}" for name, value in step.taken
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
            if defaults and filled_in(f, value):
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
        values = ", ".join(f"{row_attribute(n, entity.field(n).type)}={sql.value(v)}" for n, v in step.values)
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
        if values and all(replaces_if_sent(value) for _, value in values):
            return self._set_what_was_sent(row, values, entity)
        if reads_what_it_sets(row, values):
            targets = ", ".join(f"{local(row.bind)}.{row_attribute(n, entity.field(n).type)}" for n, _ in values)
            return [f"{targets} = {', '.join(self._on_row(value, row) for _, value in values)}"]
        lines: list[str] = []
        for name, value in values:
            target = f"{local(row.bind)}.{row_attribute(name, entity.field(name).type)}"
            match value:
                case Op(op="??", args=(Bound(field="") as given, Bound(name=row.bind, field=same))) if same == name:
                    new = self.python.render(given)
                    lines += [f"if {new} is not None:", f"{INDENT}{target} = {new}"]
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
        plain = all(row_attribute(n, (f := entity.field(n)).type) == n and f.type.format != "digest" for n, _ in values)
        body = {i for name, i in self.names.items() if i.startswith("body.") and name not in dict(values)}
        if plain and not body:
            return [
                "for name, value in body.model_dump(exclude_unset=True).items():",
                f"{INDENT}setattr({local(row.bind)}, name, value)",
            ]
        lines: list[str] = []
        told = ""
        for name, value in values:
            target = f"{local(row.bind)}.{row_attribute(name, entity.field(name).type)}"
            match value:
                case Op(op="?:", args=(condition, new, _)):
                    test = f"if {self.python.render(condition)}:"
                    lines += [*([test] if test != told else []), f"{INDENT}{target} = {self.python.render(new)}"]
                    told = test
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

    def _choose(self, step: Choose) -> list[str]:
        lines = [f"if {self.python.render(step.condition)}:"]
        lines += [INDENT + line for line in self._statements(step.then)]
        return [*lines, *otherwise_lines(lines, self._statements(step.otherwise))]

    def _emit(self, step: Emit) -> str:
        self.imports.add(f"{self.package}.events", model(step.event), "publish")
        values = ", ".join(f"{attribute(name)}={self.python.value(value)}" for name, value in step.values)
        return f"publish(session, {model(step.event)}({values}))"

    def _invoke(self, step: Invoke) -> list[str]:
        args = [self.python.render(value) for _, value in step.args]
        if step.target == "custom":
            given = {name: arg for (name, _), arg in zip(step.args, args, strict=True)}
            call = custom_call(step, self.views, given)
            return [f"{local(step.bind)} = {custom_function(step, self.package, self.imports)}({call})"]
        if step.target == "keep_file":
            return [self._keep(step, args[0])]
        slow = step.target in ("hash_password", "check_password")
        home = "authentication" if slow or step.target == "issue_token" else "credentials"
        self.imports.add(f"{self.package}.{home}", step.target)
        if not slow:
            return [f"{local(step.bind)} = {step.target}({', '.join(args)})"]
        lines = [f"{local(step.bind)} = await {step.target}({', '.join(args)})"]
        if self.connected and not self.written:
            # Hashing takes long: the connection goes back to the pool first.
            lines.insert(0, "await session.commit()  # gives the connection back before the slow hash")
            self.connected = False
        return lines

    def _keep(self, step: Invoke, upload: str) -> str:
        self.imports.add(f"{self.package}.files", "keep_file")
        optional = f" if {upload} is not None else None" if step.type.optional else ""
        return f"{local(step.bind)} = await keep_file(session, {upload}){optional}"

"""The database of a service: its tables, and `models.py` from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from autocoder.ir.behaviour import Change, Insert, walk_steps
from autocoder.ir.expressions import Const
from autocoder.ir.names import LONGEST_IDENTIFIER, fitting
from autocoder.ir.nodes import Entity, Field
from autocoder.ir.types import DATETIME, INTEGER, TEXT, Type
from autocoder.ir.views import Views
from autocoder.targets.python_service.describe import entity_doc
from autocoder.targets.python_service.expressions import Imports, literal, render_const, type_hint
from autocoder.targets.python_service.language import is_computed_integer
from autocoder.targets.python_service.names import column, model, row_attribute
from autocoder.targets.python_service.skeletons import docstring
from autocoder.targets.python_service.source import Module

ON_DELETE = {"cascade": "CASCADE", "clear": "SET NULL", "refuse": "RESTRICT"}


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table."""

    name: str
    attribute: str
    type: Type
    default: str = ""
    refers_to: str = ""
    on_delete: str = ""


@dataclass(frozen=True, kw_only=True)
class Check:
    """A condition that the database holds for a column: its stated limits, or those of 64 bits where both are None."""

    column: str
    least: str | None
    most: str | None

    @property
    def sql(self) -> str:
        """The condition."""
        if self.least is None and self.most is None:
            return f'"{self.column}" BETWEEN {-(2**63)} AND {2**63 - 1}'
        limits = ((">=", self.least), ("<=", self.most))
        return " AND ".join(f'"{self.column}" {sign} {limit}' for sign, limit in limits if limit is not None)


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table with its unique groups of columns. `seq`, the insertion order, is the primary key of every table.

    `origin` is the id of the entity whose rows it keeps, "" for a table of the service's own.
    """

    name: str
    model: str
    doc: str
    columns: tuple[Column, ...]
    unique: tuple[tuple[str, ...], ...]
    checks: tuple[Check, ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    origin: str = ""
    generated: frozenset[str] = field(default_factory=frozenset[str])

    def constraint(self, kind: str, *columns: str) -> str:
        """The name of a constraint or an index: `uq_links_code`."""
        return fitting(f"{kind}_{self.name}_{'_'.join(columns)}", LONGEST_IDENTIFIER)


def tables(views: Views, imports: Imports) -> tuple[Table, ...]:
    """Every table of the service, those that others refer to first."""
    found = [_entity_table(entity, views, imports) for entity in views.entities]
    if views.event_handlers and views.publishes:
        found.append(DELIVERIES)
        if views.broker:
            found.append(RECEIVED)
    if views.scheduled:
        found.append(TURNS)
    return tuple(found)


DELIVERIES = Table(
    name="deliveries",
    model="Delivery",
    doc="An event on its way to one handler.",
    columns=(
        Column(name="handler", attribute="handler", type=TEXT),
        Column(name="payload", attribute="payload", type=Type(name="list")),
        Column(name="attempts", attribute="attempts", type=INTEGER, default="0"),
        Column(name="due_at", attribute="due_at", type=DATETIME, default="current_time"),
    ),
    unique=(),
    indexes=(("due_at",),),
)
RECEIVED = Table(
    name="received",
    model="Received",
    doc="An event that a handler had from the broker.",
    columns=(
        Column(name="handler", attribute="handler", type=TEXT),
        Column(name="event_id", attribute="event_id", type=Type(name="uuid")),
        Column(name="received_at", attribute="received_at", type=DATETIME),
    ),
    unique=(("handler", "event_id"),),
    indexes=(("received_at",),),
)
TURNS = Table(
    name="turns",
    model="Turn",
    doc="A turn of a scheduled job that was run, or is being run.",
    columns=(
        Column(name="job", attribute="job", type=TEXT),
        Column(name="due_at", attribute="due_at", type=DATETIME),
    ),
    unique=(("job", "due_at"),),
)


def _entity_table(entity: Entity, views: Views, imports: Imports) -> Table:
    columns = tuple(_column(f, views, imports) for f in entity.fields)
    by_field = {f.name: column_name(f) for f in entity.fields}
    unique = tuple(tuple(by_field[name] for name in key) for key in entity.unique_keys)
    return Table(
        name=entity.table,
        model=model(entity.name),
        doc=entity_doc(entity, views),
        columns=columns,
        unique=unique,
        checks=tuple(_checks(entity, views)),
        indexes=tuple(tuple(by_field[name] for name in index) for index in entity.indexes),
        generated=frozenset(by_field[f.name] for f in entity.fields if f.generated == "code"),
        origin=entity.id,
    )


def _checks(entity: Entity, views: Views) -> Iterator[Check]:
    computed = computed_fields(entity, views)
    for f in entity.fields:
        limits = f.constraints
        stated = limits.minimum is not None or limits.maximum is not None
        if f.type.name == "integer" and (stated or f.name in computed):
            yield Check(column=column_name(f), least=limits.minimum, most=limits.maximum)


def computed_fields(entity: Entity, views: Views) -> set[str]:
    """The fields that some behaviour sets to a computed number."""
    found: set[str] = set()
    for behaviour in (*views.operations, *views.handlers):
        for step in walk_steps(behaviour.steps):
            match step:
                case Insert(entity=name, values=values, taken=taken) if name == entity.name:
                    given = (*values, *(taken if isinstance(taken, tuple) else ()))
                case Change(row=row, values=given) if row.entity == entity.name:
                    pass
                case _:
                    continue
            found |= {field for field, value in given if is_computed_integer(value)}
    return found


def column_name(f: Field) -> str:
    """The name of the column that keeps a field."""
    return f.column or column(f.name, f.type)


def _column(f: Field, views: Views, imports: Imports) -> Column:
    default = ""
    if f.generated == "uuid":
        imports.add("uuid", "uuid4")
        default = "uuid4"
    elif f.generated == "code":
        imports.add("functools", "partial")
        default = f"partial(random_code, {f.constraints.length})"
    elif isinstance(f.default, Const) and f.default.value is not None:
        default = render_const(f.default, imports)
    refers_to = views.entity(f.type.entity).table if f.type.entity else ""
    return Column(
        name=column_name(f),
        attribute=row_attribute(f.name, f.type),
        type=f.type,
        default=default,
        refers_to=refers_to,
        on_delete=ON_DELETE[f.on_delete] if refers_to else "",
    )


def models_module(views: Views, package: str) -> str:
    """The source of `models.py`."""
    module = Module(doc="The rows that this service keeps.", package=package)
    imports = module.imports
    found = tables(views, imports)
    imports.add("sqlalchemy", "BigInteger", "DateTime", "Dialect", "Integer", "Text", "UniqueConstraint", "types")
    imports.add("sqlalchemy.dialects", "postgresql")
    imports.add("sqlalchemy.orm", "DeclarativeBase", "Mapped", "mapped_column")
    imports.add("datetime", "UTC", "datetime")
    imports.add("typing", "Annotated", "ClassVar")
    codes = any(t.generated for t in found)
    if codes:
        module.plain_imports.update(("secrets", "string"))
    module.add(f"{_ALPHABET if codes else ''}{_TYPES}")
    if codes:
        module.add(_RANDOM_CODE)
    if any(check.least is None and check.most is None for t in found for check in t.checks):
        module.add(_FITS)
    uses_json = any(c.type.name == "list" for t in found for c in t.columns)
    if uses_json:
        imports.add("sqlalchemy", "JSON")
        imports.add("typing", "Any")
    module.add(_base(uses_json))
    for table in found:
        module.add(_model(table, imports, package), table.origin)
    module.add(_UNIQUE)
    return module.text()


_TYPES = '''
Sequence = Annotated[int, mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)]
"""The order of insertion. It is never shown: public ids are random."""


class Timestamp(types.TypeDecorator[datetime]):
    """A time with its zone; SQLite keeps it in UTC without saying so."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database."""
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)
'''
_ALPHABET = "ALPHABET = string.ascii_letters + string.digits"
_RANDOM_CODE = '''
def random_code(length: int) -> str:
    """A code that nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
'''

_FITS = '''
def fits_64_bits(column: str) -> str:
    """A computed number must fit into its column; SQLite alone would make a float of it."""
    return f'"{column}" BETWEEN {-(2**63)} AND {2**63 - 1}'
'''


_UNIQUE = '''
UNIQUE: dict[str, UniqueConstraint] = {
    name: constraint
    for table in Base.metadata.tables.values()
    for constraint in table.constraints
    if isinstance(constraint, UniqueConstraint)
    for name in (str(constraint.name), ", ".join(f"{table.name}.{column.name}" for column in constraint.columns))
}
"""Unique constraints by what PostgreSQL and SQLite call them."""
'''


def _base(uses_json: bool) -> str:
    json_line = "\n        list[Any]: JSON()," if uses_json else ""
    return f'''
class Base(DeclarativeBase):
    """What all rows share. Text is compared by code point, on every machine alike."""

    type_annotation_map: ClassVar = {{
        int: BigInteger(),
        str: Text().with_variant(postgresql.TEXT(collation="C"), "postgresql"),
        datetime: Timestamp(),{json_line}
    }}
'''


def _model(table: Table, imports: Imports, package: str) -> str:
    lines = [
        f"class {table.model}(Base):",
        docstring(table.doc, "    "),
        "",
        f"    __tablename__ = {literal(table.name)}",
    ]
    constraints = [_unique(table, key) for key in table.unique]
    for check in table.checks:
        imports.add("sqlalchemy", "CheckConstraint")
        condition = literal(check.sql) if check.least or check.most else f"fits_64_bits({literal(check.column)})"
        constraints.append(f"CheckConstraint({condition}, name={literal(table.constraint('ck', check.column))})")
    for index in table.indexes:
        imports.add("sqlalchemy", "Index")
        constraints.append(f"Index({literal(table.constraint('ix', *index))}, {', '.join(literal(c) for c in index)})")
    arguments = ["        " + c + "," for c in (*constraints, '{"sqlite_autoincrement": True}')]
    if constraints:
        lines += ["    __table_args__ = (", *arguments, "    )", "", "    seq: Mapped[Sequence]"]
    else:
        lines += ['    __table_args__ = ({"sqlite_autoincrement": True},)', "", "    seq: Mapped[Sequence]"]
    lines += [f"    {_attribute(c, table, imports, package)}" for c in table.columns]
    return "\n".join(lines)


def _unique(table: Table, key: tuple[str, ...]) -> str:
    arguments = [*(literal(c) for c in key), f"name={literal(table.constraint('uq', *key))}"]
    if set(key) & table.generated:
        arguments.append('info={"generated": True}')
    return f"UniqueConstraint({', '.join(arguments)})"


def _attribute(c: Column, table: Table, imports: Imports, package: str) -> str:
    options: list[str] = []
    if c.attribute != c.name:
        options.append(literal(c.name))
    if c.refers_to:
        imports.add("sqlalchemy", "ForeignKey")
        name = literal(table.constraint("fk", c.name))
        options.append(f'ForeignKey("{c.refers_to}.id", name={name}, ondelete="{c.on_delete}")')
    if c.default:
        if c.default == "current_time":
            imports.add(f"{package}.clock", "current_time")
        options.append(f"default={c.default}")
    hint = type_hint(c.type, imports)
    if c.type.name == "list":
        imports.add("typing", "Any")
        imports.add("sqlalchemy", "JSON")
        hint = "list[Any]" if c.type.item else "dict[str, Any]"
        if c.type.optional:
            hint += " | None"
        if not c.type.item:
            options.append("JSON")
    return f"{c.attribute}: Mapped[{hint}]" + (f" = mapped_column({', '.join(options)})" if options else "")


MIGRATION_TYPES = {
    "text": "text",
    "integer": "sa.BigInteger()",
    "boolean": "sa.Boolean()",
    "date": "sa.Date()",
    "datetime": "sa.DateTime(timezone=True)",
    "uuid": "sa.Uuid()",
    "list": "sa.JSON()",
}
"""A type in a migration, where `text` is a variable of its function."""

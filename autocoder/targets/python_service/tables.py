"""The database of a service: its tables, and `models.py` from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from autocoder.ir.behaviour import Change, Insert, expressions, ranged, walk_steps
from autocoder.ir.expressions import Const, Expr, is_computed_integer
from autocoder.ir.names import LONGEST_IDENTIFIER, fitting
from autocoder.ir.nodes import Entity, Field
from autocoder.ir.pushdown import compares_wide, limits_of
from autocoder.ir.types import DATETIME, INTEGER, TEXT, UUID, Type
from autocoder.ir.views import Views
from autocoder.targets.python_service.asked import add_questions
from autocoder.targets.python_service.decimals import add_decimals
from autocoder.targets.python_service.describe import entity_doc, expression
from autocoder.targets.python_service.expressions import Imports, PythonExpressions, literal, render_const, type_hint
from autocoder.targets.python_service.names import attribute, column, local, model, row_attribute
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
    computed: tuple[tuple[str, Expr], ...] = ()
    generated: frozenset[str] = field(default_factory=frozenset[str])

    def constraint(self, kind: str, *columns: str) -> str:
        """The name of a constraint or an index: `uq_links_code`."""
        return fitting(f"{kind}_{self.name}_{'_'.join(columns)}", LONGEST_IDENTIFIER)


def tables(views: Views, imports: Imports) -> tuple[Table, ...]:
    """Every table of the service, those that others refer to first."""
    found = [_entity_table(entity, views, imports) for entity in views.entities]
    if views.delivers:
        found.append(_deliveries(views, imports))
        if views.broker:
            found.append(RECEIVED)
    if views.scheduled:
        found.append(TURNS)
    if any(f.generated == "sequence" for e in views.entities for f in e.fields):
        found.append(COUNTERS)
    if "idempotency" in views.capabilities:
        found.append(KEPT_REPLIES)
    return tuple(found)


def _columns(**types: Type) -> tuple[Column, ...]:
    """Columns of a table of the service's own."""
    return tuple(Column(name=name, attribute=name, type=type_) for name, type_ in types.items())


DELIVERIES = Table(
    name="deliveries",
    model="Delivery",
    doc="An event on its way to one handler.",
    columns=(
        *_columns(handler=TEXT, payload=Type(name="list")),
        Column(name="attempts", attribute="attempts", type=INTEGER, default="0"),
        Column(name="due_at", attribute="due_at", type=DATETIME, default="current_time"),
    ),
    unique=(),
    indexes=(("due_at",),),
)
MESSAGE_ID = Column(name="id", attribute="id", type=UUID, default="uuid4")
"""What stays the same however often a delivery that reaches beyond the service is sent."""


def _deliveries(views: Views, imports: Imports) -> Table:
    if not views.reaches_out:
        return DELIVERIES
    imports.add("uuid", "uuid4")
    doc = "Something on its way: to one handler, or to what is outside."
    return replace(DELIVERIES, doc=doc, columns=(MESSAGE_ID, *DELIVERIES.columns))


RECEIVED = Table(
    name="received",
    model="Received",
    doc="An event that a handler had from the broker.",
    columns=_columns(handler=TEXT, event_id=UUID, received_at=DATETIME),
    unique=(("handler", "event_id"),),
    indexes=(("received_at",),),
)
TURNS = Table(
    name="turns",
    model="Turn",
    doc="A turn of a scheduled job that was run, or is being run.",
    columns=_columns(job=TEXT, due_at=DATETIME),
    unique=(("job", "due_at"),),
)
KEPT_REPLIES = Table(
    name="kept_replies",
    model="KeptReply",
    doc="The reply to a request with a key, for when it comes again.",
    columns=(
        *_columns(operation=TEXT, caller=TEXT, key=TEXT, request=TEXT),
        *_columns(status=INTEGER, headers=Type(name="list"), body=TEXT, kept_at=DATETIME),
    ),
    unique=(("operation", "caller", "key"),),
    indexes=(("operation", "kept_at"),),
)
COUNTERS = Table(
    name="counters",
    model="Counter",
    doc="The last number that was given in a sequence.",
    columns=_columns(sequence=TEXT, last=INTEGER),
    unique=(("sequence",),),
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
        computed=entity.computed,
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
    imports.add("sqlalchemy.orm", "DeclarativeBase", "mapped_column", *(["Mapped"] if found else []))
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
    uses_json = any(_plain_document(c.type) for t in found for c in t.columns)
    kinds = {c.type.name for t in found for c in t.columns}
    if uses_json:
        imports.add("sqlalchemy", "JSON")
        imports.add("typing", "Any")
    if any(_typed_document(c.type) for t in found for c in t.columns):
        imports.add("sqlalchemy", "JSON")
        imports.add("typing", "Any")
        imports.add("pydantic", "TypeAdapter")
        module.add(_DOCUMENT)
    if "decimal" in kinds:
        add_decimals(module, views, package)
    if "duration" in kinds:
        imports.add("datetime", "timedelta")
        module.add(_SPAN)
    add_questions(module, views)
    if asks_for_any_size(views):
        imports.add("sqlalchemy", "Numeric")
        module.add(_ANY_INTEGER)
    module.add(_base(uses_json, kinds))
    for table in found:
        module.add(_model(table, imports, package), table.origin)
    module.add(_UNIQUE)
    return module.text()


_TYPES = '''
Sequence = Annotated[int, mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)]
"""The order of insertion. It is never shown: public ids are random."""


class Timestamp(types.TypeDecorator[datetime]):
    """A time in SQLite, which keeps it in UTC without saying so."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database."""
        return value and value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        return value and value.replace(tzinfo=UTC)
'''
_ALPHABET = "ALPHABET = string.ascii_letters + string.digits"
_RANDOM_CODE = '''
def random_code(length: int) -> str:
    """A code that nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
'''

_DOCUMENT = '''
class Document(types.TypeDecorator[Any]):
    """A list, record or map, kept as JSON and read back as the types that it is made of."""

    impl = JSON
    cache_ok = True

    def __init__(self, hint: Any) -> None:
        super().__init__(none_as_null=True)
        self.hint = hint

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """To the database."""
        del dialect
        return None if value is None else TypeAdapter(self.hint).dump_python(value, mode="json")

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """From the database."""
        del dialect
        return None if value is None else TypeAdapter(self.hint).validate_python(value)
'''
_SPAN = '''
class Span(types.TypeDecorator[timedelta]):
    """A stretch of time, kept as whole microseconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:
        """To the database."""
        del dialect
        return None if value is None else value // timedelta(microseconds=1)

    def process_result_value(self, value: int | None, dialect: Dialect) -> timedelta | None:
        """From the database."""
        del dialect
        return None if value is None else timedelta(microseconds=value)
'''
_FITS = '''
def fits_64_bits(column: str) -> str:
    """A computed number must fit into its column; SQLite alone would make a float of it."""
    return f'"{column}" BETWEEN {-(2**63)} AND {2**63 - 1}'
'''


_ANY_INTEGER = '''
AnyInteger = BigInteger().with_variant(Numeric(), "postgresql")
"""A whole number that is only compared: PostgreSQL refuses a sum beyond 64 bits even of rows that it leaves out."""
'''


def asks_for_any_size(views: Views) -> bool:
    """Whether a condition compares a number that may leave 64 bits."""
    behaviours = (*views.operations, *views.handlers)
    for step in (step for behaviour in behaviours for step in walk_steps(behaviour.plan)):
        entity = ranged(step)
        if entity and any(compares_wide(expr, limits_of(views.entity(entity))) for expr in expressions(step)):
            return True
    return False


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


def _plain_document(type_: Type) -> bool:
    """Whether a value is kept as JSON just as it is."""
    return type_.name in _DOCUMENTS and not _typed_document(type_)


def _typed_document(type_: Type) -> bool:
    """Whether a value is kept as JSON and holds values that JSON has not."""
    return type_.name in _DOCUMENTS and any(t.name in _NOT_JSON for t in _inside(type_))


def _inside(type_: Type) -> Iterator[Type]:
    for part in (*((type_.item,) if type_.item else ()), *(t for _, t in type_.fields)):
        yield part
        yield from _inside(part)


def _document_hint(type_: Type, imports: Imports) -> str:
    """The type of a document as the reader of JSON takes it."""
    match type_.name:
        case "record":
            imports.add("typing_extensions", "TypedDict")
            fields = ", ".join(f"{literal(n)}: {_document_hint(t, imports)}" for n, t in type_.fields)
            hint = f'TypedDict("Values", {{{fields}}}, total=False)'
        case "list" | "map" if type_.item is not None:
            inside = _document_hint(type_.item, imports)
            hint = f"list[{inside}]" if type_.name == "list" else f"dict[str, {inside}]"
        case _:
            return type_hint(type_, imports)
    return f"{hint} | None" if type_.optional else hint


_DOCUMENTS = ("list", "record", "map", "json")
_NOT_JSON = ("decimal", "date", "datetime", "duration", "uuid")


def _base(uses_json: bool, kinds: set[str]) -> str:
    json_line = "\n        list[Any]: JSON(),\n        dict[str, Any]: JSON()," if uses_json else ""
    more = "\n        Decimal: Exactly()," if "decimal" in kinds else ""
    more += "\n        timedelta: Span()," if "duration" in kinds else ""
    return f'''
class Base(DeclarativeBase):
    """What all rows share. Text is compared by code point, on every machine alike."""

    type_annotation_map: ClassVar = {{
        int: BigInteger(),
        str: Text().with_variant(postgresql.TEXT(collation="C"), "postgresql"),
        datetime: DateTime(timezone=True).with_variant(Timestamp(), "sqlite"),{json_line}{more}
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
    for name, value in table.computed:
        lines += ["", *_property(name, value, imports, package)]
    return "\n".join(lines)


def _property(name: str, value: Expr, imports: Imports, package: str) -> list[str]:
    """A value that is worked out of the row's own columns."""
    python = PythonExpressions(
        bound=lambda node: local(node.name),
        column=lambda node: f"self.{row_attribute(node.field, node.type)}",
        imports=imports,
        language=f"{package}.language",
        formulas=f"{package}.formulas",
    )
    return [
        "    @property",
        f"    def {attribute(name)}(self) -> {type_hint(value.type, imports)}:",
        docstring(f"{expression(value)[:1].upper()}{expression(value)[1:]}.", "        "),
        f"        return {python.render(value)}",
    ]


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
    if kept := _UNREADABLE.get(c.type.format):
        imports.add(f"{package}.encryption", kept)
        options.insert(1 if c.attribute != c.name else 0, f"{kept}()")
    hint = _document(c, imports, options) if c.type.name in _DOCUMENTS else type_hint(c.type, imports)
    return f"{c.attribute}: Mapped[{hint}]" + (f" = mapped_column({', '.join(options)})" if options else "")


def _document(c: Column, imports: Imports, options: list[str]) -> str:
    """The hint of a column that holds JSON; what the hint does not say is said by a type."""
    imports.add("typing", "Any")
    imports.add("sqlalchemy", "JSON")
    hint = {"list": "list[Any]", "json": "Any"}.get(c.type.name, "dict[str, Any]")
    if not c.type.item and c.type.name == "list":
        hint = "dict[str, Any]"
    if _typed_document(c.type):
        options.insert(1 if c.attribute != c.name else 0, f"Document({_document_hint(c.type.not_null(), imports)})")
    elif c.type.optional or c.type.name == "json":
        options.insert(1 if c.attribute != c.name else 0, "JSON(none_as_null=True)")
    if c.type.name == "json" and c.type.optional:
        options.append("nullable=True")
    return f"{hint} | None" if c.type.optional and c.type.name != "json" else hint


_UNREADABLE = {"secret": "Encrypted", "digest": "Digested"}
"""The types of columns whose content only this service can read, or tell from another."""
MIGRATION_TYPES = {
    "text": "text",
    "secret": "sa.Text()",
    "digest": "sa.Text()",
    "integer": "sa.BigInteger()",
    "boolean": "sa.Boolean()",
    "date": "sa.Date()",
    "datetime": "sa.DateTime(timezone=True)",
    "uuid": "sa.Uuid()",
    "list": "sa.JSON()",
    "record": "sa.JSON()",
    "map": "sa.JSON()",
    "json": "sa.JSON()",
    "decimal": "decimal",
    "duration": "sa.BigInteger()",
}
"""A type in a migration, where `text` is a variable of its function."""

"""What a database holds: tables as plain data, so that a released schema can be kept and compared.

Owns the shape and its JSON. Nothing here knows models or libraries; a column's type is the IR's word for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from autocoder.ir.expressions import Const
from autocoder.ir.types import Type
from autocoder.ir.views import Views
from autocoder.targets.python_service.expressions import Imports, render_const
from autocoder.targets.python_service.tables import Table, column_name, tables


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column. `fill` is the Python value that rows without one get: a constant default, no part of the schema."""

    name: str
    type: str
    optional: bool
    fill: str = field(default="", compare=False)


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A foreign key to the `id` of another table."""

    name: str
    column: str
    table: str
    on_delete: str


@dataclass(frozen=True, kw_only=True)
class Limit:
    """The least and most value of a number; where both are None, those of 64 bits. `sql` is the same as a condition."""

    name: str
    column: str
    least: str | None
    most: str | None
    sql: str


@dataclass(frozen=True, kw_only=True)
class TableSchema:
    """A table. `seq`, its primary key, is not listed; `unique` and `indexes` map a name to columns."""

    name: str
    columns: tuple[Column, ...]
    references: tuple[Reference, ...]
    unique: tuple[tuple[str, tuple[str, ...]], ...]
    limits: tuple[Limit, ...]
    indexes: tuple[tuple[str, tuple[str, ...]], ...]

    def column(self, name: str) -> Column | None:
        """The column of that name, if there is one."""
        return next((c for c in self.columns if c.name == name), None)


@dataclass(frozen=True, kw_only=True)
class Schema:
    """All tables, those that others refer to first."""

    tables: tuple[TableSchema, ...] = ()

    def table(self, name: str) -> TableSchema | None:
        """The table of that name, if there is one."""
        return next((t for t in self.tables if t.name == name), None)


def schema_of(views: Views) -> Schema:
    """The schema that the service's models ask for."""
    fills = {
        (entity.table, column_name(f)): _fill(f.default)
        for entity in views.entities
        for f in entity.fields
        if isinstance(f.default, Const) and f.default.value is not None
    }
    return Schema(tables=tuple(_table(table, fills) for table in tables(views, Imports())))


def _fill(default: Const) -> str:
    """The value as a migration writes it; a stretch of time is kept as microseconds."""
    return str(default.value) if default.type.name == "duration" else render_const(default, Imports())


def _stored_as(type_: Type) -> str:
    """The word for what a column holds; what cannot be read there is of a type of its own."""
    return type_.format if type_.format in ("secret", "digest") else type_.name


def _table(table: Table, fills: dict[tuple[str, str], str]) -> TableSchema:
    return TableSchema(
        name=table.name,
        columns=tuple(
            Column(
                name=c.name, type=_stored_as(c.type), optional=c.type.optional, fill=fills.get((table.name, c.name), "")
            )
            for c in table.columns
        ),
        references=tuple(
            Reference(name=table.constraint("fk", c.name), column=c.name, table=c.refers_to, on_delete=c.on_delete)
            for c in table.columns
            if c.refers_to
        ),
        unique=tuple((table.constraint("uq", *key), key) for key in table.unique),
        limits=tuple(
            Limit(name=table.constraint("ck", c.column), column=c.column, least=c.least, most=c.most, sql=c.sql)
            for c in table.checks
        ),
        indexes=tuple((table.constraint("ix", *index), index) for index in table.indexes),
    )

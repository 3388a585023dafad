"""A migration's source: Alembic operations, in batches that SQLite can do too; both directions alike."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from autocoder.targets.python_service.expressions import literal
from autocoder.targets.python_service.layout import lay_out
from autocoder.targets.python_service.migrations.changes import SchemaChange, TableChange
from autocoder.targets.python_service.migrations.schema import Column, Reference, TableSchema
from autocoder.targets.python_service.skeletons import docstring
from autocoder.targets.python_service.tables import MIGRATION_TYPES
from autocoder.targets.tree import marked

_VARIABLES = {
    "text": 'text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")',
    "decimal": 'decimal = sa.Numeric().with_variant(sa.Text(), "sqlite")',
    "sequence": 'sequence = sa.BigInteger().with_variant(sa.Integer(), "sqlite")',
}
_EMPTY = {
    "text": '""',
    "secret": '""',
    "digest": '""',
    "boolean": "False",
    "date": 'date.fromisoformat("1970-01-01")',
    "datetime": 'datetime.fromisoformat("1970-01-01T00:00:00+00:00")',
    "list": "[]",
    "record": "{}",
    "map": "{}",
    "json": "{}",
    "duration": "0",
    "decimal": 'Decimal("0")',
}
"""What a column that was dropped holds after a downgrade brings it back."""
_FILL_IMPORTS = (("date", "datetime"), ("datetime", "datetime"), ("UUID", "uuid"), ("Decimal", "decimal"))
_AS_IT_IS = '''
def as_it_is(name: str) -> sa.Table:
    """The table as the database has it: SQLite changes a table by making it again."""
    return sa.Table(name, sa.MetaData(), autoload_with=op.get_bind())
'''


def source(
    doc: str,
    revision: str,
    previous: str | None,
    up: SchemaChange,
    down: SchemaChange,
    *,
    origins: Mapping[str, str],
) -> str:
    """The text of a migration. `up` leads to the new schema, `down` back; `origins` are the entities' ids by table."""
    functions = (
        _function("upgrade", up, origins, first=previous is None, back=False),
        _function("downgrade", down, {}, first=previous is None, back=True),
    )
    body = "\n\n\n".join(functions)
    batches = "as_it_is(" in body
    standard: dict[str, set[str]] = {}
    for name, module in _FILL_IMPORTS:
        if re.search(rf"(?<![\w.]){name}[.(]", body):
            standard.setdefault(module, set()).add(name)
    lines = [docstring(doc), ""]
    lines += [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(standard.items())]
    lines += [""] if standard else []
    used = [line for name, line in _MIGRATING if f"{name}." in body]
    lines += [*used, ""] if used else []
    lines += [f"revision = {literal(revision)}", f"down_revision = {literal(previous)}"]
    lines += ["branch_labels = None", "depends_on = None", ""]
    lines += [*_AS_IT_IS.splitlines(), ""] if batches else []
    return lay_out("\n".join([*lines, "", body]))


_MIGRATING = (("sa", "import sqlalchemy as sa"), ("op", "from alembic import op"))


def _function(name: str, change: SchemaChange, origins: Mapping[str, str], *, first: bool, back: bool) -> str:
    stretches = [(table.name, list(_create(table))) for table in change.created]
    stretches += [(table.name, _Alter(change=table, back=back).lines()) for table in change.changed]
    lines = [
        marked(origins[table], "\n".join(stretch)) if table in origins else "\n".join(stretch)
        for table, stretch in stretches
    ]
    lines += [f"    op.drop_table({literal(table.name)})" for table in change.dropped]
    body = "\n".join(lines)
    used = [f"    {text}" for word, text in _VARIABLES.items() if re.search(rf"[ (=]{word}[,)]", body)]
    return "\n".join([f"def {name}() -> None:", f"    {_doc(first, back)}", *used, *lines])


def _doc(first: bool, back: bool) -> str:
    if first:
        return '"""Removes all tables."""' if back else '"""Creates all tables."""'
    return '"""Back to the schema before. What was dropped comes back empty."""' if back else '"""To the new schema."""'


def _create(table: TableSchema) -> Iterator[str]:
    yield "    op.create_table("
    yield f"        {literal(table.name)},"
    yield '        sa.Column("seq", sequence, primary_key=True),'
    for c in table.columns:
        yield f"        {_column(c)},"
    for reference in table.references:
        name, target, options = _reference(reference)
        yield f"        sa.ForeignKeyConstraint([{literal(reference.column)}], [{target}], name={name}, {options}),"
    for name, columns in table.unique:
        yield f"        sa.UniqueConstraint({_names(columns)}, name={literal(name)}),"
    for limit in table.limits:
        yield f"        sa.CheckConstraint({literal(limit.sql)}, name={literal(limit.name)}),"
    yield "        sqlite_autoincrement=True,"
    yield "    )"
    for name, columns in table.indexes:
        yield f"    op.create_index({literal(name)}, {literal(table.name)}, [{_names(columns)}])"


def _column(c: Column, *, optional: bool = False) -> str:
    return f"sa.Column({literal(c.name)}, {MIGRATION_TYPES[c.type]}, nullable={c.optional or optional})"


def _stored(c: Column, value: str) -> str:
    """A value as the column keeps it: SQLite has a decimal as text that sorts as the number does."""
    if c.type != "decimal":
        return value
    number = Decimal(value.removeprefix('Decimal("').removesuffix('")'))
    return f'{literal(_sortable(number))} if op.get_bind().dialect.name == "sqlite" else {value}'


def _sortable(number: Decimal) -> str:
    sign, digits, _ = number.normalize().as_tuple()
    if not number:
        return "1"
    text = f"{number.adjusted() + 50:02d}" + "".join(str(digit) for digit in digits)
    turned = text.translate(str.maketrans("0123456789", "9876543210"))
    return f"0{turned}~" if sign else f"2{text}"


def _names(columns: tuple[str, ...]) -> str:
    return ", ".join(literal(c) for c in columns)


def _reference(reference: Reference) -> tuple[str, str, str]:
    return (
        literal(reference.name),
        literal(f"{reference.table}.id"),
        f'ondelete="{reference.on_delete}"',
    )


@dataclass(frozen=True, kw_only=True)
class _Alter:
    """The lines that change one table: what stands in the way goes, columns come, rows are filled, the rest follows."""

    change: TableChange
    back: bool

    def lines(self) -> list[str]:
        table, filled = self.change.name, self._filled()
        first = [*self._loosened(), *self._columns({c.name for c, _ in filled})]
        updates = [
            f"    op.execute(sa.table({literal(table)}, sa.column({literal(c.name)}, {MIGRATION_TYPES[c.type]}))"
            f".update(){self._only_null(c)}.values({{{literal(c.name)}: {_stored(c, value)}}}))"
            for c, value in filled
        ]
        required = [f"{_TABLE}.alter_column({literal(c.name)}, nullable=False)" for c, _ in filled]
        last = [*required, *self._tightened()]
        return [*self._batch(first), *updates, *self._batch(last), *self._indexes()]

    def _batch(self, lines: list[str]) -> list[str]:
        if not lines:
            return []
        name = literal(self.change.name)
        options = f'{name}, copy_from=as_it_is({name}), table_kwargs={{"sqlite_autoincrement": True}}'
        return [f"    with op.batch_alter_table({options}) as {_TABLE}:", *(f"        {line}" for line in lines)]

    def _differing(self, kept: TableSchema, other: TableSchema) -> TableSchema:
        """The constraints and indexes of one side that the other lacks, or that a replaced column takes along."""
        replaced = {c.name for c in self.change.dropped} & {c.name for c in self.change.added}
        return replace(
            kept,
            references=tuple(r for r in kept.references if r not in other.references or r.column in replaced),
            unique=tuple(u for u in kept.unique if u not in other.unique or replaced & set(u[1])),
            limits=tuple(x for x in kept.limits if x not in other.limits or x.column in replaced),
            indexes=tuple(i for i in kept.indexes if i not in other.indexes or replaced & set(i[1])),
        )

    def _loosened(self) -> Iterator[str]:
        """Drops what is no longer so, before any column moves."""
        gone = self._differing(self.change.before, self.change.after)
        for name, _ in gone.indexes:
            yield f"{_TABLE}.drop_index({literal(name)})"
        for limit in gone.limits:
            yield f'{_TABLE}.drop_constraint({literal(limit.name)}, type_="check")'
        for name, _ in gone.unique:
            yield f'{_TABLE}.drop_constraint({literal(name)}, type_="unique")'
        for reference in gone.references:
            name, _, _ = _reference(reference)
            yield f'{_TABLE}.drop_constraint({name}, type_="foreignkey")'

    def _columns(self, filled: set[str]) -> Iterator[str]:
        for c in self.change.dropped:
            yield f"{_TABLE}.drop_column({literal(c.name)})"
        for c in self.change.added:
            yield f"{_TABLE}.add_column({_column(c, optional=c.name in filled)})"
        for old, new in self.change.altered:
            options = ""
            if old.type != new.type:
                options += f", type_={MIGRATION_TYPES[new.type]}, existing_type={MIGRATION_TYPES[old.type]}"
            if old.optional != new.optional and new.name not in filled:
                options += f", nullable={new.optional}"
            if options:
                yield f"{_TABLE}.alter_column({literal(new.name)}{options})"

    def _tightened(self) -> Iterator[str]:
        fresh = self._differing(self.change.after, self.change.before)
        for reference in fresh.references:
            name, _, options = _reference(reference)
            target = f'{literal(reference.table)}, [{literal(reference.column)}], ["id"]'
            yield f"{_TABLE}.create_foreign_key({name}, {target}, {options})"
        for name, columns in fresh.unique:
            yield f"{_TABLE}.create_unique_constraint({literal(name)}, [{_names(columns)}])"
        for limit in fresh.limits:
            name = literal(limit.name)
            yield f"{_TABLE}.create_check_constraint({name}, {literal(limit.sql)})"

    def _indexes(self) -> Iterator[str]:
        for name, columns in self._differing(self.change.after, self.change.before).indexes:
            yield f"    op.create_index({literal(name)}, {literal(self.change.name)}, [{_names(columns)}])"

    def _filled(self) -> list[tuple[Column, str]]:
        """The columns that rows get a value in before they are required, with that value."""
        wanted = [c for c in self.change.added if not c.optional]
        wanted += [new for old, new in self.change.altered if old.optional and not new.optional]
        unique = {name for _, columns in self.change.after.unique for name in columns}
        found = [(c, self._empty(c) if self.back and (c.name in unique or not c.fill) else c.fill) for c in wanted]
        return [(c, value) for c, value in found if value]

    def _empty(self, c: Column) -> str:
        """What a column that comes back holds; "" where no value would do for every row."""
        if any(r.column == c.name for r in self.change.after.references):
            return ""
        if any(c.name in columns for _, columns in self.change.after.unique):
            return {"text": 'sa.cast(sa.column("seq"), sa.Text())', "integer": 'sa.column("seq")'}.get(c.type, "")
        if c.type == "integer":
            limit = next((x for x in self.change.after.limits if x.column == c.name), None)
            least, most = (limit.least, limit.most) if limit else (None, None)
            return str(max(0, int(least))) if least is not None else str(min(0, int(most))) if most is not None else "0"
        return _EMPTY.get(c.type, "")

    def _only_null(self, c: Column) -> str:
        return "" if c in self.change.added else f".where(sa.column({literal(c.name)}).is_(None))"


_TABLE = "table"

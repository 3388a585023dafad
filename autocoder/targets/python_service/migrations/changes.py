"""What differs between two schemas, and which of it may lose rows or refuse them.

A column or table that is gone and a new one beside it are two changes, never a rename: a rename that keeps its data is
said in the blueprint (`column:`, `table:`), and then nothing changes here at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from autocoder.decisions import Decision, Source
from autocoder.targets.python_service.migrations.schema import Column, Limit, Schema, TableSchema

KEPT_BY_A_CAST = frozenset({("integer", "text")})
"""Types whose every value is also one of the other type, on every engine."""


@dataclass(frozen=True, kw_only=True)
class TableChange:
    """What becomes of a table that stays. `replaced` columns lose what they hold; `altered` ones keep it."""

    before: TableSchema
    after: TableSchema
    added: tuple[Column, ...]
    dropped: tuple[Column, ...]
    altered: tuple[tuple[Column, Column], ...]

    @property
    def name(self) -> str:
        """The table's."""
        return self.after.name


@dataclass(frozen=True, kw_only=True)
class SchemaChange:
    """Everything that turns one schema into another, in the order in which it is done."""

    created: tuple[TableSchema, ...]
    changed: tuple[TableChange, ...]
    dropped: tuple[TableSchema, ...]

    def __bool__(self) -> bool:
        return bool(self.created or self.changed or self.dropped)


def compare(before: Schema, after: Schema) -> SchemaChange:
    """The change from one schema to another; false where they are the same."""
    changed = (_compare_tables(old, new) for new in after.tables if (old := before.table(new.name)) is not None)
    return SchemaChange(
        created=tuple(t for t in after.tables if before.table(t.name) is None),
        changed=tuple(change for change in changed if change is not None),
        dropped=tuple(t for t in reversed(before.tables) if after.table(t.name) is None),
    )


def _compare_tables(before: TableSchema, after: TableSchema) -> TableChange | None:
    added: list[Column] = [c for c in after.columns if before.column(c.name) is None]
    dropped: list[Column] = [c for c in before.columns if after.column(c.name) is None]
    altered: list[tuple[Column, Column]] = []
    for new in after.columns:
        old = before.column(new.name)
        if old is None or old == new:
            continue
        if old.type == new.type or (old.type, new.type) in KEPT_BY_A_CAST:
            altered.append((old, new))
        else:
            dropped.append(old)
            added.append(new)
    change = TableChange(before=before, after=after, added=tuple(added), dropped=tuple(dropped), altered=tuple(altered))
    sides = [(set(t.references), set(t.unique), set(t.limits), set(t.indexes)) for t in (before, after)]
    return change if added or dropped or altered or sides[0] != sides[1] else None


@dataclass(frozen=True, kw_only=True)
class Loss:
    """A change that loses data or fails on rows that are there: `subject` is `table` or `table.column`."""

    subject: str
    value: str
    because: str
    alternatives: tuple[str, ...] = field(default=())

    def decision(self, revision: str) -> Decision:
        """The decision that somebody must approve; it is about this migration and no later one."""
        return Decision(
            subject=f"migrations.{revision}.{self.subject}",
            value=self.value,
            source=Source.INFERRED,
            because=self.because,
            alternatives=self.alternatives,
            consequence="Rows that are there lose data, or the migration stops at the first that does not comply.",
        )


def losses(change: SchemaChange) -> Iterator[Loss]:
    """Everything in a change that a person must have approved."""
    for table in change.dropped:
        yield Loss(
            subject=table.name,
            value="table dropped",
            because="the released schema has this table, and no entity of the blueprint is kept in it",
            alternatives=("an entity with `table:` keeps it",),
        )
    for table in change.changed:
        yield from _column_losses(table)
        yield from _constraint_losses(table)


def _column_losses(change: TableChange) -> Iterator[Loss]:
    replaced = {c.name for c in change.dropped} & {c.name for c in change.added}
    for old in change.dropped:
        if old.name in replaced:
            new = change.after.column(old.name)
            value = f"{old.type} becomes {new.type if new else ''}, and what it holds is dropped"
            yield Loss(subject=f"{change.name}.{old.name}", value=value, because="one type is no subset of the other")
        else:
            yield Loss(
                subject=f"{change.name}.{old.name}",
                value="column dropped",
                because="the released schema has this column, and no field of the blueprint is kept in it",
                alternatives=("a field with `column:` keeps it",),
            )
    for new in change.added:
        if not new.optional and not new.fill and new.name not in replaced:
            yield _required(change.name, new)
    for old, new in change.altered:
        if old.optional and not new.optional and not new.fill:
            yield _required(change.name, new)


def _required(table: str, column: Column) -> Loss:
    return Loss(
        subject=f"{table}.{column.name}",
        value="required, with no value for rows that are there",
        because="the column must hold a value in every row, and the blueprint states no constant default",
        alternatives=("optional", "a default"),
    )


def _constraint_losses(change: TableChange) -> Iterator[Loss]:
    fresh = {c.name for c in change.added}
    for _, columns in sorted(set(change.after.unique) - set(change.before.unique)):
        column = change.after.column(columns[0])
        empty = len(columns) == 1 and columns[0] in fresh and column is not None and not column.fill
        if not empty:
            value = f"{' and '.join(columns)} unique"
            yield Loss(subject=f"{change.name}.{columns[0]}", value=value, because="rows may have the same values")
    known = {limit.column: limit for limit in change.before.limits}
    for limit in change.after.limits:
        if limit.column not in fresh and _narrows(known.get(limit.column), limit):
            value = f"at least {limit.least or 'any'}, at most {limit.most or 'any'}"
            yield Loss(subject=f"{change.name}.{limit.column}", value=value, because="rows may be outside of it")
    targets = {r.column: r.table for r in change.before.references}
    for reference in change.after.references:
        if reference.column not in fresh and targets.get(reference.column) != reference.table:
            value = f"refers to {reference.table}"
            yield Loss(
                subject=f"{change.name}.{reference.column}", value=value, because="rows may refer to no such row"
            )


def _narrows(before: Limit | None, after: Limit) -> bool:
    """Whether a value that was allowed is so no longer. Without a stated limit any number of 64 bits is."""
    old_least, old_most = (before.least, before.most) if before else (None, None)
    higher = after.least is not None and (old_least is None or int(after.least) > int(old_least))
    lower = after.most is not None and (old_most is None or int(after.most) < int(old_most))
    return higher or lower

"""The rows that this service keeps."""

from datetime import UTC, datetime
from typing import Annotated, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Text, UniqueConstraint, types
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

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


class Base(DeclarativeBase):
    """What all rows share. Text is compared by code point, on every machine alike."""

    type_annotation_map: ClassVar = {
        int: BigInteger(),
        str: Text().with_variant(postgresql.TEXT(collation="C"), "postgresql"),
        datetime: DateTime(timezone=True).with_variant(Timestamp(), "sqlite"),
    }


class Todo(Base):
    """A todo. (R1)"""

    __tablename__ = "todos"
    __table_args__ = (
        UniqueConstraint("id", name="uq_todos_id"),
        {"sqlite_autoincrement": True},
    )

    seq: Mapped[Sequence]
    id: Mapped[UUID] = mapped_column(default=uuid4)
    title: Mapped[str]


UNIQUE: dict[str, UniqueConstraint] = {
    name: constraint
    for table in Base.metadata.tables.values()
    for constraint in table.constraints
    if isinstance(constraint, UniqueConstraint)
    for name in (str(constraint.name), ", ".join(f"{table.name}.{column.name}" for column in constraint.columns))
}
"""Unique constraints by what PostgreSQL and SQLite call them."""

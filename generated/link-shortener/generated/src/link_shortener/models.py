"""The rows that this service keeps."""

import secrets
import string
from datetime import UTC, date, datetime
from functools import partial
from typing import Annotated, Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    types,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from link_shortener.clock import current_time

ALPHABET = string.ascii_letters + string.digits
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


def random_code(length: int) -> str:
    """A code that nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def fits_64_bits(column: str) -> str:
    """A computed number must fit into its column; SQLite alone would make a float of it."""
    return f'"{column}" BETWEEN {-(2**63)} AND {2**63 - 1}'


class Base(DeclarativeBase):
    """What all rows share. Text is compared by code point, on every machine alike."""

    type_annotation_map: ClassVar = {
        int: BigInteger(),
        str: Text().with_variant(postgresql.TEXT(collation="C"), "postgresql"),
        datetime: DateTime(timezone=True).with_variant(Timestamp(), "sqlite"),
        list[Any]: JSON(),
        dict[str, Any]: JSON(),
    }


class DailyTotal(Base):
    """A daily total. (R8)"""

    __tablename__ = "daily_totals"
    __table_args__ = (
        UniqueConstraint("id", name="uq_daily_totals_id"),
        UniqueConstraint("code", "day", name="uq_daily_totals_code_day"),
        CheckConstraint(fits_64_bits("clicks"), name="ck_daily_totals_clicks"),
        {"sqlite_autoincrement": True},
    )

    seq: Mapped[Sequence]
    id: Mapped[UUID] = mapped_column(default=uuid4)
    code: Mapped[str]
    day: Mapped[date]
    clicks: Mapped[int] = mapped_column(default=0)


class User(Base):
    """A user. (R4)"""

    __tablename__ = "users"
    __table_args__ = (
        UniqueConstraint("id", name="uq_users_id"),
        UniqueConstraint("email", name="uq_users_email"),
        {"sqlite_autoincrement": True},
    )

    seq: Mapped[Sequence]
    id: Mapped[UUID] = mapped_column(default=uuid4)
    email: Mapped[str]
    password: Mapped[str]


class Link(Base):
    """A link. (R1, R2, R3, R5)"""

    __tablename__ = "links"
    __table_args__ = (
        UniqueConstraint("id", name="uq_links_id"),
        UniqueConstraint("code", name="uq_links_code", info={"generated": True}),
        CheckConstraint(fits_64_bits("clicks"), name="ck_links_clicks"),
        Index("ix_links_owner_id", "owner_id"),
        Index("ix_links_expires_at", "expires_at"),
        {"sqlite_autoincrement": True},
    )

    seq: Mapped[Sequence]
    id: Mapped[UUID] = mapped_column(default=uuid4)
    target_url: Mapped[str]
    code: Mapped[str] = mapped_column(default=partial(random_code, 7))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", name="fk_links_owner_id", ondelete="RESTRICT"))
    expires_at: Mapped[datetime]
    clicks: Mapped[int] = mapped_column(default=0)


class Delivery(Base):
    """An event on its way to one handler."""

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("ix_deliveries_due_at", "due_at"),
        {"sqlite_autoincrement": True},
    )

    seq: Mapped[Sequence]
    handler: Mapped[str]
    payload: Mapped[dict[str, Any]]
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(default=current_time)


class Turn(Base):
    """A turn of a scheduled job that was run, or is being run."""

    __tablename__ = "turns"
    __table_args__ = (
        UniqueConstraint("job", "due_at", name="uq_turns_job_due_at"),
        {"sqlite_autoincrement": True},
    )

    seq: Mapped[Sequence]
    job: Mapped[str]
    due_at: Mapped[datetime]


UNIQUE: dict[str, UniqueConstraint] = {
    name: constraint
    for table in Base.metadata.tables.values()
    for constraint in table.constraints
    if isinstance(constraint, UniqueConstraint)
    for name in (str(constraint.name), ", ".join(f"{table.name}.{column.name}" for column in constraint.columns))
}
"""Unique constraints by what PostgreSQL and SQLite call them."""

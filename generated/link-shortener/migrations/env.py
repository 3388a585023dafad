"""Runs the migrations on the database that the settings name."""

import asyncio
from typing import Any

from alembic import context
from sqlalchemy import event
from sqlalchemy.engine import Connection

from link_shortener.database import make_engine
from link_shortener.models import Base
from link_shortener.settings import settings


def migrate(connection: Connection) -> None:
    """Runs all migrations that are missing, in one transaction."""
    context.configure(connection=connection, target_metadata=Base.metadata, compare_type=False)
    with context.begin_transaction():
        context.run_migrations()
    if connection.dialect.name == "sqlite" and (lost := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
        raise ValueError(f"rows refer to rows that are not there: {lost[:10]}")


def let_tables_go(connection: Any, _record: object) -> None:
    """SQLite changes a table by making it again; references to it are checked when all is done."""
    connection.execute("PRAGMA foreign_keys = OFF")


async def connect_and_migrate() -> None:
    """Opens a connection of its own."""
    engine = make_engine(settings().database_url)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", let_tables_go)
    async with engine.begin() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


asyncio.run(connect_and_migrate())

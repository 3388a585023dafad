"""Runs the migrations on the database that the settings name."""

import asyncio

from alembic import context
from sqlalchemy.engine import Connection

from todo.database import make_engine
from todo.models import Base
from todo.settings import settings


def migrate(connection: Connection) -> None:
    """Runs all migrations that are missing, in one transaction."""
    context.configure(connection=connection, target_metadata=Base.metadata, compare_type=False)
    with context.begin_transaction():
        context.run_migrations()


async def connect_and_migrate() -> None:
    """Opens a connection of its own."""
    engine = make_engine(settings().database_url)
    async with engine.begin() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


asyncio.run(connect_and_migrate())

"""The schema: migrations make exactly what the models say, and can be undone."""

from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock, patch

import alembic.command
import alembic.config
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, event, inspect, text
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import QueuePool

from support.world import World
from todo import database
from todo.database import TRUSTED_SECONDS, ask_after_a_pause, engine, make_engine, note_use
from todo.models import Base
from todo.settings import settings


def differences(connection: Connection) -> list[object]:
    """How the database differs from the models."""
    return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata)


def tables_of(connection: Connection) -> list[str]:
    """The tables of the database."""
    return inspect(connection).get_table_names()


async def in_connection(work: Callable[[Connection], object]) -> object:
    """Does something with a connection."""
    async with engine().connect() as connection:
        return await connection.run_sync(work)


def test_an_engine_for_postgresql_has_the_connections_that_it_may_have() -> None:
    found = make_engine("postgresql+asyncpg://user@host/service").sync_engine
    assert isinstance(found.pool, QueuePool)
    assert found.pool.size() == settings().database_connections
    assert event.contains(found, "checkin", note_use)
    assert event.contains(found, "checkout", ask_after_a_pause)


def test_an_engine_for_sqlite_turns_on_what_is_off(world: World, tmp_path: Path) -> None:
    found = make_engine(f"sqlite+aiosqlite:///{tmp_path / 'teas.db'}")

    async def pragmas() -> dict[str, object]:
        async with found.connect() as connection:
            names = ("foreign_keys", "journal_mode", "busy_timeout", "synchronous")
            values = {name: await connection.scalar(text(f"PRAGMA {name}")) for name in names}
            likes = await connection.scalar(text("SELECT 'TEA' LIKE 'tea'"))
        await found.dispose()
        return {**values, "likes": likes}

    on = {"foreign_keys": 1, "journal_mode": "wal", "busy_timeout": 5000, "synchronous": 1, "likes": 0}
    assert world.run(pragmas()) == on


def test_a_connection_that_nobody_used_for_a_while_is_asked_whether_it_lives() -> None:
    connection, record = Mock(), Mock(info={})
    with patch.object(database, "monotonic") as clock:
        clock.return_value = 100
        ask_after_a_pause(connection, record, None)
        note_use(connection, record)
        clock.return_value += TRUSTED_SECONDS
        ask_after_a_pause(connection, record, None)
        assert not connection.ping.called
        clock.return_value += 0.001
        ask_after_a_pause(connection, record, None)
        assert connection.ping.call_count == 1
        connection.ping.side_effect = OSError("it is away")
        with pytest.raises(InvalidatePoolError, match="the database closed the connection"):
            ask_after_a_pause(connection, record, None)


def test_the_migrations_make_what_the_models_say(world: World) -> None:
    assert world.run(in_connection(differences)) == []


def test_the_migrations_can_be_undone_and_done_again(world: World, migrations: alembic.config.Config) -> None:
    world.run(engine().dispose())
    alembic.command.downgrade(migrations, "base")
    tables = world.run(in_connection(tables_of))
    alembic.command.upgrade(migrations, "head")
    assert tables == ["alembic_version"]
    assert world.run(in_connection(differences)) == []

"""The schema: migrations make exactly what the models say, and can be undone."""

import alembic.command
import alembic.config
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from link_shortener.database import engine
from link_shortener.models import Base
from support.world import World


def differences(connection: Connection) -> list[object]:
    """How the database differs from the models."""
    return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata)


async def in_connection(work: object) -> object:
    """Does something with a connection."""
    assert callable(work)
    async with engine().connect() as connection:
        return await connection.run_sync(work)


def test_the_migrations_make_what_the_models_say(world: World) -> None:
    assert world.run(in_connection(differences)) == []


def test_the_migrations_can_be_undone_and_done_again(world: World, migrations: alembic.config.Config) -> None:
    world.run(engine().dispose())
    alembic.command.downgrade(migrations, "base")
    tables = world.run(in_connection(lambda connection: inspect(connection).get_table_names()))
    alembic.command.upgrade(migrations, "head")
    assert tables == ["alembic_version"]
    assert world.run(in_connection(differences)) == []

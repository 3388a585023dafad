"""The database of the tests: a real PostgreSQL, brought up to date by the migrations."""

import contextlib
import os
from collections.abc import Generator
from pathlib import Path

import alembic.command
import alembic.config

from link_shortener.database import engine
from link_shortener.observability import configure_logging
from link_shortener.settings import settings
from support.postgres import private_server

PROJECT = Path(__file__).parents[2]


@contextlib.contextmanager
def empty_database() -> Generator[str]:
    """The address of an empty database: the one that TEST_DATABASE_URL names, or a private server's."""
    if own := os.environ.get("TEST_DATABASE_URL"):
        yield own
    else:
        with private_server() as url:
            yield url


@contextlib.contextmanager
def migrated_database() -> Generator[alembic.config.Config]:
    """A database on the newest schema, which the settings name."""
    with empty_database() as url:
        os.environ.update(DATABASE_URL=url, LOG_LEVEL="ERROR")
        settings.cache_clear()
        configure_logging()
        config = alembic.config.Config(PROJECT / "alembic.ini")
        alembic.command.upgrade(config, "head")
        yield config


async def engine_name() -> str:
    """The engine and its version."""
    async with engine().connect() as connection:
        found = connection.dialect
        return f"{found.name} {'.'.join(str(part) for part in found.server_version_info or ())}"

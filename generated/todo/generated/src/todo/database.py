"""The database: engine, sessions, transactions."""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import cache, wraps
from pathlib import Path
from time import monotonic
from typing import Annotated, Any, ParamSpec, TypeVar, cast

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from fastapi import Depends
from sqlalchemy import Connection, event
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from todo.failures import Invalid, Unavailable, of_database_error
from todo.settings import settings

ATTEMPTS = 5
TRUSTED_SECONDS = 5
SERIALIZATION_FAILURES = {"40001", "40P01"}
PRAGMAS = (
    "foreign_keys = ON",
    "case_sensitive_like = ON",
    "journal_mode = WAL",
    "busy_timeout = 5000",
    "synchronous = NORMAL",
)

P = ParamSpec("P")
R = TypeVar("R")


def make_engine(url: str) -> AsyncEngine:
    """An engine for PostgreSQL or SQLite."""
    if url.startswith("sqlite"):
        engine = create_async_engine(url, hide_parameters=True)
        event.listen(engine.sync_engine, "connect", prepare_sqlite)
        event.listen(engine.sync_engine, "begin", begin_sqlite)
        return engine
    engine = create_async_engine(url, pool_size=settings().database_connections, max_overflow=0, hide_parameters=True)
    event.listen(engine.sync_engine, "checkin", note_use)
    event.listen(engine.sync_engine, "checkout", ask_after_a_pause)
    return engine


def note_use(_connection: object, record: ConnectionPoolEntry) -> None:
    """Remembers when a connection was used last."""
    record.info["used"] = monotonic()


def ask_after_a_pause(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Asks a connection that nobody used for a while whether it lives; where it does not, the pool opens new ones.

    One that was just used is trusted: asking before every request costs three round trips.
    """
    if monotonic() - record.info.get("used", monotonic()) > TRUSTED_SECONDS:
        try:
            connection.ping()
        except Exception as error:
            raise InvalidatePoolError("the database closed the connection") from error


def prepare_sqlite(connection: Any, _record: object) -> None:
    """Turns on what SQLite leaves off, and takes transactions out of the driver's hands."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def begin_sqlite(connection: Any) -> None:
    """SQLite has one writer: whoever begins waits for its turn instead of failing half-way."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@cache
def engine() -> AsyncEngine:
    """The engine of this process."""
    return make_engine(settings().database_url)


@cache
def sessions() -> async_sessionmaker[AsyncSession]:
    """Makes sessions on the engine of this process. Rows stay readable after a commit."""
    return async_sessionmaker(engine(), expire_on_commit=False)


async def open_session() -> AsyncIterator[AsyncSession]:
    """One session for one request."""
    async with sessions()() as session:
        yield session


class SchemaTooOld(Exception):
    """The database lacks migrations that this code needs."""


def migrations() -> Config:
    """Where the migrations are: the service runs in the project's folder."""
    return Config(Path.cwd() / "alembic.ini")


@cache
def revisions() -> tuple[str, ...]:
    """The revisions of the schema that this code knows, the newest first."""
    return tuple(script.revision for script in ScriptDirectory.from_config(migrations()).walk_revisions())


async def check_schema() -> None:
    """Raises `SchemaTooOld` where the database has not the newest revision.

    One that this code does not know is a later one: while it is rolled out, what runs already stays ready.
    """

    def revision(connection: Connection) -> str | None:
        return MigrationContext.configure(connection).get_current_revision()

    async with engine().connect() as connection:
        found = await connection.run_sync(revision)
    newest, *older = revisions()
    if found is None or found in older:
        raise SchemaTooOld(f"the schema is at {found}, not at {newest}: run the migrations")


Session = Annotated[AsyncSession, Depends(open_session)]


def transactional(function: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """Runs a function in one transaction: committed before the reply is sent, undone on any failure.

    It runs again where it lost against a concurrent transaction or met a generated code that was taken.
    """

    @wraps(function)
    async def run(*args: P.args, **kwargs: P.kwargs) -> R:
        session = cast("AsyncSession", kwargs["session"])
        for _ in range(ATTEMPTS):
            try:
                result = await function(*args, **kwargs)
                await session.commit()
                return result
            except DBAPIError as error:
                await session.rollback()
                if not may_run_again(error):
                    raise of_database_error(error) from error
            except ArithmeticError as error:
                await session.rollback()
                raise Invalid("a number is out of range") from error
            except BaseException:
                await session.rollback()
                raise
        raise Unavailable("too many concurrent changes")

    return run


def may_run_again(error: DBAPIError) -> bool:
    """Whether the same transaction may succeed when it runs again."""
    return getattr(error.orig, "sqlstate", None) in SERIALIZATION_FAILURES

"""The record of builds: one row each, never changed afterwards. SQLite by default, another database by its URL.

Writers on one database do not disturb each other. Passwords in a URL are never shown.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from sqlalchemy import JSON, Column, Engine, Integer, MetaData, String, Table, create_engine, insert, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateTable

from autocoder.diagnostics import Diagnostic, StageFailed
from autocoder.tools.user_folders import state_folder

_WAIT_SECONDS = 30


class Outcome(StrEnum):
    """How a build ended."""

    SIGNED = "signed"
    FAILED = "failed"
    QUESTIONS = "open questions"
    GATE_FAILED = "gate failed"
    TOOL_MISSING = "tool missing"
    DEFECT = "defect"


@dataclass(frozen=True, kw_only=True)
class Build:
    """One build. Times are RFC 3339 in UTC; everything but the first five fields is JSON-ready.

    `inputs` and `outputs` map names to sha256; `versions` maps what took part (autocoder, bundle, python) to its
    version; `signature` says who signed with which key; `diagnostics` are those that ended it.
    """

    name: str
    version: str
    started: str
    finished: str
    outcome: Outcome
    inputs: Mapping[str, str] = field(default_factory=dict[str, str])
    versions: Mapping[str, str] = field(default_factory=dict[str, str])
    decisions: Sequence[object] = ()
    approvals: Sequence[object] = ()
    verdicts: Sequence[object] = ()
    model_usage: Mapping[str, object] = field(default_factory=dict[str, object])
    outputs: Mapping[str, str] = field(default_factory=dict[str, str])
    signature: Mapping[str, str] = field(default_factory=dict[str, str])
    diagnostics: Sequence[object] = ()


@dataclass(frozen=True, kw_only=True)
class Row:
    """A recorded build. Numbers grow; there may be gaps."""

    number: int
    build: Build


_WORDS = ("name", "version", "started", "finished", "outcome")
_BUILDS = Table(
    "autocoder_builds",
    MetaData(),
    Column("number", Integer, primary_key=True, autoincrement=True),
    *(Column(item.name, String if item.name in _WORDS else JSON, nullable=False) for item in fields(Build)),
    sqlite_autoincrement=True,
)
_LOCKS = {
    "sqlite": "BEGIN IMMEDIATE",
    "postgresql": "SELECT pg_advisory_xact_lock(hashtext('autocoder_builds'))",
}
_APPEND_ONLY = {
    "sqlite": tuple(
        f"CREATE TRIGGER IF NOT EXISTS autocoder_builds_{what} BEFORE {what} ON autocoder_builds "
        "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
        for what in ("UPDATE", "DELETE")
    ),
    "postgresql": (
        """CREATE OR REPLACE FUNCTION autocoder_builds_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$""",
        """CREATE OR REPLACE TRIGGER autocoder_builds_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
        ON autocoder_builds FOR EACH STATEMENT EXECUTE FUNCTION autocoder_builds_append_only()""",
    ),
}


class Ledger:
    """An open ledger. Made by `open_ledger`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def place(self) -> str:
        """Where it is, without a password."""
        return self._engine.url.render_as_string(hide_password=True)

    def record(self, build: Build) -> int:
        """Appends a build and returns its number. Raises `StageFailed` (AC6061)."""
        values = {item.name: getattr(build, item.name) for item in fields(Build)} | {"outcome": build.outcome.value}
        try:
            with self._engine.begin() as connection:
                key = connection.execute(insert(_BUILDS).values(values)).inserted_primary_key
        except SQLAlchemyError as error:
            raise _failed("AC6061", "the build could not be recorded", self.place, error) from error
        return int(key[0]) if key else 0

    def rows(self, *, name: str | None = None, limit: int = 20) -> tuple[Row, ...]:
        """The latest builds, newest first; of one system with `name`. Raises `StageFailed` (AC6060)."""
        wanted = select(_BUILDS).order_by(_BUILDS.c.number.desc()).limit(limit)
        if name is not None:
            wanted = wanted.where(_BUILDS.c.name == name)
        try:
            with self._engine.connect() as connection:
                found = connection.execute(wanted).mappings().all()
        except SQLAlchemyError as error:
            raise _failed("AC6060", "the ledger cannot be read", self.place, error) from error
        return tuple(_row(dict(row)) for row in found)

    def close(self) -> None:
        """Gives the connections back."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def default_url() -> str:
    """The user's own ledger: a SQLite file in the state folder."""
    return f"sqlite:///{state_folder() / 'ledger.db'}"


def is_missing(url: str | None = None) -> bool:
    """Whether the ledger is an SQLite file that nobody made yet. Raises `StageFailed` (AC6060)."""
    try:
        parsed = make_url(url or default_url())
    except SQLAlchemyError as error:
        raise _failed("AC6060", "the ledger cannot be opened", "the ledger's URL", error) from error
    return parsed.get_backend_name() == "sqlite" and bool(parsed.database) and not Path(str(parsed.database)).exists()


def open_ledger(url: str | None = None) -> Ledger:
    """Opens the ledger, makes its table where it is missing, and tries that it can be written.

    Raises `StageFailed` (AC6060); a build calls this before it does any work.
    """
    place = "the ledger's URL"
    try:
        parsed = make_url(url or default_url())
        place = parsed.render_as_string(hide_password=True)
        engine = _engine(parsed)
        _prepare(engine)
    except (SQLAlchemyError, OSError, ImportError) as error:
        raise _failed("AC6060", "the ledger cannot be opened", place, error) from error
    return Ledger(engine)


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, poolclass=NullPool)
    if url.database and url.database != ":memory:":
        _make_private_file(Path(url.database))
    return create_engine(url, poolclass=NullPool, connect_args={"timeout": _WAIT_SECONDS})


def _make_private_file(path: Path) -> None:
    """The ledger quotes prose and decisions: its file is for its user alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _prepare(engine: Engine) -> None:
    with engine.begin() as connection:
        # Two first writers would both find no table. These locks end with the transaction; SQLite's also proves that
        # the file can be written.
        if (lock := _LOCKS.get(engine.dialect.name)) is not None:
            connection.exec_driver_sql(lock)
        connection.execute(CreateTable(_BUILDS, if_not_exists=True))
        for statement in _APPEND_ONLY.get(engine.dialect.name, ()):
            connection.exec_driver_sql(statement)
        connection.execute(select(_BUILDS).limit(0))


def _row(values: dict[str, Any]) -> Row:
    number = int(values.pop("number"))
    values["outcome"] = Outcome(values["outcome"])
    return Row(number=number, build=Build(**values))


def _failed(code: str, message: str, place: str, error: Exception) -> StageFailed:
    cause = error.orig if isinstance(error, DBAPIError) else error
    reason = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
    return StageFailed([Diagnostic(code=code, message=f"{message}: {reason}", subject=place, value=place)])

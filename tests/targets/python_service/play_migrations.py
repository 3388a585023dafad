"""Runs in the service's own environment: up to a revision, rows, up to the newest, down again; tells what it saw."""

import asyncio
import json
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import alembic.command
import alembic.config
import sqlalchemy as sa
from shop.database import make_engine
from shop.models import Base
from sqlalchemy.engine import Connection

ROWS = 2


def shape(connection: Connection) -> dict[str, Any]:
    """Everything that the database says about its tables."""
    inspector = sa.inspect(connection)
    found: dict[str, Any] = {}
    for name in inspector.get_table_names():
        if name in ("alembic_version", "sqlite_sequence"):
            continue
        kept = ("name", "column_names", "constrained_columns", "referred_table", "options", "sqltext")
        parts = {
            "unique": inspector.get_unique_constraints(name),
            "foreign": inspector.get_foreign_keys(name),
            "checks": inspector.get_check_constraints(name),
            "indexes": [i for i in inspector.get_indexes(name) if not i.get("duplicates_constraint")],
        }
        found[name] = {
            "columns": sorted(
                [c["name"], str(c["type"]), c["nullable"], c["default"]] for c in inspector.get_columns(name)
            ),
            "autoincrement": autoincrement(connection, name),
            **{
                part: sorted(json.dumps({k: str(r[k]) for k in kept if k in r}, sort_keys=True) for r in rows)
                for part, rows in parts.items()
            },
        }
    return found


def autoincrement(connection: Connection, name: str) -> bool:
    if connection.dialect.name != "sqlite":
        return True
    sql = connection.execute(sa.text("SELECT sql FROM sqlite_master WHERE name = :n"), {"n": name}).scalar_one()
    return "AUTOINCREMENT" in sql


def value(column: Any, row: int, limits: dict[str, int]) -> Any:
    """A value for a column of a row; distinct in each row where the type has room for it."""
    if column.name in limits:
        return limits[column.name]
    if column.name == "id":
        return UUID(int=row + 1) if not isinstance(column.type, sa.CHAR) else UUID(int=row + 1).hex
    match column.type:
        case sa.UUID():
            return UUID(int=row + 1)
        case sa.BOOLEAN():
            return row == 0
        case sa.DATE():
            return date(2024, 1, 1 + row)
        case sa.DATETIME() | sa.TIMESTAMP():
            return datetime(2024, 1, 1 + row, tzinfo=UTC if column.type.timezone else None)
        case sa.Numeric() if not isinstance(column.type, sa.Integer):
            return row
        case sa.Integer():
            return row
        case sa.JSON():
            return ["a", row]
        case _:
            return f"it's {row}"


def fill(connection: Connection, limits: dict[str, dict[str, int]]) -> None:
    metadata = sa.MetaData()
    metadata.reflect(connection)
    for table in metadata.sorted_tables:
        if table.name == "alembic_version":
            continue
        for row in range(ROWS):
            values = {c.name: value(c, row, limits.get(table.name, {})) for c in table.columns if c.name != "seq"}
            for key in table.foreign_keys:
                target = UUID(int=row + 1)
                values[key.parent.name] = target.hex if isinstance(key.parent.type, sa.CHAR) else target
            connection.execute(table.insert().values(values))


def rows(connection: Connection) -> dict[str, Any]:
    metadata = sa.MetaData()
    metadata.reflect(connection)
    return {
        t.name: [{k: str(v) for k, v in r._mapping.items()} for r in connection.execute(t.select().order_by(t.c.seq))]
        for t in metadata.sorted_tables
        if t.name != "alembic_version"
    }


async def ask(url: str, question: Any, *args: Any) -> Any:
    engine = make_engine(url)
    async with engine.begin() as connection:
        found = await connection.run_sync(question, *args)
    await engine.dispose()
    return found


async def on_postgres(statement: str) -> None:
    import asyncpg

    connection = await asyncpg.connect(os.environ["SERVER"])
    await connection.execute(statement)
    await connection.close()


def both(server: str, name: str) -> tuple[str, str]:
    """The addresses of two empty databases."""
    if not server:
        for suffix in ("a", "b"):
            Path(f"{name}{suffix}.db").unlink(missing_ok=True)
        return f"sqlite+aiosqlite:///{name}a.db", f"sqlite+aiosqlite:///{name}b.db"
    for suffix in ("a", "b"):
        asyncio.run(on_postgres(f"CREATE DATABASE {name}{suffix}"))
    base = server.rsplit("/", 1)[0].replace("postgresql://", "postgresql+asyncpg://")
    return f"{base}/{name}a", f"{base}/{name}b"


def main() -> None:
    asked = json.loads(sys.stdin.read())
    migrated, modelled = both(os.environ.get("SERVER", ""), asked["name"])
    os.environ["DATABASE_URL"] = migrated
    config = alembic.config.Config(Path("alembic.ini"))
    config.attributes["configure_logger"] = False
    told: dict[str, Any] = {}
    alembic.command.upgrade(config, "0001")
    told["before"] = asyncio.run(ask(migrated, shape))
    if asked["rows"]:
        asyncio.run(ask(migrated, fill, asked["limits"]))
    told["rows_before"] = asyncio.run(ask(migrated, rows))
    alembic.command.upgrade(config, "head")
    told["after"] = asyncio.run(ask(migrated, shape))
    told["rows_after"] = asyncio.run(ask(migrated, rows))
    asyncio.run(ask(modelled, Base.metadata.create_all))
    told["models"] = asyncio.run(ask(modelled, shape))
    alembic.command.downgrade(config, "0001")
    told["back"] = asyncio.run(ask(migrated, shape))
    told["rows_back"] = asyncio.run(ask(migrated, rows))
    print(json.dumps(told))


main()

"""Works expressions out inside an emitted project: `python play_expressions.py FOLDER URL…`, the cases on the path.

FOLDER holds `tries.pickle`: rows, and what requests give. `outcomes.pickle` gets the value of every case by emitted
Python, by the oracle's and by each database, for each of these.
"""

import asyncio
import pickle
import sys
from decimal import setcontext
from pathlib import Path
from typing import Any

import cases
from shop.database import make_engine
from shop.models import Base, Thing
from sqlalchemy import and_, case, insert, select, true
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

TOGETHER = 40
INVALID = "invalid"


def at_hand(function: Any, *args: Any) -> Any:
    """The value of emitted Python, or that it is invalid."""
    try:
        return function(*args)
    except ArithmeticError:
        return INVALID


def queried(function: Any, given: Any, now: Any) -> Any:
    """A column with the value of a case; a condition is true or false as `where` has it."""
    found = function(given, now)
    if isinstance(found, list):
        return case((and_(true(), *found), True), else_=False)
    return found


async def in_database(connection: AsyncConnection, given: Any, now: Any) -> dict[int, list[Any]]:
    """The values of each case in one database, a row after the other; many cases in one statement."""
    found: dict[int, list[Any]] = {}
    pending = list(range(0, len(cases.SQL), TOGETHER))
    for first in pending:
        numbers = range(len(cases.SQL))[first : first + TOGETHER]
        found |= await values(connection, [n for n in numbers if cases.SQL[n]], given, now)
    return found


async def values(connection: AsyncConnection, numbers: list[int], given: Any, now: Any) -> dict[int, list[Any]]:
    """The values of some cases; where the database refuses, one by one and row by row."""
    columns: dict[int, Any] = {}
    failed: dict[int, list[Any]] = {}
    for number in numbers:
        try:
            columns[number] = queried(cases.SQL[number], given, now)
        except ArithmeticError:
            failed[number] = [INVALID] * cases.ROWS
    if not columns:
        return failed
    statement = select(*(column.label(f"c{n}") for n, column in columns.items()))
    try:
        async with connection.begin_nested():
            rows = (await connection.execute(statement.order_by(Thing.seq))).all()
        return failed | {number: [row[at] for row in rows] for at, number in enumerate(columns)}
    except (DBAPIError, ArithmeticError):
        pass
    if len(numbers) > 1:
        half = len(numbers) // 2
        return await values(connection, numbers[:half], given, now) | await values(
            connection, numbers[half:], given, now
        )
    return {numbers[0]: [await one(connection, columns[numbers[0]], seq) for seq in range(1, cases.ROWS + 1)]}


async def one(connection: AsyncConnection, column: Any, seq: int) -> Any:
    """The value for one row."""
    try:
        async with connection.begin_nested():
            return (await connection.execute(select(column).where(Thing.seq == seq))).scalar()
    except ArithmeticError:
        return INVALID
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None) or ""
        return INVALID if state.startswith("22") or "integer overflow" in str(error.orig) else f"{error.orig}"


async def on(url: str, tries: dict[str, Any]) -> list[dict[int, list[Any]]]:
    """Everything in one database."""
    engine = make_engine(url)
    async with engine.connect() as connection:
        await connection.run_sync(Base.metadata.create_all)
        await connection.execute(insert(Thing), tries["rows"])
        found = [await in_database(connection, given, tries["now"]) for given in tries["given"]]
    await engine.dispose()
    return found


def main() -> None:
    """Works all of it out."""
    setcontext(cases.CONTEXT)
    folder = Path(sys.argv[1])
    tries = pickle.loads((folder / "tries.pickle").read_bytes())
    rows, now = tries["rows"], tries["now"]
    models = [Thing(**row) for row in rows]
    python = [
        {n: [at_hand(f, row, given, now) for row in models] for n, f in enumerate(cases.PYTHON)}
        for given in tries["given"]
    ]
    oracle = [
        {n: [at_hand(f, row, given, now) for row in rows] for n, f in enumerate(cases.ORACLE)}
        for given in tries["given"]
    ]
    outcomes = {"python": python, "oracle": oracle}
    for url in sys.argv[2:]:
        outcomes[url.partition(":")[0]] = asyncio.run(on(url, tries))
    (folder / "outcomes.pickle").write_bytes(pickle.dumps(outcomes))


if __name__ == "__main__":
    main()

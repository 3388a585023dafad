"""Many at once: whatever order the database gives them, the outcome is that of one after the other."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from link_shortener.database import engine
from link_shortener.models import Base
from link_shortener.settings import settings
from support.scenarios import SUCCEEDING
from support.world import World

TIMES = 12
WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


async def at_once(requests: Sequence[Coroutine[Any, Any, httpx.Response]]) -> list[httpx.Response]:
    """Sends requests so that their transactions overlap: nobody gets a table before everybody waits for one."""
    async with engine().connect() as gate:
        if gate.dialect.name != "postgresql":  # SQLite lets one in after the other
            return await asyncio.gather(*requests)
        tables = map(gate.dialect.identifier_preparer.format_table, Base.metadata.sorted_tables)
        await gate.execute(text(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE"))
        calls = [asyncio.ensure_future(request) for request in requests]
        others = settings().database_connections - 1
        for _ in range(1000):
            if await gate.scalar(WAITING) >= min(others, sum(not call.done() for call in calls)):
                break
            await asyncio.sleep(0.01)
    return await asyncio.gather(*calls)


@pytest.mark.parametrize("operation", ["delete_link", "follow", "register", "shorten"])
def test_concurrent_calls_do_what_calls_in_turn_do(world: World, operation: str) -> None:
    arrange, _ = SUCCEEDING[operation]
    given, token = arrange(world)
    calls = [given] * TIMES

    async def all_at_once() -> list[int]:
        requests = [world.request(operation, call, token) for call in calls]
        replies = await at_once(requests)
        return [reply.status_code for reply in replies]

    statuses = world.run(all_at_once())
    world.take_what_was_made()
    expected = [world.expect(operation, call, token).status for call in calls]
    # Which failure a late call meets depends on how far the others were; how many succeed does not.
    assert sorted(s for s in statuses if s < 400) == sorted(s for s in expected if 0 < s < 400)
    assert all(400 <= s < 500 for s in statuses if s >= 400)
    world.check_rows()

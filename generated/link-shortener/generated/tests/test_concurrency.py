"""Many at once: whatever order the database gives them, the outcome is that of one after the other."""

import asyncio

import pytest

from support.scenarios import SUCCEEDING
from support.world import World

TIMES = 12


@pytest.mark.parametrize("operation", ["delete_link", "follow", "register", "shorten"])
def test_concurrent_calls_do_what_calls_in_turn_do(world: World, operation: str) -> None:
    arrange, _ = SUCCEEDING[operation]
    given, token = arrange(world)

    async def all_at_once() -> list[int]:
        replies = await asyncio.gather(*(world.request(operation, given, token) for _ in range(TIMES)))
        return [reply.status_code for reply in replies]

    statuses = world.run(all_at_once())
    world.take_what_was_made()
    expected = [
        world.oracle.attempt(lambda: world.foresee(operation, given, token, valid=True)).status for _ in range(TIMES)
    ]
    # Which failure a late call meets depends on how far the others were; how many succeed does not.
    assert sorted(s for s in statuses if s < 400) == sorted(s for s in expected if 0 < s < 400)
    assert all(400 <= s < 500 for s in statuses if s >= 400)
    world.check_rows()

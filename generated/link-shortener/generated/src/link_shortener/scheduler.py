"""Work that runs when its time has come: each turn once, however many schedulers there are."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import structlog
from cronsim import CronSim
from sqlalchemy import func, select

from link_shortener import handlers
from link_shortener.clock import current_time, pause
from link_shortener.database import insert_into, sessions
from link_shortener.models import Turn
from link_shortener.settings import settings

log = structlog.get_logger()

JOBS: dict[str, tuple[str, Callable[..., Awaitable[None]]]] = {
    "cleanup_links": ("0 2 * * *", handlers.cleanup_links),
}


def last_due(line: str, now: datetime) -> datetime:
    """When the latest turn of a cron line (UTC) was due."""
    this_minute = now.astimezone(UTC).replace(second=0, microsecond=0)
    return next(CronSim(line, this_minute + timedelta(minutes=1), reverse=True))


async def run_due(name: str, now: datetime) -> bool:
    """Runs the latest turn of a job unless somebody ran it; False where there is nothing to run.

    The turn is claimed in the transaction of the work itself: both happen or neither.
    """
    line, handle = JOBS[name]
    due = last_due(line, now)
    async with sessions()() as session:
        known = await session.scalar(select(func.max(Turn.due_at)).where(Turn.job == name))
        if known is not None and known >= due:
            return False
        claim = insert_into(session, Turn).values(job=name, due_at=due).on_conflict_do_nothing().returning(Turn.seq)
        if await session.scalar(claim) is None:
            return False
        if known is not None:
            await handle(now=now, session=session)
        await session.commit()
        # The first turn ever seen is one from before the service was there.
        return known is not None


async def run_until(stop: asyncio.Event) -> None:
    """Runs what is due, then waits. Work that fails is tried again at the next look."""
    while not stop.is_set():
        for name in JOBS:
            try:
                if await run_due(name, current_time()):
                    log.info("turn done", job=name)
            except Exception:
                log.exception("turn failed", job=name)
        await pause(stop, settings().poll_seconds)

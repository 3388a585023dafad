"""Delivers published events, each once to each of its handlers."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from prometheus_client import Gauge
from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from link_shortener import handlers
from link_shortener.clock import current_time, pause
from link_shortener.database import sessions
from link_shortener.events import Event, LinkClicked
from link_shortener.models import Delivery
from link_shortener.settings import settings

ATTEMPTS = 10
BATCH = 50
log = structlog.get_logger()
WAITING = Gauge("deliveries_waiting", "Deliveries on their way.")
OLDEST = Gauge("deliveries_oldest_seconds", "Time since the oldest of them was due.")
DEAD = Gauge("deliveries_dead", "Deliveries that were given up.")

HANDLERS: dict[str, tuple[type[Event], Callable[..., Awaitable[None]]]] = {
    "count_click": (LinkClicked, handlers.count_click),
}


async def deliver(now: datetime, most: int = BATCH) -> int:
    """Runs the handlers of the oldest deliveries that are due, and says how many these were.

    All of them run in one transaction, which removes them too, so each effect happens once. Where one fails none of
    them has happened, and each is run in a transaction of its own.
    """
    due = select(Delivery.seq, Delivery.handler, Delivery.payload, Delivery.attempts)
    due = due.where(Delivery.attempts < ATTEMPTS, Delivery.due_at <= now).order_by(Delivery.seq).limit(most)
    async with sessions()() as session:
        taken = (await session.execute(due.with_for_update(skip_locked=True))).all()
        try:
            for delivery in taken:
                event, handle = HANDLERS[delivery.handler]
                await handle(event.model_validate(delivery.payload), now=now, session=session)
                await session.flush()
                session.expunge_all()  # the next handler reads rows as this one left them
            await session.execute(delete(Delivery).where(Delivery.seq.in_([delivery.seq for delivery in taken])))
            await session.commit()
            return len(taken)
        except Exception:
            log.exception("delivery failed", handlers=sorted({delivery.handler for delivery in taken}))
            await session.rollback()
            if len(taken) == 1:
                await postpone(session, taken[0], now)
                return 1
    for _ in taken:
        await deliver(now, 1)
    return len(taken)


async def postpone(session: AsyncSession, delivery: Row[int, str, dict[str, Any], int], now: datetime) -> None:
    """Counts a failed attempt; each wait is twice as long as the one before, and the last leaves a dead letter."""
    attempts = delivery.attempts + 1
    log.warning("delivery postponed", handler=delivery.handler, attempt=attempts, last=attempts == ATTEMPTS)
    later = now + timedelta(seconds=2**attempts)
    values = {"attempts": attempts, "due_at": later}
    await session.execute(update(Delivery).where(Delivery.seq == delivery.seq).values(values))
    await session.commit()


async def observe_queue(now: datetime) -> None:
    """Measures how much is on its way, for how long, and how much was given up."""
    waiting = Delivery.attempts < ATTEMPTS
    async with sessions()() as session:
        query = select(func.count(), func.min(Delivery.due_at)).where(waiting)
        count, oldest = (await session.execute(query)).one()
        dead = await session.scalar(select(func.count()).select_from(Delivery).where(~waiting))
    WAITING.set(count)
    OLDEST.set(max((now - oldest).total_seconds(), 0) if oldest else 0)
    DEAD.set(dead or 0)


async def deliver_until(stop: asyncio.Event) -> None:
    """Delivers what is due, then waits for more. A database that is away is tried again."""
    while not stop.is_set():
        try:
            await observe_queue(current_time())
            if await deliver(current_time()) == BATCH:
                continue
        except Exception:
            log.exception("deliveries cannot be read")
        await pause(stop, settings().poll_seconds)

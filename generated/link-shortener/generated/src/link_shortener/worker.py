"""Delivers published events, each once to each of its handlers."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from link_shortener import handlers
from link_shortener.clock import current_time
from link_shortener.database import sessions
from link_shortener.events import Event, LinkClicked
from link_shortener.models import Delivery
from link_shortener.settings import settings

ATTEMPTS = 10
log = structlog.get_logger()

HANDLERS: dict[str, tuple[type[Event], Callable[..., Awaitable[None]]]] = {
    "count_click": (LinkClicked, handlers.count_click),
}


async def deliver_one(now: datetime) -> bool:
    """Runs the handler of the oldest delivery that is due; False where none is.

    The delivery is removed in the handler's own transaction, so its effect happens once. A failure is tried again
    later, and after the last attempt the delivery stays as a dead letter.
    """
    async with sessions()() as session:
        due = select(Delivery).where(Delivery.attempts < ATTEMPTS, Delivery.due_at <= now)
        delivery = await session.scalar(due.order_by(Delivery.seq).limit(1).with_for_update(skip_locked=True))
        if delivery is None:
            return False
        seq, name, attempts = delivery.seq, delivery.handler, delivery.attempts
        try:
            event, handle = HANDLERS[name]
            await session.delete(delivery)
            await handle(event.model_validate(delivery.payload), now=now, session=session)
            await session.commit()
        except Exception:
            await session.rollback()
            log.exception("delivery failed", handler=name, attempt=attempts + 1, last=attempts + 1 == ATTEMPTS)
            await postpone(session, seq, attempts + 1, now)
        return True


async def postpone(session: AsyncSession, seq: int, attempts: int, now: datetime) -> None:
    """Counts a failed attempt; each wait is twice as long as the one before."""
    later = now + timedelta(seconds=2**attempts)
    await session.execute(update(Delivery).where(Delivery.seq == seq).values(attempts=attempts, due_at=later))
    await session.commit()


async def deliver_forever() -> None:
    """Delivers what is due, then waits for more. A database that is away is tried again."""
    while True:
        try:
            while await deliver_one(current_time()):
                pass
        except Exception:
            log.exception("deliveries cannot be read")
        await asyncio.sleep(settings().poll_seconds)

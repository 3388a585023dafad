"""Runs on LinkClicked."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from link_shortener.database import insert_into
from link_shortener.events import LinkClicked
from link_shortener.models import DailyTotal


async def count_click(event: LinkClicked, *, now: datetime, session: AsyncSession) -> None:
    """Add a daily total, or change the one of the same code and day. (R8)"""
    await session.execute(
        insert_into(session, DailyTotal)
        .values(code=event.code, day=event.at.date(), clicks=1)
        .on_conflict_do_update(index_elements=[DailyTotal.code, DailyTotal.day], set_={"clicks": DailyTotal.clicks + 1})
    )

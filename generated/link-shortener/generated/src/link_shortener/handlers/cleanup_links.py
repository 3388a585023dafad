"""Runs at "0 2 * * *" (UTC)."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from link_shortener.models import Link


async def cleanup_links(*, now: datetime, session: AsyncSession) -> None:
    """Delete the links whose expires at is not after now. (R7)"""
    await session.execute(delete(Link).where(Link.expires_at <= now))

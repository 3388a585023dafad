"""The time. One request sees one time."""

import asyncio
import contextlib
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends


def current_time() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


Now = Annotated[datetime, Depends(current_time)]


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Waits so long, or until it is time to stop."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)

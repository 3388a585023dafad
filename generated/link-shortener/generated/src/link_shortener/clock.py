"""The time. One request sees one time."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends


def current_time() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


Now = Annotated[datetime, Depends(current_time)]

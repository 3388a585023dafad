"""The events of this service: published in the transaction that caused them, kept until every handler has run."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from link_shortener.models import Delivery


class Event(BaseModel):
    """Something that happened."""

    model_config = ConfigDict(frozen=True)


class LinkClicked(Event):
    """Link clicked."""

    code: str
    at: datetime


SUBSCRIBERS: dict[type[Event], tuple[str, ...]] = {
    LinkClicked: ("count_click",),
}


def publish(session: AsyncSession, event: Event) -> None:
    """Hands an event to all its handlers when the session's transaction commits, and only then."""
    payload = event.model_dump(mode="json")
    for handler in SUBSCRIBERS[type(event)]:
        session.add(Delivery(handler=handler, payload=payload))

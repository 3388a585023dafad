"""What clients can do with links."""

from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import RedirectResponse
from sqlalchemy import select, update

from link_shortener.authentication import Caller, OptionalCaller
from link_shortener.clock import Now
from link_shortener.database import Session, transactional
from link_shortener.events import LinkClicked, publish
from link_shortener.failures import Forbidden, Missing, problems
from link_shortener.models import Link
from link_shortener.schemas import LinkReply, ShortenRequest
from link_shortener.types import Str

router = APIRouter()


@router.get("/links", response_model=list[LinkReply], responses=problems(401))
@transactional
async def list_links(caller: Caller, session: Session) -> list[Link]:
    """List the links whose owner is the caller. (R5)"""
    links = await session.scalars(select(Link).where(Link.owner_id == caller.id).order_by(Link.seq).limit(100))
    return list(links)


@router.post(
    "/links", status_code=201, response_model=LinkReply, responses=problems(401, 422), openapi_extra={"security": [{}]}
)
@transactional
async def shorten(body: ShortenRequest, caller: OptionalCaller, now: Now, session: Session) -> Link:
    """Add a link. (R1)"""
    link = Link(target_url=body.target_url, owner_id=caller.id if caller else None, expires_at=now + timedelta(days=30))
    session.add(link)
    await session.flush()
    return link


@router.delete("/links/{code}", status_code=204, responses=problems(401, 403, 404, 422))
@transactional
async def delete_link(code: Str, caller: Caller, session: Session) -> None:
    """Find the link whose code is the given code; refuse unless the link's owner is the caller; delete the link.
    (R5, R6)
    """
    link = await session.scalar(select(Link).where(Link.code == code).with_for_update())
    if link is None:
        raise Missing("no such link")
    if link.owner_id != caller.id:
        raise Forbidden()
    await session.delete(link)
    await session.flush()


@router.get("/{code}", status_code=302, response_class=RedirectResponse, responses=problems(404, 422))
@transactional
async def follow(code: Str, now: Now, session: Session) -> RedirectResponse:
    """Find the link whose code is the given code and whose expires at is after now; add 1 to the clicks of the link;
    publish LinkClicked. (R2, R8)
    """
    link = await session.scalar(
        update(Link).where(Link.code == code, Link.expires_at > now).values(clicks=Link.clicks + 1).returning(Link)
    )
    if link is None:
        raise Missing("no such link")
    publish(session, LinkClicked(code=link.code, at=now))
    return RedirectResponse(link.target_url, status_code=302, headers={"Cache-Control": "no-store"})

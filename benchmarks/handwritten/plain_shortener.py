"""The link shortener as somebody writes it by hand: FastAPI and SQLAlchemy, one module, nothing clever.

It is what `service_speed.py` measures the generated service against, so it does the same: the same replies, accounts
and tokens, limits on input, an outbox, JSON logs with request ids, metrics. Tables are made at the start.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import string
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

import jwt
import structlog
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from prometheus_client import Counter, Histogram, make_asgi_app
from pydantic import AfterValidator, BaseModel, ConfigDict, EmailStr, Field
from sqlalchemy import JSON, BigInteger, DateTime, ForeignKey, Text, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

DATABASE_URL = os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+asyncpg://")
SIGNING_KEY = load_pem_private_key(os.environ["SIGNING_KEY"].encode(), None)
assert isinstance(SIGNING_KEY, EllipticCurvePrivateKey)
PUBLIC_KEY = SIGNING_KEY.public_key()
ALPHABET = string.ascii_letters + string.digits

engine = create_async_engine(DATABASE_URL, pool_size=10, max_overflow=0, pool_pre_ping=True)
sessions = async_sessionmaker(engine, expire_on_commit=False)
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.JSONRenderer(),
    ]
)
log = structlog.get_logger()
hasher = PasswordHasher()


class Base(DeclarativeBase):
    type_annotation_map = {datetime: DateTime(timezone=True), str: Text(), int: BigInteger()}  # noqa: RUF012


class User(Base):
    __tablename__ = "plain_users"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    email: Mapped[str] = mapped_column(unique=True)
    password: Mapped[str]


class Link(Base):
    __tablename__ = "plain_links"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    target_url: Mapped[str]
    code: Mapped[str] = mapped_column(unique=True)
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("plain_users.id"), index=True)
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))
    clicks: Mapped[int] = mapped_column(default=0)


class Delivery(Base):
    __tablename__ = "plain_deliveries"
    id: Mapped[int] = mapped_column(primary_key=True)
    handler: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    due_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC), index=True)


def web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or not value.isascii() or " " in value:
        raise ValueError("must be a web address")
    return value


class Account(BaseModel):
    email: EmailStr
    password: str = Field(min_length=8, max_length=128)


class NewLink(BaseModel):
    target_url: Annotated[str, Field(max_length=2048), AfterValidator(web_address)]


class LinkOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    target_url: str
    code: str
    owner: uuid.UUID | None = Field(validation_alias="owner_id")
    expires_at: datetime
    clicks: int


class UserOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    email: str


async def get_session() -> AsyncIterator[AsyncSession]:
    async with sessions() as session:
        yield session


Session = Annotated[AsyncSession, Depends(get_session)]
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]


async def optional_user(credentials: Credentials, session: Session) -> User | None:
    if credentials is None:
        return None
    try:
        claims = jwt.decode(credentials.credentials, PUBLIC_KEY, algorithms=["ES256"])
        user = await session.get(User, uuid.UUID(claims["sub"]))
    except (jwt.InvalidTokenError, ValueError, KeyError) as error:
        raise HTTPException(401, "the token is not valid") from error
    if user is None:
        raise HTTPException(401, "the token is not valid")
    return user


async def current_user(user: Annotated[User | None, Depends(optional_user)]) -> User:
    if user is None:
        raise HTTPException(401, "sign in first")
    return user


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield
    await engine.dispose()


app = FastAPI(lifespan=lifespan)
app.mount("/-/metrics", make_asgi_app())
REQUESTS = Counter("http_requests_total", "Requests answered.", ["operation", "status"])
DURATION = Histogram("http_request_duration_seconds", "Time to answer a request.", ["operation", "status"])


@app.middleware("http")
async def observe(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    begin = time.perf_counter()
    request_id = uuid.uuid4().hex
    with structlog.contextvars.bound_contextvars(request_id=request_id):
        response = await call_next(request)
        seconds = time.perf_counter() - begin
        operation = getattr(request.scope.get("route"), "name", "none")
        REQUESTS.labels(operation, response.status_code).inc()
        DURATION.labels(operation, response.status_code).observe(seconds)
        log.info("request", operation=operation, status=response.status_code, ms=round(seconds * 1000, 2))
    response.headers["x-request-id"] = request_id
    return response


@app.post("/register", status_code=201, response_model=UserOut)
async def register(body: Account, session: Session) -> User:
    user = User(email=body.email.lower(), password=await asyncio.to_thread(hasher.hash, body.password))
    session.add(user)
    try:
        await session.commit()
    except IntegrityError as error:
        raise HTTPException(409, "email is taken") from error
    return user


@app.post("/login")
async def login(body: Account, session: Session) -> dict[str, str]:
    user = await session.scalar(select(User).where(User.email == body.email.lower()))
    await session.commit()
    try:
        await asyncio.to_thread(hasher.verify, user.password if user else hasher.hash("nobody"), body.password)
    except VerificationError as error:
        raise HTTPException(401, "wrong email or password") from error
    if user is None:
        raise HTTPException(401, "wrong email or password")
    now = datetime.now(UTC)
    claims = {"sub": str(user.id), "iat": now, "exp": now + timedelta(hours=1)}
    return {"access_token": jwt.encode(claims, SIGNING_KEY, "ES256")}


@app.post("/links", status_code=201, response_model=LinkOut)
async def shorten(body: NewLink, session: Session, user: Annotated[User | None, Depends(optional_user)]) -> Link:
    link = Link(
        target_url=body.target_url,
        code="".join(secrets.choice(ALPHABET) for _ in range(7)),
        owner_id=user.id if user else None,
        expires_at=datetime.now(UTC) + timedelta(days=30),
    )
    session.add(link)
    await session.commit()
    return link


@app.get("/links", response_model=list[LinkOut])
async def list_links(session: Session, user: Annotated[User, Depends(current_user)]) -> list[Link]:
    found = select(Link).where(Link.owner_id == user.id).order_by(Link.created_at).limit(100)
    return list(await session.scalars(found))


@app.delete("/links/{code}", status_code=204)
async def delete_link(code: str, session: Session, user: Annotated[User, Depends(current_user)]) -> None:
    link = await session.scalar(select(Link).where(Link.code == code))
    if link is None:
        raise HTTPException(404, "no such link")
    if link.owner_id != user.id:
        raise HTTPException(403, "not yours")
    await session.delete(link)
    await session.commit()


@app.get("/{code}", status_code=302)
async def follow(code: str, session: Session) -> RedirectResponse:
    now = datetime.now(UTC)
    link = await session.scalar(select(Link).where(Link.code == code, Link.expires_at > now))
    if link is None:
        raise HTTPException(404, "no such link")
    await session.execute(update(Link).where(Link.id == link.id).values(clicks=Link.clicks + 1))
    session.add(Delivery(handler="count_click", payload={"code": code, "at": now.isoformat()}))
    await session.commit()
    return RedirectResponse(link.target_url, 302, headers={"Cache-Control": "no-store"})

"""Passwords, tokens, and who is calling."""

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Annotated
from uuid import UUID

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import select

from link_shortener.database import Session
from link_shortener.failures import Unauthenticated
from link_shortener.models import User
from link_shortener.settings import settings

hasher = PasswordHasher()
hashing = ThreadPoolExecutor(2, "hashing")
"""A hash takes 64 MiB for a tenth of a second: more than two at once would exceed what the process may use."""


@dataclass(frozen=True)
class SignedIn:
    """Who is calling."""

    id: UUID


async def hash_password(given: str) -> str:
    """The hash that is stored. It is slow on purpose, so it runs beside the event loop."""
    return await asyncio.get_running_loop().run_in_executor(hashing, hasher.hash, given)


async def check_password(stored: str | None, given: str) -> bool:
    """Whether a password is right. An unknown login takes as long as a wrong password."""
    return await asyncio.get_running_loop().run_in_executor(hashing, matches, stored, given)


def matches(stored: str | None, given: str) -> bool:
    """Whether a password belongs to a hash. Where there is none, one is checked all the same."""
    try:
        hasher.verify(stored or hash_of_nothing(), given)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@cache
def hash_of_nothing() -> str:
    """A hash that no password has."""
    return hasher.hash(secrets.token_urlsafe())


def issue_token(subject: UUID) -> str:
    """A signed token that says who its bearer is."""
    now = datetime.now(UTC)
    claims = {"sub": str(subject), "iat": now, "exp": now + settings().token_lifetime}
    keys = settings().keys
    return jwt.encode(claims, keys.private, keys.signing.algorithm, headers={"kid": keys.signing.name})


def subject_of(token: str) -> UUID:
    """Whose token it is."""
    try:
        verifier = settings().keys.checking[jwt.get_unverified_header(token)["kid"]]
        claims = jwt.decode(
            token, verifier.key, algorithms=[verifier.algorithm], options={"require": ["sub", "exp", "iat"]}
        )
        return UUID(claims["sub"])
    except (jwt.InvalidTokenError, KeyError, ValueError) as error:
        raise Unauthenticated("the token is not valid") from error


Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]


async def caller_if_any(request: Request, credentials: Credentials, session: Session) -> SignedIn | None:
    """Who is calling, or None where no token was sent. A bad token is refused all the same."""
    if credentials is None:
        if "Authorization" in request.headers:
            raise Unauthenticated("the token is not valid")
        return None
    query = select(User.id).where(User.id == subject_of(credentials.credentials))
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise Unauthenticated("the token is not valid")
    return SignedIn(*row)


async def require_caller(caller: Annotated[SignedIn | None, Depends(caller_if_any)]) -> SignedIn:
    """Who is calling; nobody is refused."""
    if caller is None:
        raise Unauthenticated("sign in first")
    return caller


Caller = Annotated[SignedIn, Depends(require_caller)]
OptionalCaller = Annotated[SignedIn | None, Depends(caller_if_any)]

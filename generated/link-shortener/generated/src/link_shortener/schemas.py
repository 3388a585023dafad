"""What clients send and get."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from link_shortener.types import Email, Str, Url


class LoginRequest(BaseModel):
    """The body of login."""

    email: Email
    password: Str


class RegisterRequest(BaseModel):
    """The body of register."""

    email: Email
    password: Annotated[Str, Field(min_length=8, max_length=128)]


class ShortenRequest(BaseModel):
    """The body of shorten."""

    target_url: Url


class UserReply(BaseModel):
    """A user as clients see it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    email: str


class LinkReply(BaseModel):
    """A link as clients see it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    target_url: str
    code: str
    owner: UUID | None = Field(validation_alias="owner_id")
    expires_at: datetime
    clicks: int


class LoginResult(BaseModel):
    """What login answers."""

    access_token: str

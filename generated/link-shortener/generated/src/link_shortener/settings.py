"""Settings, read from environment variables once."""

import secrets
from datetime import timedelta
from functools import cache
from typing import Literal

from pydantic import Field, PrivateAttr, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    """What an operator may set. Every name is also the environment variable, in capitals."""

    environment: Literal["development", "production"] = "development"
    database_url: str = "sqlite+aiosqlite:///link_shortener.db"
    database_connections: int = Field(default=10, ge=1)
    host: str = "127.0.0.1"
    port: int = 8000
    management_port: int = 9000
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    max_body_bytes: int = Field(default=1_000_000, ge=1)
    token_key: SecretStr = SecretStr("")
    token_lifetime: timedelta = timedelta(hours=1)
    _token_key_is_temporary: bool = PrivateAttr(default=False)
    poll_seconds: float = Field(default=0.5, gt=0)

    @field_validator("database_url")
    @classmethod
    def name_the_driver(cls, url: str) -> str:
        """Accepts the usual `postgresql://` and `sqlite://` addresses and adds the asynchronous driver."""
        drivers = {"postgres": "postgresql+asyncpg", "postgresql": "postgresql+asyncpg", "sqlite": "sqlite+aiosqlite"}
        scheme, mark, rest = url.partition("://")
        return f"{drivers.get(scheme, scheme)}{mark}{rest}"

    @model_validator(mode="after")
    def be_ready_for_production(self) -> "Settings":
        """Refuses in production what is only good enough for a first look."""
        if self.environment == "production" and self.database_url.startswith("sqlite"):
            raise ValueError("DATABASE_URL must name a PostgreSQL database in production")
        if len(self.token_key.get_secret_value()) < 32:
            if self.environment == "production":
                raise ValueError("TOKEN_KEY must have at least 32 characters in production")
            self._token_key_is_temporary = True
            self.token_key = SecretStr(secrets.token_urlsafe(32))
        return self

    @property
    def token_key_is_temporary(self) -> bool:
        """Whether the key was made up, because none that is long enough is set."""
        return self._token_key_is_temporary


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()

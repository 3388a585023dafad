"""Settings, read from environment variables once."""

from functools import cache
from typing import Literal

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an operator may set. Every name is also the environment variable, in capitals."""

    model_config = SettingsConfigDict(hide_input_in_errors=True)

    environment: Literal["development", "production"] = "development"
    database_url: str = "sqlite+aiosqlite:///todo.db"
    database_connections: int = Field(default=10, ge=1)
    host: str = "127.0.0.1"
    port: int = 8000
    management_port: int = 9000
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    max_body_bytes: int = Field(default=1_000_000, ge=1)

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
        return self


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()

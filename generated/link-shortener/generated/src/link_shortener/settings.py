"""Settings, read from environment variables once."""

from datetime import timedelta
from functools import cache
from typing import Literal

from pydantic import Field, PrivateAttr, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from link_shortener.keys import Keyring, keyring


class Settings(BaseSettings):
    """What an operator may set. Every name is also the environment variable, in capitals."""

    model_config = SettingsConfigDict(hide_input_in_errors=True)

    environment: Literal["development", "production"] = "development"
    database_url: str = "sqlite+aiosqlite:///link_shortener.db"
    database_connections: int = Field(default=10, ge=1)
    host: str = "127.0.0.1"
    port: int = 8000
    management_port: int = 9000
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    max_body_bytes: int = Field(default=1_000_000, ge=1)
    signing_key: SecretStr = SecretStr("")
    """The private key of tokens, in PEM. Without one, tokens end with the process."""
    verification_keys: str = ""
    """Public keys in PEM whose tokens are good too: those that signed before, or will sign next."""
    token_lifetime: timedelta = timedelta(hours=1)
    _keys: Keyring = PrivateAttr()
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
        if self.environment == "production" and not self.signing_key.get_secret_value():
            raise ValueError("SIGNING_KEY must be set in production")
        try:
            self._keys = keyring(self.signing_key.get_secret_value(), self.verification_keys)
        except ValueError as error:
            raise ValueError(f"SIGNING_KEY and each of VERIFICATION_KEYS {error}") from error
        return self

    @property
    def keys(self) -> Keyring:
        """The keys of tokens."""
        return self._keys


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()

"""Settings: what an operator may set, and what is good enough for a first look only."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import ValidationError

from link_shortener.settings import Settings

SIGNING_KEY = (
    ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
)
PRODUCTION: dict[str, Any] = {
    "environment": "production",
    "database_url": "postgresql://user@host/service",
    "signing_key": SIGNING_KEY,
}
"""What a service in production is given."""
NEEDED = ["signing_key"]
"""What it is not started without."""


@pytest.mark.parametrize(
    ("written", "driven"),
    [
        ("postgresql://user@host/service", "postgresql+asyncpg://user@host/service"),
        ("postgres://user@host/service", "postgresql+asyncpg://user@host/service"),
        ("sqlite:///service.db", "sqlite+aiosqlite:///service.db"),
        ("postgresql+psycopg://user@host/service", "postgresql+psycopg://user@host/service"),
    ],
)
def test_an_address_of_a_database_gets_its_driver(written: str, driven: str) -> None:
    assert Settings.model_validate({"database_url": written}).database_url == driven


def test_production_is_started_with_what_it_needs() -> None:
    assert Settings.model_validate(PRODUCTION).environment == "production"


def test_production_is_not_started_with_a_file_as_its_database() -> None:
    with pytest.raises(ValidationError, match=r"error, DATABASE_URL must name a PostgreSQL database in production \["):
        Settings.model_validate({**PRODUCTION, "database_url": "sqlite:///service.db"})


@pytest.mark.parametrize("name", NEEDED)
def test_production_is_not_started_without_what_it_needs(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv(name.upper(), raising=False)
    given = {other: value for other, value in PRODUCTION.items() if other != name}
    with pytest.raises(ValidationError, match=f"error, {name.upper()} must "):
        Settings.model_validate(given)


@pytest.mark.parametrize("name", ["database_connections", "max_body_bytes", "poll_seconds"])
def test_a_number_that_makes_no_sense_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({name: 0})
    assert Settings.model_validate({name: 1})


def test_what_is_wrong_with_a_setting_does_not_say_what_it_was() -> None:
    with pytest.raises(ValidationError) as error:
        Settings.model_validate({"log_level": "hunter2"})
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize("wrong", ["milk", SIGNING_KEY.replace("PRIVATE", "PUBLIC")])
@pytest.mark.parametrize("name", ["signing_key", "verification_keys"])
def test_what_is_no_key_of_tokens_is_refused(name: str, wrong: str) -> None:
    with pytest.raises(ValidationError, match="error, SIGNING_KEY and each of VERIFICATION_KEYS must be"):
        Settings.model_validate({**PRODUCTION, name: wrong})

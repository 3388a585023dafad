"""Settings: what an operator may set, and what is good enough for a first look only."""

from typing import Any

import pytest
from pydantic import ValidationError

from todo.settings import Settings

PRODUCTION: dict[str, Any] = {
    "environment": "production",
    "database_url": "postgresql://user@host/service",
}
"""What a service in production is given."""


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


@pytest.mark.parametrize("name", ["database_connections", "max_body_bytes"])
def test_a_number_that_makes_no_sense_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({name: 0})
    assert Settings.model_validate({name: 1})


def test_what_is_wrong_with_a_setting_does_not_say_what_it_was() -> None:
    with pytest.raises(ValidationError) as error:
        Settings.model_validate({"log_level": "hunter2"})
    assert "hunter2" not in str(error.value)

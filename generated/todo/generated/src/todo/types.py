"""Types of what clients send."""

from typing import Annotated

from pydantic import AfterValidator


def without_nul(value: str) -> str:
    """PostgreSQL keeps no NUL character."""
    if "\x00" in value:
        raise ValueError("must not contain NUL")
    return value


Str = Annotated[str, AfterValidator(without_nul)]

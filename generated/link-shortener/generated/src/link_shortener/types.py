"""Types of what clients send."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, EmailStr, Field

Email = Annotated[EmailStr, Field(max_length=254), AfterValidator(str.lower)]


def without_nul(value: str) -> str:
    """PostgreSQL keeps no NUL character, and half of a surrogate pair is none."""
    if re.search("[\x00\ud800-\udfff]", value):
        raise ValueError("must not contain NUL or half of a surrogate pair")
    return value


Str = Annotated[str, AfterValidator(without_nul)]


def web_address(value: str) -> str:
    """An address on the web, kept as it was sent."""
    parts = urlsplit(value)
    printable = value.isascii() and value.isprintable() and " " not in value
    if parts.scheme not in ("http", "https") or not parts.hostname or not printable:
        raise ValueError("must be an http or https address with a host, in ASCII")
    return value


Url = Annotated[str, Field(max_length=2048), AfterValidator(web_address)]

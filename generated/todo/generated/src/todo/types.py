"""Types of what clients send."""

import re
from typing import Annotated

from pydantic import AfterValidator


def without_nul(value: str) -> str:
    """PostgreSQL keeps no NUL character, and half of a surrogate pair is none."""
    if re.search("[\x00\ud800-\udfff]", value):
        raise ValueError("must not contain NUL or half of a surrogate pair")
    return value


Str = Annotated[str, AfterValidator(without_nul)]

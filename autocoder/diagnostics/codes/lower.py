"""Codes of the lower stage (AC3xxx)."""

CODES: tuple[dict[str, str], ...] = ()

"""Codes of the emit stage (AC4xxx)."""

CODES: tuple[dict[str, str], ...] = ()

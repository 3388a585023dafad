"""Codes of the read stage (AC1xxx)."""

CODES: tuple[dict[str, str], ...] = ()

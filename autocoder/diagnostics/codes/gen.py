"""Codes of the gen stage (AC7xxx)."""

CODES: tuple[dict[str, str], ...] = ()

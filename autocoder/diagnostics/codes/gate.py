"""Codes of the gate stage (AC5xxx)."""

CODES: tuple[dict[str, str], ...] = ()

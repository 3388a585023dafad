"""Codes of the package stage (AC6xxx)."""

CODES: tuple[dict[str, str], ...] = ()

"""Codes of the workspace stage (AC8xxx)."""

CODES: tuple[dict[str, str], ...] = ()

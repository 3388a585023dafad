"""Codes of the plan stage (AC2xxx)."""

CODES: tuple[dict[str, str], ...] = ()

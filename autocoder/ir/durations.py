"""Lengths of time as a blueprint writes them."""

from __future__ import annotations

SECONDS = {"s": 1, "min": 60, "m": 60, "h": 3600, "d": 86_400}
"""Seconds of each unit."""


def microseconds(duration: str) -> int:
    """`10m` as microseconds: a number and a unit of one letter."""
    return int(duration[:-1]) * SECONDS[duration[-1]] * 1_000_000

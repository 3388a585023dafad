"""Lengths of time as a blueprint writes them."""

from __future__ import annotations

import re

SECONDS = {"s": 1, "min": 60, "m": 60, "h": 3600, "d": 86_400}
"""Seconds of each unit."""
_SPAN = re.compile(r"([\d.]+)(ms|s)")


def microseconds(duration: str) -> int:
    """`10m` as microseconds: a number and a unit of one letter."""
    return int(duration[:-1]) * SECONDS[duration[-1]] * 1_000_000


def span_us(text: str) -> int:
    """`50ms` or `1.5s` in microseconds."""
    [(number, unit)] = _SPAN.findall(text)
    return round(float(number) * {"ms": 1_000, "s": 1_000_000}[unit])


def share_ppm(text: str) -> int:
    """`99.9%` in parts per million."""
    return round(float(text.rstrip("%")) * 10_000)

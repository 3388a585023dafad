"""Schedules as a blueprint writes them: cron lines in UTC."""

from __future__ import annotations

import re

_PARTS = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 7))
_SHAPE = r"(\*|\d+(-\d+)?(,\d+(-\d+)?)*)(/[1-9]\d*)?"


def wrong_schedule(line: str) -> str:
    """Why a text is no schedule, "" where it is one."""
    parts = line.split()
    if len(parts) != len(_PARTS):
        return "it has not five parts"
    for part, (what, low, high) in zip(parts, _PARTS, strict=True):
        numbers = [int(n) for n in re.findall(r"\d+", part.split("/")[0])]
        if not re.fullmatch(_SHAPE, part) or any(not low <= n <= high for n in numbers):
            return f'"{part}" is no {what}'
    return ""

"""Units and times: what a number may be followed by, days, parts of the day."""

from __future__ import annotations

from autocoder.readers.rules.lexicon.words import words

DURATIONS: dict[str, tuple[int, str]] = {
    "ms": (1, "ms"), "msec": (1, "ms"), "millisecond": (1, "ms"), "s": (1, "s"), "sec": (1, "s"), "second": (1, "s"),
    "min": (1, "m"), "minute": (1, "m"), "m": (1, "m"), "h": (1, "h"), "hr": (1, "h"), "hour": (1, "h"),
    "d": (1, "d"), "day": (1, "d"), "week": (7, "d"), "month": (30, "d"), "quarter": (90, "d"), "year": (365, "d"),
    "fortnight": (14, "d"),
}  # fmt: skip
"""Unit to how many of which unit of the blueprint language. A month is 30 days and a year 365: a decision."""

INEXACT = frozenset({"month", "quarter", "year"})

LENGTHS = words("character char letter digit symbol sign")

RATE_NOUNS = words(
    "request call hit redirect read write query message event order visit click operation transaction reading "
    "req rps redirection lookup"
)
PER = frozenset({"per", "/", "a", "an", "each", "every"})
RATE_UNITS: dict[str, str] = {
    "s": "per second", "sec": "per second", "second": "per second", "min": "per minute", "minute": "per minute",
    "h": "per hour", "hour": "per hour", "day": "per day",
}  # fmt: skip

DAYS = {"sunday": 0, "monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6}
DAY_PARTS = {"night": "0 2", "morning": "0 6", "evening": "0 18", "day": "0 0", "midnight": "0 0", "noon": "0 12"}
"""Part of the day to minute and hour, where no time is given."""

UPPER = (
    "at most", "no more than", "not more than", "up to", "maximum of", "a maximum of", "under", "below", "less than",
    "fewer than", "within", "max", "max.", "not exceed", "<=", "<", "≤", "shorter than", "at max", "maximum",
    "no longer than",
)  # fmt: skip
LOWER = (
    "at least", "no less than", "not less than", "minimum of", "a minimum of", "over", "above", "more than", "min",
    "min.", "longer than", ">=", ">", "≥", "minimum", "older than", "greater than",
)  # fmt: skip
NEAR = ("about", "around", "roughly", "approximately", "approx.", "some", "up to about", "an average of", "exactly")
"""Phrases before a number, by the side on which they bound it."""

FIELD_UNITS: dict[str, str] = {
    **dict.fromkeys(words("markdown html plain-text"), "text"),
    **dict.fromkeys(words("cent penny pence bps basis-point"), "integer"),
    **dict.fromkeys(words("euro eur dollar usd pound gbp franc chf yen currency"), "money"),
    **dict.fromkeys(
        words("kw kwh w watt v volt a ampere c f celsius fahrenheit kelvin degree °c °f km m cm mm mile metre meter kg "
              "g gram kilogram tonne ton litre liter l ml percent % bar pascal hpa lux db"), "decimal"),
    **dict.fromkeys(words("second minute hour day week month year millisecond ms s h"), "integer"),
    **dict.fromkeys(words("byte kilobyte megabyte kb mb gb"), "integer"),
}  # fmt: skip
"""What a field is measured in, behind "in", and the type of its values."""

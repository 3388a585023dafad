"""CSV files: the header as the fields of an entity named like the file. The rows are never kept."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime

from autocoder.facts import Fact, Prose
from autocoder.readers.context.schema_facts import GIVEN, fact, field_words, quote, words_of

SAMPLE = 20
"""Rows that are looked at to tell numbers and dates from text."""


def facts(prose: Prose) -> list[Fact]:
    """The fields that the header names. Raises `ValueError` where there is none."""
    try:
        dialect = "excel-tab" if prose.file.endswith(".tsv") else "excel"
        rows = [row for _, row in zip(range(SAMPLE + 1), csv.reader(io.StringIO(prose.text), dialect), strict=False)]
    except csv.Error as error:
        raise ValueError(f"not readable as CSV: {error}") from error
    if not rows or not any(cell.strip() for cell in rows[0]):
        raise ValueError("it has no header")
    entity = words_of(prose.file.rpartition("/")[2].rpartition(".")[0])
    found = [fact("entity", quote(prose, rows[0][0] or "x"), {"name": entity})]
    for number, name in enumerate(rows[0]):
        values = [row[number] for row in rows[1:] if number < len(row) and row[number].strip()]
        if name.strip() and name.strip().lower() not in GIVEN:
            found.append(
                fact("field", quote(prose, name), {"of": entity, "name": field_words(name), "type": _type(values)})
            )
    return found


def _type(values: list[str]) -> str:
    """The narrowest type that all values have; text where there are none."""
    for kind, reads in (("integer", int), ("decimal", float), ("date", date.fromisoformat), ("datetime", _moment)):
        if values and all(_fits(value, reads) for value in values):
            return kind
    return "text"


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _fits(text: str, reads: object) -> bool:
    try:
        reads(text)  # pyright: ignore[reportCallIssue]
    except (ValueError, OverflowError):
        return False
    return True

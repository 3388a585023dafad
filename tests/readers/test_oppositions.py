"""Sentences that deny each other, and demands that nothing can meet."""

from __future__ import annotations

import pytest

from autocoder.diagnostics import Diagnostic
from autocoder.readers.rules import RulesReader


def found(text: str) -> list[Diagnostic]:
    reading = RulesReader().read(text, file="description.md")
    return [d for d in reading.diagnostics if d.code in {"AC1005", "AC1006"}]


@pytest.mark.parametrize(
    "text",
    [
        "Results are visible to everybody. Results must not be visible before the poll has closed.",
        "Votes are anonymous. Administrators see a list of who voted for what.",
        "A poll is open for 7 days. A poll closes at the end of the month.",
        "Invoices are never deleted. Invoices are deleted after 30 days.",
        "The service is public. The service must not be reachable from the internet.",
    ],
)
def test_a_contradiction_has_both_quotes(text: str) -> None:
    first, second = text.split(". ", 1)
    (diagnostic,) = found(text)
    assert diagnostic.code == "AC1005"
    assert first in diagnostic.message and second.rstrip(".") in diagnostic.message
    assert diagnostic.notes[0].span is not None


@pytest.mark.parametrize(
    "text",
    [
        "Notes are visible to their owner. Notes must not be visible to guests.",
        "Members vote on motions. Admins see a list of who voted.",
        "Drafts can be edited. Published posts cannot be edited.",
        "p95 under 50 ms. 99.9% availability.",
    ],
)
def test_what_only_sounds_alike_is_none(text: str) -> None:
    assert not found(text)


@pytest.mark.parametrize("text", ["It answers within 1 ms at p99 from anywhere in the world.", "100% availability."])
def test_a_demand_that_nothing_can_meet_is_refused_at_its_place(text: str) -> None:
    (diagnostic,) = found(f"A to-do list API. {text}")
    assert diagnostic.code == "AC1006" and diagnostic.span is not None and diagnostic.span.column > 18

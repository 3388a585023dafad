"""In which cases something may be done: the guards that sentences ask for."""

from __future__ import annotations

import pytest

from autocoder.blueprint.model import ListRows, Require, Transition
from autocoder.diagnostics import StageFailed
from autocoder.planning import Plan, plan
from autocoder.readers.rules import RulesReader

GYM = (
    "Members register with an e-mail address and a password. A class has a title, a start time and a capacity "
    "between 1 and 40. Managers create classes. Members book a place in a class. "
)


def _plan(text: str) -> Plan:
    reading = RulesReader().read(text, file="text.md")
    assert not reading.questions and not reading.diagnostics
    return plan(reading, "service")


def _conditions(planned: Plan, operation: str) -> list[str]:
    effects = planned.architecture.operations[operation].effects
    return [e.require for e in effects if isinstance(e, Require)]


@pytest.mark.parametrize(
    ("said", "operation", "condition"),
    [
        ("A class can't be booked once it is full.", "create_booking", "size(taken_bookings) < class.capacity"),
        ("A class can't be booked once it has started.", "create_booking", "class.start_time > now"),
        (
            "Bookings can be cancelled up to two hours before the class starts.",
            "cancel_booking",
            "now <= class.start_time - 2h",
        ),
    ],
)
def test_a_case_is_a_guard_over_the_rows_that_know_it(said: str, operation: str, condition: str) -> None:
    assert condition in _conditions(_plan(GYM + said), operation)


def test_who_cancelled_may_book_again() -> None:
    planned = _plan(GYM + "Members cancel their bookings. A member cannot book the same class twice.")
    effects = planned.architecture.operations["create_booking"].effects
    assert [e.where for e in effects if isinstance(e, ListRows)] == [
        "owner == caller.id && class == input.class && status != 'cancelled'"
    ]
    assert planned.architecture.entities["Booking"].unique == ()


def test_some_time_after_a_state_the_way_back_is_shut() -> None:
    text = "A ticket has a subject. Customers open tickets. Agents resolve tickets. "
    planned = _plan(text + "The customer may reopen a resolved ticket within 7 days.")
    assert "now <= (ticket.resolved_at ?? now) + 7d" in _conditions(planned, "reopen_ticket")
    transition = planned.architecture.operations["resolve_ticket"].effects[-1]
    assert isinstance(transition, Transition) and transition.set == {"resolved_at": "now"}


def test_a_case_that_no_row_knows_is_refused() -> None:
    with pytest.raises(StageFailed) as failed:
        _plan("Members borrow bikes. A bike has a name. A bike that is rusty cannot be borrowed.")
    assert [d.code for d in failed.value.diagnostics] == ["AC2001"]
    assert "rusty" in failed.value.diagnostics[0].message

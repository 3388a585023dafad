"""In which cases something may be done: the guards that sentences ask for."""

from __future__ import annotations

import pytest

from autocoder.blueprint.model import AccessRule, Create, ListRows, Notify, Require, Transition, Upsert
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


def test_what_goes_with_a_thing_changes_with_it_and_its_holders_are_told() -> None:
    said = "Managers cancel classes. When a class is cancelled, all its bookings are cancelled too and the members are "
    effects = _plan(GYM + said + "told by e-mail.").architecture.operations["cancel_class"].effects
    assert any(isinstance(e, Transition) and e.transition == "booking" and e.each == "bookings" for e in effects)
    assert [(e.to, e.each) for e in effects if isinstance(e, Notify)] == [("member.email", "members")]


def test_what_comes_again_is_returned_or_replaces_the_first() -> None:
    said = "Members like classes. Liking a class twice is harmless. Members rate classes with one to five stars. "
    operations = _plan(GYM + said + "A second rating replaces the first one.").architecture.operations
    assert [e.exists for e in operations["create_like"].effects if isinstance(e, Create)] == ["return"]
    assert [e.by for e in operations["create_rating"].effects if isinstance(e, Upsert)] == [
        {"owner": "caller.id", "class": "input.class"}
    ]


def test_those_who_may_do_all_that_others_do_have_their_role_beside_them() -> None:
    planned = _plan(GYM + "Admins may do everything managers do, and also delete classes.")
    access = planned.architecture.operations["create_class"].access
    assert access == AccessRule(role=("manager", "admin"))


def test_a_limit_of_files_is_one_of_their_field() -> None:
    planned = _plan("Members upload scans. Scans must be PNG or PDF files of at most 5 MB.")
    spec = planned.architecture.entities["Scan"].fields["file"]
    assert (spec.type, spec.max, spec.types) == ("file", "5MB", ("image/png", "application/pdf"))


BLOG = (
    "Authors log in with their e-mail and password. Authors write posts. A post has a title. Posts start as drafts. "
    "The author can publish a draft. "
)


def test_drafts_are_seen_by_their_authors_and_published_posts_by_anyone() -> None:
    said = "Published posts can be read by anyone. Drafts are visible to their author only."
    planned = _plan(BLOG + said).architecture.operations["list_posts"]
    wheres = [e.where for e in planned.effects if isinstance(e, ListRows)]
    assert planned.access == "user?"
    assert wheres == ["(status == 'draft' && owner == caller?.id || status == 'published')"]


def test_who_made_the_parent_lets_its_parts_through_and_others_see_only_those() -> None:
    said = (
        "Readers comment on posts. Readers read comments. New comments have to be approved by the author of the post "
    )
    planned = _plan(BLOG + said + "before they are shown.")
    assert _conditions(planned, "approve_comment") == ["post.owner == caller.id"]
    effects = planned.architecture.operations["list_comments"].effects
    assert [e.where for e in effects if isinstance(e, ListRows)] == ["status == 'approved'"]


@pytest.mark.parametrize(
    ("said", "operation", "condition"),
    [
        ("The last day must not be before the first day.", "create_request", "input.last_day >= input.first_day"),
        ("The first day must be in the future.", "create_request", "input.first_day > date(now)"),
        ("Nobody can approve his own request.", "approve_request", "request.owner != caller.id"),
    ],
)
def test_what_must_be_later_and_who_may_not_judge_their_own(said: str, operation: str, condition: str) -> None:
    text = "Employees submit requests. A request has a first day and a last day. Managers approve requests. "
    assert condition in _conditions(_plan(text + said), operation)


def test_people_of_a_role_are_left_out_where_the_text_says_so() -> None:
    text = "Employees submit requests. A request has a title. Managers and clerks approve requests. "
    planned = _plan(text + "Clerks cannot approve requests.")
    assert planned.architecture.operations["approve_request"].access == AccessRule(role="manager")


def test_a_declined_job_goes_back_to_where_it_was() -> None:
    text = (
        "Dispatchers create jobs. A job has a title. Drivers accept or decline jobs. A declined job goes back to open."
    )
    lifecycle = _plan(text).architecture.entities["Job"].lifecycle
    assert lifecycle is not None
    assert lifecycle.transitions["decline"].to == "open"


def test_those_who_need_no_account_are_anybody() -> None:
    text = "Moderators log in with e-mail and password. Moderators add animals. An animal has a name. "
    planned = _plan(text + "Visitors browse animals. Visitors don't need an account.")
    assert planned.architecture.operations["list_animals"].access == "anyone"

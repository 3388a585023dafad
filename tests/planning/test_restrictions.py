"""What narrows an action stands in the blueprint: how often, how many at a time, in which state of the row."""

from __future__ import annotations

import pytest

from autocoder.blueprint.model import ListRows, Operation, Require
from autocoder.diagnostics import StageFailed
from autocoder.planning import Plan
from tests.planning.test_plan import compiles, planned

USERS = "Users register with an e-mail address and a password. "
ORDERS = USERS + "Users place orders. An order has an address. An order is new, then baked, then picked up. "


def required(found: Plan, name: str) -> list[str]:
    operation: Operation = found.architecture.operations[name]
    return [str(e.require) for e in operation.effects if isinstance(e, Require)]


@pytest.mark.parametrize(
    "told",
    [
        "Each user may rate a recipe only once.",
        "A user cannot rate the same recipe twice. Users rate recipes.",
        "One rating per user and recipe. Users rate recipes.",
    ],
)
def test_what_people_do_once_is_unique(told: str) -> None:
    found = planned(USERS + "A recipe has a title. A rating has stars between 1 and 5. " + told)
    assert found.architecture.entities["Rating"].unique == (("owner", "recipe"),)
    compiles(found)


def test_whoever_signs_in_is_a_user_whatever_accounts_are_called() -> None:
    cooks = "Cooks sign in with e-mail and password. A recipe has a title. Cooks add recipes. "
    found = planned(cooks + "Signed-in users rate a recipe from 1 to 5. Each user can rate a recipe only once.")
    assert found.architecture.entities["Rating"].unique == (("owner", "recipe"),)


def test_how_many_stand_on_a_page_does_not_widen_who_sees_them() -> None:
    told = "An expense has a title. Users add expenses. Users list their own expenses. Show 30 expenses per page."
    (listed,) = planned(USERS + told).architecture.operations["list_expenses"].effects
    assert isinstance(listed, ListRows)
    assert listed.where == "owner == caller.id"
    assert listed.page and listed.page.limit == 30


def test_things_that_somebody_has_at_a_time_are_open_records() -> None:
    told = "A bike has a name. Users borrow bikes and return them. "
    found = planned(USERS + told + "No user may have more than three bikes at the same time.")
    listed = [e for e in found.architecture.operations["create_loan"].effects if isinstance(e, ListRows)]
    assert [e.where for e in listed] == ["owner == caller.id && returned_at == null"]
    assert required(found, "create_loan") == ["size(known_loans) < 3"]
    compiles(found)


def test_a_limit_may_count_rows_of_one_state() -> None:
    told = (
        "A vehicle has a licence plate. A stay belongs to a vehicle. Users open stays. "
        "A stay is open, closed or paid. A vehicle can have only one open stay."
    )
    found = planned(USERS + told)
    listed = [e for e in found.architecture.operations["create_stay"].effects if isinstance(e, ListRows)]
    assert [e.where for e in listed] == ["vehicle == input.vehicle && status == 'open'"]
    compiles(found)


def test_a_change_is_possible_in_the_stated_states_only() -> None:
    found = planned(ORDERS + "Users may edit their orders as long as they are new. Users can cancel new orders.")
    assert required(found, "update_order") == ["order.owner == caller.id", "order.status == 'new'"]
    lifecycle = found.architecture.entities["Order"].lifecycle
    assert lifecycle and lifecycle.transitions["cancel"].origins == ("new",)
    compiles(found)


def test_what_is_forbidden_in_a_state_is_no_way_out_of_it() -> None:
    found = planned(
        ORDERS
        + "Users cancel their orders. Baked orders cannot be cancelled. "
        + "Baked orders cannot be edited. Users edit their orders."
    )
    lifecycle = found.architecture.entities["Order"].lifecycle
    assert lifecycle and lifecycle.transitions["cancel"].origins == ("new", "picked_up")
    assert required(found, "update_order") == ["order.owner == caller.id", "order.status != 'baked'"]
    compiles(found)


def test_a_state_that_rows_do_not_have_is_refused() -> None:
    with pytest.raises(StageFailed) as failed:
        planned(USERS + "Users add notes. A note has a title. Archived notes cannot be edited. Users edit notes.")
    assert [d.code for d in failed.value.diagnostics] == ["AC2001"]
    assert "Archived" in failed.value.diagnostics[0].message


def test_rows_that_somebody_made_are_their_own() -> None:
    found = planned(ORDERS + "Users only see the orders they placed.")
    listed = [e for e in found.architecture.operations["list_orders"].effects if isinstance(e, ListRows)]
    assert [e.where for e in listed] == ["owner == caller.id"]
    compiles(found)


def test_who_makes_a_row_and_changes_its_state_does_so_with_their_own() -> None:
    told = "Drivers start a stay. A stay has a note. A stay is open, closed or paid. The driver closes it and pays it. "
    found = planned(USERS + told + "Only a closed stay can be paid.")
    for name in ("close_stay", "pay_stay"):
        assert required(found, name) == ["stay.owner == caller.id"]
        assert str(found.architecture.operations[name].access) == str(
            found.architecture.operations["create_stay"].access
        )
    compiles(found)

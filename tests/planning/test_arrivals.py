"""Events from outside, formulas over a row's own lines, and what is counted up from changes of state."""

from __future__ import annotations

import pytest

from autocoder.blueprint.model import Compute, Create, DeadLetter, Notify, Publish, Transition, Update, Upsert
from tests.planning.test_plan import compiles, planned, refused

BILLS = (
    "A bill has a customer, a list of items (article, pieces from 1 to 99, price in cents), a status and a total. "
    "The total is the sum of pieces times price over all items, less 5 % when it is above 9000 cents. "
    "States: open → settled → closed; a bill can be cancelled while it is open or settled. "
    "`POST /bills` adds a bill. `GET /bills/{id}` returns it. "
    "`POST /bills/{id}/close` and `/cancel` are for the office (role `office`). "
)
PAID = "Payment is done elsewhere: a `MoneyReceived` event (bill id, amount in cents) arrives on NATS. "
CASE = "If the amount matches the total, the bill becomes settled. "
NOT = "If not, the event goes to a dead letter queue and the office is told by e-mail. "
TOLD = "Each change of state publishes `BillSettled`, `BillClosed` or `BillCancelled` with the whole bill. "
COUNTED = "A worker keeps daily revenue per article from `BillSettled`, less what `BillCancelled` takes back, at "
REPORT = "`GET /reports/revenue?from=…&to=…`."


def test_a_total_is_worked_out_where_the_row_is_made() -> None:
    found = planned(BILLS)
    add = found.architecture.operations["add_bill"]
    compute, create = add.effects
    assert isinstance(compute, Compute) and isinstance(create, Create)
    assert compute.compute == {"total_sum": "sum(input.items.map(line, line.pieces * line.price))"}
    assert create.set == {"total": "total_sum - (total_sum > 9000 ? round(total_sum * 5 / 100) : 0)"}
    assert "total" not in add.input
    compiles(found)


def test_what_arrives_changes_a_state_or_is_kept_as_a_dead_letter() -> None:
    found = planned(BILLS + PAID + CASE + NOT)
    assert found.architecture.consumes == ("MoneyReceived",)
    handler = found.architecture.handlers["take_money_received"]
    assert handler.on == "MoneyReceived"
    kinds = [(type(e), e.when) for e in handler.effects if isinstance(e, Transition | DeadLetter | Notify)]
    assert kinds == [(Transition, "fits"), (DeadLetter, "!fits"), (Notify, "!fits")]
    (named,) = [e for e in handler.effects if isinstance(e, Compute)]
    assert named.compute == {"fits": "event.amount == bill.total"}
    compiles(found)


def test_whoever_registers_has_no_position_of_trust() -> None:
    account = planned(BILLS).architecture.entities["User"]
    assert account.fields["role"].default == "account"


def test_events_carry_the_whole_row_and_tallies_take_back_only_what_was_counted() -> None:
    found = planned(BILLS + PAID + CASE + TOLD + COUNTED + REPORT)
    assert {"items", "total", "status"} <= found.architecture.events["BillSettled"].keys()
    published = [e for e in found.architecture.handlers["take_money_received"].effects if isinstance(e, Publish)]
    assert [(e.publish, e.when) for e in published] == [("BillSettled", "fits")]
    (more,) = found.architecture.handlers["add_up_bill_settled"].effects
    (less,) = found.architecture.handlers["take_back_bill_cancelled"].effects
    assert isinstance(more, Upsert) and isinstance(less, Upsert)
    assert more.set == {"revenue": "(old?.revenue ?? 0) + line.pieces * line.price"}
    assert (less.set, less.when) == (
        {"revenue": "(old?.revenue ?? 0) - line.pieces * line.price"},
        "event.before == 'settled'",
    )
    report = found.architecture.operations["list_daily_revenues"]
    assert (report.input["from"].type, report.input["to"].type) == ("date", "date")
    assert "create_daily_revenue" not in found.architecture.operations
    compiles(found)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("If the weather is fine, the bill becomes settled.", '"the weather is fine" compares nothing'),
        ("", "nothing says what follows when MoneyReceived arrives"),
    ],
)
def test_what_an_event_brings_about_and_nothing_can_decide_is_refused(text: str, says: str) -> None:
    found = refused(BILLS + PAID + text)
    assert {(d.code, str(d.span)) for d in found if says in d.message} >= {
        ("AC2059", f"description.md:1:{len(BILLS) + 1}")
    }


def test_an_event_that_names_no_row_is_refused() -> None:
    found = refused(BILLS + "A `MoneyReceived` event (amount in cents) arrives on NATS. " + CASE)
    assert any("names one bill" in d.message for d in found)


def test_a_field_that_is_kept_less_long_than_its_row_is_emptied() -> None:
    bill = BILLS.replace("a customer, ", "a customer, a delivery address, ")
    found = planned(bill + "Bills are kept for 10 years, addresses for 2.")
    (empty,) = found.architecture.handlers["empty_old_delivery_addresses"].effects
    assert isinstance(empty, Update)
    assert empty.where == "created_at <= now - 730d && delivery_address != ''"
    assert "Address" not in found.architecture.entities
    compiles(found)


def test_averages_that_nothing_keeps_become_no_thing_of_their_own() -> None:
    text = "A meter has a name. Anyone can add meters. Raw meters are kept for 30 days, hourly averages for two years."
    found = refused(text)
    assert [(d.code, str(d.span)) for d in found] == [("AC2001", f"description.md:1:{text.index('Raw') + 1}")]

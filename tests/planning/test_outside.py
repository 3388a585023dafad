"""Sentences about messages, calls, caches and totals end in effects, or are refused with their place."""

from __future__ import annotations

from autocoder.blueprint.model import Call, Create, ListRows, Notify, Operation, Output, RateLimit, Read
from tests.planning.test_plan import compiles, decision, planned, refused

SHOP = "A customer has a name and an email. An order has a customer and a delivery date. Staff add orders. "


def of(operation: Operation, kind: type) -> list[object]:
    return [e for e in operation.effects if isinstance(e, kind)]


def test_mail_goes_to_whom_the_row_refers_to() -> None:
    found = planned(
        SHOP + "Clerks ship orders. When an order is shipped, the customer gets an e-mail with the delivery date."
    )
    ship = found.architecture.operations["ship_order"]
    assert Read(read="Customer", by="order.customer") in ship.effects
    (mail,) = of(ship, Notify)
    assert isinstance(mail, Notify)
    assert (mail.to, mail.text) == ("customer.email", "Order shipped.\nDelivery date: {{order.delivery_date}}")
    assert not of(found.architecture.operations["create_order"], Notify)
    assert isinstance(ship.output, Output) and ship.output.body == "order"
    assert decision(found, "channels.mail.from").value == "no-reply@example.com"
    compiles(found)


def test_a_message_that_nothing_sets_off_is_refused_with_its_place() -> None:
    (found,) = refused(SHOP + "When an order is lost, the customer gets an e-mail.")
    assert (found.code, str(found.span)) == ("AC2001", f"description.md:1:{len(SHOP) + 1}")
    assert "lost" in found.message


def test_a_message_to_somebody_without_an_address_is_refused() -> None:
    (found,) = refused(
        "A courier has a name. An order has a courier. Anyone can add an order. "
        "When an order is added, the courier gets an e-mail."
    )
    assert found.code == "AC2001"
    assert "e-mail address" in found.message


def test_a_message_cannot_show_what_a_row_does_not_have() -> None:
    (found,) = refused(SHOP + "When an order is added, the customer gets an e-mail with the weight.")
    assert 'no "weight"' in found.message


def test_a_channel_that_the_language_does_not_have_is_refused() -> None:
    (found,) = refused(SHOP + "Customers are notified by SMS of every order.")
    assert '"sms" is no channel' in found.message


def test_a_webhook_holds_what_the_text_says() -> None:
    found = planned(
        "A payment has a reference and an amount. Clerks confirm payments. "
        "When a payment is confirmed, send a signed webhook with its reference and amount to the shop system."
    )
    channel = found.architecture.channels["shop_system"].webhook
    assert channel is not None and (channel.url.env, channel.sign.secret) == (
        "SHOP_SYSTEM_HOOK_URL",
        "SHOP_SYSTEM_HOOK_KEY",
    )
    (told,) = of(found.architecture.operations["confirm_payment"], Notify)
    assert isinstance(told, Notify)
    assert told.values == {"reference": "payment.reference", "amount": "payment.amount"}
    compiles(found)


def test_a_call_comes_before_the_row_that_keeps_its_answer() -> None:
    found = planned(
        "An expense has a title and a currency. Anyone can add an expense. When an expense is added, call "
        "https://api.example.com/rates to get the rate of its currency and store it with the expense."
    )
    call, create = found.architecture.operations["create_expense"].effects
    assert isinstance(call, Call) and isinstance(create, Create)
    assert call.values == {"currency": "input.currency"}
    assert create.set["rate"] == "rates.rate"
    assert found.architecture.entities["Expense"].fields["rate"].read_only
    assert found.deployment.environments["production"].env["RATES_URL"] == "https://api.example.com"
    compiles(found)


def test_a_call_that_sends_what_is_not_there_is_refused() -> None:
    (found,) = refused(
        "An expense has a title. Anyone can add an expense. When an expense is added, call "
        "https://api.example.com/rates to get the rate of its currency."
    )
    assert 'no "currency"' in found.message


def test_what_is_cached_is_the_row_that_one_operation_shows() -> None:
    found = planned("A product has a name. Anyone can view products. Cache the product page for 5 minutes.")
    (read,) = of(found.architecture.operations["get_product"], Read)
    assert isinstance(read, Read) and read.cache == "5m"
    assert found.deployment.environments["production"].engines.cache == "redis"
    compiles(found)


def test_a_cache_of_nothing_is_refused() -> None:
    (found,) = refused("A to-do list API. Cache the weather for 5 minutes.")
    assert found.code == "AC2001"
    assert '"weather"' in found.message


def test_a_total_is_worked_out_where_the_row_is_shown() -> None:
    found = planned(
        "An invoice has a number. Each invoice has lines with a quantity and a unit price. "
        "The total of an invoice is the sum of its lines."
    )
    for name in ("get_invoice", "list_invoices"):
        rows = of(found.architecture.operations[name], ListRows)[-1]
        assert isinstance(rows, ListRows)
        assert rows.values == {"total": "sum(rows.map(r, r.quantity * r.unit_price))"}
    assert found.architecture.entities["Line"].fields["quantity"].max == 1_000_000
    assert "total" not in found.architecture.entities["Invoice"].fields
    compiles(found)


def test_a_total_of_nothing_that_refers_to_the_row_is_refused() -> None:
    (found,) = refused("An invoice has a number. The total of an invoice is the sum of its lines.")
    assert (found.code, "total" in found.message) == ("AC2001", True)


def test_a_limit_on_signing_in_is_one_of_that_operation() -> None:
    found = planned("Users manage their own notes. No more than 5 login attempts per minute for each e-mail address.")
    assert found.architecture.operations["login"].rate_limit == RateLimit(limit="5/min", by="input.email")
    assert found.architecture.capabilities.rate_limit is None
    compiles(found)


def test_programs_sign_in_with_keys_of_their_accounts() -> None:
    found = planned(
        "Stations send readings with a temperature. Stations authenticate with an API key in the X-Api-Key header."
    )
    auth = found.architecture.auth
    assert auth is not None and auth.api_key is not None
    assert (auth.api_key.entity, auth.api_key.place) == ("ApiKey", "header X-Api-Key")
    assert {"create_api_key", "list_api_keys", "delete_api_key"} <= set(found.architecture.operations)
    compiles(found)


def test_accounts_that_nobody_uses_are_deleted() -> None:
    found = planned("Users manage their own notes. Delete accounts that have been inactive for 2 years.")
    assert set(found.architecture.entities) == {"User", "Note"}
    assert found.architecture.entities["Note"].fields["owner"].on_delete == "cascade"
    handler = found.architecture.handlers["delete_inactive_users"]
    assert "last_seen_at <= now - 730d" in str(handler.effects[0])
    assert "last_seen_at" in found.architecture.entities["User"].fields
    compiles(found)


def test_only_those_whom_the_text_names_see_a_field() -> None:
    found = planned("Users list employees. An employee has a name and a salary. Only managers see the salary.")
    visible = found.architecture.entities["Employee"].fields["salary"].visible
    assert visible is not None and not isinstance(visible, str | tuple)
    assert visible.role == "manager"
    compiles(found)


def test_reminders_are_sent_one_by_one() -> None:
    found = planned(
        "A task has a title, a due date and an assignee, who is a user. Users create tasks. "
        "Every morning at 7:00, remind assignees of tasks due that day by e-mail."
    )
    find, tell = found.architecture.handlers["find_due_tasks"], found.architecture.handlers["tell_of_task"]
    assert (find.every, tell.on) == ("0 7 * * *", "TaskDue")
    assert isinstance(tell.effects[-1], Notify) and tell.effects[-1].to == "assignee.email"
    compiles(found)

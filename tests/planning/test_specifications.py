"""Whole descriptions in the form of specifications, planned: access, keys, lists, rows that are there already."""

from __future__ import annotations

from autocoder.blueprint.format import format_architecture
from autocoder.blueprint.model import AccessRule, Create, ListRows, Read, Search
from autocoder.planning import Plan, plan
from autocoder.readers.rules import RulesReader

KEYS = """POST /items creates an item. Body: `sku` (string, required, unique), `name` (string), `quantity` (integer).

GET /items lists items.

DELETE /items/{sku} deletes an item.

"""

INVITES = """The `/invite` endpoint (POST request) creates an invitation. It requires an `email`. The server checks if
an invitation has already been sent to this email. If not, it generates a new `invite_id` and returns it. If an
invitation already exists for the email, the existing `invite_id` is returned.

The `/accounts` endpoint (POST request) is used to create a new account based on a previously generated invitation. It
requires `invite_id`, `user_name` and `password`. If the `invite_id` is invalid, it responds with 401 and the message
"No such invitation".
"""


def planned(text: str) -> Plan:
    reading = RulesReader().read(text, file="description.md")
    assert not reading.questions and not reading.diagnostics, (reading.questions, reading.diagnostics)
    return plan(reading, "x")


def test_a_key_without_accounts_is_one_for_all_callers() -> None:
    text = KEYS + "Every request needs an API key in the header `X-Key`. Requests without a valid key get 401."
    found = planned(text)
    assert found.architecture.auth is None
    rule = AccessRule.model_validate({"secret": "API_KEY", "in": "header X-Key"})
    assert {o.access for o in found.architecture.operations.values()} == {rule}
    assert "auth.api_key" in [d.subject for d in found.decisions]


def test_a_key_beside_accounts_is_one_of_an_account() -> None:
    text = KEYS + "Only the owner can do so. Every request needs an API key in the header `X-Key`."
    found = planned(text)
    assert found.architecture.auth is not None
    assert found.architecture.auth.api_key is not None


def test_some_endpoints_are_for_everybody() -> None:
    text = KEYS + "All requests except GET need a bearer token."
    access = {o.route.partition(" ")[0]: o.access for o in planned(text).architecture.operations.values()}
    assert (access["GET"], access["DELETE"]) == ("anyone", "user")


def test_who_has_no_token_is_told_so() -> None:
    text = KEYS + 'All endpoints require a token. Requests without a valid token get 401 with the message "Log in".'
    whole = planned(text).architecture
    assert whole.errors.unauthenticated is not None
    assert whole.errors.unauthenticated.message == "Log in"


def test_a_list_is_sorted_and_comes_in_numbered_pages() -> None:
    text = KEYS.replace("lists items.", "lists items. Results are sorted by quantity in descending order.") + (
        "GET /items accepts the query parameters `page` and `per_page`."
    )
    effect = planned(text).architecture.operations["list_items"].effects[0]
    assert isinstance(effect, ListRows)
    assert effect.order == ("quantity desc",)
    assert effect.page is not None
    assert (effect.page.number, effect.page.size) == ("page", "per_page")


def test_a_parameter_that_is_looked_for_in_a_text_is_a_search() -> None:
    text = KEYS.replace("lists items.", "lists items. Query parameter: `part` (part of the name).")
    effect = planned(text).architecture.operations["list_items"].effects[0]
    assert isinstance(effect, Search)
    assert (effect.fields, effect.text) == (("name",), "input.part")


def test_an_account_needs_the_invitation_that_the_text_speaks_of() -> None:
    operations = planned(INVITES).architecture.operations
    first, second = operations.values()
    assert isinstance(first.effects[0], Create)
    assert first.effects[0].exists == "return"
    assert isinstance(second.effects[0], Read)
    assert (second.effects[0].where, second.effects[0].otherwise) == ("invite_id == input.invite_id", 401)
    assert "exists: return" in str(format_architecture(planned(INVITES).architecture))

"""Webhooks that a service receives are signed as their sender signs, and happen once."""

from __future__ import annotations

import pytest

from autocoder.blueprint.inbound import Signed
from autocoder.blueprint.model import AccessRule
from tests.planning.test_plan import compiles, decision, planned


@pytest.mark.parametrize(
    ("text", "name", "route", "signed", "fields"),
    [
        (
            "The service receives GitHub webhooks.",
            "receive_github_webhook",
            "POST /hooks/github",
            Signed(secret="GITHUB_HOOK_KEYS", scheme="github"),
            ["event", "action", "repository", "sender"],
        ),
        (
            "The service receives Stripe webhooks.",
            "receive_stripe_webhook",
            "POST /hooks/stripe",
            Signed(secret="STRIPE_HOOK_KEYS", scheme="stripe"),
            ["type", "data"],
        ),
        (
            "The service receives payment webhooks.",
            "receive_payment_webhook",
            "POST /hooks/payment",
            Signed(secret="PAYMENT_HOOK_KEYS"),
            ["type", "data"],
        ),
    ],
)
def test_webhooks_are_signed_as_their_sender_signs(
    text: str, name: str, route: str, signed: Signed, fields: list[str]
) -> None:
    found = planned(f"{text} Users list the webhooks.")
    operation = found.architecture.operations[name]
    assert (operation.route, operation.access) == (route, AccessRule(signature=signed))
    (entity,) = (e for n, e in found.architecture.entities.items() if n != "User")
    assert list(entity.fields) == fields
    assert decision(found, f"operations.{name}.access").value == f"signed with a key in {signed.secret}"
    compiles(found)


def test_what_is_said_of_a_webhook_is_what_is_kept_of_it() -> None:
    found = planned(
        "The service receives Stripe webhooks. A webhook has a type and an amount. Users list the webhooks."
    )
    operation = found.architecture.operations["receive_stripe_webhook"]
    assert list(operation.input) == ["type", "amount"]
    compiles(found)


def test_a_person_who_receives_webhooks_is_no_sender() -> None:
    found = planned("Admins create webhooks. A webhook has a name. Users list the webhooks.")
    assert not [n for n in found.architecture.operations if n.startswith("receive")]

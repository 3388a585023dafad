"""Rules for the whole service end as capabilities, and what is secret is kept so."""

from __future__ import annotations

from autocoder.blueprint.model import RateLimit, Require
from autocoder.planning import Plan, plan
from autocoder.readers.rules import RulesReader
from tests.planning.test_plan import compiles, decision, planned, refused


def test_a_limit_on_requests_counts_by_address() -> None:
    found = planned("Anyone can add a note. Clients may send at most 100 requests per minute.")
    assert found.architecture.capabilities.rate_limit == RateLimit(limit="100/min", by="address")
    assert decision(found, "capabilities.rate_limit.by").alternatives == ("caller",)
    compiles(found)


def test_a_limit_on_something_else_is_refused() -> None:
    (found,) = refused("Anyone can add a note. At most 5 login attempts per minute per address.")
    assert (found.code, str(found.span)) == ("AC2001", "description.md:1:24")


def test_an_audit_log_is_a_capability() -> None:
    found = planned("Users manage their own notes. Every change is recorded in an audit log.")
    assert found.architecture.capabilities.audit
    assert all("R2" in o.satisfies for o in found.architecture.operations.values())
    compiles(found)


def test_what_is_encrypted_is_a_secret() -> None:
    found = planned("A note has a title and a diagnosis. Diagnoses are encrypted at rest.")
    fields = found.architecture.entities["Note"].fields
    assert (fields["title"].type, fields["diagnosis"].type) == ("text", "secret")
    compiles(found)


PROFILES = """PATCH /profiles/{profileId} updates the profile.
The request body must include at least one of: "nickName" (string) or "bio" (string). No additional properties.
"""


def specified(text: str) -> Plan:
    reading = RulesReader().read(text, file="description.md")
    return plan(reading.answered(reading.defaults), "example")


def test_of_some_fields_at_least_one_is_sent_and_no_others() -> None:
    found = specified(PROFILES)
    guard = found.architecture.operations["update_profile"].effects[0]
    assert isinstance(guard, Require)
    assert guard.require == "input.nick_name != null || input.bio != null"
    assert guard.message == "Send at least one of: nickName, bio."
    assert found.architecture.wire.unknown_fields == "reject"
    compiles(found)

"""What one sentence says of many endpoints, of a list, of the lines below a label."""

from __future__ import annotations

import pytest

from autocoder.facts import Value
from autocoder.readers.protocol import Outcome
from autocoder.readers.rules import RulesReader

ROUTES = """GET /products lists products.

POST /products creates a product.

POST /login logs in with `email` and `password`.

DELETE /products/{id} deletes a product.

"""


def facts(text: str, kind: str = "operation") -> list[dict[str, Value]]:
    """The facts of the last sentence."""
    reading = RulesReader().read(text, file="description.md")
    assert reading.sentences[-1].outcome is Outcome.FACTS, reading.diagnostics
    return [f.values for f in reading.sentences[-1].facts if f.kind == kind]


@pytest.mark.parametrize(
    ("text", "methods"),
    [
        ("All requests except GET need a bearer token.", ["POST", "DELETE"]),
        ("Every endpoint requires a valid JWT token in the Authorization header.", ["GET", "POST", "DELETE"]),
        ("Creating and deleting products requires a token.", ["POST", "DELETE"]),
        ("Except for GET /products, every endpoint expects a Bearer token.", ["POST", "DELETE"]),
    ],
)
def test_a_token_is_asked_of_the_endpoints_that_a_sentence_is_about(text: str, methods: list[str]) -> None:
    found = facts(ROUTES + text)
    assert [f["method"] for f in found] == methods
    assert {f["actor"] for f in found} == {"user"}
    assert {f["path"] for f in found} <= {"/products", "/products/{id}"}


def test_reading_may_be_for_everybody() -> None:
    (found,) = facts(ROUTES + "Reading products does not require authentication.")
    assert found == {"method": "GET", "path": "/products", "actor": "anyone"}


def test_a_key_in_a_header_is_how_callers_prove_who_they_are() -> None:
    text = ROUTES + "Every request needs an API key in the header `X-API-Key`."
    assert facts(text, "authentication") == [{"scheme": "api key", "header": "X-API-Key"}]


def test_who_has_no_token_is_told_so() -> None:
    text = ROUTES + 'Requests without a valid token are rejected with 401 and the message "Log in first".'
    assert facts(text, "authentication") == [{"scheme": "bearer", "message": "Log in first"}]


@pytest.mark.parametrize(
    "text",
    [
        "All requests except those of partners need a bearer token.",
        "Every endpoint requires a token on weekdays.",
        "Only its author and two friends can do so.",
    ],
)
def test_a_rule_with_a_word_that_is_not_known_is_no_rule(text: str) -> None:
    reading = RulesReader().read(ROUTES + text, file="description.md")
    assert not [f for f in reading.sentences[-1].facts if f.get("actor") == "user"]


@pytest.mark.parametrize(
    "text",
    [
        "Only its owner can do so, everyone else gets 403.",
        "Only the user who created the product may call this endpoint; anyone else receives a 403.",
        "Users can only delete their own products; attempting to delete another user's product results in a 403.",
    ],
)
def test_rows_are_for_whoever_made_them(text: str) -> None:
    own, refused = facts(ROUTES + text)
    assert own == {"method": "DELETE", "path": "/products/{id}", "actor": "user", "scope": "own"}
    assert (refused["error"], refused["error_when"]) == (403, "forbidden")


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("Results are sorted by price, cheapest first.", {"sorted_by": "price"}),
        ("Results are ordered by date in descending order.", {"sorted_by": "date", "descending": True}),
        ("The list is paginated with 20 products per page.", {"limit": 20}),
        ("It returns 200 with the products, newest first, 50 per page.", {"order": "newest first", "limit": 50}),
    ],
)
def test_a_list_comes_in_an_order_and_by_pages(text: str, slots: dict[str, object]) -> None:
    assert slots in [{k: f[k] for k in slots if k in f} for f in facts(f"GET /products lists products. {text}")]


LINES = """## POST /notes

Creates a note.

Request body:

- title (string, required): the heading of the note, between 3 and 100 characters
- `pinned` (boolean, default false)
- color (string): must be one of "red", "blue"
- email: must be a valid email address
"""


def test_lines_below_a_label_are_fields() -> None:
    reading = RulesReader().read(LINES, file="description.md")
    found = [f.values for f in reading.facts if f.kind == "field"]
    assert [(f["name"], f["type"]) for f in found] == [
        ("title", "text"),
        ("pinned", "boolean"),
        ("color", "enum"),
        ("email", "email"),
    ]
    assert {f["of"] for f in found} == {"POST /notes"}
    assert (found[0]["min"], found[0]["max"], found[0]["required"]) == ("3", "100", True)
    assert not reading.diagnostics
    assert not reading.questions


def test_a_query_is_looked_for_in_a_field() -> None:
    text = (
        "## GET /notes\n\nReturns all notes.\n\nQuery parameters:\n\n- `q`: only return notes whose title contains it\n"
    )
    assert facts(text, "field")[0]["seeks"] == ("title",)


@pytest.mark.parametrize(
    ("label", "slots"),
    [
        ("Auth: none", {"actor": "anyone"}),
        ("Authentication: Bearer token with role admin", {"actor": "role", "role": "admin"}),
        ("Auth: seller who owns the product", {"actor": "role", "role": "seller", "scope": "own"}),
    ],
)
def test_a_label_says_who_may_call(label: str, slots: dict[str, object]) -> None:
    assert facts(f"DELETE /products/{{id}} deletes a product.\n\n{label}")[0].items() >= slots.items()


def test_a_caption_says_what_the_route_below_it_does() -> None:
    reading = RulesReader().read("- Close Ticket\n  - Endpoint: POST /tickets/{id}/close\n", file="description.md")
    assert reading.facts[0].values["verb"] == "close"


def test_a_summary_states_nothing_of_its_own() -> None:
    text = ROUTES + "Overall, the service provides a simple way to list and delete products."
    assert RulesReader().read(text, file="description.md").sentences[-1].outcome is Outcome.FILLER


def test_a_summary_that_restricts_is_none() -> None:
    text = ROUTES + "Overall, the service only lets gardeners delete products."
    assert RulesReader().read(text, file="description.md").sentences[-1].outcome is not Outcome.FILLER


INVITES = """The `/invite` endpoint (POST request) creates an invitation. It requires an `email`. The server checks if
an invitation has already been sent to this email. If not, it generates a new `invite_id` and returns it. If an
invitation already exists for the email, the existing `invite_id` is returned.
"""


def test_a_row_that_is_there_is_answered_instead_of_a_new_one() -> None:
    reading = RulesReader().read(INVITES, file="description.md")
    assert not reading.diagnostics
    assert not reading.questions
    found = [f.values for f in reading.facts if f.get("existing")]
    assert found == [{"path": "/invite", "method": "POST", "existing": "return", "known_by": "email"}]


@pytest.mark.parametrize(
    "text",
    [
        "All errors are returned as JSON objects with a single field `error`.",
        'The API returns errors in the format { "error": "message" }.',
    ],
)
def test_all_failures_look_alike(text: str) -> None:
    assert facts(ROUTES + text)[0]["message_key"] == "error"


def test_a_token_is_got_from_a_route() -> None:
    text = "A token is issued by `POST /auth/login`, which accepts `username` and `password`."
    reading = RulesReader().read(ROUTES + text, file="description.md")
    said = [f.values for f in reading.sentences[-1].facts]
    assert said[0] == {"method": "POST", "path": "/auth/login", "output": "authentication"}
    assert [(f["name"], f["direction"]) for f in said[1:]] == [("username", "request"), ("password", "request")]


def test_what_a_failure_is_for_may_come_first() -> None:
    (found,) = facts("POST /login signs people in with `email`. Wrong credentials give 401.")
    assert (found["error"], found["error_when"]) == (401, "unauthenticated")

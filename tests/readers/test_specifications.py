"""Endpoint specifications in their many forms: tables, dashes, gerunds, JSON examples, asides, at least one of."""

from __future__ import annotations

import pytest

from autocoder.readers.protocol import Outcome, Reading
from autocoder.readers.rules import RulesReader

BOOKS = "POST /books creates a book.\n\n"
RULE = "|---|---|---|---|\n"
EXAMPLE = (
    '```json\n{"title": "Emma", "pages": 474, "price": 9.5, "lent": false, "tags": ["a"], "added": "2026-01-02"}\n```\n'
)


def read(text: str) -> Reading:
    return RulesReader().read(text, file="x.md")


def facts(text: str, kind: str = "operation") -> list[dict[str, object]]:
    return [f.values for f in read(text).facts if f.kind == kind]


def test_a_row_of_a_table_of_endpoints_is_a_sentence() -> None:
    text = f"| Method | Path | Auth | Description |\n{RULE}| DELETE | `/books/{{id}}` | admin | Delete a book |\n"
    (found,) = facts(text)
    assert found == {
        "method": "DELETE", "path": "/books/{id}", "verb": "delete", "does": "delete", "object": "book",
        "actor": "role", "role": "admin",
    }  # fmt: skip
    assert all(s.outcome in {Outcome.FACTS, Outcome.FILLER} for s in read(text).sentences)


def test_a_cell_that_says_something_else_is_reported() -> None:
    text = f"| Method | Path | Notes | Description |\n{RULE}| GET | /books | shiny | lists books |\n"
    assert [d.code for d in read(text).diagnostics] == ["AC1002"]
    assert [w.span.text for s in read(text).sentences for w in s.unread] == ["shiny"]


@pytest.mark.parametrize(
    "text",
    [
        "GET /books - list books",
        "GET /books: lists books.",
        "Listing books: GET /books.",
        "To list books, send GET /books.",
    ],
)
def test_what_a_route_does_stands_on_either_side(text: str) -> None:
    (found,) = facts(text)
    assert found == {"method": "GET", "path": "/books", "verb": "list", "does": "list", "object": "book"}


def test_a_query_names_parameters() -> None:
    found = facts("GET /books?author=…&year=… lists books.", "field")
    assert [(f["of"], f["name"], f["location"]) for f in found] == [
        ("GET /books", n, "query") for n in ("author", "year")
    ]


@pytest.mark.parametrize(("label", "direction"), [("Request:", "request"), ("Example response (201):", "response")])
def test_json_below_a_label_shows_fields_and_types(label: str, direction: str) -> None:
    found = facts(f"{BOOKS}{label}\n\n{EXAMPLE}", "field")
    types = {
        "title": "text",
        "pages": "integer",
        "price": "decimal",
        "lent": "boolean",
        "tags": "list of text",
        "added": "date",
    }
    assert {str(f["name"]): f["type"] for f in found} == types
    assert {f["direction"] for f in found} == {direction}
    assert not read(f"{BOOKS}{label}\n\n{EXAMPLE}").diagnostics


def test_an_example_of_a_failure_has_no_fields_of_the_answer() -> None:
    reading = read(f'{BOOKS}Response (404):\n\n```json\n{{"error": "not found"}}\n```\n')
    assert not [f for f in reading.facts if f.kind == "field"]
    assert not reading.diagnostics


@pytest.mark.parametrize(
    "block", ['{"author": {"name": "x"}}', "{title: 1}", "{}", "[]", '{"a": 1} {"b": 2}', "SELECT 1;", "[" * 5000]
)
def test_a_block_that_is_no_flat_example_is_reported(block: str) -> None:
    reading = read(f"{BOOKS}Request:\n\n```json\n{block}\n```\n")
    assert not [f for f in reading.facts if f.kind == "field"]
    assert "AC1003" in [d.code for d in reading.diagnostics]


def test_json_without_a_label_or_an_endpoint_is_reported() -> None:
    assert "AC1003" in [d.code for d in read(f"{BOOKS}{EXAMPLE}").diagnostics]
    assert "AC1003" in [d.code for d in read(f"Request:\n\n{EXAMPLE}").diagnostics]


def test_at_least_one_of_some_fields_makes_none_of_them_required() -> None:
    text = "PATCH /books/{id} changes a book. The body must include at least one of `title` and `price`."
    assert [(f["name"], f["required"]) for f in facts(text, "field")] == [("title", False), ("price", False)]
    assert facts(text, "policy") == [{"topic": "at least one", "entity": "PATCH /books/{id}", "rule": "title, price"}]


@pytest.mark.parametrize(
    "text", ["No additional properties.", "Unknown fields are rejected.", "No other fields are allowed."]
)
def test_other_fields_are_refused(text: str) -> None:
    assert facts(f"{BOOKS}{text}", "policy") == [{"topic": "unknown fields"}]


def test_a_page_is_an_answer_and_no_row() -> None:
    (found,) = facts("GET /hello returns an HTML page.")
    assert found == {"method": "GET", "path": "/hello", "output": "html page"}


def test_a_row_in_an_answer_is_no_field() -> None:
    assert not facts(f"{BOOKS}It returns 201 with the created book.", "field")
    assert facts(f"{BOOKS}It returns 201 with the created book.")[-1]["status"] == 201


SHAPED = "POST /books creates a book. Request body: {{ {} }}."


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("title: string (3-30 chars)", {"type": "text", "min": "3", "max": "30", "required": True}),
        ("stars: integer (1..5)", {"type": "integer", "min": "1", "max": "5", "required": True}),
        ("stars: integer >= 0", {"type": "integer", "min": "0", "required": True}),
        ("stars: positive", None),
        ("title: string, non-empty, 3 legs", None),
        ('"genre": "novel" | "poem"', {"type": "enum", "values": ("novel", "poem"), "required": True}),
        ("size: integer (optional, max 9)", {"type": "integer", "max": "9", "required": False}),
        ("size: integer (default 3)", {"type": "integer", "default": "3", "required": False}),
        ("isbn: string (must not be empty)", {"type": "text", "min": "1", "required": True}),
    ],
)
def test_what_stands_behind_a_type_in_a_shape_is_read_or_the_shape_is_not(written: str, told: dict | None) -> None:
    found = [{k: v for k, v in f.items() if k in SLOTS} for f in facts(SHAPED.format(written), "field")]
    assert found == ([told] if told else [])


SLOTS = {"type", "min", "max", "required", "values", "default"}


def test_a_shape_has_a_name_for_later_answers_and_lists_of_it() -> None:
    text = (
        "GET /books/{id} returns a book. 200: Book = { id: uuid, title: string }.\n\n"
        "GET /books lists books. 200: { items: Book[], total: integer }.\n\n"
        "POST /books creates a book. 201: Book.\n"
    )
    named = [(f["of"], f["name"]) for f in facts(text, "field")]
    assert named == [
        ("GET /books/{id}", "id"),
        ("GET /books/{id}", "title"),
        ("GET /books", "items"),
        ("GET /books", "items.id"),
        ("GET /books", "items.title"),
        ("GET /books", "total"),
        ("POST /books", "id"),
        ("POST /books", "title"),
    ]


def test_a_status_below_400_with_a_shape_answers_it_and_any_other_fails() -> None:
    text = f"{BOOKS}201: {{ id: uuid }}. 400: invalid input."
    found = facts(text)
    assert [f.get("status") for f in found][1:] == [201, None]
    assert (found[-1]["error"], found[-1]["error_when"]) == (400, "invalid")


def test_a_line_that_ends_with_a_route_is_a_heading() -> None:
    text = "POST /services\nRegisters a service.\nOptional body field: message (string, up to 200 characters).\n"
    assert [f["verb"] for f in facts(text) if "verb" in f] == ["register"]
    assert [f["name"] for f in facts(text, "field")] == ["message"]


@pytest.mark.parametrize(
    ("label", "required"),
    [("Optional body field", False), ("Required body field", True), ("Body field", None), ("Query parameter", None)],
)
def test_a_label_of_fields_says_where_they_are_and_whether_they_must_be_there(label: str, required: object) -> None:
    (found,) = facts(f"POST /books creates a book.\n{label}: note (string).\n", "field")
    assert (found["name"], found.get("required")) == ("note", required)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            "Raw readings are kept for 30 days, hourly averages for two years.",
            {"reading": "30d", "hourly average": "730d"},
        ),
        ("Orders are kept for 10 years, addresses for 2.", {"order": "3650d", "address": "730d"}),
        ("We keep raw measurements for 90 days.", {"measurement": "90d"}),
    ],
)
def test_one_verb_keeps_several_things_each_for_its_time(text: str, kept: dict[str, str]) -> None:
    assert {f["entity"]: f["after"] for f in facts(text, "lifecycle")} == kept
    assert all(s.outcome is Outcome.FACTS for s in read(text).sentences)


def test_a_thing_with_a_word_that_may_narrow_it_is_not_kept_without_it() -> None:
    assert facts("Paid orders are kept for 10 years, unpaid ones for 2 weeks.", "lifecycle") == []


def test_a_shape_that_explains_a_name_is_no_part_of_the_answer() -> None:
    text = (
        "GET /clubs/{id} returns a club. 200 for owners: { members: Owner[] }, where Owner = { email: string }.\n"
        "200 for others: { members: Other[] }, where Other = { name: string }.\n"
    )
    named = {f["name"] for f in facts(text, "field")}
    assert named == {"members", "members.email", "members.name"}
    assert "AC1005" not in [d.code for d in read(text).diagnostics]

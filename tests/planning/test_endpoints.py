"""Stated endpoints become operations with their own names, statuses and answers; what is inferred is a decision."""

from __future__ import annotations

import pytest

from autocoder.blueprint.format import format_architecture, format_deployment
from autocoder.blueprint.model import Architecture, ErrorAnswer, Operation, Output, Search, Update
from autocoder.compilation import Sources, compile_sources
from autocoder.decisions import Source
from autocoder.diagnostics import StageFailed
from autocoder.planning import Plan, plan
from autocoder.readers.rules import RulesReader

SHOP = """POST /auth/sign-up
- Registers a new user.
- Request body: { userName: string, password: string }.
- 201 response: { userId: uuid, accessToken: string }.
- Error codes: 400, 409.

POST /auth/login
- Request body: { userName: string, password: string }.
- 200 response: { token: string }.
- Error codes: 400, 401.

POST /items
- Creates an item. Requires BearerAuth.
- Request body: { itemName: string, unitPrice: integer >= 0 }.
- 201 response: { itemId: uuid, itemName: string, createdAt: datetime }.
- Error codes: 400, 401, 422.

GET /items/{itemId}
- Path parameter: itemId (uuid).
- 200 response: { itemId: uuid, itemName: string, unitPrice: integer }.
- Error codes: 401, 403, 404.

DELETE /items/{itemId}
- Error codes: 401, 403, 404.
"""

NESTED = """POST /boards
- Creates a board.
- Request body: { title: string }.

POST /boards/{boardId}/cards
- Adds a card to a board.
- Request body: { text: string }.
- 201 response: { cardId: uuid, boardId: uuid, text: string }.
- Error codes: 404.

GET /boards/{boardId}/cards

GET /boards/{boardId}/cards/{cardId}
- Returns a card.
"""


def planned(text: str) -> Plan:
    reading = RulesReader().read(text, file="description.md")
    assert not reading.questions and not reading.diagnostics, (reading.questions, reading.diagnostics)
    found = plan(reading, "example")
    architecture, deployment = format_architecture(found.architecture), format_deployment(found.deployment)
    compile_sources(Sources(architecture=architecture, deployment=deployment))
    return found


def operation(found: Architecture, route: str) -> Operation:
    return next(o for o in found.operations.values() if o.route == route)


def output(found: Architecture, route: str) -> Output:
    answer = operation(found, route).output
    assert isinstance(answer, Output)
    return answer


def test_names_in_camel_case_stay_so_on_the_wire() -> None:
    found = planned(SHOP)
    assert found.architecture.wire.case == "camel"
    assert {"item_name", "unit_price"} <= set(found.architecture.entities["Item"].fields)
    assert any(d.subject == "wire.case" and d.source is Source.INFERRED for d in found.decisions)


def test_registration_and_login_have_the_routes_and_names_of_the_text() -> None:
    found = planned(SHOP).architecture
    assert found.auth is not None
    assert (found.auth.entity, found.auth.login, found.auth.secret) == ("User", "user_name", "password")
    register, login = found.operations["register"], found.operations["login"]
    assert (register.route, login.route) == ("POST /auth/sign-up", "POST /auth/login")
    assert output(found, "POST /auth/sign-up").body == {"user_id": "user.id", "access_token": "access_token"}
    assert output(found, "POST /auth/login").body == {"token": "access_token"}


def test_statuses_of_failures_are_those_of_the_text() -> None:
    found = planned(SHOP)
    bad = ErrorAnswer(status=400)
    register = operation(found.architecture, "POST /auth/sign-up").errors
    assert (register.malformed, register.invalid, register.conflict) == (bad, bad, None)
    create = operation(found.architecture, "POST /items").errors
    assert (create.malformed, create.invalid) == (bad, None)
    assert any(d.subject == "operations.of.POST /items.errors" for d in found.decisions)


def test_a_route_without_a_verb_does_what_its_method_stands_for() -> None:
    found = planned(SHOP)
    effects = operation(found.architecture, "DELETE /items/{item_id}").effects
    assert [e.model_dump().get("delete") for e in effects][-1] == "item"
    told = next(d for d in found.decisions if d.subject == "operations.of.DELETE /items/{itemId}")
    assert (told.value, told.source) == ("delete Item", Source.INFERRED)


def test_a_route_that_refuses_some_who_are_signed_in_is_for_the_owner() -> None:
    found = planned(SHOP).architecture
    assert found.entities["Item"].fields["owner"].to == "User"
    show = operation(found, "GET /items/{item_id}")
    assert show.access == "user"
    assert "item.owner == caller.id" in [e.model_dump().get("require") for e in show.effects]
    assert operation(found, "POST /items").effects[-1].model_dump()["set"] == {"owner": "caller.id"}


def test_what_only_an_answer_names_is_set_by_the_service() -> None:
    found = planned(SHOP).architecture
    made = found.entities["Item"].fields["created_at"]
    assert (made.type, made.default, made.read_only) == ("datetime", "=now", True)
    assert output(found, "POST /items").body == {
        "item_id": "item.id",
        "item_name": "item.item_name",
        "created_at": "item.created_at",
    }


def test_rows_in_rows_refer_to_the_row_around_them() -> None:
    found = planned(NESTED).architecture
    assert found.entities["Card"].fields["board"].to == "Board"
    create = operation(found, "POST /boards/{board_id}/cards")
    assert create.effects[0].model_dump()["by"] == "input.board_id"
    assert create.effects[-1].model_dump()["set"] == {"board": "input.board_id"}
    listed = operation(found, "GET /boards/{board_id}/cards").effects[-1].model_dump()
    assert listed["where"] == "board == input.board_id"
    assert operation(found, "GET /boards/{board_id}/cards/{card_id}").effects[0].model_dump()["where"] == (
        "id == input.card_id && board == input.board_id"
    )


def test_two_statuses_for_one_failure_are_refused() -> None:
    text = "GET /notes/{id} returns a note. 404 if the note does not exist. 410 if the note does not exist."
    reading = RulesReader().read(text, file="description.md")
    with pytest.raises(StageFailed) as failed:
        plan(reading, "example")
    (found,) = failed.value.diagnostics
    assert (found.code, str(found.span)) == ("AC2001", "description.md:1:65")


def test_who_adds_to_a_row_owns_that_row_where_the_text_asks_for_ownership() -> None:
    text = NESTED.replace(
        "- Adds a card to a board.", "- Adds a card to a board. Requires BearerAuth and board ownership."
    )
    found = planned(text.replace("- Creates a board.", "- Creates a board. Requires BearerAuth.")).architecture
    assert found.entities["Board"].fields["owner"].to == "User"
    assert "owner" not in found.entities["Card"].fields
    guards = [e.model_dump().get("require") for e in operation(found, "POST /boards/{board_id}/cards").effects]
    assert "parent.owner == caller.id" in guards
    assert operation(found, "POST /boards").effects[-1].model_dump()["set"] == {"owner": "caller.id"}


def test_a_sentence_about_a_stated_route_adds_no_operation() -> None:
    text = "Anyone can create a board. Anyone can read a card.\n\n" + NESTED
    found = planned(text)
    assert len(found.architecture.operations) == 4


def test_one_row_that_nothing_names_is_refused_and_never_a_list_of_all() -> None:
    text = "POST /notes creates a note. Request body: { text: string }. GET /note returns a note."
    with pytest.raises(StageFailed) as failed:
        planned(text)
    (found,) = failed.value.diagnostics
    assert (found.code, str(found.span)) == ("AC2001", "description.md:1:61")


def test_a_failure_that_nothing_can_find_out_is_refused() -> None:
    text = """POST /seats creates a seat. Request body: { ticket_code: string }.
    If the `ticket_code` is invalid, the server responds with a 401 status code."""
    with pytest.raises(StageFailed) as failed:
        planned(text)
    (found,) = failed.value.diagnostics
    assert (found.code, found.message) == ("AC2001", 'nothing says which "ticket_code" is valid')


INVITED = """POST /invite_user
- Creates an invitation.
- Request body: { email: email }.
- 201 response: { invite_id: string }.

POST /create_user
- Creates a user account.
- Request body: { invite_id: string, user_name: string, password: string }.
- If the `invite_id` is invalid, it responds with a 401 status code and a message "Invalid invite_id."
"""


def test_a_key_that_one_endpoint_gives_is_looked_up_by_another() -> None:
    found = planned(INVITED)
    key = found.architecture.entities["Invitation"].fields["invite_id"]
    assert (key.type, key.unique) == ("code", True)
    (read, create) = operation(found.architecture, "POST /create_user").effects
    assert read.model_dump(exclude_defaults=True) == {
        "read": "Invitation",
        "where": "invite_id == input.invite_id",
        "otherwise": 401,
        "message": "Invalid invite_id.",
    }
    assert create.model_dump()["set"] == {"invitation": "invitation.id"}
    assert operation(found.architecture, "POST /create_user").input["invite_id"].type == "text"


VAULT = """POST /register
- Registers a new user.
- Request body: { email: email, username: string, password: string }.

POST /login
- Request body: { email: email, password: string }.
- 200 response: { token: string }.

POST /secrets
- Creates a secret. Requires BearerAuth.
- Request body: { username: string, words: string }.

GET /secrets/newest
- Returns a secret. Requires BearerAuth.
- Query parameter: username (string).
"""


def test_who_sends_the_name_of_an_account_sends_their_own() -> None:
    found = planned(VAULT)
    guard = operation(found.architecture, "POST /secrets").effects[0].model_dump()
    assert (guard["require"], guard["otherwise"]) == ("input.username == caller.username", "forbidden")
    assert found.architecture.entities["User"].fields["username"].unique


def test_a_query_that_fits_several_rows_gives_the_newest() -> None:
    newest = operation(planned(VAULT).architecture, "GET /secrets/newest")
    assert newest.input["username"].optional is False
    read = newest.effects[1].model_dump()
    assert (read["where"], read["first"], read["order"]) == ("username == input.username", True, ("created_at desc",))


def test_a_get_named_after_its_verb_reads_what_it_opens() -> None:
    text = """POST /links creates a link. Request body: { target: url }.
    To open a link, use GET /l/{id}. The server issues a 302 with a Location header pointing to the target."""
    follow = operation(planned(text).architecture, "GET /l/{id}")
    assert follow.output == Output(status=302, redirect="link.target")


def test_a_list_is_narrowed_ordered_and_paged_as_its_route_says() -> None:
    text = """POST /orders
    - Creates an order.
    - Request body: { customer_id: string, amount: integer }.

    GET /orders?customer=… (newest first, 50 per page)."""
    (rows,) = operation(planned(text).architecture, "GET /orders").effects
    found = rows.model_dump()
    assert found["where"] == "(input.customer == null || customer_id == input.customer)"
    assert (found["order"], found["page"]["limit"]) == (("created_at desc",), 50)


def test_deleting_a_collection_deletes_all_rows() -> None:
    found = planned("A todo has a title. Deleting /todos removes every todo.").architecture
    assert operation(found, "DELETE /todos").effects[0].model_dump(exclude_defaults=True) == {"delete": "Todo"}
    assert {"create_todo", "list_todos"} <= set(found.operations)


def test_where_all_that_is_said_is_of_the_whole_collection_single_rows_have_the_usual_operations() -> None:
    text = "A todo has a title. Getting /todos returns all todos. Deleting /todos removes every todo."
    found = planned(text).architecture
    assert {"GET /todos", "DELETE /todos"} <= {o.route for o in found.operations.values()}
    assert {"create_todo", "get_todo", "update_todo", "delete_todo"} <= set(found.operations)


PAGED = """POST /notes
- Creates a note.
- Request body: { title: string (max 120), body: string, stars: integer (1..5), tags: string[] (optional) }.
- 201: Note = { id: uuid, title: string, stars: integer, updatedAt: datetime }.

GET /notes
- Lists notes.
- Query parameters: stars (integer, optional), minStars (integer, optional), q (string, optional).
- Query parameters: limit (integer 1..50, default 10), offset (integer >= 0, default 0).
- 200: { items: Note[], total: integer, limit: integer }.

PUT /notes/{id}
- Changes a note.
- Request body: { title: string, body?: string }.
- 200: Note.
"""


def test_a_stated_list_is_narrowed_searched_and_paged_by_its_parameters() -> None:
    operation = planned(PAGED).architecture.operations["list_notes"]
    (search,) = operation.effects
    assert search == Search.model_validate(
        {
            "search": "Note",
            "in": ("title", "body"),
            "for": "input.q",
            "where": "(input.stars == null || stars == input.stars)"
            " && (input.min_stars == null || stars >= input.min_stars)",
            "page": {"limit": 10, "most": 50},
            "total": "total",
            "as": "rows",
        }
    )
    assert list(operation.input) == ["stars", "min_stars", "q"]
    assert operation.output == Output(
        status=200,
        body={
            "items": "rows.map(row, {id: row.id, title: row.title, stars: row.stars, updated_at: row.updated_at})",
            "total": "total",
            "limit": "input.limit",
        },
    )


def test_every_change_sets_the_time_of_the_last_change() -> None:
    change = planned(PAGED).architecture.operations["change_note"]
    assert change.effects[1:] == (Update(update="note"), Update(update="note", set={"updated_at": "now"}))
    assert (change.input["title"].optional, change.input["body"].optional) == (False, True)


def test_a_parameter_of_a_list_that_stands_for_nothing_is_refused() -> None:
    text = PAGED.replace("minStars (integer, optional)", "colour (string, optional)")
    with pytest.raises(StageFailed) as caught:
        planned(text)
    (found,) = caught.value.diagnostics
    assert (found.code, found.message) == ("AC2001", 'what "colour" does to GET /notes is not planned yet')


def test_limits_of_a_password_are_kept() -> None:
    text = SHOP.replace("password: string }.\n- 201", "password: string (min 6) }.\n- 201")
    assert planned(text).architecture.entities["User"].fields["password"].min == 6

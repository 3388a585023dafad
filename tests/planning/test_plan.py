"""Facts become a blueprint; what nobody stated is a decision; what has no place is refused with its sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from autocoder.blueprint.format import format_architecture, format_deployment
from autocoder.blueprint.load import load_architecture, load_deployment
from autocoder.blueprint.model import AccessRule, Architecture, SecretRef, Transition
from autocoder.compilation import Sources, compile_sources
from autocoder.decisions import Decision, Source
from autocoder.diagnostics import Diagnostic, StageFailed
from autocoder.planning import Plan, plan
from autocoder.planning.plan import stated
from autocoder.planning.platform import MOST_REPLICAS
from autocoder.readers.rules import RulesReader

EXAMPLES = Path(__file__).parents[2] / "examples"
LANGUAGE_EXAMPLE = Path(__file__).parents[1] / "fixtures" / "language_example" / "architecture.yaml"


def planned(text: str) -> Plan:
    reading = RulesReader().read(text, file="description.md")
    assert not reading.questions and not reading.diagnostics, (reading.questions, reading.diagnostics)
    return plan(reading, "example")


def refused(text: str) -> list[Diagnostic]:
    with pytest.raises(StageFailed) as failed:
        planned(text)
    return list(failed.value.diagnostics)


def decision(found: Plan, subject: str) -> Decision:
    return next(d for d in found.decisions if d.subject == subject)


def example(name: str) -> Plan:
    return planned((EXAMPLES / f"{name}.md").read_text(encoding="utf-8"))


def compiles(found: Plan) -> None:
    """The blueprint survives its file, and the compiler takes it."""
    architecture, deployment = format_architecture(found.architecture), format_deployment(found.deployment)
    assert load_architecture(architecture, file="architecture.yaml").model == found.architecture
    assert load_deployment(deployment, file="deployment.yaml").model == found.deployment
    compile_sources(Sources(architecture=architecture, deployment=deployment))


# the examples


def test_the_link_shortener_is_in_essence_the_example_of_the_language() -> None:
    found = example("link-shortener").architecture
    written = load_architecture(LANGUAGE_EXAMPLE.read_text(encoding="utf-8"), file="architecture.yaml").model
    assert {n: set(e.fields) for n, e in found.entities.items()} == {
        n: set(e.fields) for n, e in written.entities.items()
    }
    assert {n: (o.route, o.access) for n, o in found.operations.items()} == {
        n: (o.route, o.access) for n, o in written.operations.items()
    }
    for name, operation in written.operations.items():
        if name != "list_links":
            assert found.operations[name].effects == operation.effects
            assert found.operations[name].output == operation.output
    assert found.events == written.events
    assert (found.handlers["count_click"].on, found.handlers["count_click"].effects) == (
        written.handlers["count_click"].on,
        written.handlers["count_click"].effects,
    )
    assert found.handlers["cleanup_links"].every == written.handlers["cleanup"].every
    assert found.handlers["cleanup_links"].effects == written.handlers["cleanup"].effects
    assert (found.auth.entity, found.auth.login) == ("User", "email") if found.auth else False
    assert found.policy.performance.model_dump(exclude={"satisfies"}) == written.policy.performance.model_dump(
        exclude={"satisfies"}
    )
    assert [(r.id, r.expr) for r in found.policy.rules] == [(r.id, r.expr) for r in written.policy.rules]


def test_the_link_shortener_is_deployed_as_its_text_says() -> None:
    production = example("link-shortener").deployment.environments["production"]
    assert production.engines.store == "postgresql"
    assert production.exposure is not None
    assert (production.exposure.host, production.exposure.tls) == ("go.example.com", True)
    assert production.env == {"DATABASE_URL": SecretRef(secret="link-shortener-db/url")}


def test_one_sentence_is_enough() -> None:
    found = example("todo")
    assert found.architecture.system.name == "example"
    assert {n: list(e.fields) for n, e in found.architecture.entities.items()} == {"Todo": ["title"]}
    assert [o.route for o in found.architecture.operations.values()] == [
        "POST /todos",
        "GET /todos",
        "GET /todos/{id}",
        "PATCH /todos/{id}",
        "DELETE /todos/{id}",
    ]


@pytest.mark.parametrize("name", ["link-shortener", "todo"])
def test_an_example_compiles(name: str) -> None:
    compiles(example(name))


# requirements


def _satisfied(architecture: Architecture, plan_: Plan) -> set[str]:
    text = architecture.model_dump_json(exclude={"requirements"}) + plan_.deployment.model_dump_json()
    return {r.id for r in architecture.requirements if f'"{r.id}"' in text}


TEXTS = (
    "A to-do list API.",
    "A to-do list API. The data lives in PostgreSQL. It takes 2000 requests per second.",
    "Build me a todo API with user authentication.",
    """Anybody can paste a text and gets a 10-character key. Notes expire after 2 weeks.
    Members list and delete their own notes.""",
    "Every Monday at 6:00 drafts older than a year are deleted.",
    "A recipe has a title, a list of ingredients and a rating from 1 to 5.",
    "Signed-in users manage their own bookmarks. A bookmark has a URL, a title and an optional description.",
    "Registered users can create, view, edit and delete their own notes. Titles of notes are unique.",
    "Each task belongs to a user. A task has a due date and a done flag that starts as false.",
    "Book: title, author, ISBN (unique), price.",
    "Everyone can see all posts, newest first.",
    "Pastes live for 2 days. Invitations never expire. A session lasts 30 minutes.",
    """POST /books creates a book, requires a title and returns 201 with the id. GET /books returns all books.
    GET /books/{id} returns a book. 404 if the book does not exist. DELETE /books/{id} deletes a book and
    returns 204.""",
    "Visitors shorten a URL and get a 6-letter code. Opening `/{code}` redirects to the URL. PostgreSQL.",
)


@pytest.mark.parametrize("text", TEXTS)
def test_every_requirement_is_numbered_in_order_and_satisfied(text: str) -> None:
    found = planned(text)
    requirements = found.architecture.requirements
    assert [r.id for r in requirements] == [f"R{n}" for n in range(1, len(requirements) + 1)]
    flat = " ".join(text.split())
    assert [flat.index(r.text) for r in requirements] == sorted(flat.index(r.text) for r in requirements)
    assert _satisfied(found.architecture, found) == {r.id for r in requirements}
    assert [d.value for d in stated(found.architecture)] == [r.text for r in requirements]


@pytest.mark.parametrize("text", TEXTS)
def test_a_planned_blueprint_compiles(text: str) -> None:
    compiles(planned(text))


@pytest.mark.parametrize("text", TEXTS)
def test_planning_is_the_same_every_time(text: str) -> None:
    assert planned(text) == planned(text)


def test_requirements_have_the_line_of_their_sentence() -> None:
    found = planned("# Notes\n\nAnyone can list notes.\n\n- Notes expire\n  after 2 days.\n")
    assert [(r.text, r.line) for r in found.architecture.requirements] == [
        ("Anyone can list notes.", 3),
        ("Notes expire after 2 days.", 5),
    ]
    assert found.architecture.system.name == "notes"


# conventions and decisions


def test_every_decision_says_why() -> None:
    for text in TEXTS:
        for found in planned(text).decisions:
            assert found.because.endswith("."), found.subject
            assert found.source in {Source.DEFAULT, Source.INFERRED}


def test_a_thing_of_which_nothing_is_said_has_a_title() -> None:
    found = planned("A to-do list API.")
    assert decision(found, "entities.Todo.fields.title").source is Source.DEFAULT


def test_open_writing_is_a_decision_that_says_what_it_means() -> None:
    assert "Everybody" in decision(planned("A to-do list API."), "operations.of.Todo.access").consequence


def test_where_there_are_users_each_has_rows_of_their_own() -> None:
    found = planned("Build me a todo API with user authentication.").architecture
    assert {o.access for o in found.operations.values()} == {"user"}
    assert found.entities["Todo"].fields["owner"].to == "User"


def test_what_nobody_creates_gets_a_way_to_be_created() -> None:
    found = planned("Signed-in users list and delete their own links.")
    assert found.architecture.operations["create_link"].access == "user"
    assert decision(found, "operations.create_link").source is Source.INFERRED


def test_changing_the_rows_of_others_is_a_decision() -> None:
    found = planned("Users create links. Users delete links.")
    assert "those of others" in decision(found, "operations.delete_link.rows").consequence


def test_a_stated_length_is_no_decision_and_an_unstated_one_is() -> None:
    with_length = planned("Anyone can shorten a URL and gets a 7-character code.")
    without = planned("Anyone can shorten a URL and gets a code.")
    assert not any(d.subject.endswith(".length") for d in with_length.decisions)
    assert decision(without, "entities.Url.fields.code.length").value == "8"


def test_another_percentile_is_held_to_as_the_next_lower_one_and_says_so() -> None:
    found = planned("A to-do list API. p98 below 200 ms. p99.9 below 500 ms.")
    stated = found.architecture.policy.performance
    assert (stated.p95, stated.p99) == ("200ms", "500ms")
    assert "p98" in decision(found, "policy.performance.p95").because
    assert "p99.9" in decision(found, "policy.performance.p99").because
    compiles(found)


def test_a_service_of_which_no_reach_is_stated_stays_inside() -> None:
    found = planned("A to-do list API.")
    assert found.deployment.environments["production"].exposure is None
    assert decision(found, "environments.production.exposure").value == "none"


def test_sqlite_is_for_one_machine_and_production_has_a_database_server() -> None:
    found = planned("A to-do list API. Data in SQLite.")
    assert found.deployment.environments["production"].engines.store == "postgresql"
    assert [(d.code, str(d.span)) for d in found.diagnostics] == [("AC2058", "description.md:1:19")]
    compiles(found)


def test_replicas_carry_the_stated_load_up_to_a_limit() -> None:
    def replicas(load: str) -> int:
        found = planned(f"A to-do list API. {load}")
        return found.deployment.environments["production"].replicas["api"]

    assert replicas("99% availability.") == 2
    assert replicas("The service takes 500 requests per second.") == 2
    assert replicas("The service takes 2000 requests per second.") == 4
    assert replicas("The service takes 90000 requests per second.") == MOST_REPLICAS


def test_more_load_than_two_replicas_carry_is_a_decision_that_compiles() -> None:
    found = planned("A to-do list API. The service takes 2000 requests per second.")
    assert "2000 requests" in decision(found, "environments.production.replicas.api").because
    compiles(found)


def test_an_availability_beyond_its_parts_is_a_warning_and_a_decision() -> None:
    found = planned("A to-do list API. 99.99% availability.")
    assert [(d.code, str(d.span)) for d in found.diagnostics] == [("AC2057", "description.md:1:19")]
    assert decision(found, "policy.performance.availability").alternatives == ("99.99%",)
    compiles(found)


def test_of_two_limits_the_stricter_one_holds() -> None:
    found = planned("A to-do list API. p95 under 80 ms. p96 below 60 ms.")
    assert found.architecture.policy.performance.p95 == "60ms"
    stricter = planned("A to-do list API. p95 under 80 ms. p99 below 60 ms.").architecture.policy.performance
    assert (stricter.p95, stricter.p99) == (None, "60ms")


@pytest.mark.parametrize("thing", ["class", "select", "order", "Größe", "session", "event", "user group"])
def test_awkward_nouns_make_safe_names(thing: str) -> None:
    compiles(planned(f"Anyone can add a {thing}."))


def test_an_answer_is_a_decision_with_its_alternatives() -> None:
    reading = RulesReader().read("A pastebin where pastes expire.", file="description.md")
    found = plan(reading.answered(reading.defaults), "pastebin")
    (answer,) = (d for d in found.decisions if d.source is Source.ANSWERED)
    assert (answer.value, answer.alternatives) == ("30d", ("1d", "7d", "365d"))
    assert found.architecture.entities["Paste"].fields["expires_at"].default == "=now + 30d"
    compiles(found)


def test_what_the_reader_inferred_is_a_decision() -> None:
    found = planned("A user has an email. Usernames are unique. Signed-in users manage their own notes.")
    assert [d.value for d in found.decisions if d.subject.startswith("reading.field.of")] == ["user"]


# rows, states and limits


def test_amounts_with_fractions_are_decimals() -> None:
    found = planned("A sensor has a temperature and a phone number. Anyone can add a sensor.").architecture
    fields = found.entities["Sensor"].fields
    assert (fields["temperature"].type, fields["phone_number"].type) == ("decimal", "phone")


def test_people_who_sign_in_by_another_name_are_the_accounts() -> None:
    text = "A member has a nickname. Members write notes. Each note belongs to a member. Admins delete notes."
    found = planned(text).architecture
    assert "Member" not in found.entities
    assert "nickname" in found.entities["User"].fields
    assert found.entities["Note"].fields["owner"].to == "User"


def test_states_that_nobody_changes_have_an_operation_for_each_step() -> None:
    found = planned("An invoice goes from draft to sent, then paid. An invoice has an amount.")
    assert decision(found, "entities.Invoice.lifecycle").value == "draft -> sent -> paid"
    assert {"mark_sent_invoice", "pay_invoice"} <= set(found.architecture.operations)
    compiles(found)


def test_whoever_makes_rows_changes_the_state_of_their_own() -> None:
    text = "Employees reserve rooms. An employee can cancel a reservation. Staff confirm reservations."
    found = planned(text)
    own = "reservation.owner == caller.id"
    effects = found.architecture.operations["cancel_reservation"].effects
    assert [e.model_dump().get("require") for e in effects][1] == own
    assert "their own rows" in decision(found, "operations.cancel_reservation.rows").value
    confirm = found.architecture.operations["confirm_reservation"]
    assert own not in [e.model_dump().get("require") for e in confirm.effects]


def test_what_belongs_together_by_name_is_a_reference() -> None:
    text = "Employees reserve meeting rooms. A reservation has a room, a start and an end."
    fields = planned(text).architecture.entities["Reservation"].fields
    assert (fields["room"].type, fields["room"].to) == ("ref", "MeetingRoom")
    assert [n for n, f in fields.items() if f.to == "MeetingRoom"] == ["room"]


def test_what_clients_name_by_its_id_can_be_made_and_seen() -> None:
    found = planned("Employees reserve meeting rooms.").architecture.operations
    assert {"create_meeting_room", "list_meeting_rooms", "list_reservations"} <= set(found)
    assert "update_meeting_room" not in found


def test_rows_that_must_not_overlap_are_kept_apart() -> None:
    text = """Employees reserve rooms. A reservation has a room, a start and an end.
    Two reservations of the same room must never overlap."""
    found = planned(text)
    guards = [e.model_dump() for e in found.architecture.operations["create_reservation"].effects]
    assert guards[1]["where"] == "room == input.room && start < input.end && end > input.start"
    assert (guards[2]["require"], guards[2]["otherwise"]) == ("size(overlapping_reservations) == 0", "conflict")
    compiles(found)


def test_a_limit_per_person_is_a_guard_that_counts() -> None:
    found = planned("Members borrow books and return them. A member has at most five loans.")
    guards = [e.model_dump() for e in found.architecture.operations["create_loan"].effects]
    assert (guards[0]["where"], guards[0]["limit"]) == ("owner == caller.id && returned_at == null", 5)
    assert guards[1]["require"] == "size(known_loans) < 5"
    compiles(found)


def test_what_is_kept_for_a_time_is_deleted_at_night() -> None:
    found = planned("Anyone can add a reading. Readings are kept for 30 days.")
    handler = found.architecture.handlers["delete_old_readings"]
    assert handler.effects[0].model_dump()["where"] == "created_at <= now - 30d"
    compiles(found)


def test_what_is_never_deleted_has_no_operation_that_does() -> None:
    found = planned("An invoice has an amount. Invoices are never deleted.")
    assert "delete_invoice" not in found.architecture.operations
    assert "update_invoice" in found.architecture.operations


def test_what_closes_after_a_time_says_whether_it_has() -> None:
    found = planned("Anyone can add a poll. A poll closes after 7 days.")
    fields = found.architecture.entities["Poll"].fields
    assert (fields["closes_at"].default, fields["closed"].computed) == ("=now + 7d", "closes_at <= now")
    compiles(found)


def test_personal_data_of_which_nothing_else_is_said_is_for_those_who_sign_in() -> None:
    found = planned("A customer record has a name and an email.")
    assert found.architecture.auth is not None
    assert {str(o.access) for o in found.architecture.operations.values()} == {"user"}
    compiles(found)


def test_making_something_publishes_its_event() -> None:
    text = "Anyone can place an order. Placing an order publishes `OrderPlaced`. A worker keeps daily totals."
    found = planned(text)
    assert found.architecture.operations["create_order"].effects[-1].model_dump()["publish"] == "OrderPlaced"
    assert found.architecture.entities["DailyTotal"].unique == (("day",),)
    compiles(found)


def test_words_are_searched_in_texts_and_other_fields_are_compared() -> None:
    text = "A recipe has a title, a rating from 1 to 5. Anyone can search recipes by title or rating."
    found = planned(text).architecture.operations["list_recipes"]
    assert set(found.input) == {"q", "rating"}
    search = found.effects[0].model_dump()
    assert (search["search"], search["fields"]) == ("Recipe", ("title",))
    assert search["where"] == "(input.rating == null || rating == input.rating)"


def test_a_verb_whose_participle_is_a_stated_state_leads_there() -> None:
    text = """Tickets go from open to assigned, then closed. Agents assign tickets.
    A ticket can be reopened while it is closed."""
    lifecycle = planned(text).architecture.entities["Ticket"].lifecycle
    assert lifecycle is not None
    assert {n: (c.origins, c.to) for n, c in lifecycle.transitions.items()} == {
        "assign": (("open",), "assigned"),
        "reopen": (("closed",), "open"),
    }


def test_who_must_name_a_row_by_its_id_may_see_the_rows() -> None:
    found = planned("Employees reserve rooms. Admins manage rooms.")
    assert found.architecture.operations["list_rooms"].access == "user"
    assert "name a room" in decision(found, "operations.list_rooms.access").because
    assert found.architecture.operations["delete_room"].access == AccessRule(role="admin")


def test_what_goes_when_time_comes_takes_what_refers_to_it_along() -> None:
    text = "Operators add sensors and readings. A reading has a sensor. Sensors are kept for 30 days."
    found = planned(text)
    assert found.architecture.entities["Reading"].fields["sensor"].on_delete == "cascade"
    compiles(found)


def test_words_keep_the_names_that_the_text_gives_them() -> None:
    fields = planned("A task has an order, a class, an end and a number of pages.").architecture.entities["Task"].fields
    assert list(fields) == ["order", "class", "end", "number_of_pages"]


def test_a_state_that_narrows_a_verb_is_where_it_starts() -> None:
    text = """A job is open, delivered or accepted. Translators deliver jobs. Users accept delivered jobs.
    Users list their own jobs."""
    found = planned(text)
    lifecycle = found.architecture.entities["Job"].lifecycle
    assert lifecycle is not None and lifecycle.transitions["accept"].origins == ("delivered",)
    guards = [e.model_dump().get("require") for e in found.architecture.operations["accept_job"].effects]
    assert "job.owner == caller.id" in guards
    assert "their own rows" in decision(found, "operations.accept_job.rows").value
    compiles(found)


def test_a_file_can_be_had_again_by_whoever_sees_its_row() -> None:
    found = planned("Signed-in users manage their own notes. A note has a title and an optional photo.")
    assert found.architecture.entities["Note"].fields["photo"].type == "file"
    download = found.architecture.operations["download_note_photo"]
    assert (download.route, download.access) == ("GET /notes/{id}/photo", "user")
    assert [e.model_dump().get("require") for e in download.effects] == [
        None,
        "note.owner == caller.id",
        "note.photo != null",
    ]
    compiles(found)


def test_each_change_of_state_publishes_the_event_that_is_named_after_it() -> None:
    text = """Anyone can place an order. An order can be cancelled while it is placed.
    Each change of state publishes `OrderPlaced` or `OrderCancelled`."""
    found = planned(text)
    lifecycle = found.architecture.entities["Order"].lifecycle
    assert lifecycle is not None and lifecycle.initial == "placed"
    published = {n: o.effects[-1].model_dump().get("publish") for n, o in found.architecture.operations.items()}
    assert (published["create_order"], published["cancel_order"]) == ("OrderPlaced", "OrderCancelled")
    compiles(found)


# refusals


def test_access_by_role_is_a_guard_on_a_role_that_no_client_sets() -> None:
    found = planned("Anyone can list products.\nAdmins add products.").architecture
    role = found.entities["User"].fields["role"]
    assert (role.values, role.default, role.read_only) == (("account", "admin"), "account", True)
    assert found.operations["create_product"].access == AccessRule(role="admin")
    assert found.operations["list_products"].access == "anyone"


def test_sentences_about_the_same_rows_widen_each_other() -> None:
    text = "Customers open tickets. Customers see only their own tickets. Agents see all tickets."
    found = planned(text).architecture.operations["list_tickets"]
    assert found.effects[0].model_dump()["where"] == "(owner == caller.id || caller.role == 'agent')"


def test_a_verb_of_the_domain_leaves_a_record_and_another_ends_it() -> None:
    found = planned("Members borrow books and return them. A book has a title.").architecture
    assert {"create_loan", "return_loan"} <= set(found.operations)
    assert {"book", "owner", "returned_at"} <= set(found.entities["Loan"].fields)


def test_a_change_of_state_is_held_to_the_states_that_the_text_gives() -> None:
    text = (
        "An order goes from new to paid, then shipped. Clerks ship orders. An order can be cancelled while it is new."
    )
    found = planned(text).architecture
    assert found.entities["Order"].fields["status"].values == ("new", "paid", "shipped", "cancelled")
    lifecycle = found.entities["Order"].lifecycle
    assert lifecycle is not None and lifecycle.initial == "new"
    assert {n: (c.origins, c.to) for n, c in lifecycle.transitions.items()} == {
        "ship": (("paid",), "shipped"),
        "cancel": (("new",), "cancelled"),
    }
    assert found.operations["ship_order"].effects[-1] == Transition(transition="order", to="ship")
    assert found.operations["ship_order"].access == AccessRule(role="clerk")


@pytest.mark.parametrize(
    "text",
    [
        "A to-do list API. Redis.",
        "A to-do list API. Data in MySQL.",
        "A to-do list API. Guests cannot delete todos.",
        "POST /quizzes creates a quiz. Request body: { quizTitle: string, quiz_text: string }.",
        "POST /quizzes creates a quiz. 201 response: { colour: string }.",
        "The total of an invoice is the sum of its lines. An invoice has a number.",
    ],
)
def test_what_is_understood_but_has_no_place_is_refused(text: str) -> None:
    found = refused(text)
    assert {d.code for d in found} == {"AC2001"}
    assert all(d.span and d.help and d.rule for d in found)


def test_a_code_that_can_be_guessed_is_refused() -> None:
    (found,) = refused("Anyone can shorten a URL and gets a 2-character code.")
    assert (found.code, str(found.span)) == ("AC2002", "description.md:1:1")


def test_an_event_that_nothing_publishes_is_refused() -> None:
    (found,) = refused("A to-do list API. A download publishes `Downloaded`.")
    assert (found.code, str(found.span)) == ("AC2003", "description.md:1:19")


def test_a_text_without_a_service_is_refused() -> None:
    (found,) = refused("99.9% availability.")
    assert (found.code, str(found.span)) == ("AC2004", "description.md:1:1")


def test_an_operation_against_a_rule_of_the_text_is_refused() -> None:
    found = refused("Anyone can delete notes. Nobody deletes a note without signing in.")
    assert [(d.code, str(d.span)) for d in found] == [("AC2005", "description.md:1:26")]


def test_prose_never_reaches_an_expression() -> None:
    hostile = "Anyone can add a x' || true || '."
    reading = RulesReader().read(hostile, file="description.md")
    for option in (o for q in reading.questions for o in q.options):
        for fact in option.facts:
            assert all(str(v).isalpha() for v in fact.values.values())
    assert not reading.facts


def test_a_broker_that_the_text_names_carries_the_events() -> None:
    text = (EXAMPLES / "link-shortener.md").read_text(encoding="utf-8")
    found = planned(
        text.replace("The data lives in PostgreSQL.", "The data lives in PostgreSQL. It uses NATS for events.")
    )
    production = found.deployment.environments["production"]
    assert production.engines.broker == "nats"
    assert production.env["BROKER_URL"] == SecretRef(secret="link-shortener-broker/url")
    assert found.deployment.environments["development"].engines.broker == "store"
    assert [d.code for d in refused("Anyone can add a note. It uses Kafka for events.")] == ["AC2001"]


def test_a_number_of_things_is_never_negative() -> None:
    found = planned("A room has a name and a number of seats. Anyone can create rooms and list them.")
    assert found.architecture.entities["Room"].fields["number_of_seats"].min == 0
    assert "entities.Room.fields.number_of_seats.min" in [d.subject for d in found.decisions]

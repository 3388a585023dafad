"""Facts become a blueprint; what nobody stated is a decision; what has no place is refused with its sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from autocoder.blueprint.format import format_architecture, format_deployment
from autocoder.blueprint.load import load_architecture, load_deployment
from autocoder.blueprint.model import Architecture, SecretRef
from autocoder.compilation import Sources, compile_sources
from autocoder.decisions import Decision, Source
from autocoder.diagnostics import Diagnostic, StageFailed
from autocoder.planning import Plan, plan
from autocoder.planning.plan import stated
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


def test_another_percentile_is_held_to_as_the_95th_and_says_so() -> None:
    found = planned("A to-do list API. p99 below 200 ms.")
    assert found.architecture.policy.performance.p95 == "200ms"
    assert "p99" in decision(found, "policy.performance.p95").because


def test_a_service_of_which_no_reach_is_stated_stays_inside() -> None:
    found = planned("A to-do list API.")
    assert found.deployment.environments["production"].exposure is None
    assert decision(found, "environments.production.exposure").value == "none"


def test_sqlite_has_one_replica_and_no_secret() -> None:
    production = planned("A to-do list API. Data in SQLite.").deployment.environments["production"]
    assert (production.engines.store, production.replicas, production.env) == ("sqlite", {"api": 1}, {})


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


# refusals


def test_access_by_role_is_a_guard_on_a_role_that_no_client_sets() -> None:
    found = planned("Anyone can list products.\nAdmins add products.").architecture
    role = found.entities["User"].fields["role"]
    assert (role.values, role.default, role.read_only) == (("account", "admin"), "account", True)
    guard = found.operations["create_product"].effects[0]
    assert guard.model_dump()["require"] == "caller.role == 'admin'"
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
    ship = [e.model_dump().get("require") for e in found.operations["ship_order"].effects]
    assert "order.status == 'paid'" in ship
    cancel = [e.model_dump().get("require") for e in found.operations["cancel_order"].effects]
    assert "order.status == 'new'" in cancel


@pytest.mark.parametrize(
    "text",
    [
        "A to-do list API. Redis.",
        "A to-do list API. Data in MySQL.",
        "A to-do list API. Guests cannot delete todos.",
        "POST /quizzes creates a quiz. Request body: { quizTitle: string, quiz_text: string }.",
        "POST /quizzes creates a quiz. 201 response: { colour: string }.",
        "A note has a photo.",
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

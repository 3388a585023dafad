"""What becomes of a sentence: facts, a question, or a diagnostic; never silence."""

from __future__ import annotations

import time

import pytest

from autocoder.diagnostics import Diagnostic
from autocoder.facts import Fact, Via
from autocoder.readers.explain import explain
from autocoder.readers.protocol import Outcome, Reading, Taken
from autocoder.readers.rules import RulesReader


def read(text: str) -> Reading:
    return RulesReader().read(text, file="description.md")


def values(facts: tuple[Fact, ...]) -> list[tuple[str, dict[str, object]]]:
    return [(f.kind, dict(f.values)) for f in facts]


def only(reading: Reading) -> Diagnostic:
    assert len(reading.diagnostics) == 1
    return reading.diagnostics[0]


# diagnostics


def test_a_sentence_nobody_understands_is_reported_with_its_place_and_a_form_that_works() -> None:
    found = only(read("# Notes\n\nNotes dance under moonlight.\n"))
    assert (found.code, str(found.span), found.value) == (
        "AC1001",
        "description.md:3:1",
        "Notes dance under moonlight.",
    )
    assert found.help.startswith('say it like "')


def test_a_clause_that_is_not_understood_is_reported_beside_one_that_is() -> None:
    reading = read("Links expire after 30 days; unicorns graze.")
    assert values(reading.facts) == [("lifecycle", {"entity": "link", "after": "30d", "state": "expired"})]
    found = only(reading)
    assert (found.code, str(found.span)) == ("AC1002", "description.md:1:29")
    assert "unicorns graze" in found.message


def test_a_code_block_is_reported() -> None:
    found = only(read("A to-do list API.\n\n```sql\nDROP TABLE todo;\n```\n"))
    assert (found.code, str(found.span)) == ("AC1003", "description.md:3:1")


def test_a_sentence_without_end_is_reported() -> None:
    found = only(read("Users list " + "notes and " * 150 + "links."))
    assert (found.code, str(found.span)) == ("AC1004", "description.md:1:1")


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Links expire after 30 days. Links expire after 2 weeks.", "lifecycle.after"),
        ("Links never expire. Links expire after 30 days.", "lifecycle.after"),
        ("Data lives in PostgreSQL. The service uses SQLite.", "storage.engine"),
        ("The service is internal. It is public on the internet.", "exposure.public"),
        ("p95 under 50 ms. p95 below 200 ms.", "quality.value"),
        ("A note has a title from 1 to 5. Titles are at most 9 characters long.", "field.max"),
    ],
)
def test_a_contradiction_shows_both_quotes(text: str, subject: str) -> None:
    found = next(d for d in read(text).diagnostics if d.code == "AC1005")
    first, second = text.split(". ", 1)
    assert found.subject == subject
    assert first in found.message and second in found.message
    assert found.notes[0].span is not None and found.notes[0].span.column < (found.span.column if found.span else 0)


def test_the_same_thing_said_twice_is_no_contradiction() -> None:
    assert not read("Links expire after 14 days. Links expire after 2 weeks.").diagnostics


# restrictions


@pytest.mark.parametrize(
    "text",
    [
        "Anyone can read notes except guests.",
        "Users delete notes unless somebody objects.",
        "Links expire after 30 days without notice.",
        "Users list at most their own notes.",
        "Anyone can shorten a URL once.",
        "Only on Sundays users delete notes.",
        "Users can delete notes until midnight.",
        "Signed-in users delete their own notes but not drafts.",
        "Every night at 02:00 old and unused links are deleted.",
        "Anyone can read the newest notes.",
        "Every night at 02:00 the oldest links are deleted.",
        "Links expire after 30 days or 100 clicks.",
        "Anyone can read notes of others.",
        "Anyone can shorten a URL twice.",
    ],
)
def test_a_word_that_narrows_what_was_said_never_leaves_a_silent_fact(text: str) -> None:
    reading = read(text)
    assert not reading.facts
    assert reading.questions or reading.diagnostics


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Every night at 02:00 unpaid orders are deleted.", "unpaid"),
        ("Anyone can read published posts.", "published"),
        ("Editors cannot change archived posts.", "archived"),
    ],
)
def test_a_state_that_narrows_what_was_said_is_a_slot_of_the_fact(text: str, state: str) -> None:
    (fact,) = read(text).facts
    assert fact.word("state") == state


def test_a_case_in_which_something_may_not_be_done_is_a_slot_of_the_fact() -> None:
    (fact,) = read("Users delete notes unless a note is locked.").facts
    assert fact.get("unless") == ("locked",)


def test_what_opens_a_list_states_its_own_fact_once() -> None:
    reading = read("Hosts create shows with:\n\n- a title\n- a venue\n")
    assert [f.kind for f in reading.facts] == ["operation", "field", "field"]
    assert not reading.diagnostics


def test_a_heading_with_a_route_names_no_system() -> None:
    reading = read("# POST /boxes\n\nStores a box.\n")
    assert [f.kind for f in reading.facts] == ["operation", "operation"]


def test_a_role_in_a_name_of_code_is_read() -> None:
    assert [f.word("role") for f in read("An aAdjuster approves claims.").facts] == ["aAdjuster"]


def test_a_possessor_behind_a_role_leaves_the_role_its_name() -> None:
    read("- mongEditors # hrough the company's OpAl`ParcelScanned`lenID Connect** provider.")


def test_what_stands_in_code_marks_is_a_field_only_where_it_is_a_name() -> None:
    named = [
        f.word("name") for f in read('GET /health returns 200 with `{"status": "ok"}`.').facts if f.kind == "field"
    ]
    assert set(named) <= {"status"}


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("Responses: 200 with the vote, 404 unknown poll, 422 invalid choice.", ["", "missing", "invalid"]),
        (
            "Returns 201, 401 without a valid key and 409 if the user has already voted.",
            ["", "unauthenticated", "conflict"],
        ),
        ("429 when the limit is exceeded.", ["limited"]),
    ],
)
def test_the_reason_behind_a_status_is_read(text: str, reasons: list[str]) -> None:
    _, *facts = read(f"POST /votes records a vote. {text}").facts
    assert [f.word("error_when") for f in facts] == reasons


def test_what_stands_behind_a_field_is_said_of_that_field_alone() -> None:
    reading = read("POST /books adds a book. The body must include `isbn` (string); `note` (string) is optional.")
    required = {f.word("name"): f.get("required") for f in reading.facts if f.kind == "field"}
    assert required == {"isbn": True, "note": False}


def test_whoever_may_call_an_endpoint_is_told_of_that_endpoint() -> None:
    *_, fact = read("POST /books adds a book. Only librarians may call it.").facts
    assert (fact.word("path"), fact.word("role"), fact.get("verb")) == ("/books", "librarian", None)


def test_whoever_runs_the_service_is_no_role_of_it() -> None:
    assert not read("A car rental company rents cars to its customers.").facts


def test_a_question_offers_the_sentence_without_the_words_and_its_answer_gives_the_facts() -> None:
    reading = read("Anyone can read notes except guests.")
    question = reading.questions[0]
    assert "except guests" in question.text
    assert question.default is None
    answered = reading.answered({question.id: "nothing"})
    assert not answered.questions
    assert [f.word("object") for f in answered.facts] == ["note"]
    assert not reading.answered({question.id: "leave-out"}).facts


def test_an_unknown_answer_leaves_the_question_open() -> None:
    reading = read("Anyone can read notes except guests.")
    assert reading.answered({reading.questions[0].id: "maybe", "other": "nothing"}).questions == reading.questions


def test_the_id_of_a_question_does_not_depend_on_where_its_sentence_stands() -> None:
    alone = read("Anyone can read notes except guests.").questions[0]
    later = read("# Notes\n\nA note has a title. Anyone can read notes\nexcept guests.").questions[0]
    assert alone.id == later.id


@pytest.mark.parametrize("text", ["Links do not expire.", "Users cannot delete notes.", "Nobody may delete notes."])
def test_a_negation_is_never_read_as_its_opposite(text: str) -> None:
    for fact in read(text).facts:
        assert fact.get("never") is True or fact.get("allowed") is False


# words


def test_every_word_is_accounted_for_and_none_twice() -> None:
    text = "Anyone can shorten a URL and also gets a 7-character code for fun."
    reading = read(text)
    words = [w for s in reading.sentences for w in s.words]
    assert [w.span.text for w in words] == [w.strip(".") for w in text.split()]
    assert all(bool(w.by) == (w.taken is not Taken.UNREAD) for w in words)


def test_a_word_counts_as_taken_only_by_a_fact_or_a_named_filler() -> None:
    sentence = read("The service also uses PostgreSQL.").sentences[0]
    assert {w.span.text: (str(w.taken), w.by) for w in sentence.words} == {
        "The": ("fact", "storage"),
        "service": ("fact", "storage"),
        "also": ("filler", "adverb without effect"),
        "uses": ("fact", "storage"),
        "PostgreSQL": ("fact", "storage"),
    }


def test_a_sentence_of_fillers_alone_is_not_passed_over() -> None:
    reading = read("The and also.")
    assert not reading.facts
    assert only(reading).code == "AC1001"


def test_a_heading_inside_the_text_needs_no_fact() -> None:
    assert [s.outcome for s in read("# Notes\n\nA to-do list API.\n\n## Storage\n\nPostgreSQL.").sentences] == [
        Outcome.FACTS,
        Outcome.FACTS,
        Outcome.FILLER,
        Outcome.FACTS,
    ]


def test_slots_say_how_they_were_got() -> None:
    facts = read("A click publishes `LinkClicked`; a worker keeps daily totals per link.").facts
    subscription = facts[1]
    assert subscription.slots["per"].via is Via.VERBATIM
    assert subscription.slots["period"].via is Via.LEXICON
    assert subscription.slots["event"].via is Via.CONTEXT
    assert subscription.slots["event"].span.text == "`LinkClicked`"


def test_a_purpose_is_taken_as_documentation_only_where_the_text_says_it_again() -> None:
    said = "A service that shortens URLs.\n\nAnyone can shorten a URL and gets a 7-character code."
    assert not read(said).diagnostics
    assert read("A service that shortens URLs.").diagnostics or read("A service that shortens URLs.").questions


@pytest.mark.parametrize(
    ("phrase", "cron"),
    [
        ("Every night at 02:00", "0 2 * * *"),
        ("Each night", "0 2 * * *"),
        ("Every Monday at 6:00", "0 6 * * 1"),
        ("Daily at 3 am", "0 3 * * *"),
        ("Every day at 11:30 pm", "30 23 * * *"),
        ("At midnight every day", "0 0 * * *"),
        ("Every 15 minutes", "*/15 * * * *"),
        ("Hourly", "0 * * * *"),
        ("Every 6 hours", "0 */6 * * *"),
        ("On the first day of every month at 04:15", "15 4 1 * *"),
        ("Once a day", "0 0 * * *"),
        ("On Sundays at 12 am", "0 0 * * 0"),
    ],
)
def test_schedules_become_cron_lines(phrase: str, cron: str) -> None:
    assert [f.word("cron") for f in read(f"{phrase}, expired links are deleted.").facts] == [cron]


@pytest.mark.parametrize("phrase", ["Every 45 minutes", "Every 7 hours", "At 25:00 every day", "Every 10 days"])
def test_a_schedule_that_cron_cannot_say_is_not_bent(phrase: str) -> None:
    reading = read(f"{phrase}, expired links are deleted.")
    assert not reading.facts
    assert reading.questions or reading.diagnostics


def test_reading_is_the_same_every_time() -> None:
    text = "Anyone can shorten a URL and gets a 7-character code. Links expire after 30 days."
    assert read(text) == read(text)


def test_the_example_is_read_within_a_second() -> None:
    from pathlib import Path

    text = (Path(__file__).parents[2] / "examples" / "link-shortener.md").read_text(encoding="utf-8")
    start = time.perf_counter()
    read(text)
    assert time.perf_counter() - start < 1


def test_explain_shows_each_sentence_with_what_came_of_it() -> None:
    text = explain(read("Links expire after 30 days; unicorns graze. Anyone can read notes except guests."))
    assert text.splitlines() == [
        "description.md:1:1  [partly understood]  Links expire after 30 days; unicorns graze.",
        "    lifecycle: entity=link, after=30d (lexicon), state=expired (lexicon)",
        "    not understood: unicorns, graze",
        "description.md:1:45  [question]  Anyone can read notes except guests.",
        "    not understood: except, guests",
        (
            'description.md:1:67  [open question restriction-5dce3abf]  What does "except guests" change in '
            '"Anyone can read notes except guests."?'
        ),
        (
            "    nothing: Nothing: take the sentence without these words. "
            "The facts of the rest of the sentence hold without that restriction."
        ),
        "    leave-out: Leave the whole sentence out. Nothing is built from the sentence.",
    ]


def test_explain_makes_control_characters_visible() -> None:
    assert "\x1b" not in explain(read("Notes \x1b[31mdance\x1b[0m."))


@pytest.mark.parametrize("title", ["Order service", "Order worker", "Orders"])
def test_states_below_a_heading_that_names_the_system_are_those_of_what_the_text_is_at(title: str) -> None:
    text = f"""# {title}

    - An order has a list of lines (SKU, quantity), a status and a total.
    - States: placed -> paid -> shipped; an order can be cancelled while it is placed or paid."""
    told = [f for f in read(text).facts if f.get("states") or f.get("values")]
    assert [(f.kind, f.word("entity")) for f in told] == [("lifecycle", "order")]


@pytest.mark.parametrize("text", ["Is pending at first.", "Hidden at first.", "Became paid at first."])
def test_a_state_of_nothing_is_no_fact(text: str) -> None:
    assert not RulesReader().read(text, file="t.md").facts


@pytest.mark.parametrize(
    "text",
    [
        "Users can send messages, at most 3 per hour.",
        "Each user may send at most 3 messages per hour.",
        "Max 3 per hour.",
    ],
)
def test_a_limit_on_what_people_do_is_no_load_and_no_limit_on_requests(text: str) -> None:
    reading = read(text)
    assert not [f for f in reading.facts if f.kind in {"quality", "policy"}]
    assert reading.questions or reading.diagnostics


def test_a_number_that_names_something_is_a_text() -> None:
    facts = read("A company has a VAT number, a floor number and a phone number.").facts
    assert [f.word("type") for f in facts] == ["text", "integer", "phone"]


def test_a_calculator_for_something_is_given_it() -> None:
    (fact,) = read("Discount calculator for a cart total and a customer level.").facts
    assert (fact.word("does"), fact.get("inputs")) == ("compute", ("cart total", "customer level"))

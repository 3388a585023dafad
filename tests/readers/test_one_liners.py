"""One-liners are written out as sentences that the reader reads; what they stand for is known of its service."""

import pytest

from autocoder.planning import plan
from autocoder.readers.protocol import Outcome, Reading
from autocoder.readers.rules import RulesReader
from autocoder.readers.rules.lexicon.services import ACTIVITIES, FEATURES, SERVICES


def read(text: str) -> Reading:
    return RulesReader().read(text, file="one-liner.md")


def entities(text: str) -> dict[str, list[str]]:
    found = plan(read(text), "service").architecture
    return {name: list(e.fields) for name, e in found.entities.items()}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_of_the_lexicon_is_understood_and_planned_whole(name: str) -> None:
    text = f"A {name} API."
    reading = read(text)
    assert {s.outcome for s in reading.sentences} <= {Outcome.FACTS, Outcome.FILLER}, reading.diagnostics
    found = plan(reading, "service")
    assert not found.diagnostics
    assert found.architecture.operations


@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_of_the_lexicon_is_understood(feature: str) -> None:
    thing = "A URL shortener" if "click" in feature else "Recipes"
    reading = read(f"{thing} with {feature}.")
    assert not [w for s in reading.sentences for w in s.unread]


@pytest.mark.parametrize("activity", ACTIVITIES)
def test_an_activity_is_done_with_its_things(activity: str) -> None:
    reading = read(f"Bicycle {activity}.")
    assert [f.word("object") for f in reading.facts if f.kind == "operation"] == ["bicycle"]


def test_what_a_one_liner_is_taken_to_mean_is_a_decision() -> None:
    found = plan(read("A pastebin where pastes live for 2 weeks."), "service")
    means = [d.value for d in found.decisions if d.subject.startswith("reading.line1.means")]
    assert means == ["A paste has a text, an optional title and an optional language."]


def test_its_facts_rest_on_the_sentence_and_never_claim_its_words() -> None:
    reading = read("A guestbook.")
    assert {f.evidence[0].text for f in reading.facts} == {"A guestbook."}
    said = {s.value: s.via for f in reading.facts for s in f.slots.values()}
    assert said["message"] == "lexicon"


def test_things_in_a_list_are_kept_each_by_itself() -> None:
    assert list(entities("Bike rental: bikes, stations, rides.")) == ["Bike", "Station", "Ride"]


def test_values_in_a_list_are_fields() -> None:
    assert entities("Guestbook API: name, message, date.") == {"GuestbookEntry": ["name", "message", "date"]}


def test_a_relative_clause_says_what_is_done_with_the_things() -> None:
    reading = read("Invoices that a manager approves or rejects.")
    assert [(f.word("role"), f.word("verb"), f.word("object")) for f in reading.facts if f.kind == "operation"] == [
        ("manager", "approve", "invoice"),
        ("manager", "reject", "invoice"),
    ]


def test_a_count_joins_the_visit_that_redirects() -> None:
    found = plan(read("A URL shortener with click counts."), "service").architecture
    assert [o.route for o in found.operations.values()].count("GET /{code}") == 1
    assert len(found.operations["follow"].effects) == 2


def test_a_part_that_stands_for_nothing_is_reported_by_its_own_words() -> None:
    reading = read("Gift cards with a frobnicated balance beyond repair, unless somebody objects.")
    assert reading.diagnostics or reading.questions


def test_a_sentence_that_is_understood_as_it_stands_stays_as_it_is() -> None:
    reading = read("A user can vote once per poll.")
    assert not any(s.written for s in reading.sentences)


def test_a_text_of_several_sentences_says_by_itself_what_it_is_about() -> None:
    text = "A guestbook. An entry has a name. An entry has a message. Anyone can add an entry. Anyone can list entries."
    assert not any(s.written for s in read(text).sentences)


def test_words_of_another_language_are_no_headline() -> None:
    reading = read("Eine Liste aller Bücher.")
    assert not any(s.written for s in reading.sentences)

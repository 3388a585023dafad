"""One question about everything that a build would leave out."""

from __future__ import annotations

import pytest

from autocoder.diagnostics import StageFailed
from autocoder.planning import proposal
from autocoder.readers.protocol import Reading

ODD = "A to-do list API.\n\nThe flux wobbles backwards. Data is kept in MongoDB.\n"


def read(text: str) -> Reading:
    return proposal.read(text, file="description.md")


def test_what_is_not_understood_and_what_has_no_place_is_one_question_without_a_default() -> None:
    (question,) = read(ODD).questions
    assert question.id.startswith("left-out-") and question.default is None
    assert [q.text for q in question.about] == ["The flux wobbles backwards.", "Data is kept in MongoDB."]


def test_until_it_is_answered_nothing_is_planned_and_each_sentence_is_named() -> None:
    with pytest.raises(StageFailed) as failed:
        proposal.settle(read(ODD), {})
    assert failed.value.exit_code == 2
    assert {"AC1001", "AC2001", "AC2050"} == {d.code for d in failed.value.diagnostics}


def test_its_answer_builds_the_rest_and_is_a_decision_for_each_sentence() -> None:
    reading = read(ODD)
    plan = proposal.propose(proposal.settle(reading, {reading.questions[0].id: "build-without"}), "todo")
    left = {d.value for d in plan.decisions if d.subject.startswith("left_out.")}
    assert left == {"The flux wobbles backwards.", "Data is kept in MongoDB."}
    assert "create_todo" in plan.architecture.operations


def test_another_sentence_is_another_question() -> None:
    assert read(ODD).questions[0].id != read(ODD + "\nMoons dance.").questions[0].id


def test_a_text_that_says_nothing_to_build_ends_in_one_question() -> None:
    (question,) = read("Make it fast.").questions
    assert question.id.startswith("purpose-") and not question.options


def test_a_contradiction_cannot_be_left_out() -> None:
    with pytest.raises(StageFailed) as failed:
        proposal.settle(read("Pastes expire after 3 days. Pastes never expire. The flux wobbles."), {})
    assert failed.value.exit_code == 1

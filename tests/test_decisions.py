"""Decisions are keyed on what they decide; `decisions.yaml` is read strictly."""

from __future__ import annotations

import json

import pytest

from autocoder.decisions import Decision, Source, as_json, load
from autocoder.diagnostics import StageFailed

DECISION = Decision(subject="a.b", value="1", source=Source.DEFAULT, because="why")


def test_the_id_changes_with_subject_and_value_and_not_with_the_reason() -> None:
    reworded = Decision(subject="a.b", value="1", source=Source.INFERRED, because="other words")
    other_value = Decision(subject="a.b", value="2", source=Source.DEFAULT, because="why")
    other_subject = Decision(subject="a.c", value="1", source=Source.DEFAULT, because="why")
    assert DECISION.id == reworded.id
    assert len({DECISION.id, other_value.id, other_subject.id}) == 3


def test_subject_and_value_cannot_be_shifted_into_each_other() -> None:
    one = Decision(subject="a", value="bc", source=Source.DEFAULT, because="")
    two = Decision(subject="ab", value="c", source=Source.DEFAULT, because="")
    assert one.id != two.id


def test_decisions_go_to_json_and_back() -> None:
    assert [Decision.from_data(d) for d in json.loads(as_json((DECISION,)))] == [DECISION]


def test_json_with_the_id_of_another_value_is_rejected() -> None:
    with pytest.raises(ValueError, match="is not about"):
        Decision.from_data(DECISION.as_data() | {"value": "2"})


def test_answers_approvals_and_waivers_are_read_with_their_places() -> None:
    text = f"""schema_version: "1.0.0"
answers:
  restriction-1234: nothing
approvals:
  - {{decision: {DECISION.id}, by: owner@example.com}}
waivers:
  - rule: AC5001
    path: deployments/Dockerfile
    owner: owner@example.com
    reason: base image is approved elsewhere
    expires: 2031-01-31
"""
    found = load(text, file="decisions.yaml")
    assert found.answers == {"restriction-1234": "nothing"}
    assert found.answer_spans["restriction-1234"].line == 3
    assert found.approved(DECISION)
    assert not found.approved(Decision(subject="a.b", value="2", source=Source.DEFAULT, because="why"))
    assert [(w.rule, w.expires, w.span.line if w.span else 0) for w in found.waivers] == [("AC5001", "2031-01-31", 7)]


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "answers: {}\n"])
def test_an_empty_file_decides_nothing(text: str) -> None:
    found = load(text, file="decisions.yaml")
    assert (found.answers, found.approvals, found.waivers) == ({}, (), ())


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("aproved: []\n", 1, 1, "no such key"),
        ("answers:\n  - a\n", 1, 1, "a mapping"),
        ("answers:\n  q: 3\n", 2, 3, "is text"),
        ("approvals: yes please\n", 1, 1, "a list"),
        ("approvals:\n  - {decision: 1}\n", 2, 5, "must not be empty"),
        ("approvals:\n  - {decision: a, by: b, on: c}\n", 2, 26, "no such key"),
        ("waivers:\n  - {rule: a, path: b, owner: c, reason: d, expires: soon}\n", 2, 5, "YYYY-MM-DD"),
        ("waivers:\n  - {rule: a, path: b, owner: '', reason: d, expires: 2030-01-01}\n", 2, 5, "must not be empty"),
        ("answers: [\n", 2, 1, "YAML"),
        ("- a\n", 1, 1, "mapping"),
        ("answers: {a: b, a: c}\n", 1, 17, "YAML"),
    ],
)
def test_a_mistake_is_an_error_at_its_place(text: str, line: int, column: int, message: str) -> None:
    with pytest.raises(StageFailed) as failed:
        load(text, file="decisions.yaml")
    found = failed.value.diagnostics[0]
    assert found.code == "AC2006"
    assert found.span is not None
    assert (found.span.file, found.span.line, found.span.column) == ("decisions.yaml", line, column)
    assert message in found.message

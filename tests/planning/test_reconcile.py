"""A plan and a hand-edited blueprint become one: no edit is lost, no change is missed, no choice is made in silence."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from autocoder.blueprint.format import format_architecture, plain_data
from autocoder.blueprint.load import load_architecture
from autocoder.blueprint.merge import MISSING, merged_lists, renumbering
from autocoder.blueprint.model import Architecture
from autocoder.decisions import Decision, Source
from autocoder.diagnostics import StageFailed
from autocoder.planning.reconcile import Choices, Reconciled, Reconciliation, summary
from tests.compiling import FIXTURES

EXAMPLE = load_architecture(
    (FIXTURES / "language_example" / "architecture.yaml").read_text(encoding="utf-8"), file="architecture.yaml"
).model
BASE = plain_data(EXAMPLE)


def text_of(data: dict[str, Any]) -> str:
    return format_architecture(Architecture.model_validate(data))


def reconciled(base: str, hand: str, plan: str, **choices: tuple[str, ...]) -> Reconciled:
    decisions = (Decision(subject="entities.Link.fields.clicks", value="x", source=Source.DEFAULT, because="Why not."),)
    return Reconciliation(
        load=load_architecture,
        file="architecture.yaml",
        base=base,
        hand=hand,
        plan=plan,
        choices=Choices(**choices),
        decisions=decisions,
    ).run()


def data_of(text: str) -> dict[str, Any]:
    found: dict[str, Any] = plain_data(load_architecture(text, file="a.yaml").model)
    return found


# A law over random edits.


def leaves(data: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(data, dict) and data:
        for key, value in data.items():
            yield from leaves(value, (*path, key))
    else:
        yield path


def at(data: Any, path: tuple[str, ...]) -> Any:
    for part in path:
        if not isinstance(data, dict) or part not in data:
            return MISSING
        data = data[part]
    return data


PLACES = sorted(
    path[:cut]
    for path in leaves(
        {key: BASE[key] for key in ("system", "auth", "entities", "events", "operations", "handlers", "policy")}
    )
    for cut in range(2, len(path) + 1)
    if "satisfies" not in path
)
EDIT = st.tuples(
    st.sampled_from(sorted(set(PLACES))),
    st.sampled_from(["delete", "change", "copy", "append"]),
    st.integers(0, 3),
)


def edited(data: dict[str, Any], edits: list[tuple[tuple[str, ...], str, int]]) -> dict[str, Any]:
    """The data after each edit that leaves it a blueprint."""
    for path, what, number in edits:
        new = copy.deepcopy(data)
        parent = at(new, path[:-1])
        if not isinstance(parent, dict) or path[-1] not in parent:
            continue
        value = parent[path[-1]]
        if what == "delete":
            del parent[path[-1]]
        elif what == "copy":
            parent[f"{path[-1]}{number}"] = copy.deepcopy(value)
        elif isinstance(value, list) and what == "append":
            value.insert(number, {"compute": {f"n{number}": "1"}})
        elif isinstance(value, str):
            parent[path[-1]] = ["text", "integer", "DELETE /x", "user"][number]
        try:
            data = plain_data(Architecture.model_validate(new))
        except ValidationError:
            continue
    return data


def commented(text: str, lines: list[int]) -> tuple[str, list[str]]:
    """The text with comments above and behind some lines."""
    rows, notes = text.splitlines(), []
    for line in sorted(set(lines), reverse=True):
        at_line = 1 + line % (len(rows) - 1)
        indent = len(rows[at_line]) - len(rows[at_line].lstrip())
        notes.append(f"note {line}")
        if line % 2:
            rows.insert(at_line, " " * indent + f"# note {line}")
        else:
            rows[at_line] += f"  # note {line}"
    return "\n".join(rows) + "\n", notes


@pytest.mark.slow
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(EDIT, max_size=4), st.lists(EDIT, max_size=4), st.lists(st.integers(0, 200), max_size=5))
def test_no_edit_is_lost_and_no_change_is_missed(mine: list[Any], planned: list[Any], notes: list[int]) -> None:
    base, hand, plan = BASE, edited(BASE, mine), edited(BASE, planned)
    written, comments = commented(text_of(hand), notes)
    found = reconciled(text_of(base), written, text_of(plan))
    if found.diagnostics:
        for conflict in found.diagnostics:
            path = tuple(conflict.subject.split("."))
            if "comment" not in conflict.message and "effects" not in path:
                assert len({json.dumps(at(s, path), default=str) for s in (base, hand, plan)}) > 1, conflict
        assert found.text == written
        return
    merged = data_of(found.text)
    assert all(comment in found.text for comment in comments)
    for path in {*leaves(base), *leaves(hand), *leaves(plan)}:
        b, h, p, m = (at(side, path) for side in (base, hand, plan, merged))
        if any(isinstance(value, dict) and value for value in (b, h, p)):
            continue
        if h == b:
            assert m == p, path
        elif p in (b, h):
            assert m == h, path
        else:
            assert isinstance(m, list) and all(i in m for i in h if i not in b) and all(i in m for i in p if i not in b)


@settings(max_examples=150)
@given(*[st.lists(st.integers(0, 5), max_size=6)] * 3)
def test_merging_lists_agrees_with_taking_the_side_that_changed(
    base: list[int], hand: list[int], plan: list[int]
) -> None:
    assert merged_lists(base, hand, base) == hand
    assert merged_lists(base, base, plan) == plan
    assert merged_lists(base, hand, hand) == hand
    both = merged_lists(base, hand, plan)
    if both is not None:
        assert both == merged_lists(base, plan, hand)
        assert all(both.count(i) > 0 for i in hand if i not in base)


def test_layout_and_order_of_what_did_not_change_stay() -> None:
    hand = (FIXTURES / "language_example" / "architecture.yaml").read_text(encoding="utf-8")
    plan = copy.deepcopy(BASE)
    plan["operations"]["shorten"]["access"] = "user"
    plan["entities"]["Link"]["fields"]["note"] = "text"
    found = reconciled(text_of(BASE), hand, text_of(plan))
    before, after = hand.splitlines(), found.text.splitlines()
    new = [line for line in after if line not in before]
    assert [line.split("#")[0].strip() for line in new] == ["note: text", "access: user"]
    assert summary(found.changes) == [
        "+ entities.Link.fields.note: text",
        "~ operations.shorten.access: user? -> user",
    ]


# Conflicts.


def conflicting() -> tuple[str, str, str]:
    mine, plan = copy.deepcopy(BASE), copy.deepcopy(BASE)
    mine["operations"]["follow"]["route"] = "GET /go/{code}"
    plan["operations"]["follow"]["route"] = "GET /to/{code}"
    return (
        text_of(BASE),
        text_of(mine).replace("  follow:\n", "  # our marketing asked for it\n  follow:\n"),
        text_of(plan),
    )


def test_a_conflict_has_its_place_and_both_sides_with_both_reasons() -> None:
    base, hand, plan = conflicting()
    [conflict] = reconciled(base, hand, plan).diagnostics
    lines = hand.splitlines()
    assert (conflict.code, conflict.subject, conflict.value) == ("AC2052", "operations.follow.route", "GET /go/{code}")
    assert conflict.span and "GET /go" in lines[conflict.span.line - 1]
    notes = [note.message for note in conflict.notes]
    assert notes[0] == "before:   GET /{code}"
    assert notes[1].startswith("yours:    GET /go/{code}")
    assert notes[2].startswith("the text: GET /to/{code}  (R2, line 4:")


@pytest.mark.parametrize(("side", "route"), [("keep", "GET /go/{code}"), ("take", "GET /to/{code}")])
def test_a_choice_settles_a_conflict(side: str, route: str) -> None:
    base, hand, plan = conflicting()
    found = reconciled(base, hand, plan, **{side: ("operations.follow.route",)})
    assert not found.diagnostics
    assert data_of(found.text)["operations"]["follow"]["route"] == route


def test_an_element_that_the_text_drops_and_a_person_changed_is_a_conflict() -> None:
    mine, plan = copy.deepcopy(BASE), copy.deepcopy(BASE)
    mine["handlers"]["cleanup"]["every"] = "0 3 * * *"
    del plan["handlers"]["cleanup"]
    [conflict] = reconciled(text_of(BASE), text_of(mine), text_of(plan)).diagnostics
    assert conflict.subject == "handlers.cleanup"
    assert "the text: not there" in conflict.notes[2].message


def test_a_comment_on_an_element_that_the_text_drops_is_a_conflict_until_somebody_decides() -> None:
    plan = copy.deepcopy(BASE)
    del plan["handlers"]["cleanup"]
    hand = text_of(BASE).replace("  cleanup:", "  # asked for by Kim\n  cleanup:")
    [conflict] = reconciled(text_of(BASE), hand, text_of(plan)).diagnostics
    assert (conflict.subject, "comment" in conflict.message) == ("handlers.cleanup", True)
    taken = reconciled(text_of(BASE), hand, text_of(plan), take=("handlers.cleanup",))
    assert "asked for by Kim" not in taken.text and "cleanup" not in data_of(taken.text)["handlers"]


def test_two_new_elements_of_one_name_are_not_mixed() -> None:
    mine, plan = copy.deepcopy(BASE), copy.deepcopy(BASE)
    mine["operations"]["ping"] = {"route": "GET /ping", "effects": [{"list": "Link"}]}
    plan["operations"]["ping"] = {"route": "GET /ping", "access": "user"}
    [conflict] = reconciled(text_of(BASE), text_of(mine), text_of(plan)).diagnostics
    assert conflict.subject == "operations.ping"


def test_a_choice_about_nothing_lists_what_there_is() -> None:
    choices = Choices(keep=("operations.folow.route",))
    with pytest.raises(StageFailed) as failed:
        choices.check(["operations.follow.route"])
    assert failed.value.exit_code == 2
    assert [(d.code, d.help) for d in failed.value.diagnostics] == [
        ("AC2055", 'did you mean "operations.follow.route"?')
    ]


def test_a_layout_that_cannot_take_a_change_is_refused() -> None:
    plan = copy.deepcopy(BASE)
    plan["events"]["LinkClicked"]["code"] = "integer"
    shared = text_of(BASE).replace("DailyTotal:\n    fields: {code: text,", "DailyTotal:\n    fields: {code: &t text,")
    hand = shared.replace("LinkClicked: {code: text", "LinkClicked: {code: *t")
    assert hand != text_of(BASE)
    try:
        found = reconciled(text_of(BASE), hand, text_of(plan))
    except StageFailed as failed:
        assert [d.code for d in failed.diagnostics] == ["AC2056"]
    else:
        assert data_of(found.text)["events"]["LinkClicked"]["code"] == "integer"
        assert data_of(found.text)["entities"]["DailyTotal"]["fields"]["code"] == "text"


# Requirements move when the text gets a new sentence.


def test_a_new_sentence_moves_the_numbers_and_hand_edits_follow() -> None:
    plan = json.loads(json.dumps(BASE).replace('"R6"', '"R7"').replace('"R5"', '"R6"').replace('"R4"', '"R5"'))
    plan["requirements"].insert(3, {"id": "R4", "text": "Something new.", "line": 6})
    mine = copy.deepcopy(BASE)
    mine["operations"]["ping"] = {"route": "GET /ping", "effects": [{"list": "Link"}], "satisfies": ["R5"]}
    merged = data_of(reconciled(text_of(BASE), text_of(mine), text_of(plan)).text)
    assert merged["operations"]["ping"]["satisfies"] == ["R6"]
    assert merged["operations"]["list_links"]["satisfies"] == ["R5"]
    assert [r["id"] for r in merged["requirements"]] == [f"R{n}" for n in range(1, 8)]


def test_a_sentence_that_is_worded_anew_keeps_its_identity() -> None:
    base = [{"id": "R1", "text": "Links expire after 30 days."}, {"id": "R2", "text": "Anyone can add a note."}]
    plan = [{"id": "R1", "text": "Hello there."}, {"id": "R2", "text": "Links expire after 60 days."}]
    assert renumbering(base, base, plan) == {"R1": "R2", "R2": "R3"}

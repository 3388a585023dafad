"""Facts quote the prose, or they do not exist."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocoder.facts import KINDS, BadFact, Fact, Prose, Quote, QuoteNotFound, Slot, Via

PROSE = Prose(text="# Links\n\nLinks expire after 30 days.\n", file="description.md")


def lifecycle(**slots: Slot) -> Fact:
    return Fact(kind="lifecycle", slots=slots, evidence=(PROSE.find("Links expire after 30 days."),))


def test_a_quote_not_in_the_prose_is_rejected() -> None:
    with pytest.raises(QuoteNotFound, match="never expire"):
        PROSE.find("never expire")


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (4, 4), (5, 2), (0, 10_000)])
def test_offsets_outside_the_prose_are_rejected(start: int, end: int) -> None:
    with pytest.raises(QuoteNotFound):
        PROSE.quote(start, end)


def test_a_quote_has_the_line_and_column_of_its_words() -> None:
    place = PROSE.find("30 days").place
    assert (place.file, place.line, place.column, place.end_line, place.end_column) == ("description.md", 3, 20, 3, 27)


def test_a_quote_over_a_line_end_ends_on_the_next_line() -> None:
    prose = Prose(text="one\ntwo\n", file="x.md")
    place = prose.find("one\ntwo").place
    assert (place.line, place.column, place.end_line, place.end_column) == (1, 1, 2, 4)


def test_a_fact_goes_to_json_and_back() -> None:
    fact = lifecycle(
        entity=Slot(value="link", span=PROSE.find("Links", after=5)),
        state=Slot(value="expired", span=PROSE.find("expire"), via=Via.LEXICON),
        states=Slot(value=("open", "closed"), span=PROSE.find("Links")),
    )
    assert Fact.from_data(json.loads(json.dumps(fact.as_data())), PROSE) == fact


def test_json_whose_words_do_not_stand_at_its_offsets_is_rejected() -> None:
    data = lifecycle(
        entity=Slot(value="link", span=PROSE.find("Links")), state=Slot(value="expired", span=PROSE.find("expire"))
    ).as_data()
    data["evidence"][0]["text"] = "Links never expire."
    with pytest.raises(QuoteNotFound, match="Links never expire"):
        Fact.from_data(data, PROSE)


@pytest.mark.parametrize(
    ("kind", "slots", "message"),
    [
        ("wish", {}, "unknown kind"),
        ("lifecycle", {"colour": "red"}, "unknown slot colour"),
        ("lifecycle", {"state": "expired"}, "missing entity"),
        ("lifecycle", {"entity": "link"}, "missing state or states"),
        ("lifecycle", {"entity": "link", "state": "expired", "never": "yes"}, "not a boolean"),
        ("quality", {"metric": "beauty", "value": "1", "unit": "s"}, "not a choice"),
        ("operation", {"verb": "list", "status": True}, "not a integer"),
    ],
)
def test_a_fact_outside_the_vocabulary_is_rejected(kind: str, slots: dict[str, object], message: str) -> None:
    quote = PROSE.find("Links")
    with pytest.raises(BadFact, match=message):
        Fact(kind=kind, slots={k: Slot(value=v, span=quote) for k, v in slots.items()}, evidence=(quote,))  # type: ignore[arg-type]


def test_a_fact_without_evidence_is_rejected() -> None:
    with pytest.raises(BadFact, match="without evidence"):
        Fact(kind="storage", slots={"engine": Slot(value="sqlite", span=PROSE.find("Links"))}, evidence=())


def test_the_kinds_are_those_of_the_design_and_every_slot_is_explained() -> None:
    assert set(KINDS) == {
        "system",
        "entity",
        "field",
        "relation",
        "operation",
        "lifecycle",
        "access",
        "authentication",
        "event",
        "subscription",
        "schedule",
        "integration",
        "storage",
        "cache",
        "broker",
        "quality",
        "exposure",
        "environment",
        "policy",
        "budget",
        "reaction",
    }
    assert all(kind.meaning and all(slot.meaning for slot in kind.slots.values()) for kind in KINDS.values())


@given(st.text(max_size=200), st.integers(-5, 210), st.integers(-5, 210))
def test_a_quote_is_what_stands_there_or_an_error(text: str, start: int, end: int) -> None:
    prose = Prose(text=text, file="x.md")
    try:
        quote = prose.quote(start, end)
    except QuoteNotFound:
        return
    assert quote.text == text[start:end] != ""
    assert quote.place.line == text.count("\n", 0, start) + 1
    assert Quote.from_data(quote.as_data(), prose) == quote

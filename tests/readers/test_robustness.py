"""Whatever the text is, the reader answers: no exception, no hang, every quote in its place."""

from __future__ import annotations

import os
import random
import sys
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autocoder.blueprint.format import format_architecture
from autocoder.blueprint.load import load_architecture
from autocoder.diagnostics import StageFailed
from autocoder.planning import left_out, proposal
from autocoder.readers.explain import explain
from autocoder.readers.protocol import Reading
from autocoder.readers.rules import RulesReader
from autocoder.readers.rules.frames import FRAMES, RUNS
from autocoder.readers.rules.lexicon import closed

TEXTS = int(os.environ.get("AUTOCODER_TEXTS", "2500"))
"""How many mutated texts the slow test reads; 10000 take some minutes."""
EXAMPLES = [f.example for f in (*FRAMES, *RUNS)]
WORDS = sorted({w for example in EXAMPLES for w in example.split()} | set(closed.CLOSED))
MARKUP = [
    "# ", "- ", "1. ", "> ", "**", "`", "```\n", "| a | b |\n|---|---|\n", "<b>", "<!-- ", " -->", "\n\n", "\r\n",
    "\t", "[x](y)", "![i](j)", "{", "}", "(", ")", "“", "'", '"', "\\", "&amp;", "---\n", "    ", "\u202e", "עברית ",
    "اختبار ", "🎉", "e\u0301", "\u2028", "\x00", "\ufeff", "${x}", "{{ x }}", "$(rm -rf /)", "'; DROP TABLE x; --",
]  # fmt: skip


def check(text: str) -> Reading:
    reading = RulesReader().read(text, file="x.md")
    for sentence in reading.sentences:
        assert sentence.span.text.strip()
        for word in sentence.words:
            assert sentence.span.start <= word.span.start < word.span.end <= sentence.span.end
    for fact in reading.facts:
        for slot in fact.slots.values():
            assert 0 <= slot.span.start < slot.span.end <= len(text)
    last = text.count("\n") + 1
    assert all(d.span and d.span.line <= last for d in reading.diagnostics)
    shown = explain(reading)
    assert all(c.isprintable() or c == "\n" for c in shown)
    return reading


def plan_or_report(reading: Reading) -> None:
    """Plans, with everything left out that may be; what is written is YAML that says the same."""
    asked = left_out.asked(reading)
    answers = {q.id: q.default or q.options[0].key for q in asked.questions if q.options}
    try:
        plan = proposal.propose(proposal.settle(asked, answers), "x")
    except StageFailed as failed:
        assert all(d.code[:3] in {"AC1", "AC2"} for d in failed.diagnostics)
        return
    written = format_architecture(plan.architecture, schema="architecture.schema.json")
    assert load_architecture(written, file="architecture.yaml").model == plan.architecture


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    plan_or_report(check(text))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([*WORDS, ",", ".", ";", ":", "\n"]), max_size=40).map(" ".join))
def test_any_order_of_known_words_is_read(text: str) -> None:
    plan_or_report(check(text))


@st.composite
def mutated(draw: st.DrawFn) -> str:
    parts = draw(st.lists(st.sampled_from(EXAMPLES), min_size=1, max_size=5))
    text = " ".join(parts)
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(text)))
        cut = draw(st.integers(0, 8))
        text = text[:at] + draw(st.sampled_from([*MARKUP, *WORDS])) + text[at + cut :]
    return text


@settings(max_examples=100, deadline=None)
@given(mutated())
def test_mutated_sentences_are_read(text: str) -> None:
    plan_or_report(check(text))


@pytest.mark.slow
@settings(max_examples=TEXTS, deadline=None)
@given(mutated())
def test_thousands_of_mutated_sentences_are_read(text: str) -> None:
    plan_or_report(check(text))


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n\n\n", "\ufeff", "\x00", "---", "```", "<!--", "<!-- a --> b", "|", "- ", "#", "....", "'s", "\ud800"],
)
def test_texts_of_almost_nothing_are_read(text: str) -> None:
    check(text)


def test_a_nul_character_is_refused_with_its_place() -> None:
    reading = check("Anyone can add a note.\nA note has a ti\x00tle. Notes\x00 expire.")
    (found,) = [d for d in reading.diagnostics if d.code == "AC1121"]
    assert found.span and (found.span.line, found.span.column) == (2, 16)
    with pytest.raises(StageFailed) as caught:
        asked = left_out.asked(reading)
        proposal.settle(asked, {q.id: q.options[0].key for q in asked.questions if q.options})
    assert "AC1121" in {d.code for d in caught.value.diagnostics}


MEGABYTE = {
    "sentences": "Links expire after 30 days. " * 38_000,
    "one word": "a" * 1_000_000,
    "one sentence": "users and " * 100_000,
    "backquotes": "`" * 1_000_000,
    "braces": "{" * 1_000_000,
    "brackets": "[(" * 500_000,
    "quotes": "“'\"" * 330_000,
    "slashes": "/a" * 500_000,
    "dots": "a.b" * 330_000,
    "quote marks": "> " * 500_000,
    "list": "- a\n" * 250_000,
    "nested list": "".join("  " * (i % 40) + "- a\n" for i in range(20_000)),
    "table": "| a | b |\n|---|---|\n" + "| c | d |\n" * 100_000,
    "digits": "1" * 1_000_000,
    "commas": "1," * 500_000,
    "comments": "<!--" * 250_000,
    "underscores": "a_" * 500_000,
    "hyphens": "a-" * 500_000,
    "lines": "x\n" * 500_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MEGABYTE)
def test_a_long_text_of_one_kind_is_read(name: str) -> None:
    check(MEGABYTE[name][:60_000])


@pytest.mark.slow
def test_a_long_text_of_everything_is_read() -> None:
    source = random.Random(7)
    check("".join(source.choice([*MARKUP, *(f"{w} " for w in WORDS)]) for _ in range(10_000)))


def _calls(text: str) -> int:
    """How many functions are called to read a text: a measure of the work that no load of the machine changes."""
    count = 0

    def called(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event == "call"

    reader = RulesReader()
    sys.setprofile(called)
    try:
        reader.read(text, file="x.md")
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "text",
    [
        "Members create notes with a title. Notes expire after 30 days. p95 under 50 ms. Nobody deletes a note.\n\n",
        "- `POST /notes` creates a note. Returns 201 with the note.\n- 404 if the note does not exist.\n",
        "It was a bright cold day, and the clocks were always striking, but nobody would ever see them strike.\n\n",
    ],
)
def test_the_work_grows_as_the_text_does(text: str) -> None:
    check(text * 2)  # the tables of words are loaded, and what is remembered of a word is
    once, more = _calls(text * 6), _calls(text * 24)
    assert more < 4.3 * once

"""Every frame reads its worked example, and nothing but what it says there."""

from __future__ import annotations

import pytest

from autocoder.facts import KINDS
from autocoder.readers.protocol import Outcome
from autocoder.readers.rules import RulesReader
from autocoder.readers.rules.adjuncts import ADJUNCT_READS, NOUN_READS
from autocoder.readers.rules.frames import FRAMES, RUNS, Frame, Run
from autocoder.readers.rules.lexicon import verbs
from autocoder.readers.rules.runs import MATCHERS

ALL = (*FRAMES, *RUNS)
SUPPORTING = {"object_type", "output_type"}


@pytest.mark.parametrize("frame", ALL, ids=lambda f: f.name)
def test_a_frame_reads_its_example(frame: Frame | Run) -> None:
    reading = RulesReader().read(frame.example, file="example.md")
    found = [(f.kind, {k: v for k, v in f.values.items() if k not in SUPPORTING}) for f in reading.facts]
    assert found == [(kind, dict(slots)) for kind, slots in frame.gives]
    assert not reading.diagnostics
    asks = frame.asks if isinstance(frame, Frame) else None
    assert bool(reading.questions) == bool(asks)
    outcome = Outcome.QUESTION if asks else Outcome.FACTS
    assert all(s.outcome is outcome and not s.unread for s in reading.sentences)


@pytest.mark.parametrize("frame", [f for f in FRAMES if f.asks], ids=lambda f: f.name)
def test_every_answer_to_a_frames_question_completes_its_fact(frame: Frame) -> None:
    assert frame.asks is not None
    (question,) = (reading := RulesReader().read(frame.example, file="example.md")).questions
    assert question.default in {o.key for o in question.options}
    for option in question.options:
        answered = reading.answered({question.id: option.key})
        assert [f.get(frame.asks.slot) for f in answered.facts] == [option.key]
        assert option.consequence and not answered.questions


@pytest.mark.parametrize("frame", FRAMES, ids=lambda f: f.name)
def test_a_frame_names_only_what_there_is(frame: Frame) -> None:
    own = {"shape", "answered shape", "statuses", "why", "states", ""}
    for part in (frame, *frame.extra):
        assert part.kind in KINDS or part.kind == ""
        assert all(name in verbs.CLASSES or name == "domain" for name in part.verbs)
        assert set(part.constants) <= set(KINDS[part.kind].slots) if part.kind else not part.constants
        for role in part.roles:
            assert role.reads in {**NOUN_READS, **ADJUNCT_READS} or role.reads in own
            assert not role.slot or role.slot in KINDS[part.kind].slots


@pytest.mark.parametrize("run", RUNS, ids=lambda r: r.name)
def test_a_run_names_only_what_there_is(run: Run) -> None:
    for element in run.pattern:
        slot, _, matcher = element.rstrip("?").rpartition("=")
        assert matcher.startswith("word:") or matcher in MATCHERS
        assert not slot or slot in KINDS[run.kind].slots


def test_frames_have_names_of_their_own() -> None:
    assert len({f.name for f in ALL}) == len(ALL)

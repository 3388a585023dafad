"""The reader against texts whose facts were written down before it read them."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from autocoder.readers.protocol import Outcome


def _benchmark() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks" / "reading.py"
    spec = importlib.util.spec_from_file_location("benchmark_reading", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["benchmark_reading"] = module
    spec.loader.exec_module(module)
    return module


READING = _benchmark()


@pytest.mark.parametrize(("half", "precision", "recall"), [("seen", 0.97, 0.9), ("unseen", 0.89, 0.75)])
def test_precision_comes_first(half: str, precision: float, recall: float) -> None:
    score = READING.score(half)
    right, read, expected = (sum(c.values()) for c in (score.right, score.read, score.expected))
    assert right / read >= precision
    assert right / expected >= recall


KINDS = {
    "seen": {"field": 0.97, "operation": 0.96, "lifecycle": 1, "relation": 1, "quality": 1, "policy": 1},
    "unseen": {"field": 0.87, "operation": 0.88, "quality": 1, "relation": 1, "schedule": 1, "storage": 1},
}


@pytest.mark.parametrize(("half", "kind", "least"), [(h, k, p) for h, kinds in KINDS.items() for k, p in kinds.items()])
def test_each_kind_of_fact_is_read_with_precision(half: str, kind: str, least: float) -> None:
    assert READING.score(half).precision(kind) >= least


@pytest.mark.parametrize("half", ["seen", "unseen"])
def test_a_text_with_facts_to_read_and_none_read_is_reported(half: str) -> None:
    for text in READING.texts(half):
        reading = READING.read(text["text"])
        for sentence in reading.sentences:
            reported = [d for d in reading.diagnostics if d.span and d.span.line >= sentence.span.place.line]
            asked = [q for q in reading.questions if q.span.start >= sentence.span.start]
            fine = sentence.outcome in {Outcome.FACTS, Outcome.FILLER}
            assert fine or reported or asked, f"{text['name']}: {sentence.span.text}"


@pytest.mark.parametrize("example", ["link-shortener.md", "todo.md"])
def test_the_examples_are_understood_word_by_word(example: str) -> None:
    path = Path(__file__).parents[2] / "examples" / example
    reading = READING.RulesReader().read(path.read_text(encoding="utf-8"), file=example)
    assert not reading.questions
    assert not reading.diagnostics
    for sentence in reading.sentences:
        assert sentence.outcome is Outcome.FACTS, sentence.span.text
        assert not sentence.unread, sentence.span.text

"""Shows a reading sentence by sentence: what was taken from each, and what was not.

Owns the text of `plan --explain`. Words of the prose are shown with control characters made visible.
"""

from __future__ import annotations

from collections.abc import Iterator

from autocoder.facts import Fact, Value, Via
from autocoder.readers.protocol import Question, Reading, Sentence


def explain(reading: Reading) -> str:
    """One block per sentence: place, outcome, words; its facts with how each slot was got; then open questions."""
    lines: list[str] = []
    for sentence in reading.sentences:
        lines += _sentence(sentence)
    for question in reading.questions:
        lines += _question(question)
    return "\n".join(lines) + "\n" if lines else ""


def _sentence(sentence: Sentence) -> Iterator[str]:
    yield f"{sentence.span.place}  [{sentence.outcome}]  {_shown(sentence.span.text)}"
    for fact in sentence.facts:
        yield f"    {fact.kind}: {_slots(fact)}"
    fillers = [f"{_shown(w.span.text)} ({w.by})" for w in sentence.words if w.taken == "filler"]
    if fillers:
        yield f"    carries nothing: {', '.join(fillers)}"
    if sentence.unread:
        yield f"    not understood: {', '.join(_shown(w.span.text) for w in sentence.unread)}"


def _slots(fact: Fact) -> str:
    return ", ".join(
        f"{name}={_value(slot.value)}" + ("" if slot.via is Via.VERBATIM else f" ({slot.via})")
        for name, slot in fact.slots.items()
    )


def _value(value: Value) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case tuple():
            return "|".join(_shown(v) for v in value)
        case _:
            return _shown(str(value))


def _question(question: Question) -> Iterator[str]:
    yield f"{question.span.place}  [open question {question.id}]  {_shown(question.text)}"
    for option in question.options:
        mark = " (default)" if option.key == question.default else ""
        yield f"    {option.key}{mark}: {_shown(option.text)} {option.consequence}"


def _shown(text: str) -> str:
    flat = " ".join(text.split())
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in flat)

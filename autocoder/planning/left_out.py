"""What a build would leave out, as one question: nothing that was said is dropped in silence, or asked one by one.

Owns the question about sentences that were not understood and about facts that have no place in the blueprint. Its
answer holds for exactly these sentences: it is about them by their words, so a changed text asks again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from autocoder.diagnostics import StageFailed
from autocoder.facts import Quote
from autocoder.planning.plan import Place, examine, place_of
from autocoder.readers.protocol import Option, Outcome, Question, Reading, Sentence
from autocoder.readers.rules.lexicon.closed import NEGATIVE_WORDS

TOPIC = "left-out"
PURPOSE = "purpose"
AGREED = "build-without"
RESTRICTION = "restriction"
MOST = 2
"""How many restrictions are asked about one by one; the rest joins the question about everything left out."""

LONGEST_SHOWN = 120
"""A longer text is not repeated in a question, in characters."""

_RESTRICTING = NEGATIVE_WORDS | {"only", "except", "unless", "nobody", "must", "secret", "encrypted", "private", "no"}


def asked(reading: Reading) -> Reading:
    """The reading with at most one more question: what to do about everything that would not be built."""
    try:
        refused = examine(reading.answered(_provisional(reading)))
    except StageFailed as failed:
        if any(d.code == "AC2004" for d in failed.diagnostics):
            return replace(reading, questions=(_nothing(reading),) if reading.prose.text.strip() else ())
        return reading
    quotes = {place_of(q): q for q in (*_not_read(reading), *(fact.evidence[0] for fact, _ in refused))}
    questions = _fewer(reading.questions)
    quotes |= {place_of(s.span): s.span for s in _folded(reading, questions)}
    about = tuple(q for _, q in sorted(quotes.items()))
    if not about:
        return reading
    diagnostics = [*reading.diagnostics, *(d for _, d in refused)]
    return replace(
        reading,
        questions=(*questions, _question(about)),
        diagnostics=tuple(sorted(diagnostics, key=lambda d: d.order)),
    )


def answerable(reading: Reading) -> bool:
    """Whether the question is there, or was: then what was not understood, or has no place, need not stop anything."""
    return any(q.id.startswith((TOPIC, PURPOSE)) for q in (*reading.questions, *(q for q, _ in reading.answers)))


def agreed(reading: Reading) -> frozenset[Place]:
    """Where the sentences start that people agreed to leave out."""
    return frozenset(
        place_of(quote)
        for question, option in reading.answers
        if question.id.startswith(TOPIC) and option.key == AGREED
        for quote in question.about
    )


def _fewer(questions: Sequence[Question]) -> tuple[Question, ...]:
    """All questions but the restrictions beyond the first few, those with most facts kept, in order of the text."""
    open_ = [q for q in questions if q.id.startswith(RESTRICTION)]
    weight = {q.id: max(len(o.facts) for o in q.options) for q in open_}
    kept = {q.id for q in sorted(open_, key=lambda q: -weight[q.id])[:MOST]}
    return tuple(q for q in questions if not q.id.startswith(RESTRICTION) or q.id in kept)


def _folded(reading: Reading, kept: Sequence[Question]) -> list[Sentence]:
    """The sentences of the questions that are not asked."""
    gone = [q for q in reading.questions if q not in kept]
    return [s for s in reading.sentences if any(s.span.start <= q.span.start < s.span.end for q in gone)]


def _provisional(reading: Reading) -> dict[str, str]:
    """An answer to every question: its default, else its first option."""
    return {q.id: q.default or q.options[0].key for q in reading.questions if q.options}


def _not_read(reading: Reading) -> list[Quote]:
    """The sentences that were not understood as a whole."""
    open_ = {Outcome.PARTLY, Outcome.NOT_UNDERSTOOD}
    return [s.span for s in reading.sentences if s.outcome in open_]


def _question(about: Sequence[Quote]) -> Question:
    texts = [" ".join(q.text.split()) for q in about]
    digest = hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:8]
    lines = ", ".join(dict.fromkeys(str(q.place.line) for q in about))
    many = "1 sentence is" if len(about) == 1 else f"{len(about)} sentences are"
    strict = any(_RESTRICTING & set(text.lower().replace(",", " ").split()) for text in texts)
    return Question(
        id=f"{TOPIC}-{digest}",
        text=f"{many} not understood, or not built, as a whole (line {lines}). Build without what is missing?",
        span=about[0],
        options=(
            Option(
                key=AGREED,
                text="Build without it",
                consequence="What the warnings name is left out"
                + (", and some of it restricts what people may do." if strict else "; the rest is built as stated."),
            ),
        ),
        default=None,
        about=tuple(about),
    )


def _nothing(reading: Reading) -> Question:
    """Nothing says what a service could do: the one question to ask."""
    text = reading.prose.text
    said = " ".join(text.split())
    start = len(text) - len(text.lstrip())
    span = reading.prose.quote(start, max(start + 1, len(text.rstrip())))
    digest = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    shown = f'"{said}"' if len(said) <= LONGEST_SHOWN else "the text"
    example = 'like "A to-do list API." or "Anyone can add a note. A note has a title."'
    return Question(
        id=f"{PURPOSE}-{digest}",
        text=f"What does the service keep, and who does what with it? {shown} does not say so. Say it in the text, "
        f"{example} What it only calculates or copies is a custom function of the blueprint.",
        span=span,
        options=(),
    )

"""What every reader takes and gives.

Owns the reading of a text: its facts, questions, diagnostics and the account of every word. Refuses nothing: what a
reader did not understand is part of its answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Protocol

from autocoder.diagnostics import Diagnostic
from autocoder.facts import Fact, Prose, Quote


class Taken(StrEnum):
    """What took a word."""

    FACT = "fact"
    FILLER = "filler"
    UNREAD = "unread"


@dataclass(frozen=True, kw_only=True)
class Word:
    """A word and what took it; `by` is the fact's kind or the filler's name, empty for an unread word."""

    span: Quote
    taken: Taken
    by: str = ""


class Outcome(StrEnum):
    """How a sentence ended."""

    FACTS = "facts"
    QUESTION = "question"
    FILLER = "nothing to take"
    PARTLY = "partly understood"
    NOT_UNDERSTOOD = "not understood"


@dataclass(frozen=True, kw_only=True)
class Option:
    """An answer to a question: what it means for the service, and the facts that it adds."""

    key: str
    text: str
    consequence: str
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Question:
    """Something that the text leaves open. `default` is an option's key; None where no default would be safe.

    `about` are the stretches that an answer speaks of, where they are more than `span`.
    """

    id: str
    text: str
    span: Quote
    options: tuple[Option, ...]
    default: str | None = None
    about: tuple[Quote, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "id": self.id,
            "text": self.text,
            "span": self.span.as_data(),
            "default": self.default,
            "options": [
                {
                    "key": o.key,
                    "text": o.text,
                    "consequence": o.consequence,
                    "facts": [f.as_data() for f in o.facts],
                }
                for o in self.options
            ],
        }


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A sentence (or heading, or list item) with its account; `written` is the one that it stands for, if another."""

    span: Quote
    outcome: Outcome
    words: tuple[Word, ...] = ()
    facts: tuple[Fact, ...] = ()
    written: str = ""

    @property
    def unread(self) -> tuple[Word, ...]:
        """The words that nothing took."""
        return tuple(w for w in self.words if w.taken is Taken.UNREAD)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a reader made of a text. `answers` are the questions that people closed, with what they chose."""

    prose: Prose
    facts: tuple[Fact, ...]
    sentences: tuple[Sentence, ...]
    questions: tuple[Question, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    answers: tuple[tuple[Question, Option], ...] = ()

    @property
    def defaults(self) -> dict[str, str]:
        """The default answer of every open question that has one, by its id."""
        return {q.id: q.default for q in self.questions if q.default is not None}

    def answered(self, answers: Mapping[str, str]) -> Reading:
        """The reading with answers (question id to option key) applied. Unknown ids and keys are left open."""
        taken = [(q, o) for q in self.questions for o in q.options if answers.get(q.id) == o.key]
        closed = {q.id for q, _ in taken}
        facts = (*self.facts, *(f for _, o in taken for f in o.facts))
        return replace(
            self,
            facts=tuple(sorted(facts, key=lambda f: f.start)),
            questions=tuple(q for q in self.questions if q.id not in closed),
            answers=(*self.answers, *taken),
        )


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a reader may use beside the prose: facts that context files yielded."""

    facts: tuple[Fact, ...] = field(default=())


class Reader(Protocol):
    """Turns prose into a reading. Deterministic for the same prose and context."""

    name: str

    def read(self, prose: str, *, file: str, context: Context = Context()) -> Reading:
        """Reads a text; `file` is the path that places show. Never raises because of what the text says."""
        ...

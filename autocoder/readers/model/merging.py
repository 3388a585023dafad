"""Puts what the model found beside what the rules found.

Where the rules understood every word, their facts stand, and another reading of the model is a question. Where they did
not, the model's facts are taken if they use every word that carries meaning; else they are offered in a question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from autocoder.diagnostics import Diagnostic
from autocoder.facts import Fact, Value, Via
from autocoder.readers.model.checking import Checked
from autocoder.readers.model.support import FILLERS, RESTRICTING, stems
from autocoder.readers.protocol import Option, Outcome, Question, Reading, Sentence, Taken, Word
from autocoder.readers.rules.contradictions import contradictions

_REPEATED = frozenset({"does", "object_type", "given_type", "output_type", "consumer", "purpose", "scheme", "form"})
"""Slots that say again what other slots say."""
_UNREAD = ("AC1001", "AC1002")
_CONTRADICTION = "AC1005"


@dataclass(frozen=True, kw_only=True)
class _Merged:
    """A sentence after merging; `questions` replace those that the rules have about it, None leaves them."""

    sentence: Sentence
    questions: tuple[Question, ...] | None = None
    resolved: bool = False


def merge(rules: Reading, found: Mapping[int, Sequence[Checked]]) -> Reading:
    """The rules' reading with the model's facts, which `found` holds by the sentence's number from 0."""
    sentences: list[Sentence] = []
    questions = list(rules.questions)
    diagnostics = [d for d in rules.diagnostics if d.code != _CONTRADICTION]
    for number, sentence in enumerate(rules.sentences):
        about = [q for q in questions if _inside(q, sentence)]
        merged = _merged(sentence, about, list(found.get(number, ())))
        sentences.append(merged.sentence)
        if merged.questions is not None:
            questions = [*(q for q in questions if q not in about), *merged.questions]
        if merged.resolved:
            places = {(w.span.place.line, w.span.place.column) for w in sentence.words}
            diagnostics = [d for d in diagnostics if not (d.code in _UNREAD and _place(d) in places)]
    given = tuple(f for f in rules.facts if not any(f in s.facts for s in rules.sentences))
    facts = (*given, *(f for s in sentences if s.outcome is not Outcome.QUESTION for f in s.facts))
    facts += tuple(f for s in sentences if s.outcome is Outcome.QUESTION for f in s.facts if f in rules.facts)
    return replace(
        rules,
        facts=tuple(sorted(facts, key=lambda f: f.start)),
        sentences=tuple(sentences),
        questions=tuple(sorted(questions, key=lambda q: q.span.start)),
        diagnostics=tuple(sorted([*diagnostics, *contradictions(facts)], key=lambda d: d.order)),
    )


def _merged(sentence: Sentence, about: Sequence[Question], model: list[Checked]) -> _Merged:
    new = [c for c in model if not any(_agrees(c.fact, fact) for fact in sentence.facts)]
    if not new:
        return _Merged(sentence=sentence)
    account = _account(sentence, new)
    facts = tuple(c.fact for c in new)
    left = [w for w in account if w.taken is Taken.UNREAD]
    match sentence.outcome:
        case Outcome.FACTS | Outcome.FILLER:
            question = _disagreement(sentence, facts)
            return _Merged(sentence=replace(sentence, outcome=Outcome.QUESTION, facts=()), questions=(*about, question))
        case Outcome.QUESTION:
            option = _as_model(facts, left)
            asked = tuple(replace(q, options=(*q.options, option)) for q in about)
            return _Merged(sentence=sentence, questions=asked)
        case Outcome.PARTLY | Outcome.NOT_UNDERSTOOD:
            return _widened(sentence, facts, account, left)


def _widened(sentence: Sentence, facts: tuple[Fact, ...], account: tuple[Word, ...], left: Sequence[Word]) -> _Merged:
    """A sentence that the rules did not understand, or not whole."""
    if not left:
        whole = replace(sentence, outcome=Outcome.FACTS, words=account, facts=(*sentence.facts, *facts))
        return _Merged(sentence=whole, resolved=True)
    if 2 * len(left) > len(account):
        return _Merged(sentence=sentence)
    question = _restriction(sentence, facts, left)
    return _Merged(
        sentence=replace(sentence, outcome=Outcome.QUESTION, words=account), questions=(question,), resolved=True
    )


def _account(sentence: Sentence, model: Sequence[Checked]) -> tuple[Word, ...]:
    """The account of a sentence with the words that the model's facts use up."""
    used = {span: c.fact.kind for c in model for span in c.used}
    known = [
        (w, next((k for (a, b), k in used.items() if a < w.span.end and w.span.start < b), "")) for w in sentence.words
    ]
    return tuple(
        w
        if w.taken is not Taken.UNREAD
        else replace(w, taken=Taken.FACT, by=kind)
        if kind
        else replace(w, taken=Taken.FILLER, by="beside facts")
        if w.span.text.casefold() in FILLERS
        else w
        for w, kind in known
    )


def _inside(question: Question, sentence: Sentence) -> bool:
    return sentence.span.start <= question.span.start < sentence.span.end


def _place(diagnostic: Diagnostic) -> tuple[int, int]:
    span = diagnostic.span
    return (span.line, span.column) if span else (0, 0)


# What two facts have in common.


def _agrees(model: Fact, rules: Fact) -> bool:
    """Whether the model's fact says nothing beyond what the rules' fact says."""
    if model.kind == "entity":
        named = {_plain(rules.get(slot)) for slot in ("name", "object", "of", "entity", "parent", "to")}
        return _plain(model.get("name")) in named
    return model.kind == rules.kind and all(
        _plain(slot.value) == _plain(rules.get(name))
        for name, slot in model.slots.items()
        if name not in _REPEATED and (slot.via is not Via.INFERRED or name in rules.slots)
    )


def _plain(value: Value | None) -> object:
    """A value without the forms of its words."""
    if isinstance(value, tuple):
        return tuple(_plain(v) for v in value)
    return " ".join(stems(value)) or value.casefold() if isinstance(value, str) else value


# Questions.


def _disagreement(sentence: Sentence, facts: tuple[Fact, ...]) -> Question:
    said = "; ".join(_say(f) for f in sentence.facts) or "nothing to build"
    return Question(
        id=_id("readers", sentence),
        text=f'The rules and the model read "{_short(sentence.span.text)}" differently. Which reading is meant?',
        span=sentence.span,
        options=(
            Option(
                key="rules",
                text=said,
                consequence="The service is built from what the rules read.",
                facts=sentence.facts,
            ),
            Option(
                key="model",
                text="; ".join(_say(f) for f in facts),
                consequence="The service is built from what the model read.",
                facts=facts,
            ),
        ),
        default="rules",
    )


def _restriction(sentence: Sentence, facts: tuple[Fact, ...], left: Sequence[Word]) -> Question:
    shown = " … ".join(w.span.text for w in left)
    narrowing = any(w.span.text.casefold() in RESTRICTING for w in left)
    effect = "They may restrict it." if narrowing else ""
    return Question(
        id=_id("restriction", sentence),
        text=f'What does "{_short(shown)}" change in "{_short(sentence.span.text)}"? {effect}'.strip(),
        span=left[0].span,
        options=(
            _as_model(facts, left),
            Option(
                key="leave-out",
                text="Leave the sentence out.",
                consequence="Nothing more is built from the sentence.",
            ),
        ),
    )


def _as_model(facts: tuple[Fact, ...], left: Sequence[Word]) -> Option:
    without = f' without "{_short(" … ".join(w.span.text for w in left))}"' if left else ""
    return Option(
        key="model",
        text="; ".join(_say(f) for f in facts),
        consequence=f"The service is built from what the model read{without}.",
        facts=facts,
    )


def _id(topic: str, sentence: Sentence) -> str:
    """Stable while the sentence stays the same, wherever it stands."""
    return f"{topic}-{hashlib.sha256(' '.join(sentence.span.text.split()).encode()).hexdigest()[:8]}"


def _say(fact: Fact) -> str:
    return f"{fact.kind}: {', '.join(f'{name} {slot.value}' for name, slot in fact.slots.items())}"


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 120 else f"{flat[:117]}…"

"""Sentences that deny each other, and demands that nothing can meet, whether or not they became facts.

Owns the comparison of what two sentences say of one thing ("visible at once", "must not be visible before …"), of
what is secret and who sees it, and the limits that physics sets. Speaks only where both sentences are plain.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from autocoder.diagnostics import Diagnostic, Note
from autocoder.facts import Fact, Quote
from autocoder.readers.rules.clauses import Predicate, clauses
from autocoder.readers.rules.lexicon.closed import NEGATIVE_WORDS
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import Item

ALWAYS = words("always immediately everybody everyone anybody anyone instantly all anytime")
"""Words that leave no case out."""

SECRET = words("anonymous secret confidential")
SEES = words("see view list read find know show inspect look access")
WORLDWIDE = words("world worldwide globe global globally anywhere everywhere")
LEAST_WORLDWIDE_MS = 20.0
"""Light in glass goes 2,000 km and back in 20 ms: no reply is faster for somebody half a world away."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """A sentence as it is compared: its quote, its items, its clauses."""

    quote: Quote
    items: Sequence[Item]


def oppositions(sentences: Sequence[Said], facts: Sequence[Fact]) -> Iterator[Diagnostic]:
    """The contradictions between sentences, and the demands that cannot be met."""
    yield from _denied(sentences)
    yield from _secrets(sentences)
    yield from _impossible(sentences, facts)


def _denied(sentences: Sequence[Said]) -> Iterator[Diagnostic]:
    """One sentence says it of every case, another one denies it."""
    known: dict[tuple[str, str, bool], Said] = {}
    for said in sentences:
        always, denies = _always(said.items), any(_negative(i) for i in said.items)
        for subject, does, negated in _statements(said.items) if always or denies else ():
            other = known.get((subject, does, not negated))
            if other is not None:
                yield contradiction(other.quote, said.quote, f"{subject} {does}")
            if negated or always:
                known.setdefault((subject, does, negated), said)


def _always(items: Sequence[Item]) -> bool:
    """Whether it leaves no case out."""
    lemmas = [i.lemma for i in items]
    return not ALWAYS.isdisjoint(lemmas) or "at once" in " ".join(lemmas)


def _negative(item: Item) -> bool:
    """Whether a word may deny what its clause says."""
    return item.tag in "MAVX" and (item.tag == "X" or any(w.token.value in NEGATIVE_WORDS for w in item.words))


def _statements(items: Sequence[Item]) -> Iterator[tuple[str, str, bool]]:
    """Who, what, and whether it is denied."""
    for clause in clauses(items):
        for subject in clause.subject:
            for predicate in clause.predicates:
                for does in _does(predicate):
                    if subject.head.tag == "N":
                        yield subject.head.lemma, does, predicate.negated


def _does(predicate: Predicate) -> Iterable[str]:
    """The verbs of a predicate, for "be" its adjectives."""
    adjectives = [i.lemma for a in predicate.adjuncts if a.kind == "adjective" for i in a.items]
    plain = [v.lemma for v in predicate.verbs if v.lemma not in {"be", "have"}]
    return adjectives if any(v.lemma == "be" for v in predicate.verbs) else plain


def _secrets(sentences: Sequence[Said]) -> Iterator[Diagnostic]:
    """What is anonymous for all, and a sentence in which somebody sees who it was."""
    hidden: dict[str, Said] = {}
    for said in sentences:
        lemmas = [i.lemma for i in said.items]
        if SECRET & set(lemmas):
            hidden |= {i.lemma: said for i in said.items if i.tag in "NV"}
    for said in sentences:
        done = _who(said.items)
        first = hidden.get(done)
        denied = any(i.tag == "X" or i.lemma in {"nobody", "cannot"} for i in said.items)
        if first and first is not said and not denied and SEES & {i.lemma for i in said.items}:
            yield contradiction(first.quote, said.quote, f"who {done}")


def _who(items: Sequence[Item]) -> str:
    """The verb of "who voted"."""
    for i, item in enumerate(items[:-1]):
        if item.lemma == "who" and items[i + 1].tag in "VJ" and i:
            word = items[i + 1].words[0]
            return word.lemma if items[i + 1].tag == "V" else word.token.value.removesuffix("d")
    return ""


def _impossible(sentences: Sequence[Said], facts: Sequence[Fact]) -> Iterator[Diagnostic]:
    """A latency that light itself cannot keep, an availability without a second of failure."""
    starts = [s.quote.start for s in sentences]
    for fact in facts:
        if fact.kind != "quality":
            continue
        at = bisect.bisect_right(starts, fact.start) - 1
        said = sentences[at] if at >= 0 and fact.start < sentences[at].quote.end else None
        value = float(fact.word("value"))
        milliseconds = value * (1000 if fact.word("unit") == "s" else 1)
        worldwide = said is not None and bool(WORLDWIDE & {i.lemma for i in said.items})
        if fact.word("metric") == "latency" and worldwide and milliseconds < LEAST_WORLDWIDE_MS:
            yield _cannot(fact, f"no reply from half a world away takes less than {LEAST_WORLDWIDE_MS:g} ms")
        elif fact.word("metric") == "availability" and value >= 100:
            yield _cannot(fact, "no system is available for every second of its life")


def _cannot(fact: Fact, rule: str) -> Diagnostic:
    quote = fact.evidence[0]
    text = " ".join(quote.text.split())
    return Diagnostic(
        code="AC1006",
        message=f'"{text}" cannot be met',
        span=fact.slots["value"].span.place,
        subject=f"quality.{fact.word('metric')}",
        value=f"{fact.word('value')} {fact.word('unit')}",
        rule=rule,
        help="state a figure that can be met, or for whom it holds",
    )


def contradiction(first: Quote, second: Quote, subject: str) -> Diagnostic:
    """The report of two sentences, with both quotes."""
    quotes = [" ".join(q.text.split()) for q in (first, second)]
    return Diagnostic(
        code="AC1005",
        message=f'"{quotes[1]}" contradicts "{quotes[0]}"',
        span=second.place,
        subject=subject,
        value=quotes[1],
        rule="what the text says of one thing holds together",
        help="keep one of the two sentences",
        notes=(Note(message=f'said before: "{quotes[0]}"', span=first.place),),
    )

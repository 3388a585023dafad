"""One sentence, read: its parse, its account, and what becomes of it: facts, a question, or a diagnostic.

Owns which of the readings of a sentence is kept (that of most words) and the questions and reports about the rest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from autocoder.diagnostics import Diagnostic, Severity
from autocoder.diagnostics.articles import with_articles
from autocoder.facts import Fact, Prose, Quote, Slot, Via
from autocoder.readers.protocol import Option, Outcome, Question, Sentence, Taken, Word
from autocoder.readers.rules import accounting, circumstances, examples, notes, specified, tables
from autocoder.readers.rules.accounting import Segment
from autocoder.readers.rules.blocks import Unit
from autocoder.readers.rules.contexts import Line, variants
from autocoder.readers.rules.discourse import Discourse, Draft, Part
from autocoder.readers.rules.frames import Ask
from autocoder.readers.rules.hints import hint
from autocoder.readers.rules.matching import Group, Parse
from autocoder.readers.rules.phrases import Item, phrases
from autocoder.readers.rules.tagging import Tagged, alternatives, tag
from autocoder.readers.rules.tokens import Token

UNFOUNDED = 2
"""How many other taggings a sentence is tried with while no fact is found: one more word turned round is a guess."""

MAX_WORDS = 200
"""A longer sentence is not read: it is no sentence of a description, and reading it would cost too much."""


@dataclass(frozen=True, kw_only=True)
class TaggedLine:
    """A sentence before it is read. `readings` are the item sequences that it may stand for, its own words first."""

    line: Line
    tagged: tuple[Tagged, ...]
    items: tuple[Item, ...]

    @property
    def unit(self) -> Unit:
        """Its block."""
        return self.line.unit

    @property
    def tokens(self) -> tuple[Token, ...]:
        """Its own words."""
        return self.line.tokens


class ReadSentence:
    """One sentence, read: its account, questions and diagnostics."""

    def __init__(self, line: TaggedLine, prose: Prose, discourse: Discourse) -> None:
        self.prose = prose
        self.line = line
        self.questions: list[Question] = []
        self.diagnostics: list[Diagnostic] = []
        self.span = prose.quote(*(line.line.whole or _ends(line.tokens)))
        self.led: int | None = None
        if not line.items:
            self.sentence = self._example(discourse) or self._unread()
            return
        parse, state = self._parsed(discourse)
        by = {index: draft.kind for draft in parse.drafts for index in draft.items}
        by |= {index: "fact" for index in parse.used if index not in by} if parse.drafts else {}
        filled = accounting.fillers(parse.items, by) | {i: name for i, name in parse.aside.items() if i not in by}
        self.words = tuple(
            w
            for w in dict.fromkeys(accounting.words(parse.items, by, filled, prose))
            if w.span.start >= self.span.start
        )
        self.sentence = self._finish(parse)
        if self.sentence.facts or self.questions:
            discourse.adopt(state)

    def _parsed(self, discourse: Discourse) -> tuple[Parse, Discourse]:
        line = self.line
        if discourse.title:
            return _title(line), discourse
        if line.unit.kind == "heading" and all(i.tag != "L" for i in line.items):
            return Parse(items=line.items), discourse
        if discourse.example and not any(i.kind == "number" for i in line.items):
            return Parse(items=line.items, aside={i.index: "opens an example" for i in line.items}), discourse
        if line.unit.kind == "row":
            return _row(line, discourse), discourse
        if under_label := specified.under_label(line.items, line.line, discourse):
            return under_label, discourse
        best = _best_parse(line.tagged, line.items, discourse)
        for tokens in variants(line.line):
            if accounting.score(best[0]) == 0 and best[0].drafts:
                break
            tagged = tag(tokens) if tokens is not line.tokens and len(tokens) <= MAX_WORDS else ()
            other = _best_parse(tagged, phrases(tagged), discourse) if tagged else best
            if other[0].drafts and (accounting.score(other[0]) > accounting.score(best[0]) or not best[0].drafts):
                best = other
                self.led = tokens[0].start
        best = specified.read(best, (line.items, *_variants(line)), discourse)
        if discourse.example:
            best[0].aside |= dict.fromkeys((i.index for i in best[0].items), "opens an example")
        start = best[0].items[0].words[0].token.start
        self.led = start if start < line.tokens[0].start else self.led
        return best

    def says_once(self, said: Sequence[Fact]) -> None:
        """What opens a list is read with each of its items: what it says for itself counts once."""
        before = [(f.kind, f.values) for f in said]
        facts = tuple(f for f in self.sentence.facts if (f.kind, f.values) not in before)
        self.sentence = replace(self.sentence, facts=facts)

    def closes_nothing(self) -> None:
        """The line opens a list whose items were read with it."""
        if self.questions:
            return
        self.diagnostics = []
        if self.sentence.facts:
            self.sentence = replace(self.sentence, outcome=Outcome.FACTS)
        else:
            words = tuple(replace(w, taken=Taken.FILLER, by="opens a list") for w in self.sentence.words)
            self.sentence = replace(self.sentence, outcome=Outcome.FILLER, words=words)

    def _facts(self, drafts: Sequence[Draft]) -> Iterator[Fact]:
        for draft in drafts:
            offsets = [p.offsets for p in draft.parts.values() if p.items or p.place]
            start, end = min(s for s, _ in offsets), max(e for _, e in offsets)
            slots = {
                name: self._slot(part, self.prose.quote(*_place(part.offsets, (start, end))))
                for name, part in draft.parts.items()
            }
            yield Fact(kind=draft.kind, slots=slots, evidence=(self.span,))

    def _slot(self, part: Part, span: Quote) -> Slot:
        """A slot; what a shorthand stands for is not said in its words."""
        added = bool(self.line.line.written) and part.via is Via.VERBATIM and str(part.value) not in span.text.lower()
        return Slot(value=part.value, span=span, via=Via.LEXICON if added else part.via)

    def _finish(self, parse: Parse) -> Sentence:
        unread = [w for w in self.words if w.taken is Taken.UNREAD]
        if not parse.drafts:
            return self._nothing_taken(unread)
        for one, other in parse.ties:
            self._tie(one, other)
        if parse.ties:
            return self._sentence(Outcome.QUESTION, ())
        facts: list[Fact] = []
        outcomes: set[Outcome] = set()
        for segment in accounting.segments(parse, self.words):
            found, outcome = self._segment(segment)
            facts += found
            outcomes.add(outcome)
        outcomes.discard(Outcome.FILLER)
        worst = next(
            (o for o in (Outcome.PARTLY, Outcome.NOT_UNDERSTOOD, Outcome.QUESTION, Outcome.FACTS) if o in outcomes),
            Outcome.FILLER,
        )
        if worst is Outcome.NOT_UNDERSTOOD and facts:
            worst = Outcome.PARTLY
        return self._sentence(worst, tuple(facts))

    def _segment(self, segment: Segment) -> tuple[list[Fact], Outcome]:
        """What becomes of one group of words: facts, a question, or a report of what was not understood."""
        drafts = segment.drafts
        if not segment.unread:
            open_ = [d for d in drafts if d.asks]
            self.questions += [self._ask(d, d.asks) for d in open_ if d.asks]
            facts = list(self._facts([d for d in drafts if not d.asks]))
            return facts, Outcome.QUESTION if open_ else Outcome.FACTS if drafts else Outcome.FILLER
        if drafts and segment.doubtful:
            return [], self._doubtful(drafts, segment.unread, segment.words).outcome
        self._report_words(segment.unread)
        return list(self._facts([d for d in drafts if not d.asks])), Outcome.PARTLY

    def _ask(self, draft: Draft, ask: Ask) -> Question:
        """The question about a slot that the sentence leaves open; an answer completes the fact."""
        options: list[Option] = []
        for value, consequence in ask.options:
            items = next(iter(draft.parts.values())).items
            part = Part(value=value, items=items, via=Via.INFERRED)
            facts = tuple(self._facts([replace(draft, parts={**draft.parts, ask.slot: part})]))
            options.append(Option(key=value, text=value, consequence=consequence, facts=facts))
        named = {name: part.value for name, part in draft.parts.items()}
        return Question(
            id=_question_id(ask.slot, self.span),
            text=with_articles(ask.text.format(**named)),
            span=self.span,
            options=tuple(options),
            default=ask.default,
        )

    def _doubtful(self, drafts: Sequence[Draft], unread: Sequence[Word], words: Sequence[Word]) -> Sentence:
        """Facts stood next to words that were not understood: a question, or nothing where too much was missed."""
        if 2 * len(unread) > len(words):
            self._not_understood(unread)
            return self._sentence(Outcome.NOT_UNDERSTOOD, ())
        self._restricted(tuple(self._facts(drafts)), unread)
        return self._sentence(Outcome.QUESTION, ())

    def _sentence(self, outcome: Outcome, facts: tuple[Fact, ...]) -> Sentence:
        written = self.line.line.written
        return Sentence(span=self.span, outcome=outcome, words=self.words, facts=facts, written=written)

    def _nothing_taken(self, unread: Sequence[Word]) -> Sentence:
        if self.line.unit.kind == "heading" or tables.is_rule(self.span.text) or _in_bold(self.line):
            return self._sentence(Outcome.FILLER, ())
        if notes.is_label(self.line.line):
            self.words = tuple(replace(w, taken=Taken.FILLER, by="opens a list") for w in self.words)
            return self._sentence(Outcome.FILLER, ())
        if not unread:
            return self._sentence(Outcome.FILLER, ())
        self._not_understood(unread)
        return self._sentence(Outcome.NOT_UNDERSTOOD, ())

    def _example(self, discourse: Discourse) -> Sentence | None:
        """A block of JSON below a label is an example of what the endpoint takes or answers."""
        found = examples.read(self.prose, self.span.start, self.span.end, discourse)
        if found is None:
            return None
        taken, by = (Taken.FACT, "field") if found else (Taken.FILLER, "example of a failure")
        words = tuple(
            Word(span=self.prose.quote(t.start, t.end), taken=taken, by=by) for t in self.line.tokens if t.is_word
        )
        facts = tuple(self._facts(found))
        outcome = Outcome.FACTS if facts else Outcome.FILLER
        return Sentence(span=self.span, outcome=outcome, words=words, facts=facts)

    def _unread(self) -> Sentence:
        words = tuple(
            Word(span=self.prose.quote(t.start, t.end), taken=Taken.UNREAD) for t in self.line.tokens if t.is_word
        )
        opaque = self.line.unit.kind == "opaque"
        self.diagnostics.append(
            Diagnostic(
                code="AC1003" if opaque else "AC1004",
                message="a block of code or HTML is not read as prose" if opaque else "a sentence is too long to read",
                span=self.span.place,
                value=_short(self.span.text),
                rule="" if opaque else f"a sentence has at most {MAX_WORDS} words and signs",
                help="say in a sentence what it means for the service" if opaque else "split it into sentences",
                severity=Severity.ERROR,
            )
        )
        return Sentence(span=self.span, outcome=Outcome.NOT_UNDERSTOOD, words=words)

    def _not_understood(self, unread: Sequence[Word]) -> None:
        self.diagnostics.append(
            Diagnostic(
                code="AC1001",
                message="the sentence was not understood",
                span=self.prose.place(unread[0].span.start, unread[-1].span.end),
                value=_short(self.span.text),
                rule="every sentence states a fact, or it is reported",
                help=f'say it like "{hint(self.line.tagged)}"',
            )
        )

    def _report_words(self, unread: Sequence[Word]) -> None:
        shown = _joined(unread, self.prose)
        self.diagnostics.append(
            Diagnostic(
                code="AC1002",
                message=f'"{shown}" was not understood; the rest of the sentence was',
                span=unread[0].span.place,
                value=_short(self.span.text),
                rule="every word that could change a meaning is understood, or it is reported",
                help=f'leave the words out, or say them in a sentence of their own, like "{hint(self.line.tagged)}"',
            )
        )

    def _restricted(self, facts: tuple[Fact, ...], unread: Sequence[Word]) -> None:
        shown = _joined(unread, self.prose)
        self.questions.append(
            Question(
                id=_question_id("restriction", self.span),
                text=f'What does "{shown}" change in "{_short(self.span.text)}"?',
                span=unread[0].span,
                options=(
                    Option(
                        key="nothing",
                        text="Nothing: take the sentence without these words.",
                        consequence="The facts of the rest of the sentence hold without that restriction.",
                        facts=facts,
                    ),
                    Option(
                        key="leave-out",
                        text="Leave the whole sentence out.",
                        consequence="Nothing is built from the sentence.",
                    ),
                ),
            )
        )

    def _tie(self, one: Sequence[Draft], other: Sequence[Draft]) -> None:
        options = tuple(
            Option(
                key=f"reading-{n}",
                text="; ".join(_say(f) for f in facts),
                consequence="The service is built from this reading.",
                facts=facts,
            )
            for n, facts in enumerate((tuple(self._facts(one)), tuple(self._facts(other))), 1)
        )
        self.questions.append(
            Question(
                id=_question_id("reading", self.span),
                text=f'What does "{_short(self.span.text)}" mean?',
                span=self.span,
                options=options,
            )
        )


def _row(line: TaggedLine, discourse: Discourse) -> Parse:
    """A row of a table: its header, a line, or a field."""
    used: set[int] = set()
    aside: dict[int, str] = {}
    drafts: list[Draft] = []
    columns = tables.header(line.items)
    if columns or tables.endpoint_header(line.tokens) or notes.is_header(line.tokens):
        discourse.columns = columns
        aside = dict.fromkeys((i.index for i in line.items), "names the columns")
    elif discourse.columns and (draft := tables.row(line.items, discourse.columns, discourse)):
        drafts, used = [draft], draft.items
    everything = {i.index for i in line.items}
    group = Group(own=everything, shared=everything, soft=set())
    return Parse(items=line.items, drafts=drafts, used=used, aside=aside, groups=[group])


def _title(line: TaggedLine) -> Parse:
    """The heading that opens a text names the system."""
    words = [i for i in line.items if any(w.token.is_word for w in i.words)]
    text = " ".join(w.token.text for i in words for w in i.words)
    part = Part(value=text, items=words)
    used = {i.index for i in words}
    draft = Draft(kind="system", parts={"name": part}, items=used)
    return Parse(items=line.items, drafts=[draft], used=used, groups=[Group(own=used, shared=used, soft=set())])


def _variants(line: TaggedLine) -> Iterator[Sequence[Item]]:
    """The words of the line as they may stand under what is above it."""
    return (phrases(tag(t)) for t in variants(line.line) if t is not line.tokens)


def _in_bold(line: TaggedLine) -> bool:
    """Whether a line is a heading without its mark: a few words in bold, and nothing else."""
    tokens = line.tokens
    plain = [t for t in tokens if t.kind != "mark"]
    return tokens[0].text == tokens[-1].text == "**" and len(plain) <= 4 and all(t.kind == "word" for t in plain)


def _best_parse(tagged: Sequence[Tagged], items: Sequence[Item], discourse: Discourse) -> tuple[Parse, Discourse]:
    """The tagging whose parse uses most words, and the state after it; the first one wins among equals."""
    best = _parse(items, discourse)
    best_score = accounting.score(best[0])
    for tried, other_tags in enumerate(alternatives(tagged)):
        if best_score == 0 or (tried >= UNFOUNDED and not best[0].drafts):
            break
        other = _parse(phrases(other_tags), discourse)
        if accounting.score(other[0]) > best_score:
            best, best_score = other, accounting.score(other[0])
    return best


def _parse(items: Sequence[Item], discourse: Discourse) -> tuple[Parse, Discourse]:
    return circumstances.read(items, discourse)


def _ends(tokens: Sequence[Token]) -> tuple[int, int]:
    return min(t.start for t in tokens), max(t.end for t in tokens)


def _place(offsets: tuple[int, int], whole: tuple[int, int]) -> tuple[int, int]:
    return offsets if offsets[0] < offsets[1] else whole


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 120 else flat[:117] + "…"


def _joined(unread: Sequence[Word], prose: Prose) -> str:
    """The unread words; those that stand together are shown together."""
    shown = ""
    end = -1
    for word in unread:
        gap = prose.text[end : word.span.start] if end >= 0 else ""
        shown += "" if end < 0 else " " if not gap.strip() else " … "
        shown += word.span.text
        end = word.span.end
    return _short(shown)


def _question_id(topic: str, span: Quote) -> str:
    """Stable while the sentence stays the same, wherever it stands."""
    return f"{topic}-{hashlib.sha256(' '.join(span.text.split()).encode()).hexdigest()[:8]}"


def _say(fact: Fact) -> str:
    slots = ", ".join(f"{name} {slot.value}" for name, slot in fact.slots.items())
    return f"{fact.kind}: {slots}"

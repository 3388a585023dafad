"""The rules reader: prose to facts without a model.

Owns the order of work (blocks, sentences, tokens, tags, phrases, clauses, frames, account) and what a text is at from
sentence to sentence. Deterministic, offline; never raises because of what the text says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from autocoder.diagnostics import Diagnostic, Severity
from autocoder.facts import Prose
from autocoder.readers.protocol import Context, Reading
from autocoder.readers.rules import (
    enumerations,
    examples,
    notes,
    occasions,
    one_liners,
    specifications,
    tables,
    wholes,
)
from autocoder.readers.rules.blocks import units
from autocoder.readers.rules.contexts import Line, with_captions, with_openers, with_remarks
from autocoder.readers.rules.contradictions import contradictions
from autocoder.readers.rules.discourse import Discourse, Part, Symbols
from autocoder.readers.rules.lexicon import nouns
from autocoder.readers.rules.lexicon.domain import STATES
from autocoder.readers.rules.oppositions import Said, oppositions
from autocoder.readers.rules.phrases import phrases
from autocoder.readers.rules.sentence import MAX_WORDS, ReadSentence, TaggedLine
from autocoder.readers.rules.tagging import tag
from autocoder.readers.rules.tokens import Token, sentences, tokenize

DENIABLE = frozenset({"exposure", "quality"})
"""Kinds of facts that contradict each other even where a sentence is only partly understood."""


class RulesReader:
    """Reads English descriptions by rules."""

    name = "rules"

    def read(self, prose: str, *, file: str, context: Context | None = None) -> Reading:
        """The reading of a text; `file` is the path that places show."""
        text = Prose(text=prose, file=file)
        sentences_ = list(_sentences(text))
        plain = _read(text, sentences_, context)
        headline = one_liners.headline(sentences_)
        if headline is None:
            return plain
        written = _read(text, headline.lines, context)
        return written if headline.better(written, plain) else plain


def _read(text: Prose, told: Sequence[Line], context: Context | None) -> Reading:
    """The reading of the sentences of a text."""
    written = with_captions(tables.with_endpoints(told))
    lines = [_tagged(line) for line in notes.written_out(with_openers(written))]
    symbols = Symbols.of(line.items for line in lines)
    stated = _states(lines, Discourse(prose=text, symbols=symbols))
    discourse = Discourse(prose=text, symbols=replace(symbols, states=stated))
    read: list[ReadSentence] = []
    openers: dict[int, int] = {}
    for number, line in enumerate(lines):
        discourse.sentence = number
        discourse.title = number == 0 and _is_title(line, lines)
        discourse.opening = _opens(number, line, lines)
        after = lines[number + 1].items if number + 1 < len(lines) else ()
        discourse.follows = after[0].lemma if after else ""
        _section(line, discourse)
        done = ReadSentence(line, text, discourse)
        if done.led is not None and done.led in openers:
            done.says_once([f for s in read[openers[done.led] :] for f in s.sentence.facts])
            read[openers[done.led]].closes_nothing()
        if line.unit.kind == "opaque" and done.sentence.words and not done.diagnostics and read:
            read[-1].closes_nothing()
        openers[line.tokens[0].start] = number
        read.append(done)
    sentences_ = [done.sentence for done in read]
    questions = [q for done in read for q in done.questions]
    diagnostics = [*_no_text(text), *(d for done in read for d in done.diagnostics)]
    facts = (*(context.facts if context else ()), *(f for s in sentences_ for f in s.facts))
    doubtful = tuple(f for q in questions for o in q.options[:1] for f in o.facts if f.kind in DENIABLE)
    diagnostics += contradictions((*facts, *doubtful))
    said = [Said(quote=done.span, items=line.items) for done, line in zip(read, lines, strict=True)]
    diagnostics += oppositions(said, (*facts, *doubtful))
    return Reading(
        prose=text,
        facts=facts,
        sentences=tuple(sentences_),
        questions=tuple(questions),
        diagnostics=tuple(sorted(diagnostics, key=lambda d: d.order)),
    )


def _no_text(text: Prose) -> Iterator[Diagnostic]:
    """What says that the prose is no text: its first NUL character."""
    at = text.text.find("\0")
    if at >= 0:
        yield Diagnostic(
            code="AC1121",
            message=f"the text holds a NUL character ({text.text.count(chr(0))} in all)",
            span=text.place(at, at + 1),
            rule="a description is UTF-8 text",
            help="save it as UTF-8 text",
            severity=Severity.ERROR,
        )


def _tagged(line: Line) -> TaggedLine:
    readable = line.unit.kind != "opaque" and len(line.tokens) <= MAX_WORDS
    tagged = tag(line.tokens) if readable else ()
    return TaggedLine(line=line, tagged=tagged, items=phrases(tagged))


def _sentences(text: Prose) -> Iterator[Line]:
    for unit in (line for block in units(text.text) for line in notes.lines_of(block, text.text)):
        content = text.text[unit.start : unit.end]
        for tokens in sentences(tokenize(content, unit.start), content, unit.start):
            for part in (p for whole in with_remarks(tokens) for p in _parts(whole)):
                if any(t.is_word for t in part):
                    yield Line(unit=unit, tokens=part)


def _parts(tokens: tuple[Token, ...]) -> Iterator[tuple[Token, ...]]:
    """A sentence that starts with a route says something of it between each two semicolons."""
    start, depth = 0, 0
    for at, token in enumerate(tokens if tokens[0].kind == "route" else ()):
        depth += (token.text == "(") - (token.text == ")")
        if token.text == ";" and not depth:
            yield tokens[start : at + 1]
            start = at + 1
    yield tokens[start:]


def _is_title(line: TaggedLine, lines: Sequence[TaggedLine]) -> bool:
    """A heading that opens the text; a short first line without a verb, too, where more follows."""
    if line.line.whole or any(i.kind == "route" for i in line.items):
        return False
    if line.unit.kind == "heading":
        return line.unit.level == 1 or len(lines) == 1 or lines[1].unit.kind not in {"item", "row"}
    words = [t.text for t in line.tokens]
    short = len(words) <= 6 and words[-1:] not in (["."], [":"], ["!"], ["?"])
    return (
        line.unit.kind == "paragraph"
        and short
        and len(lines) > 1
        and all(w.tag in "NJD" or "N" in w.candidates for w in line.tagged)
    )


def _opens(number: int, line: TaggedLine, lines: Sequence[TaggedLine]) -> bool:
    """Whether it is the first sentence of a text that goes on: it may only say what the service is for."""
    if line.line.whole:
        return False
    first = number == 0 or (number == 1 and _is_title(lines[0], lines))
    return first and line.unit.kind == "paragraph" and len(lines) > number + MOST_SHORT


MOST_SHORT = 1
"""So few sentences behind the first one say so little that the first one must say it all."""


def _states(lines: Sequence[TaggedLine], discourse: Discourse) -> frozenset[str]:
    """The states that the text counts out anywhere, or that its verbs lead to: "resolved tickets" where agents resolve
    them. "Published posts" is understood before "published" is explained.
    """
    nobody = Part(value="it", items=[], place=(0, 0))
    found = (d for line in lines for d in enumerations.read(line.items, replace(discourse, entity=nobody)))
    told = [d.parts["states"].value for d in found if d.kind == "lifecycle"]
    reached = (STATES[i.lemma] for line in lines for i in line.items if i.tag == "V" and i.lemma in STATES)
    opens = any(i.tag == "V" and i.lemma in {"open", "close", "reopen"} for line in lines for i in line.items)
    reached = [*reached, *(["open"] if opens else [])]
    counted = (s for states in told if isinstance(states, tuple) for s in states)
    first = (s for line in lines for s in (*occasions.first_states(line.items), *wholes.marks(line.items)))
    return frozenset([*counted, *reached, *first])


_NO_THINGS = nouns.LIST_LABELS | nouns.PEOPLE_WORKERS
"""Heads of headings that name no thing: labels, the system itself and its parts."""


def _section(line: TaggedLine, discourse: Discourse) -> None:
    """What the text is at: a heading names a thing, a row of a table its columns; an endpoint ends with both."""
    if line.unit.kind != "row":
        discourse.columns = []
    if line.unit.kind != "opaque":
        discourse.example = examples.direction(line.items)
    if line.unit.kind == "heading" and not discourse.title:
        named = [i for i in line.items if i.tag not in ".:"]
        heads = named if named and all(i.tag in "NJ" for i in named) and len(named) <= 3 else []
        known = (
            heads
            and heads[-1].tag == "N"
            and heads[-1].lemma not in _NO_THINGS
            and not discourse.symbols.system(heads[-1].lemma)
        )
        discourse.entity = Part(value=" ".join(i.lemma for i in heads), items=list(heads)) if known else None
    _endpoint(line, discourse)


def _endpoint(line: TaggedLine, discourse: Discourse) -> None:
    """Which endpoint the text is at: the one route that a sentence names; a heading or a bare path ends it."""
    routes = [i for i in line.items if i.kind == "route"]
    bare = [i for i in line.items if i.kind in {"path", "code", "quoted"} and i.lemma.startswith("/")]
    if len(routes) == 1:
        method, _, path = routes[0].lemma.partition(" ")
        named = {"method": method, "path": path}
        discourse.endpoint = {k: Part(value=v, items=[routes[0]]) for k, v in named.items()}
    elif named := specifications.route_of(line.items):
        path = Part(value=named["path"].lemma, items=[named["path"]])
        method = Part(value=named["method"].words[0].token.text, items=[named["method"]])
        discourse.endpoint = {"path": path, "method": method}
    elif routes or bare or line.unit.kind == "heading":
        discourse.endpoint = {}
    if routes or bare:
        discourse.operation = dict(discourse.endpoint)

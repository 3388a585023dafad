"""Writes out a one-liner: "Bike rental: bikes, stations, rides." stands for several sentences, which the reader reads.

Owns what a headline is made of (its head, what it is "with", what it does, what follows behind commas) and which
sentences each part stands for. The words of the prose keep their places; words that are added stand at the part that
they are added for. A part that stands for nothing else stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from autocoder.readers.protocol import Reading
from autocoder.readers.rules.calculations import CALCULATING
from autocoder.readers.rules.contexts import Line
from autocoder.readers.rules.lexicon import closed, fillers, nouns
from autocoder.readers.rules.lexicon.services import ACTIVITIES, CALCULATORS, ENTRIES, FEATURES, KEEPING, SERVICES
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.tagging import Tagged, is_english, plural_of, tag
from autocoder.readers.rules.tokens import Token, tokenize

MOST_SENTENCES = 3
"""A text of more sentences says by itself what it is about."""

_API = " API."

MOST_WORDS = 45
"""A longer sentence is no headline."""

_ASKING = words(
    "i we you me us would like 'd want need to have please build create make write develop implement design give a an "
    "the just simple small basic minimal tiny lightweight quick"
)
"""Words before the head of a headline."""

_KEEPS = words("track manage keep store record organize organise collect save maintain handle administer")
"""Verbs that say no more than that something is kept."""

_NOMINAL = words("with featuring including for over via as using through")
_CLAUSAL = words("where that which who")
_SIGNS = frozenset(",:;-–—()")
_PLAIN = frozenset("NJDGV")
_TECHNIQUES = words("http https rest json service api web internet microservice app endpoint url")
"""Nouns for how a service is reached that say nothing new."""

_ONE_VALUE = frozenset({"date", "datetime", "money", "decimal", "integer", "boolean", "email", "phone", "url"})
"""Types of values of which a thing has one of a name."""


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A sentence that a part stands for.

    `written` is its text where words were added; a `known` one says what a service of the lexicon is, one of
    `several` that a thing of a list is kept.
    """

    tokens: tuple[Token, ...]
    written: str = ""
    known: bool = False
    several: bool = False


@dataclass(kw_only=True)
class _Part:
    """A part of a headline and the word or sign that opens it."""

    mark: str
    opener: Token | None = None
    words: list[Tagged] = field(default_factory=list[Tagged])

    @property
    def tokens(self) -> list[Token]:
        """Its words as they stand, its opener among them."""
        return [*([self.opener] if self.opener else []), *(w.token for w in self.words)]

    @property
    def place(self) -> tuple[int, int]:
        """Start and end in the prose."""
        told = self.tokens
        return told[0].start, told[-1].end


@dataclass(frozen=True, kw_only=True)
class _Thing:
    """What the service keeps: its name, and the name's words where the prose has them."""

    name: str = ""

    @property
    def plural(self) -> str:
        """Its plural."""
        return plural_of(self.name)


@dataclass(frozen=True, kw_only=True)
class Headline:
    """A text that is one sentence, written out.

    `known` says that it names a service that the lexicon knows, `several` that it lists the things that are kept.
    """

    lines: Sequence[Line]
    known: bool
    several: bool

    def better(self, written: Reading, plain: Reading) -> bool:
        """Whether what was written out is understood better than the sentence as it stands."""
        less, more = _left(written), _left(plain)
        if self.several:
            return less <= more
        only_named = {f.kind for f in plain.facts} <= _AROUND
        return less < more if more or not self.known else only_named and not less


_AROUND = frozenset({"system", "lifecycle", "quality", "exposure", "authentication", "storage"})
"""Kinds of facts beside which a named service says what is kept."""


def _left(reading: Reading) -> int:
    """How many words are left unread; all of them where the text says nothing that a service keeps or does."""
    said = any(f.kind != "system" or f.word("subject") for f in reading.facts)
    return sum(len(s.unread) for s in reading.sentences) if said or reading.questions else len(reading.prose.text)


def headline(lines: Sequence[Line]) -> Headline | None:
    """The text with its first sentence written out; None where it is more than a headline."""
    if not lines or len(lines) > MOST_SENTENCES or lines[0].unit.kind not in {"paragraph", "heading", "item"}:
        return None
    first, *rest = lines
    found = written_out(first.tokens)
    if not found:
        return None
    whole = min(t.start for t in first.tokens), max(t.end for t in first.tokens)
    unit = replace(first.unit, kind="paragraph")
    written = [Line(unit=unit, tokens=s.tokens, whole=whole, written=s.written) for s in found]
    return Headline(lines=[*written, *rest], known=found[0].known, several=any(s.several for s in found))


def written_out(tokens: Sequence[Token]) -> list[Sentence]:
    """The sentences that a headline stands for; none where it is no headline."""
    plain = [t for t in tokens if t.kind != "mark"]
    if len(plain) > MOST_WORDS or any(t.kind == "route" for t in plain):
        return []
    parts = _parts(tag(plain[:-1] if plain[-1].text in ".!" else plain))
    head = _head(parts)
    if head is None:
        return []
    thing, found = head
    writer = _Writer(thing=thing, found=found)
    rest = parts[1:]
    if found and not thing.name and rest and rest[0].mark in {"for", "from"}:
        found[-1] = _continued(found[-1], rest.pop(0))
    while rest:
        rest = rest[writer.part(rest) :]
    return writer.found


def _continued(said: Sentence, part: _Part) -> Sentence:
    """What is calculated and what it is calculated from, in one sentence."""
    opener = [part.opener] if part.opener else []
    tokens = (*said.tokens[:-1], *opener, *(w.token for w in part.words), _stop(part.words[-1].token))
    return replace(said, tokens=tokens, written=_text(tokens))


def _parts(tagged: Sequence[Tagged]) -> list[_Part]:
    """The parts: the head, then what opens with a preposition, a relative or a sign."""
    found = [_Part(mark="")]
    nominal = True
    for word in tagged:
        value = word.token.value
        if word.token.kind == "punct" and value in _SIGNS:
            found.append(_Part(mark=value))
            nominal = True
        elif nominal and value in _NOMINAL | _CLAUSAL and (found[-1].words or found[-1].mark in _SIGNS):
            found.append(_Part(mark=value, opener=word.token))
            nominal = value in _NOMINAL
        else:
            found[-1].words.append(word)
    return [p for p in found if p.words or not p.mark]


def _head(parts: Sequence[_Part]) -> tuple[_Thing, list[Sentence]] | None:
    """What the service keeps, and what its head says; None where the head is no noun phrase."""
    said = list(parts[0].words)
    while said and said[0].token.value in _ASKING | fillers.FILLER_ADJECTIVES:
        said.pop(0)
    if not said:
        return None
    if said[0].lemma in _KEEPS and len(said) > 1 and said[1].tag in "NJDSQ":
        said = said[1:]
        while said and said[0].tag in "DSQ":
            said.pop(0)
    form = said and said[-1].lemma in nouns.FORMS
    while said and said[-1].lemma in nouns.FORMS:
        said.pop()
    said = [w for w in said if w.lemma not in fillers.FILLER_NOUNS]
    if not said:
        return (_Thing(), []) if form else None
    return _named(said, parts[0].place)


def _named(said: Sequence[Tagged], place: tuple[int, int]) -> tuple[_Thing, list[Sentence]] | None:
    lemmas = [w.lemma for w in said]
    spoken = {"of", "to"} if lemmas[-1] in CALCULATORS else {"of"}
    if any(w.tag not in _PLAIN and w.token.value not in spoken for w in said) or lemmas[0] in CALCULATING:
        return None
    for start in range(len(said)):
        known = SERVICES.get(" ".join(lemmas[start:]))
        if known:
            thing = _Thing(name=known[0])
            return thing, [replace(_added(text, thing, place), known=True) for text in known[1]]
    if lemmas[-1] in CALCULATORS and len(said) > 1:
        text = CALCULATORS[lemmas[-1]].format(" ".join(w.token.text for w in said[:-1]))
        return _Thing(), [_added(text, _Thing(), place)]
    if not all(is_english(w.token.value) for w in said):
        return None
    last = lemmas[-1]
    if "of" in lemmas and lemmas[0] in nouns.COLLECTIONS:
        thing = _Thing(name=" ".join(lemmas[lemmas.index("of") + 1 :]))
    elif last in ACTIVITIES and len(said) > 1:
        thing = _Thing(name=" ".join(lemmas[:-1]))
        return thing, [_added(f"Anyone can {ACTIVITIES[last]} {{things}}.", thing, place)]
    elif last in nouns.COLLECTIONS | KEEPING and len(said) > 1:
        thing = _Thing(name=" ".join([*lemmas[:-1], *(["entry"] if last in ENTRIES else [])]))
    else:
        thing = _Thing(name=" ".join(lemmas))
    return thing, [_added("A {thing} API.", thing, place)]


def _added(text: str, thing: _Thing, place: tuple[int, int]) -> Sentence:
    """A sentence of the lexicon about a thing; its words stand at a place of the prose."""
    said = text.format(thing=thing.name, things=thing.plural, Things=thing.plural.capitalize(), code="{code}")
    return Sentence(tokens=tuple(_at(t, place) for t in tokenize(said)), written=said)


def _at(token: Token, place: tuple[int, int]) -> Token:
    return Token(kind=token.kind, text=token.text, start=place[0], end=place[1], value=token.value)


@dataclass(kw_only=True)
class _Writer:
    """Writes out the parts behind the head."""

    thing: _Thing
    found: list[Sentence]

    def part(self, rest: Sequence[_Part]) -> int:
        """Writes out the first of the parts; answers how many were taken."""
        part = rest[0]
        match part.mark:
            case ":" | "-" | "–" | "—":
                return self._listed(rest)
            case "with" | "featuring" | "including":
                return self._features(rest)
            case "for" if not self.thing.name:
                self.thing = _Thing(name=" ".join(w.lemma for w in part.words if w.tag in "NJG"))
                self.found.append(_added("A {thing} API.", self.thing, part.place))
            case "for" if _audience(part.words):
                pass
            case "over" | "via" | "as" | "using" | "through" if _technique(part.words):
                pass
            case "where":
                self._plainly(part.words)
            case "that" | "which" | "who":
                self._relative(part)
            case _:
                self._clause(part)
        return 1

    def _plainly(self, said: Sequence[Tagged]) -> None:
        self.found.append(Sentence(tokens=(*(w.token for w in said), _stop(said[-1].token))))

    def _mixed(
        self, said: Sequence[Tagged], place: tuple[int, int], *, before: str = "", at: int = 0, after: str = ""
    ) -> None:
        """The words with others before them and, at a position, between them."""
        tokens = [w.token for w in said]
        start, between = (list(_words(text, self.thing, place)) for text in (before, after))
        told = (*start, *tokens[:at], *between, *tokens[at:], _stop(tokens[-1]))
        self.found.append(Sentence(tokens=told, written=_text(told)))

    # what it is with

    def _features(self, rest: Sequence[_Part]) -> int:
        """With comments, tags and full-text search: the parts behind commas go on."""
        taken = 0
        for part in rest:
            if taken and (part.mark != "," or not _noun_phrase(part.words)):
                break
            for item in _items(part.words):
                self._feature(item, part)
            taken += 1
        return taken

    def _feature(self, item: Sequence[Tagged], part: _Part) -> None:
        place = item[0].token.start, item[-1].token.end
        lemmas = [w.lemma for w in item if w.tag not in "DSQ"]
        texts = [w.token.value for w in item if w.tag not in "DSQ"]
        for start in range(len(lemmas)):
            if known := FEATURES.get(" ".join(lemmas[start:])) or FEATURES.get(" ".join(texts[start:])):
                self.found += [_added(text, self.thing, place) for text in known]
                return
        if not self.thing.name or not _noun_phrase(item):
            self.found.append(Sentence(tokens=(*(w.token for w in item), _stop(item[-1].token))))
            return
        name, kind = " ".join(lemmas), nouns.VALUE_TYPES.get(lemmas[-1])
        many = item[-1].plural and kind not in _ONE_VALUE
        text = f"A {{thing}} has many {plural_of(name)}." if many else f"A {{thing}} has a {name}."
        self.found.append(_added(text, self.thing, place))

    # what it does

    def _relative(self, part: _Part) -> None:
        said = part.words
        verbs = [n for n, w in enumerate(said) if w.tag == "V"]
        if not verbs:
            self._plainly(said)
        elif said[0].tag in "VAMX":
            subject = "the service" if not self.thing.name else "a {thing}" if said[0].form == "VBZ" else "{things}"
            self._mixed(said, part.place, before=subject)
        elif self.thing.name:
            self._mixed(said, part.place, at=verbs[-1] + 1, after="{things}")
        else:
            self._plainly(said)

    def _clause(self, part: _Part) -> None:
        """What follows behind a comma: a sentence of its own, or what is done with the things."""
        said = part.words
        while said and said[0].token.value in {"and", "but", "plus", "also"}:
            said = said[1:]
        if not said:
            return
        verbs = [n for n, w in enumerate(said) if w.tag == "V"]
        first = said[0]
        if first.tag == "V" and first.form in {"VBN", "VBD"} and self.thing.name:
            self._mixed(said, part.place, before="{things} are")
        elif first.tag == "V" and first.form == "VB" and part.mark in ",;":
            alone = self.thing.name and not any(w.tag in "NO" for w in said)
            self._mixed(said, part.place, before="anyone can", at=len(said), after="{things}" if alone else "")
        elif verbs and verbs[-1] == len(said) - 1 and self.thing.name:
            self._mixed(said, part.place, at=len(said), after="{things}")
        elif not verbs and _noun_phrase(said) and (known := FEATURES.get(" ".join(w.lemma for w in said))):
            self.found += [_added(text, self.thing, part.place) for text in known]
        else:
            self.found.append(Sentence(tokens=(*part.tokens, _stop(part.tokens[-1]))))

    # what a colon lists

    def _listed(self, rest: Sequence[_Part]) -> int:
        """Bikes, stations, rides: things of their own where all are many; the fields of the thing else."""
        taken, items = 0, list[Sequence[Tagged]]()
        for part in rest:
            if taken and part.mark != ",":
                break
            if not _noun_phrase(part.words):
                break
            items += _items(part.words)
            taken += 1
        if not items:
            self._clause(rest[0])
            return 1
        if len(items) > 1 and all(_several(item) for item in items):
            self.found = [s for s in self.found if s.known]
            for item in items:
                thing = _Thing(name=" ".join(w.lemma for w in item))
                said = _added("A {thing} API.", thing, (item[0].token.start, item[-1].token.end))
                self.found.append(replace(said, several=True))
            return taken
        place = rest[0].place
        tokens = [t for part in rest[:taken] for t in (*([_sign(part)] if part.mark == "," else []), *part.tokens)]
        told = (*_words("{thing}:", self.thing, place), *tokens, _stop(tokens[-1]))
        self.found.append(Sentence(tokens=told, written=_text(told)))
        return taken


def _words(text: str, thing: _Thing, place: tuple[int, int]) -> Iterator[Token]:
    if text:
        said = text.format(thing=thing.name, things=thing.plural)
        yield from (_at(t, place) for t in tokenize(said[:1].upper() + said[1:]))


def _text(tokens: Sequence[Token]) -> str:
    """The tokens as a sentence."""
    return "".join(t.text if t.kind == "punct" and t.text in ".,;:" else f" {t.text}" for t in tokens).strip()


def _stop(after: Token) -> Token:
    return Token(kind="punct", text=".", start=after.end, end=after.end, value=".")


def _sign(part: _Part) -> Token:
    at = part.place[0]
    return Token(kind="punct", text=",", start=at, end=at, value=",")


def _items(said: Sequence[Tagged]) -> list[list[Tagged]]:
    """What is joined by "and"."""
    found: list[list[Tagged]] = [[]]
    for word in said:
        if word.token.value in {"and", "or", "plus", "&", "+"}:
            found.append([])
        else:
            found[-1].append(word)
    return [item for item in found if item]


def _noun_phrase(said: Sequence[Tagged]) -> bool:
    """Whether words are names, with nothing that narrows them."""
    plain = all(w.tag in "NJDGC" or w.token.value in {"&", "+"} or w.form in {"VBN", "VBG"} for w in said)
    return plain and said[-1].tag in "NG" and not any(w.token.value in closed.RESTRICTORS for w in said)


def _several(item: Sequence[Tagged]) -> bool:
    """Whether it names many things, and no value."""
    return item[-1].plural and nouns.VALUE_TYPES.get(item[-1].lemma) is None


def _audience(said: Sequence[Tagged]) -> bool:
    """Whether a phrase only says whom the service is for."""
    return all(w.tag in "NJDSC" for w in said) and not any(w.token.value in closed.RESTRICTORS for w in said)


def _technique(said: Sequence[Tagged]) -> bool:
    """Whether a phrase only says how a service is reached."""
    return all(w.tag == "D" or w.lemma in _TECHNIQUES for w in said)

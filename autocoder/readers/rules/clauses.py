"""Items to clauses: who does what to what, under which condition, when, how much.

Owns a small recursive-descent grammar of English clauses and noun phrases. It never fails: an item that fits nowhere
becomes a stray of its clause, which no frame takes, so it is reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from autocoder.readers.rules.lexicon import nouns, verbs
from autocoder.readers.rules.phrases import Item, Measure


@dataclass(kw_only=True)
class Adjunct:
    """Something beside subject and object: a prepositional phrase, a time, a bound, an adverb, a complement."""

    kind: str
    items: list[Item]
    prep: str = ""
    nouns: list[Noun] = field(default_factory=list["Noun"])
    gerund: Predicate | None = None


@dataclass(kw_only=True)
class Noun:
    """A noun phrase: `items` are all of its own words in order, `post` is what follows and narrows it.

    `relative` are the predicates of "who …", `clause` is a relative clause with a subject of its own. The sentence
    itself may say that it is `somebody`: "as a runner, I …".
    """

    items: list[Item]
    head: Item
    post: list[Adjunct] = field(default_factory=list[Adjunct])
    relative: list[Predicate] = field(default_factory=list["Predicate"])
    clause: Clause | None = None
    paren: list[Item] = field(default_factory=list[Item])
    somebody: bool = False

    @property
    def modifiers(self) -> list[Item]:
        """The words before the head."""
        return [i for i in self.items if i is not self.head]


@dataclass(kw_only=True)
class Predicate:
    """A verb group with what belongs to it. `verbs` are coordinated and share the objects."""

    group: list[Item]
    verbs: list[Item]
    passive: bool = False
    negated: bool = False
    objects: list[Noun] = field(default_factory=list[Noun])
    adjuncts: list[Adjunct] = field(default_factory=list[Adjunct])
    infinitive: Predicate | None = None
    conditions: list[Clause] = field(default_factory=list["Clause"])

    @property
    def around(self) -> list[Adjunct]:
        """Every adjunct, also those that stand behind an object."""
        return [*(a for n in self.objects for a in n.post), *self.adjuncts]


@dataclass(kw_only=True)
class Clause:
    """A subject with its predicates; without predicates it is a fragment. It follows from its `cause`."""

    lead: list[Adjunct] = field(default_factory=list[Adjunct])
    conditions: list[Clause] = field(default_factory=list["Clause"])
    opener: Item | None = None
    subject: list[Noun] = field(default_factory=list[Noun])
    gerund: Predicate | None = None
    predicates: list[Predicate] = field(default_factory=list[Predicate])
    stray: list[Item] = field(default_factory=list[Item])
    label: bool = False
    cause: Clause | None = None


def items_of(part: Adjunct | Noun | Predicate | Clause) -> list[Item]:
    """All items of a part of a sentence, in order of the text."""
    return sorted(_items(part), key=lambda i: i.index)


def _items(part: Adjunct | Noun | Predicate | Clause) -> list[Item]:
    inner: list[Adjunct | Noun | Predicate | Clause] = []
    own: list[Item] = []
    match part:
        case Adjunct():
            own, inner = part.items, [*part.nouns, *([part.gerund] if part.gerund else [])]
        case Noun():
            own, inner = [*part.items, *part.paren], [*part.post, *part.relative]
            inner += [part.clause] if part.clause else []
        case Predicate():
            own = [*part.group, *part.verbs]
            inner = [*part.objects, *part.adjuncts, *part.conditions]
            inner += [part.infinitive] if part.infinitive else []
        case Clause():
            own = [*part.stray, *([part.opener] if part.opener else [])]
            inner = [*part.lead, *part.conditions, *part.subject, *part.predicates]
            inner += [part.gerund] if part.gerund else []
    return [*own, *(i for x in inner for i in _items(x))]


_NOUN_TAGS = frozenset("DSQUNJLOHK")
_GROUP_TAGS = frozenset("MAXR")
_PHRASES = {"Z": "schedule", "B": "bound", "Y": "order", "H": "quantity", "R": "adverb", "J": "adjective"}
_MAX_DEPTH = 12


def clauses(items: Sequence[Item]) -> list[Clause]:
    """The clauses of a sentence, in order."""
    return _Parser(items).sentence()


class _Parser:
    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        self.tags = [i.tag for i in items]
        self.at: int = 0
        self.depth: int = 0

    # looking

    def peek(self, ahead: int = 0) -> Item | None:
        at = self.at + ahead
        return self.items[at] if at < len(self.items) else None

    def tag(self, ahead: int = 0) -> str:
        at = self.at + ahead
        return self.tags[at] if at < len(self.tags) else "$"

    def take(self) -> Item:
        item = self.items[self.at]
        self.at += 1
        return item

    # sentence

    def sentence(self) -> list[Clause]:
        found: list[Clause] = []
        while self.peek():
            if self.tag() in {".", "!", "?", ";", ",", "C", ":", "-", "–", "—"}:
                if self.tag() == ":" and found:
                    found[-1].label = True
                self.at += 1
                continue
            start = self.at
            found.append(self.clause())
            if self.at == start:
                found[-1].stray.append(self.take())
        return found

    def clause(self, *, within: bool = False) -> Clause:
        """A clause; `within` a condition it ends where a comma and a command follow."""
        self.depth += 1
        clause = Clause()
        self._lead(clause)
        if self._gerund_opens():
            clause.gerund = self.predicate()
        elif self._noun_opens():
            clause.subject = self.noun_list(subject=True)
        self._predicates(clause, within=within)
        if not clause.predicates and not clause.subject and not clause.gerund:
            self._fragment(clause)
        if not clause.predicates and clause.subject and self._infinitive_opens():
            clause.subject[-1].post.append(Adjunct(kind="purpose", items=[self.take()], gerund=self.predicate()))
        while not clause.predicates and clause.subject and self.tag() == "W" and self.depth < _MAX_DEPTH:
            clause.conditions.append(self.condition())
        self.depth -= 1
        return clause

    def _lead(self, clause: Clause) -> None:
        while item := self.peek():
            if item.tag == "W" and self.depth < _MAX_DEPTH:
                clause.conditions.append(self.condition())
            elif item.tag in "ZYB" or (item.tag == "R" and not self._verb_opens()):
                clause.lead.append(Adjunct(kind=_PHRASES[item.tag], items=[self.take()]))
            elif item.tag == "P":
                clause.lead.append(self.prepositional())
            elif item.tag == "," and (clause.lead or clause.conditions):
                self.at += 1
            else:
                return

    def condition(self) -> Clause:
        """if/when/unless and the clause that it opens, up to the comma."""
        opener = self.take()
        if self.tag() == "X" and self.tag(1) == ",":
            return Clause(opener=opener, stray=[self.take()])  # "if not, …"
        inner = self.clause(within=True)
        inner.opener = opener
        return inner

    def _fragment(self, clause: Clause) -> None:
        while (item := self.peek()) and item.tag in _PHRASES:
            clause.lead.append(Adjunct(kind=_PHRASES[item.tag], items=[self.take()]))
            clause.lead += self.trailing()

    # verbs

    def _verb_opens(self, ahead: int = 0) -> bool:
        """Whether a finite verb group starts here."""
        while self.tag(ahead) in _GROUP_TAGS:
            if self.tag(ahead) in "MA":
                return True
            ahead += 1
        item = self.peek(ahead)
        return item is not None and item.tag == "V" and item.form in {"VB", "VBZ"}

    def _gerund_opens(self) -> bool:
        item = self.peek()
        return item is not None and item.tag == "V" and item.form == "VBG"

    def _infinitive_opens(self) -> bool:
        return self.tag() == "F" and self.tag(1) == "V" and self.depth < _MAX_DEPTH

    def _predicates(self, clause: Clause, *, within: bool = False) -> None:
        if not self._verb_opens():
            return
        clause.predicates.append(self.predicate())
        while True:
            skip = self._separator()
            more = self._done_to_it(skip, clause.predicates[-1])
            if not skip or not (more or self._verb_opens(skip)):
                return
            if within and self._commands(clause.predicates[-1], skip):
                return
            self.at += skip
            clause.predicates.append(self.predicate())
            clause.predicates[-1].passive |= more

    def _done_to_it(self, skip: int, before: Predicate) -> bool:
        """Whether one more thing that is done to the subject follows: "is opened, published as … and sent to …"."""
        item = self.peek(skip)
        return before.passive and item is not None and item.tag == "V" and item.form == "VBN"

    def _commands(self, before: Predicate, skip: int) -> bool:
        """Whether a verb behind the comma of a condition says what to do then: "when it is done, send …"."""
        item = self.peek(skip)
        finite = before.passive or any(v.form in {"VBZ", "VBN", "J"} or v.tag == "A" for v in before.verbs)
        return item is not None and skip == 1 and self.tag() == "," and item.form == "VB" and finite

    def _separator(self) -> int:
        """How many items of ", and" stand here."""
        skip = 0
        while self.tag(skip) in {",", "C"} and skip < 2:
            skip += 1
        return skip

    def predicate(self) -> Predicate:
        """A verb group, its objects and everything up to the next clause."""
        self.depth += 1
        group: list[Item] = []
        while self.tag() in _GROUP_TAGS:
            group.append(self.take())
        found = Predicate(group=group, verbs=[])
        found.negated = any(i.tag == "X" or i.lemma in {"cannot"} or i.text.lower().endswith("n't") for i in group)
        if self.tag() == "V":
            self._verbs(found)
        be = any(i.lemma == "be" for i in group)
        found.passive = be and bool(found.verbs) and found.verbs[0].form == "VBN"
        if be and not found.verbs:
            copula = next(i for i in group if i.lemma == "be")
            found.verbs = [copula]
        self._complements(found)
        self.depth -= 1
        return found

    def _verbs(self, predicate: Predicate) -> None:
        predicate.verbs.append(self.take())
        self._particle(predicate)
        form = predicate.verbs[0].form
        while True:
            skip = self._separator()
            item = self.peek(skip)
            if not skip or item is None or not self._coordinated(item, form, skip):
                return
            if any(i.lemma == "be" for i in predicate.group) and self._goes_somewhere(skip + 1):
                return  # "is opened, published as … and sent to …": each has words of its own
            self.at += skip
            predicate.verbs.append(self.take())
            self._particle(predicate)

    def _coordinated(self, item: Item, form: str, skip: int) -> bool:
        """Whether a word is one more verb: the same form, or a participle that stands alone ("is placed or paid")."""
        if item.tag == "V":
            return item.form == form or form == "VB"
        participle = item.tag == "J" and "V" in item.words[0].candidates
        return form == "VBN" and participle and self.tag(skip + 1) not in "NJL"

    def _goes_somewhere(self, ahead: int) -> bool:
        item = self.peek(ahead)
        return item is not None and item.lemma in {"as", "to", "with", "into"}

    def _particle(self, predicate: Predicate) -> None:
        item = self.peek()
        if item and item.lemma in verbs.PARTICLES and f"{predicate.verbs[-1].lemma} {item.lemma}" in verbs.PHRASAL:
            predicate.group.append(self.take())

    def _complements(self, predicate: Predicate) -> None:
        self._objects(predicate)
        while True:
            before = self.at
            predicate.adjuncts += self.trailing()
            if self._infinitive_opens() and not predicate.infinitive:
                marker = self.take()
                predicate.infinitive = self.predicate()
                predicate.infinitive.group.insert(0, marker)
            elif self._let(predicate):
                predicate.infinitive = self.predicate()
            elif self.tag() == "W" and self.depth < _MAX_DEPTH:
                predicate.conditions.append(self.condition())
            elif self.tag() == "," and self.tag(1) in {"W", "P", "Z", "Y"} and self.depth < _MAX_DEPTH:
                self.at += 1
            elif self._even() and self.depth < _MAX_DEPTH:
                self.at += self.tag() == ","
                predicate.adjuncts.append(Adjunct(kind="stress", items=[self.take()]))
            if self.at == before:
                return

    def _objects(self, predicate: Predicate) -> None:
        if self._noun_opens() and not self._sized_clause():
            predicate.objects = self.noun_list()
            if len(predicate.verbs) == 1 and not any(n.post for n in predicate.objects):
                self._particle(predicate)  # "take them back"
        if self._noun_opens() and self.tag() in "DSQ" and len(predicate.objects) == 1:
            predicate.objects += self.noun_list()

    def _even(self) -> bool:
        """Whether ", even" stands before a condition that only stresses what was said."""
        skip = 1 if self.tag() == "," else 0
        item = self.peek(skip)
        return item is not None and item.lemma == "even" and self.tag(skip + 1) == "W"

    def _let(self, predicate: Predicate) -> bool:
        """Whether a verb without "to" follows: "let people exchange postcards"."""
        lets = bool(predicate.objects) and [v.lemma for v in predicate.verbs] == ["let"]
        item = self.peek()
        return lets and item is not None and item.form == "VB" and not predicate.infinitive and self.depth < _MAX_DEPTH

    def _sized_clause(self) -> bool:
        """A quantity that stands alone is an adjunct ("answers within …", "lasts 20 minutes"), not an object."""
        return self.tag() == "H" and self.tag(1) not in _NOUN_TAGS

    def trailing(self, *, part: bool = False) -> list[Adjunct]:
        """Prepositional phrases, times, bounds, adverbs and adjectives that stand here."""
        found: list[Adjunct] = []
        while item := self.peek():
            if item.tag == "P":
                found.append(self.prepositional(part=part))
            elif item.tag in _PHRASES and not (item.tag == "R" and self._verb_opens()):
                found.append(Adjunct(kind=_PHRASES[item.tag], items=[self.take()]))
                self._more_adjectives(found[-1])
            elif item.tag == "V" and item.form in {"VBN", "VBG"} and self.depth < _MAX_DEPTH:
                inner = self.predicate()
                inner.passive = item.form == "VBN"
                found.append(Adjunct(kind="participle", items=[item], gerund=inner))
            else:
                return found
        return found

    def _more_adjectives(self, adjunct: Adjunct) -> None:
        """Adjectives that go on, with their particle or behind a conjunction: "picked up", "placed or paid"."""
        particle = self.peek()
        if adjunct.kind == "adjective" and particle and particle.tag == "R" and particle.lemma in verbs.PARTICLES:
            adjunct.items.append(self.take())
        while adjunct.kind == "adjective" and (skip := self._separator()):
            item = self.peek(skip)
            alone = item is not None and (item.tag == "J" or item.form == "VBN") and self.tag(skip + 1) not in "NJL"
            if not alone:
                return
            self.at += skip
            adjunct.items.append(self.take())

    def _duration(self) -> bool:
        """A duration behind a preposition stands alone: "after 30 days links expire"."""
        item = self.peek()
        return item is not None and isinstance(item.meaning, Measure) and item.meaning.dimension == "duration"

    def prepositional(self, *, part: bool = False) -> Adjunct:
        """A preposition with its nouns; without any it stands alone."""
        prep = self.take()
        found = Adjunct(kind="prep", items=[prep], prep=prep.lemma)
        if self.tag() == "B" or (self.tag() == "H" and (self.tag(1) not in "NJL" or self._duration())):
            found.items.append(self.take())
        elif self._gerund_opens() and self.depth < _MAX_DEPTH:
            found.gerund = self.predicate()
        elif prep.lemma == "in" and (item := self.peek()) and item.lemma in {"markdown", "html"}:
            found.nouns = [self.noun(shallow=True)]  # "a text in Markdown and tags"
        elif self._noun_opens():
            found.nouns = self.noun_list(shallow=True, part=part and prep.lemma in {"of", "in", "per"})
        return found

    # nouns

    def _noun_opens(self) -> bool:
        ahead = 0
        while self.tag(ahead) in "DSQUJHRK" and ahead < 8:
            ahead += 1
        if self.tag(ahead) in "NLO":
            return True
        return self.tag() in "DQUS" and ahead > 0 and self.tag(ahead - 1) in "DQUS" and self.tag() != "S"

    def noun_list(self, *, subject: bool = False, shallow: bool = False, part: bool = False) -> list[Noun]:
        """Coordinated noun phrases. A list stops where the next noun has a verb of its own.

        A `part` ("a list of ingredients and a rating") also stops at a determiner: the outer list goes on there.
        """
        found = [self.noun(shallow=shallow)]
        while True:
            if rest := self._apposition():
                found[-1].post.append(rest)
            skip = self._separator()
            if not skip or self.depth >= _MAX_DEPTH:
                return found
            start = self.at
            self.at += skip
            if not self._noun_opens() or (part and self.tag() in "DQ"):
                self.at = start
                return found
            if shallow and self.tag(-1) == "," and not self._list_continues():
                self.at = start
                return found
            next_ = self.noun(shallow=shallow)
            other = part and next_.head.plural and not found[-1].head.plural  # "dates of birth, addresses and names"
            if other or (self._verb_opens() and not subject):
                self.at = start
                return found
            found.append(next_)

    def _apposition(self) -> Adjunct | None:
        """What explains the noun before it to the end: ", the address at which it can be fetched"."""
        if self.tag() != "," or self.tag(1) != "D" or self.items[self.at + 1].lemma != "the":
            return None
        end = next((n for n in range(self.at, len(self.items)) if self.items[n].tag in ".;:"), len(self.items))
        said = list(self.items[self.at + 1 : end])
        at = next((n for n, i in enumerate(said) if i.lemma == "which"), 0)
        if at < 2 or any(i.tag not in "DJNP" for i in said[:at]) or any(i.tag == "," for i in said):
            return None
        self.at = end
        return Adjunct(kind="apposition", items=said)

    def _list_continues(self) -> bool:
        """After a comma inside a prepositional phrase: whether a list goes on ("with a, b and c")."""
        for item in self.items[self.at : self.at + 12]:
            if item.tag == "C":
                return True
            if item.tag in {"V", "M", "A", ";", ":", "."}:
                return False
        return False

    def noun(self, *, shallow: bool = False) -> Noun:
        """A noun phrase with what follows and narrows it. A shallow one (in a prepositional phrase) takes only "
        ""of".
        """
        items = self._noun_items()
        head = next((i for i in reversed(items) if i.tag in "NO"), None) or items[-1]
        found = Noun(items=items, head=head)
        self._paren(found)
        if shallow:
            while self.tag() == "P" and self.items[self.at].lemma == "of" and self.depth < _MAX_DEPTH:
                found.post.append(self.prepositional(part=True))
            while self.tag() == "B":
                found.post.append(Adjunct(kind="bound", items=[self.take()]))
        else:
            found.post += self._handed_out()
            found.post += self.trailing(part=True)
        self._paren(found)
        self._relative(found)
        if found.relative and not shallow:
            found.post += self.trailing(part=True)
        return found

    def _handed_out(self) -> list[Adjunct]:
        """A clause without "that": "every card the service returns has …"."""
        at = 1 if self.tag() == "D" else 0
        subject, verb = self.peek(at), self.peek(at + 1)
        if not at or subject is None or verb is None or subject.lemma not in nouns.SYSTEMS or subject.tag != "N":
            return []
        if verb.tag not in "VN" or verb.lemma not in verbs.CLASSES["hand out"] or not self._verb_opens(at + 2):
            return []
        return [Adjunct(kind="handed out", items=[self.take() for _ in range(at + 2)])]

    def _noun_items(self) -> list[Item]:
        items: list[Item] = []
        while item := self.peek():
            if (item.tag in "DSQUNJLOHK" and not self._ends_noun(items, item)) or (
                item.tag == "R" and self.tag(1) == "J" and self.tag(2) in "NJ"
            ):
                items.append(self.take())
            else:
                break
        return items or [self.take()]

    def _ends_noun(self, items: list[Item], item: Item) -> bool:
        """A determiner, a pronoun or a later adjective starts something new after a head."""
        headed = any(i.tag in "NLO" for i in items)
        if not headed:
            return False
        if item.tag == "S" and item.lemma == "'s":
            return False
        if items[-1].tag == "S":
            return False
        if item.tag in "DSQUOHK":
            return True
        return item.tag == "J" and self.tag(1) not in "NJL"

    def _paren(self, noun: Noun) -> None:
        if self.tag() == ":" and not noun.paren and self._counts_out(noun):
            noun.paren = list(self.items[self.at + 1 : self._part_end()])
            self.at = self._part_end()
        if self.tag() != "(" or noun.paren:
            return
        end = next((i for i in range(self.at, len(self.items)) if self.items[i].tag == ")"), None)
        if end is None:
            return
        noun.paren = list(self.items[self.at + 1 : end])
        self.at = end + 1

    def _part_end(self) -> int:
        """Where this part of the sentence ends."""
        return next((i for i in range(self.at, len(self.items)) if self.items[i].tag in ".;!?"), len(self.items))

    def _counts_out(self, noun: Noun) -> bool:
        """Whether a colon goes before the values of the last thing of a list: "… and a status: open, paid or late"."""
        told = self.items[self.at + 1 : self._part_end()]
        listed = noun.items[0].tag == "D" and any(i.tag == "V" for i in self.items[: self.at])
        plain = all(i.tag in "NJVCLX," or i.lemma in {"or", ","} for i in told)
        return listed and noun.head.lemma in nouns.VALUE_NOUNS and plain and any(i.lemma == "or" for i in told)

    def _own_subject(self, noun: Noun, skip: int, marker: Item | None) -> None:
        """A relative clause with a subject of its own: "rooms that people can book", "tickets they opened"."""
        start = self.at
        self.at += skip
        self.depth += 1
        inner = Clause()
        if self._noun_opens():
            inner.subject = [self.noun(shallow=True)]
            self._predicates(inner)
            item = self.peek()
            if not inner.predicates and item is not None and item.form == "VBN":
                inner.predicates.append(self.predicate())
        self.depth -= 1
        if not inner.predicates or any(n.head.tag != "O" for n in inner.predicates[0].objects):
            self.at = start
            return
        inner.predicates[0].group[:0] = [marker] if marker else []
        noun.clause = inner

    def _opens_without_pronoun(self) -> bool:
        """Whether "they opened", "he has written" stands behind a noun: a relative clause without "that"."""
        item, after = self.peek(), self.peek(1)
        who = item is not None and item.tag == "O" and item.lemma in {"they", "he", "she", "you", "we", "i"}
        return who and after is not None and (after.form == "VBN" or after.lemma in {"have", "own"})

    def _relative(self, noun: Noun) -> None:
        if self._opens_without_pronoun() and self.depth < _MAX_DEPTH:
            self._own_subject(noun, 0, None)
            return
        skip = 1 if self.tag() == "," and self.tag(1) == "T" else 0
        if self.tag(skip) != "T" or self.depth >= _MAX_DEPTH:
            return
        if not self._verb_opens(skip + 1):
            self._own_subject(noun, skip + 1, self.peek(skip))
            return
        self.at += skip
        marker = self.take()
        inner = Clause()
        self.depth += 1
        self._predicates(inner)
        self.depth -= 1
        noun.relative = inner.predicates
        noun.relative[0].group.insert(0, marker)

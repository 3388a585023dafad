"""What the reader remembers while it goes through a text: symbols of the whole text, and who and what came last.

Owns the first pass (which lemmas stand where) and the referents of the second ("they", "it", the operation and the
event that a later sentence goes on about).
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from autocoder.facts import Prose, Value, Via
from autocoder.readers.rules.frames.model import Ask
from autocoder.readers.rules.lexicon import nouns
from autocoder.readers.rules.lexicon.verbs import CLASSES, DOMAIN_VERBS
from autocoder.readers.rules.phrases import Item


@dataclass(kw_only=True)
class Part:
    """A slot in the making: its value and the items that it was read from."""

    value: Value
    items: list[Item]
    via: Via = Via.VERBATIM
    place: tuple[int, int] | None = None

    @property
    def offsets(self) -> tuple[int, int]:
        """Start and end in the prose."""
        if self.place:
            return self.place
        tokens = [w.token for i in self.items for w in i.words]
        return min(t.start for t in tokens), max(t.end for t in tokens)


@dataclass(kw_only=True)
class Draft:
    """A fact in the making; later predicates of its sentence may still add slots."""

    kind: str
    parts: dict[str, Part]
    items: set[int]
    asks: Ask | None = None


@dataclass(frozen=True, kw_only=True)
class Symbols:
    """The first pass over the whole text: in which sentences each lemma stands, and what has a name.

    `loose` are the shapes of which only one field must be there, `domain` the things of the text whose nouns otherwise
    mean the system itself ("members borrow tools"), `routes` where each method and path stands first.
    """

    where: dict[str, frozenset[int]]
    things: frozenset[str] = frozenset()
    schemas: frozenset[str] = frozenset()
    shapes: dict[str, Item] = field(default_factory=dict[str, Item])
    loose: frozenset[str] = frozenset()
    first_route: int | None = None
    routes: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict["tuple[str, str]", "tuple[int, int]"])
    states: frozenset[str] = frozenset()
    domain: frozenset[str] = frozenset()

    @staticmethod
    def of(sentences: Iterable[Sequence[Item]]) -> Symbols:
        """Collects the lemmas."""
        found: dict[str, set[int]] = {}
        things: set[str] = set()
        schemas: set[str] = set()
        shapes: dict[str, Item] = {}
        loose: set[str] = set()
        first_route: int | None = None
        domain: set[str] = set()
        routes: dict[tuple[str, str], tuple[int, int]] = {}
        for number, items in enumerate(sentences):
            things |= _things(items)
            domain |= _of_the_domain(items)
            schemas |= _schemas(items)
            shapes |= _shapes(items)
            for route, place in _routes(items):
                routes.setdefault(route, place)
            loose |= {name for name in _shapes(items) if any(i.tag in "BK" for i in items)}
            if first_route is None and any(i.kind == "route" or i.lemma.startswith("/") for i in items):
                first_route = number
            for item in items:
                for word in item.words:
                    found.setdefault(word.lemma, set()).add(number)
        return Symbols(
            where={lemma: frozenset(numbers) for lemma, numbers in found.items()},
            things=frozenset(things),
            schemas=frozenset(schemas),
            shapes=shapes,
            loose=frozenset(loose),
            first_route=first_route,
            routes=routes,
            domain=frozenset(domain),
        )

    @property
    def clients_are_people(self) -> bool:
        """Whether "client" means a customer: where no route, method or address says that programs call."""
        return self.first_route is None and not self.where.keys() & {"url", "endpoint", "api", "json"}

    def system(self, lemma: str) -> bool:
        """Whether a noun means what is being built."""
        return lemma in nouns.SYSTEMS and lemma not in self.domain

    def elsewhere(self, lemma: str, sentence: int) -> bool:
        """Whether a lemma stands in another sentence too."""
        stands = self.where.get(lemma, frozenset[int]())
        return len(stands) > (sentence in stands)


_KEPT = CLASSES["create"] | CLASSES["delete"] | CLASSES["manage"] | CLASSES["list"] | DOMAIN_VERBS


def _things(items: Sequence[Item]) -> set[str]:
    """The nouns that a sentence treats as things: what has something, and what is made, changed or deleted."""
    found: set[str] = set()
    for i, item in enumerate(items):
        after = items[i + 1] if i + 1 < len(items) else None
        if item.tag == "N" and after and after.lemma in {"have", "consist", "contain", "belong"}:
            found.add(item.lemma)
        if item.tag == "V" and item.lemma in _KEPT:
            rest = range(i + 1, min(i + 6, len(items)))
            head = next(
                (k for k in rest if items[k].tag == "N" and (k + 1 == len(items) or items[k + 1].tag != "N")), None
            )
            if head and all(items[k].tag in "DSQJNUK" for k in range(i + 1, head)):
                found.add(items[head].lemma)
    return found


def _of_the_domain(items: Sequence[Item]) -> set[str]:
    """Nouns for systems that a sentence treats as things: many of them, each of them, one that has or belongs.

    Whatever a path is made of is a thing too: `/services/{id}`.
    """
    parts = {p for i in items if i.tag == "L" and "/" in i.lemma for p in re.findall(r"/(\w+)s\b", i.lemma.lower())}
    found = parts & nouns.SYSTEMS
    for i, item in enumerate(items):
        if item.tag != "N" or item.lemma not in nouns.ALSO_THINGS:
            continue
        before = items[i - 1] if i else None
        after = items[i + 1] if i + 1 < len(items) else None
        others = before is not None and before.lemma in {"other", "external", "outside", "third-party", "web", "that"}
        many = item.plural and not others
        each = before is not None and before.lemma in {"each", "every", "their"}
        has = before is not None and before.lemma in {"a", "an"} and after is not None and after.lemma in _HAS
        if many or each or has:
            found.add(item.lemma)
    return found


_HAS = frozenset({"have", "belong", "consist", "contain"})


def _schemas(items: Sequence[Item]) -> set[str]:
    """The names of shapes: "Slug: { … }", "Request body (SlugCreate)", "SlugCreate = { … }"."""
    found = {name for i in items if (name := _shape_name(i))}
    for i, item in enumerate(items[:-1]):
        shaped = items[i + 1].lemma in {":", ")"} and any(x.kind == "shape" for x in items[i + 1 : i + 7])
        if shaped and item.text[:1].isupper() and item.text.isalnum():
            found.add(item.text)
    return found


def _shape_name(item: Item) -> str:
    """The name that a shape has in itself: "SlugCreate = { … }"."""
    return item.text.partition("=")[0].strip() if item.kind == "shape" and item.text[0] != "{" else ""


_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


def _routes(items: Sequence[Item]) -> Iterator[tuple[tuple[str, str], tuple[int, int]]]:
    """The routes that a sentence names, each with its place; a path and a method apart from each other are one."""
    named = [i for i in items if i.kind == "route"]
    paths = [
        i for i in items if i.kind in {"path", "code", "quoted"} and i.lemma.startswith("/") and " " not in i.lemma
    ]
    methods = [i for i in items if i.text in _METHODS]
    for item in named:
        method, _, path = item.lemma.partition(" ")
        yield (method, path), Part(value=path, items=[item]).offsets
    if not named and len(paths) == 1 and len(methods) == 1:
        yield (methods[0].text, paths[0].lemma), Part(value="", items=paths).offsets


def _shapes(items: Sequence[Item]) -> dict[str, Item]:
    """The shapes that a line gives names to: "Slug: { … }", "201 response (Slug): { … }", "Slug = { … }".

    None where more stands there than "at least one of".
    """
    found = {name: i for i in items if (name := _shape_name(i))}
    words = [i for i in items if i.lemma not in {".", ":"}]
    if len(words) == 4 and words[1].text.lower() == "at least one" and words[2].lemma == "of":
        words = [words[0], words[3]]
    if [i.lemma for i in words[-4:-2:2]] == ["("] and words[-2].lemma == ")":
        words = [words[-3], words[-1]]
    named = len(words) == 2 and words[1].kind == "shape" and words[0].text[:1].isupper() and words[0].text.isalnum()
    return found | ({words[0].text: words[1]} if named else {})


@dataclass(frozen=True, kw_only=True)
class Heard:
    """A thing that the sentence has named: a pronoun behind it may mean it. Phrases come after subjects and objects."""

    part: Part
    index: int
    plural: bool
    in_phrase: bool


@dataclass(kw_only=True)
class Discourse:
    """The state of the second pass. `follows` is the word that the next sentence starts with, `checked` the last
    sentence that told what an endpoint looks at first.
    """

    prose: Prose
    symbols: Symbols
    sentence: int = 0
    actor: dict[str, Part] = field(default_factory=dict[str, Part])
    operation: dict[str, Part] = field(default_factory=dict[str, Part])
    event: Part | None = None
    entity: Part | None = None
    endpoint: dict[str, Part] = field(default_factory=dict[str, Part])
    fields: ChainMap[str, dict[str, Part]] = field(default_factory=ChainMap[str, "dict[str, Part]"])
    columns: list[str] = field(default_factory=list[str])
    title: bool = False
    example: str = ""
    case: Part | None = None
    done: Part | None = None
    opening: bool = False
    arrived: tuple[Part, int] | None = None
    heard: list[Heard] = field(default_factory=list[Heard])
    asked: tuple[int, frozenset[str]] | None = None
    follows: str = ""
    checked: int = -2

    def copy(self) -> Discourse:
        """A state that a trial may change."""
        return replace(
            self,
            actor=dict(self.actor),
            operation=dict(self.operation),
            endpoint=dict(self.endpoint),
            columns=list(self.columns),
            fields=self.fields.new_child(),
        )

    def adopt(self, other: Discourse) -> None:
        """Takes over the state of the trial that was chosen."""
        self.actor, self.operation = other.actor, other.operation
        self.event, self.entity = other.event, other.entity
        self.case, self.arrived = other.case, other.arrived
        self.endpoint, self.asked = other.endpoint, other.asked
        self.fields.update(other.fields.maps[0])

    def learn(self, name: str, of: Part) -> None:
        """Keeps whose field it is. A trial writes to its own layer, so that a copy costs nothing."""
        self.fields[name] = {**self.fields.get(name, {}), str(of.value): of}


def remembered(part: Part) -> Part:
    """The part as a later sentence uses it: its place stays, its items are not that sentence's."""
    return Part(value=part.value, items=[], via=Via.CONTEXT, place=part.offsets)

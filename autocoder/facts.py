"""Facts: what a reader takes from prose, each slot with the place that it came from.

Owns the closed vocabulary of kinds and their slots, quotes into the prose, and their JSON form. Refuses a quote that
is not in the prose, an unknown kind or slot, a missing required slot, and a value of the wrong type.
"""

from __future__ import annotations

import bisect
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal, cast

from autocoder.diagnostics import Span

Value = str | int | bool | tuple[str, ...]
"""A slot's value. Words are lower case and singular ("daily total"), durations `30d`, numbers of prose are text."""


class QuoteNotFound(ValueError):
    """A quote that is not in the prose."""


class BadFact(ValueError):
    """A fact outside the closed vocabulary."""


class Via(StrEnum):
    """How a slot's value was got from its quote.

    `verbatim`: the words themselves, at most without inflection, case, quotes or digit grouping. `lexicon`: what the
    reader's word lists say that the words mean. `inferred`: not said, only suggested; a decision to review.
    `context`: said elsewhere (an earlier sentence, a context file).
    """

    VERBATIM = "verbatim"
    LEXICON = "lexicon"
    INFERRED = "inferred"
    CONTEXT = "context"


@dataclass(frozen=True, kw_only=True)
class Prose:
    """The text that facts quote. `file` is the POSIX path that diagnostics show."""

    text: str
    file: str

    @cached_property
    def _line_starts(self) -> tuple[int, ...]:
        return (0, *(i + 1 for i, c in enumerate(self.text) if c == "\n"))

    def line(self, offset: int) -> int:
        """The line, from 1, that an offset is on."""
        return bisect.bisect_right(self._line_starts, offset)

    def place(self, start: int, end: int) -> Span:
        """The diagnostics span of `text[start:end]`."""
        last = max(start, end - 1)
        line, end_line = self.line(start), self.line(last)
        return Span(
            file=self.file,
            line=line,
            column=start - self._line_starts[line - 1] + 1,
            end_line=end_line,
            end_column=max(start + 1, end) - self._line_starts[end_line - 1] + 1,
        )

    def quote(self, start: int, end: int) -> Quote:
        """The quote `text[start:end]`. Raises `QuoteNotFound` outside the text."""
        return Quote(prose=self, start=start, end=end)

    def find(self, words: str, *, after: int = 0) -> Quote:
        """The first place of `words`, verbatim, at or after an offset. Raises `QuoteNotFound`."""
        start = self.text.find(words, after) if words else -1
        if start < 0:
            raise QuoteNotFound(f"not in the prose: {words!r}")
        return self.quote(start, start + len(words))


@dataclass(frozen=True, kw_only=True)
class Quote:
    """A stretch of the prose, by offsets in code points; the end is exclusive."""

    prose: Prose = field(repr=False, compare=False)
    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= len(self.prose.text):
            raise QuoteNotFound(f"not in the prose: offsets {self.start} to {self.end}")

    @property
    def text(self) -> str:
        """The quoted words, as they stand."""
        return self.prose.text[self.start : self.end]

    @property
    def place(self) -> Span:
        """File, line and column."""
        return self.prose.place(self.start, self.end)

    def as_data(self) -> dict[str, Any]:
        """JSON-ready: offsets and the words."""
        return {"start": self.start, "end": self.end, "text": self.text}

    @staticmethod
    def from_data(data: Mapping[str, Any], prose: Prose) -> Quote:
        """The reverse of `as_data`. Raises `QuoteNotFound` where the words do not stand at the offsets."""
        quote = prose.quote(data["start"], data["end"])
        if quote.text != data["text"]:
            raise QuoteNotFound(f"not in the prose at {quote.start}: {data['text']!r}")
        return quote


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A value with the quote that it came from."""

    value: Value
    span: Quote
    via: Via = Via.VERBATIM


SlotType = Literal["word", "text", "integer", "boolean", "duration", "number", "list", "choice"]


@dataclass(frozen=True, kw_only=True)
class SlotSpec:
    """One slot of a kind: the type of its value, what it means, whether a fact must have it."""

    type: SlotType
    meaning: str
    required: bool = False
    choices: tuple[str, ...] = ()

    def accepts(self, value: Value) -> bool:
        """Whether a value has this slot's type."""
        match self.type:
            case "integer":
                return isinstance(value, int) and not isinstance(value, bool)
            case "boolean":
                return isinstance(value, bool)
            case "list":
                return isinstance(value, tuple)
            case "choice":
                return value in self.choices
            case "word" | "text" | "duration" | "number":
                return isinstance(value, str) and bool(value)


@dataclass(frozen=True, kw_only=True)
class FactKind:
    """A kind of fact: what it says and its slots. At least one slot of `one_of` must be there."""

    name: str
    meaning: str
    slots: Mapping[str, SlotSpec]
    one_of: tuple[str, ...] = ()


def _kind(name: str, meaning: str, /, *one_of: str, **slots: SlotSpec) -> FactKind:
    return FactKind(name=name, meaning=meaning, slots=MappingProxyType(slots), one_of=one_of)


def _word(meaning: str, *, required: bool = False) -> SlotSpec:
    return SlotSpec(type="word", meaning=meaning, required=required)


def _choice(meaning: str, *choices: str, required: bool = False) -> SlotSpec:
    return SlotSpec(type="choice", meaning=meaning, choices=choices, required=required)


def _of(kind: SlotType, meaning: str, *, required: bool = False) -> SlotSpec:
    return SlotSpec(type=kind, meaning=meaning, required=required)


DOES = ("create", "list", "read", "update", "delete", "manage", "search", "visit", "convert", "compute", "other")
"""What a verb does to rows; `manage` stands for create, list, read, update and delete."""

TOPICS = (
    "limit", "rate limit", "no overlap", "audit", "encryption", "privacy", "delivery", "cross-origin", "at least one",
    "unknown fields", "idempotency", "partial update", "tracing", "repetition", "replacement",
)  # fmt: skip
"""What a policy may be about."""

_METHOD = _choice("HTTP method", "GET", "POST", "PUT", "PATCH", "DELETE")
_ACTOR = _choice("who: anyone, a signed-in user, or someone with a role", "anyone", "user", "role", "nobody", "guest")
_ROLE = _word("the role's name where the actor is a role or a named kind of user")
_SCOPE = _choice("which rows: the actor's own, those assigned to the actor, or all", "own", "assigned", "all")

KINDS: Mapping[str, FactKind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            _kind(
                "system",
                "What is being built.",
                name=_word("its name"),
                subject=_word("what it is about or manages"),
                form=_word("api, service, app, backend"),
                purpose=_of("text", "what it is for, in the prose's words"),
            ),
            _kind("entity", "A kind of thing that the service keeps.", name=_word("singular name", required=True)),
            _kind(
                "field",
                "A property of an entity, or a parameter of an operation.",
                of=_word("the entity, or `METHOD /path`", required=True),
                name=_word("the field's name", required=True),
                type=_word("a type of the blueprint language"),
                direction=_choice("for an operation: sent or answered", "request", "response"),
                location=_choice("where a request carries it", "path", "query", "header", "body"),
                required=_of("boolean", "whether it must be there"),
                unique=_of("boolean", "no two rows share it"),
                read_only=_of("boolean", "clients cannot set it"),
                personal=_of("boolean", "personal data"),
                default=_of("text", "value where none is given"),
                min=_of("number", "least value or length"),
                max=_of("number", "greatest value or length"),
                length=_of("integer", "exact number of characters"),
                values=_of("list", "the closed list of values"),
                pattern=_of("text", "regular expression"),
                formats=_of("list", "the types of files that it takes"),
                seeks=_of("list", "for a query: the fields whose texts it is looked for in; empty is all of them"),
                computed=_of("text", "what it is computed from, in the prose's words"),
                after=_word("the field that it is later than, or now"),
                not_before=_word("the field that it is not earlier than"),
                visible=_word("the role of those who alone see it, or owner"),
            ),
            _kind(
                "relation",
                "An entity refers to another.",
                entity=_word("the entity that refers", required=True),
                to=_word("the entity referred to", required=True),
                role=_word("the reference's name"),
                many=_of("boolean", "to many rows"),
            ),
            _kind(
                "operation",
                "Something that somebody can ask for. Facts of one operation have the same verb and object, or route.",
                "verb",
                "path",
                actor=_ACTOR,
                role=_ROLE,
                scope=_SCOPE,
                whose=_word("the thing that is the actor's own, where not the object"),
                verb=_word("what is done"),
                does=_choice("what the verb does to rows", *DOES),
                object=_word("what it is done to"),
                object_type=_word("the type of the object, where its noun names a value"),
                given=_word("the value that the object is made of"),
                given_type=_word("its type"),
                parent=_word("what the object belongs to"),
                state=_word("a state that restricts the rows"),
                to_state=_word("the state that the row goes into"),
                assignee=_word("whom it is given to: a kind of people, or self"),
                from_states=_of("list", "the states in which it may be done"),
                before=_of("duration", "it may be done until this long before a time of the row"),
                of=_word("that time's name; alone, the time from which on it may not be done"),
                unless=_of("list", "the cases in which it may not be done: states, full, started, ended"),
                provided=_of("list", "the only cases in which it may be done"),
                about=_word("what those cases and that time are of, where not the object"),
                within=_of("duration", "it may be done until this long after the row came into its state"),
                filters=_of("list", "the fields that a list or a search is narrowed by"),
                inputs=_of("list", "the values that a result is computed from"),
                units=_of("list", "the units between which it is converted"),
                most=_of("integer", "at most so many of the object"),
                limit=_of("integer", "rows of one answer, or of one page"),
                older_than=_of("duration", "only rows older than this"),
                every=_of("duration", "how often each of the actors does it"),
                fields=_of("list", "the only fields that it changes"),
                order=_choice("order of a list", "newest first", "oldest first"),
                sorted_by=_word("the field that a list is sorted by"),
                descending=_of("boolean", "the greatest value first"),
                method=_METHOD,
                path=_word("route"),
                output=_word("what the actor gets"),
                output_type=_word("the type of the output, where its noun names a value"),
                output_length=_of("integer", "its number of characters"),
                redirect=_word("where it redirects to"),
                counts=_word("what it counts"),
                status=_of("integer", "status of the answer"),
                error=_of("integer", "status of a failure"),
                error_when=_choice(
                    "the failure",
                    "malformed",
                    "invalid",
                    "unauthenticated",
                    "forbidden",
                    "missing",
                    "conflict",
                    "limited",
                ),
                condition=_of("text", "when it fails, in the prose's words"),
                message=_of("text", "what the answer says"),
                message_key=_word("the key under which the answer says it"),
                errors=_of("list", "statuses of failures, without conditions"),
                existing=_choice("what becomes of a row that is there already", "return"),
                known_by=_word("the field by which it is known to be there"),
                summary=_of("text", "documentation, in the prose's words"),
            ),
            _kind(
                "lifecycle",
                "A state of an entity, and how it comes about.",
                "state",
                "states",
                "otherwise",
                entity=_word("the entity", required=True),
                state=_word("the state"),
                states=_of("list", "all states, the first one is initial"),
                after=_of("duration", "age at which the state comes about"),
                never=_of("boolean", "the state never comes about"),
                of=_word("what the age counts from"),
                initial=_of("boolean", "a row starts in the state"),
                from_state=_word("only rows in this state come into it"),
                otherwise=_of("integer", "status that refuses any other change of state"),
            ),
            _kind(
                "access",
                "Who may or may not do something, beyond a single operation.",
                actor=_ACTOR,
                role=_ROLE,
                verb=_word("what is done"),
                does=_choice("what the verb does to rows", *DOES),
                object=_word("what it is done to"),
                scope=_SCOPE,
                state=_word("a state that restricts the rows"),
                states=_of("list", "the states that restrict the rows, where they are several"),
                provided=_of("list", "the only cases in which it may be done after all"),
                about=_word("what those cases are of, where not the object"),
                of=_word("the time from which on it holds"),
                allowed=_of("boolean", "may or may not", required=True),
                like=_word("the role whose rights these people have too"),
                without=_word("what must not be left out: sign in"),
            ),
            _kind(
                "authentication",
                "How people sign in.",
                entity=_word("who signs in"),
                login=_word("the field that names them"),
                secret=_word("the field that proves it"),
                scheme=_word("bearer, password, api key, openid connect"),
                header=_word("the header that carries it"),
                roles=_of("list", "all roles"),
                needed=_of("boolean", "whether there are users at all"),
                message=_of("text", "what callers without it are told"),
            ),
            _kind(
                "event",
                "Something that is published when it happens.",
                name=_word("the event's name", required=True),
                cause=_word("what happens"),
                object=_word("to what"),
                **{"from": _choice("where it comes from, where the service does not publish it", "outside")},
            ),
            _kind(
                "subscription",
                "What is done when an event arrives.",
                event=_word("the event's name"),
                consumer=_word("who does it"),
                keeps=_word("what is kept up to date", required=True),
                period=_choice("one row per", "hour", "day", "month", "year"),
                per=_word("and per"),
                counts=_word("what is counted"),
                less=_word("the event that takes away what the other one adds"),
            ),
            _kind(
                "reaction",
                "What the service does by itself when something is the case.",
                "verb",
                "to_state",
                event=_word("the event whose arrival asks for it"),
                when=_of("text", "what must be the case, in the prose's words"),
                on=_word("what is done to the thing that it follows from, in the verb's words"),
                of=_word("that thing, which the object belongs to"),
                otherwise=_of("boolean", "it is done where the case is not so"),
                never=_of("boolean", "it is not done then"),
                verb=_word("what is done"),
                object=_word("what it is done to"),
                to_state=_word("the state that the row goes into"),
            ),
            _kind(
                "schedule",
                "What is done when time comes.",
                cron=_word("cron line in UTC", required=True),
                verb=_word("what is done", required=True),
                does=_choice("what the verb does to rows", *DOES),
                object=_word("what it is done to", required=True),
                state=_word("only rows in this state"),
                older_than=_of("duration", "only rows older than this"),
            ),
            _kind(
                "integration",
                "A system outside that is told or asked something, or the way in which somebody is told.",
                name=_word("its name; e-mail, webhook", required=True),
                purpose=_of("text", "what it is used for"),
                object=_word("what it is told of"),
                on=_word("what happens to that, in the verb's words; none is that it is made"),
                to=_word("who is told"),
                shows=_of("list", "what the message says"),
                before=_of("duration", "how long before"),
                signed_with=_word("the field that holds the secret of the signature"),
                cron=_word("cron line in UTC, where time alone brings it about"),
                url=_of("text", "the address that is asked, with its method where one is stated"),
                sends=_of("list", "what is sent there"),
                gets=_of("list", "what the answer holds"),
            ),
            _kind("storage", "Where data is kept.", engine=_word("the product", required=True)),
            _kind(
                "cache",
                "What is kept in a cache.",
                "engine",
                "object",
                engine=_word("the product"),
                object=_word("what is kept"),
                keeps=_of("duration", "for how long"),
            ),
            _kind("broker", "What carries events.", engine=_word("the product", required=True)),
            _kind(
                "quality",
                "How fast, how much, how reliably.",
                metric=_choice("what is measured", "latency", "throughput", "availability", "size", required=True),
                value=_of("number", "the number", required=True),
                unit=_word("its unit: ms, s, per second, percent", required=True),
                percentile=_of("number", "95, 99, …"),
                scope=_word("what it covers"),
            ),
            _kind(
                "exposure",
                "How it is reached.",
                public=_of("boolean", "from the internet"),
                host=_word("the host name"),
                tls=_of("boolean", "over HTTPS"),
            ),
            _kind(
                "environment",
                "Where it runs.",
                "name",
                "region",
                name=_word("production, staging"),
                region=_word("where"),
            ),
            _kind(
                "policy",
                "A rule that the design keeps.",
                topic=_choice("what it is about", *TOPICS, required=True),
                entity=_word("what it limits"),
                verb=_word("what is done again"),
                object=_word("what it is done to"),
                state=_word("the state of the rows that count"),
                per=_word("for each of which"),
                max=_of("number", "at most so many"),
                unit=_word("per second, per minute"),
                within=_of("duration", "for how long"),
                header=_word("the header that carries it"),
                rule=_of("text", "the rule, in the prose's words"),
            ),
            _kind(
                "budget",
                "A limit on what may be spent.",
                metric=_word("what is limited", required=True),
                value=_of("number", "the limit", required=True),
                unit=_word("its unit"),
            ),
        )
    }
)
"""The closed set of kinds. Both readers emit these and nothing else."""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing that the prose says. `evidence` is every stretch that it rests on, at least one.

    Raises `BadFact` for anything outside `KINDS`.
    """

    kind: str
    slots: Mapping[str, Slot]
    evidence: tuple[Quote, ...]

    def __post_init__(self) -> None:
        kind = KINDS.get(self.kind)
        if kind is None:
            raise BadFact(f"unknown kind of fact: {self.kind}")
        if not self.evidence:
            raise BadFact(f"{self.kind}: a fact without evidence")
        for name, slot in self.slots.items():
            spec = kind.slots.get(name)
            if spec is None:
                raise BadFact(f"{self.kind}: unknown slot {name}")
            if not spec.accepts(slot.value):
                raise BadFact(f"{self.kind}.{name}: {slot.value!r} is not a {spec.type}")
        missing = [name for name, spec in kind.slots.items() if spec.required and name not in self.slots]
        if missing or (kind.one_of and not any(name in self.slots for name in kind.one_of)):
            raise BadFact(f"{self.kind}: missing {', '.join(missing) or ' or '.join(kind.one_of)}")
        object.__setattr__(self, "slots", MappingProxyType(dict(self.slots)))

    @property
    def start(self) -> int:
        """Offset of the first word that it rests on."""
        return min(q.start for q in self.evidence)

    def get(self, slot: str) -> Value | None:
        """A slot's value, None where it has none."""
        found = self.slots.get(slot)
        return None if found is None else found.value

    def word(self, slot: str) -> str:
        """A slot's value as text, empty where it has none."""
        found = self.get(slot)
        return found if isinstance(found, str) else ""

    def said(self, slot: str) -> str:
        """A slot's value as the text says it, for messages: the words that it came from."""
        found = self.slots.get(slot)
        return " ".join(found.span.text.split()) if found and found.via is not Via.INFERRED else self.word(slot)

    @property
    def values(self) -> dict[str, Value]:
        """Slot name to value, without places."""
        return {name: slot.value for name, slot in self.slots.items()}

    def as_data(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "kind": self.kind,
            "slots": {
                name: {
                    "value": list(s.value) if isinstance(s.value, tuple) else s.value,
                    "via": str(s.via),
                    "span": s.span.as_data(),
                }
                for name, s in self.slots.items()
            },
            "evidence": [q.as_data() for q in self.evidence],
        }

    @staticmethod
    def from_data(data: Mapping[str, Any], prose: Prose) -> Fact:
        """The reverse of `as_data`. Raises `QuoteNotFound` or `BadFact`."""
        return Fact(
            kind=data["kind"],
            slots={name: _slot(value, prose) for name, value in data["slots"].items()},
            evidence=tuple(Quote.from_data(q, prose) for q in data["evidence"]),
        )


def _slot(data: Mapping[str, Any], prose: Prose) -> Slot:
    value: Any = data["value"]
    if isinstance(value, list):
        value = tuple(str(v) for v in cast("list[object]", value))
    return Slot(value=value, span=Quote.from_data(data["span"], prose), via=Via(data["via"]))

"""Fits one frame to one predicate: fills its roles from the clause and drafts its facts.

Owns what a role's `at` means. A frame fits whole or not at all; what it did not use stays for others, or is reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from autocoder.facts import KINDS, SlotSpec, Via
from autocoder.readers.rules import endpoints, nested, occasions, outside, readings, roles, shapes
from autocoder.readers.rules.adjuncts import ADJUNCT_READS, NOUN_READS
from autocoder.readers.rules.clauses import Adjunct, Clause, Noun, Predicate
from autocoder.readers.rules.discourse import Discourse, Draft, Part, remembered
from autocoder.readers.rules.frames import FRAMES, Frame, Role
from autocoder.readers.rules.lexicon import verbs
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import Item
from autocoder.readers.rules.roles import Filled
from autocoder.readers.rules.tagging import look_up

_ABOUT_SLOT = frozenset({"length", "type", "when"})
"""What a reading says of its main value: in the slot `<main>_length` if the kind has it, else in `length`."""


OCCASIONS = frozenset(
    {
        "while", "condition", "case", "state", "as state", "at first", "until", "even when", "by itself", "activity",
        "record",
    }
)  # fmt: skip
"""Places of roles that are conditions, states, or in the verb."""

NEAR = 2
"""How many sentences behind the one that names an arriving event still speak of it."""


@dataclass(kw_only=True)
class Situation:
    """One predicate (or fragment) with what surrounds it; passive is turned into active."""

    subjects: list[Noun]
    objects: list[Noun]
    adjuncts: list[Adjunct]
    predicate: Predicate | None = None
    verbs: list[Item] = field(default_factory=list[Item])
    labels: list[Noun] = field(default_factory=list[Noun])
    conditions: list[Clause] = field(default_factory=list[Clause])
    gerund: bool = False
    gerund_subject: bool = False
    act: Predicate | None = None
    purpose: bool = False


@dataclass(kw_only=True)
class Match:
    """A frame that fits: its facts and the items it used."""

    frame: Frame
    drafts: list[Draft]
    items: set[int]


def fragment(clause: Clause, labels: list[Noun]) -> Situation:
    """A clause without a verb."""
    return Situation(
        subjects=_shared_heads(clause.subject),
        objects=[],
        adjuncts=[*clause.lead, *(a for n in clause.subject for a in n.post)],
        labels=labels,
        conditions=clause.conditions,
    )


def situation(clause: Clause, predicate: Predicate) -> Situation:
    """A predicate with its subject; a passive one becomes active."""
    subjects, objects = _shared_owner(clause.subject), _shared_heads(predicate.objects)
    if predicate.passive:
        agents = [a for a in predicate.around if a.prep == "by" and a.nouns]
        subjects, objects = [n for a in agents for n in a.nouns], subjects or objects
    behind = [
        a for n in clause.subject for a in n.post if predicate.passive or a.prep != "with"
    ]  # "members with a key"
    return Situation(
        subjects=subjects,
        objects=objects,
        adjuncts=[_with(a) for a in (*predicate.around, *clause.lead, *behind)],
        predicate=predicate,
        verbs=predicate.verbs,
        conditions=[*predicate.conditions, *clause.conditions],
        gerund_subject=clause.gerund is not None,
        act=clause.gerund,
    )


def _with(adjunct: Adjunct) -> Adjunct:
    """Reads "by giving a name" like "with a name"."""
    told = adjunct.gerund
    gives = adjunct.prep == "by" and told is not None and len(told.verbs) == 1 and told.verbs[0].lemma in GIVING
    if told is None or not gives or not told.objects or told.negated or told.adjuncts or told.conditions:
        return adjunct
    return Adjunct(kind="prep", items=[*adjunct.items, *told.group, *told.verbs], prep="with", nouns=told.objects)


GIVING = words("give provide enter send submit specify supply state choose select pick name fill")
"""Verbs of what somebody does to say what a new thing has."""

SHARING = words("minimum maximum min max first last start end billing shipping old new primary secondary")
"""Words that may stand for a name whose head comes with the next one: "a minimum and a maximum temperature"."""


def _shared_heads(found: list[Noun]) -> list[Noun]:
    """Gives each such word the head of the noun behind it."""
    done: list[Noun] = []
    for noun in reversed(found):
        after = done[0] if done else None
        shares = after is not None and any(i.lemma in SHARING for i in after.modifiers)
        if after and shares and noun.head.lemma in SHARING and not (noun.post or noun.paren or noun.relative):
            noun = replace(noun, items=[*noun.items, after.head], head=after.head)
        done.insert(0, noun)
    return done


def _shared_owner(found: list[Noun]) -> list[Noun]:
    """What stands behind the last of several nouns belongs to all: "names and phone numbers of guests"."""
    owner = [a for a in found[-1].post if a.prep == "of"] if len(found) > 1 else []
    if not owner or any(n.post for n in found[:-1]):
        return found
    return [*(replace(n, post=owner) for n in found[:-1]), found[-1]]


@dataclass(kw_only=True)
class Fitter:
    """Fits frames against the state of the text. `current` are the operations of the same sentence, `spent` what its
    facts used: a condition says once what must be the case.
    """

    discourse: Discourse
    items: Sequence[Item]
    current: list[Draft] = field(default_factory=list[Draft])
    spent: set[int] = field(default_factory=set[int])

    def fit(self, frame: Frame, at: Situation) -> Match | None:
        """The match of a frame, or None."""
        if not self._applies(frame, at):
            return None
        match = self._roles(frame, at, set())
        if match is None:
            return None
        for extra in frame.extra:
            more = self._roles(extra, at, match.items)
            if more:
                match.drafts += more.drafts
                match.items |= more.items
        by_them = at.predicate is not None and at.predicate.passive and bool(at.subjects)
        if any(_restricts(d) or (by_them and "actor" in d.parts) for d in match.drafts):
            match.items |= _only(at)
        return match

    def _applies(self, frame: Frame, at: Situation) -> bool:
        passive = at.predicate is not None and at.predicate.passive
        bare = not at.subjects and not at.gerund and not passive
        if not _triggered(frame, at) or (frame.bare == "gerund" and bare):
            return False
        if frame.names and frame.kind == "operation" and _receives(at):
            return False
        if (frame.kind == "operation" and self._introduces(at)) or not (frame.modal or _without_modal(at)):
            return False
        if frame.bare == "imperative" and not (bare and not at.labels):
            return False
        if frame.bare == "purpose" and not at.purpose:
            return False
        if frame.passive and not _may_be_done(at):
            return False
        if bool(at.labels) != any(r.at == "label" for r in frame.roles):
            return False
        return not frame.extends or frame.kind != "operation" or bool(self.current or self.discourse.operation)

    def _introduces(self, at: Situation) -> bool:
        """Reads "we sell books" at the start as what people do for a living, not as what one may do in the service."""
        modal = at.predicate is not None and any(i.tag in "MF" for i in at.predicate.group)
        we = [n.head.lemma for n in at.subjects] == ["we"]
        business = bool(at.verbs) and all(v.lemma in verbs.CLASSES["do business"] for v in at.verbs)
        return we and business and not modal and self.discourse.sentence <= 1

    def _roles(self, frame: Frame, at: Situation, before: set[int]) -> Match | None:
        filled: list[list[tuple[Role, Filled]]] = []
        taken: set[int] = set()
        for role in frame.roles:
            options = self._fill(role, at, taken | before)
            if not options and not role.optional:
                return None
            if options:
                filled.append([(role, f) for f in options])
                taken |= set[int]().union(*(f.items for f in options))
        items = taken | _group_items(at)
        if not frame.kind and frame.negated:  # what it says is left to runs, and so is the "not" that they read
            items = set(taken)
        if not items:
            return None
        named: list[Item | None] = [*at.verbs] if frame.names else [*at.verbs[:1]]
        drafts = [
            draft
            for combination in product(*filled)
            for verb in (named or [None])
            if frame.kind and (draft := self._draft(frame, combination, verb, at, items))
        ]
        return Match(frame=frame, drafts=drafts, items=items) if drafts or not frame.kind else None

    # roles

    def _fill(self, role: Role, at: Situation, taken: set[int]) -> list[Filled]:
        match role.at:
            case "subject" if not at.subjects and role.reads == "route":
                return self._understood_route(at)
            case "subject" | "object" | "label":
                nouns = {"subject": at.subjects, "object": at.objects, "label": at.labels}[role.at]
                shared = role.reads == "route" or role.shared
                open_ = [n for n in nouns if shared or not {i.index for i in n.items} & taken]
                return self._nouns(role, open_) or self._people(role, open_, at)
            case "inside":
                return list(nested.inside([*at.objects, *at.subjects], self.discourse))
            case "context":
                return self._understood_route(at)
            case "act":
                return self._act(at)
            case "deed":
                found = outside.occasion(at.conditions, self.discourse)
                return [found] if found else []
            case "entity" | "endpoint":
                return self._remembered(role.at)
            case where if where in OCCASIONS:
                found = self._occasion(where, at)
                return [found] if found and not found.items & (taken | self.spent) else []
            case _:
                return self._of_behaviour(role, at) or self._adjunct(role, at, taken)

    def _of_behaviour(self, role: Role, at: Situation) -> list[Filled]:
        """What a predicate says beside its subject and object: when, what for, to whom, and what it leaves."""
        match role.at:
            case "receiver":
                return self._nouns(role, at.objects[:1]) if len(at.objects) == 2 else []
            case "occasion":
                found = outside.occasion([*at.conditions, *at.adjuncts], self.discourse)
                return [found] if found else []
            case "aim":
                return outside.aim(at.predicate, self.discourse)
            case _:
                return []

    def _remembered(self, what: str) -> list[Filled]:
        """The thing, or the endpoint as `METHOD /path`, that the text is at."""
        if what == "entity":
            return [Filled(parts={"value": remembered(self.discourse.entity)})] if self.discourse.entity else []
        at = self.discourse.endpoint
        if "path" not in at or "method" not in at:
            return []
        path = remembered(at["path"])
        return [Filled(parts={"value": replace(path, value=f"{at['method'].value} {path.value}")})]

    def _occasion(self, where: str, at: Situation) -> Filled | None:
        """What conditions, a state, or the verb itself say."""
        found: dict[str, Filled | None] = {
            "while": readings.states(at.conditions, self.discourse),
            "condition": endpoints.why(at.conditions, at.adjuncts, self.discourse),
            "case": occasions.case(at.conditions, self.discourse),
            "state": occasions.given_state(at.predicate, self.discourse),
            "as state": occasions.as_state(at.adjuncts),
            "at first": occasions.at_first(at.adjuncts),
            "until": occasions.until(at.conditions),
            "even when": occasions.stressed(at.conditions, at.adjuncts),
            "by itself": occasions.by_itself(at.predicate, at.subjects, at.adjuncts),
            "activity": occasions.activity(at.act),
            "record": occasions.record(at.predicate, at.verbs),
        }
        return found[where]

    def _act(self, at: Situation) -> list[Filled]:
        """What is done where a gerund is the subject: "placing an order publishes …"."""
        act = at.act
        if act is None or len(act.verbs) != 1 or len(act.objects) != 1:
            return []
        named = readings.plain(act.objects[0], self.discourse)
        if named is None:
            return []
        parts = {"value": Part(value=act.verbs[0].lemma, items=act.verbs), "object": named.parts["value"]}
        return [Filled(parts=parts, items=named.items | {act.verbs[0].index})]

    def _nouns(self, role: Role, nouns: list[Noun]) -> list[Filled]:
        if role.reads in {"shape", "answered shape"}:
            rows = role.reads == "answered shape"
            return shapes.shape(nouns[0], self.discourse, rows=rows) if len(nouns) == 1 else []
        if role.reads == "statuses":
            return list(endpoints.statuses(nouns))
        if role.reads in {"field", "their several"}:
            things = [n for n in nouns if readings.several(n, self.discourse)]
            nouns = things if role.reads == "their several" else [n for n in nouns if n not in things]
        found = [f for n in nouns if (f := NOUN_READS[role.reads](n, self.discourse))]
        if role.each:
            return found if len(found) == len(nouns) else []
        several = role.reads in {"us", "about", "tracked", "their things", "whose things", "somebody's field"}
        return found[:1] if len(nouns) == 1 or several else []

    def _people(self, role: Role, nouns: list[Noun], at: Situation) -> list[Filled]:
        """A noun that no list knows names people where it does what only people do: "crews close incidents"."""
        acts = bool(at.verbs) and all(v.lemma in verbs.CLASSES["people do"] for v in at.verbs)
        if role.reads != "actor" or len(nouns) != 1 or not acts or not at.objects:
            return []
        found = roles.kind_of_people(nouns[0], self.discourse)
        return [found] if found else []

    def _adjunct(self, role: Role, at: Situation, taken: set[int]) -> list[Filled]:
        kind, _, preps = role.at.partition(":")
        for adjunct in at.adjuncts:
            fits = (
                adjunct.kind == kind
                and self._goes_with(role, adjunct, at)
                and (not preps or adjunct.prep in preps.split(","))
            )
            if not fits or ({i.index for i in adjunct.items} & taken and not role.shared):
                continue
            if role.each and adjunct.nouns:
                return self._each(role, adjunct, taken)
            if filled := ADJUNCT_READS[role.reads](adjunct, self.discourse):
                return [filled]
        return []

    def _goes_with(self, role: Role, adjunct: Adjunct, at: Situation) -> bool:
        """Whether a verb names what it acts on behind this preposition."""
        verb = at.verbs[0].lemma if at.verbs else ""
        acts_on = verbs.ACTS_ON.get(verb, adjunct.prep).split()
        return role.slot != "object" or adjunct.prep in {*acts_on, "per"}

    def _each(self, role: Role, adjunct: Adjunct, taken: set[int]) -> list[Filled]:
        """The coordinated nouns of a prepositional phrase, each read on its own; a shared role reads what is left."""
        open_ = [n for n in adjunct.nouns if not role.shared or not {i.index for i in n.items} & taken]
        found = [f for n in open_ if (f := NOUN_READS[role.reads](n, self.discourse))]
        if not found or len(found) < len(open_):
            return []
        found[0].use(*adjunct.items)
        return found

    def _understood_route(self, at: Situation) -> list[Filled]:
        """A clause without a subject goes on about the endpoint that the text is at."""
        passive = at.predicate is not None and at.predicate.passive
        if at.gerund or at.gerund_subject or (passive and at.verbs[0].lemma not in verbs.CLASSES["respond"]):
            return []
        source = self.current[-1].parts if self.current else self.discourse.endpoint
        if "path" not in source or "method" not in source:
            return []
        parts = {"value": remembered(source["path"]), "method": remembered(source["method"])}
        return [Filled(parts=parts)]

    # facts

    def _draft(
        self, frame: Frame, filled: Iterable[tuple[Role, Filled]], verb: Item | None, at: Situation, items: set[int]
    ) -> Draft | None:
        kind = frame.kind
        parts: dict[str, Part] = {}
        route: dict[str, Part] = {}
        for role, reading in filled:
            if role.reads == "route":
                route = reading.parts
            if "kind" in reading.parts:
                kind = str(reading.parts["kind"].value)
            if not _slots(kind, role, reading, parts):
                return None
        anchor = verb or next((i for i in self.items if i.index in items), None)
        if anchor is None or _denies(frame, parts):
            return None
        if frame.names and verb is not None:
            parts |= {k: p for k, p in _verb(verb, at).items() if k in KINDS[kind].slots}
        if frame.passive and verb is not None and "to_state" in KINDS[kind].slots:
            parts["to_state"] = Part(value=verb.text.lower(), items=[verb])
        said = {"required"} & parts.keys()  # "takes a name and an optional colour"
        constants = {k: v for k, v in frame.constants.items() if k not in said}
        parts |= {k: Part(value=v, items=[anchor], via=Via.LEXICON) for k, v in constants.items()}
        if frame.route:
            _of_route(frame.route, route, parts, anchor)
        self._context(kind, parts)
        if not frame.extends and any(s.required and name not in parts for name, s in KINDS[kind].slots.items()):
            return None
        return Draft(kind=kind, parts=parts, items=set(items), asks=frame.asks)

    def _context(self, kind: str, parts: dict[str, Part]) -> None:
        if "whose" in parts and "object" in parts and parts["whose"].value == parts["object"].value:
            del parts["whose"]  # the author of a post deletes it
        if kind == "subscription" and "event" not in parts and self.discourse.event:
            parts["event"] = remembered(self.discourse.event)
        if kind == "event" and "cause" not in parts and "from" not in parts and self.discourse.done:
            parts["cause"] = remembered(self.discourse.done)
        arrived = self.discourse.arrived
        if kind == "reaction" and arrived and self.discourse.sentence - arrived[1] <= NEAR:
            parts["event"] = remembered(arrived[0])


def _denies(frame: Frame, parts: Mapping[str, Part]) -> bool:
    """Whether what narrows the thing has no slot beside the frame's own: "closed tickets expire"."""
    stated = {k: v for k, v in frame.constants.items() if k in parts and k != "required"}
    return any(parts[name].value != value for name, value in stated.items())


def _slots(kind: str, role: Role, reading: Filled, parts: dict[str, Part]) -> bool:
    """Puts a reading's parts into slots. False if it says something that the kind has no slot for."""
    if not role.slot and "value" in reading.parts:
        return True
    known: Mapping[str, SlotSpec] = KINDS[kind].slots if kind else {}
    for name, part in reading.parts.items():
        if name == "kind":
            continue
        slot = role.slot if name == "value" else name
        if kind == "lifecycle" and name == "state":
            slot = "from_state"
        if name in _ABOUT_SLOT and f"{role.slot}_{name}" in known:
            slot = f"{role.slot}_{name}"
        if slot == "per" and slot in parts:
            parts[slot] = _both(parts[slot], part)
        elif slot in known:
            parts[slot] = part
        elif name != "type":
            return False
    return True


def _restricts(draft: Draft) -> bool:
    """Whether a fact says what "only" says beside it: their own rows, some states, once."""
    values = {name: part.value for name, part in draft.parts.items()}
    return values.get("scope") in {"own", "assigned"} or "from_states" in values or values.get("topic") == "limit"


def _only(at: Situation) -> set[int]:
    """The word "only" where it stands beside the verb, or behind what it narrows."""
    group = at.predicate.group if at.predicate else []
    alone = [i for a in at.adjuncts if a.kind == "adverb" for i in a.items]
    return {i.index for i in (*group, *alone) if i.lemma == "only"}


def _both(one: Part, other: Part) -> Part:
    """For each of two things: "per user and poll"."""
    return Part(value=f"{one.value} {other.value}", items=[*one.items, *other.items], via=one.via)


def _of_route(direction: str, route: dict[str, Part], parts: dict[str, Part], anchor: Item) -> None:
    """Makes a field one of an endpoint's request or response, and says where a request carries it."""
    method, path = str(route["method"].value), str(route["value"].value)
    parts["of"] = Part(
        value=f"{method} {path}", items=route["value"].items, via=route["value"].via, place=route["value"].offsets
    )
    parts["direction"] = Part(value=direction, items=[anchor], via=Via.LEXICON)
    if direction == "request" and "location" not in parts:
        inside = f"{{{parts['name'].value}}}" in path
        place = "path" if inside else "query" if method in {"GET", "DELETE"} else "body"
        parts["location"] = Part(value=place, items=[anchor], via=Via.LEXICON)


def _without_modal(at: Situation) -> bool:
    return at.predicate is None or all(i.tag != "M" for i in at.predicate.group)


def _receives(at: Situation) -> bool:
    """Whether somebody is given something ("people get a mail"); "can get" asks for it."""
    group = at.predicate.group if at.predicate else []
    modal = any(i.tag in "MF" for i in group) or not at.subjects
    return bool(at.verbs) and at.verbs[0].lemma in {"get", "obtain"} and not modal


def _may_be_done(at: Situation) -> bool:
    """Whether it is a passive with a modal verb, and nobody is named who acts."""
    predicate = at.predicate
    return (
        predicate is not None and predicate.passive and not at.subjects and any(i.tag == "M" for i in predicate.group)
    )


def _triggered(frame: Frame, at: Situation) -> bool:
    if at.predicate is None:
        return not frame.verbs
    if not frame.verbs or at.predicate.negated != frame.negated or not at.verbs:
        return False
    open_ = frame.name in _OPEN_NAMES
    phrasal = open_ and any(f"{at.verbs[0].lemma} {i.lemma}" in verbs.PHRASAL for i in at.predicate.group)
    return all(v.lemma in _LEMMAS[frame.name] or phrasal or (open_ and v.lemma not in verbs.STATIVE) for v in at.verbs)


def _lemmas(frame: Frame) -> frozenset[str]:
    found: set[str] = set()
    for name in frame.verbs:
        found |= verbs.DOMAIN_VERBS if name == "domain" else verbs.CLASSES[name]
    return frozenset(found)


_LEMMAS = {frame.name: _lemmas(frame) for frame in FRAMES}
_OF_FRAGMENTS = tuple(f for f in FRAMES if not f.verbs)
_OPEN = tuple(f for f in FRAMES if "domain" in f.verbs and all(r.reads != "route" for r in f.roles))
_OPEN_NAMES = frozenset(f.name for f in _OPEN)


def _of_lemma(lemma: str) -> tuple[Frame, ...]:
    named = [f for f in FRAMES if lemma in _LEMMAS[f.name]]
    return (*named, *(f for f in _OPEN if lemma not in _LEMMAS[f.name]))


_BY_LEMMA = {lemma: _of_lemma(lemma) for lemma in frozenset[str]().union(*_LEMMAS.values())}


def candidates(at: Situation) -> tuple[Frame, ...]:
    """The frames that a situation's verb triggers; for a fragment, those without a verb."""
    if at.predicate is None:
        return _OF_FRAGMENTS
    if not at.verbs:
        return ()
    return _BY_LEMMA.get(at.verbs[0].lemma, _OPEN)


def _group_items(at: Situation) -> set[int]:
    """The verb group that every frame uses: verbs, auxiliaries, modals; not the adverbs among them."""
    if at.predicate is None:
        return set()
    group = [i for i in at.predicate.group if i.tag != "R" or i.lemma in verbs.PARTICLES]
    used = {i.index for i in (*group, *at.verbs)}
    if at.predicate.passive:
        used |= {i.index for a in at.predicate.around if a.prep == "by" and a.nouns for i in a.items[:1]}
    return used


def _verb(verb: Item, at: Situation) -> dict[str, Part]:
    """The verb with its particle, and what it does to rows."""
    particle = [i for i in (at.predicate.group if at.predicate else []) if i.lemma in verbs.PARTICLES]
    words = [verb, *(p for p in particle if f"{verb.lemma} {p.lemma}" in verbs.PHRASAL)]
    lemma = dict(look_up(verb.text.lower()).lemmas).get("V", verb.lemma) if verb.tag == "J" else verb.lemma
    named = Part(value=" ".join([lemma, *(w.lemma for w in words[1:])]), items=words)
    return {"verb": named, "does": Part(value=verbs.DOES.get(lemma, "other"), items=[verb], via=Via.LEXICON)}

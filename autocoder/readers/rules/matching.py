"""Fits frames to clauses and runs to words, and keeps what covers most.

Owns the order of work inside a sentence: conditions and gerunds first (they name the operation that the rest goes on
about), then each predicate with the frame that uses most of its words, then runs over what is left. Two frames that
use equally many words and say different things are a tie, and a tie is a question.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product

from autocoder.facts import KINDS, Value, Via
from autocoder.readers.rules import runs
from autocoder.readers.rules.adjuncts import ADJUNCT_READS, NOUN_READS
from autocoder.readers.rules.clauses import Adjunct, Clause, Noun, Predicate
from autocoder.readers.rules.discourse import Discourse, Draft, Part, remembered
from autocoder.readers.rules.frames import FRAMES, RUNS, Frame, Role
from autocoder.readers.rules.lexicon import verbs
from autocoder.readers.rules.phrases import Item
from autocoder.readers.rules.roles import Filled

_ABOUT_SLOT = frozenset({"length", "type"})
"""What a reading says of its main value: in the slot `<main>_length`, or nowhere if the kind has no such slot."""


@dataclass(kw_only=True)
class Parse:
    """What a sentence yielded under one tagging."""

    items: Sequence[Item]
    drafts: list[Draft] = field(default_factory=list[Draft])
    used: set[int] = field(default_factory=set[int])
    ties: list[tuple[list[Draft], list[Draft]]] = field(default_factory=list["tuple[list[Draft], list[Draft]]"])


@dataclass(kw_only=True)
class Situation:
    """One predicate, with passive turned into active."""

    subjects: list[Noun]
    objects: list[Noun]
    adjuncts: list[Adjunct]
    predicate: Predicate | None
    verbs: list[Item]


@dataclass(kw_only=True)
class Match:
    """A frame that fits: its facts and the items it used."""

    frame: Frame
    drafts: list[Draft]
    items: set[int]


def read_sentence(items: Sequence[Item], found: Sequence[Clause], discourse: Discourse) -> Parse:
    """Fits everything there is to the clauses of a sentence."""
    parse = Parse(items=items)
    for clause in found:
        _Reader(parse, discourse).clause(clause)
    for draft in runs.read(items, parse.used, RUNS):
        _merge_run(parse, draft)
        parse.used |= draft.items
    return parse


def _merge_run(parse: Parse, draft: Draft) -> None:
    """Runs of one kind in one sentence complete each other: public, over HTTPS, at a host."""
    for earlier in parse.drafts:
        if earlier.kind == draft.kind == "exposure" and not set(earlier.parts) & set(draft.parts):
            earlier.parts.update(draft.parts)
            earlier.items |= draft.items
            return
    parse.drafts.append(draft)


class _Reader:
    def __init__(self, parse: Parse, discourse: Discourse) -> None:
        self.parse = parse
        self.discourse = discourse
        self.current: list[Draft] = []

    def clause(self, clause: Clause) -> None:
        for condition in clause.conditions:
            self._condition(condition)
        if clause.gerund:
            self._best(situation(Clause(), clause.gerund))
        lead = clause.lead
        for predicate in clause.predicates:
            self._best(situation(clause, predicate))
            for condition in predicate.conditions:
                self._condition(condition)
        if not clause.predicates and (clause.subject or lead):
            self._best(Situation(subjects=clause.subject, objects=[], adjuncts=lead, predicate=None, verbs=[]))

    def _condition(self, condition: Clause) -> None:
        """Reads "when somebody opens a link": it names an operation. Any other condition stays unread."""
        opener = condition.opener
        if opener is None or opener.lemma not in {"when", "whenever"}:
            return
        before = len(self.parse.drafts)
        self.clause(condition)
        if len(self.parse.drafts) > before:
            self.parse.used.add(opener.index)

    def _best(self, at: Situation) -> None:
        matches = [m for frame in FRAMES if (m := self._fit(frame, at))]
        if not matches:
            return
        most = max(len(m.items) for m in matches)
        best = [m for m in matches if len(m.items) == most]
        best = self._by_discourse(best)
        chosen = max(best, key=lambda m: len(m.frame.roles))
        for other in best:
            if other is not chosen and _says(other) != _says(chosen):
                self.parse.ties.append((chosen.drafts, other.drafts))
        self._apply(chosen)

    def _by_discourse(self, best: list[Match]) -> list[Match]:
        """Among equals: a sentence that has its operation goes on about it, another one starts anew."""
        wanted = [m for m in best if m.frame.extends == bool(self.current)]
        return wanted or best

    def _apply(self, match: Match) -> None:
        self.parse.used |= match.items
        if match.frame.extends:
            self._extend(match)
            return
        if match.frame.kind:
            self.parse.drafts += match.drafts
            self.current = match.drafts if match.frame.kind == "operation" else self.current
        for draft in match.drafts:
            _remember(draft, self.discourse)

    def _extend(self, match: Match) -> None:
        if self.current:
            for draft in self.current:
                for new in match.drafts:
                    draft.parts.update(new.parts)
                    draft.items |= new.items
            return
        for new in match.drafts:
            new.parts = {**{k: remembered(p) for k, p in self.discourse.operation.items()}, **new.parts}
            self.parse.drafts.append(new)

    # one frame

    def _fit(self, frame: Frame, at: Situation) -> Match | None:
        if not _triggered(frame, at) or (frame.extends and not self.current and not self.discourse.operation):
            return None
        filled: list[list[tuple[Role, Filled]]] = []
        taken: set[int] = set()
        for role in frame.roles:
            options = self._fill(role, at, taken)
            if not options and not role.optional:
                return None
            if options:
                filled.append([(role, f) for f in options])
                taken |= set().union(*(f.items for f in options))
        items = taken | _group_items(at)
        if frame.kind and not items:
            return None
        drafts = [
            self._draft(frame, combination, verb, at, items)
            for combination in product(*filled)
            for verb in (at.verbs if frame.names else at.verbs[:1] or [None])
        ]
        drafts = [d for d in drafts if d is not None]
        return Match(frame=frame, drafts=drafts, items=items) if drafts or not frame.kind else None

    def _fill(self, role: Role, at: Situation, taken: set[int]) -> list[Filled]:
        if role.at in {"subject", "object"}:
            nouns = at.subjects if role.at == "subject" else at.objects
            nouns = [n for n in nouns if not {i.index for i in n.items} & taken]
            found = [f for n in nouns if (f := NOUN_READS[role.reads](n, self.discourse))]
            if role.each:
                return found if len(found) == len(nouns) else []
            return found[:1] if len(nouns) >= 1 and (len(nouns) == 1 or role.reads in {"us", "about"}) else []
        kind, _, preps = role.at.partition(":")
        for adjunct in at.adjuncts:
            if adjunct.kind != kind or (preps and adjunct.prep not in preps.split(",")):
                continue
            if {i.index for i in adjunct.items} & taken:
                continue
            if filled := ADJUNCT_READS[role.reads](adjunct, self.discourse):
                return [filled]
        return []

    def _draft(
        self,
        frame: Frame,
        filled: Iterable[tuple[Role, Filled]],
        verb: Item | None,
        at: Situation,
        items: set[int],
    ) -> Draft | None:
        kind = frame.kind
        parts: dict[str, Part] = {}
        for role, reading in filled:
            if not role.slot and "value" in reading.parts:
                continue
            for name, part in reading.parts.items():
                if name == "kind":
                    kind = str(part.value)
                    continue
                slot = role.slot if name == "value" else f"{role.slot}_{name}" if name in _ABOUT_SLOT else name
                if slot in KINDS[kind].slots:
                    parts[slot] = part
                elif name != "type":
                    return None
        anchor = verb or next((i for i in self.parse.items if i.index in items), None)
        if anchor is None:
            return None
        if frame.names and verb is not None:
            _name_verb(parts, verb, at)
        for name, value in frame.constants.items():
            parts[name] = Part(value=value, items=[anchor], via=Via.LEXICON)
        self._context(kind, parts)
        return Draft(kind=kind, parts=parts, items=set(items))

    def _context(self, kind: str, parts: dict[str, Part]) -> None:
        if kind == "subscription" and "event" not in parts and self.discourse.event:
            parts["event"] = remembered(self.discourse.event)


def situation(clause: Clause, predicate: Predicate) -> Situation:
    """A predicate with its subject; a passive one becomes active."""
    adjuncts = [*predicate.around, *clause.lead, *(a for n in clause.subject for a in n.post)]
    subjects, objects = clause.subject, predicate.objects
    if predicate.passive:
        agents = [a for a in predicate.around if a.prep == "by" and a.nouns]
        objects = clause.subject or objects
        subjects = [n for a in agents for n in a.nouns]
        objects = [*objects]
    return Situation(subjects=subjects, objects=objects, adjuncts=adjuncts, predicate=predicate, verbs=predicate.verbs)


def _triggered(frame: Frame, at: Situation) -> bool:
    if at.predicate is None:
        return not frame.verbs
    if not frame.verbs or at.predicate.negated != frame.negated:
        return False
    lemmas = _CLASS_CACHE[frame.name]
    return all(v.lemma in lemmas for v in at.verbs) and bool(at.verbs)


def _lemmas(frame: Frame) -> frozenset[str]:
    found: set[str] = set()
    for name in frame.verbs:
        found |= verbs.DOMAIN_VERBS if name == "domain" else verbs.CLASSES[name]
    return frozenset(found)


_CLASS_CACHE = {frame.name: _lemmas(frame) for frame in FRAMES}


def _group_items(at: Situation) -> set[int]:
    """The verb group that every frame uses: verbs, auxiliaries, modals; not the adverbs among them."""
    if at.predicate is None:
        return set()
    group = [i for i in at.predicate.group if i.tag != "R" or i.lemma in verbs.PARTICLES]
    used = {i.index for i in (*group, *at.verbs)}
    if at.predicate.passive:
        used |= {i.index for a in at.predicate.around if a.prep == "by" and a.nouns for i in a.items[:1]}
    return used


def _name_verb(parts: dict[str, Part], verb: Item, at: Situation) -> None:
    particle = [i for i in (at.predicate.group if at.predicate else []) if i.lemma in verbs.PARTICLES]
    words = [verb, *(p for p in particle if f"{verb.lemma} {p.lemma}" in verbs.PHRASAL)]
    parts["verb"] = Part(value=" ".join(w.lemma for w in words), items=words)
    parts["does"] = Part(value=verbs.DOES.get(verb.lemma, "other"), items=[verb], via=Via.LEXICON)


def _remember(draft: Draft, discourse: Discourse) -> None:
    match draft.kind:
        case "operation":
            discourse.operation = {
                k: p for k, p in draft.parts.items() if k in {"verb", "does", "object", "method", "path"}
            }
            if "actor" in draft.parts:
                discourse.actor = {k: p for k, p in draft.parts.items() if k in {"actor", "role"}}
            if "object" in draft.parts:
                discourse.entity = draft.parts["object"]
        case "event":
            discourse.event = draft.parts["name"]
        case "lifecycle":
            discourse.entity = draft.parts["entity"]
        case _:
            pass


def _says(match: Match) -> list[tuple[str, tuple[tuple[str, Value], ...]]]:
    return sorted((d.kind, tuple(sorted((k, p.value) for k, p in d.parts.items()))) for d in match.drafts)  # pyright: ignore[reportUnknownVariableType]

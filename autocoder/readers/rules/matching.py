"""Reads a sentence with all frames and keeps what covers most.

Owns the order of work inside a sentence: conditions and gerunds first (they name the operation that the rest goes on
about), then each predicate with the frame that uses most of its words, then runs over what is left. Two frames that
use equally many words and say different things are a tie, and a tie is a question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from autocoder.facts import Value
from autocoder.readers.rules import runs
from autocoder.readers.rules.clauses import Clause, Noun
from autocoder.readers.rules.discourse import Discourse, Draft, remembered
from autocoder.readers.rules.fitting import Fitter, Match, Situation, candidates, fragment, situation
from autocoder.readers.rules.frames import RUNS
from autocoder.readers.rules.lexicon.verbs import CLASSES
from autocoder.readers.rules.phrases import Item


@dataclass(kw_only=True)
class Parse:
    """What a sentence yielded under one tagging."""

    items: Sequence[Item]
    drafts: list[Draft] = field(default_factory=list[Draft])
    used: set[int] = field(default_factory=set[int])
    ties: list[tuple[list[Draft], list[Draft]]] = field(default_factory=list["tuple[list[Draft], list[Draft]]"])


def read_sentence(items: Sequence[Item], found: Sequence[Clause], discourse: Discourse) -> Parse:
    """Fits everything there is to the clauses of a sentence."""
    parse = Parse(items=items)
    reader = _Reader(parse=parse, discourse=discourse, fitter=Fitter(discourse=discourse, items=items))
    labels: list[Noun] = []
    for clause in found:
        reader.labels, labels = labels, clause.subject if clause.label and not clause.predicates else []
        if not labels:
            reader.clause(clause)
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


@dataclass(kw_only=True)
class _Reader:
    parse: Parse
    discourse: Discourse
    fitter: Fitter
    labels: list[Noun] = field(default_factory=list[Noun])

    def clause(self, clause: Clause) -> None:
        for condition in clause.conditions:
            self._condition(condition)
        for noun in clause.subject:
            self._visitor(noun)
        if clause.gerund:
            self._best(replace(situation(Clause(), clause.gerund), gerund=True))
        for predicate in clause.predicates:
            self._best(replace(situation(clause, predicate), labels=self.labels))
            for condition in predicate.conditions:
                self._condition(condition)
        if not clause.predicates and (clause.subject or clause.lead):
            self._best(fragment(clause, self.labels))
            for condition in clause.conditions:
                self._goes_on(condition)

    def _visitor(self, noun: Noun) -> None:
        """Reads "visitors who open `/{code}` are …": the relative clause names the operation."""
        for predicate in noun.relative:
            if all(v.lemma in CLASSES["visit"] for v in predicate.verbs):
                who = Clause(subject=[replace(noun, relative=[], post=[])])
                self._best(situation(who, predicate))

    def _condition(self, condition: Clause) -> None:
        """Reads "when somebody opens a link": it names an operation. Any other condition stays for a frame."""
        opener = condition.opener
        if opener is None or opener.lemma not in {"when", "whenever"}:
            return
        before = len(self.parse.drafts)
        self.clause(condition)
        if len(self.parse.drafts) > before:
            self.parse.used.add(opener.index)

    def _goes_on(self, condition: Clause) -> None:
        """Reads "a pastebin where pastes expire": what a system does is stated like anything else."""
        before = len(self.parse.drafts)
        if (
            condition.opener
            and condition.opener.lemma == "where"
            and any(d.kind == "system" for d in self.parse.drafts)
        ):
            self.clause(condition)
            if len(self.parse.drafts) > before:
                self.parse.used.add(condition.opener.index)

    def _best(self, at: Situation) -> None:
        matches = [m for frame in candidates(at) if (m := self.fitter.fit(frame, at))]
        if not matches:
            return
        most = max(len(m.items) for m in matches)
        best = self._by_discourse([m for m in matches if len(m.items) == most])
        chosen = max(best, key=lambda m: len(m.frame.roles))
        for other in best:
            if other is not chosen and _says(other) != _says(chosen) and not other.frame.extends:
                self.parse.ties.append((chosen.drafts, other.drafts))
        self._apply(chosen)

    def _by_discourse(self, best: list[Match]) -> list[Match]:
        """Among equals: a sentence that has its operation goes on about it, another one starts anew."""
        wanted = [m for m in best if m.frame.extends == bool(self.fitter.current)]
        return wanted or best

    def _apply(self, match: Match) -> None:
        self.parse.used |= match.items
        for draft in match.drafts:
            if match.frame.extends and draft.kind == match.frame.kind:
                self._extend(draft)
            else:
                self.parse.drafts.append(draft)
        started = [d for d in match.drafts if d.kind == "operation"]
        if started and not match.frame.extends:
            self.fitter.current = started
        for draft in match.drafts:
            _remember(draft, self.discourse)

    def _extend(self, new: Draft) -> None:
        """Adds to the operations of this sentence; else states more of the operation that the text is at."""
        current = self.fitter.current
        for draft in current:
            draft.parts.update({k: p for k, p in new.parts.items() if k not in draft.parts})
            draft.items |= new.items
        if not current:
            named = {k: remembered(p) for k, p in self.discourse.operation.items()}
            self.parse.drafts.append(replace(new, parts={**named, **new.parts}))


def _remember(draft: Draft, discourse: Discourse) -> None:
    parts = draft.parts
    match draft.kind:
        case "operation":
            _remember_operation(draft, discourse)
        case "event":
            discourse.event = parts["name"]
        case "lifecycle":
            discourse.entity = parts["entity"]
        case "field":
            discourse.fields.setdefault(str(parts["name"].value), {})[str(parts["of"].value)] = parts["of"]
        case _:
            pass


def _remember_operation(draft: Draft, discourse: Discourse) -> None:
    named = {k: p for k, p in draft.parts.items() if k in {"verb", "does", "object", "method", "path"}}
    if named:
        discourse.operation = named
    if "path" in named and "method" in named:
        discourse.endpoint = {k: named[k] for k in ("path", "method")}
    if "actor" in draft.parts:
        discourse.actor = {k: p for k, p in draft.parts.items() if k in {"actor", "role"}}
    if "object" in named:
        discourse.entity = named["object"]


def _says(match: Match) -> list[tuple[str, list[tuple[str, Value]]]]:
    return sorted((d.kind, sorted((k, p.value) for k, p in d.parts.items())) for d in match.drafts)

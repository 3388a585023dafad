"""Reads a sentence with all frames and keeps what covers most.

Owns the order of work inside a sentence: conditions and gerunds first (they name the operation that the rest goes on
about), then each predicate with the frame that uses most of its words, then runs over what is left. Two frames that
use equally many words and say different things are a tie, and a tie is a question.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from autocoder.facts import Value, Via
from autocoder.readers.rules import (
    calculations,
    computations,
    endpoints,
    enumerations,
    occasions,
    purposes,
    refusals,
    retention,
    runs,
)
from autocoder.readers.rules.clauses import Adjunct, Clause, Noun, Predicate, items_of
from autocoder.readers.rules.discourse import Discourse, Draft, Heard, Part, remembered
from autocoder.readers.rules.fitting import Fitter, Match, Situation, candidates, fragment, situation
from autocoder.readers.rules.frames import RUNS
from autocoder.readers.rules.lexicon import closed
from autocoder.readers.rules.lexicon.nouns import ACTORS
from autocoder.readers.rules.lexicon.verbs import CLASSES
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import Item
from autocoder.readers.rules.roles import name_items, person, words_of

_PERSONAL = frozenset({"i", "you", "he", "she", "it", "we", "they"})

METHODS = ("GET ", "POST ", "PUT ", "PATCH ", "DELETE ")
"""How the owner of an operation's field starts."""


@dataclass(kw_only=True)
class Group:
    """What belongs together in a sentence: a predicate with its parts, and what it shares with others of its clause.

    `soft` are the items of phrases that only add how, where or with what.
    """

    own: set[int]
    shared: set[int]
    soft: set[int]


@dataclass(kw_only=True)
class Parse:
    """What a sentence yielded under one tagging."""

    items: Sequence[Item]
    drafts: list[Draft] = field(default_factory=list[Draft])
    used: set[int] = field(default_factory=set[int])
    groups: list[Group] = field(default_factory=list[Group])
    aside: dict[int, str] = field(default_factory=dict[int, str])
    ties: list[tuple[list[Draft], list[Draft]]] = field(default_factory=list["tuple[list[Draft], list[Draft]]"])


def read_sentence(items: Sequence[Item], found: Sequence[Clause], discourse: Discourse) -> Parse:
    """Fits everything there is to the clauses of a sentence."""
    discourse.done = None
    discourse.heard = [h for clause in found for h in _heard(clause)]
    parse = Parse(items=items, groups=_groups(items, found))
    reader = _Reader(
        parse=parse, discourse=discourse, fitter=Fitter(discourse=discourse, items=items, spent=parse.used)
    )
    computed = computations.read(items, discourse)
    calculated = None if computed else calculations.read(items, discourse)
    whole = [d for d in (computed, calculated) if d] or refusals.read(items, discourse)
    whole = whole or retention.read(items)
    for draft in [*enumerations.read(items, discourse), *whole]:
        parse.drafts.append(draft)
        parse.used |= draft.items
        remember(draft, discourse)
    labels: list[Noun] = []
    for clause in _with_consequences(found):
        if any(i.index in parse.used for i in items_of(clause)):
            continue
        reader.labels, labels = labels, _labels(clause)
        if not labels or clause.predicates:
            reader.clause(clause)
    _routes(parse)
    for draft in runs.read(items, parse.used, RUNS):
        _merge_run(parse, draft)
        parse.used |= draft.items
    if discourse.opening:
        purposes.read(parse.drafts, parse.used, items, found, discourse)
    for clause in _with_consequences(found):
        if clause.cause and any(i.index in parse.used for i in items_of(clause)):
            _reason_of(parse, clause.cause)
    return parse


def _labels(clause: Clause) -> list[Noun]:
    """What a colon behind a clause lists the parts of: its noun, or the one thing that its last verb is about."""
    if not clause.label:
        return []
    if not clause.predicates:
        return clause.subject
    last = clause.predicates[-1]
    one = last.objects if len(last.objects) == 1 and not last.passive else []
    return [n for n in one if n.items[0].lemma in {"a", "an", "one", "each"}]


def _with_consequences(found: Sequence[Clause]) -> Iterator[Clause]:
    """Reads "clients retry, so they send a header" as two statements: the second one follows from the first."""
    for clause in found:
        last = clause.predicates[-1] if clause.predicates else None
        follows = [c for c in last.conditions if c.opener and c.opener.lemma == "so" and _states(c)] if last else []
        if last is None or len(follows) != 1:
            yield clause
            continue
        consequence = follows[0]
        cause = replace(last, conditions=[c for c in last.conditions if c is not consequence])
        first = replace(clause, predicates=[*clause.predicates[:-1], cause])
        yield first
        yield replace(consequence, opener=None, cause=first)


def _reason_of(parse: Parse, cause: Clause) -> None:
    """What only says why something else holds, and states nothing by itself."""
    said = [i for i in items_of(cause) if i.index not in parse.used]
    restricts = any(w.token.value in closed.RESTRICTORS for i in said for w in i.words)
    if said and not restricts and len(said) >= len(items_of(cause)) - 1:
        parse.aside |= dict.fromkeys((i.index for i in said), "reason")
        behind = [i for i in parse.items if i.index > said[-1].index][:2]
        parse.aside |= {i.index: "reason" for i in behind if i.lemma == "so"}


def _states(clause: Clause) -> bool:
    """Whether a clause behind "so" states something: "so that others can read it" only says why."""
    that = bool(clause.subject) and clause.subject[0].items[0].lemma == "that"
    return bool(clause.subject and clause.predicates) and not that


def _named_route(parse: Parse) -> None:
    """A sentence that names a route to say what it takes states the route as well."""
    fields = [d for d in parse.drafts if d.kind == "field" and str(d.parts["of"].value).startswith(METHODS)]
    of = fields[0].parts["of"] if fields else None
    if of is None or not of.items or any(d.kind == "operation" for d in parse.drafts):
        return
    method, _, path = str(of.value).partition(" ")
    parts = {"method": replace(of, value=method), "path": replace(of, value=path)}
    parse.drafts.insert(0, Draft(kind="operation", parts=parts, items={i.index for i in of.items}))


def _heard(clause: Clause) -> Iterator[Heard]:
    """The things that a clause names."""
    plain = [*clause.subject, *(n for p in clause.predicates for n in p.objects)]
    around = [*(a for n in clause.subject for a in n.post), *(a for p in clause.predicates for a in p.around)]
    some = [a for n in plain if n.head.tag == "Q" for a in n.post]  # "any of its title or order": no things
    around = [a for a in around if a not in some]
    phrases = [n for a in around for n in a.nouns]
    for noun in (*plain, *phrases):
        named = name_items(noun)
        method = f"{noun.head.text} " in METHODS
        if noun.head.tag == "N" and not person(noun.head.lemma) and noun.head.lemma not in ACTORS and not method:
            part = Part(value=words_of(named), items=named)
            within = noun not in plain
            yield Heard(part=part, index=noun.head.index, plural=noun.head.plural, in_phrase=within)


def _routes(parse: Parse) -> None:
    """What stands beside the one route of a sentence: who may call it, in which order it lists, its parameters."""
    _named_route(parse)
    told = [d for d in parse.drafts if d.kind == "operation" and "path" in d.parts and "actor" not in d.parts]
    found = endpoints.asides(parse.items, parse.used) if told else None
    if found and found.parts and (len(told) == 1 or "actor" not in found.parts):
        told[-1].parts.update(found.parts)
        told[-1].items |= found.items
        parse.used |= found.items
    for item in parse.items:
        for filled in endpoints.query(item) if item.kind == "route" and item.index in parse.used else ():
            parts = {**filled.parts, "of": Part(value=item.lemma, items=[item])}
            parts["direction"] = Part(value="request", items=[item], via=Via.LEXICON)
            parts["location"] = Part(value="query", items=[item])
            parse.drafts.append(Draft(kind="field", parts=parts, items={item.index}))


def _groups(items: Sequence[Item], found: Sequence[Clause]) -> list[Group]:
    """The groups of a sentence. A fragment behind a predicate joins it: it may restrict what was said there."""
    groups: list[Group] = []
    at = {i.index: i for i in items}
    for clause in found:
        shared = Clause(
            lead=clause.lead, conditions=clause.conditions, opener=clause.opener, subject=clause.subject,
            gerund=clause.gerund, stray=clause.stray,
        )  # fmt: skip
        common = {i.index for i in items_of(shared)}
        labelled = any(c.label for c in found) and not clause.label and not clause.predicates
        before = at.get(min(common, default=0) - 1)
        starts = not groups or (before is not None and before.tag == ";")
        if clause.predicates and groups and not starts and not _predicated(groups[-1]):
            common |= groups.pop().own  # a phrase that stands before a clause belongs to it
        if clause.predicates:
            groups += [
                Group(own={i.index for i in items_of(p)}, shared=common, soft=_soft(p)) for p in clause.predicates
            ]
        elif starts or not _predicated(groups[-1]):
            groups.append(
                Group(own=common, shared=common, soft=_listed(clause) if labelled else _soft_fragment(clause))
            )
        else:
            groups[-1].own |= common
    return _with_gaps(items, groups)


def _predicated(group: Group) -> bool:
    return group.own != group.shared


def _with_gaps(items: Sequence[Item], groups: list[Group]) -> list[Group]:
    """Every item is in a group: what stands between two belongs to the one before."""
    known = set[int]().union(*(g.own | g.shared for g in groups)) if groups else set[int]()
    last = [(max(g.own, default=-1), g) for g in groups]
    for item in items:
        if item.index not in known and groups:
            before = [g for end, g in last if end < item.index]
            home = before[-1] if before else groups[0]
            home.own.add(item.index)
            if {item.index - 1, item.index + 1} <= home.soft:
                home.soft.add(item.index)
    return groups


SOFT = frozenset(words("with in at to from through via over as by on into about using at onto across upon for"))
"""Prepositions of phrases that add to what was said; they do not narrow it."""


def _listed(clause: Clause) -> set[int]:
    """In a list behind a label every word stands for itself: one that is not read narrows none of the others."""
    return {i.index for i in items_of(clause) if i.lemma not in closed.RESTRICTORS}


def _soft_fragment(clause: Clause) -> set[int]:
    return _soft_items([a for n in clause.subject for a in n.post])


def _soft(predicate: Predicate) -> set[int]:
    return _soft_items(predicate.around)


def _soft_items(around: Sequence[Adjunct]) -> set[int]:
    return {
        i.index
        for a in around
        if a.kind == "prep" and a.prep in SOFT and not a.gerund
        for i in items_of(a)
        if i.lemma not in closed.RESTRICTORS
    }


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
    last: Predicate | None = None

    def clause(self, clause: Clause) -> None:
        clause = _as_record(_as_somebody(clause))
        self._around(clause)
        for noun in clause.subject:
            self._visitor(noun)
        if clause.gerund:
            self._best(replace(situation(Clause(), clause.gerund), gerund=True))
        for noun in (*clause.subject, *(n for p in clause.predicates for n in p.objects)):
            self._done_to(noun)
        for noun in clause.subject:
            self._system(noun, None)
        for predicate in clause.predicates:
            self._predicate(clause, predicate)
        if not clause.predicates and self._goes_without_verb(clause):
            return
        self.last = clause.predicates[-1] if clause.predicates else self.last
        if not clause.predicates and (clause.subject or clause.lead):
            self._best(fragment(clause, self.labels))
            for condition in clause.conditions:
                self._goes_on(condition)

    def _predicate(self, clause: Clause, predicate: Predicate) -> None:
        self._allowed(predicate)
        for noun in predicate.objects:
            self._system(noun, predicate.infinitive)
        self._best(replace(situation(clause, predicate), labels=self.labels))
        for condition in predicate.conditions:
            self._condition(condition)

    def _goes_without_verb(self, clause: Clause) -> bool:
        """Reads "readings are kept for 30 days, averages for two years": the verb is that of the clause before."""
        noun = clause.subject[-1] if len(clause.subject) == 1 else None
        if self.last is None or noun is None or not noun.post or clause.label:
            return False
        if {(a.kind, a.prep) for a in noun.post} - {(a.kind, a.prep) for a in self.last.around}:
            return False
        before = len(self.parse.drafts)
        said = replace(self.last, objects=[], adjuncts=noun.post, conditions=[])
        self._best(situation(Clause(subject=[replace(noun, post=[])]), said))
        return len(self.parse.drafts) > before

    def _around(self, clause: Clause) -> None:
        """Reasons and conditions of a clause."""
        for condition in (*clause.conditions, *(c for p in clause.predicates for c in p.conditions)):
            self._reason(condition)
        for condition in clause.conditions:
            self._condition(condition)

    def _visitor(self, noun: Noun) -> None:
        """Reads "visitors who open `/{code}` are …": the relative clause names the operation."""
        for predicate in noun.relative:
            if all(v.lemma in CLASSES["visit"] for v in predicate.verbs):
                who = Clause(subject=[replace(noun, relative=[], post=[])])
                self._best(situation(who, predicate))

    def _system(self, noun: Noun, aim: Predicate | None) -> None:
        """Reads "a service that receives …, returning …": what the service does, or is for."""
        if not self.discourse.symbols.system(noun.head.lemma):
            return
        itself = replace(noun, items=[noun.head], relative=[], post=[], clause=None)
        doing = [a.gerund for a in noun.post if a.kind == "participle" and a.gerund and not a.gerund.passive]
        for predicate in (*noun.relative, *doing):
            self._allowed(predicate)
            self._best(situation(Clause(subject=[itself]), predicate))
        self._goes_on_allowed(noun.relative)
        aims = [(a.items, a.gerund) for a in noun.post if a.gerund and (a.kind == "purpose" or a.prep == "for")]
        for marker, inner in [*aims, *([([], aim)] if aim else [])]:
            told = replace(inner, group=[*marker, *inner.group])
            self._best(replace(situation(Clause(subject=[itself]), told), purpose=True))

    def _allowed(self, predicate: Predicate) -> None:
        """Reads "it allows users to create notes": the users create them."""
        inner = predicate.infinitive
        lets = all(v.lemma in CLASSES["allow"] for v in predicate.verbs) and not predicate.negated
        if not predicate.verbs or inner is None or not lets or not predicate.objects:
            return
        told = [*predicate.group, *predicate.verbs, *inner.group]
        self._best(situation(Clause(subject=predicate.objects), replace(inner, group=told)))

    def _goes_on_allowed(self, said: Sequence[Predicate]) -> None:
        """Reads "lets tourists find guides and book them": those who are allowed the first are allowed the next."""
        for first, then in pairwise(said):
            lets = first.infinitive and first.objects and all(v.lemma in CLASSES["allow"] for v in first.verbs)
            if lets and all(v.form == "VB" for v in then.verbs):
                self._best(situation(Clause(subject=first.objects), then))

    def _done_to(self, noun: Noun) -> None:
        """Reads "rooms that people can book": somebody does something to the thing itself."""
        if noun.clause is None or any(n.head.lemma in _PERSONAL for n in noun.clause.subject):
            return
        for predicate in noun.clause.predicates:
            thing = replace(noun, clause=None, post=[], relative=[], paren=[])
            self._best(situation(noun.clause, replace(predicate, objects=[thing])))

    def _condition(self, condition: Clause) -> None:
        """Reads "when somebody opens a link": it names an operation. Any other condition stays for a frame."""
        opener = condition.opener
        if opener is not None and opener.index in self.parse.used and opener.lemma in {"until", "till"}:
            self._ends_it(condition)
        if opener is None or opener.lemma not in {"when", "whenever"} or opener.index in self.parse.used:
            return
        if occasions.nobody_acts(condition) and not any(
            v.lemma in CLASSES["visit"] for p in condition.predicates for v in p.verbs
        ):
            return  # "when an order is paid" names no operation: nobody is said to pay it
        before = len(self.parse.drafts)
        self.clause(condition)
        if len(self.parse.drafts) > before:
            self.parse.used.add(opener.index)

    def _ends_it(self, condition: Clause) -> None:
        """Reads "pending until an admin approves it": what is done then is done to what is pending."""
        before = len(self.parse.drafts)
        state = self.parse.drafts[-1].parts.get("state") if self.parse.drafts else None
        self.clause(condition)
        for draft in self.parse.drafts[before:]:
            if draft.kind == "operation" and state is not None and "from_states" not in draft.parts:
                draft.parts["from_states"] = replace(state, value=(str(state.value),), via=Via.LEXICON)

    def _reason(self, condition: Clause) -> None:
        """Why somebody wants it ("so that I can plan my work"), or what goes without saying: documentation, no "
        "fact.
        """
        said = list({i.index: i for i in items_of(condition)}.values())
        before = [i for i in self.parse.items if i.index == said[0].index - 1]
        none = [i.lemma for i in said] in [[w, "there", "be", "none"] for w in ("when", "if")]
        if none and before and before[0].lemma == "empty":
            self.parse.aside |= dict.fromkeys((i.index for i in (*before, *said)), "an empty list")
        if condition.opener and condition.opener.lemma in {"so", "because"}:
            self.parse.aside |= dict.fromkeys((i.index for i in items_of(condition)), "reason")

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
        longest = [m for m in matches if len(m.items) == most]
        best = self._by_discourse([m for m in longest if m.frame.closed] or longest)
        chosen = max(best, key=lambda m: (sum(len(d.parts) for d in m.drafts), len(m.frame.roles)))
        for other in best:
            if other is not chosen and not _says_as_much(chosen, other) and not other.frame.extends:
                self.parse.ties.append((chosen.drafts, other.drafts))
        self._apply(chosen)

    def _by_discourse(self, best: list[Match]) -> list[Match]:
        """Among equals: a sentence that has its operation goes on about it, another one starts anew."""
        routed = [m for m in best if any("path" in d.parts for d in m.drafts)]
        best = routed if routed and self.discourse.endpoint else best
        wanted = [m for m in best if m.frame.extends == bool(self.fitter.current)]
        return wanted or best

    def _apply(self, match: Match) -> None:
        if match.frame.extends and match.frame.kind != "operation":
            self._complete(match)
            return
        self.parse.used |= match.items
        for draft in match.drafts:
            if match.frame.extends and draft.kind == match.frame.kind:
                self._extend(draft)
            elif not (draft.kind == "system" and self._same_system(draft)) and not self._answer(draft):
                self.parse.drafts.append(draft)
        started = [d for d in match.drafts if d.kind == "operation"]
        if started and not match.frame.extends:
            self.fitter.current = started
        outer = match.drafts[0].parts.get("of") if match.frame.kind == "field" else None
        for draft in match.drafts:
            remember(draft, self.discourse)
        if outer and not str(outer.value).startswith(METHODS):
            self.discourse.entity = outer  # not what a parenthesis speaks of

    def _complete(self, match: Match) -> None:
        """Adds to the last fact of its kind in this sentence: "posted to the webhook, signed with the secret"."""
        before = [d for d in self.parse.drafts if d.kind == match.frame.kind]
        for draft in match.drafts if before else ():
            before[-1].parts.update({k: p for k, p in draft.parts.items() if k not in before[-1].parts})
            before[-1].items |= draft.items
            self.parse.used |= match.items

    def _answer(self, new: Draft) -> bool:
        """Reads "creates a label and returns it" as one operation: what it made is what it answers."""
        named = ("method", "path", "object")
        handed = "verb" in new.parts and new.parts["verb"].value in CLASSES["hand out"]
        for draft in self.parse.drafts if handed and new.kind == "operation" and "path" in new.parts else ():
            same = draft.kind == "operation" and all(
                k in draft.parts and k in new.parts and draft.parts[k].value == new.parts[k].value for k in named
            )
            if same:
                draft.items |= new.items
                return True
        return False

    def _same_system(self, new: Draft) -> bool:
        """Adds to the system of this sentence: "a service that manages books" names one, by form and subject."""
        for draft in self.parse.drafts:
            if draft.kind == "system" and not set(draft.parts) & set(new.parts):
                draft.parts.update(new.parts)
                draft.items |= new.items
                return True
        return False

    def _extend(self, new: Draft) -> None:
        """Adds to the operations of this sentence; else states more of the operation that the text is at."""
        current = self.fitter.current
        for draft in current:
            draft.parts.update({k: p for k, p in new.parts.items() if k not in draft.parts})
            draft.items |= new.items
        if not current:
            told = self.discourse.operation
            route = {k: p for k, p in told.items() if k in {"method", "path"}}
            named = {k: remembered(p) for k, p in (route if len(route) == 2 else told).items()}
            self.parse.drafts.append(replace(new, parts={**named, **new.parts}))


def _as_somebody(clause: Clause) -> Clause:
    """Reads "As a member, I want to post messages": the member posts messages."""
    who = [a for a in clause.lead if a.prep == "as" and len(a.nouns) == 1]
    if not who or [n.head.lemma for n in clause.subject] not in (["i"], ["we"]):
        return clause
    noun = replace(who[0].nouns[0], somebody=True)
    wishes = [p for p in clause.predicates if p.infinitive and p.verbs and p.verbs[0].lemma in WISHES]
    predicates = [
        replace(
            p.infinitive,
            group=[*p.group, *p.verbs, *p.infinitive.group],
            conditions=[*p.conditions, *p.infinitive.conditions],
        )
        if p in wishes and p.infinitive
        else p
        for p in clause.predicates
    ]
    told = [who[0].items[0], *clause.subject[0].items]
    predicates[:1] = [replace(p, group=[*told, *p.group]) for p in predicates[:1]]
    lead = [a for a in clause.lead if a is not who[0]]
    return replace(clause, subject=[noun], lead=lead, predicates=predicates)


def _as_record(clause: Clause) -> Clause:
    """Reads "for each van we store its plate and model": a van has a plate and a model."""
    of = [a for a in clause.lead if a.prep == "for" and len(a.nouns) == 1]
    each = [i for i in of[0].nouns[0].items if i.lemma in {"each", "every", "all"}] if len(of) == 1 else []
    kept = clause.predicates[0] if len(clause.predicates) == 1 and not clause.predicates[0].negated else None
    if not each or kept is None or [v.lemma for v in kept.verbs] not in [[v] for v in _KEEPING] or kept.passive:
        return clause
    if len(clause.subject) != 1 or any(i.tag not in "DNSO" for i in clause.subject[0].items) or kept.adjuncts:
        return clause
    has = replace(kept.verbs[0], lemma="have")
    told = [*each, *of[0].items, *clause.subject[0].items]
    thing = replace(of[0].nouns[0], items=[i for i in of[0].nouns[0].items if i not in each])
    noun = [replace(n, items=[i for i in n.items if i.tag != "S"] or n.items) for n in kept.objects]
    own = [i for n in kept.objects for i in n.items if i.tag == "S"]
    predicate = replace(kept, verbs=[has], group=[*told, *own, *kept.group], objects=noun)
    return replace(clause, subject=[thing], lead=[a for a in clause.lead if a not in of], predicates=[predicate])


_KEEPING = CLASSES["store"] | CLASSES["record"] | frozenset({"track", "need", "know", "register"})
"""What those who run a service do with what it knows of a thing."""

WISHES = frozenset({"want", "like", "need", "wish"})


def remember(draft: Draft, discourse: Discourse) -> None:
    """Keeps what a fact speaks of, for the sentences behind it."""
    parts = draft.parts
    match draft.kind:
        case "operation":
            _remember_operation(draft, discourse)
        case "event":
            discourse.event = parts["name"]
            if "from" in parts:
                discourse.arrived = parts["name"], discourse.sentence
        case "reaction":
            discourse.case = parts.get("when", discourse.case)
            discourse.done = parts.get("verb")
        case "lifecycle":
            discourse.entity = parts["entity"]
        case "relation":
            discourse.entity = parts["entity"]
        case "integration" if "url" in parts:
            got = parts["gets"].value if "gets" in parts else ()
            discourse.asked = discourse.sentence, frozenset(got if isinstance(got, tuple) else ())
        case "field":
            if not str(parts["of"].value).startswith(METHODS):
                discourse.entity = parts["of"]
            discourse.learn(str(parts["name"].value), parts["of"])
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


def _says_as_much(match: Match, other: Match) -> bool:
    """Whether a match states all that the other one does."""
    mine = [(kind, dict(parts)) for kind, parts in _says(match)]
    return all(any(kind == k and dict(parts).items() <= p.items() for k, p in mine) for kind, parts in _says(other))


def _says(match: Match) -> list[tuple[str, list[tuple[str, Value]]]]:
    """What a match states; what a verb does to rows only follows from it."""
    return sorted((d.kind, sorted((k, p.value) for k, p in d.parts.items() if k != "does")) for d in match.drafts)

"""Reads in which cases something may be done: "once it is full or has started", "until an hour before it starts".

Owns such phrases, wherever they stand in a sentence. The rest of the sentence is read without them, and what it allows
or forbids gets their slots; where nothing there does, the sentence is read as a whole, as if nobody had seen them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from autocoder.facts import Via
from autocoder.readers.rules import adjuncts, matching, roles, wholes
from autocoder.readers.rules.clauses import Clause, clauses
from autocoder.readers.rules.discourse import Discourse, Draft, Part, remembered
from autocoder.readers.rules.lexicon import closed, verbs
from autocoder.readers.rules.lexicon.domain import RECORDS, STATES
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.matching import Parse
from autocoder.readers.rules.phrases import Bound, Item, Measure
from autocoder.readers.rules.roles import Filled, words_of
from autocoder.readers.rules.tagging import inflected, participle
from autocoder.readers.rules.wholes import Whole

_NOT_THEN = frozenset({"unless", "until", "till", "before"})
"""Openers behind which stands when it may not be done; with a negation, when it may."""
_THEN = frozenset({"once", "after", "while", "when", "if", "whenever"})
_PLAIN = frozenset({"while", "when", "if", "whenever"})
"""Openers of conditions that frames read, where nothing is forbidden in them."""
_ENDS = {"begin": "started", "start": "started", "end": "ended", "finish": "ended", "over": "ended", "past": "ended"}
"""What is said of a time of the thing, and the one word for it."""
_HAPPENS = words("start begin end close open finish expire")
"""Verbs of what a thing does when its time comes."""
_DATES = words("date deadline")
_TIMES = _DATES | words(
    "start end beginning begin opening closing departure arrival day time expiry due delivery visit"
)
"""Nouns for a time of a thing; before any other noun means before that thing starts."""
_SHOWN = words("shown visible displayed listed public")
"""What becomes of a thing once somebody has let it through."""
_MORE = ("any more", "any longer", "anymore", "any further")
"""What stands behind a negation and says no more than it."""
_FREE = ("at any time", "at all times", "whenever they like", "whenever they want")
"""What says that no time limits it."""


@dataclass(kw_only=True)
class Told:
    """A phrase that was found: its items, and the slots that it adds to what it is about."""

    items: list[Item]
    slots: dict[str, Part] = field(default_factory=dict[str, Part])
    then: bool = True
    leads: bool = False


def read(items: Sequence[Item], discourse: Discourse) -> tuple[Parse, Discourse]:
    """Reads a sentence under one tagging, and the state of the text after it."""
    items = _listed_values(items)
    routed = any(i.kind == "route" for i in items)
    lifted = [] if routed else list(wholes.lift(items, discourse))
    gone = {i.index for w in lifted for i in w.items} - {i.index for w in lifted for i in w.kept}
    rest = [i for i in items if i.index not in gone]
    told = [] if routed else list(_told(rest, discourse))
    if told:
        aside = {i.index for t in told for i in t.items}
        plain = [i for i in rest if i.index not in aside]
        found, state = clauses(plain), discourse.copy()
        state.entity = next((t.slots["about"] for t in told if t.leads and "about" in t.slots), state.entity)
        parse = matching.read_sentence(plain, found, state)
        if _attached(parse, told, found, state):
            return _with(parse, lifted, items, state), state
    state = discourse.copy()
    return _with(matching.read_sentence(rest, clauses(rest), state), lifted, items, state), state


def _listed_values(items: Sequence[Item]) -> Sequence[Item]:
    """Reads "a condition: new, good or worn" like "a condition (new, good or worn)", at the end of what a thing has."""
    colon = next((n for n, i in enumerate(items) if i.lemma == ":"), 0)
    values = items[colon + 1 : -1]
    has = any(i.lemma == "have" and i.tag == "V" for i in items[:colon])
    words_ = [i for i in values if i.tag not in ",C"]
    plain = all(i.tag in "NJVR" or i.lemma in {"or", "and"} or i.tag == "," for i in values)
    single = len(words_) == sum(1 for i in values if i.tag in ",C") - _double(values) + 1
    if not has or not plain or not single or len(words_) < 2 or items[-1].tag != ".":
        return items
    return [*items[:colon], replace(items[colon], tag="(", lemma="("), *values, replace(items[-1], tag=")", lemma=")")]


def _double(values: Sequence[Item]) -> int:
    """How many times a comma stands before "or"."""
    return sum(1 for one, two in pairwise(values) if one.tag == "," and two.tag == "C")


def _with(parse: Parse, lifted: Sequence[Whole], items: Sequence[Item], discourse: Discourse) -> Parse:
    """Adds what was read as a whole; each whole is a group of its own."""
    for whole in lifted:
        taken = {i.index for i in whole.items}
        parse.drafts += whole.drafts
        parse.groups.append(matching.Group(own=taken, shared=taken, soft=set()))
        if whole.drafts:
            parse.used |= taken
        elif parse.drafts:
            parse.aside |= dict.fromkeys(taken, whole.name)
        for draft in whole.drafts:
            matching.remember(draft, discourse)
    parse.items = items
    return parse


def _told(items: Sequence[Item], discourse: Discourse) -> Iterator[Told]:
    """The phrases of a sentence, none inside another."""
    at = 0
    while at < len(items):
        found = _phrase(items, at, discourse) if _may_open(items, at) else None
        if found:
            yield found
            at = list(items).index(found.items[-1]) + 1
        else:
            at += 1


def _may_open(items: Sequence[Item], at: int) -> bool:
    lemma = items[at].lemma
    return lemma in _NOT_THEN | _THEN | {"at", "any", "anymore", "else"} or items[at].tag in "TBPH"


def _phrase(items: Sequence[Item], at: int, discourse: Discourse) -> Told | None:
    return (
        _idle(items, at)
        or _signed_out(items, at)
        or _deadline(items, at, discourse)
        or _period(items, at)
        or _relative(items, at, discourse)
        or _case(items, at, discourse)
    )


def _idle(items: Sequence[Item], at: int) -> Told | None:
    """Any more; at any time: what changes nothing beside what is allowed or forbidden."""
    if items[at].lemma == "else" and at and items[at - 1].lemma in {"nobody", "everybody", "everyone", "anybody"}:
        return Told(items=[items[at]])
    for size in (1, 2, 3):
        said = list(items[at : at + size])
        text = " ".join(i.text.lower() for i in said)
        if text in _FREE or (text in _MORE and _negated(items[:at])):
            return Told(items=said)
    return None


def _signed_out(items: Sequence[Item], at: int) -> Told | None:
    """Without an account; without logging in: anybody may do it."""
    if items[at].lemma != "without" or _negated(items):
        return None
    end = _end(items, at, leads=True)
    said = " ".join(i.text.lower() for i in items[at + 1 : end])
    if said not in _NO_SIGN_IN:
        return None
    anyone = Part(value="anyone", items=list(items[at:end]), via=Via.LEXICON)
    return Told(items=list(items[at:end]), slots={"actor": anyone})


_NO_SIGN_IN = frozenset(
    {"an account", "a login", "account", "login", "logging in", "signing in", "registering", "registration"}
    | {"having an account", "having to log in", "having to sign in", "signing up"}
)


def _negated(items: Sequence[Item]) -> bool:
    return any(w.token.value in closed.NEGATIVE_WORDS or i.lemma in {"nobody", "no"} for i in items for w in i.words)


def _end(items: Sequence[Item], at: int, *, leads: bool) -> int:
    """Where the clause ends that starts here."""
    marks = {".", ";", ":", "(", ")", *({","} if leads else ())}
    return next((n for n in range(at, len(items)) if items[n].tag in marks), len(items))


# until some time before


def _deadline(items: Sequence[Item], at: int, discourse: Discourse) -> Told | None:
    """Until 24 hours before the start; up to two hours before the class starts; until the day before the shift."""
    size, ahead = _ahead(items, at)
    if not size or at + size >= len(items) or items[at + size].lemma != "before":
        return None
    start = at + size + 1
    end = _end(items, start, leads=False)
    moment = _moment(items[start:end], discourse)
    if moment is None or ahead is None:
        return None
    used, slots = moment
    said = list(items[at : start + used])
    slots["before"] = Part(value=ahead.text, items=list(items[at : at + size]), via=Via.LEXICON)
    return Told(items=said, slots=slots, then=False)


def _ahead(items: Sequence[Item], at: int) -> tuple[int, Measure | None]:
    """How many items say how long before, and how long: until 24 hours; up to two hours; the day."""
    item = items[at]
    if isinstance(item.meaning, Bound) and item.meaning.high and not item.meaning.low:
        fits = item.meaning.high.dimension == "duration" and item.words[0].token.value in {"up", "no", "not"}
        return (1, item.meaning.high) if fits else (0, None)
    if isinstance(item.meaning, Bound) and item.meaning.low and not item.meaning.high:
        fits = item.meaning.low.dimension == "duration" and item.words[0].token.value == "at"
        return (1, item.meaning.low) if fits else (0, None)
    if item.lemma not in {"until", "till"} or at + 1 >= len(items):
        return 0, None
    after = items[at + 1]
    if isinstance(after.meaning, Measure) and after.meaning.dimension == "duration":
        return 2, after.meaning
    day = [i.lemma for i in items[at + 1 : at + 3]]
    if day in (["the", "day"], ["one", "day"], ["the", "hour"], ["the", "week"]):
        unit = {"day": "d", "hour": "h", "week": "d"}[day[1]]
        return 3, Measure(amount="7" if day[1] == "week" else "1", unit=unit, dimension="duration")
    return 0, None


def _moment(said: Sequence[Item], discourse: Discourse) -> tuple[int, dict[str, Part]] | None:
    """Behind "before": it begins; the class starts; the start of the class; the shift. How many items, and slots."""
    end = next((n for n, i in enumerate(said) if i.tag in ",C"), len(said))
    named = [i for i in said[:end] if i.tag in "N" or i.lemma in _HAPPENS]
    plain = all(i in named or i.tag in "DSO" or i.lemma in {"of", "each", "every"} for i in said[:end])
    if not plain or not end:
        return None
    if named and named[-1] is said[end - 1] and named[-1].lemma in _HAPPENS and len(said[:end]) > 1:
        verb, things = named[-1], named[:-1]
        known = said[end - 2].tag == "O" or (things and said[end - 2] is things[-1])
        if not known or said[end - 2].tag == "D":
            return (end, {"of": Part(value=words_of(named), items=named)}) if said[0].tag in "DS" else None
        of = {"of": Part(value=_NOUNS.get(verb.lemma, "end"), items=[verb], via=Via.LEXICON)}
        return end, of | ({"about": Part(value=words_of(things), items=things)} if things else {})
    if not named:
        return None
    at = next((n for n, i in enumerate(named) if n and i.index > named[n - 1].index + 1), len(named))
    time, owner = named[:at], named[at:]
    if not owner and time[-1].lemma not in _TIMES:
        return end, {"of": Part(value="start", items=time, via=Via.INFERRED), "about": _thing(time)}
    return end, {"of": Part(value=words_of(time), items=time)} | ({"about": _thing(owner)} if owner else {})


_NOUNS = {"start": "start", "begin": "start", "open": "start"}


def _thing(named: Sequence[Item]) -> Part:
    return Part(value=words_of(named), items=list(named))


def _period(items: Sequence[Item], at: int) -> Told | None:
    """Within 7 days: how long something may be done after the row came into its state."""
    item = items[at]
    meaning = item.meaning
    last = at + 1 >= len(items) or items[at + 1].tag in ".;,"
    if not isinstance(meaning, Bound) or not meaning.high or meaning.low or not last:
        return None
    if meaning.high.dimension != "duration" or item.words[0].token.value != "within":
        return None
    return Told(items=[item], slots={"within": Part(value=meaning.high.text, items=[item], via=Via.LEXICON)})


# in some case


def _relative(items: Sequence[Item], at: int, discourse: Discourse) -> Told | None:
    """An item that is broken …: the case that the thing before it is in, up to the verb of the sentence."""
    before = items[at - 1] if at else None
    if items[at].tag != "T" and items[at].lemma != "that":
        return None
    if before is None or before.tag != "N" or roles.person(before.lemma):
        return None
    end = next((n for n in range(at + 1, len(items)) if items[n].tag == "M"), -1)
    said = list(items[at:end]) if end > at else []
    cases = _cases(said[1:]) if said else None
    if not cases:
        return None
    slots = {"cases": Part(value=tuple(c for c, _ in cases), items=[i for _, i in cases])}
    return Told(items=said, slots=slots, then=True)


def _case(items: Sequence[Item], at: int, discourse: Discourse) -> Told | None:
    """Once it is full or has started; unless it is closed; until the course starts; after the closing date."""
    opener = items[at].lemma
    if opener not in _NOT_THEN | _THEN or (opener in _PLAIN and not _negated(items)):
        return None
    leads = at == 0 or items[at - 1].tag in ",;"
    only = at > 0 and items[at - 1].lemma == "only"
    dated = next((n + 1 for n in range(at + 1, len(items)) if items[n].lemma in _DATES), at + 1)
    ends = {_end(items, at, leads=False), _end(items, at, leads=True), dated if leads else at + 1}
    for end in sorted(ends, reverse=True):
        said = items[at + 1 : end]
        found = _about(said, discourse, opener)
        if found is None:
            continue
        comma = list(items[end : end + 1]) if leads and end < len(items) and items[end].tag == "," else []
        taken = [*([items[at - 1]] if only else []), *items[at:end], *comma]
        return Told(items=taken, slots=found, then=opener in _THEN, leads=leads and at == 0)
    return None


def _about(said: Sequence[Item], discourse: Discourse, opener: str) -> dict[str, Part] | None:
    """Of what the cases are, and which; or the time, behind which it is another case."""
    if not said:
        return None
    head = next((n for n, i in enumerate(said) if i.tag not in "DSJN" or i.lemma in _HAPPENS), len(said))
    named = [i for i in said[:head] if i.tag in "NJ"]
    if said[0].tag == "O" and said[0].lemma in {"it", "they"}:
        head, named = 1, []
    if named and roles.person(named[-1].lemma):
        return None
    if head == len(said) and opener in {"after", "until", "till", "before"}:
        last = named[-1] if named else None
        return {"of": _thing(named)} if last is not None and last.lemma in _DATES else None
    cases = _cases(said[head:])
    if not cases:
        return None
    slots = {"cases": Part(value=tuple(c for c, _ in cases), items=[i for _, i in cases])}
    return slots | ({"about": _thing([i for i in named if i.tag == "N"] or named)} if named else {})


def _cases(said: Sequence[Item]) -> list[tuple[str, Item]] | None:
    """Is full; has already started; is closed or paid; starts. None where it says anything else."""
    found: list[tuple[str, Item]] = []
    for at, item in enumerate(said):
        if item.tag in "AC," or item.lemma in {"have", "already", "being", "been", "that"}:
            if item.tag == "C" and item.lemma != "or":
                return None
            if item.tag == "X" or any(w.token.value in closed.NEGATIVE_WORDS for w in item.words):
                return None
            continue
        going = at > 0 and said[at - 1].text.lower() == "being"
        one = inflected(item.lemma, "VBG") if going and item.form == "VBN" else _one_case(item)
        if not one:
            return None
        found.append((one, item))
    return [c for n, c in enumerate(found) if c[0] not in [x for x, _ in found[:n]]] or None


def _one_case(item: Item) -> str:
    if item.lemma in _ENDS:
        return _ENDS[item.lemma]
    if item.lemma in _HAPPENS:
        return participle(item.lemma)
    if item.form == "VBN" or item.tag == "J":
        return item.words[0].token.value
    return ""


# what they are about


def _attached(parse: Parse, told: Sequence[Told], found: Sequence[Clause], discourse: Discourse) -> bool:
    """Gives every phrase to the acts of its part of the sentence. False where one finds none."""
    for each in told:
        acts = _acts(parse, each) or _understood(parse, each, found, discourse)
        if not acts and (each.slots or not parse.drafts):
            return False
        for act in acts:
            if _first(parse, act, each):
                continue
            if not _gives(act, each):
                return False
            act.items |= {i.index for i in each.items}
        parse.used |= {i.index for i in each.items}
    return True


def _acts(parse: Parse, told: Told) -> list[Draft]:
    """What is allowed or forbidden nearest to a phrase, between the same semicolons."""
    marks = [i.index for i in parse.items if i.tag == ";"]
    first, last = told.items[0].index, told.items[-1].index
    low = max((m for m in marks if m < first), default=-1)
    high = min((m for m in marks if m > last), default=last + len(parse.items) + 1)
    here = [
        (d.parts["verb"].items[0].index, d)
        for d in parse.drafts
        if d.kind in {"operation", "access"} and "verb" in d.parts and d.parts["verb"].items
    ]
    here = [(n, d) for n, d in here if low < n < high]
    behind = [(n, d) for n, d in here if n > last]
    if told.leads or (told.items[0].tag == "T" or told.items[0].lemma == "that"):
        near = min(behind, key=lambda x: x[0], default=None)
    else:
        near = max(((n, d) for n, d in here if n < first), key=lambda x: x[0], default=None)
    return [d for _, d in here if near and d.items == near[1].items]


def _understood(parse: Parse, told: Told, found: Sequence[Clause], discourse: Discourse) -> list[Draft]:
    """Reads "patients may cancel until …": what is cancelled is what the text is at."""
    thing = discourse.entity
    for clause in found if thing and told.slots.keys() & {"before", "cases", "of"} else ():
        predicate = clause.predicates[0] if len(clause.predicates) == 1 else None
        if predicate is None or predicate.objects or predicate.passive or predicate.around or len(predicate.verbs) != 1:
            continue
        verb = predicate.verbs[0]
        who = _who(clause, discourse)
        known = verb.lemma in {*STATES, *RECORDS, "withdraw"}
        if who is None or not known or thing is None or any(i.index in parse.used for i in predicate.group):
            continue
        named = {("actor" if k == "value" else k): p for k, p in who.parts.items()}
        parts = {**named, "object": remembered(thing), "verb": Part(value=verb.lemma, items=[verb])}
        parts["does"] = Part(value=verbs.DOES.get(verb.lemma, "other"), items=[verb], via=Via.LEXICON)
        items = who.items | {verb.index, *(i.index for i in predicate.group if i.tag in "MA")}
        denied = predicate.negated or parts["actor"].value == "nobody"
        draft = Draft(kind="access" if denied else "operation", parts=parts, items=items)
        if denied:
            draft.parts["allowed"] = Part(value=False, items=[verb], via=Via.LEXICON)
        parse.drafts.append(draft)
        parse.used |= items
        return [draft]
    return []


def _first(parse: Parse, act: Draft, told: Told) -> bool:
    """Reads "comments have to be approved before they are shown": only approved ones are seen."""
    cases, thing, verb = told.slots.get("cases"), act.parts.get("object"), act.parts["verb"]
    shown = cases is not None and set(cases.value if isinstance(cases.value, tuple) else ()) <= _SHOWN
    state = STATES.get(str(verb.value))
    if told.items[0].lemma != "before" or not shown or cases is None or thing is None or state is None:
        return False
    parts = {
        "object": thing,
        "verb": Part(value="see", items=cases.items, via=Via.LEXICON),
        "does": Part(value="read", items=cases.items, via=Via.LEXICON),
        "allowed": Part(value=False, items=told.items[:1], via=Via.LEXICON),
        "provided": Part(value=(state,), items=verb.items, via=Via.LEXICON),
    }
    act.items |= {i.index for i in told.items}
    parse.drafts.append(Draft(kind="access", parts=parts, items=set(act.items)))
    return True


def _who(clause: Clause, discourse: Discourse) -> Filled | None:
    if len(clause.subject) != 1:
        return None
    return roles.actor(clause.subject[0], discourse) or adjuncts.nobody(clause.subject[0], discourse)


def _gives(act: Draft, told: Told) -> bool:
    """Adds the slots of a phrase to an act; False where the act has no place for them."""
    slots = dict(told.slots)
    if "actor" in slots and act.kind == "operation":
        act.parts["actor"] = slots["actor"]
        act.parts.pop("role", None)
        return True
    about = slots.get("about")
    own = "object" in act.parts and about is not None and about.value == act.parts["object"].value
    if own:
        del slots["about"]
    cases = slots.pop("cases", None)
    forbids = act.kind == "access"
    if cases is not None:
        slots[_slot(forbids=forbids, then=told.then)] = cases
    if "of" in slots and "before" not in slots and told.then != forbids:
        return False  # "after the closing date people can vote": a beginning, not an end
    if any(k in act.parts for k in slots) or (forbids and {"before", "within"} & slots.keys()):
        return False
    act.parts.update(slots)
    return True


def _slot(*, forbids: bool, then: bool) -> str:
    if forbids:
        return "states" if then else "provided"
    return "provided" if then else "unless"

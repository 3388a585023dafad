"""Readings of what leaves the service: messages with what they say and who gets them, occasions, addresses, keys.

Like `roles`, a reading answers the slots and the items it used; None where the phrase says anything else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from autocoder.facts import Via
from autocoder.readers.rules import readings, roles
from autocoder.readers.rules.clauses import Adjunct, Clause, Noun, Predicate, items_of
from autocoder.readers.rules.discourse import Discourse, Part, remembered
from autocoder.readers.rules.lexicon import closed, nouns, verbs
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import Item, Measure
from autocoder.readers.rules.roles import Filled, words_of

MESSAGES = words("confirmation notification reminder receipt notice alert message invitation invoice summary note")
"""What is sent, where the channel is named beside it."""

_ONCE = frozenset({"when", "whenever", "once", "if", "after"})
_AFTER = frozenset({"after", "on", "upon"})
_EACH = frozenset({"each", "every", "any", "all", "new"})
_KEY = re.compile(r"(x-)?idempotency[- ]?keys?", re.IGNORECASE)
_HEADER = re.compile(r"[A-Z][A-Za-z0-9]*(-[A-Za-z0-9]+)+")
_URL = re.compile(r"((GET|POST|PUT|PATCH|DELETE) )?https?://[^\s]+")
_PARTS = words("page view detail response answer reply result list profile")
"""What is shown of a thing."""


def message(noun: Noun, discourse: Discourse) -> Filled | None:
    """An e-mail; a signed webhook; a receipt by e-mail: the channel, and what it is beside it."""
    named = [i for i in noun.items if i.lemma in readings.CHANNELS and i.lemma != "text"]
    plain = all(i.tag in "DN" or i.lemma in {"signed", "short", "own", "e-mail", "email"} for i in noun.items)
    by = next((a for a in noun.post if a.prep in {"by", "via", "per", "through"} and len(a.nouns) == 1), None)
    through = readings.channel(by.nouns[0], discourse) if by and not named else None
    if not plain or len(named) > 1 or noun.relative or not (named or through):
        return None
    filled = Filled(parts={})
    if named:
        filled.put("value", readings.CHANNELS[named[0].lemma], *named, via=Via.LEXICON)
    elif by and through:
        filled.put("value", through.parts["value"].value, *items_of(by), via=Via.LEXICON)
    said = [i for i in noun.items if i.tag == "N" and i not in named]
    if said:
        filled.put("purpose", words_of(said), *said)
    filled.use(*noun.items)
    return filled


def contents(adjunct: Adjunct, _discourse: Discourse) -> Filled | None:
    """With the delivery date; containing its reference and amount; with the title of the book."""
    filled = Filled(parts={})
    values = [_content(n, filled) for n in adjunct.nouns]
    if not values or not all(values):
        return None
    filled.parts["value"] = Part(value=tuple(values), items=[i for n in adjunct.nouns for i in n.items])
    filled.use(adjunct.items[0])
    return filled


def _content(noun: Noun, filled: Filled) -> str:
    """The name of what is said: a field, a field of a thing; empty for anything else."""
    named = [i for i in noun.items if i.tag in "NJ"]
    of = next((a for a in noun.post if a.prep in {"of", "for"} and len(a.nouns) == 1), None)
    plain = all(i.tag in "DSN" or i.lemma in {"each", "every"} for i in (of.nouns[0].items if of else []))
    if not named or not plain or noun.relative:
        return ""
    filled.use(*noun.items)
    if of is None:
        return words_of(named)
    filled.use(*of.items, *of.nouns[0].items)
    owner = [i for i in of.nouns[0].items if i.tag == "N"]
    return f"{words_of(named)} of {words_of(owner)}"


def recipient(noun: Noun, discourse: Discourse) -> Filled | None:
    """Who is told: the customer, them, the owner of the project, an address."""
    address = [i for i in noun.items if i.kind == "email" or re.fullmatch(r"[^@\s]+@[^@\s]+\.[a-z]+", i.lemma)]
    if len(address) == 1 and all(i.tag in "DL" for i in noun.items):
        filled = Filled(parts={})
        filled.put("value", address[0].lemma, *noun.items)
        return filled
    if noun.head.lemma in {"they", "he", "she", "them", "him", "her"} and len(noun.items) == 1:
        return Filled(parts={"value": Part(value="they", items=[noun.head])}, items={noun.head.index})
    filled = readings.plain(noun, discourse)
    if filled is None or not _may_be_told(noun, discourse):
        return None
    for adjunct in noun.post:
        of = adjunct.nouns[0] if adjunct.prep == "of" and len(adjunct.nouns) == 1 else None
        if of and all(i.tag in "DSN" for i in of.items) and not of.relative and not of.post:
            filled.use(*items_of(adjunct))
    return filled


def _may_be_told(noun: Noun, discourse: Discourse) -> bool:
    """Whether it is somebody, or a field of the thing that the text is at: the assignee."""
    lemma = noun.head.lemma
    return roles.person(lemma) or lemma in {*nouns.ACTORS, *nouns.OWNERS} or lemma in discourse.fields


def system_outside(noun: Noun, discourse: Discourse) -> Filled | None:
    """To the shop system; to our bookkeeping."""
    named = readings.told(noun, discourse)
    return named if named and not noun.post and not roles.person(noun.head.lemma) else None


def occasion(around: Sequence[Clause | Adjunct], discourse: Discourse) -> Filled | None:
    """When an order is shipped; once a student signs up; after placing an order; for every comment."""
    for part in around:
        match part:
            case Clause(opener=Item(lemma=lemma)) if lemma in _ONCE:
                found = _happens(part, discourse)
            case Clause():
                found = None
            case Adjunct(gerund=Predicate() as act) if part.prep in _AFTER:
                found = _done(act, act.objects, [*part.items, *items_of(act)], discourse)
            case Adjunct(prep="for" | "on" | "upon" | "of" | "about" | "after"):
                found = _each(part)
            case Adjunct():
                found = None
        if found:
            return found
    return None


def _happens(clause: Clause, discourse: Discourse) -> Filled | None:
    """What happens in a condition: something is done to a thing, by whomever."""
    if len(clause.predicates) != 1 or len(clause.subject) != 1 or clause.predicates[0].negated:
        return None
    act = clause.predicates[0]
    things = clause.subject if act.passive else act.objects or _acted_on(act) or clause.subject
    return _done(act, things, items_of(clause), discourse)


def _acted_on(act: Predicate) -> list[Noun]:
    """What an act is about behind its preposition: signs up for a class."""
    return [n for a in act.around if a.prep in {"for", "on", "to", "in", "at"} for n in a.nouns][:1]


def _done(act: Predicate, things: Sequence[Noun], said: Iterable[Item], discourse: Discourse) -> Filled | None:
    """The verb and what it is done to; None where anything else narrows it."""
    extra = [a for a in act.around if a.prep not in {"to", "by", "for", "on", "in", "at"}]
    thing = readings.told(things[0], discourse) if len(things) == 1 else None
    if len(act.verbs) != 1 or extra or act.conditions or act.infinitive:
        return None
    if things and things[0].head.tag == "O" and discourse.entity:
        thing = Filled(parts={"value": remembered(discourse.entity)}, items={things[0].head.index})
    if thing is None:
        return None
    verb = act.verbs[0]
    particle = [i for i in act.group if f"{verb.lemma} {i.lemma}" in verbs.PHRASAL]
    state = [a.items[0] for a in act.around if a.kind == "adjective"]
    filled = Filled(parts={"object": thing.parts["value"]})
    if verb.lemma == "be" and len(state) == 1:
        filled.put("value", state[0].text.lower(), *state)
    elif verb.lemma != "be":
        filled.put("value", words_of([verb, *particle]), verb, *particle)
    else:
        return None
    filled.use(*said)
    return filled


def _each(adjunct: Adjunct) -> Filled | None:
    """For every new order; on each sale: it is made."""
    noun = adjunct.nouns[0] if len(adjunct.nouns) == 1 else None
    if noun is None or not any(i.lemma in _EACH for i in noun.modifiers) or noun.head.tag != "N" or noun.relative:
        return None
    named = [i for i in noun.items if i.tag == "N"]
    if any(i.tag not in "DNS" and i.lemma not in _EACH for i in noun.items):
        return None
    filled = Filled(parts={"object": Part(value=words_of(named), items=named)})
    filled.use(*adjunct.items, *noun.items)
    return filled


def address(noun: Noun, _discourse: Discourse) -> Filled | None:
    """The address of a system outside, with its method where one is stated."""
    found = [i for i in noun.items if _URL.fullmatch(i.lemma)]
    rest = [i for i in noun.items if i not in found and i.tag != "D"]
    plain = all(i.tag == "N" for i in rest) and not noun.relative
    if len(found) != 1 or not plain:
        return None
    url = found[0].lemma
    filled = Filled(parts={})
    filled.put("value", url, found[0])
    host = re.sub(r"^(\w+ )?https?://([^/:]+).*", r"\2", url)
    filled.put("name", host.lower(), found[0], via=Via.LEXICON)
    filled.use(*noun.items)
    return filled


def aim(predicate: Predicate | None, discourse: Discourse) -> list[Filled]:
    """To get the rate of its currency: what the answer holds, and by what it is asked for."""
    inner = predicate.infinitive if predicate else None
    looks = words("get fetch find look read obtain retrieve determine learn")
    if inner is None or len(inner.verbs) != 1 or inner.verbs[0].lemma not in looks or inner.negated:
        return []
    found = answer(Adjunct(kind="prep", items=[inner.verbs[0]], nouns=inner.objects), discourse)
    if found is None:
        return []
    found.use(*inner.group)
    return [found]


def answer(adjunct: Adjunct, discourse: Discourse) -> Filled | None:
    """For its latitude and longitude; the rate of its currency is asked for by the currency."""
    filled = Filled(parts={})
    got: list[Item] = []
    for noun in adjunct.nouns:
        named = [i for i in noun.items if i.tag == "N"]
        if not named or any(i.tag not in "DSN" for i in noun.items) or noun.relative:
            return None
        got += named
        filled.use(*noun.items)
        for of in noun.post:
            sent = of.nouns[0] if of.prep in {"of", "for"} and len(of.nouns) == 1 else None
            if sent and (name := readings.plain(sent, discourse)):
                filled.put("sends", (str(name.parts["value"].value),), *name.parts["value"].items)
                filled.use(*items_of(of))
    values = tuple(words_of(i for i in n.items if i.tag == "N") for n in adjunct.nouns)
    if not values:
        return None
    filled.put("value", values, *got)
    filled.use(*adjunct.items)
    return filled


def answered(noun: Noun, discourse: Discourse) -> Filled | None:
    """What a system outside has answered, in the same sentence: it, them, the rate."""
    asked = discourse.asked
    same = noun.head.lemma in {"it", "they", "them"} or (asked and noun.head.lemma in asked[1])
    if asked is None or asked[0] != discourse.sentence or not same:
        return None
    return Filled(parts={}, items={i.index for i in noun.items})


def cached(noun: Noun, discourse: Discourse) -> Filled | None:
    """The product page; the list of products; an article."""
    items = roles.name_items(noun)
    of = next((a for a in noun.post if a.prep == "of" and len(a.nouns) == 1), None)
    if noun.head.lemma in _PARTS and of and len(items) == 1:
        inner = readings.plain(of.nouns[0], discourse)
        if inner is not None:
            inner.use(*of.items, *noun.items)
        return inner
    filled = readings.plain(noun, discourse)
    if filled is None or noun.head.lemma not in _PARTS or len(items) == 1:
        return filled
    filled.put("value", words_of(items[:-1]), *items)
    return filled


def viewers(noun: Noun, discourse: Discourse) -> Filled | None:
    """Only managers; to coordinators: the role of those who see it, or its owner."""
    found = roles.actor(noun, discourse)
    if found is None or found.parts.get("value") is None:
        return None
    value, role = found.parts["value"], found.parts.get("role")
    own = found.parts.get("scope")
    if own is None and (role is None or value.value not in {"role", "user"}):
        return None
    shown = Part(value="owner", items=[noun.head], via=Via.LEXICON) if own else role
    filled = Filled(parts={"value": shown} if shown else {}, items=set(found.items))
    filled.use(*noun.items)
    return filled


def only_viewers(noun: Noun, discourse: Discourse) -> Filled | None:
    """Only managers."""
    return viewers(noun, discourse) if any(i.lemma == "only" for i in noun.items) else None


def idempotency_key(noun: Noun, _discourse: Discourse) -> Filled | None:
    """An Idempotency-Key; the same idempotency key in a header."""
    named = [i for i in noun.items if i.tag in "NL"]
    said = " ".join(i.text for i in named)
    known = {"header", "request"}
    if not _KEY.fullmatch(" ".join(i.text for i in named if i.lemma not in known)) or noun.relative:
        return None
    filled = Filled(parts={}, items={i.index for i in noun.items})
    if header := _HEADER.search(said):
        filled.put("header", header[0], *named)
    for adjunct in noun.post:
        if adjunct.prep in {"in", "as"} and all(
            i.lemma in {"in", "as", "a", "the", "header"} for i in items_of(adjunct)
        ):
            filled.use(*items_of(adjunct))
    return filled


def header(noun: Noun, _discourse: Discourse) -> Filled | None:
    """The X-Api-Key header; header `X-Key`."""
    named = [i for i in noun.items if _HEADER.fullmatch(i.text.strip("`\"'"))]
    if len(named) != 1 or any(i not in named and i.tag != "D" and i.lemma != "header" for i in noun.items):
        return None
    filled = Filled(parts={})
    filled.put("value", named[0].text.strip("`\"'"), *noun.items)
    return filled


def api_key(noun: Noun, _discourse: Discourse) -> Filled | None:
    """With an API key; with their own key."""
    named = [i for i in noun.items if i.tag not in "DS" and i.lemma != "own"]
    if words_of(named) not in {"api key", "key"}:
        return None
    filled = Filled(parts={})
    filled.put("value", "api key", *noun.items, via=Via.LEXICON)
    return filled


def people(noun: Noun, _discourse: Discourse) -> Filled | None:
    """Whoever calls: clients, stations, partners."""
    if noun.head.tag not in "NO" or any(i.tag not in "DNOQ" for i in noun.items):
        return None
    filled = Filled(parts={})
    filled.put("value", words_of(i for i in noun.items if i.tag in "NO"), *noun.items)
    return filled


def requests(noun: Noun, _discourse: Discourse) -> Filled | None:
    """Requests; every call and statement."""
    if noun.head.lemma not in {"request", "call", "everything", "statement", "query"} or noun.post or noun.relative:
        return None
    return Filled(parts={}, items={i.index for i in noun.items})


def tracer(noun: Noun, _discourse: Discourse) -> Filled | None:
    """With OpenTelemetry."""
    return Filled(parts={}, items={i.index for i in noun.items}) if noun.head.lemma.lower() == "opentelemetry" else None


def audit_log(noun: Noun, _discourse: Discourse) -> Filled | None:
    """An audit log of every change; a log of all changes."""
    said = items_of(noun)
    name = words_of(i for i in noun.items if i.tag in "NJ")
    changes = any(i.lemma in {"change", "edit", "modification"} for i in said)
    plain = all(i.tag in "DNJQPS" or i.lemma in {"change"} for i in said)
    narrows = any(w.token.value in closed.RESTRICTORS - {"each", "every"} for i in said for w in i.words)
    if (
        not plain
        or narrows
        or not (name in {"audit log", "audit trail", "audit"} or (name in readings.LOGS and changes))
    ):
        return None
    return Filled(parts={}, items={i.index for i in said})


def inactive(noun: Noun, discourse: Discourse) -> Filled | None:
    """Accounts that have been inactive for 2 years; users who have not signed in for a year."""
    named = readings.plain(Noun(items=noun.items, head=noun.head), discourse)
    if named is None or len(noun.relative) != 1:
        return None
    said = noun.relative[0]
    spans = [a for a in said.around if a.prep == "for" and isinstance(a.items[-1].meaning, Measure)]
    idle = [a for a in said.around if a.kind == "adjective" and a.items[0].lemma in {"inactive", "unused", "idle"}]
    away = said.negated and bool(said.verbs) and said.verbs[0].lemma in {"sign", "log"}
    meaning = spans[0].items[-1].meaning if len(spans) == 1 else None
    if not isinstance(meaning, Measure) or meaning.dimension != "duration" or not (away or (idle and not said.negated)):
        return None
    named.put("after", meaning.text, *spans[0].items, via=Via.LEXICON)
    named.put("of", "last activity", *items_of(said), via=Via.LEXICON)
    return named


def page_of(noun: Noun, _discourse: Discourse) -> Filled | None:
    """25 customers per page."""
    count = [(i, n) for i in noun.items if (n := roles.number_of(i))]
    per = [a for a in noun.post if a.prep in {"per", "on"} and [n.head.lemma for n in a.nouns] == ["page"]]
    if len(count) != 1 or len(per) != 1 or noun.head.tag != "N":
        return None
    filled = Filled(parts={})
    filled.put("value", words_of(roles.name_items(noun)), *roles.name_items(noun))
    filled.put("limit", int(count[0][1]), count[0][0], via=Via.LEXICON)
    filled.use(*noun.items, *items_of(per[0]))
    return filled


def several_with(noun: Noun, discourse: Discourse) -> Filled | None:
    """Lines with a description and a price: a plural that has what a thing has."""
    plural = noun.head.tag == "N" and noun.head.plural and not noun.relative and not noun.paren
    fields_of = [a for a in noun.post if a.prep in {"with", "containing"}]
    return readings.plain(noun, discourse) if plural and fields_of and len(fields_of) == len(noun.post) else None


AGGREGATES = words("average mean number count sum total")
"""What opens a value that is worked out of other rows."""


def aggregate(noun: Noun, discourse: Discourse) -> Filled | None:
    """The average rating; the number of ratings: named and computed by the same words."""
    said = [i for i in items_of(noun) if i.tag not in "DS"]
    opens = bool(said) and said[0].lemma in AGGREGATES and all(i.tag in "NJPDS" for i in said)
    whole = len(said) > 1 and (noun.post or said[0].lemma in {"average", "mean"})
    if not opens or not whole or noun.relative or any(a.prep != "of" for a in noun.post):
        return None
    first, last = said[0].words[0].token.start, said[-1].words[-1].token.end
    filled = Filled(parts={})
    filled.put("value", discourse.prose.text[first:last].lower(), *said)
    filled.put("computed", discourse.prose.text[first:last], *said)
    filled.use(*items_of(noun))
    return filled


def encrypted(adjunct: Adjunct, _discourse: Discourse) -> Filled | None:
    """Store it encrypted."""
    said = adjunct.gerund
    if said is None or [v.lemma for v in said.verbs] != ["encrypt"] or said.objects or said.conditions:
        return None
    rest = [
        a
        for a in said.around
        if a.prep not in {"at", "on"} or not all(n.head.lemma in {"rest", "disk"} for n in a.nouns)
    ]
    return None if rest else Filled(parts={}, items={i.index for i in items_of(adjunct)})


NOUNS: Mapping[str, roles.Reads] = {
    "message": message,
    "recipient": recipient,
    "system outside": system_outside,
    "address": address,
    "answered": answered,
    "cached": cached,
    "viewers": viewers,
    "only viewers": only_viewers,
    "idempotency key": idempotency_key,
    "header": header,
    "api key": api_key,
    "people": people,
    "requests": requests,
    "tracer": tracer,
    "audit log": audit_log,
    "inactive": inactive,
    "page of": page_of,
    "aggregate": aggregate,
    "several with": several_with,
}

ADJUNCTS: Mapping[str, Callable[[Adjunct, Discourse], Filled | None]] = {
    "contents": contents,
    "answer": answer,
    "encrypted": encrypted,
}

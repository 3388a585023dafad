"""Readings of limits, moments, channels, filters, states: the phrases that narratives narrow an action with.

Like `roles`, a reading answers the slots and the items it used; None where the phrase says anything else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from autocoder.facts import Via
from autocoder.readers.rules import enumerations, roles
from autocoder.readers.rules.clauses import Adjunct, Clause, Noun, items_of
from autocoder.readers.rules.discourse import Discourse, remembered
from autocoder.readers.rules.lexicon import closed, nouns
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import Bound, Item, Measure
from autocoder.readers.rules.roles import Filled, name_items, words_of

CHANNELS = {
    "e-mail": "e-mail", "email": "e-mail", "mail": "e-mail", "sms": "sms", "text": "sms", "webhook": "webhook",
    "slack": "slack", "push": "push",
}  # fmt: skip
"""What something is sent by, and the name of the outside system."""

FORMULAS = words(
    "sum product average mean number count difference total minimum maximum ratio percentage quotient median"
)
"""Nouns that open a computed value."""

PLACES = words(
    "eu europe germany france us usa uk switzerland austria netherlands ireland spain italy poland sweden canada "
    "australia india japan singapore brazil frankfurt dublin london paris zurich amsterdam stockholm virginia ohio "
    "oregon california tokyo sydney mumbai"
)
"""Where a service may run."""

PERIODS = frozenset({"second", "minute", "hour", "day"})
"""Times in which something may be done so often."""

LOGS = frozenset({"audit log", "audit trail", "audit", "log", "history"})


def _plain(item: Item) -> bool:
    """A word that leaves a noun what it is."""
    if item.lemma == "one" and item.tag in "UO":
        return True
    bound = item.meaning if isinstance(item.meaning, Bound) else None
    if bound and bound.low and bound.high and bound.low.amount == bound.high.amount == "1":
        return True  # exactly one
    return (
        item.tag == "D"
        or (item.tag == "S" and item.lemma != "whose")
        or item.lemma in {"each", "every", "all", "any", "given"}
    )


def _name(noun: Noun, *, adjectives: bool = False) -> list[Item] | None:
    """The words of a name; None where the phrase has any other word than those that change nothing."""
    tags = "NJ" if adjectives else "N"
    named = [i for i in noun.items if i.tag in tags]
    rest = [i for i in noun.items if i not in named]
    fits = noun.head.tag == "N" and all(_plain(i) for i in rest) and not noun.relative and not noun.paren
    return named if fits else None


def plain(noun: Noun, _discourse: Discourse) -> Filled | None:
    """A thing by its name, whatever stands behind it stays for others."""
    named = _name(noun)
    if named is None:
        return None
    filled = Filled(parts={})
    filled.put("value", words_of(named), *named)
    filled.use(*noun.items)
    return filled


def new_thing(noun: Noun, discourse: Discourse) -> Filled | None:
    """New vouchers; a newly created ticket: things as they are at first."""
    new = [i for i in noun.items if i.lemma in {"new", "newly", "created", "added", "fresh"} or i.text == "created"]
    rest = [i for i in noun.items if i not in new]
    if not new or noun.head in new:
        return None
    filled = plain(Noun(items=rest, head=noun.head, post=noun.post, relative=noun.relative), discourse)
    if filled is not None:
        filled.use(*new)
    return filled


def limited(noun: Noun, discourse: Discourse) -> Filled | None:
    """At most five loans; exactly one vote; max 20 bookings; up to 10 files."""
    bounds = [i for i in noun.items if i.tag == "K"]
    if noun.head.tag != "N" or len(bounds) != 1:
        return None
    meaning = bounds[0].meaning
    if not isinstance(meaning, Bound) or meaning.high is None or meaning.low is not None:
        return None
    filled = Filled(parts={})
    filled.put("value", words_of(name_items(noun)), *name_items(noun))
    filled.put("max", meaning.high.amount, bounds[0], via=Via.LEXICON)
    if any(n.head.lemma in PERIODS for a in noun.post if a.prep == "per" for n in a.nouns):
        return None  # so many in a time: a rate
    for adjunct in noun.post:
        if adjunct.prep in {"per", "for"} and len(adjunct.nouns) == 1 and (per := plain(adjunct.nouns[0], discourse)):
            filled.put("per", per.parts["value"].value, *per.parts["value"].items)
            filled.use(*adjunct.items, *adjunct.nouns[0].items)
    return filled


def limited_per(noun: Noun, discourse: Discourse) -> Filled | None:
    """Max 20 bookings per class."""
    filled = limited(noun, discourse)
    return filled if filled and "per" in filled.parts else None


def overlapping(noun: Noun, _discourse: Discourse) -> Filled | None:
    """Two bookings of the same room."""
    if noun.head.tag != "N" or not noun.head.plural:
        return None
    filled = Filled(parts={})
    filled.put("value", words_of(name_items(noun)), *name_items(noun))
    filled.use(*(i for i in noun.items if i.tag in "DU" or i.lemma in {"two", "any", "no"}))
    for adjunct in noun.post:
        if adjunct.prep in {"of", "for", "in"} and len(adjunct.nouns) == 1:
            inner = adjunct.nouns[0]
            if any(i.lemma in {"same", "one"} for i in inner.items):
                filled.put("per", words_of(name_items(inner)), *name_items(inner))
                filled.use(*adjunct.items, *inner.items)
    return filled


def several(noun: Noun, _discourse: Discourse) -> Filled | None:
    """Many lessons; several addresses; any number of comments; the plural of a thing that the text knows."""
    if noun.head.tag != "N" or not noun.head.plural or noun.relative or noun.paren:
        return None
    filled = Filled(parts={})
    filled.put("value", words_of(name_items(noun)), *name_items(noun))
    counted = [i for i in noun.modifiers if i.lemma in {"many", "several", "some", "multiple", "various", "numerous"}]
    filled.use(*counted, *(i for i in noun.modifiers if i.tag == "D"))
    known = noun.head.lemma in _discourse.symbols.things
    return filled if counted or known else None


def channel(noun: Noun, _discourse: Discourse) -> Filled | None:
    """By e-mail; via SMS; per mail."""
    named = [i for i in noun.items if i.lemma in CHANNELS]
    if len(named) != 1 or any(i.tag not in "ND" for i in noun.items):
        return None
    filled = Filled(parts={})
    filled.put("value", CHANNELS[named[0].lemma], *noun.items, via=Via.LEXICON)
    for adjunct in noun.post:
        if adjunct.prep in {"of", "about"} and len(adjunct.nouns) == 1 and (of := told(adjunct.nouns[0], _discourse)):
            filled.parts["object"] = of.parts["value"]
            filled.items |= of.items | {adjunct.items[0].index}
    return filled


def told(noun: Noun, _discourse: Discourse) -> Filled | None:
    """What somebody is told of: every donation, each confirmed appointment."""
    named = _name(noun, adjectives=True)
    if not named:
        return None
    filled = Filled(parts={})
    filled.put("value", words_of(named), *named)
    filled.use(*noun.items)
    return filled


def moment(noun: Noun, _discourse: Discourse) -> Filled | None:
    """Its start; the start of the booking; their last visit; a patient's last appointment."""
    at = max((n for n, i in enumerate(noun.items) if i.tag == "S"), default=-1)
    named = [i for i in noun.items[at + 1 :] if i.tag != "D"]
    rest = [i for i in noun.items if i not in named]
    if not named or noun.head.tag != "N" or any(i.tag not in "NJRQ" for i in named) or noun.relative:
        return None
    if any(not (_plain(i) or i.tag == "N") for i in rest):
        return None
    filled = Filled(parts={})
    filled.put("value", " ".join(w.token.value for i in named for w in i.words), *named)
    filled.use(*noun.items)
    for adjunct in noun.post:
        if adjunct.prep == "of" and all(_name(n) for n in adjunct.nouns):
            filled.use(*items_of(adjunct))
    return filled


def formula(noun: Noun, discourse: Discourse) -> Filled | None:
    """The sum of the line prices: taken in the prose's words."""
    if noun.head.lemma not in FORMULAS or not any(a.prep in {"of", "between"} for a in noun.post):
        return None
    said = [i for i in items_of(noun) if i.index >= noun.head.index]
    if any(w.token.value in closed.RESTRICTORS - {"per", "each", "every"} for i in said for w in i.words):
        return None
    first, last = said[0].words[0].token.start, said[-1].words[-1].token.end
    filled = Filled(parts={})
    filled.put("value", discourse.prose.text[first:last], *said)
    filled.use(*noun.items)
    return filled


def known_own_field(noun: Noun, discourse: Discourse) -> Filled | None:
    """A field whose owner the text names, here or before."""
    return own_field(noun, discourse, anywhere=False)


def own_field(noun: Noun, discourse: Discourse, *, anywhere: bool = True) -> Filled | None:
    """A field of what the text is at: the total, its total, the total of an invoice."""
    named = _name(noun)
    if not named:
        return None
    filled = Filled(parts={})
    filled.put("value", words_of(named), *named)
    filled.use(*noun.items)
    owner = next((a for a in noun.post if a.prep == "of" and len(a.nouns) == 1), None)
    whole = f"{words_of(named)} of {words_of(owner.nouns[0].items)}" if owner else ""
    owners = discourse.fields.get(whole) or discourse.fields.get(words_of(named), {})
    if owner and whole in discourse.fields:
        filled.put("value", whole, *named, *items_of(owner))
        owner = None
    if owner and (of := plain(owner.nouns[0], discourse)):
        filled.put("of", of.parts["value"].value, *of.parts["value"].items)
        filled.use(*items_of(owner))
    elif len(owners) == 1:
        filled.parts["of"] = remembered(next(iter(owners.values())))
    elif discourse.entity and anywhere:
        filled.parts["of"] = remembered(discourse.entity)
    else:
        return None
    return filled


def personal_data(noun: Noun, _discourse: Discourse) -> Filled | None:
    """Personal data."""
    if words_of(i for i in noun.items if i.tag != "D") not in {
        "personal data",
        "personal datum",
        "personal information",
    }:
        return None
    filled = Filled(parts={})
    filled.put("value", True, *noun.items, via=Via.LEXICON)
    return filled


def log(noun: Noun, _discourse: Discourse) -> Filled | None:
    """An audit log that nobody can change."""
    if words_of(i for i in noun.items if i.tag in "NJ") not in LOGS:
        return None
    filled = Filled(parts={})
    filled.use(*items_of(noun))
    return filled


def anything(noun: Noun, _discourse: Discourse) -> Filled | None:
    """Whatever it is: all of its words are the rule's."""
    filled = Filled(parts={})
    filled.use(*items_of(noun))
    return filled


def filters(adjunct: Adjunct, _discourse: Discourse) -> Filled | None:
    """By title, author or year."""
    named = [_name(n) for n in adjunct.nouns]
    if not adjunct.nouns or not all(named):
        return None
    filled = Filled(parts={})
    values = tuple(words_of(n) for n in named if n)
    filled.put("value", values, *(i for n in named if n for i in n))
    filled.use(*items_of(adjunct))
    return filled


def states(conditions: Sequence[Clause], discourse: Discourse) -> Filled | None:
    """While it is placed or paid; as long as it is open."""
    if (
        len(conditions) != 1
        or conditions[0].opener is None
        or conditions[0].opener.lemma not in {"while", "when", "if"}
    ):
        return None
    condition = conditions[0]
    if len(condition.predicates) != 1 or len(condition.subject) != 1 or condition.predicates[0].negated:
        return None
    predicate = condition.predicates[0]
    subject = condition.subject[0].head
    named = {str(h.part.value).rpartition(" ")[2] for h in discourse.heard}
    named |= {str(discourse.entity.value).rpartition(" ")[2]} if discourse.entity else set()
    known = subject.lemma in {"it", "they", *named}
    adjectives = [a for a in predicate.around if a.kind == "adjective"]
    found = adjectives[0].items if len(adjectives) == 1 else predicate.verbs if predicate.passive else []
    extra = [a for a in predicate.around if a.kind != "adjective"]
    if not known or not found or extra or predicate.objects:
        return None
    filled = Filled(parts={})
    values = tuple(enumerations.said([i]) for i in found)
    filled.put("value", values, *found)
    filled.use(*items_of(condition))
    return filled


def quantity(adjunct: Adjunct, _discourse: Discourse) -> Filled | None:
    """Like: two years; 24 hours."""
    meaning = adjunct.items[0].meaning
    if not isinstance(meaning, Measure) or meaning.dimension != "duration":
        return None
    filled = Filled(parts={})
    filled.put("value", meaning.text, adjunct.items[0], via=Via.LEXICON)
    return filled


def account_name(noun: Noun, discourse: Discourse) -> Filled | None:
    """Somebody by their own name: the client, campaign owners."""
    named = _name(noun)
    if not named or not (roles.person(noun.head.lemma) or noun.head.lemma in {*nouns.ACTORS, *nouns.OWNERS}):
        return None
    filled = Filled(parts={})
    filled.put("value", words_of(named), *named)
    filled.use(*noun.items)
    return filled if discourse else None


def part_of_the_service(noun: Noun, discourse: Discourse) -> Filled | None:
    """A part of the service by its name: search, ingest."""
    return None if discourse.symbols.system(noun.head.lemma) else plain(noun, discourse)


def oneself(noun: Noun, _discourse: Discourse) -> Filled | None:
    """To themselves: whoever acts."""
    return Filled(parts={}, items={noun.head.index}) if noun.head.lemma.endswith(("self", "selves")) else None


def possible_parent(noun: Noun, discourse: Discourse) -> Filled | None:
    """A thing that the text knows: to a board, in a room, into albums."""
    known = noun.head.lemma in discourse.symbols.things and all(i.lemma != "own" for i in noun.items)
    return plain(noun, discourse) if known and not noun.post else None


def place(noun: Noun, _discourse: Discourse) -> Filled | None:
    """The EU; Frankfurt; our own data centre is none."""
    named = [i for i in noun.items if i.tag != "D"]
    if len(named) != 1 or named[0].lemma not in PLACES:
        return None
    filled = Filled(parts={})
    filled.put("value", named[0].lemma, *noun.items, via=Via.LEXICON)
    return filled


def _many(noun: Noun) -> bool:
    return noun.head.plural or any(a.prep == "of" and any(n.head.plural for n in a.nouns) for a in noun.post)


def bare_several(noun: Noun, _discourse: Discourse) -> Filled | None:
    """With reviews; with comments: what each of the things has."""
    if noun.head.tag != "N" or not noun.head.plural or any(i.tag != "N" for i in noun.items) or noun.post:
        return None
    filled = Filled(parts={})
    filled.put("value", words_of(noun.items), *noun.items)
    return filled


def known_product(noun: Noun, _discourse: Discourse) -> Filled | None:
    """A product outside, by its own name: Slack, GitHub, `#alerts` is none."""
    named = [i for i in noun.items if i.tag != "D"]
    written = " ".join(i.text for i in named)
    if len(named) != 1 or not (named[0].lemma in CHANNELS or re.fullmatch(r"[A-Z][A-Za-z0-9]+", written)):
        return None
    filled = Filled(parts={})
    filled.put("value", CHANNELS.get(named[0].lemma, written.lower()), *noun.items, via=Via.LEXICON)
    return filled


def product_outside(noun: Noun, discourse: Discourse) -> Filled | None:
    """A product by its own name inside a sentence, where a capital tells; what the service runs on is none."""
    inside = noun.items[0].index > 0 and noun.head.lemma.lower() not in {*nouns.ENGINES, *CHANNELS}
    written = any(c.islower() for c in noun.head.text)  # HTTP and CSV are none
    return known_product(noun, discourse) if inside and written and not noun.post else None


def point_in_time(noun: Noun, _discourse: Discourse) -> Filled | None:
    """At a given time; on a certain date."""
    if noun.head.lemma not in {"time", "date", "day", "moment"} or noun.post:
        return None
    plain_ = all(i.tag in "DN" or i.lemma in {"given", "certain", "set", "specific", "fixed"} for i in noun.items)
    filled = Filled(parts={})
    kind = "date" if noun.head.lemma in {"date", "day"} else "datetime"
    filled.put("type", kind, *noun.items, via=Via.LEXICON)
    return filled if plain_ else None


def rest(noun: Noun, _discourse: Discourse) -> Filled | None:
    """At rest."""
    return Filled(parts={}, items={i.index for i in noun.items}) if noun.head.lemma in {"rest", "disk"} else None


def things_of_the_text(noun: Noun, discourse: Discourse) -> Filled | None:
    """What opens the text and is all that it says: "feature flags", "file drop for law firms"."""
    for_whom = [a for a in noun.post if a.prep == "for" and a.nouns]
    if discourse.sentence or noun.head.tag != "N" or noun.items[0].index or not (noun.head.plural or for_whom):
        return None
    if (
        roles.person(noun.head.lemma)
        or discourse.symbols.system(noun.head.lemma)
        or noun.items[0].words[0].token.kind != "word"
    ):
        return None
    if any(i.lemma.lower() in nouns.ENGINES for i in noun.items):
        return None
    plain_ = all(i.tag in "NJ" and (i is noun.head or not i.plural) for i in noun.items)
    if not plain_ or any(a.prep not in {"with", "for"} for a in noun.post):
        return None
    filled = Filled(parts={})
    named = name_items(noun)
    filled.put("value", words_of(named), *named)
    for adjunct in for_whom:
        purpose(adjunct, filled, discourse)
    return filled


def purpose(adjunct: Adjunct, filled: Filled, discourse: Discourse) -> None:
    """Whom or what it is for, as documentation: law firms, a mobile game; nothing that restricts."""
    said = items_of(adjunct)
    narrows = any(w.token.value in closed.RESTRICTORS for i in said for w in i.words)
    if narrows or any(i.tag not in "PDNJS" for i in said):
        return
    first, last = said[0].words[0].token.start, said[-1].words[-1].token.end
    filled.put("purpose", discourse.prose.text[first:last], *said)


def tracked(noun: Noun, _discourse: Discourse) -> Filled | None:
    """What a system keeps, where a sentence asks for nothing but to track or manage it."""
    own = noun.items[0].lemma != "their" and all(i.tag in "DNJS" for i in noun.items)
    if noun.head.tag != "N" or not own or not (_many(noun) or noun.head.lemma in nouns.COLLECTIONS):
        return None
    filled = Filled(parts={})
    inner = next((a for a in noun.post if a.prep == "of" and len(a.nouns) == 1), None)
    if inner and inner.nouns[0].head.tag == "N" and noun.head.lemma in {"stock", "inventory", "list", "number"}:
        named = [i for i in inner.nouns[0].items if i.tag in "NJ"]
        filled.put("value", words_of(named), *named)
        filled.use(*items_of(inner), *noun.items)
        return filled
    filled.put("value", words_of(name_items(noun)), *name_items(noun))
    filled.use(*(i for i in noun.items if i.lemma == "shared" and noun.head.lemma in nouns.COLLECTIONS))
    roles.common(noun, filled)
    return filled


def cluster(noun: Noun, _discourse: Discourse) -> Filled | None:
    """On Kubernetes; on a Kubernetes cluster: where every service is made to run."""
    said = {i.lemma.lower() for i in noun.items if i.tag != "D"}
    known = bool(said & {"kubernetes", "k8s"}) and said <= {"kubernetes", "k8s", "cluster"} and not noun.post
    return Filled(parts={}, items={i.index for i in noun.items}) if known else None


def own_things(noun: Noun, discourse: Discourse) -> Filled | None:
    """Their vehicles: rows of somebody's own."""
    if noun.items[0].lemma not in {"their", "his", "her"} or not noun.head.plural or noun.post:
        return None
    filled = plain(noun, discourse)
    if filled is not None:
        filled.put("scope", "own", noun.items[0], via=Via.LEXICON)
    return filled


def house(noun: Noun, discourse: Discourse) -> Filled | None:
    """We; our club; a bakery: whom the service is for, said at the start, by a name that is no thing of the text."""
    if discourse.sentence > 1 or noun.post or noun.relative or noun.paren or noun.clause:
        return None
    ours = noun.head.lemma == "we" and len(noun.items) == 1
    named = noun.head.tag == "N" and not noun.head.plural and noun.items[0].tag in "DS"
    known = noun.head.lemma in discourse.symbols.things or noun.head.lemma in nouns.SYSTEMS
    plain_ = all(i.tag in "DSNJ" for i in noun.items) and not roles.person(noun.head.lemma)
    return Filled(parts={}, items={i.index for i in noun.items}) if ours or (named and plain_ and not known) else None


def offered(noun: Noun, _discourse: Discourse) -> Filled | None:
    """Several car parks; books: what they do business with."""
    if noun.head.tag != "N" or not noun.head.plural or noun.relative or noun.paren or noun.post:
        return None
    filled = Filled(parts={})
    filled.put("value", words_of(name_items(noun)), *name_items(noun))
    roles.common(noun, filled)
    return filled if {i.index for i in noun.items} <= filled.items and not roles.person(noun.head.lemma) else None


def named_system(noun: Noun, discourse: Discourse) -> Filled | None:
    """A help desk; a wiki: a system by its own name, said at the start."""
    one = noun.items[0].lemma in {"a", "an", "our"} and not noun.head.plural and noun.head.tag == "N"
    known = noun.head.lemma in discourse.symbols.things or noun.head.lemma in nouns.SYSTEMS
    if discourse.sentence > 1 or not one or known or noun.post or noun.relative or roles.person(noun.head.lemma):
        return None
    filled = Filled(parts={})
    filled.put("value", words_of(name_items(noun)), *name_items(noun))
    roles.common(noun, filled)
    return filled if all(i.tag in "DSNJ" for i in noun.items) else None


def their_things(noun: Noun, _discourse: Discourse) -> Filled | None:
    """Their inspections: what each of the things before has."""
    if noun.head.tag != "N" or noun.items[0].lemma != "their" or not noun.head.plural or noun.post:
        return None
    named = noun.items[1:]
    if any(i.tag != "N" for i in named):
        return None
    filled = Filled(parts={})
    filled.put("value", words_of(named), *named)
    filled.use(*noun.items)
    return filled


def whose_things(noun: Noun, discourse: Discourse) -> Filled | None:
    """The things that "their" goes back to: the first of the list."""
    return tracked(noun, discourse) if noun.items[0].tag != "S" and noun.head.plural else None


def change_of_state(noun: Noun, _discourse: Discourse) -> Filled | None:
    """Each change of state; every status change."""
    said = [i for i in items_of(noun) if i.tag not in "DQP"]
    if {i.lemma for i in said} not in ({"change", "state"}, {"change", "status"}):
        return None
    filled = Filled(parts={})
    filled.put("value", "change of state", *items_of(noun), via=Via.LEXICON)
    return filled


def json_form(noun: Noun, _discourse: Discourse) -> Filled | None:
    """As JSON; as a JSON array: the form that every answer has."""
    lemmas = {i.lemma for i in noun.items if i.tag != "D"}
    plain_ = "json" in lemmas and lemmas <= {"json", "array", "list", "object", "format", "response"}
    return Filled(parts={}, items={i.index for i in noun.items}) if plain_ and not noun.post else None


def thing(noun: Noun, discourse: Discourse) -> Filled | None:
    """What something is done to; the list of customers is all of them."""
    of = next((a for a in noun.post if a.prep == "of" and len(a.nouns) == 1), None)
    plain = noun.head.lemma in {"list", "overview"} and all(i.tag == "D" or i is noun.head for i in noun.items)
    if of is None or not plain or not of.nouns[0].head.plural or any(i.tag not in "DNQ" for i in of.nouns[0].items):
        return roles.thing(noun, discourse)
    filled = Filled(parts={})
    filled.put("value", words_of(name_items(of.nouns[0])), *name_items(of.nouns[0]))
    filled.use(*noun.items, *of.items, *of.nouns[0].items)
    return filled


NOUNS: Mapping[str, roles.Reads] = {
    "thing": thing,
    "json": json_form,
    "change of state": change_of_state,
    "product outside": product_outside,
    "house": house,
    "cluster": cluster,
    "own things": own_things,
    "offered": offered,
    "named system": named_system,
    "their things": their_things,
    "whose things": whose_things,
    "plain": plain,
    "limited": limited,
    "limited per": limited_per,
    "overlapping": overlapping,
    "several": several,
    "their several": several,
    "channel": channel,
    "told": told,
    "moment": moment,
    "formula": formula,
    "own field": own_field,
    "known own field": known_own_field,
    "known product": known_product,
    "point in time": point_in_time,
    "rest": rest,
    "things of the text": things_of_the_text,
    "personal data": personal_data,
    "log": log,
    "anything": anything,
    "somebody": account_name,
    "oneself": oneself,
    "part of the service": part_of_the_service,
    "possible parent": possible_parent,
    "place": place,
    "bare several": bare_several,
    "tracked": tracked,
}

ADJUNCTS: Mapping[str, Callable[[Adjunct, Discourse], Filled | None]] = {"filters": filters, "quantity": quantity}

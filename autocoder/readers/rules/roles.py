"""Reads a noun phrase as something: an actor, a thing, a field, a value, an engine, a system.

Owns the readings that frames name. A reading returns the slots it found and exactly the items that it used; what it
did not use stays unread and is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from autocoder.facts import Via
from autocoder.readers.rules.clauses import Adjunct, Noun, Predicate, items_of
from autocoder.readers.rules.discourse import Discourse, Part, remembered
from autocoder.readers.rules.lexicon import closed, domain, fillers, nouns
from autocoder.readers.rules.lexicon.verbs import CLASSES
from autocoder.readers.rules.phrases import Bound, Item, Measure


@dataclass(kw_only=True)
class Filled:
    """Slots with the items that were used. The main slot is called `value`."""

    parts: dict[str, Part]
    items: set[int] = field(default_factory=set[int])

    def use(self, *items: Item) -> None:
        """Marks items as used."""
        self.items.update(i.index for i in items)

    def put(self, name: str, value: str | int | bool | tuple[str, ...], *items: Item, via: Via = Via.VERBATIM) -> None:
        """Sets a slot and uses its items."""
        self.parts[name] = Part(value=value, items=list(items), via=via)
        self.use(*items)


Reads = Callable[[Noun, Discourse], Filled | None]


def name_items(noun: Noun) -> list[Item]:
    """The nouns that make the name, head last."""
    return [i for i in noun.modifiers if i.tag == "N"] + [noun.head]


def words_of(items: Iterable[Item]) -> str:
    """Their lemmas; of several nouns only the head is made singular ("sales order")."""
    said = list(items)
    before = [i.text.lower() if i.tag == "N" and i.plural else i.lemma for i in said[:-1]]
    return " ".join([*before, *(i.lemma for i in said[-1:])])


def common(noun: Noun, filled: Filled) -> None:
    """Determiners, quantifiers and adjectives that change nothing."""
    for item in noun.modifiers:
        plain = (
            item.tag == "D"
            or (item.tag == "Q" and item.lemma in fillers.FILLER_QUANTIFIERS)
            or (item.tag == "J" and item.lemma in fillers.FILLER_ADJECTIVES)
            or (item.tag == "S" and item.lemma in {"our", "your", "its"})
            or (item.lemma == "other" and (person(noun.head.lemma) or noun.head.lemma in nouns.ACTORS))
        )
        if plain:
            filled.use(item)


def actor(noun: Noun, discourse: Discourse) -> Filled | None:
    """Who does something."""
    head = noun.head
    if head.lemma in {"they", "he", "she"} and discourse.actor:
        filled = Filled(parts={("value" if k == "actor" else k): remembered(p) for k, p in discourse.actor.items()})
        filled.use(head)
        return filled
    if head.lemma in nouns.MAKERS and (of := _maker_of(noun)):
        return of
    if head.lemma in nouns.OWNERS or (head.lemma == "client" and not discourse.symbols.clients_are_people):
        return _owner(noun) if head.lemma in nouns.OWNERS else _program(noun)
    if head.lemma in {"you", "i", "we"} and len(noun.items) == 1:
        return Filled(parts={}, items={head.index})  # whoever uses it: nobody in particular
    return None if _runs_it(noun) else _named_actor(noun)


def _runs_it(noun: Noun) -> bool:
    """Whether it tells who runs the service: "a company rents cars to its customers"."""
    one = not noun.head.plural and noun.items[0].lemma in {"a", "an"}
    return one and noun.head.lemma in nouns.ORGANISATIONS


def _named_actor(noun: Noun) -> Filled | None:
    head = noun.head
    filled = Filled(parts={})
    states = {i.lemma: i for i in noun.modifiers if i.tag == "J"}
    signed_in = [i for lemma, i in states.items() if lemma in nouns.SIGNED_IN]
    signed_out = [i for lemma, i in states.items() if lemma in nouns.SIGNED_OUT]
    people = person(head.lemma) or (noun.somebody and head.tag == "N")
    if people and head.lemma not in nouns.ACTORS and not signed_in:
        filled.put("value", "role", head, via=Via.LEXICON)
        named = [i for i in noun.items if i is head or i.tag == "N" or i.lemma in nouns.RANKS]
        own = [i for i in named if i.index >= _after_possessor(noun)] or [head]
        filled.put("role", words_of(own), *own)
    elif signed_out and head.lemma in nouns.ACTORS:
        filled.put("value", "guest", head, *signed_out, via=Via.LEXICON)
    elif signed_in and (head.lemma in nouns.ACTORS or person(head.lemma)):
        filled.put("value", "user", head, *signed_in, via=Via.LEXICON)
    elif nouns.ACTORS.get(head.lemma, "nobody") != "nobody" and len(name_items(noun)) == 1:
        filled.put("value", nouns.ACTORS[head.lemma], head, via=Via.LEXICON)
    else:
        return None
    anybody = nouns.ACTORS.get(head.lemma) == "anyone"
    if filled.parts["value"].value == "user" and head.lemma != "user" and "role" not in filled.parts and not anybody:
        filled.parts["role"] = Part(value=head.lemma, items=[head])
    common(noun, filled)
    _signed_in_after(noun, filled)
    if filled.parts["value"].value in {"user", "role"}:
        filled.use(*(i for i in noun.modifiers if i.lemma == "only"))
    return filled


def _program(noun: Noun) -> Filled | None:
    """A client: a program that calls, whoever runs it."""
    if len(name_items(noun)) > 1:
        return None
    filled = Filled(parts={})
    filled.put("value", "anyone", noun.head, via=Via.LEXICON)
    common(noun, filled)
    return filled


def kind_of_people(noun: Noun, discourse: Discourse) -> Filled | None:
    """A plural that may name people, though no list knows it: a role, to be reviewed."""
    lemma = noun.head.lemma
    known = (nouns.VALUE_TYPES, nouns.OCCURRENCES, nouns.SYSTEMS, nouns.PEOPLE_WORKERS, nouns.DATA, nouns.NO_PERSONS)
    other = any(lemma in words for words in (*known, nouns.LIST_LABELS, nouns.ENGINES, nouns.TOTALS))
    bare = noun.head.tag == "N" and noun.head.plural and all(i.tag == "N" for i in noun.items)
    if other or not bare or lemma in discourse.symbols.things or noun.relative or noun.post or noun.paren:
        return None
    filled = Filled(parts={})
    filled.put("value", "role", noun.head, via=Via.INFERRED)
    filled.put("role", words_of(noun.items), *noun.items)
    return filled


def _after_possessor(noun: Noun) -> int:
    """The index of the first word behind "the clinic's"."""
    return max((i.index + 1 for i in noun.items if i.lemma == "'s"), default=0)


def person(lemma: str) -> bool:
    """Whether a noun names people, or machines that act on their own.

    >>> person("librarian"), person("translator"), person("folder")
    (True, True, False)
    """
    if lemma in nouns.ROLES or lemma in nouns.DEPARTMENTS:
        return True
    if lemma in nouns.NO_PERSONS or lemma in nouns.SYSTEMS or lemma in nouns.PEOPLE_WORKERS or len(lemma) < 5:
        return False
    return lemma.endswith(nouns.PERSON_ENDINGS) and lemma not in nouns.VALUE_TYPES


def _owner(noun: Noun) -> Filled | None:
    """The owner, its owner: a signed-in user, and only for the rows that are their own."""
    if len(name_items(noun)) > 1 or any(i.tag in "JUH" for i in noun.modifiers):
        return None
    filled = Filled(parts={})
    filled.put("value", "user", noun.head, via=Via.LEXICON)
    filled.put("scope", "own", noun.head, via=Via.LEXICON)
    filled.use(*(i for i in noun.modifiers if i.tag in "DS" or i.lemma == "only"))
    for adjunct in noun.post:
        if adjunct.prep == "of" and all(i.tag in "DSN" for i in items_of(adjunct)[1:]):
            filled.use(*items_of(adjunct))
    return filled


def _maker_of(noun: Noun) -> Filled | None:
    """Its author, the organizer of the event: whoever made it; `whose` is the thing, where it is named."""
    theirs = any(i.tag == "S" and i.lemma in {"its", "their"} for i in noun.modifiers)
    of = [a for a in noun.post if a.prep == "of" and len(a.nouns) == 1]
    named = of[0].nouns[0] if of else None
    plain = named is not None and all(i.tag in "DNS" for i in named.items) and not named.post and not named.relative
    if not (theirs or (plain and named and named.head.tag == "N" and not person(named.head.lemma))):
        return None
    filled = Filled(parts={})
    filled.put("value", "user", noun.head, via=Via.LEXICON)
    filled.put("scope", "own", noun.head, via=Via.LEXICON)
    filled.use(*(i for i in noun.modifiers if i.tag in "DS" or i.lemma == "only"))
    if plain and named:
        filled.put("whose", words_of(name_items(named)), *name_items(named))
        filled.use(*items_of(of[0]))
    return filled


def _signed_in_after(noun: Noun, filled: Filled) -> None:
    """Users who are signed in; people with an account; the clinic's staff; partners of the firm."""
    at = max((n for n, i in enumerate(noun.items) if i.lemma == "'s"), default=-1)
    filled.use(*(i for i in noun.items[: at + 1] if i.tag in "DNS"))
    for adjunct in noun.post:
        of = adjunct.nouns[0] if adjunct.prep == "of" and len(adjunct.nouns) == 1 else None
        if of and filled.parts["value"].value == "role" and all(i.tag in "DNS" for i in of.items) and not of.post:
            filled.use(*adjunct.items, *of.items)
    for predicate in noun.relative:
        if words_of(predicate.verbs) in {"sign", "log", "register"} and not predicate.negated:
            filled.put("value", "user", noun.head, *predicate.verbs, via=Via.LEXICON)
            filled.use(*predicate.group)
    for adjunct in noun.post:
        if adjunct.prep == "with" and [n.head.lemma for n in adjunct.nouns] == ["account"]:
            filled.put("value", "user", noun.head, *adjunct.items, *adjunct.nouns[0].items, via=Via.LEXICON)


def thing(noun: Noun, discourse: Discourse) -> Filled | None:
    """What something is done to: its name, whose it is, in which state, how old; all of them."""
    return _all_of_them(noun, discourse) or _one_thing(noun, discourse)


def _one_thing(noun: Noun, discourse: Discourse) -> Filled | None:
    if noun.head.tag not in "NO" or (
        noun.head.lemma != "it" and discourse.symbols.system(noun.head.lemma) and not noun.head.plural
    ):
        return None
    if noun.head.tag == "O":
        return _pronoun(noun, discourse)
    if page(noun, discourse):
        return None
    filled = Filled(parts={})
    filled.put("value", words_of(name_items(noun)), *name_items(noun))
    if noun.head.lemma in nouns.CODES or _names_a_value(noun, discourse):
        kind = "code" if noun.head.lemma in nouns.CODES else nouns.VALUE_TYPES[noun.head.lemma]
        filled.put("type", kind, noun.head, via=Via.LEXICON)
    common(noun, filled)
    if kind := next((i for i in name_items(noun)[:-1] if i.lemma in nouns.STATE_NOUNS), None):
        filled.put("value", words_of(i for i in name_items(noun) if i is not kind), *name_items(noun))
        filled.put("state", kind.lemma, kind)
    for item in noun.modifiers:
        _narrow(item, noun, filled)
        if item.tag == "J" and item.words[0].token.value in discourse.symbols.states:
            filled.put("state", item.words[0].token.value, item)
    for adjunct in noun.post:
        _narrow_after(adjunct, filled)
    for predicate in noun.relative:
        _narrow_relative(predicate, filled)
    _narrow_to_own(noun, filled)
    return filled


def _all_of_them(noun: Noun, discourse: Discourse) -> Filled | None:
    """All of them; any of them: every row of what the text is at."""
    of = noun.post[0] if len(noun.post) == 1 and noun.post[0].prep == "of" else None
    said = [i.lemma for i in noun.items]
    if of is None or said not in (["all"], ["any"]) or len(of.nouns) != 1 or of.nouns[0].head.tag != "O":
        return None
    filled = _pronoun(of.nouns[0], discourse)
    if filled is not None:
        filled.put("scope", "all", *noun.items, via=Via.LEXICON)
        filled.use(*items_of(of))
    return filled


def _narrow_to_own(noun: Noun, filled: Filled) -> None:
    """Tickets they opened; orders that they have placed themselves: their own."""
    inner = noun.clause
    if inner is None or len(inner.predicates) != 1 or [n.head.lemma for n in inner.subject] not in _WHO_ACTS:
        return
    predicate = inner.predicates[0]
    objects = [n.head.lemma for n in predicate.objects]
    made = len(predicate.verbs) == 1 and predicate.verbs[0].lemma in _OWNING and not predicate.negated
    if made and not predicate.around and objects in ([], ["themselves"], ["himself"], ["herself"], ["yourself"]):
        filled.put("scope", "own", *predicate.verbs, via=Via.LEXICON)
        filled.use(*items_of(inner), *(i for i in noun.modifiers if i.lemma == "only"))


_WHO_ACTS = [[who] for who in ("they", "he", "she", "you", "i", "we")]
_OWNING = (
    CLASSES["create"] | CLASSES["upload"] | frozenset(domain.RECORDS) | {"own", "place", "request", "receive", "have"}
)
"""What somebody does whose row it is then."""


def _names_a_value(noun: Noun, discourse: Discourse) -> bool:
    """Whether a noun for a type of values is one here: "a text"; many of what is counted ("orders") are things."""
    kind = nouns.VALUE_TYPES.get(noun.head.lemma)
    a_thing = noun.head.plural or noun.head.lemma in discourse.symbols.things
    return kind is not None and not (a_thing and kind in _MEASURED)


_MEASURED = frozenset({"integer", "decimal", "money", "boolean", "date", "datetime", "duration"})


def named_thing(noun: Noun, discourse: Discourse) -> Filled | None:
    """A thing by its name alone: an entity that has fields or belongs to another."""
    if noun.head.lemma in {"it", "they"} and len(noun.items) == 1 and discourse.entity:
        return Filled(parts={"value": remembered(discourse.entity)}, items={noun.head.index})
    if noun.head.lemma in {"body", "payload"} and discourse.endpoint:
        return None  # what the endpoint takes or answers
    product = noun.head.lemma in nouns.ENGINES or any(i.lemma in nouns.SIGNED_IN for i in noun.modifiers)
    if noun.head.tag != "N" or product or any(discourse.symbols.system(i.lemma) for i in noun.items):
        return None
    filled = Filled(parts={})
    handed = [i for a in noun.post if a.kind == "handed out" for i in a.items]
    if handed:
        filled.put("read_only", True, *handed, via=Via.LEXICON)  # what the service answers, nobody sends
    filled.put("value", words_of(name_items(noun)), *name_items(noun))
    common(noun, filled)
    return filled


def labelled_thing(noun: Noun, discourse: Discourse) -> Filled | None:
    """The thing whose fields follow a colon. Labels of other lists ("Roles:", "Errors:") are none."""
    return None if noun.head.lemma in nouns.LIST_LABELS else named_thing(noun, discourse)


def page(noun: Noun, _discourse: Discourse) -> Filled | None:
    """An HTML page: an answer of its own kind, no row."""
    html = [i for i in noun.items if i.lemma in {"html", "text/html"}]
    known = noun.head.lemma in {"html", "text/html", "page", "document", "content", "view", "form"}
    if not html or not known or any(i.tag not in "DNL" and i not in html for i in noun.items):
        return None
    filled = Filled(parts={})
    filled.put("value", "html page", *noun.items, via=Via.LEXICON)
    return filled


def _pronoun(noun: Noun, discourse: Discourse) -> Filled | None:
    """It, them: what the sentence named last, else what the text is at."""
    one = noun.head.lemma == "one" and len(noun.items) == 1
    if not one and noun.head.lemma not in {"it", "them", "they"}:
        return None
    plural = noun.head.lemma != "it"  # "list books and read one": one of those
    before = [h for h in discourse.heard if h.index < noun.head.index and h.plural == plural]
    near = max(before, key=lambda h: (not h.in_phrase, h.index), default=None)
    meant = near.part if near else discourse.entity or discourse.operation.get("object")
    if meant is None:
        return None
    filled = Filled(parts={"value": remembered(meant)})
    filled.use(noun.head)
    return filled


_STATES = nouns.OPEN_STATES | frozenset(domain.STATES.values()) - {"requested"}


def _narrow(item: Item, noun: Noun, filled: Filled) -> None:
    if item.tag == "S" and item.lemma in {"own", "their", "his", "her", "my"}:
        part = filled.parts.get("scope")
        filled.put("scope", "own", *(part.items if part else ()), item, via=Via.LEXICON)
    elif item.tag == "J" and item.words[0].token.value == "assigned" and noun.items[0].tag == "S":
        filled.put("scope", "assigned", item, via=Via.LEXICON)
    elif item.tag == "Q" and item.lemma == "only" and any(i.lemma == "own" for i in noun.modifiers):
        filled.use(item)
    elif item.tag == "K" and isinstance(item.meaning, Bound) and item.meaning.high and not item.meaning.low:
        filled.put("most", int(item.meaning.high.amount), item, via=Via.LEXICON)
    elif item.tag == "J" and item.lemma in nouns.STATES:
        filled.put("state", nouns.STATES[item.lemma], item, via=Via.LEXICON)
    elif item.tag in "JV" and (state := item.words[0].token.value) in _STATES:
        filled.put("state", state, item)
    elif item.tag == "Q" and item.lemma == "all":
        filled.put("scope", "all", item, via=Via.LEXICON)
    elif isinstance(item.meaning, Measure) and item.meaning.dimension == "length":
        filled.put("length", int(item.meaning.amount), item, via=Via.LEXICON)


def _narrow_after(adjunct: Adjunct, filled: Filled) -> None:
    first = adjunct.items[0]
    if adjunct.kind == "participle" and adjunct.gerund is not None:
        _narrow_to_assigned(adjunct.gerund, filled)
        return
    if adjunct.prep == "of" and len(adjunct.nouns) == 1 and len(adjunct.items) == 1:
        _parent(adjunct, filled)
        return
    if adjunct.kind == "bound" and not isinstance(first.meaning, (str, Measure)) and first.meaning:
        older = first.words[0].token.value in {"older", "over", "more"}
        low = first.meaning.low
        if older and low and low.dimension == "duration":
            filled.put("older_than", low.text, first, via=Via.LEXICON)
    elif adjunct.kind == "order" and isinstance(first.meaning, str):
        filled.put("order", first.meaning, first, via=Via.LEXICON)
    elif adjunct.prep == "of" and len(adjunct.items) == 2 and isinstance(adjunct.items[1].meaning, Measure):
        measure = adjunct.items[1].meaning
        if measure.dimension == "length":
            filled.put("length", int(measure.amount), *adjunct.items, via=Via.LEXICON)


def _parent(adjunct: Adjunct, filled: Filled) -> None:
    """The measurements of a device: what the rows belong to."""
    noun = adjunct.nouns[0]
    caller = any(i.lemma in nouns.SIGNED_IN | nouns.CALLING for i in noun.modifiers) or noun.head.lemma == "caller"
    if caller and nouns.ACTORS.get(noun.head.lemma) and all(i.tag in "DNJV" for i in noun.items):
        filled.put("scope", "own", *noun.items, via=Via.LEXICON)
        filled.use(*adjunct.items)
        return
    plain = all(i.tag in "DN" or i.lemma in {"each", "every", "given"} for i in noun.items)
    if noun.head.tag == "N" and plain and not noun.post and not noun.relative and noun.head.lemma != "other":
        filled.put("parent", words_of(name_items(noun)), *name_items(noun))
        filled.use(*adjunct.items, *noun.items)


def _narrow_to_assigned(predicate: Predicate, filled: Filled) -> None:
    """Jobs assigned to him; tickets that are assigned to them."""
    to = [a for a in predicate.around if a.prep == "to"]
    whom = [n.head.lemma for a in to for n in a.nouns]
    told = len(predicate.verbs) == 1 and predicate.verbs[0].lemma in CLASSES["assign"] and predicate.passive
    if told and len(predicate.around) == 1 and whom in ([w] for w in ("they", "he", "she", "them", "him", "her", "me")):
        filled.put("scope", "assigned", *predicate.verbs, via=Via.LEXICON)
        filled.use(*items_of(predicate))


def _narrow_relative(predicate: Predicate, filled: Filled) -> None:
    """Links that have expired; notes that are older than a year; drafts that they own."""
    lemmas = words_of(predicate.verbs)
    if predicate.passive and not predicate.negated:
        _narrow_to_assigned(predicate, filled)
    if lemmas == "expire" and not predicate.objects and not predicate.negated:
        filled.put("state", "expired", *predicate.verbs, via=Via.LEXICON)
        filled.use(*predicate.group)
    elif lemmas == "be" and not predicate.negated:
        for adjunct in predicate.around:
            _narrow_after(adjunct, filled)
            if adjunct.kind == "adjective" and adjunct.items[0].lemma in nouns.STATES:
                filled.put("state", nouns.STATES[adjunct.items[0].lemma], adjunct.items[0], via=Via.LEXICON)
        filled.use(*predicate.group)


def literal(noun: Noun, _discourse: Discourse) -> Filled | None:
    """A name in code marks or with an inner capital: an event, a path."""
    found = [i for i in noun.items if i.tag == "L"]
    if len(found) != 1:
        return None
    filled = Filled(parts={})
    filled.put("value", found[0].lemma, found[0])
    common(noun, filled)
    filled.use(
        *(
            i
            for i in noun.items
            if i.tag == "N" and i.lemma in {"event", "message", "route", "path", "address", "endpoint"}
        )
    )
    return filled


def event_name(noun: Noun, discourse: Discourse) -> Filled | None:
    """A literal that can name an event."""
    filled = literal(noun, discourse)
    if (
        filled is None
        or not str(filled.parts["value"].value).replace("_", "").replace(".", "").replace("-", "").isalnum()
    ):
        return None
    return filled


def path(noun: Noun, discourse: Discourse) -> Filled | None:
    """A route: `/{code}`."""
    filled = literal(noun, discourse)
    if (
        filled is None
        or not str(filled.parts["value"].value).startswith("/")
        or " " in str(filled.parts["value"].value)
    ):
        return None
    return filled


def target(noun: Noun, discourse: Discourse) -> Filled | None:
    """What a redirect leads to."""
    filled = Filled(parts={})
    items = name_items(noun)
    if noun.head.tag != "N" or nouns.VALUE_TYPES.get(noun.head.lemma) not in {"url", "text"}:
        return None
    filled.put("value", noun.head.lemma, *items)
    common(noun, filled)
    filled.use(*(i for i in noun.modifiers if i.lemma in {"original", "target", "long", "full", "stored", "its"}))
    return filled if discourse else None


def system(noun: Noun, discourse: Discourse) -> Filled | None:
    """The service itself, without more: the service, it, our API; we, who run it."""
    ours = noun.head.lemma == "we" and len(noun.items) == 1
    if not ours and (not discourse.symbols.system(noun.head.lemma) or len(name_items(noun)) > 3):
        return None
    filled = Filled(parts={})
    filled.use(*name_items(noun))
    common(noun, filled)
    return filled


def worker(noun: Noun, discourse: Discourse) -> Filled | None:
    """Who handles events: a worker, a background job, the service."""
    if noun.head.lemma not in nouns.PEOPLE_WORKERS and not discourse.symbols.system(noun.head.lemma):
        return None
    filled = Filled(parts={})
    filled.put("value", noun.head.lemma, *name_items(noun))
    common(noun, filled)
    filled.use(*(i for i in noun.modifiers if i.lemma in {"background", "asynchronous", "separate"}))
    return filled


def given(noun: Noun, discourse: Discourse) -> Filled | None:
    """The value that something is made of: a link for a URL."""
    filled = thing(noun, discourse)
    kinds = filled.parts.get("type") if filled else None
    if filled is None or kinds is None or set(filled.parts) != {"value", "type"}:
        return None
    return filled if kinds.value in {"url", "text"} else None


def number_of(item: Item) -> str | None:
    """The digits of a number word or literal."""
    return item.lemma if item.kind == "number" else closed.NUMBER_WORDS.get(item.lemma)


READS: Mapping[str, Reads] = {
    "actor": actor,
    "thing": thing,
    "event_name": event_name,
    "path": path,
    "target": target,
    "system": system,
    "worker": worker,
    "given": given,
    "html page": page,
}

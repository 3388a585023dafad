"""Reads adjuncts and lists of nouns: durations, rates, schedules, credentials.

Owns the readings that need more than one noun phrase. Like `roles`, a reading answers the slots and the items it used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from autocoder.facts import Via
from autocoder.readers.rules import endpoints, fields, readings, restrictions, roles
from autocoder.readers.rules.clauses import Adjunct, Noun
from autocoder.readers.rules.discourse import Discourse, Part
from autocoder.readers.rules.lexicon import nouns
from autocoder.readers.rules.phrases import Bound, Measure
from autocoder.readers.rules.roles import Filled

Reads = Callable[[Adjunct, Discourse], Filled | None]


def _nothing() -> Filled:
    return Filled(parts={})


def duration(adjunct: Adjunct, _discourse: Discourse) -> Filled | None:
    """Like: after 30 days; for 2 weeks; within an hour."""
    item = adjunct.items[-1]
    meaning = item.meaning
    if isinstance(meaning, Bound):
        meaning = meaning.high
    if adjunct.nouns or not isinstance(meaning, Measure) or meaning.dimension != "duration":
        return None
    filled = _nothing()
    filled.put("value", meaning.text, *adjunct.items, via=Via.LEXICON)
    filled.parts["value"].items = [item]
    return filled


def rate(adjunct: Adjunct, _discourse: Discourse) -> Filled | None:
    """Like: 500 requests per second."""
    meaning = adjunct.items[0].meaning
    if not isinstance(meaning, Measure) or meaning.dimension != "rate":
        return None
    filled = _nothing()
    filled.put("value", meaning.amount, adjunct.items[0])
    filled.put("unit", meaning.unit, adjunct.items[0], via=Via.LEXICON)
    return filled


def schedule(adjunct: Adjunct, _discourse: Discourse) -> Filled | None:
    """Like: every night at 02:00."""
    meaning = adjunct.items[0].meaning
    if not isinstance(meaning, str):
        return None
    filled = _nothing()
    filled.put("value", meaning, adjunct.items[0], via=Via.LEXICON)
    return filled


def credentials(adjunct: Adjunct, discourse: Discourse) -> Filled | None:
    """Like: with their e-mail address and a password."""
    filled = _nothing()
    filled.use(*adjunct.items)
    for noun in adjunct.nouns:
        name = _credential(noun)
        if name is None or name[0] in filled.parts:
            return None
        filled.put(name[0], name[1], *roles.name_items(noun), via=Via.LEXICON)
        filled.use(*(i for i in noun.modifiers if i.tag in "DS"))
    return filled if filled.parts and discourse else None


def _credential(noun: Noun) -> tuple[str, str] | None:
    lemmas = {i.lemma for i in roles.name_items(noun)}
    if lemmas & {"e-mail", "email"} and lemmas <= {"e-mail", "email", "address"}:
        return "login", "email"
    if lemmas in ({"username"}, {"user", "name"}, {"login"}, {"name"}):
        return "login", "username"
    return ("secret", "password") if lemmas in ({"password"}, {"passphrase"}) else None


def detail(noun: Noun, discourse: Discourse) -> Filled | None:
    """A field of whoever registers; a password makes an account."""
    return None if _credential(noun) == ("secret", "password") else fields.field(noun, discourse)


def signing_in(adjunct: Adjunct, _discourse: Discourse) -> Filled | None:
    """Like: without signing in; without an account."""
    filled = _nothing()
    inner = adjunct.gerund
    if inner and len(inner.verbs) == 1 and inner.verbs[0].lemma in {"sign", "log", "register"} and not inner.objects:
        filled.put("value", "sign in", *inner.verbs, *inner.group, via=Via.LEXICON)
        filled.use(*adjunct.items, *(i for a in inner.adjuncts if not a.nouns and a.prep == "in" for i in a.items))
        return filled
    if [n.head.lemma for n in adjunct.nouns] in (["account"], ["login"]):
        filled.put("value", "sign in", adjunct.nouns[0].head, via=Via.LEXICON)
        filled.use(*adjunct.items, *adjunct.nouns[0].items)
        return filled
    return None


def order(adjunct: Adjunct, discourse: Discourse) -> Filled | None:
    """Like: newest first."""
    return schedule(adjunct, discourse)


def filler(*lemmas: str) -> Reads:
    """An adjective that only repeats what a measure is of ("100 characters long")."""

    def read(adjunct: Adjunct, _discourse: Discourse) -> Filled | None:
        if adjunct.items[0].lemma not in lemmas:
            return None
        filled = _nothing()
        filled.use(adjunct.items[0])
        return filled

    return read


def noun_inside(reads: roles.Reads) -> Reads:
    """A prepositional phrase with one noun, read as that noun."""

    def read(adjunct: Adjunct, discourse: Discourse) -> Filled | None:
        if len(adjunct.nouns) != 1:
            return None
        filled = reads(adjunct.nouns[0], discourse)
        if filled is not None:
            filled.use(adjunct.items[0])
        return filled

    return read


def nobody(noun: Noun, _discourse: Discourse) -> Filled | None:
    """Nobody; no one; no user."""
    negative = noun.head.lemma in {"nobody", "none"} or [i.lemma for i in noun.items] in (["no", "one"], ["no", "user"])
    if not negative:
        return None
    filled = _nothing()
    filled.put("value", "nobody", *noun.items, via=Via.LEXICON)
    return filled


def account(noun: Noun, discourse: Discourse) -> Filled | None:
    """Who has an account: users, members, people; always the same entity, by its own name if it has one."""
    if noun.head.lemma not in nouns.ACTORS and noun.head.lemma not in nouns.ROLES:
        return None
    filled = _nothing()
    generic = nouns.ACTORS.get(noun.head.lemma) == "anyone" or noun.head.lemma == "they"
    filled.put("value", "user" if generic else noun.head.lemma, *roles.name_items(noun), via=Via.LEXICON)
    if not generic:
        filled.parts["value"].via = Via.VERBATIM
    filled.use(*(i for i in noun.modifiers if i.tag == "D" or i.lemma in {"all", "each", "every"}))
    return filled if discourse else None


def _plain(lemmas: frozenset[str]) -> roles.Reads:
    def read(noun: Noun, _discourse: Discourse) -> Filled | None:
        if noun.head.lemma not in lemmas or len(noun.items) > 2:
            return None
        filled = _nothing()
        filled.use(*noun.items)
        return filled

    return read


NOUN_READS: Mapping[str, roles.Reads] = {
    **roles.READS,
    **readings.NOUNS,
    **restrictions.NOUNS,
    "field": fields.field,
    "detail": detail,
    "answer field": fields.answer_field,
    "answer row": fields.answer_row,
    "labelled thing": roles.labelled_thing,
    "known field": fields.known_field,
    "route": endpoints.route,
    "success": endpoints.success,
    "failure": endpoints.failure,
    "reasoned failure": endpoints.reasoned_failure,
    "response label": endpoints.response_label,
    "request label": endpoints.request_label,
    "parameter label": endpoints.parameter_label,
    "error label": endpoints.error_label,
    "a sign-in": endpoints.sign_in,
    "named thing": roles.named_thing,
    "nobody": nobody,
    "account": account,
    "us": _plain(frozenset({"me", "us", "i", "we"})),
    "this": _plain(frozenset({"this", "it", "service", "api", "app", "system", "application"})),
    "redirected": _plain(frozenset({"they", "them", "him", "visitor", "user", "client", "caller", "browser", "one"})),
}

ADJUNCT_READS: Mapping[str, Reads] = {
    **readings.ADJUNCTS,
    **restrictions.ADJUNCTS,
    **{name: noun_inside(reads) for name, reads in NOUN_READS.items()},
    "constraint": fields.constraint,
    "limits": fields.bounds,
    "valid": filler("valid", "active", "available"),
    "open": filler("open", "active"),
    "only": filler("only", "exclusively", "solely"),
    "long": filler("long", "wide", "high", "big", "large"),
    "duration": duration,
    "rate": rate,
    "schedule": schedule,
    "order": order,
    "credentials": credentials,
    "signing in": signing_in,
}


def part(value: str, via: Via = Via.LEXICON) -> Part:
    """A part without words of its own; it takes the place of its fact."""
    return Part(value=value, items=[], via=via)

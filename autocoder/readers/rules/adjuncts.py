"""Reads adjuncts and lists of nouns: durations, rates, schedules, credentials.

Owns the readings that need more than one noun phrase. Like `roles`, a reading answers the slots and the items it used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from autocoder.facts import Via
from autocoder.readers.rules import (
    counting,
    deliveries,
    endpoints,
    fields,
    occasions,
    outside,
    phrases,
    products,
    readings,
    restrictions,
    roles,
    systems,
)
from autocoder.readers.rules.clauses import Adjunct, Noun, items_of
from autocoder.readers.rules.discourse import Discourse, Part, remembered
from autocoder.readers.rules.lexicon import nouns
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import Bound, Measure
from autocoder.readers.rules.roles import Filled
from autocoder.readers.rules.tagging import tag
from autocoder.readers.rules.tokens import tokenize

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


def request_rate(adjunct: Adjunct, discourse: Discourse) -> Filled | None:
    """Like: 500 requests per second; so many messages are no requests."""
    meaning = adjunct.items[0].meaning
    requests = isinstance(meaning, Measure) and meaning.noun in {"request", "call", "hit", "req", "rps", "query"}
    return rate(adjunct, discourse) if requests else None


def schedule(adjunct: Adjunct, _discourse: Discourse) -> Filled | None:
    """Like: every night at 02:00."""
    meaning = adjunct.items[0].meaning
    if not isinstance(meaning, str):
        return None
    filled = _nothing()
    filled.put("value", meaning, adjunct.items[0], via=Via.LEXICON)
    return filled


def interval(adjunct: Adjunct, _discourse: Discourse) -> Filled | None:
    """Every 10 seconds; every 15 minutes; every hour."""
    item = adjunct.items[0]
    found = item.meaning if isinstance(item.meaning, Measure) else measure([w.token.value for w in item.words[1:]])
    if found is None or found.dimension != "duration":
        return None
    filled = _nothing()
    filled.put("value", found.text, item, via=Via.LEXICON)
    return filled


def measure(told: Sequence[str]) -> Measure | None:
    """Words as an amount of time: 15 minutes; hour."""
    found = phrases.measure(tag(tokenize(" ".join(told if len(told) > 1 else ("1", *told)))), 0)
    return found[1] if found else None


def over_http(noun: Noun, _discourse: Discourse) -> Filled | None:
    """Over HTTP: how everything comes."""
    return Filled(parts={}, items={noun.head.index}) if [i.lemma for i in noun.items] == ["http"] else None


def an_api_key(noun: Noun, _discourse: Discourse) -> Filled | None:
    """With an API key; with its API key."""
    if noun.head.lemma != "api key" or any(i.tag not in "DSN" for i in noun.items) or noun.post:
        return None
    filled = _nothing()
    filled.put("value", "api key", *noun.items)
    return filled


def sender(noun: Noun, _discourse: Discourse) -> Filled | None:
    """Whoever sends something: devices, each sensor."""
    named = [i for i in noun.items if i.tag == "N"]
    known = roles.person(noun.head.lemma) or noun.head.lemma in nouns.ACTORS
    if not known or any(i.tag not in "DQNJ" for i in noun.items) or noun.relative:
        return None
    filled = _nothing()
    filled.put("value", roles.words_of(named), *named)
    filled.use(*noun.items)
    return filled


def remark(noun: Noun, discourse: Discourse) -> Filled | None:
    """With a comment; with a reason: what somebody says beside what they do."""
    article = noun.items[0].lemma in {"a", "an"} and len(noun.items) == 2
    return fields.field(noun, discourse) if article and noun.head.lemma in _REMARKS else None


_REMARKS = words("comment reason note remark message explanation description justification text")


def any_of_its_fields(noun: Noun, discourse: Discourse) -> Filled | None:
    """Any of its title, completed flag or order: fields of what the text is at."""
    of = next((a for a in noun.post if a.prep == "of"), None)
    entity = discourse.entity
    if of is None or noun.head.lemma not in {"any", "all", "some"} or len(noun.items) > 1 or entity is None:
        return None
    filled = Filled(parts={"value": remembered(entity)})
    found = [fields.field(n, discourse) for n in of.nouns]
    if not found or any(f is None for f in found) or of.nouns[0].items[0].tag not in "SD":
        return None
    named = [f.parts["value"] for f in found if f]
    filled.parts["fields"] = Part(value=tuple(str(p.value) for p in named), items=[i for p in named for i in p.items])
    filled.use(*noun.items, *items_of(of))
    return filled


def http_method(noun: Noun, _discourse: Discourse) -> Filled | None:
    """With PATCH; using PUT."""
    if len(noun.items) != 1 or noun.head.text not in endpoints.METHODS:
        return None
    filled = _nothing()
    filled.put("value", noun.head.text, noun.head)
    return filled


def own_address(noun: Noun, _discourse: Discourse) -> Filled | None:
    """At a card's own url; at its address: where every row is."""
    own = any(i.tag == "S" for i in noun.items)
    known = own and noun.head.lemma in {"url", "uri", "address", "link", "path"} and not (noun.post or noun.relative)
    return Filled(parts={}, items={i.index for i in noun.items}) if known else None


def who_signs_in(noun: Noun, discourse: Discourse) -> Filled | None:
    """Editors; they, who acted before."""
    before = discourse.actor.get("role") or discourse.actor.get("actor")
    if noun.head.lemma == "they" and before is not None:
        return Filled(parts={"value": remembered(before)}, items={noun.head.index})
    return sender(noun, discourse)


def identity_provider(noun: Noun, _discourse: Discourse) -> Filled | None:
    """The company's OpenID Connect provider; SAML; Google."""
    owner = max((i.index for i in noun.items if i.tag == "S"), default=-1)
    said = [i for i in noun.items if i.tag in "NLJ" and i.index > owner]
    name = " ".join(w.token.value for i in said for w in i.words).lower()
    name = name.removesuffix(" provider").removesuffix(" account")
    if name not in _PROVIDERS or noun.relative:
        return None
    filled = _nothing()
    filled.put("value", _PROVIDERS[name], *said, via=Via.LEXICON)
    filled.use(*noun.items)
    return filled


_PROVIDERS = {
    "openid connect": "openid connect", "openid": "openid connect", "oidc": "openid connect", "oauth": "oauth",
    "oauth2": "oauth", "saml": "saml", "sso": "single sign-on", "single sign-on": "single sign-on",
    "google": "google", "github": "github", "microsoft": "microsoft", "azure ad": "microsoft",
    "keycloak": "openid connect",
}  # fmt: skip
"""What people sign in with outside, and its name."""


def within(adjunct: Adjunct, _discourse: Discourse) -> Filled | None:
    """Within 24 hours."""
    meaning = adjunct.items[0].meaning
    if not isinstance(meaning, Bound) or meaning.low or not meaning.high or meaning.high.dimension != "duration":
        return None
    filled = _nothing()
    filled.put("value", meaning.high.text, adjunct.items[0], via=Via.LEXICON)
    return filled


def twice(adjunct: Adjunct, _discourse: Discourse) -> Filled | None:
    """Without sending anything twice."""
    said = items_of(adjunct)
    return Filled(parts={}, items={i.index for i in said}) if said[-1].lemma == "twice" and adjunct.gerund else None


def alone(adjunct: Adjunct, _discourse: Discourse) -> Filled | None:
    """A preposition without a noun: "as" of "as well"."""
    return None if adjunct.nouns else Filled(parts={}, items={i.index for i in adjunct.items})


def credentials(adjunct: Adjunct, discourse: Discourse) -> Filled | None:
    """Like: with their e-mail address and a password."""
    filled = _nothing()
    filled.use(*adjunct.items)
    with_address = any(_credential(n) == ("login", "email") for n in adjunct.nouns)
    for noun in adjunct.nouns:
        name = _credential(noun)
        if name == ("login", "username") and with_address:
            continue  # a name beside an e-mail address is a detail of its own
        if name is None and len(adjunct.nouns) > 2:
            continue
        if name is None or name[0] in filled.parts:
            return None
        filled.put(name[0], name[1], *roles.name_items(noun), via=Via.LEXICON)
        filled.use(*(i for i in noun.modifiers if i.tag in "DS"))
    told = len(adjunct.nouns) < 3 or {"login", "secret"} <= set(filled.parts)
    return filled if filled.parts and told and discourse else None


def _credential(noun: Noun) -> tuple[str, str] | None:
    lemmas = {i.lemma for i in roles.name_items(noun)}
    if lemmas & {"e-mail", "email"} and lemmas <= {"e-mail", "email", "address"}:
        return "login", "email"
    if lemmas in ({"username"}, {"user", "name"}, {"login"}, {"name"}):
        return "login", "username"
    return ("secret", "password") if lemmas in ({"password"}, {"passphrase"}) else None


def part_or_system(noun: Noun, discourse: Discourse) -> Filled | None:
    """The service, or a part of it by its name."""
    return roles.system(noun, discourse) or readings.plain(noun, discourse)


def other_changes(noun: Noun, _discourse: Discourse) -> Filled | None:
    """Any other change of state; every other transition."""
    said = [i.lemma for i in items_of(noun) if i.tag not in "DQP"]
    other = any(i.lemma == "other" for i in noun.items)
    known = said in (
        ["change", "state"],
        ["transition"],
        ["change", "status"],
        ["state", "change"],
        ["status", "change"],
    )
    return Filled(parts={}, items={i.index for i in items_of(noun)}) if other and known else None


def failing_status(noun: Noun, _discourse: Discourse) -> Filled | None:
    """With 409; with status 422."""
    numbers = [i for i in noun.items if i.kind == "number" and i.lemma.isdigit() and 400 <= int(i.lemma) <= 499]
    plain = all(i in numbers or i.lemma in {"status", "code", "http", "a", "conflict", "error"} for i in noun.items)
    filled = _nothing()
    for item in numbers[:1]:
        filled.put("value", int(item.lemma), *noun.items)
    return filled if len(numbers) == 1 and plain else None


def further_detail(noun: Noun, discourse: Discourse) -> Filled | None:
    """What else people register with than what they sign in with."""
    return fields.field(noun, discourse)


def detail(noun: Noun, discourse: Discourse) -> Filled | None:
    """A field of whoever registers; a password makes an account."""
    return None if _credential(noun) == ("secret", "password") else fields.field(noun, discourse)


def stated_route(noun: Noun, discourse: Discourse) -> Filled | None:
    """A route that stands here: with GET /flags/{key}."""
    return endpoints.route(noun, discourse) if any(i.kind == "route" for i in noun.items) else None


def literal_field(noun: Noun, discourse: Discourse) -> Filled | None:
    """A field by its literal name: with `customer_id`."""
    return fields.field(noun, discourse) if any(i.tag == "L" for i in noun.items) else None


def sent_field(noun: Noun, discourse: Discourse) -> Filled | None:
    """A field of what is made; a key proves who makes it."""
    return None if outside.api_key(noun, discourse) else fields.field(noun, discourse)


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
    if noun.head.lemma not in nouns.ACTORS and not roles.person(noun.head.lemma):
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
    **products.READS,
    **readings.NOUNS,
    **restrictions.NOUNS,
    **counting.NOUNS,
    **outside.NOUNS,
    "field": fields.field,
    "detail": detail,
    "literal field": literal_field,
    "sent field": sent_field,
    "somebody's field": fields.somebody,
    "answer field": fields.answer_field,
    "answer row": fields.answer_row,
    "labelled thing": roles.labelled_thing,
    "known field": fields.known_field,
    "route": endpoints.route,
    "stated route": stated_route,
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
    "about": systems.about,
    "new thing": readings.new_thing,
    "times": occasions.times,
    "outcome": occasions.outcome,
    "what changes": occasions.what_changes,
    "thing of an age": occasions.thing_of_an_age,
    "plain or it": occasions.plain_or_it,
    "thing in a case": occasions.thing_in_a_case,
    "arriving event": deliveries.arriving_event,
    "dead letter queue": deliveries.dead_letters,
    "an event": deliveries.an_event,
    "whole thing": deliveries.whole_thing,
    "over http": over_http,
    "an api key": an_api_key,
    "sender": sender,
    "remark": remark,
    "any of its fields": any_of_its_fields,
    "http method": http_method,
    "own address": own_address,
    "who signs in": who_signs_in,
    "identity provider": identity_provider,
    "taken back": deliveries.taken_back,
    "none of them": deliveries.none_of_them,
    "acknowledged thing": deliveries.acknowledged,
    "duplicates": _plain(frozenset({"duplicate", "repetition", "redelivery", "retry"})),
    "failure of the service": _plain(words("restart crash failure outage redeploy deployment reboot")),
    "same key": deliveries.same_key,
    "first answer": deliveries.first_answer,
    "nothing": _plain(frozenset({"nothing"})),
    "somebody's webhook": deliveries.somebodys_webhook,
    "somebody's secret": deliveries.somebodys_secret,
    "a header": deliveries.a_header,
    "part or system": part_or_system,
    "route or sibling": endpoints.route_or_sibling,
    "whom a route is for": endpoints.whom_it_is_for,
    "other changes": other_changes,
    "failing status": failing_status,
    "further detail": further_detail,
    "account": account,
    "us": _plain(frozenset({"me", "us", "i", "we"})),
    "this": _plain(frozenset({"this", "it", "service", "api", "app", "system", "application"})),
    "redirected": _plain(frozenset({"they", "them", "him", "visitor", "user", "client", "caller", "browser", "one"})),
}

ADJUNCT_READS: Mapping[str, Reads] = {
    **readings.ADJUNCTS,
    **restrictions.ADJUNCTS,
    **outside.ADJUNCTS,
    **{name: noun_inside(reads) for name, reads in NOUN_READS.items()},
    "constraint": fields.constraint,
    "limits": fields.bounds,
    "valid": filler("valid", "active", "available"),
    "open": filler("open", "active"),
    "only": filler("only", "exclusively", "solely"),
    "visible": filler("visible"),
    "safely": filler("safely", "safe"),
    "long": filler("long", "wide", "high", "big", "large"),
    "duration": duration,
    "rate": rate,
    "request rate": request_rate,
    "schedule": schedule,
    "order": order,
    "credentials": credentials,
    "after things": occasions.after_things,
    "within": within,
    "interval": interval,
    "back": filler("back", "again"),
    "elsewhere": filler("elsewhere", "outside", "externally"),
    "doing it twice": twice,
    "alone": alone,
    "signing in": signing_in,
}

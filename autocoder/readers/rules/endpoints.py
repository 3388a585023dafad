"""Reads what endpoint specifications are made of: routes, statuses, labels, failures.

Owns routes, labels, what stands aside of a route, and the words that say why a request fails. A condition that it
cannot read whole is not read at all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from autocoder.facts import Via
from autocoder.readers.rules import roles
from autocoder.readers.rules.clauses import Adjunct, Clause, Noun, items_of
from autocoder.readers.rules.discourse import Discourse, remembered
from autocoder.readers.rules.lexicon import nouns
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import Item
from autocoder.readers.rules.roles import Filled, person

METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_SELF = words("it this endpoint route service server api request call operation")
_ENDPOINT_NOUNS = words("endpoint route request call")


def route(noun: Noun, discourse: Discourse) -> Filled | None:
    """POST /quizzes; the `/quizzes` endpoint (POST); this endpoint."""
    literals = [i for i in noun.items if i.tag == "L"]
    if len(literals) == 1:
        return _literal_route(noun, literals[0])
    if literals or not discourse.endpoint or noun.head.lemma not in _SELF or len(noun.items) > 2:
        return None
    filled = Filled(parts={"value": remembered(discourse.endpoint["path"])})
    filled.parts["method"] = remembered(discourse.endpoint["method"])
    filled.use(*noun.items)
    return filled


def route_or_sibling(noun: Noun, discourse: Discourse) -> Filled | None:
    """POST /claims/{id}/approve; behind it `/reject`, the route that ends so instead."""
    filled = route(noun, discourse)
    last = noun.items[-1]
    first = discourse.endpoint.get("path")
    one = last.tag == "L" and last.lemma.startswith("/") and last.lemma.count("/") == 1 and len(noun.items) == 1
    if filled is not None or not one or first is None or str(first.value).count("/") < 2:
        return filled
    filled = Filled(parts={"method": remembered(discourse.endpoint["method"])})
    filled.put("value", str(first.value).rpartition("/")[0] + last.lemma, last)
    return filled


def whom_it_is_for(noun: Noun, discourse: Discourse) -> Filled | None:
    """For the back office (role `backoffice`); for admins; for everyone."""
    named = [i for i in noun.paren if i.lemma != "role"]
    if len(named) == 1 and len(noun.paren) == 2 and not noun.relative and not noun.post:
        filled = Filled(parts={})
        filled.put("value", "role", *noun.paren, via=Via.LEXICON)
        filled.put("role", named[0].lemma, *named)
        filled.use(*noun.items)
        return filled
    return roles.actor(noun, discourse) if not noun.paren else None


def _literal_route(noun: Noun, literal: Item) -> Filled | None:
    filled = Filled(parts={})
    if literal.kind == "route":
        method, _, path = literal.lemma.partition(" ")
        filled.put("method", method, literal)
        filled.put("value", path, literal)
    elif literal.lemma.startswith("/") and " " not in literal.lemma:
        methods = [i for i in (*noun.items, *noun.paren) if i.words[0].token.text in METHODS]
        if len(methods) != 1:
            return None
        filled.put("method", methods[0].words[0].token.text, methods[0])
        filled.put("value", literal.lemma, literal)
        filled.use(*(i for i in noun.paren if i.lemma in _ENDPOINT_NOUNS))
    else:
        return None
    filled.use(*(i for i in noun.items if i.tag == "D" or i.lemma in _ENDPOINT_NOUNS))
    return filled


def status(noun: Noun, _discourse: Discourse) -> Filled | None:
    """201; a 201 status code; 404 Not Found."""
    found = [i for i in noun.items if i.kind == "number" and re.fullmatch(r"[1-5]\d\d", i.lemma)]
    if len(found) != 1:
        return None
    filled = Filled(parts={})
    filled.put("value", int(found[0].lemma), found[0])
    filled.use(*(i for i in noun.items if i.tag == "D" or i.lemma in {"status", "code", "http", "response", "error"}))
    return filled


_OK = words("ok created accepted")
REASONS = {
    "unauthorized": "unauthenticated", "unauthenticated": "unauthenticated", "forbidden": "forbidden",
    "conflict": "conflict", "not found": "missing", "missing": "missing", "invalid input": "invalid",
    "bad request": "invalid", "invalid": "invalid", "unprocessable input": "invalid", "too many requests": "limited",
    "validation error": "invalid", "unprocessable entity": "invalid",
}  # fmt: skip
"""What stands beside a status in a list of errors."""


def success(noun: Noun, discourse: Discourse) -> Filled | None:
    """A status below 400: 201, 201 Created."""
    filled = status(noun, discourse)
    if filled is None or int(str(filled.parts["value"].value)) >= 400:
        return None
    filled.use(*(i for i in noun.items if i.lemma in _OK))
    return filled


def failure(noun: Noun, discourse: Discourse) -> Filled | None:
    """A status from 400, with its reason if one stands there: 404 not found."""
    filled = status(noun, discourse)
    if filled is None or int(str(filled.parts["value"].value)) < 400:
        return None
    reason = [i for i in (*noun.items, *(i for a in noun.post for i in items_of(a))) if i.index not in filled.items]
    known = REASONS.get(" ".join(w.token.value for i in reason for w in i.words))
    if known:
        filled.put("when", known, *reason, via=Via.LEXICON)
    return filled


def reasoned_failure(noun: Noun, discourse: Discourse) -> Filled | None:
    """A status from 400 with its reason."""
    filled = failure(noun, discourse)
    return filled if filled and "when" in filled.parts else None


def response_label(noun: Noun, _discourse: Discourse) -> Filled | None:
    """The labels "201 response", "200", "200 OK"."""
    filled = success(noun, _discourse)
    if filled is None or {i.index for i in noun.items} - filled.items:
        return None
    _schema_name(noun, filled)
    return filled


def request_label(noun: Noun, _discourse: Discourse) -> Filled | None:
    """The label "request body"."""
    lemmas = [i.lemma for i in noun.items if i.tag != "D"]
    if lemmas not in (["request", "body"], ["body"], ["json", "body"], ["request"]):
        return None
    filled = Filled(parts={})
    filled.use(*noun.items)
    _schema_name(noun, filled)
    return filled


def _schema_name(noun: Noun, filled: Filled) -> None:
    """The name of a shape that stands right behind it: "Request body (QuizCreate): { … }"."""
    if len(noun.paren) == 1 and noun.paren[0].kind in {"camel", "code", "word"}:
        filled.use(*noun.paren)


_PLACES = ("path", "query", "header", "body")
_LABELS = frozenset({*_PLACES, "parameter", "field", "json", "request", "optional", "required"})


def parameter_label(noun: Noun, _discourse: Discourse) -> Filled | None:
    """The labels "path parameter", "query parameters", "header", "optional body fields"."""
    lemmas = [i.lemma for i in noun.items]
    places = [w for w in lemmas if w in _PLACES]
    if len(places) != 1 or not set(lemmas) <= _LABELS or (places == ["body"] and "field" not in lemmas):
        return None
    filled = Filled(parts={})
    filled.put("value", places[0], *noun.items, via=Via.LEXICON)
    if said := [i for i in noun.items if i.lemma in {"optional", "required"}]:
        filled.put("required", said[0].lemma == "required", *said, via=Via.LEXICON)
    return filled


def error_label(noun: Noun, _discourse: Discourse) -> Filled | None:
    """The label "error codes"."""
    lemmas = [i.lemma for i in noun.items]
    if "error" not in lemmas or any(w not in {"error", "code", "possible", "status", "response"} for w in lemmas):
        return None
    filled = Filled(parts={})
    filled.use(*noun.items)
    return filled


def sign_in(noun: Noun, _discourse: Discourse) -> Filled | None:
    """Who must call: authentication; BearerAuth; a bearer token; role author; quiz ownership."""
    named = [i for i in noun.items if i.tag != "D"]
    lemmas = [i.lemma.lower() for i in named]
    filled = Filled(parts={})
    filled.use(*noun.items)
    if len(lemmas) > 1 and lemmas[0] == "role":
        filled.put("value", "role", named[0], via=Via.LEXICON)
        filled.put("role", " ".join(lemmas[1:]), *named[1:])
    elif lemmas[-1:] == ["ownership"]:
        filled.put("value", "user", *named, via=Via.LEXICON)
        filled.put("scope", "own", *named, via=Via.LEXICON)
    elif lemmas and set(lemmas) <= _SIGN_IN and not set(lemmas) <= {"user", "valid", "access", "token"}:
        filled.put("value", "user", *named, via=Via.LEXICON)
    else:
        return None
    return filled


def asides(items: Sequence[Item], used: Collection[int]) -> Filled:
    """What stands aside of a route: "(admin only)", "(newest first, 50 per page)", the cell "none" of a table."""
    found = Filled(parts={})
    group: list[Item] = []
    for item in (*items, None):
        if item is not None and item.tag not in "();,":
            group.append(item)
            continue
        aside = _aside(group) if group and not {i.index for i in group} & set(used) else None
        if aside and not set(aside.parts) & set(found.parts):
            found.parts |= aside.parts
            found.items |= aside.items
        group = []
    return found


def _aside(group: Sequence[Item]) -> Filled | None:
    """One of these, None unless all of the words say so."""
    said = [i for i in group if i.lemma not in {"only", "role", "required", "require", "need", "for", "a", "by", "be"}]
    lemmas = [i.lemma.lower() for i in said]
    filled = Filled(parts={})
    filled.use(*group)
    if len(said) == 1 and lemmas[0] in {"public", "anyone", "none", "everyone", "anybody"}:
        filled.put("actor", "anyone", said[0], via=Via.LEXICON)
    elif len(said) == 1 and said[0].tag == "Y":
        filled.put("order", str(said[0].meaning), said[0], via=Via.LEXICON)
    elif len(said) == 1 and said[0].tag in "NJ" and person(lemmas[0]) and lemmas[0] not in nouns.ACTORS:
        filled.put("actor", "role", said[0], via=Via.LEXICON)
        filled.put("role", lemmas[0], said[0])
    elif lemmas[1:] in (["per", "page"], ["page"]) and lemmas[0].isdigit():
        filled.put("limit", int(lemmas[0]), *said)
    elif lemmas and set(lemmas) <= _SIGN_IN | nouns.SIGNED_IN and not set(lemmas) <= {"valid", "access"}:
        filled.put("actor", "user", *said, via=Via.LEXICON)
    else:
        return None
    return filled


def query(item: Item) -> Iterator[Filled]:
    """The parameters of "GET /orders?customer=…&status=…"."""
    _, _, written = item.words[0].token.text.rstrip("`").partition("?")
    for part in written.split("&"):
        name = part.partition("=")[0]
        if re.fullmatch(r"[A-Za-z_]\w{0,60}", name):
            filled = Filled(parts={})
            filled.put("name", name, item)
            yield filled


_SIGN_IN = words("authentication bearerauth bearer token auth login sign-in user valid access jwt authorization")


# failures

_CLASSES: tuple[tuple[str, frozenset[str]], ...] = (
    ("conflict", words("already taken duplicate use conflict exists_already")),
    (
        "unauthenticated",
        words(
            "unauthorized unauthenticated token credential signed-in authentication login logged-in logged "
            "signed password"
        ),
    ),
    ("forbidden", words("forbidden owner permission allow own else another theirs yours")),
    ("missing", words("exist find missing unknown found such absent")),
    ("invalid", words("invalid validation malformed wrong bad unprocessable")),
    ("limited", words("limit rate quota throttled")),
)
_NEUTRAL = words(
    "be is are was the a an do does not no of for to with by there any it this that and or in input request body data "
    "error caller user value parameter field id has have been"
)


def failure_class(lemmas: Sequence[str]) -> str | None:
    """The failure class that words name, None where they name none.

    >>> failure_class(["the", "username", "already", "exist"]), failure_class(["the", "link", "do", "not", "exist"])
    ('conflict', 'missing')
    """
    found = set(lemmas)
    negated = bool(found & {"not", "no", "never"}) or any(w.endswith("n't") for w in lemmas)
    if "already" in found or (found & {"exist"} and not negated and not found & {"success", "successful"}):
        return "conflict" if found & {"already", "exist", "taken", "use"} else None
    for name, known in _CLASSES:
        if found & known and not (name == "conflict" and negated):
            return name
    return None


def why(conditions: list[Clause], adjuncts: list[Adjunct], discourse: Discourse) -> Filled | None:
    """The failure class of "if the book does not exist", "for invalid input"; None unless every word fits it."""
    parts = [*conditions, *(a for a in adjuncts if a.prep == "for")]
    if len(parts) != 1:
        return None
    items = items_of(parts[0])
    lemmas = [w.lemma for i in items for w in i.words if w.token.is_word]
    opener = isinstance(parts[0], Clause) and parts[0].opener
    if opener and opener.lemma not in {"if", "when"}:
        return None
    kinds = [name for name, known in _CLASSES if known & set(lemmas)]
    negated = "not" in lemmas or "no" in lemmas or any(w.endswith("n't") for w in lemmas)
    if not kinds or (kinds[0] == "missing" and "exist" in lemmas and not negated):
        return None
    telling = dict(_CLASSES)[kinds[0]]
    subject = {discourse.entity.value} if discourse.entity else set[object]()
    left = [
        w for w in lemmas if w not in telling and w not in _NEUTRAL and w not in subject and w not in {"if", "when"}
    ]
    if len(left) > 1 or (kinds[0] in {"forbidden"} and not negated and "forbidden" not in lemmas):
        return None
    filled = Filled(parts={})
    filled.put("value", kinds[0], *items, via=Via.LEXICON)
    return filled


def statuses(found: list[Noun]) -> Iterator[Filled]:
    """One list of plain statuses: 400, 401, 404."""
    numbers = [n.items[0] for n in found if len(n.items) == 1 and re.fullmatch(r"[45]\d\d", n.items[0].lemma)]
    if numbers and len(numbers) == len(found):
        filled = Filled(parts={})
        filled.put("value", tuple(i.lemma for i in numbers), *numbers)
        yield filled

"""Reads what an endpoint is for: "used to create a secret", "to list your slugs, send GET /slugs".

Owns the verb and the object of such a sentence; its other words are documentation, unless one of them restricts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from autocoder.facts import Via
from autocoder.readers.rules.discourse import Discourse, Draft, Part
from autocoder.readers.rules.lexicon import closed
from autocoder.readers.rules.lexicon.fillers import GENRE
from autocoder.readers.rules.lexicon.verbs import DOES
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import Item
from autocoder.readers.rules.specifications import State, of_endpoint, read, sign_in
from autocoder.readers.rules.tagging import look_up, verb_of

NOMINAL = {
    "registration": "register", "signup": "register", "login": "log in", "authentication": "log in",
    "creation": "create", "retrieval": "retrieve", "deletion": "delete", "removal": "remove", "submission": "submit",
    "listing": "list", "search": "search", "upload": "upload", "download": "download", "update": "update",
}  # fmt: skip
"""Nouns for what an endpoint does, and the verb."""

_PURPOSE = frozenset({"use", "allow", "enable", "let", "permit", "responsible", "handle", "help", "serve"})


def purpose(items: Sequence[Item], discourse: Discourse, named: dict[str, Item] | None) -> State | None:
    """The operation of an endpoint with what it is for; None where a sentence names neither."""
    at = next((n for n, i in enumerate(items) if i.lemma in _PURPOSE and i.tag in "VJ"), None)
    routes = [i for i in items if i.kind == "route"]
    at_verb = _aim(items) if len(routes) == 1 and discourse.endpoint else None
    if at_verb is not None:
        return _to_do_it(items, at_verb, routes[0], discourse)
    if discourse.endpoint and len(routes) == 1 and (issued := _issued(items, routes[0], discourse)):
        return issued
    if discourse.endpoint and (proves := _proves(items, discourse, named)):
        return proves
    speaks = bool(named) or (
        items[0].tag in "OD" and len(items) > 1 and items[min(1, len(items) - 1)].lemma in _SELF | _PURPOSE
    )
    if (at is None and not named) or not speaks or not discourse.endpoint:
        return None
    state = State()
    parts = of_endpoint(discourse)
    used: set[int] = set()
    if named:
        parts["path"] = Part(value=named["path"].lemma, items=[named["path"]])
        parts["method"] = Part(value=named["method"].words[0].token.text, items=[named["method"]])
        used |= {i.index for i in items if i.lemma in GENRE | _SELF or i.tag in "U" or i.kind == "route"} | {
            named["path"].index, named["method"].index,
        }  # fmt: skip
    if at is not None:
        used |= _for_what(items, at, parts, discourse) | _given(items, discourse)
    state.drafts = [Draft(kind="operation", parts=parts, items=used)]
    state.used = used
    return state


_ISSUED = words("obtain issue create get receive retrieve acquire request generate return")


def _issued(items: Sequence[Item], route: Item, discourse: Discourse) -> State | None:
    """Authentication is obtained via POST /login, which accepts `email` and `password`: what it gives is a token."""
    at = next(k for k, i in enumerate(items) if i is route)
    before = [i for i in items[:at] if any(w.token.is_word for w in i.words)]
    lemmas = {i.lemma for i in before}
    given = [i for i in before if i.lemma in {"authentication", "token"} or i.lemma.endswith("token")]
    ways = _ISSUED | words(
        "be can may must a an the access bearer jwt session via by from through call at with use and or"
    )
    if not given or not lemmas & _ISSUED or not lemmas & {"via", "by", "from", "through", "at", "with"}:
        return None
    if not all(i.lemma in ways or i in given or i.tag in "DMA" for i in before):
        return None
    method, _, path = route.lemma.partition(" ")
    parts = {"method": Part(value=method, items=[route]), "path": Part(value=path, items=[route])}
    parts["output"] = Part(value="authentication", items=given, via=Via.LEXICON)
    used = {i.index for i in items[: at + 1]}
    state = State(drafts=[Draft(kind="operation", parts=parts, items=used)], used=set(used))
    more = read(items[at + 1 :], discourse)
    if more is not None:
        state.drafts += more.drafts
        state.used |= more.used
        state.aside |= more.aside
    return state


_PROVING = words("verify authenticate check validate")
_PROVES = words("verifies authenticates checks validates")
_PROOFS = words(
    "user credential email e-mail password username name identity account access token session system service login "
    "their his a an the and of by to with provided given against stored valid allow grant gain log in sign "
    "return it them "
    "if for are is correct match one ones that or 's based on existing registered this endpoint"
)


def _proves(items: Sequence[Item], discourse: Discourse, named: dict[str, Item] | None) -> State | None:
    """It verifies a user's email and password to allow access: that is signing in."""
    at = next((k for k, i in enumerate(items[:12]) if i.lemma in _PROVING or i.text.lower() in _PROVES), None)
    if at is None:
        return None
    path = str(discourse.endpoint["path"].value)
    own = {named["path"].index, named["method"].index} if named else set[int]()
    before = all(i.lemma in _SELF | GENRE or i.tag in "()D" or i.index in own for i in items[:at])
    after = [i for i in items[at + 1 :] if any(w.token.is_word for w in i.words)]
    told = {i.lemma for i in after}
    if not before or not told <= _PROOFS or not told & {"user", "credential", "password", "identity"}:
        return None
    if not re.search(r"log-?in|sign-?in|auth|session|token", path.lower()):
        return None
    used = {i.index for i in items}
    parts = of_endpoint(discourse)
    parts["verb"] = Part(value="log in", items=[items[at]], via=Via.LEXICON)
    parts["summary"] = Part(value=" ".join(i.text for i in items[at:] if i.tag not in "."), items=list(items[at:]))
    return State(drafts=[Draft(kind="operation", parts=parts, items=used)], used=set(used))


def _aim(items: Sequence[Item]) -> int | None:
    """Where the verb stands of "To create a slug, send …", "Creating a slug: …"."""
    if len(items) > 2 and items[0].lemma == "to" and items[1].tag == "V":
        return 1
    gerund = items[0].kind == "word" and verb_of(items[0].words[0].token.value)
    return 0 if gerund and any(i.tag == ":" for i in items[:8]) else None


def _as_noun(item: Item) -> Item | None:
    """The noun that a word is behind a gerund, whatever the tagger took it for: "listing books"."""
    if item.tag == "N":
        return item
    word = item.words[0]
    noun = item.tag == "V" and "N" in word.candidates
    return replace(item, tag="N", lemma=look_up(word.token.value).lemma("N")) if noun else None


def _to_do_it(items: Sequence[Item], at: int, route: Item, discourse: Discourse) -> State:
    """To create a slug, send POST /slugs with bearer auth. Creating a slug: POST /slugs."""
    end = next((k for k, i in enumerate(items) if i.tag in ",:" or i is route), len(items))
    state = State()
    method, _, path = route.lemma.partition(" ")
    parts = {"path": Part(value=path, items=[route]), "method": Part(value=method, items=[route])}
    verb, named = items[at], [n for i in items[at + 1 : end] if (n := _as_noun(i))]
    lemma = verb_of(verb.words[0].token.value) or verb.lemma
    if items[at + 1 : at + 2] and items[at + 1].lemma in {"in", "up"} and lemma in {"log", "sign", "look"}:
        lemma = f"{lemma} {items[at + 1].lemma}"
    parts["verb"] = Part(value=lemma, items=[verb])
    does = "read" if lemma == "look up" else DOES.get(lemma, "other")
    parts["does"] = Part(value=does, items=[verb], via=Via.LEXICON)
    if named:
        parts["object"] = Part(value=" ".join(i.lemma for i in named), items=named)
    own = [i for i in items[at + 1 : end] if i.tag == "S" and i.lemma in {"your", "their", "his", "her", "my", "its"}]
    if own and named:
        parts["scope"] = Part(value="own", items=own, via=Via.LEXICON)
    used = {route.index, verb.index, *(i.index for i in items[:end] if i.tag in "FVNDS")}
    used |= {i.index for i in items[end:] if i.lemma in {"send", "use", "call", "make", "request", "a", "to", "client"}}
    used |= {i.index for i in items[at + 1 : at + 2] if lemma.endswith((" in", " up"))}
    used |= {i.index for i in items[end:] if i.lemma in GENRE}
    state.drafts = [Draft(kind="operation", parts=parts, items=used)]
    state.used = set(used)
    more = read(items[end:], discourse)
    if more is None:
        sign_in(items, state, discourse)
    else:
        state.drafts += more.drafts
        state.used |= more.used
        state.aside |= more.aside
    return state


_SELF = words("it this endpoint route request call operation which first second third is are also")


_DEPENDS = words("base based depend depending according using")
"""Words that open what an endpoint depends on: it is no documentation."""


def _given(items: Sequence[Item], discourse: Discourse) -> set[int]:
    """Based on a previously generated invitation: something that the text makes, and whose key the request holds."""
    at = next((k for k, i in enumerate(items) if i.text.lower() == "based"), len(items))
    said = items[at : next((k for k in range(at, len(items)) if items[k].tag in ".,;"), len(items))]
    noun = next((i.lemma for i in reversed(said) if i.tag == "N"), "")
    plain = all(i.tag in "VPDRJN" for i in said)
    keys = [
        w
        for w in discourse.symbols.where
        if w.startswith(noun[:5]) and w.lower().endswith(("id", "code", "token", "key"))
    ]
    return {i.index for i in said} if plain and len(noun) > 4 and noun in discourse.symbols.things and keys else set()


def _for_what(items: Sequence[Item], at: int, parts: dict[str, Part], discourse: Discourse) -> set[int]:
    """Sets verb and object of "used to create a secret", "for user registration"; the words are the summary."""
    end = next((k for k in range(at, len(items)) if items[k].tag in ".;:" or items[k].lemma in _DEPENDS), len(items))
    rest = list(items[at:end])
    if any(w.token.value in closed.RESTRICTORS - {"or", "if"} for i in rest for w in i.words) or not rest[1:]:
        return set()
    verb = next(
        (k for k, i in enumerate(rest) if k and i.tag == "V" and (rest[k - 1].tag in "FR" or i.form == "VBG")), None
    )
    if verb is not None:
        parts["verb"] = Part(value=rest[verb].lemma, items=[rest[verb]])
        known = rest[verb + 1 :]
        head = next(
            (k for k, i in enumerate(known) if i.tag == "N" and (k + 1 == len(known) or known[k + 1].tag != "N")), None
        )
        if head is not None and all(i.tag in "DSQJNRV" for i in known[:head]):
            named = [i for i in known[: head + 1] if i.tag == "N"]
            parts["object"] = Part(value=" ".join(i.lemma for i in named), items=named)
    else:
        noun = next((k for k, i in enumerate(rest) if i.lemma in NOMINAL), None)
        if noun is not None:
            parts["verb"] = Part(value=NOMINAL[rest[noun].lemma], items=[rest[noun]], via=Via.LEXICON)
            if rest[noun - 1].tag == "N":
                parts["object"] = Part(value=rest[noun - 1].lemma, items=[rest[noun - 1]])
    if "verb" in parts:
        parts["does"] = Part(
            value=DOES.get(str(parts["verb"].value), "other"), items=parts["verb"].items, via=Via.LEXICON
        )
    first, last = rest[0].words[0].token.start, rest[-1].words[-1].token.end
    parts["summary"] = Part(value=discourse.prose.text[first:last], items=rest)
    return {i.index for i in (*items[:at], *rest) if i in rest or i.lemma in GENRE | _SELF or i.tag in "DO"}

"""Reads which endpoints ask for a token or a key, where one sentence says it of many: "all requests except GET".

Owns whom such a sentence is about: every endpoint of the text, those with these methods, those of a thing, less what it
excepts. Endpoints by which people get their token are never among them. It reads nothing unless it knows each word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from autocoder.facts import Via
from autocoder.readers.rules.discourse import Discourse, Draft, Part
from autocoder.readers.rules.lexicon import nouns
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import Item
from autocoder.readers.rules.roles import person
from autocoder.readers.rules.tagging import look_up, verb_of

Route = tuple[str, str]

_ALL = words("all every each any")
_OTHER = words("other remaining")
_CALLS = words("endpoint request route call operation api method access url")
DOING = {
    "create": ("POST",), "add": ("POST",), "submit": ("POST",), "post": ("POST",),
    "write": ("POST", "PUT", "PATCH", "DELETE"),
    "update": ("PUT", "PATCH"), "edit": ("PUT", "PATCH"), "change": ("PUT", "PATCH"), "modify": ("PUT", "PATCH"),
    "delete": ("DELETE",), "remove": ("DELETE",), "read": ("GET",), "list": ("GET",), "get": ("GET",), "view": ("GET",),
    "retrieve": ("GET",), "look": ("GET",), "search": ("GET",), "browse": ("GET",), "fetch": ("GET",),
}  # fmt: skip
"""What is done, and the methods by which."""
_EXCEPT = words("except excluding besides")
_ASKING = words("require need expect use must accept protect have should possible")
_OPEN = words("public publicly available open up role look")
_CREDENTIALS = words("token jwt bearer authentication key api-key auth login authorization authenticate credential")
_PLAIN = words(
    "a an the of for to in with by via and or valid header be as it that this these which http schema scheme json web "
    "send include carry provide pass present contain only through request user caller client from those on you access "
    "signed signed-in logged logged-in their its using used provided passed included sent protected above below "
    "following through name named called do does authenticated"
)
_SIGNING = words(
    "register registration signup sign-up login log-in signin sign-in logout token auth authentication session"
)
_FAILING = words(
    "without missing invalid wrong otherwise result receive get return respond reject answer reply give yield "
    "lead status "
    "code error response unauthorized unauthenticated server api case if absent expired when not no lack be is "
    "are then "
    "any unknown bad incorrect there else forbidden message request either fail provide"
)


@dataclass(frozen=True, kw_only=True)
class Protection:
    """What such a sentence states, with all its words."""

    drafts: list[Draft]
    used: set[int]
    aside: dict[int, str] = field(default_factory=dict[int, str])


def read(items: Sequence[Item], discourse: Discourse) -> Protection | None:
    """The facts of a sentence about many endpoints, None for any other sentence."""
    said = [i for i in items if any(w.token.is_word for w in i.words)]
    if not discourse.symbols.routes or not said:
        return None
    return _refusal(said, items, discourse) or _asked(said, items, discourse)


def base(item: Item) -> str:
    """The word in its base form, whatever it was tagged as."""
    value = item.words[0].token.value
    known = dict(look_up(value).lemmas)
    return verb_of(value) or known.get("N") or known.get("V") or item.lemma.lower()


def _asked(said: Sequence[Item], items: Sequence[Item], discourse: Discourse) -> Protection | None:
    """All endpoints but these need a token."""
    told = [base(i) for i in said]
    credential = [i for i, w in zip(said, told, strict=True) if w in _CREDENTIALS or i.lemma == "api key"]
    headers = [i for i in said if i.kind in {"code", "quoted", "snake"} or re.fullmatch(r"X-\w[\w-]*", i.text)]
    asks = set(told) & (_ASKING | {"must", "only"}) or {"must", "only"} & {i.lemma for i in said}
    public = {"public", "publicly"} & {i.lemma for i in said}
    if not credential and not headers and not public:
        return None
    covered = _covered(said, told, discourse)
    if covered is None or not (asks or public):
        return None
    routes, about = covered
    known_ = about | _CREDENTIALS | nouns.ACTORS.keys()
    people = [i for i in said if i.tag == "N" and person(i.lemma) and i.lemma not in known_ and base(i) not in known_]
    about = about | {base(i) for i in people} | _OPEN
    names = {i.index for i in (*credential, *headers)}
    known = _PLAIN | _ASKING | _ALL | _OTHER | _CALLS | _EXCEPT | about | set(DOING) | _CREDENTIALS
    left = [
        w
        for i, w in zip(said, told, strict=True)
        if i.index not in names and w not in known | _FAILING and i.lemma not in known
    ]
    left = [w for w in left if not _is_route(w) and w.upper() not in _METHODS and not w.isdigit()]
    free = bool(public) or "not" in {i.lemma for i in said} or "no" in {i.lemma for i in said}
    if left or len(people) > 1 or (free and not (public or _denied(said))):
        return None
    everything = {i.index for i in items}
    actor = "anyone" if free else "user"
    told_by = credential or headers or list(said[:1])
    who = {"actor": Part(value="role" if people and not free else actor, items=told_by, via=Via.CONTEXT)}
    if people and not free:
        who["role"] = Part(value=people[0].lemma, items=people)
    drafts = list(_of_routes(routes, who, discourse, everything))
    if actor == "user":
        drafts.append(_scheme(credential, headers, None, everything))
    return Protection(drafts=drafts, used=everything) if drafts else None


def _denied(said: Sequence[Item]) -> bool:
    """Whether it says that no token is needed: "reading does not require authentication"."""
    text = " ".join(i.lemma for i in said)
    return re.search(r"\b(?:do|need) not (?:require|need|be)?|\bno (?:authentication|token|key)\b", text) is not None


_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


def _is_route(word: str) -> bool:
    return "/" in word


def _covered(said: Sequence[Item], told: Sequence[str], discourse: Discourse) -> tuple[list[Route], set[str]] | None:
    """The endpoints that a sentence is about, and the things that it names; None where it is not about many."""
    at = next(
        (k for k in range(len(told)) if said[k].lemma in _EXCEPT or said[k].text.lower().startswith("except")),
        len(told),
    )
    end = (
        next((k for k in range(at + 1, len(told)) if k > at and said[k].lemma in _ALL), len(told))
        if at == 0
        else len(told)
    )
    named = [*said[:at], *said[end:]] if at == 0 else list(said[:at])
    outside = said[at:end] if at == 0 else said[at:]
    things = {w for w in (base(i) for i in named) if paths_of(w, discourse)}
    routes = [r for r in discourse.symbols.routes if not signs(r)]
    verbs = [m for i in named[:8] if i.tag in "VNJ" for m in DOING.get(_gerund(i), ())]
    methods = [i.text.strip("`").upper() for i in named if i.text.strip("`") in _METHODS]
    universal = any(i.lemma in _ALL for i in named) and any(base(i) in _CALLS for i in named)
    if not universal and not verbs:
        return None
    if verbs or methods:
        routes = [r for r in routes if r[0] in {*verbs, *methods}]
    if things:
        paths = {p for t in things for p in paths_of(t, discourse)}
        routes = [r for r in routes if r[1] in paths]
    return [r for r in routes if not _excepted(r, outside)], things | {w for w in told if w in _SIGNING and outside}


def _gerund(item: Item) -> str:
    value = item.words[0].token.value
    return verb_of(value) or ("write" if value == "write" else "")


def paths_of(word: str, discourse: Discourse) -> list[str]:
    """The paths that have a word, or its plural, among their parts."""
    if len(word) < 3 or word in _CALLS | _CREDENTIALS | _PLAIN:
        return []
    names = {word, f"{word}s", f"{word}es", f"{word[:-1]}ies"}
    return [path for _, path in discourse.symbols.routes if names & set(re.split(r"[/_-]", path.lower()))]


def signs(route: Route) -> bool:
    """Whether people get their token there."""
    tail = next((p for p in reversed(route[1].lower().split("/")) if p and not p.startswith("{")), "")
    return route[0] == "POST" and bool(_SIGNING & set(re.split(r"[_-]", tail)) or tail in _SIGNING)


def _excepted(route: Route, outside: Sequence[Item]) -> bool:
    for item in outside:
        text = item.lemma if item.kind in {"route", "code", "quoted", "path"} else item.text
        method, _, path = text.strip("`").rpartition(" ")
        if text.strip("`").upper() in _METHODS and text.strip("`").upper() == route[0]:
            return True
        if path.startswith("/") and path == route[1] and method in {"", route[0]}:
            return True
        if route[0] in DOING.get(_gerund(item), ()):
            return True
    return False


def _of_routes(routes: Sequence[Route], who: dict[str, Part], discourse: Discourse, used: set[int]) -> Iterator[Draft]:
    for method, path in routes:
        place = discourse.symbols.routes[(method, path)]
        parts = {
            "path": Part(value=path, items=[], via=Via.CONTEXT, place=place),
            "method": Part(value=method, items=[], via=Via.CONTEXT, place=place),
            **who,
        }
        yield Draft(kind="operation", parts=parts, items=set(used))


def _scheme(credential: Sequence[Item], headers: Sequence[Item], message: Item | None, used: set[int]) -> Draft:
    """How callers prove who they are: a key in a header, else a bearer token."""
    key = any(i.lemma in {"api key", "key"} or "key" in i.text.lower() for i in (*credential, *headers))
    told = list(credential) or list(headers)
    parts = {"scheme": Part(value="api key" if key else "bearer", items=told, via=Via.LEXICON)}
    header = next((i for i in headers if i.lemma.lower() != "authorization"), None)
    if key and header is not None:
        parts["header"] = Part(value=header.lemma if header.kind in {"code", "quoted"} else header.text, items=[header])
    if message is not None:
        parts["message"] = Part(value=message.lemma, items=[message])
    return Draft(kind="authentication", parts=parts, items=set(used))


def _refusal(said: Sequence[Item], items: Sequence[Item], discourse: Discourse) -> Protection | None:
    """Requests without a valid token get 401 (with this message): what holds wherever a token is asked for."""
    told = [base(i) for i in said]
    statuses = [i for i in said if i.kind == "number"]
    quoted = [i for i in said if i.kind == "quoted"]
    credential = [i for i, w in zip(said, told, strict=True) if w in _CREDENTIALS or i.lemma == "api key"]
    about = {"request", "call"} if discourse.endpoint else {"request", "call", "key", "token"}
    about |= {"key"} if "api key" in {i.lemma for i in said} or "key" in told else set[str]()
    general = set(told) & about and set(told) & {"without", "missing", "invalid", "lack", "wrong"}
    if [i.lemma for i in statuses] != ["401"] or not credential or not general or len(quoted) > 1:
        return None
    known = _PLAIN | _FAILING | _CREDENTIALS | _CALLS | _ALL
    if [
        w
        for i, w in zip(said, told, strict=True)
        if w not in known and i.lemma not in known and i not in (*statuses, *quoted, *credential)
    ]:
        return None
    everything = {i.index for i in items}
    return Protection(drafts=[_scheme(credential, [], quoted[0] if quoted else None, everything)], used=everything)

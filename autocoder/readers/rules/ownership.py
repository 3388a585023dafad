"""Reads who alone may use the endpoint that the text is at because a row is theirs: "only its author can do so".

Owns the words for whoever made a row, and for those who are turned away. A sentence with any other word is not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from autocoder.facts import Via
from autocoder.readers.rules import protections
from autocoder.readers.rules.discourse import Discourse, Draft, Part, remembered
from autocoder.readers.rules.lexicon import nouns
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import Item
from autocoder.readers.rules.roles import person

_MADE = words("create write make post open own add submit upload place")
_OTHERS = words(
    "everyone everybody anyone anybody other else someone another all user attempt try somebody people they"
)
_PLAIN = words(
    "a an the its it this that who which their his her own only can may be able allow permit allowed permitted "
    "do so to "
    "call use endpoint of with get receive result lead return respond reject status code response error 403 forbidden "
    "this ensure guarantee mean and in by is are be 's them request operation action answer deny denied or else "
    "otherwise user member each every he she"
)
_ACTING = words("access see view manage change edit modify update delete remove read retrieve list get cancel close")


@dataclass(frozen=True, kw_only=True)
class Ownership:
    """What such a sentence states, with all its words."""

    drafts: list[Draft]
    used: set[int]
    aside: dict[int, str] = field(default_factory=dict[int, str])


def read(items: Sequence[Item], discourse: Discourse) -> Ownership | None:
    """The facts of a sentence about whose rows an endpoint is for, None for any other sentence."""
    said = [i for i in items if any(w.token.is_word for w in i.words)]
    lemmas = [protections.base(i) for i in said]
    if "only" not in {i.lemma for i in said} or not {"method", "path"} <= set(discourse.endpoint):
        return None
    makers = [i for i in said if i.tag == "N" and (i.lemma in nouns.OWNERS | {"user"} or person(i.lemma))]
    own = any(i.lemma == "own" for i in said) and any(i.lemma == "user" for i in said)
    theirs = said[0].lemma == "only" and bool(makers) and _is_theirs(makers[0], said, lemmas)
    alone = said[0].lemma == "only" and len(makers) == 1 and person(makers[0].lemma) and _does_it(said, lemmas)
    if not (own or theirs or alone) or {"not", "no", "never", "except", "unless"} & {i.lemma for i in said}:
        return None
    things = (
        {w for w in lemmas if protections.paths_of(w, discourse)} | _about(discourse) | {"data", "datum", "resource"}
    )
    people = {makers[0].lemma, protections.base(makers[0])} if makers else set[str]()
    known = _PLAIN | _OTHERS | _ACTING | _MADE | things | people
    if any(w not in known and i.lemma not in known for i, w in zip(said, lemmas, strict=True)):
        return None
    everything = {i.index for i in items}
    wide = own and bool({"each", "every"} & {i.lemma for i in said})
    told = [i for i in said if i.lemma in {"own", "only", "owner", "author", "creator", "its"}] or list(said[:1])
    who = {
        "actor": Part(value="user", items=told, via=Via.LEXICON),
        "scope": Part(value="own", items=told, via=Via.LEXICON),
    }
    if not (own or theirs):
        who = {
            "actor": Part(value="role", items=told, via=Via.LEXICON),
            "role": Part(value=makers[0].lemma, items=makers),
        }
    here = (str(discourse.endpoint["method"].value), str(discourse.endpoint["path"].value))
    routes = _routes(said, lemmas, discourse, wide=wide) if own else [here]
    drafts = [d for route in routes for d in _drafts(route, who, said, everything, discourse)]
    return Ownership(drafts=drafts, used=everything) if drafts else None


def _is_theirs(maker: Item, said: Sequence[Item], lemmas: Sequence[str]) -> bool:
    """Its author; the owner; the organizer who created the event."""
    before = [i.lemma for i in said if i.index < maker.index]
    made = "who" in {i.lemma for i in said} and bool(_MADE & set(lemmas))
    of = [i.lemma for i in said if i.index > maker.index][:1] == ["of"] and maker.lemma not in {"user", "admin"}
    return maker.lemma in nouns.OWNERS or of or "its" in before or made


def _about(discourse: Discourse) -> set[str]:
    told = discourse.operation.get("object")
    path = str(discourse.endpoint["path"].value)
    named = {w for part in path.split("/") if "{" not in part for w in (part, part.removesuffix("s"))}
    return named | (set(str(told.value).split()) if told else set())


def _does_it(said: Sequence[Item], lemmas: Sequence[str]) -> bool:
    """Do so; do this; call this endpoint: whatever the endpoint does."""
    text = " ".join(i.lemma for i in said)
    return " do so" in text or " do this" in text or ("endpoint" in lemmas and "this" in text)


def _routes(
    said: Sequence[Item], lemmas: Sequence[str], discourse: Discourse, *, wide: bool
) -> list[protections.Route]:
    """The endpoints that it is about: the one that the text is at, unless the words name another one's thing."""
    here = (str(discourse.endpoint["method"].value), str(discourse.endpoint["path"].value))
    if wide:
        return [r for r in discourse.symbols.routes if not protections.signs(r)]
    paths = {p for i, w in zip(said, lemmas, strict=True) if i.tag == "N" for p in protections.paths_of(w, discourse)}
    methods = {m for w in lemmas for m in protections.DOING.get(w, ())}
    if not paths or (here[1] in paths and (not methods or here[0] in methods)):
        return [here]
    return [r for r in discourse.symbols.routes if r[1] in paths and r[0] in methods]


def _drafts(
    route: protections.Route, who: dict[str, Part], said: Sequence[Item], used: set[int], discourse: Discourse
) -> Iterator[Draft]:
    """The rule for one endpoint, and how it refuses others."""
    method, path = route
    place = discourse.symbols.routes.get(route) or remembered(discourse.endpoint["path"]).offsets
    named = {
        "path": Part(value=path, items=[], via=Via.CONTEXT, place=place),
        "method": Part(value=method, items=[], via=Via.CONTEXT, place=place),
    }
    yield Draft(kind="operation", parts={**named, **who}, items=set(used))
    if refused := [i for i in said if i.lemma == "403"]:
        failure = {
            "error": Part(value=403, items=refused),
            "error_when": Part(value="forbidden", items=refused, via=Via.LEXICON),
        }
        yield Draft(kind="operation", parts={**named, **failure}, items=set(used))

"""Reads the lines of an endpoint that start with a label: who may call it, where it is.

Owns the labels ("Auth:", "Authentication:", "Access:") and what stands behind them: nobody in particular, whoever is
signed in, people with a role, whoever owns the row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from autocoder.facts import Via
from autocoder.readers.rules.discourse import Discourse, Draft, Part, remembered
from autocoder.readers.rules.lexicon import nouns
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import Item
from autocoder.readers.rules.roles import person

_LABELS = words(
    "auth authentication authorization authorisation access permission security role caller require requires"
)
_WHERE = words("endpoint route url path request uri")
_TOKENS = words(
    "bearer token jwt bearerauth auth authentication login session valid user signed-in logged-in authenticated "
    "access "
    "header authorization required require need yes in the a an with via by must be sign-in account any"
)
_NOBODY = _TOKENS | nouns.OWNERS
_OPEN = words("none public no anyone everyone anybody open optional not required require needed need for all")
_OWNING = words("who own owns owner created create creator that the this its of only made make a an has it")


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """What a labelled line states, with the words it took."""

    drafts: list[Draft]
    used: set[int]
    aside: dict[int, str] = field(default_factory=dict[int, str])


def read(items: Sequence[Item], discourse: Discourse) -> Labelled | None:
    """The facts of a labelled line, None for any other line or where words behind the label say anything else."""
    at = next((k for k, i in enumerate(items[:4]) if i.tag == ":"), 0)
    label = {i.lemma.lower() for i in items[:at]}
    if not at or not label or not {"method", "path"} <= set(discourse.endpoint):
        return None
    everything = {i.index for i in items}
    route = {k: remembered(p) for k, p in discourse.endpoint.items()}
    if label <= _WHERE and all(i.kind == "route" for i in items[at + 1 :] if i.tag != "."):
        return Labelled(
            drafts=[Draft(kind="operation", parts=dict(discourse.endpoint), items=everything)], used=everything
        )
    if not label <= _LABELS:
        return None
    said = [i for i in items[at + 1 :] if any(w.token.is_word for w in i.words)]
    who = _who(said, discourse)
    if who is None:
        return None
    return Labelled(drafts=[Draft(kind="operation", parts={**route, **who}, items=everything)], used=everything)


def _who(said: Sequence[Item], discourse: Discourse) -> dict[str, Part] | None:
    """Who may call: the slots, None where a word is left over."""
    texts = [i.lemma.lower() for i in said]
    if not said:
        return None
    if set(texts) <= _OPEN and set(texts) & {"none", "public", "no", "anyone", "everyone", "anybody", "open", "not"}:
        return {"actor": Part(value="anyone", items=list(said), via=Via.LEXICON)}
    people = [i for i in said if i.tag in "NJ" and person(i.lemma.lower()) and i.lemma.lower() not in _NOBODY]
    people = people or _behind_role(said)
    things = discourse.operation.get("object")
    about = set(str(things.value).split()) if things else set[str]()
    path = str(discourse.endpoint["path"].value)
    about |= {w for part in path.split("/") for w in (part, part.removesuffix("s"))}
    owning = bool(set(texts) & words("own owns owner creator created create"))
    known = _TOKENS | _OWNING | about | {"role", "only", "admin"} | {i.lemma.lower() for i in people}
    if set(texts) - known or len(people) > 1 or (owning and not set(texts) & _OWNING):
        return None
    parts: dict[str, Part] = {}
    if people and people[0].lemma.lower() not in nouns.ACTORS:
        parts["actor"] = Part(value="role", items=people, via=Via.LEXICON)
        parts["role"] = Part(value=people[0].lemma.lower(), items=people)
    else:
        parts["actor"] = Part(value="user", items=list(said), via=Via.LEXICON)
    if owning:
        parts["scope"] = Part(value="own", items=list(said), via=Via.LEXICON)
    return parts


def _behind_role(said: Sequence[Item]) -> list[Item]:
    """The word behind "role", whatever it means elsewhere."""
    at = next((k for k, i in enumerate(said) if i.lemma == "role"), -1)
    return list(said[at + 1 : at + 2]) if 0 <= at < len(said) - 1 else []

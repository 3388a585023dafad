"""Reads how every failure's body looks: "all errors are returned as JSON objects with a single field `error`".

Owns the words of such a sentence, which is about no endpoint of its own. A body with more than one key is not read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from autocoder.facts import Via
from autocoder.readers.rules import examples
from autocoder.readers.rules.discourse import Discourse, Draft, Part
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import Item

_WORDS = words(
    "all every each any error failure response body answer message be is are return returned in the as a an "
    "json object "
    "with single one field key format form of shape api server service respond it have has contain containing "
    "describe "
    "describing and string human-readable use same following look like property what go went wrong that explain "
    "explains"
)


@dataclass(frozen=True, kw_only=True)
class ErrorShape:
    """The fact of such a sentence, with all its words."""

    drafts: list[Draft]
    used: set[int]
    aside: dict[int, str] = field(default_factory=dict[int, str])


def read(items: Sequence[Item], discourse: Discourse) -> ErrorShape | None:
    """The key under which failures say their message, None for any other sentence."""
    said = [i for i in items if any(w.token.is_word for w in i.words)]
    literals = [i for i in said if i.kind in {"code", "quoted", "shape"}]
    lemmas = [i.lemma.lower() for i in said if i not in literals]
    if len(literals) != 1 or not discourse.symbols.routes or not set(lemmas) & {"error", "failure"}:
        return None
    general = {"error", "all", "every", "each", "api"} & set(lemmas[:3])
    if not general or any(w not in _WORDS for w in lemmas) or any(i.kind == "number" for i in said):
        return None
    body = examples.object_of(literals[0].lemma)
    key = next(iter(body)) if body and len(body) == 1 else literals[0].lemma if body is None else ""
    if not key.isidentifier():
        return None
    (method, path), place = next(iter(discourse.symbols.routes.items()))
    parts = {
        "method": Part(value=method, items=[], via=Via.CONTEXT, place=place),
        "path": Part(value=path, items=[], via=Via.CONTEXT, place=place),
        "message_key": Part(value=key, items=literals),
    }
    used = {i.index for i in items}
    return ErrorShape(drafts=[Draft(kind="operation", parts=parts, items=used)], used=used)

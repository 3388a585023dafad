"""Reads the reasons of statuses: "404 if there is none", "401 without a token", "422 invalid input"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from autocoder.readers.rules import endpoints
from autocoder.readers.rules.lexicon.fillers import GENRE
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import Item


def conditions(items: Sequence[Item]) -> Iterator[list[Item]]:
    """If …, up to the comma or the end; for …, up to the next comma; what results in a status."""
    at = next((k for k, i in enumerate(items[:12]) if k and i.text.lower() in _RESULTS), 0)
    at = at if at and all(i.tag in "DNJQVCA" for i in items[:at]) and _told(items[:at]) else 0
    if at:
        yield list(items[:at])
    while at < len(items):
        item = items[at]
        opens = item.lemma in {"if", "when", "unless", "should"} and (item.lemma != "should" or not at)
        opens = opens or (item.lemma == "in" and [i.lemma for i in items[at + 1 : at + 2]] == ["case"])
        opens = (
            opens
            or (item.lemma in {"upon", "once"} and not at)
            or (item.lemma in {"for", "on", "without"} and at and items[at - 1].kind in {"number"})
        )
        opens = opens or (at > 1 and items[at - 1].tag == ":" and is_failure(items[at - 2]))
        opens = opens or (at > 0 and item.tag in "JNV" and is_failure(items[at - 1]) and item.lemma not in GENRE)
        if not opens:
            at += 1
            continue
        end = next((k for k in range(at + 1, len(items)) if _ends_condition(items, k)), len(items))
        if item.lemma in {"upon", "once"} or (item.lemma == "on" and not at):
            end = next((k for k in range(at + 3, end) if items[k].tag in "DO"), end)  # "upon success the server …"
        yield list(items[at:end])
        at = end


def is_failure(item: Item) -> bool:
    """Whether a number is a status whose reason may stand right behind it: "404 unknown book"."""
    return item.kind == "number" and re.fullmatch(r"[45]\d\d", item.lemma) is not None


_RESULTS = words(
    "result results lead leads cause causes return returns yield yields produce produces give gives receive "
    "receives get "
    "gets answered rejected trigger triggers"
)


def _told(subject: Sequence[Item]) -> bool:
    """Whether a subject says when: "an invalid token results in …", "successful authentication returns …"."""
    lemmas = [word for i in subject for word in (i.lemma, i.text.lower())]
    return "successful" in lemmas or endpoints.failure_class(lemmas) is not None


def _ends_condition(items: Sequence[Item], k: int) -> bool:
    """A mark, or a conjunction with the next status: "400 for invalid input and 422 for …"."""
    follows = items[k + 1] if k + 1 < len(items) else None
    if items[k].tag == "," and follows is not None and follows.lemma in {"such", "like", "e.g."}:
        return False
    return items[k].tag in ",;.:" or (items[k].tag == "C" and follows is not None and follows.kind == "number")


def beside(items: Sequence[Item], at: int, conditions: list[list[Item]]) -> list[Item]:
    """The condition of a status: the one right behind it, else the one that opens the sentence."""
    index = items[at].index
    after = [c for c in conditions if c[0].index > index]
    if after:
        between = items[at + 1 : next(k for k, i in enumerate(items) if i is after[0][0])]
        if not any(i.kind == "number" or i.tag == ";" for i in between):
            return after[0]
    before = [c for c in conditions if c[-1].index < index]
    between = [i for i in items if before and before[-1][-1].index < i.index < index]
    return before[-1] if before and not any(i.kind == "number" for i in between) else []


def failure(reason: Sequence[Item]) -> str | None:
    """The failure class that a condition names."""
    text = " ".join(w.token.value for i in reason for w in i.words)
    if text.startswith("without ") and {i.lemma for i in reason} & {"key", "token", "header", "account"}:
        return "unauthenticated"
    if text in endpoints.REASONS:
        return endpoints.REASONS[text]
    return endpoints.failure_class(
        [w.lemma for i in reason for w in i.words] + [w.token.value for i in reason for w in i.words]
    )

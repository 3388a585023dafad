"""Chooses between the readings of a sentence of a specification: by its grammar, or literal by literal.

Owns the list of readings that a specification adds to the frames, and when one of them wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from autocoder.readers.rules import (
    checks,
    endpoint_purposes,
    error_shapes,
    field_lines,
    introductions,
    labels,
    ownership,
    protections,
    specifications,
    summaries,
)
from autocoder.readers.rules.accounting import score
from autocoder.readers.rules.contexts import Line
from autocoder.readers.rules.discourse import Discourse, Draft
from autocoder.readers.rules.matching import Group, Parse
from autocoder.readers.rules.phrases import Item

Best = tuple[Parse, Discourse]


def read(best: Best, variants: Iterable[Sequence[Item]], discourse: Discourse) -> Best:
    """The reading literal by literal, where the text is at an endpoint and it takes more words."""
    if discourse.endpoint and any(_carrier(d) for d in best[0].drafts):
        best = Parse(items=best[0].items), discourse
    if score(best[0]) == 0 and best[0].drafts:
        return best
    items = best[0].items
    if summaries.is_summary(items, discourse) or (discourse.symbols.routes and summaries.goes_without_saying(items)):
        everything = {i.index for i in items}
        group = Group(own=everything, shared=everything, soft=everything)
        return Parse(items=items, aside=dict.fromkeys(everything, "sums up"), groups=[group]), discourse
    for items in variants:
        named = specifications.route_of(items)
        everything = {i.index for i in items}
        rest, case = checks.without_case(items, discourse)
        readings = (
            _usual(specifications.read(rest, discourse), case),
            endpoint_purposes.purpose(items, discourse, named),
            introductions.read(items, discourse),
        )
        for found in readings:
            if found is None:
                continue
            group = Group(own=everything, shared=everything, soft=everything)
            parse = Parse(items=items, drafts=found.drafts, used=found.used, aside=found.aside, groups=[group])
            if score(parse) >= score(best[0]) or not best[0].drafts:
                best = parse, discourse
    _named_shapes(best[0])
    return best


def _named_shapes(parse: Parse) -> None:
    """The "where" before a shape with a name only introduces it: "where Item = { … }"."""
    for item, after in pairwise(parse.items):
        if item.lemma == "where" and after.kind == "shape" and after.text[:1] != "{" and after.index in parse.used:
            parse.aside[item.index] = "names a shape"


def _usual(found: specifications.State | None, case: Sequence[Item]) -> specifications.State | None:
    """The reading of what happens in the usual case, with the words that only name the case."""
    if found is not None:
        found.aside |= dict.fromkeys((i.index for i in case), "the usual case")
    return found


def under_label(items: Sequence[Item], line: Line, discourse: Discourse) -> Parse | None:
    """The reading of a line whose opener or label says what it is; None for any other line."""
    found = field_lines.read(items, line, discourse)
    everything = {i.index for i in items}
    group = Group(own=everything, shared=everything, soft=set())
    if found is not None:
        return Parse(items=items, drafts=[found.draft], used=found.used, aside=found.aside, groups=[group])
    if inline := field_lines.inline(items, discourse):
        used = {i for f in inline for i in f.used} | {i.index for i in items if i.index < min(inline[0].used)}
        used |= {i.index for i in items if i.lemma in {"and", "or"}}
        aside = {i: why for f in inline for i, why in f.aside.items()}
        return Parse(items=items, drafts=[f.draft for f in inline], used=used, aside=aside, groups=[group])
    if field_lines.opens(line, discourse):
        return Parse(items=items, aside=dict.fromkeys(everything, "opens a list"), groups=[group])
    said = labels.read(items, discourse) or protections.read(items, discourse) or ownership.read(items, discourse)
    said = said or _checked(items, discourse) or error_shapes.read(items, discourse)
    if said is not None:
        return Parse(items=items, drafts=said.drafts, used=said.used, aside=said.aside, groups=[group])
    return None


def _checked(items: Sequence[Item], discourse: Discourse) -> checks.Check | None:
    found = checks.read(items, discourse)
    if found is not None:
        discourse.checked = discourse.sentence
    return found


_CARRIERS = frozenset({"request", "body", "payload", "response", "answer"})


def _carrier(draft: Draft) -> bool:
    """Whether a fact takes what carries the fields of an endpoint for a thing that has them."""
    of = draft.parts.get("of")
    if draft.kind == "policy":
        return "per" in draft.parts and draft.parts["per"].value in {"page", "request", "response", "call"}
    return draft.kind == "field" and of is not None and str(of.value).rpartition(" ")[2] in _CARRIERS

"""Accounts for every word of a sentence: a fact took it, a named filler rule took it, or it is unread.

Owns the account and what follows from it: how the sentence ended. A word never counts because it is known, only
because something took it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from autocoder.facts import Prose
from autocoder.readers.protocol import Taken, Word
from autocoder.readers.rules.discourse import Draft
from autocoder.readers.rules.lexicon import closed
from autocoder.readers.rules.lexicon.fillers import FILLERS, Filler
from autocoder.readers.rules.matching import Parse
from autocoder.readers.rules.phrases import Item


def fillers(items: Sequence[Item], by: Mapping[int, str]) -> dict[int, str]:
    """Item index to the name of the filler rule that takes it, for items that no fact took."""
    found: dict[int, str] = {}
    words = [i for i in items if i.counts]
    for position in range(len(words) - 1, -1, -1):
        item = words[position]
        if not by or item.index in by or item.tag not in _FILLING:
            continue
        before = position == 0 or words[position - 1].index in by
        after = position + 1 == len(words) or words[position + 1].index in by or words[position + 1].index in found
        verb = position + 1 < len(words) and _opens(words[position + 1])
        met = {"next": after, "both": before and after, "verb": before and after and verb, "any": True}
        rule = next((r for r in FILLERS if met[r.needs] and _takes(r, item)), None)
        if rule:
            found[item.index] = rule.name
    return found


_FILLING = frozenset("".join(r.tags for r in FILLERS))


def _opens(item: Item) -> bool:
    """Whether a clause goes on here: a verb, or "only" before who alone does it."""
    return item.tag in "MAVX" or item.lemma == "only"


def _takes(rule: Filler, item: Item) -> bool:
    return item.tag in rule.tags and (not rule.words or item.lemma in rule.words)


def words(items: Sequence[Item], by: Mapping[int, str], filled: Mapping[int, str], prose: Prose) -> tuple[Word, ...]:
    """The account, word by word."""
    found: list[Word] = []
    for item in items:
        if not item.counts:
            continue
        taken = Taken.FACT if item.index in by else Taken.FILLER if item.index in filled else Taken.UNREAD
        name = by.get(item.index) or filled.get(item.index) or ""
        found += [
            Word(span=prose.quote(w.token.start, w.token.end), taken=taken, by=name)
            for w in item.words
            if w.token.is_word
        ]
    return tuple(found)


def score(parse: Parse) -> int:
    """Minus the number of words that nothing took."""
    by = dict.fromkeys(parse.used, "fact") if parse.drafts else {}
    filled = fillers(parse.items, by).keys() | parse.aside.keys()
    return -sum(
        1 for i in parse.items for w in i.words if w.token.is_word and i.index not in by and i.index not in filled
    )


def _home(draft: Draft, parse: Parse) -> int:
    """The group that a fact stands in: the one that has most of its words of its own."""
    overlap = [(len(draft.items & g.own), len(draft.items & g.shared), -n) for n, g in enumerate(parse.groups)]
    return -max(overlap)[2] if overlap else 0


@dataclass(kw_only=True)
class Segment:
    """A group of a sentence with its facts, its words, and those of them that nothing took."""

    drafts: list[Draft]
    words: list[Word]
    unread: list[Word]
    doubtful: bool


def segments(parse: Parse, account: Sequence[Word]) -> Iterator[Segment]:
    """The groups of a sentence, each with its facts and words; nothing in one restricts another.

    A fact is doubtful where a word beside it is unread that may narrow it: every word but those of soft phrases.
    """
    index = {w.token.start: i.index for i in parse.items for w in i.words}
    told: set[int] = set()
    homes = [(_home(d, parse), d) for d in parse.drafts]
    for number, group in enumerate(parse.groups):
        mine = [d for home, d in homes if home == number]
        place = {w.span.start: index[w.span.start] for w in account}
        around = [w for w in account if place[w.span.start] in group.own | group.shared]
        open_ = [w for w in around if w.taken is Taken.UNREAD]
        doubtful = any(
            place[w.span.start] not in group.soft or w.span.text.lower() in closed.RESTRICTORS for w in open_
        )
        fresh = [w for w in around if place[w.span.start] not in told]
        told |= {place[w.span.start] for w in around}
        if mine or fresh:
            yield Segment(
                drafts=mine,
                words=around if mine else fresh,
                unread=open_ if mine else [w for w in fresh if w.taken is Taken.UNREAD],
                doubtful=doubtful,
            )

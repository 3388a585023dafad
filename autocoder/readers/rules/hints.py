"""The nearest form that would be understood, for a sentence that was not.

Owns the choice among the frames' worked examples: the one that shares most lemmas with the sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

from autocoder.readers.rules.frames import FRAMES, RUNS
from autocoder.readers.rules.lexicon import closed
from autocoder.readers.rules.tagging import Tagged, tag
from autocoder.readers.rules.tokens import tokenize


@cache
def _examples() -> tuple[tuple[frozenset[str], str], ...]:
    texts = dict.fromkeys(frame.example for frame in (*FRAMES, *RUNS) if frame.example)
    return tuple((_lemmas(tag(tokenize(text))), text) for text in texts)


def _lemmas(words: Sequence[Tagged]) -> frozenset[str]:
    return frozenset(w.lemma for w in words if w.token.is_word and w.token.value not in closed.CLOSED) | frozenset(
        w.token.kind for w in words if w.tag == "L"
    )


def hint(words: Sequence[Tagged]) -> str:
    """A worked example near to a sentence; the first one where nothing is near."""
    return _nearest(_lemmas(words))


@lru_cache(maxsize=1000)
def _nearest(lemmas: frozenset[str]) -> str:
    return max(_examples(), key=lambda e: (len(e[0] & lemmas), -len(e[0])))[1]

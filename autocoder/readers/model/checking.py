"""From a model's rows to facts: every quote is looked up in its sentence, every value in its quote.

A fact with one bad row is refused as a whole: without the slot it would say something else. Nothing is asked of the
model here, and nothing it says is believed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autocoder.facts import KINDS, BadFact, Fact, Prose, Quote, Slot
from autocoder.readers.model.replies import Row
from autocoder.readers.model.support import Unsupported, support, used, value_of


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A fact that was not taken. `invented` tells a quote that is not in the sentence from other reasons."""

    why: str
    invented: bool


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A fact that stands on words of the prose, with the stretches of words that it uses up, as offsets."""

    sentence: int
    fact: Fact
    used: frozenset[tuple[int, int]]


def check_rows(
    rows: Sequence[Row], sentences: Mapping[int, Quote], prose: Prose
) -> tuple[list[Checked], list[Refused]]:
    """The facts of an answer and what was refused of it; `sentences` are those that the model was shown, by number."""
    groups: dict[int, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.fact, []).append(row)
    taken: list[Checked] = []
    refused: list[Refused] = []
    for group in groups.values():
        try:
            taken.append(_fact(group, sentences, prose))
        except _NoQuote as problem:
            refused.append(Refused(why=str(problem), invented=True))
        except (Unsupported, BadFact) as problem:
            refused.append(Refused(why=f"{_clean(group[0].kind)}: {problem}", invented=False))
    return taken, refused


class _NoQuote(ValueError):
    """A quote that is not in its sentence."""


def _fact(rows: Sequence[Row], sentences: Mapping[int, Quote], prose: Prose) -> Checked:
    number, kind = rows[0].sentence, KINDS.get(rows[0].kind)
    sentence = sentences.get(number)
    if kind is None or sentence is None or any((r.sentence, r.kind) != (number, rows[0].kind) for r in rows):
        raise Unsupported("its rows name no one sentence and kind")
    slots: dict[str, Slot] = {}
    words: set[tuple[int, int]] = set()
    for row in rows:
        spec = kind.slots.get(row.slot)
        if spec is None or row.slot in slots:
            raise Unsupported(f'"{_clean(row.slot)}" is no slot, or is there twice')
        quote = _quote(row, sentence, prose)
        value = value_of(spec, row.value)
        via = support(row.slot, spec, value, quote.text, prose.text[: quote.start])
        slots[row.slot] = Slot(value=value, span=quote, via=via)
        words |= {(quote.start + a, quote.start + b) for a, b in used(row.slot, value, via, quote.text)}
    fact = Fact(kind=kind.name, slots=slots, evidence=(sentence,))
    return Checked(sentence=number, fact=fact, used=frozenset(words))


def _quote(row: Row, sentence: Quote, prose: Prose) -> Quote:
    """The quote's place in its sentence: whole words, in any layout of white space."""
    parts = [re.escape(part) for part in row.quote.split()]
    whole = r"(?<!\w)" + r"\s+".join(parts) + r"(?!\w)"
    found = re.search(whole, sentence.text) if parts else None
    if found is None:
        raise _NoQuote(f'the quote "{_clean(row.quote)}" is not in sentence {row.sentence}')
    return prose.quote(sentence.start + found.start(), sentence.start + found.end())


def _clean(text: str) -> str:
    shown = "".join(c if c.isprintable() else "?" for c in " ".join(text.split()))
    return shown if len(shown) <= 80 else f"{shown[:79]}…"

"""Facts that cannot hold together.

Owns the keys by which two facts speak of the same thing. A contradiction shows both quotes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from autocoder.diagnostics import Diagnostic, Note
from autocoder.facts import Fact, Slot, Via

KEYS: Mapping[str, tuple[str, ...]] = {
    "lifecycle": ("entity", "state"),
    "storage": (),
    "broker": (),
    "quality": ("metric", "percentile", "scope"),
    "exposure": (),
    "field": ("of", "name", "direction"),
    "authentication": (),
    "event": ("name",),
}
"""Kind to the slots that name what a fact is about; its other slots must agree with those of its like."""

OPEN = frozenset({"required", "object", "cause", "entity"})
"""Slots that may differ: they add up."""


def contradictions(facts: Sequence[Fact]) -> Iterable[Diagnostic]:
    """One diagnostic for each slot that two facts fill with different values."""
    first: dict[tuple[object, ...], tuple[Fact, Slot]] = {}
    for fact in sorted(facts, key=lambda f: f.start):
        keys = KEYS.get(fact.kind)
        if keys is None:
            continue
        about = tuple(fact.get(k) for k in keys)
        if fact.kind == "authentication" and fact.get("needed") is False and fact.get("entity"):
            about = (fact.get("entity"),)  # some need no account, which says nothing of the others
        for name, slot in fact.slots.items():
            if name in keys or name in OPEN or slot.via is Via.INFERRED or _is_view(fact, name):
                continue
            before = first.setdefault((fact.kind, about, _rival(fact, name)), (fact, slot))
            if before[1].value != slot.value:
                yield _diagnostic(name, before, (fact, slot))


def _is_view(fact: Fact, slot: str) -> bool:
    """Whether a slot says in which shape an answer shows rows: it may show others to others."""
    return fact.kind == "field" and slot == "type" and fact.word("type").startswith("list of ")


def _rival(fact: Fact, slot: str) -> str:
    """Slots that exclude each other share a name: the age at which it happens, never, a day."""
    alone = slot == "of" and "after" not in fact.slots
    return "after" if fact.kind == "lifecycle" and (slot == "never" or alone) else slot


def _diagnostic(name: str, before: tuple[Fact, Slot], after: tuple[Fact, Slot]) -> Diagnostic:
    quotes = [" ".join(f.evidence[0].text.split()) for f, _ in (before, after)]
    return Diagnostic(
        code="AC1005",
        message=f'"{quotes[1]}" contradicts "{quotes[0]}"',
        span=after[1].span.place,
        subject=f"{after[0].kind}.{name}",
        value=str(after[1].value),
        rule="what the text says of one thing holds together",
        help="keep one of the two sentences",
        notes=(Note(message=f'said before: "{quotes[0]}"', span=before[1].span.place),),
    )

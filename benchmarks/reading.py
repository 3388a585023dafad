"""Precision and recall of the rules reader per kind of fact, on the texts in `tests/readers/corpus`.

Run: `python benchmarks/reading.py [seen|unseen]`. With `-v` it lists what was missed and what was wrong. With `speed`
it prints how long it reads a description of 2 kB, and how much of a long text in a second of processor time.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from autocoder.facts import Fact
from autocoder.readers.protocol import Reading
from autocoder.readers.rules import RulesReader

CORPUS = Path(__file__).parent.parent / "tests" / "readers" / "corpus"
REPEATED = frozenset({"does", "object_type", "output_type", "consumer", "rule"})
"""Slots that only say what the word lists say of another slot; expectations leave them out."""

ASIDE = {
    "operation": frozenset({"condition", "message", "summary"}),
    "quality": frozenset({"scope"}),
    "system": frozenset({"purpose"}),
}
"""Slots of a kind that expectations leave open."""


NEWER = frozenset({"reaction", "initial", "from_state"})
"""Kinds and slots that there were not when the unread half was written: nobody wrote down what it states of these."""


@dataclass(kw_only=True)
class Score:
    """Counts per kind of fact, and what went wrong."""

    right: Counter[str] = field(default_factory=Counter)
    read: Counter[str] = field(default_factory=Counter)
    expected: Counter[str] = field(default_factory=Counter)
    remarks: list[str] = field(default_factory=list)

    def add(
        self, name: str, facts: list[tuple[str, dict[str, Any]]], expected: list[tuple[str, dict[str, Any]]]
    ) -> None:
        """Compares the facts of one text with the expected ones; each expected fact counts once."""
        left = list(expected)
        for kind, slots in facts:
            if not slots:
                continue  # it states nothing but what expectations leave open
            self.read[kind] += 1
            match = next((e for e in left if e == (kind, slots)), None)
            if match:
                left.remove(match)
                self.right[kind] += 1
            else:
                self.remarks.append(f"{name}: wrong   {kind} {slots}")
        for kind, _ in expected:
            self.expected[kind] += 1
        self.remarks += [f"{name}: missed  {kind} {slots}" for kind, slots in left]

    def precision(self, kind: str) -> float:
        """Share of the facts read that are right."""
        return self.right[kind] / self.read[kind] if self.read[kind] else 1.0

    def recall(self, kind: str) -> float:
        """Share of the expected facts that were read."""
        return self.right[kind] / self.expected[kind] if self.expected[kind] else 1.0

    @property
    def wrong(self) -> int:
        """How many facts were read that the text does not state."""
        return sum(self.read.values()) - sum(self.right.values())


def texts(half: str) -> list[dict[str, Any]]:
    """The texts of a half: name, text, facts, questions."""
    return YAML(typ="safe").load((CORPUS / f"{half}.yaml").read_text(encoding="utf-8"))


def plain(fact: Fact) -> tuple[str, dict[str, Any]]:
    """A fact as the corpus writes it."""
    aside = REPEATED | ASIDE.get(fact.kind, frozenset())
    return fact.kind, {k: list(v) if isinstance(v, tuple) else v for k, v in fact.values.items() if k not in aside}


def expected(text: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The expected facts of a text."""
    return [(kind, slots) for entry in text["facts"] for kind, slots in entry.items()]


def read(text: str) -> Reading:
    """The reading of a text."""
    return RulesReader().read(text, file="text.md")


def score(half: str) -> Score:
    """The score of one half of the corpus."""
    found = Score()
    for text in texts(half):
        facts = [plain(f) for f in read(text["text"]).facts]
        newer = NEWER if half == "unseen" else frozenset[str]()
        found.add(text["name"], [f for f in facts if not newer & {f[0], *f[1]}], expected(text))
    return found


def table(found: Score) -> str:
    """The figures, a line per kind."""
    kinds = sorted({*found.read, *found.expected})
    lines = [f"{'kind':16}{'expected':>9}{'read':>6}{'precision':>11}{'recall':>8}"]
    for kind in kinds:
        lines.append(
            f"{kind:16}{found.expected[kind]:9}{found.read[kind]:6}{found.precision(kind):11.2f}{found.recall(kind):8.2f}"
        )
    right, read_, wanted = (sum(c.values()) for c in (found.right, found.read, found.expected))
    lines.append(f"{'all':16}{wanted:9}{read_:6}{right / max(read_, 1):11.2f}{right / max(wanted, 1):8.2f}")
    return "\n".join(lines)


def speed() -> str:
    """What reading costs, the word tables already loaded."""
    text = "\n\n".join(t["text"] for t in texts("seen"))
    read("Anyone can add a note.")
    figures: list[str] = []
    for size in (2_000, len(text)):
        start = time.process_time()
        read(text[:size])
        took = time.process_time() - start
        figures.append(f"{size:6} characters: {took:6.3f} s, {size / took / 1000:5.1f} kB a second")
    return "\n".join(figures)


def main(arguments: list[str]) -> None:
    """Prints the figures of the halves that are named, of both without a name."""
    if "speed" in arguments:
        print(speed())
        return
    halves = [a for a in arguments if not a.startswith("-")] or ["seen", "unseen"]
    for half in halves:
        found = score(half)
        print(f"{half}: {len(texts(half))} texts")
        print(table(found))
        if "-v" in arguments:
            print("\n".join(found.remarks))


if __name__ == "__main__":
    main(sys.argv[1:])

"""Reconciles a planned blueprint with the one that people edited: merged where that is clear, asked where it is not.

Owns what people read about it: each change, each conflict with both sides and both reasons. Never drops an edit.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from autocoder.blueprint.entries import Entries
from autocoder.blueprint.format import plain_data
from autocoder.blueprint.load import Loaded
from autocoder.blueprint.merge import MISSING, Change, Conflict, Merging, Side, dotted, renumbered, renumbering
from autocoder.blueprint.model import Requirement
from autocoder.blueprint.positions import Path
from autocoder.blueprint.splice import Kept, replace_scalars, splice
from autocoder.decisions import Decision
from autocoder.diagnostics import Diagnostic, Note, StageFailed, nearest

EVERYTHING = "."
"""Chooses a side for every element."""
_SHOWN = 160


@dataclass(kw_only=True)
class Choices:
    """Whose version of which elements counts: dotted paths, `EVERYTHING` for all. `used` are those that applied."""

    keep: tuple[str, ...] = ()
    take: tuple[str, ...] = ()
    used: set[str] = field(default_factory=set[str])

    def of(self, path: Path) -> Side | None:
        """The side that was chosen for an element."""
        name = dotted(path) or EVERYTHING
        for side, names in ((Side.HAND, self.keep), (Side.PLAN, self.take)):
            if name in names:
                self.used.add(name)
                return side
        return None

    def may_drop(self, path: Path) -> bool:
        """Whether comments on an element may go with it: its new version was chosen over the written one."""
        return any(self.of(path[:end]) is Side.PLAN for end in range(len(path) + 1))

    def check(self, offered: Iterable[str]) -> None:
        """Raises `StageFailed` (AC2055, exit code 2) for a choice about an element that needs none."""
        unused = [name for name in (*self.keep, *self.take) if name not in self.used and name != EVERYTHING]
        known = list(offered)
        found = [
            Diagnostic(
                code="AC2055",
                message=f"{name}: neither side changed an element of this name",
                subject=name,
                value=name,
                help=nearest(name, known) or "there is nothing to choose",
            )
            for name in unused
        ]
        if found:
            raise StageFailed(found, exit_code=2)


@dataclass(frozen=True, kw_only=True)
class Reconciled:
    """The text that holds both sides' changes, and what they are. `diagnostics` are the conflicts."""

    text: str
    changes: tuple[Change, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reconciliation:
    """One file's three versions. `load` reads any of them; `file` is how diagnostics name the file."""

    load: Callable[..., Loaded[Any]]
    file: str
    base: str
    hand: str
    plan: str
    choices: Choices
    decisions: tuple[Decision, ...] = ()

    def run(self) -> Reconciled:
        """The merged file. Raises `StageFailed` where the edited file cannot be read."""
        base, written, plan = (self._load(text) for text in (self.base, self.hand, self.plan))
        data = [plain_data(side.model) for side in (base, written, plan)]
        numbers = renumbering(*(cast("list[Any]", side.get("requirements", [])) for side in data))
        hand = self._load(replace_scalars(written.positions, _new_numbers(written, numbers)))
        old, now, new = renumbered(data[0], numbers), plain_data(hand.model), data[2]
        merging = Merging(choice=self.choices.of)
        merged = merging.value(old, now, new, (), type(hand.model))
        conflicts = list(merging.conflicts)
        text = self.hand
        if not conflicts:
            try:
                text = splice(hand.positions, now, merged, type(hand.model), self.choices.may_drop)
            except Kept as kept:
                conflicts.append(_at(kept.path, old, now, new))
        self._hold(text, merged, conflicts)
        reasons = _Reasons(written=written, plan=plan, decisions=self.decisions)
        return Reconciled(
            text=text,
            changes=tuple(merging.changes),
            diagnostics=tuple(reasons.conflict(conflict) for conflict in conflicts),
        )

    def _load(self, text: str) -> Loaded[Any]:
        return self.load(text, file=self.file)

    def _hold(self, text: str, merged: Any, conflicts: list[Conflict]) -> None:
        """The new text says what was merged, whatever it looks like."""
        if conflicts:
            return
        try:
            if plain_data(self._load(text).model) == merged:
                return
        except StageFailed:
            pass
        help_ = "write out what anchors and aliases stand for, and keys after `? `"
        message = f"{self.file}: its layout cannot take the changes of the text"
        raise StageFailed([Diagnostic(code="AC2056", message=message, subject=self.file, help=help_)])


def _new_numbers(written: Loaded[Any], numbers: dict[str, str]) -> dict[Path, str]:
    """The places of all requirements' numbers that change."""
    found: dict[Path, str] = {}
    for path, place in written.positions.places.items():
        numbered = path[:1] == ("requirements",) and path[2:] == ("id",)
        named = path[-2:-1] == ("satisfies",) and isinstance(path[-1], int)
        old = place.value.scalar or ""
        if (numbered or named) and numbers.get(old, old) != old:
            found[path] = numbers[old]
    return found


def _at(path: Path, *sides: Any) -> Conflict:
    base, hand, plan = (_value(side, path) for side in sides)
    return Conflict(path=path, base=base, hand=hand, plan=plan, why="a comment of yours would have to go with it")


def _value(data: Any, path: Path) -> Any:
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return MISSING
    return data


@dataclass(frozen=True, kw_only=True)
class _Reasons:
    """Why each side says what it says."""

    written: Loaded[Any]
    plan: Loaded[Any]
    decisions: tuple[Decision, ...]

    def conflict(self, conflict: Conflict) -> Diagnostic:
        """A conflict with both sides and both reasons."""
        name = dotted(conflict.path)
        what = conflict.why or "you and the text changed it in different ways"
        comment = Entries(text=self.written.positions.text, places=self.written.positions.places).comment(conflict.path)
        mine = f'your comment says "{comment}"' if comment else "changed by hand, no comment there says why"
        return Diagnostic(
            code="AC2052",
            message=f"{name}: {what}",
            span=self.written.positions.span(*conflict.path, key=conflict.hand is MISSING),
            subject=name,
            value=shown(conflict.hand),
            help=f"decide: `autocoder plan --keep {name}` for yours, `--take {name}` for the text's",
            notes=(
                Note(message=f"before:   {shown(conflict.base)}"),
                Note(message=f"yours:    {shown(conflict.hand)}  ({mine})"),
                Note(message=f"the text: {shown(conflict.plan)}  ({self.because(conflict.path)})"),
            ),
        )

    def because(self, path: Path) -> str:
        """The decision about an element, else the sentences that it satisfies."""
        for end in range(len(path), 0, -1):
            name = dotted(path[:end])
            decision = next((d for d in self.decisions if d.subject == name), None)
            if decision is not None:
                return decision.because
            numbers = _value(plain_data(self.plan.model), (*path[:end], "satisfies"))
            if isinstance(numbers, list):
                asked: tuple[Requirement, ...] = self.plan.model.requirements
                texts = {r.id: f'{r.id}, line {r.line}: "{r.text}"' for r in asked}
                return "; ".join(texts.get(number, number) for number in cast("list[str]", numbers))
        return "this is what the text leads to"


def shown(value: Any) -> str:
    """A value on one line, in words where there is none."""
    if value is MISSING:
        return "not there"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def summary(changes: Iterable[Change]) -> list[str]:
    """A line for each change: the plan's with a sign, those of people marked as staying."""
    lines: list[str] = []
    for change in changes:
        name = dotted(change.path) or "everything"
        if change.side is Side.HAND:
            lines.append(f"= {name}: yours stays: {shown(change.after)}")
        elif change.before is MISSING:
            lines.append(f"+ {name}: {shown(change.after)}")
        elif change.after is MISSING:
            lines.append(f"- {name}: {shown(change.before)}")
        else:
            lines.append(f"~ {name}: {shown(change.before)} -> {shown(change.after)}")
    return lines

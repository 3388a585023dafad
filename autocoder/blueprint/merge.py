"""Merges what people wrote into a blueprint with what a new plan proposes, element by element.

Three sides: the base (what was planned last), the hand (the file as it is) and the plan (what the text leads to now).
Owns which side counts where. Refuses to choose where both changed the same element in different ways.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, cast

from autocoder.blueprint.annotations import inside_of, model_of
from autocoder.blueprint.positions import Path


class Side(StrEnum):
    """Who changed an element."""

    HAND = "hand"
    PLAN = "plan"


@dataclass(frozen=True)
class Missing:
    """An element that a side does not have."""


MISSING = Missing()
Data = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Change:
    """An element that one side changed and the other did not: the other's value, and the one that counts."""

    path: Path
    side: Side
    before: Any
    after: Any


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """An element that both sides changed differently. `why` says what else stands in the way, "" for nothing."""

    path: Path
    base: Any
    hand: Any
    plan: Any
    why: str = ""


Choice = Callable[[Path], Side | None]
"""Whose version of an element a person chose, None where nobody chose."""


def dotted(path: Path) -> str:
    """A path as people write it."""
    return ".".join(str(part) for part in path)


@dataclass(kw_only=True)
class Merging:
    """One merge. `changes` and `conflicts` fill while `value` runs."""

    choice: Choice
    changes: list[Change] = field(default_factory=list[Change])
    conflicts: list[Conflict] = field(default_factory=list[Conflict])

    def value(self, base: Any, hand: Any, plan: Any, path: Path, annotation: Any) -> Any:
        """The merged value; the hand's where there is a conflict."""
        chosen = self.choice(path)
        if chosen is None and hand == plan:
            return hand
        if chosen is None and _maps(hand, plan) and (_maps(base) or model_of(annotation, hand) is None):
            return self._map(base if _maps(base) else {}, hand, plan, path, annotation)
        if chosen is None and _listed(hand, plan) and _by_id(base, hand, plan):
            return self._rows(base if _listed(base) else [], hand, plan, path, annotation)
        if chosen is not None or hand == base or plan == base:
            return self._one(base, hand, plan, path, chosen)
        if _listed(hand, plan):
            return self._list(base if _listed(base) else [], hand, plan, path)
        return self._conflict(base, hand, plan, path)

    def _one(self, base: Any, hand: Any, plan: Any, path: Path, chosen: Side | None) -> Any:
        """The side that counts where only one changed, or where a person chose."""
        side = chosen or (Side.HAND if plan == base else Side.PLAN)
        taken, other = (hand, plan) if side is Side.HAND else (plan, hand)
        if taken != other:
            self.changes.append(Change(path=path, side=side, before=other, after=taken))
        return taken

    def _conflict(self, base: Any, hand: Any, plan: Any, path: Path) -> Any:
        self.conflicts.append(Conflict(path=path, base=base, hand=hand, plan=plan))
        return hand

    def _map(self, base: Data, hand: Data, plan: Data, path: Path, annotation: Any) -> Data:
        merged: Data = {}
        for key in _in_order(list(hand), list(plan)):
            sides = (base.get(key, MISSING), hand.get(key, MISSING), plan.get(key, MISSING))
            value = self.value(*sides, (*path, key), inside_of(annotation, hand, key))
            if value is not MISSING:
                merged[key] = value
        return merged

    def _rows(self, base: list[Any], hand: list[Any], plan: list[Any], path: Path, annotation: Any) -> list[Any]:
        """Rows with an id: each is an element."""
        first, second, third = ({str(row["id"]): row for row in side} for side in (base, hand, plan))
        return list(self._map(first, second, third, path, dict[str, inside_of(annotation, None, 0)]).values())

    def _list(self, base: list[Any], hand: list[Any], plan: list[Any], path: Path) -> Any:
        if path[-1:] == ("satisfies",):
            return self._set(base, hand, plan, path)
        merged = merged_lists(base, hand, plan)
        if merged is None:
            return self._conflict(base, hand, plan, path)
        self.changes.append(Change(path=path, side=Side.PLAN, before=hand, after=merged))
        return merged

    def _set(self, base: list[Any], hand: list[Any], plan: list[Any], path: Path) -> list[Any]:
        """What no side removed, and what either added."""
        merged = [item for item in _in_order(hand, plan) if (item in hand and item in plan) or item not in base]
        self.changes.append(Change(path=path, side=Side.PLAN, before=hand, after=merged))
        return merged


def _maps(*values: Any) -> bool:
    return all(isinstance(value, dict) for value in values)


def _listed(*values: Any) -> bool:
    return all(isinstance(value, list) for value in values)


def _by_id(*values: Any) -> bool:
    """Whether all rows of these lists have an id; a side without the list has no rows."""
    rows: list[Any] = [row for value in values if isinstance(value, list) for row in cast("list[Any]", value)]
    return bool(rows) and all(isinstance(row, dict) and "id" in row for row in rows)


def _in_order(first: Sequence[Any], second: Sequence[Any]) -> list[Any]:
    """All of the first in its order; what only the second has follows what it follows there."""
    found = list(first)
    for index, item in enumerate(second):
        if item not in found:
            before = next((found.index(other) for other in reversed(second[:index]) if other in found), -1)
            found.insert(before + 1, item)
    return found


def merged_lists(base: Sequence[Any], hand: Sequence[Any], plan: Sequence[Any]) -> list[Any] | None:
    """The merged list, None where both changed the same stretch in different ways."""
    merged: list[Any] = []
    at = (0, 0, 0)
    for stable in (*_stable(base, hand, plan), (len(base), len(hand), len(plan))):
        stretches = [list(side[start:end]) for side, start, end in zip((base, hand, plan), at, stable, strict=True)]
        old, ours, theirs = stretches
        if theirs in (old, ours):
            merged += ours
        elif ours == old:
            merged += theirs
        else:
            return None
        if stable[0] < len(base):
            merged.append(base[stable[0]])
        at = (stable[0] + 1, stable[1] + 1, stable[2] + 1)
    return merged


def _stable(base: Sequence[Any], hand: Sequence[Any], plan: Sequence[Any]) -> Iterator[tuple[int, int, int]]:
    """The positions of items that all three have in common."""
    ours, theirs = _same(base, hand), _same(base, plan)
    for index in range(len(base)):
        if index in ours and index in theirs:
            yield index, ours[index], theirs[index]


def _same(old: Sequence[Any], new: Sequence[Any]) -> dict[int, int]:
    """Position in the old list to position of the same item in the new one."""
    keys = [[json.dumps(item, sort_keys=True) for item in side] for side in (old, new)]
    blocks = difflib.SequenceMatcher(None, *keys, autojunk=False).get_matching_blocks()
    return {block.a + step: block.b + step for block in blocks for step in range(block.size)}


# Requirements are numbered in the order of the text, so a new sentence moves the numbers of all that follow.


def renumbering(
    base: Sequence[Mapping[str, Any]], hand: Sequence[Mapping[str, Any]], plan: Sequence[Any]
) -> dict[str, str]:
    """The number that each requirement of base and hand has in the plan.

    A sentence keeps its identity where its text is the same, or nearly the same between the same neighbours; what is
    not in the plan gets a number that is free there.
    """
    numbers: dict[str, str] = {}
    free = {str(row["id"]): str(row["text"]) for row in plan}
    for row in base:
        same = next((number for number, text in free.items() if text == row["text"]), None)
        if same is not None:
            numbers[str(row["id"])] = same
            del free[same]
    for row in base:
        if str(row["id"]) not in numbers:
            close = difflib.get_close_matches(str(row["text"]), list(free.values()), n=1, cutoff=0.6)
            if close:
                number = next(number for number, text in free.items() if text == close[0])
                numbers[str(row["id"])] = number
                del free[number]
    taken = {str(row["id"]) for row in plan}
    for row in (*base, *hand):
        old = str(row["id"])
        if old not in numbers:
            numbers[old] = old if old not in taken else _fresh(taken)
            taken.add(numbers[old])
    return numbers


def _fresh(taken: set[str]) -> str:
    return f"R{max((int(number[1:]) for number in taken), default=0) + 1}"


def renumbered(data: Any, numbers: Mapping[str, str], key: str = "") -> Any:
    """Plain data with the numbers of its requirements replaced, wherever they stand."""
    match data:
        case dict():
            rows = cast("dict[str, Any]", data)
            return {name: renumbered(value, numbers, name) for name, value in rows.items()}
        case list() if key == "satisfies":
            return [numbers.get(str(item), item) for item in cast("list[Any]", data)]
        case list() if key == "requirements":
            rows = cast("list[dict[str, Any]]", data)
            return [{**row, "id": numbers.get(str(row["id"]), row["id"])} for row in rows]
        case list():
            return [renumbered(item, numbers) for item in cast("list[Any]", data)]
        case _:
            return data

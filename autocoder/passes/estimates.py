"""What operations take by the bundle's cost table: time along their longest path, and what carries them.

Estimates for sizing and for people who review. The performance gate measures.
"""

from __future__ import annotations

from dataclasses import dataclass

from autocoder.bundles.bundle import Costs
from autocoder.ir.behaviour import Choose, Invoke, Steps
from autocoder.ir.nodes import Budget, Operation

HASHING = ("hash_password", "check_password")


@dataclass(frozen=True, kw_only=True)
class LongestPath:
    """The time of the longest path through an operation, part by part: what, how often, and microseconds of one."""

    parts: tuple[tuple[str, int, int], ...]

    @property
    def microseconds(self) -> int:
        """All parts together."""
        return sum(times * each for _, times, each in self.parts)

    def __str__(self) -> str:
        shown = (
            f"{what} {each} µs" if times == 1 else f"{times} x {what} {each} µs" for what, times, each in self.parts
        )
        return " + ".join(shown)


def longest_path(operation: Operation, budget: Budget, costs: Costs) -> LongestPath:
    """The request itself, the statements that its budget allows, and the password hashes of its longest branch."""
    parts = [("request", 1, costs.request_us)]
    if budget.queries:
        parts.append(("statement", budget.queries, costs.statement_us + costs.hop_us))
    if hashes := _hashes(operation.steps):
        parts.append(("password hash", hashes, costs.password_hash_us))
    return LongestPath(parts=tuple(parts))


def _hashes(steps: Steps) -> int:
    found = 0
    for step in steps:
        match step:
            case Invoke(target=target):
                found += target in HASHING
            case Choose():
                found += max(_hashes(step.then), _hashes(step.otherwise))
            case _:
                pass
    return found

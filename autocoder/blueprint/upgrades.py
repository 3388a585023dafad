"""Reads files of earlier versions of the blueprint's shape: named steps, each from one version to the next.

A step is added with the version that makes it needed, and stays. There was no earlier version yet.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Data = dict[str, Any]
OLDEST = (1, 0)
"""The first version (major, minor) that the steps lead on from."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One change of a file's shape. `to` is the version that made it (major, minor); `what` says it to people."""

    name: str
    file: Literal["architecture", "deployment"]
    to: tuple[int, int]
    what: str
    apply: Callable[[Data], None]


STEPS: tuple[Step, ...] = ()
"""All steps in the order in which they are applied."""


def upgrade(data: Data, file: str, version: tuple[int, int]) -> tuple[Data, tuple[Step, ...]]:
    """The data of a file of that version as today's, and the steps that were taken."""
    taken = tuple(step for step in STEPS if step.file == file and version < step.to)
    if taken:
        data = copy.deepcopy(data)
    for step in taken:
        step.apply(data)
    return data, taken

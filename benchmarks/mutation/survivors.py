"""Why a mutant may survive: classes of changes that no test should notice, each decided by a rule.

A rule sees the statement before and after and the names of the calls around the change. What fits no rule is a gap.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Mutant = dict[str, Any]

_FALSY = r"(None|False|0|0\.0|\"\"|''|\[\]|\{\})"
_TUNING = re.compile(
    r"^(ATTEMPTS|BATCH|TRUSTED_SECONDS|[A-Z_]*(SECONDS|PAUSE|LEASE|TIMEOUT|SIZE|BUCKETS|LIMIT)) ?=|\bbuckets="
    r"|\b(timeout|pool_size|max_overflow|backlog|min_size|max_size)="
)
_UNSEEN = re.compile(r"(TypeVar|ParamSpec)\(|\bcast\(\"|^@wraps|^@?functools\.wraps")


def _calls(*names: str) -> Callable[[Mutant], bool]:
    return lambda mutant: any(re.fullmatch(name, call) for name in names for call in mutant["calls"])


def _only_case(mutant: Mutant) -> bool:
    return mutant["operator"] == "string" and mutant["before"].lower() == mutant["after"].lower()


CLASSES: tuple[tuple[str, Callable[[Mutant], bool]], ...] = (
    ("what a line of the log says is for people", _calls(r"log\.\w+", r"logger\.\w+")),
    (
        "the help of a metric or of a command is for people",
        _calls("Gauge", "Counter", "Histogram", r".*ArgumentParser"),
    ),
    ("the words of an error are for people", _calls(r"\w*Error", "Failure", "Missing", "Invalid", "Unavailable")),
    ("a name that only type checkers read", lambda mutant: bool(_UNSEEN.search(mutant["before"].strip()))),
    (
        "how often and how long something is tried is tuning",
        lambda mutant: bool(_TUNING.search(mutant["before"].strip())),
    ),
    (
        "SQL does not tell capitals",
        lambda mutant: _only_case(mutant) and _calls(r".*execute", r".*exec_driver_sql")(mutant),
    ),
)
"""Each class with the rule that decides it, the first that fits."""


def reason(mutant: Mutant) -> str:
    """The class of a survivor."""
    return next((name for name, fits in CLASSES if fits(mutant)), "a gap: a test should find it")

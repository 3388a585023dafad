"""Why a mutant may survive: classes of changes that no test should notice, each decided by a rule.

A rule sees the statement before and after, the operator, and what is called around the change. What fits no rule is a
gap in the tests.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Mutant = dict[str, Any]
Rule = Callable[[Mutant], bool]

FAILURES = ("Invalid", "Unauthenticated", "Forbidden", "Missing", "Conflict", "Limited", "Unavailable", r"\w*Error")


def called(*names: str) -> Rule:
    """The change is within a call of one of these."""
    return lambda mutant: any(re.fullmatch(name, call) for name in names for call in mutant["calls"])


def stands(pattern: str) -> Rule:
    """The statement looks like this."""
    return lambda mutant: bool(re.search(pattern, mutant["before"].strip()))


def of_text(rule: Rule) -> Rule:
    """The change is one of a text, and a rule fits."""
    return lambda mutant: mutant["operator"] == "string" and rule(mutant)


def only_capitals(mutant: Mutant) -> bool:
    """A text with other capitals."""
    return mutant["operator"] == "string" and mutant["before"].lower() == mutant["after"].lower()


def in_sql(mutant: Mutant) -> bool:
    """SQL as a text: a statement that is run, or a pragma of a list."""
    return called(r".*\.execute", r".*exec_driver_sql")(mutant) or stands(r'^"[a-z_]+ = \w+",$')(mutant)


def unasked_arm(mutant: Mutant) -> bool:
    """What stands for an error of another class, which the framework never passes: the type checker asks for it."""
    head = mutant["before"].partition(" else ")[0]
    return "isinstance(error" in head and mutant["after"].startswith(f"{head} else ")


def instead(old: str, new: str) -> Rule:
    """One thing in the place of another."""
    return lambda mutant: mutant["after"] == mutant["before"].replace(old, new)


CLASSES: dict[str, Rule] = {
    "what a line of the log says is for people": called(r"log\.\w+"),
    "the help of a metric or of a command is for people": of_text(
        called("Gauge", "Counter", "Histogram", r".*ArgumentParser")
    ),
    "the words of a failure are for people": of_text(called(*FAILURES)),
    "a sentence that failures share is for people": of_text(stands(r'^[A-Z_]+ = "(\S+ ){2,}')),
    "only type checkers read the name": called("TypeVar", "ParamSpec", "cast"),
    "how often something is tried, and how finely it is measured, is tuning": stands(r"^[A-Z_]+ = \d+$|^buckets="),
    "only type checkers ask for the other arm": unasked_arm,
    "SQL does not tell capitals": lambda mutant: only_capitals(mutant) and in_sql(mutant),
    "any text that nothing looks for can stand for an absent one": instead('or ""', 'or "XXXX"'),
    "a reply that is ready reads nothing": instead("(scope, receive, send", "(scope, None, send"),
}
"""Each class with the rule that decides it; the first that fits is the reason."""


def reason(mutant: Mutant) -> str:
    """Why a mutant survived."""
    return next((name for name, fits in CLASSES.items() if fits(mutant)), "a gap: a test should find it")

"""What a rule is: an id, its words (a diagnostic code), a scope, and a look at everything it is about."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from autocoder.diagnostics import Diagnostic, Severity, Span, lookup

S = TypeVar("S")

_SECRET_NAME = re.compile(
    r"(^|_)(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|(?<!PUBLIC_)KEY|CREDENTIALS?)$", re.IGNORECASE
)
_CREDENTIALS_IN_URL = re.compile(r"://[^/@\s:]*:[^/@\s]+@")


class Scope(StrEnum):
    """The earliest stage that can see what a rule is about."""

    DESIGN = "design"
    MANIFEST = "manifest"
    SOURCE = "source"


@dataclass(frozen=True, kw_only=True)
class Look:
    """One thing that a rule looked at: `problem` says what is wrong with it, "" for nothing.

    `subject` is the thing's dotted path in the blueprint, or its file.
    """

    subject: str
    problem: str = ""
    value: str | None = None
    span: Span | None = None
    severity: Severity | None = None


@dataclass(frozen=True, kw_only=True)
class Rule(Generic[S]):
    """A rule over subjects of type `S`. Its title, reason and fix are those of its diagnostic code."""

    id: str
    code: str
    scope: Scope
    look: Callable[[S], Iterable[Look]]
    severity: Severity = Severity.ERROR

    @property
    def title(self) -> str:
        """What must hold, in a clause."""
        return lookup(self.code).title

    @property
    def because(self) -> str:
        """Why it must hold."""
        return lookup(self.code).why

    @property
    def fix(self) -> str:
        """What to do where it does not."""
        return lookup(self.code).fix

    def finding(self, look: Look) -> Diagnostic:
        """The diagnostic of a problem. Its `rule` starts with the rule's id, which is what a waiver names."""
        return Diagnostic(
            code=self.code,
            message=f"{look.subject}: {look.problem}",
            span=look.span,
            subject=look.subject,
            value=look.value,
            rule=f"{self.id} {self.title}",
            help=self.fix,
            severity=look.severity or self.severity,
        )


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What an evaluation found, and how many looks it took. Iterates over the findings."""

    findings: tuple[Diagnostic, ...]
    checks: int

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)


def evaluate(rules: Iterable[Rule[S]], subject: S) -> Evaluation:
    """Applies rules in order; findings come sorted by place."""
    looks = [(rule, look) for rule in rules for look in rule.look(subject)]
    found = [rule.finding(look) for rule, look in looks if look.problem]
    return Evaluation(findings=tuple(sorted(found, key=lambda d: d.order)), checks=len(looks))


def holds_secret(name: str, value: str) -> bool:
    """Whether a variable with a literal value looks like a secret in the open. A reference to a variable is none."""
    if not value or value.startswith("${"):
        return False
    return bool(_SECRET_NAME.search(name) or (_CREDENTIALS_IN_URL.search(value) and "${" not in value))

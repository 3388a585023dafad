"""The diagnostic itself, and the collector that a stage fills before it stops."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from autocoder.diagnostics.catalogue import lookup


class Severity(StrEnum):
    """How much a diagnostic weighs. Only an error stops a stage."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, kw_only=True, order=True)
class Span:
    """A stretch of a text file. Lines and columns count from 1; columns count code points; the end is exclusive.

    `file` is a POSIX path relative to the workspace or project, never absolute, so that reports are reproducible.
    """

    file: str
    line: int
    column: int
    end_line: int | None = None
    end_column: int | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, kw_only=True)
class Note:
    """A second place or fact that explains a diagnostic."""

    message: str
    span: Span | None = None


@dataclass(frozen=True, kw_only=True)
class Diagnostic:
    """One finding.

    `subject` is the dotted path or file that the finding is about, `value` what stands there, `rule` the constraint
    in one clause, `help` the next step. `message` alone must make sense on one line.
    """

    code: str
    message: str
    span: Span | None = None
    subject: str = ""
    value: str | None = None
    rule: str = ""
    help: str = ""
    severity: Severity = Severity.ERROR
    notes: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        lookup(self.code)

    @property
    def order(self) -> tuple[str, int, int, str, str, str]:
        """Sort key: file, line, column, code, subject, message."""
        span = self.span
        file, line, column = (span.file, span.line, span.column) if span else ("", 0, 0)
        return (file, line, column, self.code, self.subject, self.message)


class StageFailed(Exception):
    """A stage found errors. Carries every diagnostic of the stage, warnings included.

    `exit_code` is what the command line answers: 1 for diagnostics, 2 for open questions or usage, 3 for a gate,
    4 for a missing tool.
    """

    def __init__(self, diagnostics: Iterable[Diagnostic], *, exit_code: int = 1) -> None:
        self.diagnostics: tuple[Diagnostic, ...] = tuple(sorted(diagnostics, key=lambda d: d.order))
        self.exit_code = exit_code
        super().__init__("; ".join(f"{d.code} {d.message}" for d in self.diagnostics) or "stage failed")


@dataclass(kw_only=True)
class Diagnostics:
    """The collector of one stage: everything is reported, then the stage stops."""

    items: list[Diagnostic] = field(default_factory=list[Diagnostic])
    _known: set[Diagnostic] = field(default_factory=set[Diagnostic])

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @property
    def errors(self) -> list[Diagnostic]:
        """The diagnostics that stop the stage."""
        return [d for d in self.items if d.severity is Severity.ERROR]

    def add(self, diagnostic: Diagnostic) -> None:
        """Takes one diagnostic; the same one twice counts once."""
        if diagnostic not in self._known:
            self._known.add(diagnostic)
            self.items.append(diagnostic)

    def error(self, code: str, message: str, span: Span | None = None, **details: str) -> None:
        """Adds an error; `details` are `subject`, `value`, `rule`, `help`."""
        self.add(Diagnostic(code=code, message=message, span=span, **details))  # pyright: ignore[reportArgumentType]

    def warning(self, code: str, message: str, span: Span | None = None, **details: str) -> None:
        """Adds a warning; `details` as for `error`."""
        self.add(
            Diagnostic(code=code, message=message, span=span, severity=Severity.WARNING, **details)  # pyright: ignore[reportArgumentType]
        )

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Takes many."""
        for diagnostic in diagnostics:
            self.add(diagnostic)

    def stop(self, *, exit_code: int = 1) -> None:
        """Raises `StageFailed` with everything collected if there is an error among it."""
        if self.errors:
            raise StageFailed(self.items, exit_code=exit_code)


def nearest(word: str, known: Iterable[str]) -> str:
    """The closest known word as a hint, or the whole list if none is close; empty without known words.

    >>> nearest("acess", ["access", "input"])
    'did you mean "access"?'
    >>> nearest("zzz", ["b", "a"])
    'known here: a, b'
    """
    choices = sorted(set(known))
    if not choices:
        return ""
    close = difflib.get_close_matches(word, choices, n=1)
    return f'did you mean "{close[0]}"?' if close else "known here: " + ", ".join(choices)

"""What a gate answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from autocoder.diagnostics import Diagnostic

NO_SANDBOX = "none needed"
"""The sandbox level of a gate that ran nothing."""


class Status(StrEnum):
    """`COULD_NOT_RUN` stops a build exactly as `FAILED` does."""

    OK = "ok"
    FAILED = "failed"
    COULD_NOT_RUN = "could not run"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A gate's answer.

    `checks` counts what was really checked; zero checks are never ok. `summary` is the short text shown beside the
    status ("64 tests, postgresql 18.4"). `measures` are numbers of this run (seconds, counts, bytes) and go into the
    attestation, never into the archive. `sandbox` is the level that the generated code ran at, "none needed" where
    none of it ran. `tools` maps what took part and is not autocoder's own (a database) to its version.
    """

    gate: str
    status: Status
    checks: int
    summary: str
    sandbox: str
    findings: tuple[Diagnostic, ...] = ()
    measures: Mapping[str, float] = field(default_factory=dict[str, float])
    tools: Mapping[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        if self.status is Status.OK and (self.checks == 0 or any(d.severity == "error" for d in self.findings)):
            raise ValueError(f"gate {self.gate} cannot be ok: {self.checks} checks, {len(self.findings)} findings")

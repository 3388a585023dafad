"""What every gate is given: the emitted workspace, the IR's views, the environment, the sandbox."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from autocoder.diagnostics import StageFailed
from autocoder.gates.verdict import Verdict
from autocoder.gates.waivers import Waiver
from autocoder.tools.sandbox import Origin, Sandbox

if TYPE_CHECKING:
    from autocoder.gates.measurement import Measurement
    from autocoder.ir.views import Views

_NOT_EMITTED = frozenset({".autocoder", ".git", "dist", "__pycache__", ".venv"})


@dataclass(frozen=True, kw_only=True)
class GateContext:
    """One emitted workspace and what is needed to ask about it.

    `workspace` holds `generated/`, `deployments/`, `migrations/`, `architecture.yaml` …; `package` is the Python
    package below `generated/src`; `environment` the Python of the gates' environment; `origin` the least trusted
    author of the code; `decided` the subjects of decisions that somebody stated or approved; `previous` the measures of
    the last signed build and `baseline` its archive (empty: there is none).
    """

    workspace: Path
    package: str
    views: Views
    environment: Path
    sandbox: Sandbox
    today: datetime.date
    kubernetes_versions: tuple[str, ...]
    waivers: tuple[Waiver, ...] = ()
    origin: Origin = Origin.COMPILER
    decided: frozenset[str] = frozenset()
    previous: Mapping[str, float] = field(default_factory=dict[str, float])
    baseline: str = ""

    def files(self) -> Iterator[Path]:
        """Every emitted file, in path order; links are not followed."""
        for path in sorted(self.workspace.rglob("*")):
            inside = path.relative_to(self.workspace).parts
            if path.is_file() and not path.is_symlink() and not _NOT_EMITTED & set(inside):
                yield path

    def name(self, path: Path) -> str:
        """A file's name in reports: relative to the workspace."""
        return path.relative_to(self.workspace).as_posix()

    @property
    def measurement(self) -> Measurement:
        """What the service's benchmark measured: run once, and shared by the gates that ask. Raises `StageFailed`."""
        if isinstance(self._measured, StageFailed):
            raise self._measured
        return self._measured

    @cached_property
    def _measured(self) -> Measurement | StageFailed:
        from autocoder.gates.measurement import measure  # the module needs this one

        try:
            return measure(self)
        except StageFailed as failed:
            return failed


class Gate(Protocol):
    """A question about an emitted workspace.

    `alone` gates measure time: they run one after the other, when nothing else runs.
    """

    @property
    def name(self) -> str:
        """The gate's name in reports and in the registry."""
        ...

    @property
    def alone(self) -> bool:
        """Whether nothing else may run at the same time."""
        ...

    def apply(self, context: GateContext) -> Verdict:
        """The answer. Raises `StageFailed` where the gate could not run."""
        ...

"""What the runs of one command share: a temporary folder, the snapshot that they start from, and what works here."""

from __future__ import annotations

import itertools
import os
import tempfile
import threading
from collections.abc import Generator as Yields
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from autocoder.diagnostics import Diagnostic, StageFailed
from autocoder.gen import confinement as confining
from autocoder.gen import stress
from autocoder.gen.confinement import Confinement, Job, Layout, Level
from autocoder.gen.copies import Copier, Start, children, remove
from autocoder.gen.index import Generator
from autocoder.gen.probe import probe
from autocoder.gen.project import Project
from autocoder.gen.run import Run, execute
from autocoder.gen.stress import Axes, Axis
from autocoder.gen.toolchain import Toolchain
from autocoder.gen.trees import Entries, Entry, Kind, with_parents

PARTLY = "but not for time()"


@dataclass(kw_only=True)
class Session:
    """Made by `opened`. `wanted` are the paths that the runs may see between them; None for all."""

    project: Project
    wanted: frozenset[str] | None
    x07: bool
    folder: Path
    copier: Copier = field(default_factory=Copier)
    stopped: threading.Event = field(default_factory=threading.Event)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.etc = confining.write_etc(self.folder / "etc")
        self.locale = stress.other_locale()
        self.confinement: Confinement = probe(self.folder / "probe", self.etc)
        entries = self.project.entries
        if self.wanted is not None:
            entries = {path: entry for path, entry in entries.items() if path in self.wanted}
        self.base: Path | None = None
        if self.confinement.level is Level.OVERLAY:
            self.base = self.folder / "snapshot"
            self.base.mkdir()
            entries = self.copier.fill(self.base, entries)
        self.entries: Entries = entries
        self.ordered = tuple(sorted(entries))
        self.children = children(self.ordered)

    def words(self, axis: Axis) -> str:
        """An axis as the report names it, with how far it could be stressed here."""
        match axis:
            case Axis.LOCALE:
                return f"{axis} ({self.locale})"
            case Axis.CLOCK if not self.confinement.whole_clock:
                return f"{axis} ({PARTLY})"
            case _:
                return str(axis)

    def start(self, *, hidden: frozenset[str], put: Entries, outputs: Sequence[str]) -> Start:
        """What a run finds; the folders above its outputs are always there."""
        missing = (path for path in with_parents(outputs) if path not in self.entries and path not in outputs)
        folders = {path: Entry(kind=Kind.FOLDER, source=self.folder) for path in missing}
        return Start(entries=self.entries, ordered=self.ordered, hidden=hidden, put={**folders, **put})

    def run(
        self,
        generator: Generator,
        tool: Toolchain,
        argv: Sequence[str],
        start: Start,
        *,
        label: str,
        axes: Axes = stress.NONE,
        under_sandlock: bool = False,
    ) -> Run:
        """Runs one command of a generator in a copy of its own. Raises `OSError` where that cannot be done."""
        number = next(self.numbers)
        layout = Layout(run=self.folder / f"{number:04}-{generator.id}-{label}", base=self.base, axes=axes)
        job = Job(
            argv=(str(tool.program), *argv),
            layout=layout,
            readable=(*tool.readable, *shown_folders(generator)),
            etc=self.etc,
            processor=number % (os.cpu_count() or 1),
            under_sandlock=under_sandlock,
        )
        home = confining.home(self.confinement, layout)
        env = stress.environment(generator, axes, x07=self.x07, path=tool.path, home=home, locale=self.locale)
        return execute(
            self.confinement,
            job,
            start,
            env=env,
            copier=self.copier,
            timeout=generator.timeout,
            stop=self.stopped,
        )


def shown_folders(generator: Generator) -> tuple[Path, ...]:
    """Folders outside the project that the index shows to a generator, by passing a variable that names one."""
    values = stress.passed(generator).values()
    return tuple(Path(value) for value in values if value.startswith("/") and Path(value).is_dir())


@contextmanager
def opened(project: Project, *, x07: bool, wanted: frozenset[str] | None, keep: bool) -> Yields[Session]:
    """A session in a temporary folder, which is removed at the end unless it is to be kept."""
    folder = Path(tempfile.mkdtemp(prefix="autocoder-gen-"))
    try:
        try:
            session = Session(project=project, wanted=wanted, x07=x07, folder=folder)
        except OSError as error:
            message = f"the project cannot be copied: {error.strerror or error}"
            raise StageFailed([Diagnostic(code="AC7207", message=message)], exit_code=4) from None
        yield session
    finally:
        if not keep:
            remove(folder)

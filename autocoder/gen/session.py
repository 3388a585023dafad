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
from autocoder.gen.copies import Copier, Start, children, not_in, remove
from autocoder.gen.index import Generator
from autocoder.gen.probe import probe
from autocoder.gen.project import Project
from autocoder.gen.reordering import reordered
from autocoder.gen.run import Run, execute
from autocoder.gen.stress import Axes, Axis
from autocoder.gen.toolchain import Toolchain
from autocoder.gen.trees import Entries, Entry, Kind, stamps, with_parents

PARTLY = "but not for time()"
_TRIAL_SECONDS = 20


@dataclass(kw_only=True)
class Session:
    """Made by `opened`. `wanted` are the paths that the runs may see between them; None for all. `stressed` says that
    there will be second runs.
    """

    project: Project
    wanted: frozenset[str] | None
    x07: bool
    stressed: bool
    folder: Path
    copier: Copier = field(default_factory=Copier)
    stopped: threading.Event = field(default_factory=threading.Event)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.etc = confining.write_etc(self.folder / "etc")
        self.locale = stress.other_locale()
        self.confinement: Confinement = probe(self.folder / "probe", self.etc)
        self.entries: Entries = self.project.entries
        self.hidden: frozenset[str] = frozenset()
        self.base: Path | None = None
        self.stamps = stamps(self.entries)
        if self.confinement.level is Level.OVERLAY and not self._lies_over_the_project():
            self._take_snapshot()
        self.reordered = self._reordered()
        self.ordered = tuple(sorted(self.entries))
        self.children = children(self.ordered)

    def _lies_over_the_project(self) -> bool:
        """Puts the overlay over the project itself where that works: it needs no copy at all.

        Not where files belong to others (they could not be written inside a user namespace), nor where the upper layer
        would stand in the lower one; and tried, for some file systems cannot be a lower layer.
        """
        root, owner = self.project.root, os.geteuid()
        others = any(stamp is None or stamp.owner != owner for stamp in self.stamps.values())
        if others or self.folder.is_relative_to(root):
            return False
        self.base, self.hidden = root, not_in(root, self.entries)
        layout = Layout(run=self.folder / "over-project", base=root, axes=stress.NONE)
        argv = (confining.own_python(), "-I", "-S", "-c", "import os; print('\\0'.join(sorted(os.listdir())), end='')")
        start = Start(entries=self.entries, ordered=(), hidden=self.hidden)
        try:
            run = execute(
                self.confinement,
                Job(argv=argv, layout=layout, readable=(), etc=self.etc),
                start,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
                copier=self.copier,
                timeout=_TRIAL_SECONDS,
                stop=self.stopped,
            )
        except OSError:
            return False
        seen = os.fsdecode(run.done.stdout).split("\0")
        return run.done.ok and seen == sorted(path for path in self.entries if "/" not in path)

    def _take_snapshot(self) -> None:
        wanted = self.project.entries
        if self.wanted is not None:
            wanted = {path: entry for path, entry in wanted.items() if path in self.wanted}
        self.base, self.hidden = self.folder / "snapshot", frozenset()
        self.base.mkdir()
        self.entries = self.copier.fill(self.base, wanted)

    def _reordered(self) -> Path | None:
        """Where the same entries are listed in another order; None where that cannot be had."""
        if self.base is None or not self.stressed:
            return None
        entries = self.entries
        if self.wanted is not None:
            entries = {path: entry for path, entry in entries.items() if path in self.wanted}
        return reordered(self.base, entries)

    @property
    def axes(self) -> Axes:
        """What the second run can have otherwise here."""
        return self.confinement.axes | (stress.BY_REORDERING if self.reordered else stress.NONE)

    def close(self) -> None:
        """Removes what stands outside the session's folder."""
        if self.reordered:
            remove(self.reordered)

    def project_changed(self) -> bool:
        """Whether somebody changed the project's files since the session began."""
        return stamps(self.project.entries) != self.stamps

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
        return Start(entries=self.entries, ordered=self.ordered, hidden=hidden | self.hidden, put={**folders, **put})

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
        base = self.reordered if Axis.ORDER in axes else self.base
        layout = Layout(run=self.folder / f"{number:04}-{generator.id}-{label}", base=base, axes=axes)
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
def opened(
    project: Project, *, x07: bool, wanted: frozenset[str] | None, stressed: bool, keep: bool
) -> Yields[Session]:
    """A session in a temporary folder, which is removed at the end unless it is to be kept."""
    folder = Path(tempfile.mkdtemp(prefix="autocoder-gen-"))
    try:
        try:
            session = Session(project=project, wanted=wanted, x07=x07, stressed=stressed, folder=folder)
        except OSError as error:
            message = f"the project cannot be copied: {error.strerror or error}"
            raise StageFailed([Diagnostic(code="AC7207", message=message)], exit_code=4) from None
        try:
            yield session
        finally:
            session.close()
    finally:
        if not keep:
            remove(folder)

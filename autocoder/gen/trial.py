"""One generator's runs in fresh copies, and what each left behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from autocoder.gen.copies import Start, hidden_outside
from autocoder.gen.findings import Entry as IndexEntry
from autocoder.gen.refusals import inputs_of, outputs_of, within
from autocoder.gen.run import Run
from autocoder.gen.session import Session
from autocoder.gen.stress import NONE, Axes
from autocoder.gen.toolchain import Toolchain
from autocoder.gen.trees import Change, Difference, Entries, Entry, Kind, compare


@dataclass(frozen=True, kw_only=True)
class Left:
    """What a run left: its `outputs`, and what it wrote elsewhere."""

    run: Run
    outputs: Entries
    undeclared: tuple[Difference, ...]

    @property
    def ok(self) -> bool:
        """The command ended well."""
        return self.run.done.ok


def differ(one: Left, other: Left) -> bool:
    """Whether two writes ended otherwise or left other outputs."""
    return one.ok != other.ok or (one.ok and bool(compare(one.outputs, other.outputs)))


def visible_to(entry: IndexEntry, before: Mapping[str, tuple[str, ...]]) -> tuple[str, ...] | None:
    """The paths that a generator sees: inputs, outputs of those before it, its own outputs; None for everything."""
    inputs = inputs_of(entry.generator)
    if inputs is None:
        return None
    others = [other for other in entry.index.generators if other.id in before[entry.id]]
    return (*inputs, *(path for other in others for path in outputs_of(other)), *outputs_of(entry.generator))


@dataclass(frozen=True, kw_only=True)
class Trial:
    """Runs the commands of one generator. `put` are fresh outputs of generators before it that have drifted."""

    entry: IndexEntry
    session: Session
    tool: Toolchain
    visible: tuple[str, ...] | None
    replaced: frozenset[str] = frozenset()
    put: Entries = field(default_factory=dict[str, Entry])

    @property
    def outputs(self) -> tuple[str, ...]:
        """The declared outputs."""
        return outputs_of(self.entry.generator)

    def check(self) -> Left:
        """Runs the check command against the project's outputs."""
        return self._run("check_argv", self._start(frozenset()), NONE, under_sandlock=False)

    def write(self, axes: Axes = NONE, *, under_sandlock: bool = False) -> Left:
        """Runs the write command where its outputs are not there yet."""
        start = self._start(frozenset(self.outputs))
        return self._run("write_argv", start, axes, under_sandlock=under_sandlock)

    def _start(self, hidden: frozenset[str]) -> Start:
        outside = frozenset[str]()
        if self.visible is not None:
            outside = hidden_outside(self.session.children, self.visible)
        hidden = hidden | outside | self.replaced
        return self.session.start(hidden=hidden, put=self.put, outputs=self.outputs)

    def _run(self, command: str, start: Start, axes: Axes, *, under_sandlock: bool) -> Left:
        generator = self.entry.generator
        argv = generator.check_argv if command == "check_argv" else generator.write_argv
        label = command.removesuffix("_argv") + ("-stressed" if axes else "")
        run = self.session.run(generator, self.tool, argv, start, label=label, axes=axes, under_sandlock=under_sandlock)
        inside = [d for d in run.differences if self._owns(d.path)]
        outside = [d for d in run.differences if not self._owns(d.path) and not self._leads(d)]
        written = {d.path: d.after for d in inside if d.after is not None}
        new = [d for d in run.differences if d.change is Change.ADDED and d.path not in self.session.entries]
        ignored = self._ignored(new)
        return Left(
            run=run,
            outputs={path: entry for path, entry in written.items() if path not in ignored},
            undeclared=tuple(
                d for d in (*outside, *(inside if command == "check_argv" else ())) if d.path not in ignored
            ),
        )

    def _owns(self, path: str) -> bool:
        return any(within(path, output) for output in self.outputs)

    def _leads(self, difference: Difference) -> bool:
        """Whether it is a new folder on the way to an output."""
        is_folder = difference.after is not None and difference.after.kind is Kind.FOLDER
        return is_folder and any(within(output, difference.path) for output in self.outputs)

    def _ignored(self, new: Iterable[Difference]) -> frozenset[str]:
        """New paths that Git ignores."""
        folders = {d.path for d in new if d.after is not None and d.after.kind is Kind.FOLDER}
        asked = [f"{d.path}/" if d.path in folders else d.path for d in new]
        return frozenset(path.removesuffix("/") for path in self.session.project.ignored(asked))

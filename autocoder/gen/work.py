"""Gets all selected generators examined: several at once, those that others read first, remembered ones not again.

Every one gets a result; one that cannot be checked is never called right.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from graphlib import TopologicalSorter

from autocoder.diagnostics import Diagnostic, StageFailed, nearest
from autocoder.gen import findings, refusals
from autocoder.gen.cache import Cache, Verdict, key
from autocoder.gen.examination import Examined, examine
from autocoder.gen.findings import Entry
from autocoder.gen.index import LoadedIndex
from autocoder.gen.project import Project
from autocoder.gen.refusals import outputs_of
from autocoder.gen.report import Result
from autocoder.gen.session import Session, opened, shown_folders
from autocoder.gen.tool_pins import ToolState, tool_fault, tool_states, tool_warning
from autocoder.gen.trees import Entry as TreeEntry
from autocoder.gen.trees import Kind, with_parents
from autocoder.gen.trial import Trial, visible_to

_WATCH_SECONDS = 0.25

Progress = Callable[[Result], None]
"""Told of each generator as it is done; called from several threads."""


def silent(_result: Result) -> None:
    """A `Progress` that says nothing."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """`only`: ids, none for all. `jobs`: how many programs run at once. `keep`: leave the copies on disk."""

    only: tuple[str, ...] = ()
    jobs: int = 0
    cache: Cache | None = None
    keep: Callable[[str], None] | None = None
    progress: Progress = silent

    @property
    def workers(self) -> int:
        """Programs at once; as many as there are processors, and one for waiting, where not given."""
        return self.jobs or (os.cpu_count() or 1) + 1


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A result, and what generators after this one start from: `fresh` outputs where they differ from the project's.

    `usable` is false where there are no outputs to start from.
    """

    result: Result
    fresh: Mapping[str, TreeEntry] | None = None
    usable: bool = True


def _nothing(_outcomes: Sequence[Outcome]) -> None:
    pass


def select(index: LoadedIndex, only: tuple[str, ...]) -> tuple[Entry, ...]:
    """The entries to work on. Raises `StageFailed` (AC7013, exit code 2) for an id that is not there."""
    entries = tuple(Entry(index=index, number=number) for number in range(len(index.generators)))
    known = {entry.id for entry in entries}
    unknown = [name for name in only if name not in known]
    if unknown:
        raise StageFailed([_no_such(index, name, known) for name in unknown], exit_code=2)
    return tuple(entry for entry in entries if not only or entry.id in only)


def _changed() -> Diagnostic:
    message = "files of the project changed while generators ran, so what was found may not hold"
    return Diagnostic(code="AC7206", message=message, help="run the command again")


def _no_such(index: LoadedIndex, name: str, known: set[str]) -> Diagnostic:
    message = f'{index.path} has no generator "{name}"'
    return Diagnostic(code="AC7013", message=message, value=name, help=nearest(name, known))


@dataclass(kw_only=True)
class Work:
    """One command's work. `examine` says what runs show; `finish` sees all outcomes while the copies are there."""

    index: LoadedIndex
    project: Project
    entries: tuple[Entry, ...]
    options: Options
    examine: Callable[[Trial, Executor], Examined] = examine
    finish: Callable[[Sequence[Outcome]], None] = _nothing
    stressed: bool = True
    session: Session | None = None
    runs: Executor | None = None
    outcomes: dict[str, Future[Outcome]] = field(default_factory=dict[str, "Future[Outcome]"])

    def __post_init__(self) -> None:
        self.tools = tool_states(self.index, self.entries)
        self.before = refusals.upstream(self.index.generators)
        self.visible = {entry.id: visible_to(entry, self.before) for entry in self.entries}
        self.identities: dict[str, str] = {}
        self.keys = {entry.id: name for entry in self.entries if (name := self._key(entry))}
        cache = self.options.cache
        self.hits = {id_: hit for id_, name in self.keys.items() if cache and (hit := cache.get(name))}

    def _key(self, entry: Entry) -> str:
        """The verdict's name; empty where it may not be remembered."""
        tool = self.tools[entry.id]
        if self.options.cache is None or tool.chain is None or shown_folders(entry.generator) or not tool.fingerprint:
            return ""
        visible = self.visible[entry.id]
        paths = self.project.ordered if visible is None else sorted(self.project.below(visible))
        for path in paths:
            if path not in self.identities:
                self.identities[path] = self.project.identity(path)
        lines = [self.identities[path] for path in paths]
        return key(entry.generator, tool.chain, tool.fingerprint, lines, x07=self.index.x07)

    def results(self) -> tuple[Result, ...]:
        """The results in the order of the index."""
        return self._all_remembered() or self._run()

    def _all_remembered(self) -> tuple[Result, ...] | None:
        """The results where nothing has to run."""
        if len(self.hits) < len(self.entries):
            return None
        results = tuple(self._remembered(entry) for entry in self.entries)
        for result in results:
            self.options.progress(result)
        return results

    def _run(self) -> tuple[Result, ...]:
        """Runs what has to run, several programs at once."""
        seen = [self.visible[entry.id] for entry in self.entries]
        wanted = None
        if all(paths is not None for paths in seen):
            wanted = with_parents(self.project.below(path for paths in seen for path in paths or ()))
        keep = self.options.keep
        with opened(
            self.project, x07=self.index.x07, wanted=wanted, stressed=self.stressed, keep=bool(keep)
        ) as session:
            self.session = session
            if keep:
                keep(str(session.folder))
            with ThreadPoolExecutor(self.options.workers) as self.runs, ThreadPoolExecutor(32) as generators:
                try:
                    for entry in self._ordered():
                        self.outcomes[entry.id] = generators.submit(self._one, entry)
                    # In short waits: an interrupt that comes just before a wait begins is noticed only when it ends.
                    while wait(self.outcomes.values(), timeout=_WATCH_SECONDS).not_done:
                        pass
                    outcomes = [self.outcomes[entry.id].result() for entry in self.entries]
                    if session.project_changed():
                        raise StageFailed([_changed()], exit_code=4)
                    self.finish(outcomes)
                    return tuple(outcome.result for outcome in outcomes)
                except BaseException:
                    session.stopped.set()
                    self.runs.shutdown(wait=False, cancel_futures=True)
                    generators.shutdown(wait=False, cancel_futures=True)
                    raise

    def _ordered(self) -> list[Entry]:
        """Those that others wait for first, so that a waiting one never keeps them from starting."""
        by_id = {entry.id: entry for entry in self.entries}
        return [by_id[name] for name in TopologicalSorter(self.before).static_order() if name in by_id]

    def _one(self, entry: Entry) -> Outcome:
        try:
            outcome = self._outcome(entry)
        except OSError as error:
            outcome = Outcome(result=self._result(entry, findings.could_not_run(entry, error)), usable=False)
        self.options.progress(outcome.result)
        return outcome

    def _outcome(self, entry: Entry) -> Outcome:
        if fault := tool_fault(entry, self.tools[entry.id]):
            return Outcome(result=self._result(entry, fault), usable=False)
        upstream = {name: self.outcomes[name].result() for name in self._all_before(entry.id)}
        for name, outcome in upstream.items():
            if not outcome.usable:
                return Outcome(result=self._result(entry, findings.blocked(entry, name)), usable=False)
        drifted = {name: outcome.fresh for name, outcome in upstream.items() if outcome.fresh is not None}
        if not drifted and entry.id in self.hits:
            return Outcome(result=self._remembered(entry))
        return self._tried(entry, drifted)

    def _all_before(self, name: str) -> list[str]:
        """The selected generators before one, directly or not, in order."""
        found: dict[str, None] = {}
        for direct in self.before[name]:
            found |= dict.fromkeys([*self._all_before(direct), direct])
        return [one for one in found if one in self.outcomes]

    def _tried(self, entry: Entry, drifted: Mapping[str, Mapping[str, TreeEntry]]) -> Outcome:
        tool = self.tools[entry.id].chain
        if self.session is None or self.runs is None or tool is None:
            raise RuntimeError("a trial needs a session and a tool")
        replaced = {path for one in self.index.generators if one.id in drifted for path in outputs_of(one)}
        trial = Trial(
            entry=entry,
            session=self.session,
            tool=tool,
            visible=self.visible[entry.id],
            replaced=frozenset(replaced),
            put={path: found for fresh in drifted.values() for path, found in fresh.items()},
        )
        seen = self.examine(trial, self.runs)
        state = self.tools[entry.id]
        verdict = Verdict(
            tool_version=state.version,
            files=seen.files,
            stressed=seen.stressed,
            confinement=str(self.session.confinement.level),
        )
        result = replace(
            self._result(
                entry, *seen.diagnostics, *_warnings(entry, self.project, state, state.version), verdict=verdict
            ),
            drift=seen.drift,
            varies=seen.varies,
            shown_by=seen.shown_by,
            undeclared=seen.undeclared,
        )
        if result.ok and not drifted and self.session.confinement.confined and entry.id in self.keys:
            self._remember(self.keys[entry.id], verdict)
        return Outcome(result=result, fresh=seen.fresh.outputs if seen.fresh else None, usable=seen.usable)

    def _remember(self, name: str, verdict: Verdict) -> None:
        if self.options.cache:
            self.options.cache.put(name, verdict)

    def _remembered(self, entry: Entry) -> Result:
        verdict, state = self.hits[entry.id], self.tools[entry.id]
        warnings = _warnings(entry, self.project, state, verdict.tool_version)
        return replace(self._result(entry, *warnings, verdict=verdict), cached=True)

    def _result(self, entry: Entry, *diagnostics: Diagnostic, verdict: Verdict | None = None) -> Result:
        generator = entry.generator
        result = Result(
            id=generator.id,
            mode=generator.mode,
            tool=generator.tool.name,
            outputs=outputs_of(generator),
            diagnostics=diagnostics,
        )
        return replace(result, **vars(verdict)) if verdict else result


def _warnings(entry: Entry, project: Project, state: ToolState, version: str | None) -> tuple[Diagnostic, ...]:
    found = [warning] if (warning := tool_warning(entry, state, version)) else []
    committed = project.below(outputs_of(entry.generator))
    new = [path for path, one in committed.items() if one.kind is not Kind.FOLDER and path not in project.tracked]
    if project.in_git and new:
        found.append(findings.not_committed(entry, new))
    return tuple(found)

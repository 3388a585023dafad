"""The order of the stages: read, plan, lower, emit, gate, package. The one place that knows it.

Nothing is written before everything has passed: a failed build leaves every file as it was.
"""

from __future__ import annotations

import datetime
import difflib
import hashlib
import tempfile
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from autocoder import materials, registry
from autocoder.approvals import check_approvals
from autocoder.blueprint.load import load_architecture, load_deployment, name_in
from autocoder.blueprint.merge import dotted
from autocoder.compilation import (
    ARCHITECTURE,
    CONTEXT,
    DECISIONS,
    DEPLOYMENT,
    PROSE,
    REQUIREMENTS,
    SCHEMAS,
    TEST_REQUIREMENTS,
    Compiled,
    Sources,
    compile_sources,
    emit,
    rederive,
)
from autocoder.decisions import Decision, with_answers, with_approvals
from autocoder.decisions import load as load_decisions
from autocoder.diagnostics import Diagnostic, Note, Severity, StageFailed, nearest
from autocoder.earlier_packages import Baseline, baseline, standing_verdicts
from autocoder.gates import reports
from autocoder.gates.verdict import Status, Verdict
from autocoder.gates.waivers import waivers_of
from autocoder.package.build import Names, Package, PackageInput, build_package
from autocoder.package.keys import PublicKey
from autocoder.package.sign import Signer
from autocoder.package.verify import verify_package
from autocoder.planning.plan import Plan
from autocoder.planning.proposal import answers_for, check_answers, propose, read, settle
from autocoder.planning.reconcile import Choices, Reconciled, Reconciliation, summary
from autocoder.readers.model.completions import LOCK, with_frozen
from autocoder.readers.model.session import Session
from autocoder.readers.protocol import Reading
from autocoder.source_files import read_context_files, read_source, read_sources, shown_path
from autocoder.targets.tree import Owner, Tree
from autocoder.workspace.writer import MergedState, Workspace

if TYPE_CHECKING:
    from autocoder.gates.context import GateContext

__all__ = ["Built", "Driver", "Options", "Proposal", "Talk", "rederive", "silence"]

_NO_BUILD = Baseline()
Talk = Callable[[str, str], None]
"""Hears a stage's name and what came of it, as soon as it is done."""


def silence(_stage: str, _text: str) -> None:
    """A `Talk` for callers that do not listen."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a command was asked for. `answers` map question ids to option keys; `keep` and `take` choose a side for
    elements of the blueprint that a person and the text changed, `apply` writes the merge; `prose_name` is how
    diagnostics name a text that was given, `context` are schema files that it is read with, by name.
    """

    answers: Mapping[str, str] = field(default_factory=dict[str, str])
    accept_defaults: bool = False
    update_prose: bool = False
    context: Mapping[str, str] = field(default_factory=dict[str, str])
    overwrite_drift: bool = False
    fresh: bool = False
    require_approvals: bool = False
    apply: bool = False
    keep: tuple[str, ...] = ()
    take: tuple[str, ...] = ()
    bundle: str | None = None
    prose_name: str = ""
    signer: str = "embedded"
    key: str = ""
    fill: bool = False


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What reading and planning led to; without prose there is only the blueprint that is on disk.

    `kept` files stay as a person left them; `bases` are the plans that were merged into files.
    """

    reading: Reading | None
    plan: Plan | None
    sources: Sources
    kept: frozenset[str]
    bases: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """The planner's decisions."""
        return self.plan.decisions if self.plan else ()

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What reading and planning warn of."""
        read = [d for d in self.reading.diagnostics if d.severity is Severity.WARNING] if self.reading else []
        return (*read, *(self.plan.diagnostics if self.plan else ()))


@dataclass(frozen=True, kw_only=True)
class Built:
    """A finished build. Paths are relative to the workspace."""

    compiled: Compiled
    decisions: tuple[Decision, ...]
    verdicts: tuple[Verdict, ...]
    archive: str
    signer: str
    written: tuple[str, ...]
    warnings: tuple[Diagnostic, ...]
    outputs: Mapping[str, str]


@dataclass(kw_only=True)
class Driver:
    """Runs stages on one locked workspace. `today` and `clock` come from outside: no stage reads a clock."""

    workspace: Workspace
    options: Options
    shown: str
    today: datetime.date
    clock: Callable[[], str]
    talk: Talk = silence
    progress: Callable[[str], None] = lambda _text: None
    session: Session = field(default_factory=Session)

    @property
    def folder(self) -> Path:
        """The workspace's folder."""
        return self.workspace.folder

    # Reading and planning.

    def propose(self, given: str | None, hint: str) -> Proposal:
        """Reads and plans; keeps a blueprint edited by hand. `hint` names what neither the text nor that names."""
        prose, decisions = self._prose(given), self._text(DECISIONS)
        if prose is None:
            return Proposal(reading=None, plan=None, sources=self._sources(None, decisions, {}), kept=frozenset())
        name = self.options.prose_name if given is not None else ""
        named = name_in(self.workspace.base_text(ARCHITECTURE) or self._text(ARCHITECTURE) or "") or hint
        reading, plan, decisions = self._plan(prose, decisions, named, name or self._name(PROSE))
        texts, kept, bases = self._blueprint(plan)
        sources = self._sources(prose, decisions, texts)
        return Proposal(reading=reading, plan=plan, sources=sources, kept=kept, bases=bases)

    def fill(self, proposal: Proposal) -> Proposal:
        """The proposal with a body for every custom function that had none, where that was asked for."""
        if not self.options.fill:
            return proposal
        from autocoder.fill_bodies import fill

        return replace(proposal, sources=fill(proposal.sources, self.session, self._gated))

    def _prose(self, given: str | None) -> str | None:
        """The text to read: the workspace's own, unless another one was given and may replace it."""
        own = self._text(PROSE)
        if given is None or own is None or own == given:
            return given if own is None else own
        if self.options.update_prose:
            return given
        lines = difflib.unified_diff(own.splitlines(), given.splitlines(), "the workspace's", "the given", lineterm="")
        raise StageFailed(
            [
                Diagnostic(
                    code="AC2051",
                    message=f"{PROSE} in the workspace differs from the text that was given",
                    subject=self._name(PROSE),
                    help="add --update-prose to take the given text",
                    notes=tuple(Note(message=line) for line in list(lines)[2:22]),
                )
            ]
        )

    def _plan(self, prose: str, decisions: str | None, hint: str, name: str) -> tuple[Reading, Plan, str | None]:
        """Reads, answers and plans. New answers become part of `decisions.yaml`: a later build needs no flag."""
        reading = read(prose, file=name, session=self.session, context=self._context())
        kept: Mapping[str, str] = {}
        if decisions:
            kept = load_decisions(decisions, file=self._name(DECISIONS)).answers
        new = {key: value for key, value in self.options.answers.items() if kept.get(key) != value}
        check_answers(reading, new)
        answers = answers_for(reading, answers={**kept, **new}, accept_defaults=self.options.accept_defaults)
        settled = settle(reading, answers)
        counts = (
            _count(len(reading.sentences), "sentence"),
            _count(len(settled.facts), "fact"),
            _count(len(reading.questions), "question"),
        )
        self.talk("read", ", ".join(counts))
        if any(kept.get(key) != value for key, value in answers.items()):
            decisions = with_answers(decisions, answers)
        return settled, propose(settled, hint), decisions

    def _blueprint(self, plan: Plan) -> tuple[dict[str, str], frozenset[str], dict[str, str]]:
        """The text of both files, which of them stay as they are, and the plans behind merged ones.

        As planned; as a person left it where the plan has not moved since; else merged.
        """
        from autocoder.blueprint.format import format_architecture, format_deployment

        proposed = {
            ARCHITECTURE: format_architecture(plan.architecture, schema=f"{SCHEMAS}/architecture.schema.json"),
            DEPLOYMENT: format_deployment(plan.deployment, schema=f"{SCHEMAS}/deployment.schema.json"),
        }
        kept: set[str] = set()
        edited: dict[str, tuple[str, str]] = {}
        for path, text in proposed.items():
            own, base = self._text(path), self.workspace.base_text(path)
            if own is None or own == text or self.workspace.merged_state(path) is not MergedState.CHANGED:
                continue
            if base is None or base == text:
                proposed[path] = own
                kept.add(path)
            else:
                edited[path] = (base, own)
        merges = self._merge(plan, edited, proposed)
        return (
            {**proposed, **{path: merge.text for path, merge in merges.items()}},
            frozenset(kept),
            {path: proposed[path] for path in merges},
        )

    def _merge(
        self, plan: Plan, edited: Mapping[str, tuple[str, str]], proposed: Mapping[str, str]
    ) -> dict[str, Reconciled]:
        """Both sides' changes in one text, per file. Raises `StageFailed` where a person has to decide first."""
        loads = {ARCHITECTURE: load_architecture, DEPLOYMENT: load_deployment}
        choices = Choices(keep=self.options.keep, take=self.options.take)
        merges = {
            path: Reconciliation(
                load=loads[path],
                file=self._name(path),
                base=base,
                hand=own,
                plan=proposed[path],
                choices=choices,
                decisions=plan.decisions,
            ).run()
            for path, (base, own) in edited.items()
        }
        conflicts = [d for merge in merges.values() for d in merge.diagnostics]
        changed = [dotted(change.path) for merge in merges.values() for change in merge.changes]
        choices.check([*changed, *(d.subject for d in conflicts)])
        if conflicts:
            raise StageFailed(conflicts, exit_code=2)
        if merges and not self.options.apply:
            raise StageFailed([self._unapplied(path, merge) for path, merge in merges.items()], exit_code=2)
        for path, merge in merges.items():
            self.talk("merge", f"{self._name(path)}: {_count(len(merge.changes), 'change')}")
        return merges

    def _unapplied(self, path: str, merge: Reconciled) -> Diagnostic:
        return Diagnostic(
            code="AC2054",
            message=f"{self._name(path)} was edited by hand, and the text now leads to changes in it",
            subject=self._name(path),
            help="write them with `autocoder plan --apply`; your edits stay",
            notes=tuple(Note(message=line) for line in summary(merge.changes)),
        )

    def _context(self) -> dict[str, str]:
        """The context files: those that the workspace keeps, and those given now in their place."""
        return {**read_context_files(self.folder, self.shown), **self.options.context}

    def _sources(self, prose: str | None, decisions: str | None, texts: Mapping[str, str]) -> Sources:
        given = {PROSE: prose, DECISIONS: decisions, **texts}
        given |= {f"{CONTEXT}/{name}": text for name, text in self.options.context.items()}
        planned = {path: text for path, text in given.items() if text is not None}
        sources = read_sources(self.folder, self.shown, planned)
        return replace(sources, frozen=self.session.kept(sources.bodies))

    def _name(self, path: str) -> str:
        return shown_path(self.shown, path)

    def _text(self, path: str) -> str | None:
        return read_source(self.folder, path, self.shown)

    # Compiling.

    def decisions(self, proposal: Proposal) -> tuple[Decision, ...]:
        """All decisions, those of compiling included; of planning alone where the blueprint does not compile yet."""
        try:
            return self._compiled(proposal).decisions
        except StageFailed:
            return proposal.decisions

    def _compiled(self, proposal: Proposal) -> Compiled:
        return compile_sources(proposal.sources, planned=proposal.decisions, bundle=self.options.bundle)

    def compile(self, proposal: Proposal) -> tuple[Compiled, Tree]:
        """Lowers the blueprint and emits all files, in memory."""
        compiled = self._compiled(proposal)
        views, decisions = compiled.views, compiled.decisions
        open_ = sum(d.source != "stated" and d.subject not in compiled.approved for d in decisions)
        parts = (_count(len(views.components), "component"), _count(len(views.operations), "operation"))
        self.talk("plan", f"{', '.join(parts)}, {_count(len(decisions), 'decision')} ({open_} to review)")
        edges = len(compiled.graph.edges())
        self.talk(
            "lower", f"{_count(len(compiled.graph), 'node')}, {_count(edges, 'edge')}  sha256:{compiled.ir_hash[:12]}"
        )
        tree = emit(compiled)
        self.talk("emit", _count(len(tree), "file"))
        return compiled, tree

    def write(
        self, proposal: Proposal, tree: Tree, artifacts: Tree | None = None
    ) -> tuple[tuple[str, ...], tuple[Diagnostic, ...]]:
        """Writes sources and derived files in one transaction. What a person edited is left alone."""
        whole = self._whole(proposal, tree)
        replaced = self._replaced(whole)
        replaced.update(artifacts or Tree())
        done = self.workspace.write(
            whole, artifacts=replaced, overwrite_drift=self.options.overwrite_drift, bases=proposal.bases
        )
        return (*done.written, *done.unchanged), done.warnings

    def _whole(self, proposal: Proposal, tree: Tree) -> Tree:
        whole = Tree()
        for file in (*proposal.sources.tree(), *tree):
            if file.path not in proposal.kept and not (file.owner is Owner.MERGED and proposal.plan is None):
                whole.add(file)
        return whole

    def _check(self, proposal: Proposal, tree: Tree) -> None:
        """What would keep the result from being written is told before the gates' work, not after it."""
        whole = self._whole(proposal, tree)
        self._replaced(whole)
        self.workspace.check(whole, overwrite_drift=self.options.overwrite_drift, bases=proposal.bases)

    def _replaced(self, tree: Tree) -> Tree:
        """Takes out of a tree what the user's options change in owned files: a new text, new answers."""
        replaced = Tree()
        for path in (PROSE, DECISIONS):
            if path in tree and self._text(path) not in (None, tree[path].content.decode()):
                replaced.add(tree.files.pop(path))
        return replaced

    def compare(self, proposal: Proposal, tree: Tree) -> None:
        """Raises `StageFailed` (AC8205) for every file that is not what would be written."""
        different: list[Diagnostic] = []
        for file in (*proposal.sources.tree(), *tree):
            path = self.folder / file.path
            if not path.is_file() or path.read_bytes() != file.content:
                what = "differs from what would be written" if path.exists() else "is missing"
                different.append(
                    Diagnostic(code="AC8205", message=f"{self._name(file.path)} {what}", subject=self._name(file.path))
                )
        if different:
            raise StageFailed(different)

    def write_sources(self, proposal: Proposal) -> None:
        """Writes the description, the planned blueprint and a model's answers, nothing derived, and leaves alone what a
        person edited.
        """
        tree = Tree()
        for file in proposal.sources.tree():
            if file.path not in proposal.kept:
                tree.add(file)
        replaced = self._replaced(tree)
        if proposal.sources.frozen.reader != "rules":
            tree.text(LOCK, with_frozen(self._text(LOCK), proposal.sources.frozen))
        self.workspace.write(tree, artifacts=replaced, partial=True, bases=proposal.bases)

    def approve(self, compiled: Compiled, names: tuple[str, ...], by: str) -> tuple[Decision, ...]:
        """Writes a person's approval of decisions (subjects or ids; of all that are open without any).

        Raises `StageFailed` (AC8208, exit code 2) for a name of no decision.
        """
        open_ = tuple(d for d in compiled.decisions if d.source != "stated" and d.subject not in compiled.approved)
        known = {name: d for d in compiled.decisions for name in (d.id, d.subject)}
        wrong = [
            Diagnostic(code="AC8208", message=f'no decision is called "{n}"', subject=n, help=nearest(n, known))
            for n in names
            if n not in known
        ]
        if wrong:
            raise StageFailed(wrong, exit_code=2)
        chosen = tuple(dict.fromkeys(known[name] for name in names)) if names else open_
        if chosen:
            tree = Tree()
            tree.text(DECISIONS, with_approvals(compiled.sources.decisions, chosen, by), owner=Owner.OWNED)
            self.workspace.write(Tree(), artifacts=tree, partial=True)
        return chosen

    # Gates and the package.

    def gate(
        self, compiled: Compiled, sources: Sources, tree: Tree, earlier: Baseline, names: tuple[str, ...] = ()
    ) -> tuple[Verdict, ...]:
        """The verdicts of all gates (or of the named ones) on a staged copy, compared with an earlier build.

        Raises `StageFailed` (exit code 3; 4 where a tool is missing).
        """
        from autocoder.gates.runner import run_gates
        from autocoder.tools import process

        with (
            self._gated(compiled, sources, tree, earlier) as context,
            ThreadPoolExecutor(max_workers=len(registry.GATES)) as executor,
            process.ended_on_interrupt(),
        ):
            verdicts = run_gates(context, names or tuple(registry.GATES), executor, self._heard)
        self.talk("gate", reports.line(verdicts))
        failed = [v for v in verdicts if v.status is not Status.OK]
        if failed:
            findings = [d for v in failed for d in v.findings]
            missing = [d for d in findings if d.code in ("AC9002", "AC9003", "AC9004", "AC9005")]
            raise StageFailed(findings, exit_code=4 if missing and len(missing) == len(findings) else 3)
        return verdicts

    @contextmanager
    def _gated(
        self, compiled: Compiled, sources: Sources, tree: Tree, earlier: Baseline = _NO_BUILD
    ) -> Generator[GateContext]:
        """A staged copy of a workspace's files, as gates see it."""
        from autocoder.gates.context import GateContext
        from autocoder.targets.python_service.names import package
        from autocoder.tools import python_environment
        from autocoder.tools.sandbox import Sandbox

        locks = [tree[path].content for path in (REQUIREMENTS, TEST_REQUIREMENTS)]
        python = python_environment.prepare(locks[1:], progress=self.progress)
        with tempfile.TemporaryDirectory(prefix="autocoder-") as scratch:
            stage = Path(scratch) / "workspace"
            for file in (*sources.tree(), *tree):
                path = stage / file.path
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(file.content)
            yield GateContext(
                workspace=stage,
                package=package(compiled.views.system.name),
                views=compiled.views,
                environment=python,
                sandbox=Sandbox(),
                today=self.today,
                kubernetes_versions=compiled.bundle.kubernetes.versions,
                waivers=waivers_of(sources.decided),
                origin=compiled.origin,
                decided=compiled.approved,
                previous=earlier.measures,
                baseline=earlier.archive,
            )

    def baseline(self, compiled: Compiled) -> Baseline:
        """The last signed build of this workspace."""
        name = compiled.architecture.system.name
        if not any((self.folder / "dist").glob(f"{name}-*.tar.gz")):
            return Baseline()
        return baseline(self.folder, name, self._trusted)

    def _heard(self, verdict: Verdict) -> None:
        self.progress(f"{verdict.gate}: {verdict.status}, {verdict.summary}")

    def build(self, given: str | None, hint: str) -> Built:
        """Every stage."""
        started = self.clock()
        proposal = self.propose(given, hint)
        _ = self._signer  # a key that cannot be used is told before the gates' work, not after it
        proposal = self.fill(proposal)
        compiled, tree = self.compile(proposal)
        check_approvals(compiled, required=self.options.require_approvals)
        if not self.options.fresh and (standing := self._standing(compiled, proposal.sources, tree)):
            self.talk("gate", f"{reports.line(standing)}  as signed before: nothing changed")
            return self._as_before(proposal, compiled, tree, standing)
        self._check(proposal, tree)
        earlier = self.baseline(compiled)
        verdicts = self.gate(compiled, proposal.sources, tree, earlier)
        package_ = self._package(compiled, proposal, tree, verdicts, started, earlier)
        self._verify(package_)
        written, warnings = self.write(proposal, tree, package_.files)
        return Built(
            compiled=compiled,
            decisions=compiled.decisions,
            verdicts=verdicts,
            archive=package_.archive,
            signer=package_.signer,
            written=written,
            warnings=(*proposal.warnings, *compiled.warnings, *earlier.warnings, *warnings, *package_.warnings),
            outputs=package_.digests,
        )

    def _standing(self, compiled: Compiled, sources: Sources, tree: Tree) -> tuple[Verdict, ...]:
        """The verdicts of the package that is in `dist/` already, where nothing changed since; else nothing."""
        if sources.decided.waivers:
            return ()  # a waiver ends on its day, so the gates are asked again
        return standing_verdicts(self._archive(compiled), self._signer.public, sources.tree(), tree)

    def _archive(self, compiled: Compiled) -> Path:
        system = compiled.architecture.system
        return self.folder / "dist" / f"{system.name}-{system.version}.tar.gz"

    def _as_before(self, proposal: Proposal, compiled: Compiled, tree: Tree, verdicts: tuple[Verdict, ...]) -> Built:
        """The build whose package is there already; files of the workspace that went missing are written again."""
        written, warnings = self.write(proposal, tree)
        archive = self._archive(compiled)
        system = compiled.architecture.system
        files = sorted(archive.with_name(name) for name in Names(stem=f"{system.name}-{system.version}").all)
        outputs = {f"dist/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
        return Built(
            compiled=compiled,
            decisions=compiled.decisions,
            verdicts=verdicts,
            archive=f"dist/{archive.name}",
            signer=self._signer.description,
            written=written,
            warnings=(*proposal.warnings, *compiled.warnings, *warnings, *self._signer.warnings),
            outputs=outputs,
        )

    def _package(
        self,
        compiled: Compiled,
        proposal: Proposal,
        tree: Tree,
        verdicts: tuple[Verdict, ...],
        started: str,
        earlier: Baseline,
    ) -> Package:
        parts: dict[str, Tree] = {"generated": Tree(), "deployments": Tree(), "migrations": Tree()}
        sources = proposal.sources.tree()
        for file in tree:
            root = file.path.split("/")[0]
            (parts[root] if root in parts else parts["deployments"]).add(file)
        system = compiled.architecture.system
        given = PackageInput(
            name=system.name,
            version=system.version,
            sources=sources,
            requirements=REQUIREMENTS,
            verdicts=verdicts,
            materials={
                "blueprint": compiled.blueprint_hash,
                "ir": compiled.ir_hash,
                "bundle": compiled.bundle.hash,
                **materials.shipped(),
            },
            parameters={"bundle": compiled.bundle.version, "baseline": earlier.archive},
            tools=materials.tools(),
            started=started,
            finished=self.clock(),
            decisions=[d.as_data() for d in compiled.decisions],
            approvals=[{"decision": a.decision, "by": a.by} for a in proposal.sources.decided.approvals],
            **parts,
        )
        return build_package(given, self._signer)

    def _verify(self, made: Package) -> None:
        """Verifies the package as its receiver would, every byte derived again, before anything is written."""
        with tempfile.TemporaryDirectory(prefix="autocoder-") as scratch:
            for file in made.files:
                path = Path(scratch) / file.path
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(file.content)
            report = verify_package(Path(scratch) / made.archive, self._signer.public, rederive=rederive)
        if not report.ok:
            raise StageFailed(report.diagnostics)

    @cached_property
    def _trusted(self) -> PublicKey:
        """The key that earlier packages must be signed with. None is made to look at them."""
        from autocoder.package import keys

        return self._signer.public if self.options.signer == "cosign" else keys.trusted(None)

    @cached_property
    def _signer(self) -> Signer:
        from autocoder.package import cosign, keys, sign

        if self.options.signer == "cosign":
            return cosign.cosign_signer(self.options.key)
        return sign.EmbeddedSigner(key=keys.load_or_create())


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"

"""From blueprint text to files in memory: the pure middle of the compiler, shared by building and verifying.

The same inputs give the same bytes. Reads no clock and no environment, and of the disk only
what autocoder itself ships.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import cast

from autocoder import __version__, registry
from autocoder.blueprint.format import canonical as canonical_blueprint
from autocoder.blueprint.load import Loaded, load_architecture, load_deployment
from autocoder.blueprint.model import Architecture, Deployment
from autocoder.bundles import Bundle
from autocoder.bundles import load as load_bundle
from autocoder.decisions import Decision, DecisionsFile, as_json
from autocoder.decisions import load as load_decisions
from autocoder.diagnostics import Diagnostic, Diagnostics, Severity, Span, StageFailed
from autocoder.ir import canonical
from autocoder.ir.conventions import body_subject, conventions
from autocoder.ir.graph import Graph
from autocoder.ir.lower import Source, lower
from autocoder.ir.views import Views
from autocoder.passes.protocol import PassContext
from autocoder.passes.runner import run_passes
from autocoder.planning.proposal import planned_decisions
from autocoder.readers.model.completions import LOCK, Frozen, Use
from autocoder.readers.model.session import Session, written_by_model
from autocoder.rules.catalogue import evaluate_design
from autocoder.shipped import folder
from autocoder.targets.python_service.migrations import Migrations
from autocoder.targets.python_service.migrations.history import RELEASED, History
from autocoder.targets.python_service.migrations.history import load as load_history
from autocoder.targets.stamp import Stamp
from autocoder.targets.tree import Owner, Tree
from autocoder.tools.sandbox import Origin

ARCHITECTURE = "architecture.yaml"
DEPLOYMENT = "deployment.yaml"
PROSE = "description.md"
DECISIONS = "decisions.yaml"
IR_FILE = "generated/ir.v1.json"
CUSTOM = "custom"
CONTEXT = "context"
SCHEMAS = "generated/schemas"
REQUIREMENTS = "generated/requirements.txt"
TEST_REQUIREMENTS = "generated/requirements-dev.txt"


@dataclass(frozen=True)
class Sources:
    """What people own, as text, and the completions that it came of. `shown` maps a file to how diagnostics name it,
    where that is not its own name.
    """

    architecture: str
    deployment: str
    prose: str | None = None
    decisions: str | None = None  # the text of decisions.yaml
    bodies: Mapping[str, str] = field(default_factory=dict[str, str])
    released: str | None = None  # the text of migrations/released.json
    migrations: Mapping[str, str] = field(default_factory=dict[str, str])  # the files that it names
    context: Mapping[str, str] = field(default_factory=dict[str, str])
    shown: Mapping[str, str] = field(default_factory=dict[str, str])
    frozen: Frozen = field(default_factory=Frozen)

    def name(self, file: str) -> str:
        """How diagnostics name a file."""
        return self.shown.get(file, file)

    def tree(self) -> Tree:
        """The sources as files."""
        tree = Tree()
        for path, text in ((PROSE, self.prose), (DECISIONS, self.decisions), (RELEASED, self.released)):
            if text is not None:
                tree.text(path, text, owner=Owner.OWNED)
        tree.text(ARCHITECTURE, self.architecture, owner=Owner.MERGED)
        tree.text(DEPLOYMENT, self.deployment, owner=Owner.MERGED)
        for name, body in sorted(self.bodies.items()):
            tree.text(f"{CUSTOM}/{name}.py", body, owner=Owner.OWNED)
        for name, text in sorted(self.context.items()):
            tree.text(f"{CONTEXT}/{name}", text, owner=Owner.OWNED)
        return tree

    @cached_property
    def decided(self) -> DecisionsFile:
        """What people answered, approved and waived. Raises `StageFailed` for mistakes in the file."""
        if self.decisions is None:
            return DecisionsFile()
        return load_decisions(self.decisions, file=self.name(DECISIONS))

    @cached_property
    def history(self) -> History:
        """What was released. Raises `StageFailed` where a released migration is not as it was."""
        return load_history(self.released, self.migrations, shown=self.name(RELEASED))

    @staticmethod
    def of(tree: Tree) -> Sources:
        """The sources that a tree of files holds. Raises `KeyError` where the blueprint is missing."""
        owned = (Owner.OWNED, Owner.MERGED)
        text = {file.path: file.content.decode("utf-8") for file in tree if file.owner in owned}
        bodies = {
            path.removeprefix(f"{CUSTOM}/").removesuffix(".py"): body
            for path, body in text.items()
            if path.startswith(f"{CUSTOM}/") and path.endswith(".py")
        }
        prefix = f"{CONTEXT}/"
        return Sources(
            released=text.get(RELEASED),
            migrations={f.path: f.content.decode("utf-8") for f in tree if f.owner is Owner.APPENDED},
            context={path.removeprefix(prefix): t for path, t in text.items() if path.startswith(prefix)},
            architecture=text[ARCHITECTURE],
            deployment=text[DEPLOYMENT],
            prose=text.get(PROSE),
            decisions=text.get(DECISIONS),
            bodies=bodies,
            frozen=Frozen.of_lock(tree[LOCK].content.decode("utf-8") if LOCK in tree else None),
        )


@dataclass(frozen=True)
class Compiled:
    """A compiled blueprint. `decisions` are all that planning and compiling made, `approved` the subjects of those that
    somebody approved at this value; `losses` are changes of a released schema that nobody approved yet.
    """

    sources: Sources
    architecture: Architecture
    deployment: Deployment
    graph: Graph
    bundle: Bundle
    decisions: tuple[Decision, ...]
    approved: frozenset[str]
    losses: tuple[Diagnostic, ...]
    warnings: tuple[Diagnostic, ...]

    @cached_property
    def views(self) -> Views:
        """The graph as targets see it."""
        return Views(self.graph)

    @property
    def unapproved(self) -> tuple[Decision, ...]:
        """The decisions to run a custom body that nobody approved at its hash."""
        subjects = {body_subject(function.name) for function in self.views.functions} - self.approved
        return tuple(decision for decision in self.decisions if decision.subject in subjects)

    @property
    def origin(self) -> Origin:
        """The least trusted author of what the gates run."""
        subjects = {decision.subject for decision in self.unapproved}
        if subjects & {body_subject(name) for name in written_by_model(self.sources.frozen, self.sources.bodies)}:
            return Origin.MODEL
        if subjects:
            return Origin.UNAPPROVED
        return Origin.PERSON if self.views.functions else Origin.COMPILER

    @cached_property
    def migrations(self) -> Migrations:
        """The released migrations and the next one."""
        return Migrations(views=self.views, history=self.sources.history)

    @cached_property
    def blueprint_hash(self) -> str:
        """sha256 (hex) of what both files say, however they are laid out."""
        said = (canonical_blueprint(self.architecture), canonical_blueprint(self.deployment))
        return hashlib.sha256(b"\0".join(said)).hexdigest()

    @cached_property
    def ir(self) -> bytes:
        """The bytes of `ir.v1.json`."""
        return canonical.write(self.graph, {"blueprint": self.blueprint_hash, "bundle": self.bundle.hash})

    @property
    def ir_hash(self) -> str:
        """The hash that the IR carries."""
        return str(json.loads(self.ir)["sha256"])


def compile_sources(sources: Sources, *, planned: tuple[Decision, ...] = (), bundle: str | None = None) -> Compiled:
    """Loads, lowers and analyses a blueprint; `planned` are the decisions that led to it.

    Raises `StageFailed` with everything that is wrong in either file.
    """
    architecture, deployment = _load(sources)
    diagnostics = Diagnostics()
    diagnostics.extend((*architecture.notes, *deployment.notes))
    source = Source(
        architecture=architecture.model,
        deployment=deployment.model,
        positions=architecture.positions,
        deployment_positions=deployment.positions,
        bodies=sources.bodies,
    )
    graph = lower(source, diagnostics)
    chosen = load_bundle(bundle)

    requirements = {row.id: index for index, row in enumerate(architecture.model.requirements)}

    def place(file: str, *path: str) -> Span | None:
        if file == "deployment":
            return deployment.positions.span(*path)
        if path[:1] == ("requirements",) and path[1:2] and path[1] in requirements:
            return architecture.positions.span("requirements", requirements[path[1]], *path[2:])
        return architecture.positions.span(*path)

    graph = run_passes(graph, PassContext(bundle=chosen, diagnostics=diagnostics, place=place))
    views = Views(graph)
    migrations = Migrations(views=views, history=sources.history)
    written = written_by_model(sources.frozen, sources.bodies)
    # What deployment.yaml states is no decision of autocoder's.
    stated = deployment.positions.places
    made = tuple(_named_author(d, written) for d in conventions(views) if tuple(d.subject.split(".")) not in stated)
    decisions = all_decisions(_still_made(planned, deployment.model), (*made, *migrations.decisions))
    approved = frozenset(d.subject for d in decisions if sources.decided.approved(d))
    diagnostics.extend(_placed(finding, place) for finding in evaluate_design(views, approved))
    diagnostics.stop()
    losses = tuple(_loses_data(d, views, place) for d in migrations.decisions if not sources.decided.approved(d))
    compiled = Compiled(
        sources=sources,
        architecture=architecture.model,
        deployment=deployment.model,
        graph=graph,
        bundle=chosen,
        decisions=decisions,
        approved=approved,
        losses=losses,
        warnings=tuple(diagnostics),
    )
    return replace(compiled, warnings=(*compiled.warnings, *map(_unapproved, compiled.unapproved)))


def _unapproved(decision: Decision) -> Diagnostic:
    """Says how a custom body gets approved."""
    name = decision.subject.split(".")[1]
    return Diagnostic(
        code="AC3143",
        message=f"nobody approved the body of {name} as it is now: it runs only where a sandbox works",
        subject=decision.subject,
        value=decision.value,
        help=f"read {CUSTOM}/{name}.py, then: autocoder approve {decision.subject} --by YOU",
        severity=Severity.WARNING,
    )


def _placed(finding: Diagnostic, place: Callable[..., Span | None]) -> Diagnostic:
    """A finding about the design with the place of its subject in the file that holds it."""
    file = "deployment" if finding.subject.startswith("environments.") else "architecture"
    return finding if finding.span else replace(finding, span=place(file, *finding.subject.split(".")))


def _loses_data(decision: Decision, views: Views, place: Callable[..., Span | None]) -> Diagnostic:
    """A change of the schema that loses data, at the entity or field that it is about, if that is still there."""
    _, revision, table, *column = decision.subject.split(".")
    entity = next((e for e in views.entities if e.table == table), None)
    span = place("architecture", "entities")
    if entity:
        span = place("architecture", "entities", entity.name) or span
        span = (place("architecture", "entities", entity.name, "fields", *column) if column else None) or span
    return Diagnostic(
        code="AC4401",
        message=f"migration {revision} changes {'.'.join((table, *column))}: {decision.value}",
        span=span,
        subject=decision.subject,
        value=decision.value,
        rule=decision.because,
        help=" or ".join([f"look at it, then: autocoder approve {decision.subject} --by YOU", *decision.alternatives]),
    )


def _load(sources: Sources) -> tuple[Loaded[Architecture], Loaded[Deployment]]:
    """Both files; what is wrong in either is reported together."""
    found: list[Diagnostic] = []
    architecture: Loaded[Architecture] | None = None
    deployment: Loaded[Deployment] | None = None
    try:
        architecture = load_architecture(sources.architecture, file=sources.name(ARCHITECTURE))
    except StageFailed as failed:
        found += failed.diagnostics
    try:
        deployment = load_deployment(sources.deployment, file=sources.name(DEPLOYMENT))
    except StageFailed as failed:
        found += failed.diagnostics
    if architecture is None or deployment is None:
        raise StageFailed(found)
    return architecture, deployment


def _named_author(decision: Decision, written: Mapping[str, str]) -> Decision:
    """A decision about a body, saying so where a model wrote it."""
    if decision.subject not in {body_subject(name) for name in written}:
        return decision
    because = "a model wrote it; its examples and the gates are all that speaks for it"
    return replace(decision, because=because, alternatives=("a body written by a person",))


def _still_made(planned: tuple[Decision, ...], deployment: Deployment) -> tuple[Decision, ...]:
    """Planned decisions but those about a value that a person wrote into deployment.yaml since."""
    written = deployment.model_dump(mode="json", by_alias=True)

    def value_at(subject: str) -> str | None:
        value: object = written
        for name in subject.split("."):
            value = cast("dict[str, object]", value).get(name) if isinstance(value, dict) else None
        return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None

    return tuple(d for d in planned if value_at(d.subject) in (None, d.value))


def all_decisions(planned: tuple[Decision, ...], made: tuple[Decision, ...]) -> tuple[Decision, ...]:
    """The decisions of planning and of compiling; one about the same subject counts once, as planning says it."""
    known = {decision.subject for decision in planned}
    return (*planned, *(decision for decision in made if decision.subject not in known))


def emit(compiled: Compiled) -> Tree:
    """Every derived file: the targets' output, the migrations, the IR, the decisions and the lock.

    Raises `StageFailed` (AC4401) for a migration that would lose data unapproved.
    """
    if compiled.losses:
        raise StageFailed(compiled.losses)
    stamp = Stamp(blueprint_hash=compiled.blueprint_hash, generator_version=__version__, bundle=compiled.bundle.version)
    tree = Tree()
    for reference in registry.TARGETS.values():
        tree.update(registry.load(reference)().apply(compiled.views, compiled.bundle, stamp))
    tree.update(compiled.migrations.tree())
    tree.add_bytes(IR_FILE, compiled.ir)
    for name in ("architecture.schema.json", "deployment.schema.json"):
        tree.add_bytes(f"{SCHEMAS}/{name}", (folder("schemas") / name).read_bytes())
    tree.text("generated/decisions.json", as_json(compiled.decisions) + "\n")
    tree.text(LOCK, _lock(compiled))
    return tree


def _lock(compiled: Compiled) -> str:
    """What the build rests on: versions and the hashes of all inputs."""
    sources = {f.path: hashlib.sha256(f.content).hexdigest() for f in compiled.sources.tree()}
    locked = {
        "version": 1,
        "autocoder": __version__,
        "bundle": {"version": compiled.bundle.version, "sha256": compiled.bundle.hash},
        "inputs": sources,
        **compiled.sources.frozen.as_data(),
    }
    return json.dumps(locked, indent=2, sort_keys=True) + "\n"


def rederive(packaged: Tree) -> Tree:
    """Every derived file of a package, from its sources and the platform bundle that its lock names.

    Raises `StageFailed` as compiling does; AC6045 where the lock cannot be read or its bundle is another one here.
    """
    bundle = _locked_bundle(packaged)
    found = Sources.of(packaged)
    name = load_architecture(found.architecture, file=ARCHITECTURE).model.system.name
    session = Session(frozen=found.frozen, use=Use.FROZEN)
    planned = planned_decisions(found.prose, found.decided.answers, name, session, found.context)
    return emit(compile_sources(found, planned=planned, bundle=bundle))


def _locked_bundle(packaged: Tree) -> str:
    try:
        locked = json.loads(packaged[LOCK].content)["bundle"]
        version, expected = str(locked["version"]), str(locked["sha256"])
    except (KeyError, TypeError, ValueError) as error:
        message = f"{LOCK} does not name the platform bundle of the package"
        raise StageFailed([Diagnostic(code="AC6045", message=message, subject=LOCK)]) from error
    here = load_bundle(version).hash
    if here != expected:
        message = f"the platform bundle {version} of this autocoder is not the one that the package was made with"
        rule = f"expected {expected}"
        raise StageFailed([Diagnostic(code="AC6045", message=message, subject=LOCK, value=here, rule=rule)])
    return version

"""Makes a package in memory: archive, manifest, signature and attestation. Refuses what the gates did not pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from autocoder import __version__, registry
from autocoder.diagnostics import Diagnostic, Diagnostics
from autocoder.gates.verdict import Status, Verdict
from autocoder.package import archive, manifest, provenance
from autocoder.package.archive import Member, members_of
from autocoder.package.manifest import ArchiveEntry, Generator, Manifest, Role, SbomEntry
from autocoder.package.sbom import SBOM_PATH, write_sbom
from autocoder.package.sign import Signer
from autocoder.targets.tree import File, Tree

FOLDER = "dist"
EVERY_GATE = f"every gate passes: {', '.join(registry.GATES)}"


@dataclass(frozen=True, kw_only=True)
class PackageInput:
    """Everything that goes into a package.

    All trees have paths relative to the workspace and no path in common. `requirements` is the path of the hashed
    requirements file in `generated`. `materials` maps names (blueprint, IR, bundle, generator …) to sha256 in hex; the
    sources need no entry. `parameters` (JSON-ready) are what the builder chose, `tools` the versions of the programs
    that took part. `started` and `finished` are RFC 3339 in UTC; `decisions` and `approvals` are JSON-ready.
    """

    name: str
    version: str
    sources: Tree
    generated: Tree
    deployments: Tree
    migrations: Tree
    requirements: str
    verdicts: tuple[Verdict, ...]
    materials: Mapping[str, str]
    started: str
    finished: str
    decisions: object = field(default_factory=list[object])
    approvals: object = field(default_factory=list[object])
    parameters: Mapping[str, object] = field(default_factory=dict[str, object])
    tools: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, kw_only=True)
class Package:
    """A signed package in memory. `files` have paths below the workspace (`dist/…`), `digests` their sha256 by path.

    `archive` is the path of the archive; `signer` says who signed; `warnings` what a person should know.
    """

    archive: str
    files: Tree
    digests: Mapping[str, str]
    signer: str
    warnings: tuple[Diagnostic, ...]


@dataclass(frozen=True, kw_only=True)
class Names:
    """The files of one package, all in one folder. `stem` is `<name>-<version>`."""

    stem: str

    @property
    def archive(self) -> str:
        """The archive."""
        return f"{self.stem}.tar.gz"

    @property
    def manifest(self) -> str:
        """The digests, beside the archive."""
        return f"{self.stem}.manifest.json"

    @property
    def signature(self) -> str:
        """The Sigstore bundle of the manifest."""
        return f"{self.stem}.manifest.sigstore.json"

    @property
    def attestation(self) -> str:
        """The Sigstore bundle of the provenance."""
        return f"{self.stem}.provenance.sigstore.json"

    @property
    def all(self) -> tuple[str, ...]:
        """Every file of the package."""
        return self.archive, self.manifest, self.signature, self.attestation


def build_package(given: PackageInput, signer: Signer) -> Package:
    """The signed package. Raises `StageFailed`: AC6001 gates, AC6002 inputs, AC6003 requirements, or the signer's."""
    _check(given)
    members = _members(given)
    names = Names(stem=f"{given.name}-{given.version}")
    packed = archive.compress(archive.write_tar(names.stem, (m for part in members.values() for m in part)))
    listed = Manifest(
        name=given.name,
        version=given.version,
        generator=Generator(version=__version__),
        archive=ArchiveEntry(path=names.archive, size=len(packed), sha256=sha256(packed).hexdigest()),
        sbom=SbomEntry(path=SBOM_PATH, requirements=given.requirements),
        members=manifest.entries(members),
    )
    sources = {file.path: sha256(file.content).hexdigest() for file in given.sources}
    run = provenance.Run(
        started=given.started,
        finished=given.finished,
        verdicts=given.verdicts,
        decisions=given.decisions,
        approvals=given.approvals,
        parameters=given.parameters,
        tools={**given.tools, **signer.tools},
    )
    statement = provenance.write_statement(listed, {**given.materials, **sources}, run)
    files = Tree()
    for name, content in (
        (names.archive, packed),
        (names.manifest, listed.dump()),
        (names.signature, signer.sign_blob(listed.dump())),
        (names.attestation, signer.sign_statement(statement)),
    ):
        files.add(File(path=f"{FOLDER}/{name}", content=content))
    return Package(
        archive=f"{FOLDER}/{names.archive}",
        files=files,
        digests={file.path: sha256(file.content).hexdigest() for file in files},
        signer=signer.description,
        warnings=signer.warnings,
    )


def missing_gates(asked: Iterable[str]) -> tuple[str, ...]:
    """The gates that a package needs and that were not asked."""
    there = set(asked)
    return tuple(gate for gate in registry.GATES if gate not in there)


def _check(given: PackageInput) -> None:
    problems = Diagnostics()
    for gate in missing_gates(verdict.gate for verdict in given.verdicts):
        message = f"the gate {gate} was not run: an unchecked package is not signed"
        problems.error("AC6001", message, subject=gate, rule=EVERY_GATE)
    for verdict in given.verdicts:
        if verdict.status is not Status.OK:
            message = f"gate {verdict.gate}: {verdict.status}: {verdict.summary}"
            problems.error("AC6001", message, subject=verdict.gate, value=str(verdict.status))
    problems.stop(exit_code=3)
    if not given.sources:
        problems.error("AC6002", "a package without sources cannot be derived again", subject=given.name)
    if given.requirements not in given.generated:
        message = f"{given.requirements} is not among the generated files; the bill of materials is made from it"
        problems.error("AC6002", message, subject=given.requirements)
    seen = Tree()
    seen.text(SBOM_PATH, "")
    for file in (
        file for part in (given.sources, given.generated, given.deployments, given.migrations) for file in part
    ):
        try:
            seen.add(file)
        except ValueError as error:
            problems.error("AC6002", str(error), subject=file.path)
    problems.stop()


def _members(given: PackageInput) -> dict[Role, tuple[Member, ...]]:
    requirements = given.generated[given.requirements].content
    sbom = write_sbom(given.name, given.version, requirements, given.requirements)
    return {
        Role.SOURCE: members_of(given.sources),
        Role.GENERATED: members_of(given.generated),
        Role.DEPLOYMENT: members_of(given.deployments),
        Role.MIGRATION: members_of(given.migrations),
        Role.SBOM: (Member(path=SBOM_PATH, mode=0o644, content=sbom),),
    }

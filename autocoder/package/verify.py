"""Verifies a package: signature, manifest, archive, bill of materials, attestation; on request also its derivation.

Everything is read in memory with limits; nothing is ever extracted. A later check runs only on what an earlier one
made trustworthy: no byte of the manifest is believed before its signature, none of the archive beyond the manifest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from pydantic import ValidationError

from autocoder import __version__
from autocoder.diagnostics import Diagnostic, Diagnostics, StageFailed
from autocoder.gates.verdict import Status
from autocoder.package import archive, bundle, manifest, provenance
from autocoder.package.archive import BadArchive, Member
from autocoder.package.build import EVERY_GATE, Names, missing_gates
from autocoder.package.bundle import B, BlobBundle, MessageSignature, StatementBundle
from autocoder.package.keys import PublicKey
from autocoder.package.manifest import Manifest, MemberEntry, Role
from autocoder.package.provenance import Provenance, VerdictEntry
from autocoder.package.sbom import write_sbom
from autocoder.targets.tree import File, Owner, Tree

FILE_LIMIT = 256 * 1024 * 1024
"""Most bytes of one file of a package, and of the archive unpacked."""

_SUFFIX = ".tar.gz"

Rederive = Callable[[Tree], Tree]
"""Builds the tree that a package holds from all its members, of which it believes only the sources (owned) and the
released migrations (appended); what it wants to know of a generated one (the lock) it must derive again, so that a
difference shows. The sources themselves are in the answer or not.
"""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One question of a verification: `ok` None means that it was not asked."""

    name: str
    ok: bool | None
    detail: str


@dataclass(frozen=True, kw_only=True)
class VerifyReport:
    """The answer. `name`, `version` and `generator` are empty where the manifest could not be trusted; `verdicts`,
    `materials` (name to sha256), `tools` (name to version) and `started` where the attestation could not.
    """

    archive: str
    name: str
    version: str
    generator: str
    key: str
    checks: tuple[Check, ...]
    verdicts: tuple[VerdictEntry, ...]
    materials: Mapping[str, str]
    tools: Mapping[str, str]
    started: str
    diagnostics: tuple[Diagnostic, ...]

    @property
    def ok(self) -> bool:
        """Everything that was asked has an answer, and nothing failed."""
        return not self.diagnostics and all(check.ok for check in self.checks)


def verify_package(
    path: Path, key: PublicKey, *, sources: Tree | None = None, rederive: Rederive | None = None
) -> VerifyReport:
    """Verifies the package whose archive is at `path`, with its other files beside it.

    With `sources`, those of a workspace, the packaged ones must be the same, none less and none more. With `rederive`
    every derived file is built again from the packaged sources and must equal the packaged one. Raises nothing for a
    bad package: the report says what is wrong, file by file.
    """
    work = _Verification(path=path, key=key, names=Names(stem=path.name.removesuffix(_SUFFIX)))
    work.check("files", work.read_files)
    work.check("signature", work.read_manifest)
    work.check("attestation", work.read_attestation)
    work.check("archive", work.read_archive)
    work.check("sbom", work.compare_sbom)
    work.check("gates", work.compare_attestation)
    if sources is not None:
        work.check("sources", lambda: work.compare_sources(sources))
    if rederive is not None:
        work.check("derivation", lambda: work.compare_derivation(rederive))
    return work.report()


@dataclass(kw_only=True)
class _Verification:
    path: Path
    key: PublicKey
    names: Names
    problems: Diagnostics = field(default_factory=Diagnostics)
    checks: list[Check] = field(default_factory=list[Check])
    contents: dict[str, bytes] = field(default_factory=dict[str, bytes])
    manifest: Manifest | None = None
    provenance: Provenance | None = None
    members: Mapping[str, Member] | None = None

    def check(self, name: str, question: Callable[[], str | None]) -> None:
        """Asks one question: its answer is a detail for the report, or None where it had nothing to look at."""
        before = len(self.problems)
        detail: str | None = None
        try:
            detail = question()
        except StageFailed as failed:
            self.problems.extend(failed.diagnostics)
        found = len(self.problems) - before
        ok = False if found else (None if detail is None else True)
        text = f"{found} problem{'s' if found > 1 else ''}" if found else detail or "not checked"
        self.checks.append(Check(name=name, ok=ok, detail=text))

    def report(self) -> VerifyReport:
        """What the questions asked so far amount to."""
        read = self.manifest
        return VerifyReport(
            archive=self.path.name,
            name=read.name if read else "",
            version=read.version if read else "",
            generator=f"{read.generator.name} {read.generator.version}" if read else "",
            key=self.key.hint,
            checks=tuple(self.checks),
            verdicts=self.provenance.verdicts if self.provenance else (),
            materials=self.provenance.materials if self.provenance else {},
            tools=self.provenance.tools if self.provenance else {},
            started=self.provenance.started if self.provenance else "",
            diagnostics=tuple(sorted(self.problems, key=lambda d: d.order)),
        )

    def read_files(self) -> str:
        """All four files; each that cannot be read is named."""
        if self.path.name == self.names.stem:
            shown = self.path.name or str(self.path)
            raise _failed("AC6010", f"{shown} is not the archive of a package: that ends in {_SUFFIX}", shown)
        for name in self.names.all:
            try:
                self.contents[name] = self._read(name)
            except StageFailed as failed:
                self.problems.extend(failed.diagnostics)
        return f"{len(self.contents)} files"

    def read_manifest(self) -> str | None:
        """The signature over the manifest, then the manifest."""
        data = self.contents.get(self.names.manifest)
        signed = self._bundle(BlobBundle, self.names.signature)
        if data is None or signed is None:
            return None
        self._known(signed.verification_material.public_key.hint, self.names.signature)
        self._accept(signed.message_signature, data)
        self.manifest = self._manifest(data)
        return f"key {self.key.hint}"

    def _accept(self, message: MessageSignature, data: bytes) -> None:
        """The signature and the digest beside it tell which of the two files was changed."""
        name = self.names.signature
        digest, found = bundle.decode(message.message_digest.digest).hex(), _hex(data)
        if self.key.accepts(bundle.decode(message.signature), data):
            if digest != found:
                raise _failed("AC6011", f"{name} names another digest than its signature is over", name, found, digest)
            return
        if digest != found:
            text = f"{self.names.manifest} was changed after it was signed"
            raise _failed("AC6011", text, self.names.manifest, digest, found)
        raise _failed("AC6011", f"{name} holds no valid signature of the manifest", name)

    def _manifest(self, data: bytes) -> Manifest:
        name = self.names.manifest
        try:
            read = Manifest.model_validate_json(data)
        except ValidationError as error:
            first = error.errors()[0]
            text = f"{name}: {'.'.join(map(str, first['loc']))}: {first['msg']}"
            raise _failed("AC6014", text, name) from error
        if read.dump() != data:
            raise _failed("AC6014", f"{name} is not canonical JSON", name)
        if read.root != self.names.stem or read.archive.path != self.names.archive:
            text = f"{name} is the manifest of {read.archive.path}, not of {self.names.archive}"
            raise _failed("AC6014", text, name, self.names.archive, read.archive.path)
        paths = [line.path for line in read.members]
        if paths != sorted(set(paths)):
            raise _failed("AC6014", f"{name} does not list every member once, in order", name)
        return read

    def read_attestation(self) -> str | None:
        """The signature over the statement, then the statement."""
        name = self.names.attestation
        signed = self._bundle(StatementBundle, name)
        if signed is None:
            return None
        self._known(signed.verification_material.public_key.hint, name)
        statement = bundle.decode(signed.dsse_envelope.payload)
        signature = bundle.decode(signed.dsse_envelope.signatures[0].sig)
        if not self.key.accepts(signature, bundle.pre_authentication(statement)):
            raise _failed("AC6011", f"{name} was changed after it was signed", name)
        try:
            self.provenance = provenance.read_statement(statement)
        except ValueError as error:
            raise _failed("AC6040", f"{name} is not a provenance statement of autocoder: {error}", name) from error
        return f"{len(self.provenance.materials)} materials"

    def read_archive(self) -> str | None:
        """The archive's digest, then every member's."""
        data = self.contents.get(self.names.archive)
        if self.manifest is None or data is None:
            return None
        expected = self.manifest.archive
        if sha256(data).hexdigest() != expected.sha256:
            text = f"{self.names.archive} was changed: its digest is not the one in the signed manifest"
            found = sha256(data).hexdigest()
            self.problems.add(_problem("AC6015", text, self.names.archive, expected.sha256, found))
        members, stopped = self._unpack(data, self.manifest)
        self._compare_members(members, self.manifest, damaged=bool(stopped))
        self.members = members
        self._compare_form(members, data, self.manifest)
        return f"{len(members)} members"

    def _unpack(self, data: bytes, listed: Manifest) -> tuple[dict[str, Member], str]:
        """The acceptable members, and what stopped the reading of the archive ("" for nothing)."""
        limit = archive.limit_for(line.size for line in listed.members)
        try:
            tar, stopped = archive.expand(data, limit=min(limit, FILE_LIMIT))
        except BadArchive as error:
            raise _failed("AC6018", f"{self.names.archive}: {error}", self.names.archive) from error
        if stopped:
            self.problems.error("AC6018", f"{self.names.archive}: {stopped}", subject=self.names.archive)
        members, problems = archive.read_tar(tar, listed.root)
        for problem in problems:
            if problem.member:
                self.problems.error("AC6017", f"{self.names.archive}: {problem}", subject=problem.member)
            elif not stopped:
                stopped = str(problem)
                self.problems.error("AC6018", f"{self.names.archive}: {problem}", subject=self.names.archive)
        return {member.path: member for member in members}, stopped

    def _compare_members(self, members: Mapping[str, Member], listed: Manifest, *, damaged: bool) -> None:
        lines = {line.path: line for line in listed.members}
        for path, member in members.items():
            if path not in lines:
                self.problems.error("AC6016", f"{path} is in the archive and not in the manifest", subject=path)
            elif (found := manifest.entry(member, lines[path].role)) != lines[path]:
                self.problems.add(_changed("AC6016", path, "is not the member that was signed", lines[path], found))
        missing = [path for path in lines if path not in members]
        if damaged and missing:
            text = f"{missing[0]} cannot be read from the archive, nor the {len(missing) - 1} members after it"
            self.problems.error("AC6016", text, subject=missing[0])
        elif missing:
            for path in missing:
                self.problems.error("AC6016", f"{path} is in the manifest and not in the archive", subject=path)

    def _compare_form(self, members: Mapping[str, Member], data: bytes, listed: Manifest) -> None:
        """An archive of the right members may still carry times, owners or padding that nobody signed for."""
        if self.problems.errors:
            return
        tar, _ = archive.expand(data, limit=FILE_LIMIT)
        if tar != archive.write_tar(listed.root, members.values()) or data[:10] != archive.HEADER:
            text = f"{self.names.archive} is not in the one form that a package has"
            self.problems.error("AC6018", text, subject=self.names.archive)

    def compare_sbom(self) -> str | None:
        """The bill of materials is made again from the packaged requirements."""
        if self.manifest is None or self.members is None:
            return None
        listed = self.manifest.sbom
        for path in (listed.path, listed.requirements):
            if all(line.path != path for line in self.manifest.members):
                raise _failed("AC6019", f"the package has no {path}", path)
        found, requirements = self.members.get(listed.path), self.members.get(listed.requirements)
        if found is None or requirements is None:
            return None  # the archive's own check has named it
        name, version = self.manifest.name, self.manifest.version
        expected = write_sbom(name, version, requirements.content, listed.requirements)
        if expected != found.content:
            text = f"{listed.path} does not list what {listed.requirements} pins"
            raise _failed("AC6019", text, listed.path, _hex(expected), _hex(found.content))
        return listed.path

    def compare_attestation(self) -> str | None:
        """What the attestation says about the archive and the gates."""
        if self.manifest is None or self.provenance is None:
            return None
        name = self.names.attestation
        subject = [(item.name, item.digest.sha256) for item in self.provenance.subject]
        if self.provenance.predicate_type != provenance.PREDICATE_TYPE:
            self.problems.error("AC6040", f"{name} has the predicate {self.provenance.predicate_type}", subject=name)
        if subject != [(self.names.archive, self.manifest.archive.sha256)]:
            found = subject[0][1] if subject else "none"
            text = f"{name} attests another archive"
            self.problems.add(_problem("AC6040", text, name, self.manifest.archive.sha256, found))
        self._compare_materials(self.manifest, self.provenance.materials)
        for verdict in self.provenance.verdicts:
            if verdict.status != Status.OK or verdict.checks < 1:
                text = f"gate {verdict.gate} is not ok: {verdict.status}, {verdict.checks} checks: {verdict.summary}"
                self.problems.error("AC6041", text, subject=verdict.gate, value=verdict.status)
        for gate in missing_gates(verdict.gate for verdict in self.provenance.verdicts):
            text = f"{name} has no verdict of the gate {gate}"
            self.problems.error("AC6041", text, subject=gate, rule=EVERY_GATE)
        return ", ".join(f"{verdict.gate} {verdict.status}" for verdict in self.provenance.verdicts)

    def _compare_materials(self, listed: Manifest, materials: Mapping[str, str]) -> None:
        for line in listed.members:
            found = materials.get(line.path)
            if found is None and line.role is Role.SOURCE:
                self.problems.error(
                    "AC6040", f"the attestation does not name the source {line.path}", subject=line.path
                )
            elif found not in (None, line.sha256):
                text = f"the attestation names another {line.path} than the archive holds"
                self.problems.add(_problem("AC6040", text, line.path, line.sha256, found or ""))

    def compare_sources(self, sources: Tree) -> str | None:
        """The packaged sources against those of a workspace."""
        if self.manifest is None:
            return None
        lines = {line.path: line for line in self.manifest.members if line.role is Role.SOURCE}
        for path, line in lines.items():
            if path not in sources:
                text = f"the input {path} is in the package and not in the sources"
                self.problems.error("AC6042", text, subject=path)
            elif (found := _hex(sources[path].content)) != line.sha256:
                text = f"the input {path} is not the one that the package was made from"
                self.problems.add(_problem("AC6042", text, path, line.sha256, found))
        for file in sources:
            if file.path not in lines:
                text = f"the input {file.path} is in the sources and not in the package"
                self.problems.error("AC6042", text, subject=file.path)
        return f"{len(lines)} files"

    def compare_derivation(self, rederive: Rederive) -> str | None:
        """Every derived file is built again and compared, where nothing else is wrong already."""
        if self.manifest is None or self.members is None or self.problems.errors:
            return None
        made_by = self.manifest.generator.version
        if made_by != __version__:
            text = f"the package was made by autocoder {made_by}; this is {__version__}, which may derive other bytes"
            help_ = f"verify it with that version: uv tool run autocoder@{made_by} verify {self.names.archive} …"
            problem = _problem("AC6044", text, self.names.archive, made_by, __version__)
            raise StageFailed([replace(problem, help=help_)])
        roles = {line.path: line.role for line in self.manifest.members}
        rebuilt = rederive(_inputs(self.members.values(), roles))
        derived = [file for file in rebuilt if file.owner in (Owner.GENERATED, Owner.APPENDED)]
        for file in derived:
            self._compare_derived(file, self.members.get(file.path))
        for path, role in roles.items():
            if role in (Role.GENERATED, Role.DEPLOYMENT, Role.MIGRATION) and path not in rebuilt:
                text = f"{path} is in the package and cannot be derived from its sources"
                self.problems.error("AC6043", text, subject=path)
        return f"{len(derived)} files"

    def _compare_derived(self, file: File, packaged: Member | None) -> None:
        if packaged is None:
            text = f"{file.path} is derived from the sources and missing in the package"
            self.problems.error("AC6043", text, subject=file.path)
            return
        again = Member(path=file.path, mode=archive.mode_of(file), content=file.content)
        expected, found = manifest.entry(again, Role.GENERATED), manifest.entry(packaged, Role.GENERATED)
        if expected != found:
            text = "is not what the packaged sources derive"
            self.problems.add(_changed("AC6043", file.path, text, expected, found))

    def _read(self, name: str) -> bytes:
        path = self.path.with_name(name)
        try:
            with path.open("rb") as file:
                data = file.read(FILE_LIMIT + 1)
        except OSError as error:
            what = "is missing" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
            raise _failed("AC6010", f"{self.path.with_name(name)} {what}", name) from error
        if len(data) > FILE_LIMIT:
            raise _failed("AC6010", f"{name} is larger than {FILE_LIMIT} bytes", name)
        return data

    def _bundle(self, kind: type[B], name: str) -> B | None:
        if (data := self.contents.get(name)) is None:
            return None
        try:
            read = bundle.read_any(kind, data)
        except ValueError as error:
            raise _failed("AC6013", f"{name} is not a Sigstore bundle with a public key: {error}", name) from error
        if bundle.dump(read) != data:
            raise _failed("AC6013", f"{name} is not in canonical form", name)
        return read

    def _known(self, hint: str, name: str) -> None:
        if hint != self.key.hint:
            raise _failed("AC6012", f"{name} was signed with an unknown key", name, self.key.hint, hint)


def _inputs(members: Iterable[Member], roles: Mapping[str, Role]) -> Tree:
    """The members as a tree: the sources are owned, the migrations appended, all else generated."""
    owners = {Role.SOURCE: Owner.OWNED, Role.MIGRATION: Owner.APPENDED}
    tree = Tree()
    for member in members:
        owner = owners.get(roles[member.path], Owner.GENERATED)
        executable = bool(member.mode & 0o100)
        tree.add(File(path=member.path, content=member.content, owner=owner, executable=executable))
    return tree


def _hex(content: bytes) -> str:
    return sha256(content).hexdigest()


def _changed(code: str, path: str, what: str, expected: MemberEntry, found: MemberEntry) -> Diagnostic:
    """Names the first property that differs."""
    for name in ("sha256", "mode"):
        old, new = getattr(expected, name), getattr(found, name)
        if old != new:
            return _problem(code, f"{path} {what}: its {name} differs", path, old, new)
    return _problem(code, f"{path} {what}: its size differs", path, str(expected.size), str(found.size))


def _problem(code: str, message: str, subject: str, expected: str, found: str) -> Diagnostic:
    return Diagnostic(code=code, message=message, subject=subject, value=found, rule=f"expected {expected}")


def _failed(code: str, message: str, subject: str, expected: str = "", found: str = "") -> StageFailed:
    if expected:
        return StageFailed([_problem(code, message, subject, expected, found)])
    return StageFailed([Diagnostic(code=code, message=message, subject=subject)])

"""A verification accepts what was signed, and names what differs from it."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import tarfile
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autocoder import __version__, registry
from autocoder.diagnostics import Diagnostic, StageFailed
from autocoder.gates.verdict import Status, Verdict
from autocoder.package import bundle, keys, provenance
from autocoder.package.archive import Member, compress, expand, read_tar, write_tar
from autocoder.package.build import PackageInput, build_package
from autocoder.package.keys import PublicKey
from autocoder.package.manifest import Manifest
from autocoder.package.sign import EmbeddedSigner
from autocoder.package.verify import VerifyReport, verify_package
from autocoder.targets.tree import Owner, Tree

Make = Callable[..., tuple[Path, PublicKey]]
SUFFIXES = ("tar.gz", "manifest.json", "manifest.sigstore.json", "provenance.sigstore.json")


def found(report: VerifyReport) -> list[tuple[str, str]]:
    return [(d.code, d.subject) for d in report.diagnostics]


def checks(report: VerifyReport) -> dict[str, bool | None]:
    return {check.name: check.ok for check in report.checks}


def beside(path: Path, suffix: str) -> Path:
    return path.with_name(f"links-0.1.0.{suffix}")


def test_a_good_package_is_accepted(make: Make) -> None:
    path, key = make()
    report = verify_package(path, key)
    assert report.ok and not report.diagnostics
    assert (report.name, report.version, report.generator) == ("links", "0.1.0", f"autocoder {__version__}")
    assert checks(report) == dict.fromkeys(("files", "signature", "attestation", "archive", "sbom", "gates"), True)
    assert {v.gate: v.sandbox for v in report.verdicts}["tests"] == "bubblewrap" and len(report.verdicts) == 6
    assert report.tools["postgresql"] == "18.4" and report.started == "2026-01-02T03:04:05Z"


def test_a_verdict_is_read_back_as_it_was_signed_findings_included(make: Make, given: PackageInput) -> None:
    path, key = make()
    read = {entry.gate: entry.verdict() for entry in verify_package(path, key).verdicts}
    assert read == {verdict.gate: replace(verdict, tools={}) for verdict in given.verdicts}


def test_verifying_writes_nothing(make: Make, tmp_path: Path) -> None:
    path, key = make()
    before = sorted(tmp_path.rglob("*"))
    verify_package(path, key)
    assert sorted(tmp_path.rglob("*")) == before


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_byte_changed_in_any_file_is_noticed_and_the_file_named(make: Make, data: st.DataObject) -> None:
    path, key = make()
    victim = beside(path, data.draw(st.sampled_from(SUFFIXES)))
    content = bytearray(victim.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    victim.write_bytes(content)
    report = verify_package(path, key)
    assert not report.ok
    assert victim.name in {d.subject for d in report.diagnostics}


@pytest.mark.slow
@pytest.mark.parametrize("suffix", SUFFIXES[1:])
def test_every_single_byte_of_the_small_files_counts(make: Make, suffix: str) -> None:
    path, key = make()
    victim = beside(path, suffix)
    content = victim.read_bytes()
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 1 << place % 8
        victim.write_bytes(changed)
        assert victim.name in {d.subject for d in verify_package(path, key).diagnostics}, place


def repacked(path: Path, change: Callable[[list[Member]], list[Member]]) -> None:
    tar, _ = expand(path.read_bytes(), limit=10**8)
    members, _ = read_tar(tar, "links-0.1.0")
    path.write_bytes(compress(write_tar("links-0.1.0", change(list(members)))))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_byte_changed_in_any_member_names_that_member(make: Make, data: st.DataObject) -> None:
    path, key = make()

    def flip(members: list[Member]) -> list[Member]:
        number = data.draw(st.sampled_from([n for n, member in enumerate(members) if member.content]))
        content = bytearray(members[number].content)
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
        members[number] = replace(members[number], content=bytes(content))
        names.append(members[number].path)
        return members

    names: list[str] = []
    repacked(path, flip)
    report = verify_package(path, key)
    assert ("AC6016", names[-1]) in found(report) and ("AC6015", "links-0.1.0.tar.gz") in found(report)
    assert {d.subject for d in report.diagnostics if d.code == "AC6016"} == {names[-1]}


def problem(report: VerifyReport, code: str) -> Diagnostic:
    (one,) = [d for d in report.diagnostics if d.code == code]
    return one


def test_a_changed_member_is_named_with_the_expected_and_the_found_digest(make: Make) -> None:
    path, key = make()
    old = Member(path="generated/src/app.py", mode=0o644, content=b"")
    repacked(path, lambda members: [replace(m, content=b"evil") if m.path == old.path else m for m in members])
    one = problem(verify_package(path, key), "AC6016")
    assert one.subject == "generated/src/app.py" and one.value == sha256(b"evil").hexdigest()
    assert one.rule.startswith("expected ") and len(one.rule.split()[1]) == 64


def test_a_changed_mode_a_missing_and_an_added_member_are_named(make: Make) -> None:
    path, key = make()

    def change(members: list[Member]) -> list[Member]:
        kept = [m for m in members if m.path != "description.md"]
        kept = [replace(m, mode=0o644) if m.path == "deployments/run.sh" else m for m in kept]
        return [*kept, Member(path="extra.txt", mode=0o644, content=b"x")]

    repacked(path, change)
    report = verify_package(path, key)
    assert {s for c, s in found(report) if c == "AC6016"} == {"description.md", "deployments/run.sh", "extra.txt"}
    assert "its mode differs" in next(d.message for d in report.diagnostics if d.subject == "deployments/run.sh")


def test_a_truncated_archive_names_the_first_member_that_is_gone(make: Make) -> None:
    path, key = make()
    path.write_bytes(path.read_bytes()[:-200])
    report = verify_package(path, key)
    assert {c for c, _ in found(report)} == {"AC6015", "AC6016", "AC6018"}
    assert "cannot be read from the archive" in problem(report, "AC6016").message


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_missing_file_is_named(make: Make, suffix: str) -> None:
    path, key = make()
    beside(path, suffix).unlink()
    report = verify_package(path, key)
    assert found(report) == [("AC6010", f"links-0.1.0.{suffix}")]
    assert report.diagnostics[0].message == f"{beside(path, suffix)} is missing"


def test_a_package_that_is_not_there_names_all_its_files(make: Make, tmp_path: Path) -> None:
    _, key = make()
    report = verify_package(tmp_path / "nope.tar.gz", key)
    assert {s for _, s in found(report)} == {f"nope.{suffix}" for suffix in SUFFIXES} and not report.ok


def test_something_else_than_an_archive_is_refused(make: Make) -> None:
    path, key = make()
    report = verify_package(beside(path, "manifest.json"), key)
    assert ("AC6010", "links-0.1.0.manifest.json") in found(report)


def test_a_signature_by_an_unknown_key_says_so(make: Make, tmp_path: Path) -> None:
    path, key = make()
    stranger = keys.create(tmp_path / "stranger", {}).public
    report = verify_package(path, stranger)
    names = ["links-0.1.0.manifest.sigstore.json", "links-0.1.0.provenance.sigstore.json"]
    assert found(report) == [("AC6012", name) for name in names]
    assert report.diagnostics[0].value == key.hint and stranger.hint in report.diagnostics[0].rule
    assert checks(report)["archive"] is None and report.name == ""


def test_a_stranger_who_claims_the_key_is_found_out(make: Make, tmp_path: Path) -> None:
    path, key = make()
    stranger = keys.create(tmp_path / "stranger", {})
    data = beside(path, "manifest.json").read_bytes()
    forged = bundle.blob_bundle(data, stranger.sign(data), key.hint)
    beside(path, "manifest.sigstore.json").write_bytes(bundle.dump(forged))
    assert found(verify_package(path, key)) == [("AC6011", "links-0.1.0.manifest.sigstore.json")]


def test_a_renamed_package_is_refused(make: Make) -> None:
    path, key = make()
    for suffix in SUFFIXES:
        shutil.copy(beside(path, suffix), path.with_name(f"links-0.2.0.{suffix}"))
    report = verify_package(path.with_name("links-0.2.0.tar.gz"), key)
    assert ("AC6014", "links-0.2.0.manifest.json") in found(report)


def test_another_builds_attestation_is_refused(make: Make, given: PackageInput) -> None:
    path, key = make(decisions=[])
    other = beside(path, "provenance.sigstore.json").read_bytes()
    changed = Tree()
    changed.text("description.md", "other prose", owner=Owner.OWNED)
    make(sources=changed)
    beside(path, "provenance.sigstore.json").write_bytes(other)
    report = verify_package(path, key)
    assert found(report) == [("AC6040", "description.md"), ("AC6040", "links-0.1.0.provenance.sigstore.json")]


def test_a_verdict_that_is_not_ok_is_refused(
    make: Make, given: PackageInput, signer: EmbeddedSigner, tmp_path: Path
) -> None:
    path, key = make()
    listed = Manifest.model_validate_json(beside(path, "manifest.json").read_bytes())
    materials = {line.path: line.sha256 for line in listed.members if line.role == "source"}
    failed = Verdict(gate="policy", status=Status.FAILED, checks=2, summary="1 of 2", sandbox="none needed")
    others = tuple(verdict for verdict in given.verdicts if verdict.gate != "policy")
    for verdicts, subjects in (
        ((failed, *others), ["policy"]),
        (others, ["policy"]),
        (given.verdicts[:1], sorted(list(registry.GATES)[1:])),
        ((), sorted(registry.GATES)),
    ):
        run = provenance.Run(started="", finished="", verdicts=verdicts, decisions=[], approvals=[])
        signed = signer.sign_statement(provenance.write_statement(listed, materials, run))
        beside(path, "provenance.sigstore.json").write_bytes(signed)
        assert found(verify_package(path, key)) == [("AC6041", subject) for subject in subjects]


def resigned(path: Path, signer: EmbeddedSigner, change: Callable[[dict[str, Any]], None]) -> None:
    """Changes the manifest and signs it with the trusted key, as a broken or hostile autocoder would."""
    data = json.loads(beside(path, "manifest.json").read_bytes())
    change(data)
    content = Manifest.model_validate(data).dump()
    beside(path, "manifest.json").write_bytes(content)
    beside(path, "manifest.sigstore.json").write_bytes(signer.sign_blob(content))


def hostile(path: Path, signer: EmbeddedSigner, packed: bytes) -> None:
    path.write_bytes(packed)
    entry = {"path": path.name, "size": len(packed), "sha256": sha256(packed).hexdigest()}
    resigned(path, signer, lambda data: data.update(archive=entry))


def tar_with(data: bytes, name: str, kind: bytes, content: bytes = b"") -> bytes:
    buffer = io.BytesIO(data)
    with tarfile.open(fileobj=buffer, mode="a") as archive:
        info = tarfile.TarInfo(name)
        info.type, info.size, info.linkname = kind, len(content), "../../../etc/passwd"
        archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "kind", "code", "subject"),
    [
        ("links-0.1.0/evil", tarfile.SYMTYPE, "AC6017", "evil"),
        ("links-0.1.0/../evil", tarfile.REGTYPE, "AC6017", "../evil"),
        ("/evil", tarfile.REGTYPE, "AC6017", "/evil"),
        ("links-0.1.0/description.md", tarfile.REGTYPE, "AC6017", "description.md"),
        ("links-0.1.0/evil", tarfile.REGTYPE, "AC6016", "evil"),
    ],
)
def test_a_hostile_member_is_refused_even_when_signed(
    make: Make, signer: EmbeddedSigner, name: str, kind: bytes, code: str, subject: str
) -> None:
    path, key = make()
    tar, _ = expand(path.read_bytes(), limit=10**8)
    hostile(path, signer, compress(tar_with(tar, name, kind)))
    assert (code, subject) in found(verify_package(path, key))


def test_a_signed_bomb_is_refused(make: Make, signer: EmbeddedSigner) -> None:
    path, key = make()
    hostile(path, signer, gzip.compress(b"\0" * 100_000_000, mtime=0))
    report = verify_package(path, key)
    assert ("AC6018", "links-0.1.0.tar.gz") in found(report)
    assert "unpacks to more than" in problem(report, "AC6018").message


def test_a_signed_archive_in_another_form_is_refused(make: Make, signer: EmbeddedSigner) -> None:
    path, key = make()
    tar, _ = expand(path.read_bytes(), limit=10**8)
    hostile(path, signer, compress(tar + b"\0" * 512 + b"hidden"))
    assert found(verify_package(path, key))[0] == ("AC6018", "links-0.1.0.tar.gz")
    hostile(path, signer, gzip.compress(tar, mtime=1))
    assert found(verify_package(path, key))[0] == ("AC6018", "links-0.1.0.tar.gz")


def test_a_signed_bill_of_materials_that_does_not_fit_is_refused(
    make: Make, signer: EmbeddedSigner, given: PackageInput
) -> None:
    path, key = make()
    forged = b'{"bomFormat":"CycloneDX"}'
    repacked(path, lambda ms: [replace(m, content=forged) if m.path == "sbom.cdx.json" else m for m in ms])

    def change(data: dict[str, Any]) -> None:
        for line in data["members"]:
            if line["path"] == "sbom.cdx.json":
                line.update(size=len(forged), sha256=sha256(forged).hexdigest())

    resigned(path, signer, change)
    hostile(path, signer, path.read_bytes())
    assert ("AC6019", "sbom.cdx.json") in found(verify_package(path, key))


def test_a_bundle_in_another_form_or_of_another_kind_is_refused(make: Make) -> None:
    path, key = make()
    signature = beside(path, "manifest.sigstore.json")
    data = json.loads(signature.read_bytes())
    signature.write_text(json.dumps(data))
    assert found(verify_package(path, key)) == [("AC6013", signature.name)]
    data["verificationMaterial"] = {"certificate": {"rawBytes": "AAAA"}}
    signature.write_text(json.dumps(data))
    assert found(verify_package(path, key)) == [("AC6013", signature.name)]


def test_the_packaged_sources_are_compared_with_those_of_a_workspace(make: Make, given: PackageInput) -> None:
    path, key = make()
    report = verify_package(path, key, sources=given.sources)
    assert report.ok and checks(report)["sources"] is True and "derivation" not in checks(report)
    others = Tree()
    others.text("description.md", "other prose", owner=Owner.OWNED)
    others.text("custom/__init__.py", "", owner=Owner.OWNED)
    others.text("decisions.yaml", "waivers: []", owner=Owner.OWNED)
    report = verify_package(path, key, sources=others)
    assert found(report) == [(("AC6042"), name) for name in ("architecture.yaml", "decisions.yaml", "description.md")]
    assert "is in the package and not in the sources" in report.diagnostics[0].message
    assert "is in the sources and not in the package" in report.diagnostics[1].message
    assert report.diagnostics[2].value == sha256(b"other prose").hexdigest()


def test_every_derived_file_is_derived_again(make: Make, rederive: Callable[[Tree], Tree]) -> None:
    path, key = make()
    report = verify_package(path, key, rederive=rederive)
    assert report.ok and checks(report)["derivation"] is True


def test_a_file_that_the_sources_do_not_derive_is_named(
    make: Make, given: PackageInput, rederive: Callable[[Tree], Tree]
) -> None:
    smuggled = Tree()
    for file in given.generated:
        smuggled.add(replace(file, content=b"import os\n") if file.path.endswith("app.py") else file)
    smuggled.text("generated/src/backdoor.py", "open = 1\n")
    path, key = make(generated=smuggled, deployments=Tree())
    report = verify_package(path, key, rederive=rederive)
    assert found(report) == [
        ("AC6043", "deployments/run.sh"),
        ("AC6043", "generated/src/app.py"),
        ("AC6043", "generated/src/backdoor.py"),
    ]
    changed = report.diagnostics[1]
    assert changed.value == sha256(b"import os\n").hexdigest() and changed.rule.startswith("expected ")


def test_a_migration_that_the_sources_do_not_derive_is_named(
    make: Make, given: PackageInput, rederive: Callable[[Tree], Tree]
) -> None:
    more = Tree()
    more.update(given.migrations)
    more.text("migrations/0666.py", "drop = 1\n", owner=Owner.APPENDED)
    path, key = make(migrations=more)
    assert found(verify_package(path, key, rederive=rederive)) == [("AC6043", "migrations/0666.py")]


def test_a_derivation_that_fails_is_reported_with_its_own_diagnostics(make: Make) -> None:
    def broken(_: Tree) -> Tree:
        raise StageFailed([Diagnostic(code="AC6002", message="no such thing", subject="x")])

    path, key = make()
    assert found(verify_package(path, key, rederive=broken)) == [("AC6002", "x")]


def test_a_package_of_another_version_says_which_one_to_use(
    given: PackageInput, signer: EmbeddedSigner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Make
) -> None:
    monkeypatch.setattr("autocoder.package.build.__version__", "0.0.9")
    path, key = make()
    assert verify_package(path, key).generator == "autocoder 0.0.9" and verify_package(path, key).ok
    report = verify_package(path, key, rederive=lambda tree: tree)
    assert found(report) == [("AC6044", "links-0.1.0.tar.gz")]
    assert report.diagnostics[0].rule == "expected 0.0.9" and "0.0.9" in report.diagnostics[0].message
    assert "autocoder@0.0.9 verify" in report.diagnostics[0].help


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=400), suffix=st.sampled_from(SUFFIXES))
def test_rubbish_in_any_file_is_a_diagnostic_and_no_crash(make: Make, content: bytes, suffix: str) -> None:
    path, key = make()
    beside(path, suffix).write_bytes(content)
    assert not verify_package(path, key).ok


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x))
)
def test_a_signed_manifest_or_statement_of_any_json_is_no_crash(
    make: Make, signer: EmbeddedSigner, content: object
) -> None:
    path, key = make()
    data = json.dumps(content).encode()
    beside(path, "manifest.json").write_bytes(data)
    beside(path, "manifest.sigstore.json").write_bytes(signer.sign_blob(data))
    beside(path, "provenance.sigstore.json").write_bytes(signer.sign_statement(data))
    assert {d.code for d in verify_package(path, key).diagnostics} == {"AC6014", "AC6040"}


def test_a_package_that_was_built_again_verifies_too(given: PackageInput, signer: EmbeddedSigner, make: Make) -> None:
    path, key = make()
    assert path.read_bytes() == build_package(given, signer).files["dist/links-0.1.0.tar.gz"].content
    assert verify_package(path, key).ok

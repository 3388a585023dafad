"""A package is deterministic, complete, and refused where it was not checked."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256

import pytest

from autocoder import __version__, registry
from autocoder.diagnostics import StageFailed
from autocoder.gates.verdict import Status, Verdict
from autocoder.package.archive import expand, read_tar
from autocoder.package.build import PackageInput, build_package
from autocoder.package.bundle import decode
from autocoder.package.sign import EmbeddedSigner
from autocoder.targets.tree import Tree


def failing(given: PackageInput, signer: EmbeddedSigner) -> tuple[list[tuple[str, str]], int]:
    with pytest.raises(StageFailed) as failure:
        build_package(given, signer)
    return [(d.code, d.subject) for d in failure.value.diagnostics], failure.value.exit_code


def test_the_same_input_gives_the_same_bytes_signatures_included(given: PackageInput, signer: EmbeddedSigner) -> None:
    one, two = build_package(given, signer), build_package(given, signer)
    assert {f.path: f.content for f in one.files} == {f.path: f.content for f in two.files}
    assert list(one.digests) == [
        "dist/links-0.1.0.manifest.json",
        "dist/links-0.1.0.manifest.sigstore.json",
        "dist/links-0.1.0.provenance.sigstore.json",
        "dist/links-0.1.0.tar.gz",
    ]
    assert one.archive == "dist/links-0.1.0.tar.gz"
    assert all(one.digests[f.path] == sha256(f.content).hexdigest() for f in one.files)


def test_what_a_run_measured_does_not_change_the_archive(given: PackageInput, signer: EmbeddedSigner) -> None:
    slow = [replace(verdict, measures={"seconds": 99.0}) for verdict in given.verdicts]
    later = build_package(replace(given, finished="2027-01-01T00:00:00Z", verdicts=tuple(slow)), signer)
    first = build_package(given, signer)
    changed = {path for path, digest in first.digests.items() if later.digests[path] != digest}
    assert changed == {"dist/links-0.1.0.provenance.sigstore.json"}


def test_the_manifest_lists_every_member_with_its_role(given: PackageInput, signer: EmbeddedSigner) -> None:
    package = build_package(given, signer)
    manifest = json.loads(package.files["dist/links-0.1.0.manifest.json"].content)
    data = package.files[package.archive].content
    assert manifest["archive"] == {"path": "links-0.1.0.tar.gz", "size": len(data), "sha256": sha256(data).hexdigest()}
    members, problems = read_tar(expand(data, limit=10**7)[0], "links-0.1.0")
    assert not problems
    listed = {line["path"]: (line["sha256"], line["size"], int(line["mode"], 8)) for line in manifest["members"]}
    assert listed == {m.path: (sha256(m.content).hexdigest(), len(m.content), m.mode) for m in members}
    roles = {line["path"].split("/")[0]: line["role"] for line in manifest["members"]}
    assert roles == {
        "architecture.yaml": "source",
        "custom": "source",
        "deployments": "deployment",
        "description.md": "source",
        "generated": "generated",
        "migrations": "migration",
        "sbom.cdx.json": "sbom",
    }


def test_the_statement_holds_materials_verdicts_and_decisions(given: PackageInput, signer: EmbeddedSigner) -> None:
    package = build_package(given, signer)
    bundle = json.loads(package.files["dist/links-0.1.0.provenance.sigstore.json"].content)
    statement = json.loads(decode(bundle["dsseEnvelope"]["payload"]))
    assert statement["subject"] == [
        {"name": "links-0.1.0.tar.gz", "digest": {"sha256": package.digests[package.archive]}}
    ]
    predicate = statement["predicate"]
    materials = {row["name"]: row["digest"]["sha256"] for row in predicate["buildDefinition"]["resolvedDependencies"]}
    prose = given.sources["description.md"].content
    assert materials["description.md"] == sha256(prose).hexdigest()
    assert materials["platform-bundle 2026.10"] == "aa" * 32
    run = predicate["runDetails"]["autocoder_build"]
    assert run["decisions"] == [{"subject": "Link.ttl", "value": "30d"}]
    verdicts = {v["gate"]: (v["status"], v["sandbox"], v["measures"]) for v in run["verdicts"]}
    assert sorted(verdicts) == sorted(registry.GATES)
    assert verdicts["static"] == ("ok", "none needed", {}) and verdicts["tests"] == (
        "ok",
        "bubblewrap",
        {"seconds": 1.5},
    )
    assert predicate["buildDefinition"]["internalParameters"] == {"bundle": "2026.10", "sandbox": ["bubblewrap"]}
    builder = predicate["runDetails"]["builder"]["version"]
    assert builder == {"autocoder": __version__, "postgresql": "18.4", "python": "3.11.9", "ruff": "0.15.1"}


def test_a_gate_that_did_not_pass_stops_the_signature(given: PackageInput, signer: EmbeddedSigner) -> None:
    failed = Verdict(gate="policy", status=Status.FAILED, checks=2, summary="1 of 2", sandbox="none needed")
    absent = Verdict(gate="tests", status=Status.COULD_NOT_RUN, checks=0, summary="no engine", sandbox="none needed")
    others = [verdict for verdict in given.verdicts if verdict.gate not in ("policy", "tests")]
    verdicts = (failed, absent, *others)
    assert failing(replace(given, verdicts=verdicts), signer) == ([("AC6001", "policy"), ("AC6001", "tests")], 3)


@pytest.mark.parametrize("gate", registry.GATES)
def test_a_package_without_the_verdict_of_any_one_gate_is_refused_and_the_gate_named(
    given: PackageInput, signer: EmbeddedSigner, gate: str
) -> None:
    fewer = tuple(verdict for verdict in given.verdicts if verdict.gate != gate)
    assert failing(replace(given, verdicts=fewer), signer) == ([("AC6001", gate)], 3)


def test_no_gate_at_all_names_all_of_them(given: PackageInput, signer: EmbeddedSigner) -> None:
    assert failing(replace(given, verdicts=()), signer) == ([("AC6001", gate) for gate in sorted(registry.GATES)], 3)


def test_an_incomplete_package_is_refused(given: PackageInput, signer: EmbeddedSigner) -> None:
    doubled = Tree()
    doubled.text("SBOM.cdx.json", "mine")
    assert failing(replace(given, sources=Tree()), signer)[0] == [("AC6002", "links")]
    assert failing(replace(given, requirements="generated/none.txt"), signer)[0] == [("AC6002", "generated/none.txt")]
    assert failing(replace(given, deployments=doubled), signer)[0] == [("AC6002", "SBOM.cdx.json")]
    assert failing(replace(given, deployments=given.migrations), signer)[0] == [("AC6002", "migrations/0001.py")]


def test_requirements_without_hashes_are_refused_line_by_line(given: PackageInput, signer: EmbeddedSigner) -> None:
    loose = Tree()
    loose.text("generated/requirements.txt", "fastapi>=0.1\npydantic==2\n")
    codes, _ = failing(replace(given, generated=loose), signer)
    assert codes == [("AC6003", "generated/requirements.txt")] * 2

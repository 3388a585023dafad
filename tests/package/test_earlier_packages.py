"""A build is compared with the package that was signed last, and says so where one cannot be believed."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autocoder import materials
from autocoder.earlier_packages import baseline, standing_verdicts
from autocoder.gates.verdict import Verdict
from autocoder.package import keys
from autocoder.package.build import PackageInput, build_package
from autocoder.package.keys import PublicKey
from autocoder.package.sign import EmbeddedSigner
from autocoder.targets.tree import Tree

Put = Callable[..., Path]


@pytest.fixture
def put(given: PackageInput, signer: EmbeddedSigner, tmp_path: Path) -> Put:
    """Signs a package that this very generator made, with changes to its input; the archive's path."""

    def build(**changes: Any) -> Path:
        made = replace(given, materials=materials.shipped(), tools=materials.tools())
        package = build_package(replace(made, **changes), signer)
        for file in package.files:
            (tmp_path / file.path).parent.mkdir(exist_ok=True)
            (tmp_path / file.path).write_bytes(file.content)
        return tmp_path / package.archive

    return build


def measured(given: PackageInput, seconds: float) -> tuple[Verdict, ...]:
    return tuple(replace(v, measures={"seconds": seconds}) if v.gate == "tests" else v for v in given.verdicts)


def test_the_baseline_is_the_build_that_was_signed_last_whatever_the_files_times_say(
    put: Put, given: PackageInput, signer: EmbeddedSigner, tmp_path: Path
) -> None:
    old = put(version="0.10.0", started="2026-01-02T00:00:00Z", verdicts=measured(given, 1))
    new = put(version="0.9.1", started="2026-01-03T00:00:00Z", verdicts=measured(given, 2))
    os.utime(old, (2_000_000_000, 2_000_000_000))
    os.utime(new, (1, 1))
    found = baseline(tmp_path, "links", signer.public)
    assert (found.archive, found.measures, found.warnings) == ("links-0.9.1.tar.gz", {"seconds": 2}, ())


def test_another_system_with_a_longer_name_is_no_baseline(put: Put, signer: EmbeddedSigner, tmp_path: Path) -> None:
    put(name="links-two")
    assert baseline(tmp_path, "links", signer.public).archive == ""


def test_a_baseline_that_does_not_verify_is_a_warning_and_an_older_one_is_taken(
    put: Put, given: PackageInput, signer: EmbeddedSigner, tmp_path: Path
) -> None:
    put(version="0.1.0", started="2026-01-02T00:00:00Z", verdicts=measured(given, 1))
    broken = put(version="0.2.0", started="2026-01-03T00:00:00Z")
    broken.write_bytes(b"other")
    found = baseline(tmp_path, "links", signer.public)
    assert found.archive == "links-0.1.0.tar.gz"
    assert [(d.code, d.subject, d.severity) for d in found.warnings] == [
        ("AC6050", "dist/links-0.2.0.tar.gz", "warning")
    ]
    assert any("AC6015" in note.message for note in found.warnings[0].notes)


def test_a_baseline_of_a_strangers_key_is_not_believed(put: Put, tmp_path: Path) -> None:
    put()
    found = baseline(tmp_path, "links", keys.create(tmp_path / "stranger", {}).public)
    assert found.archive == "" and [d.code for d in found.warnings] == ["AC6050"]


def derived(given: PackageInput) -> Tree:
    tree = Tree()
    for part in (given.generated, given.deployments, given.migrations):
        tree.update(part)
    return tree


def test_verdicts_stand_with_their_findings_where_nothing_changed(
    put: Put, given: PackageInput, signer: EmbeddedSigner
) -> None:
    verdicts = standing_verdicts(put(), signer.public, given.sources, derived(given))
    assert {v.gate: v.findings for v in verdicts} == {v.gate: v.findings for v in given.verdicts}
    assert any(v.findings for v in verdicts)


def test_no_verdict_stands_where_anything_changed(put: Put, given: PackageInput, signer: EmbeddedSigner) -> None:
    archive = put()
    other = Tree()
    other.text("description.md", "other")

    def stand(archive: Path, key: PublicKey = signer.public, sources: Tree = given.sources, tree: Tree | None = None):
        return standing_verdicts(archive, key, sources, tree or derived(given))

    assert stand(archive)
    assert not stand(archive, sources=other)
    assert not stand(archive, tree=given.generated)
    assert not stand(put(version="0.2.0", materials={**materials.shipped(), "generator": "0" * 64}))
    assert not stand(put(version="0.3.0", tools={**materials.tools(), "ruff": "0.0.1"}))
    schema = {name: "0" * 64 if name.startswith("schemas/") else value for name, value in materials.shipped().items()}
    assert not stand(put(version="0.4.0", materials=schema))
    archive.write_bytes(b"")
    assert not stand(archive)

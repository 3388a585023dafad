"""A small package, made of real parts, and folders to write it into."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autocoder import registry
from autocoder.diagnostics import Diagnostic, Note, Severity, Span
from autocoder.gates.verdict import Status, Verdict
from autocoder.package import keys
from autocoder.package.build import Package, PackageInput, build_package
from autocoder.package.keys import PublicKey
from autocoder.package.sign import EmbeddedSigner
from autocoder.targets.tree import File, Owner, Tree

REQUIREMENTS = f"""\
# made by a resolver
Fast_API[all]==0.1.2 ; python_version >= "3.11" \\
    --hash=sha256:{"ab" * 32} \\
    --hash=sha256:{"cd" * 32}
    # via links
pydantic==2.14.3 --hash=sha256:{"ef" * 32}
"""


def sources() -> Tree:
    tree = Tree()
    tree.text("description.md", "A link shortener: „short links“.\n", owner=Owner.OWNED)
    tree.text("architecture.yaml", "name: links\n", owner=Owner.MERGED)
    tree.text("custom/__init__.py", "", owner=Owner.OWNED)
    return tree


def derive(inputs: Tree) -> Tree:
    """A stand-in for the compiler: a pure function of the sources."""
    tree = Tree()
    prose = inputs["description.md"].content.decode()
    tree.text("generated/requirements.txt", REQUIREMENTS)
    tree.text("generated/src/app.py", f"PROSE = {prose!r}\n")
    tree.text(f"generated/{'long/' * 30}name.txt", "a path longer than the plain tar header holds\n")
    tree.add(File(path="deployments/run.sh", content=b"#!/bin/sh\n", executable=True))
    tree.text("migrations/0001.py", "upgrade = 1\n", owner=Owner.APPENDED)
    return tree


def passed(gate: str) -> Verdict:
    """A verdict as a gate gives it; that of `tests` has everything that a verdict may have."""
    if gate != "tests":
        return Verdict(gate=gate, status=Status.OK, checks=3, summary="3 files", sandbox="none needed")
    return Verdict(
        gate=gate,
        status=Status.OK,
        checks=64,
        summary="64 tests",
        sandbox="bubblewrap",
        measures={"seconds": 1.5},
        findings=(
            Diagnostic(
                code="AC5004",
                message="weak",
                span=Span(file="generated/src/app.py", line=1, column=2),
                severity=Severity.NOTE,
                notes=(Note(message="waived by ada until 2026-12-01: harmless"),),
            ),
        ),
        tools={"postgresql": "18.4"},
    )


def part(tree: Tree, top: str) -> Tree:
    picked = Tree()
    for file in tree:
        if file.path.startswith(f"{top}/"):
            picked.add(file)
    return picked


@pytest.fixture
def given() -> PackageInput:
    """What a driver hands in."""
    derived = derive(sources())
    return PackageInput(
        name="links",
        version="0.1.0",
        sources=sources(),
        generated=part(derived, "generated"),
        deployments=part(derived, "deployments"),
        migrations=part(derived, "migrations"),
        requirements="generated/requirements.txt",
        verdicts=tuple(passed(gate) for gate in registry.GATES),
        materials={"platform-bundle 2026.10": "aa" * 32, "generator autocoder": "bb" * 32},
        started="2026-01-02T03:04:05Z",
        finished="2026-01-02T03:04:45Z",
        decisions=[{"subject": "Link.ttl", "value": "30d"}],
        approvals=[],
        parameters={"bundle": "2026.10"},
        tools={"python": "3.11.9", "ruff": "0.15.1"},
    )


@pytest.fixture
def signer(tmp_path: Path) -> EmbeddedSigner:
    """An embedded signer with a fresh, unprotected key."""
    return EmbeddedSigner(key=keys.create(tmp_path / "keys", {}))


def put(package: Package, folder: Path) -> Path:
    """Writes a package's files; the path of the archive."""
    for file in package.files:
        (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / file.path).write_bytes(file.content)
    return folder / package.archive


@pytest.fixture
def make(given: PackageInput, signer: EmbeddedSigner, tmp_path: Path) -> Callable[..., tuple[Path, PublicKey]]:
    """Builds and writes a package, with changes to its input; the archive's path and the key to trust."""

    def build(**changes: Any) -> tuple[Path, PublicKey]:
        return put(build_package(replace(given, **changes), signer), tmp_path / "workspace"), signer.public

    return build


@pytest.fixture
def rederive() -> Callable[[Tree], Tree]:
    """The stand-in for the driver's derivation."""
    return derive

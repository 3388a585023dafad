"""Our signatures and cosign's are the same thing, shown by the real cosign."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from autocoder.diagnostics import StageFailed
from autocoder.package import keys
from autocoder.package.build import PackageInput, build_package
from autocoder.package.cosign import cosign_signer
from autocoder.package.keys import PublicKey
from autocoder.package.sign import EmbeddedSigner
from autocoder.package.verify import verify_package
from autocoder.tools.process import Completed, run

Make = Callable[..., tuple[Path, PublicKey]]
OFFLINE = "--insecure-ignore-tlog"


@pytest.fixture
def cosign(require_tool: Callable[[str], Path], tmp_path: Path) -> Callable[..., Completed]:
    program = require_tool("cosign")
    (tmp_path / "home").mkdir()

    def call(*words: str, cwd: Path = tmp_path, password: str = "secret") -> Completed:
        env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home"), "COSIGN_PASSWORD": password}
        return run([program, *words], cwd=cwd, env=env, timeout=60)

    return call


def written(public: PublicKey, folder: Path) -> str:
    (folder / "trusted.pub").write_bytes(public.pem)
    return str(folder / "trusted.pub")


@pytest.mark.cosign
def test_cosign_accepts_the_embedded_signature_and_refuses_a_changed_manifest(
    make: Make, cosign: Callable[..., Completed]
) -> None:
    path, public = make()
    words = ["verify-blob", "--key", written(public, path.parent), "--bundle", "links-0.1.0.manifest.sigstore.json"]
    done = cosign(*words, OFFLINE, "links-0.1.0.manifest.json", cwd=path.parent)
    assert done.ok and b"Verified OK" in done.stderr
    manifest = path.with_name("links-0.1.0.manifest.json")
    manifest.write_bytes(manifest.read_bytes().replace(b"0644", b"0755", 1))
    assert not cosign(*words, OFFLINE, manifest.name, cwd=path.parent).ok


@pytest.mark.cosign
def test_cosign_accepts_the_embedded_attestation_and_refuses_another_archive(
    make: Make, cosign: Callable[..., Completed]
) -> None:
    path, public = make()
    words = ["verify-blob-attestation", "--key", written(public, path.parent), "--type", "slsaprovenance1", OFFLINE]
    words += ["--bundle", "links-0.1.0.provenance.sigstore.json"]
    done = cosign(*words, path.name, cwd=path.parent)
    assert done.ok and b"Verified OK" in done.stderr
    path.write_bytes(path.read_bytes() + b"x")
    assert not cosign(*words, path.name, cwd=path.parent).ok


@pytest.mark.cosign
def test_a_package_signed_by_cosign_verifies_here_and_there(
    given: PackageInput, cosign: Callable[..., Completed], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Make
) -> None:
    assert cosign("generate-key-pair").ok
    monkeypatch.setenv("COSIGN_PASSWORD", "secret")
    signer = cosign_signer(str(tmp_path / "cosign.key"))
    package = build_package(given, signer)
    assert package.signer == "cosign, key file" and package.warnings == ()
    path, stranger = make()
    for file in package.files:
        (path.parent.parent / file.path).write_bytes(file.content)
    public = keys.load_public(tmp_path / "cosign.pub")
    assert verify_package(path, public).ok
    assert {d.code for d in verify_package(path, stranger).diagnostics} == {"AC6012"}
    words = ["verify-blob", "--key", str(tmp_path / "cosign.pub"), "--bundle", "links-0.1.0.manifest.sigstore.json"]
    assert cosign(*words, OFFLINE, "links-0.1.0.manifest.json", cwd=path.parent).ok


@pytest.mark.cosign
def test_cosign_signs_with_the_embedded_signers_encrypted_key_file_as_it_is(
    cosign: Callable[..., Completed], tmp_path: Path, given: PackageInput, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = keys.create(tmp_path / "keys", {"COSIGN_PASSWORD": "secret"})
    key = str(keys.key_path(tmp_path / "keys"))
    printed = cosign("public-key", "--key", key)
    assert printed.ok and printed.stdout == made.public.pem
    assert not cosign("public-key", "--key", key, password="other").ok
    monkeypatch.setenv("COSIGN_PASSWORD", "secret")
    theirs = build_package(given, cosign_signer(key))
    for file in theirs.files:
        (tmp_path / file.path).parent.mkdir(exist_ok=True)
        (tmp_path / file.path).write_bytes(file.content)
    report = verify_package(tmp_path / theirs.archive, made.public)
    assert report.ok and report.tools["cosign"].startswith("3.")


@pytest.mark.cosign
def test_the_embedded_signer_signs_with_a_key_that_cosign_made(
    cosign: Callable[..., Completed], tmp_path: Path
) -> None:
    assert cosign("generate-key-pair").ok
    folder = tmp_path / "keys"
    folder.mkdir()
    (tmp_path / "cosign.key").rename(keys.key_path(folder))
    keys.key_path(folder).chmod(0o600)
    signer = EmbeddedSigner(key=keys.load(folder, {"COSIGN_PASSWORD": "secret"}))
    assert signer.public.pem == (tmp_path / "cosign.pub").read_bytes() and signer.key.protected
    (tmp_path / "blob").write_bytes(b"x")
    (tmp_path / "blob.sigstore.json").write_bytes(signer.sign_blob(b"x"))
    assert cosign("verify-blob", "--key", "cosign.pub", "--bundle", "blob.sigstore.json", OFFLINE, "blob").ok
    with pytest.raises(StageFailed) as failure:
        keys.load(folder, {"COSIGN_PASSWORD": "other"})
    assert [d.code for d in failure.value.diagnostics] == ["AC6021"]


@pytest.mark.cosign
def test_both_signers_name_the_same_key_alike(cosign: Callable[..., Completed], tmp_path: Path) -> None:
    """cosign imports the embedded signer's unprotected key file as it is."""
    made = keys.create(tmp_path / "keys", {})
    key = str(keys.key_path(tmp_path / "keys"))
    assert cosign("import-key-pair", "--key", key, "--output-key-prefix", "imported").ok
    assert (tmp_path / "imported.pub").read_bytes() == made.public.pem
    embedded = EmbeddedSigner(key=made)
    assert made.public.hint.encode() in embedded.sign_blob(b"x")


@pytest.mark.cosign
def test_a_wrong_password_is_a_diagnostic_with_cosigns_own_words(
    cosign: Callable[..., Completed], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cosign("generate-key-pair").ok
    monkeypatch.setenv("COSIGN_PASSWORD", "hunter2")
    with pytest.raises(StageFailed) as failure:
        cosign_signer(str(tmp_path / "cosign.key"))
    (one,) = failure.value.diagnostics
    assert one.code == "AC6032" and "decryption failed" in one.message and "hunter2" not in one.message


def fake_cosign(folder: Path, version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = folder / "bin/cosign"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho \'{{"gitVersion": "{version}"}}\'\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.parametrize("version", ["v2.6.5", "v30.0.0", "devel"])
def test_another_major_version_of_cosign_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    fake_cosign(tmp_path, version, monkeypatch)
    with pytest.raises(StageFailed) as failure:
        cosign_signer("awskms:///alias/key")
    assert [d.code for d in failure.value.diagnostics] == ["AC6031"] and failure.value.exit_code == 4


def test_a_cosign_that_prints_no_key_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_cosign(tmp_path, "v3.1.3", monkeypatch)
    with pytest.raises(StageFailed) as failure:
        cosign_signer("awskms:///alias/key")
    assert [d.code for d in failure.value.diagnostics] == ["AC6032"]


def test_without_cosign_the_diagnostic_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(StageFailed) as failure:
        cosign_signer("cosign.key")
    assert [d.code for d in failure.value.diagnostics] == ["AC9002"] and failure.value.exit_code == 4

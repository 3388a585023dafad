"""The signing key is its owner's alone."""

from __future__ import annotations

import base64
import hashlib
import os
import stat
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from autocoder.diagnostics import StageFailed
from autocoder.package import keys
from autocoder.package.sign import EmbeddedSigner

LOCKED = {"COSIGN_PASSWORD": "correct horse"}


def refusal(*arguments: object, **named: object) -> list[str]:
    with pytest.raises(StageFailed) as failure:
        keys.load(*arguments, **named)  # type: ignore[arg-type]
    return [d.code for d in failure.value.diagnostics]


def test_a_new_key_is_readable_by_its_owner_alone_under_any_umask(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        keys.create(tmp_path / "new", {})
    finally:
        os.umask(old)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new").iterdir()}
    assert modes == {"signing.key": 0o600, "signing.pub": 0o644}
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_a_password_encrypts_the_key_and_is_needed_to_sign(tmp_path: Path) -> None:
    made = keys.create(tmp_path, LOCKED)
    assert made.protected and keys.is_protected(tmp_path)
    assert keys.key_path(tmp_path).read_bytes().startswith(b"-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----")
    loaded = keys.load(tmp_path, LOCKED)
    assert loaded.public.hint == made.public.hint and loaded.protected
    assert refusal(tmp_path, {}) == ["AC6021"]
    assert refusal(tmp_path, {"COSIGN_PASSWORD": "wrong"}) == ["AC6021"]


def test_without_a_password_the_key_is_reported_as_unprotected(tmp_path: Path) -> None:
    signer = EmbeddedSigner(key=keys.create(tmp_path, {}))
    assert signer.description == "embedded key, unprotected"
    assert [(d.code, d.severity) for d in signer.warnings] == [("AC6025", "warning")]
    locked = EmbeddedSigner(key=keys.create(tmp_path / "locked", LOCKED))
    assert locked.description == "embedded key" and locked.warnings == ()


def test_the_hint_is_the_digest_of_the_public_key(tmp_path: Path) -> None:
    public = keys.create(tmp_path, {}).public
    der = base64.b64decode("".join(public.pem.decode().splitlines()[1:-1]))
    assert public.hint == base64.b64encode(hashlib.sha256(der).digest()).decode()


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    keys.create(tmp_path, {})
    keys.key_path(tmp_path).chmod(0o640)
    assert refusal(tmp_path, {}) == ["AC6022"]


def test_there_is_one_key_however_many_make_it_at_once(tmp_path: Path) -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(keys.load_or_create(tmp_path, {}).public.hint)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len(set(found)) == 1
    assert keys.load_public(keys.public_path(tmp_path)).hint == found[0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["signing.key", "signing.pub"]


def test_an_existing_key_is_put_aside_and_never_overwritten(tmp_path: Path) -> None:
    old = keys.create(tmp_path, {}).public.hint
    with pytest.raises(FileExistsError):
        keys.create(tmp_path, {})
    new = keys.replace(tmp_path, {}).public.hint
    assert new != old and keys.trusted(None, tmp_path).hint == new
    with pytest.raises(FileExistsError):
        keys.replace(tmp_path, {})
    assert keys.load(tmp_path, {}).public.hint == new


def test_a_missing_or_foreign_key_is_a_diagnostic(tmp_path: Path) -> None:
    assert refusal(tmp_path, {}) == ["AC6020"]
    path = keys.key_path(tmp_path)
    path.write_text("")
    path.chmod(0o600)
    assert refusal(tmp_path, LOCKED) == ["AC6023"]
    for private in (rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP384R1())):
        path.write_bytes(
            private.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        assert refusal(tmp_path, {}) == ["AC6023"]


def sealed(text: str) -> str:
    inner = base64.b64encode(text.encode()).decode()
    return f"-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n{inner}\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n\xe9\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n",
        "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----",
        sealed(""),
        sealed("{}"),
        sealed(
            '{"kdf": {"name": "scrypt", "params": {"N": 1073741824, "r": 8, "p": 1}, "salt": "AAAA"}, '
            '"cipher": {"name": "nacl/secretbox", "nonce": "AAAA"}, "ciphertext": "AAAA"}'
        ),
        sealed(
            '{"kdf": {"name": "scrypt", "params": {"N": 1024, "r": 8, "p": 1}, "salt": "AAAA"}, '
            '"cipher": {"name": "nacl/secretbox", "nonce": "AAAA"}, "ciphertext": "AAAA"}'
        ),
        sealed(
            '{"kdf": {"name": "scrypt", "params": {"N": 1023, "r": 8, "p": 1}, "salt": "AAAA"}, '
            '"cipher": {"name": "nacl/secretbox", "nonce": "AAAA"}, "ciphertext": "AAAA"}'
        ),
    ],
)
def test_a_damaged_encrypted_key_is_a_diagnostic(tmp_path: Path, text: str) -> None:
    path = keys.key_path(tmp_path)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    assert refusal(tmp_path, LOCKED) == ["AC6023"]


def test_a_key_that_is_encrypted_in_another_way_is_refused_with_what_to_do(tmp_path: Path) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    encryption = serialization.BestAvailableEncryption(b"correct horse")
    path = keys.key_path(tmp_path)
    path.write_bytes(private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption))
    path.chmod(0o600)
    assert refusal(tmp_path, LOCKED) == ["AC6023"]


def test_the_public_key_is_found_without_its_file(tmp_path: Path) -> None:
    made = keys.create(tmp_path, {})
    keys.public_path(tmp_path).unlink()
    assert keys.trusted(None, tmp_path).hint == made.public.hint


def test_a_trusted_key_must_be_a_public_p256_key(tmp_path: Path) -> None:
    other = ed25519.Ed25519PrivateKey.generate().public_key()
    pem = other.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "other.pub").write_bytes(pem)
    (tmp_path / "text.pub").write_text("no key")
    for name in ("other.pub", "text.pub", "absent.pub"):
        with pytest.raises(StageFailed) as failure:
            keys.trusted(tmp_path / name)
        assert [d.code for d in failure.value.diagnostics] == ["AC6024"], name


def test_a_folder_that_cannot_be_written_is_a_diagnostic(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StageFailed) as failure:
        keys.create(tmp_path / "file/below", {})
    assert [d.code for d in failure.value.diagnostics] == ["AC6023"]


def test_the_folder_follows_xdg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert keys.key_path() == tmp_path / "autocoder/signing.key"
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative/is/ignored")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert keys.key_path() == tmp_path / "home/.config/autocoder/signing.key"

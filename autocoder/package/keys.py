"""The user's own signing key: ECDSA P-256 in the configuration folder, readable by its owner alone.

With a password the key file has cosign's own encrypted form, so that `cosign sign-blob --key` reads it too; without one
it is plain PKCS#8 and reported as unprotected. Refuses keys that others can read, and other kinds of key.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from autocoder.diagnostics import Diagnostic, StageFailed
from autocoder.package import cosign_key
from autocoder.package.bundle import encode
from autocoder.tools.user_folders import config_folder

PASSWORD_VARIABLE = "COSIGN_PASSWORD"  # noqa: S105 - the name of a variable, shared with cosign
_ALGORITHM = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)


@dataclass(frozen=True, kw_only=True)
class PublicKey:
    """A key that signatures are checked against. `place` says where it came from."""

    key: ec.EllipticCurvePublicKey
    place: str

    @property
    def pem(self) -> bytes:
        """As a PEM file, the form that cosign reads."""
        return self.key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    @property
    def hint(self) -> str:
        """The name that Sigstore bundles use: base64 of the sha256 of the DER form."""
        der = self.key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        return encode(sha256(der).digest())

    def accepts(self, signature: bytes, data: bytes) -> bool:
        """Whether the signature over `data` was made with this key."""
        try:
            self.key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, kw_only=True)
class SigningKey:
    """A private key in memory. `protected` says whether its file is encrypted."""

    key: ec.EllipticCurvePrivateKey
    public: PublicKey
    protected: bool

    def sign(self, data: bytes) -> bytes:
        """An ECDSA signature (DER) over the sha256 of `data`; the same every time (RFC 6979)."""
        return self.key.sign(data, _ALGORITHM)


def key_path(folder: Path | None = None) -> Path:
    """Where the private key is."""
    return (folder or config_folder()) / "signing.key"


def public_path(folder: Path | None = None) -> Path:
    """Where the public key is."""
    return (folder or config_folder()) / "signing.pub"


def load_or_create(folder: Path | None = None, environment: Mapping[str, str] = os.environ) -> SigningKey:
    """The user's key; made where there is none. Raises `StageFailed` (AC6020 to AC6023)."""
    if not key_path(folder).exists():
        with contextlib.suppress(FileExistsError):
            create(folder, environment)
    return load(folder, environment)


def create(folder: Path | None = None, environment: Mapping[str, str] = os.environ) -> SigningKey:
    """Makes a key and writes both files. Raises `FileExistsError` where there is one, `StageFailed` (AC6023)."""
    private = ec.generate_private_key(ec.SECP256R1())
    password = environment.get(PASSWORD_VARIABLE, "").encode()
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    pem = (
        cosign_key.encrypt(private.private_bytes(serialization.Encoding.DER, *plain), password)
        if password
        else private.private_bytes(serialization.Encoding.PEM, *plain)
    )
    path = key_path(folder)
    public = PublicKey(key=private.public_key(), place=str(public_path(folder)))
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_new(path, pem, 0o600)
        public_path(folder).unlink(missing_ok=True)
        write_new(public_path(folder), public.pem, 0o644)
    except FileExistsError:
        raise
    except OSError as error:
        raise _refused("AC6023", f"the signing key cannot be written: {error.strerror}", str(path)) from error
    return SigningKey(key=private, public=public, protected=bool(password))


def replace(folder: Path | None = None, environment: Mapping[str, str] = os.environ) -> SigningKey:
    """Puts the old key aside as `signing.key.old` and makes a new one. Raises `FileExistsError`, `StageFailed`."""
    path = key_path(folder)
    aside = path.with_name(f"{path.name}.old")
    if aside.exists():
        raise FileExistsError(aside)
    try:
        path.rename(aside)
    except FileNotFoundError as error:
        raise _refused("AC6020", "there is no signing key to replace", str(path)) from error
    except OSError as error:
        raise _refused("AC6023", f"the signing key cannot be moved: {error.strerror}", str(path)) from error
    return create(folder, environment)


def is_protected(folder: Path | None = None) -> bool | None:
    """Whether the private key's file is encrypted; None where there is none or it cannot be read."""
    try:
        return cosign_key.is_encrypted(key_path(folder).read_bytes())
    except OSError:
        return None


def write_new(path: Path, content: bytes, mode: int) -> None:
    """Writes a file whole or not at all, never over another one. Raises `FileExistsError`."""
    with NamedTemporaryFile(dir=path.parent, prefix=".signing-") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
        Path(file.name).chmod(mode)
        os.link(file.name, path)


def load(folder: Path | None = None, environment: Mapping[str, str] = os.environ) -> SigningKey:
    """The user's key. Raises `StageFailed`: AC6020 none, AC6021 password, AC6022 exposed, AC6023 unreadable."""
    path = key_path(folder)
    try:
        mode = path.stat().st_mode
        pem = path.read_bytes()
    except FileNotFoundError as error:
        raise _refused("AC6020", "there is no signing key yet", str(path)) from error
    except OSError as error:
        raise _refused("AC6023", f"the signing key cannot be read: {error.strerror}", str(path)) from error
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise _refused("AC6022", "other users can read the signing key", str(path), f"{stat.S_IMODE(mode):04o}")
    protected = cosign_key.is_encrypted(pem)
    password = environment.get(PASSWORD_VARIABLE, "").encode() if protected else None
    if protected and not password:
        raise _refused("AC6021", f"the signing key is encrypted and {PASSWORD_VARIABLE} is not set", str(path))
    private = _decrypt(pem, password, path)
    public = PublicKey(key=private.public_key(), place=str(path))
    return SigningKey(key=private, public=public, protected=protected)


def _decrypt(pem: bytes, password: bytes | None, path: Path) -> ec.EllipticCurvePrivateKey:
    try:
        if cosign_key.is_encrypted(pem):
            private = serialization.load_der_private_key(cosign_key.decrypt(pem, password or b""), None)
        else:
            private = serialization.load_pem_private_key(pem, None)
    except cosign_key.WrongPassword as error:
        raise _refused("AC6021", f"{PASSWORD_VARIABLE} does not decrypt the signing key", str(path)) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        message = "the signing key is neither in cosign's encrypted form nor plain PKCS#8"
        raise _refused("AC6023", message, str(path)) from error
    if not isinstance(private, ec.EllipticCurvePrivateKey) or not isinstance(private.curve, ec.SECP256R1):
        raise _refused("AC6023", "the signing key is not an ECDSA P-256 key", str(path))
    return private


def load_public(path: Path) -> PublicKey:
    """A public key from a PEM file. Raises `StageFailed` (AC6024)."""
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except OSError as error:
        raise _refused("AC6024", f"the public key {path.name} cannot be read: {error.strerror}", str(path)) from error
    except ValueError as error:
        raise _refused("AC6024", f"{path.name} is not a public key in PEM form", str(path)) from error
    return checked_public(key, str(path))


def checked_public(key: object, place: str) -> PublicKey:
    """The key, if it is one that signs packages. Raises `StageFailed` (AC6024)."""
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise _refused("AC6024", f"{Path(place).name} is not an ECDSA P-256 key", place)
    return PublicKey(key=key, place=place)


def trusted(given: Path | None, folder: Path | None = None) -> PublicKey:
    """The key to verify against: the given one, else the user's own. Raises `StageFailed` (AC6020, AC6024)."""
    if given is not None:
        return load_public(given)
    if public_path(folder).exists():
        return load_public(public_path(folder))
    return load(folder).public


def _refused(code: str, message: str, place: str, value: str | None = None) -> StageFailed:
    return StageFailed([Diagnostic(code=code, message=message, subject=place, value=value)])

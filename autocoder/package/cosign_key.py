"""cosign's own form of an encrypted private key: scrypt and NaCl's secretbox around PKCS#8, in one PEM block.

One key file serves the embedded signer and the cosign tool alike.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import textwrap
from typing import Annotated, Literal

import rfc8785
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, ValidationError

_LABELS = ("ENCRYPTED SIGSTORE PRIVATE KEY", "ENCRYPTED COSIGN PRIVATE KEY")
"""What cosign writes, and what it wrote before its version 2."""

_LARGEST = 1 << 20
_MEMORY = 2**31 - 1


class WrongPassword(Exception):
    """The password does not open the key, or the key was changed."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Cost(_Model):
    """scrypt's parameters, bounded: a file must not make us take all memory."""

    N: Annotated[int, Field(gt=1, le=_LARGEST)] = 1 << 16
    r: Annotated[int, Field(ge=1, le=8)] = 8
    p: Annotated[int, Field(ge=1, le=4)] = 1


class _Derivation(_Model):
    name: Literal["scrypt"] = "scrypt"
    params: _Cost = _Cost()
    salt: Base64Bytes


class _Cipher(_Model):
    name: Literal["nacl/secretbox"] = "nacl/secretbox"
    nonce: Base64Bytes


class _Envelope(_Model):
    kdf: _Derivation
    cipher: _Cipher
    ciphertext: Base64Bytes


def is_encrypted(pem: bytes) -> bool:
    """Whether this is a key in cosign's form."""
    return any(pem.lstrip().startswith(f"-----BEGIN {label}-----".encode()) for label in _LABELS)


def encrypt(der: bytes, password: bytes) -> bytes:
    """The PEM file of a private key (PKCS#8, DER)."""
    salt, nonce = secrets.token_bytes(32), secrets.token_bytes(SecretBox.NONCE_SIZE)
    cost = _Cost()
    sealed = SecretBox(_derived(password, salt, cost)).encrypt(der, nonce).ciphertext
    envelope = {
        "kdf": {"name": "scrypt", "params": cost.model_dump(), "salt": _text(salt)},
        "cipher": {"name": "nacl/secretbox", "nonce": _text(nonce)},
        "ciphertext": _text(sealed),
    }
    lines = textwrap.wrap(_text(rfc8785.dumps(envelope)), 64)
    return "\n".join([f"-----BEGIN {_LABELS[0]}-----", *lines, f"-----END {_LABELS[0]}-----", ""]).encode()


def decrypt(pem: bytes, password: bytes) -> bytes:
    """The private key (PKCS#8, DER). Raises `WrongPassword`, and `ValueError` for a damaged file."""
    lines = [line.strip() for line in pem.decode("ascii").strip().splitlines()]
    try:
        envelope = _Envelope.model_validate_json(base64.b64decode("".join(lines[1:-1]), validate=True))
    except ValidationError as error:
        raise ValueError(str(error).splitlines()[0]) from error
    if len(envelope.cipher.nonce) != SecretBox.NONCE_SIZE:
        raise ValueError("the nonce has another length")
    key = _derived(password, envelope.kdf.salt, envelope.kdf.params)
    try:
        return SecretBox(key).decrypt(envelope.ciphertext, envelope.cipher.nonce)
    except CryptoError as error:
        raise WrongPassword from error


def _derived(password: bytes, salt: bytes, cost: _Cost) -> bytes:
    return hashlib.scrypt(password, salt=salt, n=cost.N, r=cost.r, p=cost.p, maxmem=_MEMORY, dklen=SecretBox.KEY_SIZE)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")

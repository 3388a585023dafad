"""The Sigstore bundle (v0.3) with a public key, around a signed blob or a DSSE envelope.

One content has one byte form here: canonical JSON and canonical base64, so that no byte of a bundle can change unseen.
"""

from __future__ import annotations

import base64
import binascii
from hashlib import sha256
from typing import Annotated, Literal, TypeVar

import rfc8785
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

PAYLOAD_TYPE = "application/vnd.in-toto+json"
_MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"


def _canonical(text: str) -> str:
    if encode(decode(text)) != text:
        raise ValueError("not canonical base64")
    return text


Base64 = Annotated[str, AfterValidator(_canonical)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, validate_by_name=True)


class PublicKeyHint(_Model):
    """Which key signed: base64 of the sha256 of its DER form."""

    hint: Base64


class VerificationMaterial(_Model):
    """What a verifier needs beside the artefact: the name of the key; certificates are not used here."""

    public_key: PublicKeyHint


class MessageDigest(_Model):
    """The digest of the signed blob."""

    algorithm: Literal["SHA2_256"] = "SHA2_256"
    digest: Base64


class MessageSignature(_Model):
    """A signature (ECDSA P-256 over sha256, DER) over a blob."""

    message_digest: MessageDigest
    signature: Base64


class EnvelopeSignature(_Model):
    """One signature of an envelope."""

    sig: Base64


class Envelope(_Model):
    """A DSSE envelope with an in-toto statement."""

    payload: Base64
    payload_type: Literal["application/vnd.in-toto+json"] = PAYLOAD_TYPE
    signatures: tuple[EnvelopeSignature, ...] = Field(min_length=1, max_length=1)


class BlobBundle(_Model):
    """The bundle of a signed blob."""

    media_type: Literal["application/vnd.dev.sigstore.bundle.v0.3+json"] = _MEDIA_TYPE
    verification_material: VerificationMaterial
    message_signature: MessageSignature


class StatementBundle(_Model):
    """The bundle of a signed statement."""

    media_type: Literal["application/vnd.dev.sigstore.bundle.v0.3+json"] = _MEDIA_TYPE
    verification_material: VerificationMaterial
    dsse_envelope: Envelope


B = TypeVar("B", BlobBundle, StatementBundle)


def encode(data: bytes) -> str:
    """Base64."""
    return base64.b64encode(data).decode("ascii")


def decode(text: str) -> bytes:
    """Base64 back. Raises `ValueError`."""
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error


def blob_bundle(data: bytes, signature: bytes, hint: str) -> BlobBundle:
    """The bundle for a signature over `data`."""
    digest = MessageDigest(digest=encode(sha256(data).digest()))
    return BlobBundle(
        verification_material=VerificationMaterial(public_key=PublicKeyHint(hint=hint)),
        message_signature=MessageSignature(message_digest=digest, signature=encode(signature)),
    )


def statement_bundle(statement: bytes, signature: bytes, hint: str) -> StatementBundle:
    """The bundle for a signature over `pre_authentication(statement)`."""
    return StatementBundle(
        verification_material=VerificationMaterial(public_key=PublicKeyHint(hint=hint)),
        dsse_envelope=Envelope(payload=encode(statement), signatures=(EnvelopeSignature(sig=encode(signature)),)),
    )


def pre_authentication(statement: bytes) -> bytes:
    """What a DSSE signature signs: the payload with its type and both lengths."""
    return b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(statement), statement)


def dump(bundle: BlobBundle | StatementBundle) -> bytes:
    """The file's bytes."""
    return rfc8785.dumps(bundle.model_dump(mode="json", by_alias=True))


def read_any(kind: type[B], data: bytes) -> B:
    """Reads a bundle in whatever JSON form. Raises `ValueError` for another format."""
    try:
        return kind.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error

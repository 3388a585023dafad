"""The keys of tokens: one signs, it and older ones check. Each is named by its thumbprint (RFC 7638)."""

import base64
import hashlib
import json
import re
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

PEM = re.compile(rb"-----BEGIN [A-Z ]+-----.*?-----END [A-Z ]+-----", re.DOTALL)
KINDS = "an RSA key of at least 2048 bits or a key on the curve P-256"


@dataclass(frozen=True)
class Verifier:
    """A public key. Its kind alone decides the algorithm: what a token says of itself never does."""

    key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey
    algorithm: str
    jwk: dict[str, str]

    @property
    def name(self) -> str:
        """What tokens call the key: the hash of its public parts."""
        parts = {name: value for name, value in self.jwk.items() if name in ("crv", "e", "kty", "n", "x", "y")}
        text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
        return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()

    def published(self) -> dict[str, str]:
        """The key as other services read it."""
        parts = {name: value for name, value in self.jwk.items() if name != "key_ops"}
        return {**parts, "kid": self.name, "alg": self.algorithm, "use": "sig"}


@dataclass(frozen=True)
class Keyring:
    """The key that signs, and those that check by their names."""

    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    signing: Verifier
    checking: dict[str, Verifier]


def verifier(key: object) -> Verifier:
    """A public key with its algorithm. Raises `ValueError` for any other kind of key."""
    match key:
        case rsa.RSAPublicKey() if key.key_size >= 2048:
            return Verifier(key, "RS256", RSAAlgorithm.to_jwk(key, as_dict=True))
        case ec.EllipticCurvePublicKey(curve=ec.SECP256R1()):
            return Verifier(key, "ES256", ECAlgorithm.to_jwk(key, as_dict=True))
        case _:
            raise ValueError(f"must be {KINDS}")


def keyring(signing: str, others: str) -> Keyring:
    """The keys from their PEM texts, in which \\n may stand for the end of a line. Without one that signs, a new one.

    Raises `ValueError` where a text is no such key.
    """
    try:
        private = load_pem_private_key(lines(signing), None) if signing else ec.generate_private_key(ec.SECP256R1())
        older = [verifier(load_pem_public_key(pem)) for pem in PEM.findall(lines(others))]
    except (TypeError, UnsupportedAlgorithm, ValueError) as error:
        raise ValueError(f"must be {KINDS}, in PEM") from error
    if not isinstance(private, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) or (others and not older):
        raise ValueError(f"must be {KINDS}, in PEM")
    own = verifier(private.public_key())
    return Keyring(private, own, {key.name: key for key in (own, *older)})


def lines(pem: str) -> bytes:
    """A PEM text, which a variable may hold on one line."""
    return pem.replace("\\n", "\n").encode()

"""Who is let in: only whoever holds a token that this service issued to an account that is still there."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from pydantic import SecretStr

from link_shortener import authentication
from link_shortener.failures import Unauthenticated
from link_shortener.keys import keyring
from link_shortener.settings import Settings, settings
from support.interface import STATUSES
from support.scenarios import SUCCEEDING
from support.world import World

GUARDED = ["delete_link", "list_links", "shorten"]


def in_pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    """A private key as a text."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_pem() -> str:
    """The public key of this service, which everybody knows."""
    return settings().keys.signing.key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def claimed(**claims: object) -> dict[str, object]:
    """What a good token says, with other claims; those of None are left out."""
    now = int(datetime.now(UTC).timestamp())
    usual = {"sub": str(uuid4()), "iat": now, "exp": now + 3600}
    return {name: value for name, value in (usual | claims).items() if value is not None}


def signed(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, kid: str | None = None, **claims: object) -> str:
    """A token of some key, which calls it as it likes; usually as this service calls its own."""
    header = {"kid": settings().keys.signing.name if kid is None else kid}
    return jwt.encode(claimed(**claims), key, settings().keys.signing.algorithm, header)


def written(algorithm: str, key: bytes, subject: str) -> str:
    """A token that names an algorithm for itself, with a digest as its signature or with none."""
    header = {"alg": algorithm, "typ": "JWT", "kid": settings().keys.signing.name}
    parts = [base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=") for p in (header, claimed(sub=subject))]
    signature = hmac.new(key, b".".join(parts), hashlib.sha256).digest() if key else b""
    return b".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()


def bad_tokens(subject: str) -> dict[str, str]:
    """Tokens that must open nothing, all but two for an account that is there."""
    key, other = settings().keys.private, ec.generate_private_key(ec.SECP256R1())
    past = datetime.now(UTC) - timedelta(seconds=1)
    whole = signed(key, sub=subject)
    return {
        "garbage": "garbage",
        "empty": "",
        "of another key": jwt.encode(claimed(sub=subject), other, "ES256", {"kid": settings().keys.signing.name}),
        "of an unknown key": signed(key, "another", sub=subject),
        "of a key without a name": jwt.encode(claimed(sub=subject), key, settings().keys.signing.algorithm),
        "expired": signed(key, sub=subject, exp=past),
        "without an end": signed(key, sub=subject, exp=None),
        "without a subject": signed(key, sub=None),
        "without a signature": written("none", b"", subject),
        "with the public key as a secret": written("HS256", public_pem().encode(), subject),
        "cut short": whole[: whole.rindex(".") + 1],
        "with other claims": ".".join([whole.split(".")[0], signed(key).split(".")[1], whole.split(".")[2]]),
        "of an account that is gone": signed(key),
        "of no account": signed(key, sub="nobody"),
    }


@pytest.mark.parametrize("operation", GUARDED)
@pytest.mark.parametrize("kind", bad_tokens(str(uuid4())))
def test_a_bad_token_is_refused(world: World, operation: str, kind: str) -> None:
    arrange, _ = SUCCEEDING[operation]
    given, _ = arrange(world)
    _, account = world.sign_in()
    reply = world.call(operation, given, bad_tokens(str(account["id"]))[kind])
    assert reply.status_code == STATUSES[operation]["unauthenticated"]
    assert reply.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("operation", GUARDED)
def test_a_token_is_refused_even_where_the_input_is_wrong_too(world: World, operation: str) -> None:
    assert world.send(operation, {"id": "x", "code": "\0"}, "garbage").status_code in STATUSES[operation].values()
    arrange, _ = SUCCEEDING[operation]
    given, _ = arrange(world)
    assert world.call(operation, given, "garbage", valid=False).status_code == STATUSES[operation]["unauthenticated"]


@pytest.mark.parametrize("operation", ["delete_link", "list_links"])
def test_nobody_is_refused(world: World, operation: str) -> None:
    arrange, _ = SUCCEEDING[operation]
    given, _ = arrange(world)
    reply = world.call(operation, given)
    assert reply.status_code == STATUSES[operation]["unauthenticated"]
    assert reply.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_ends_when_the_settings_say(world: World) -> None:
    _, account = world.sign_in()
    keys = settings().keys
    token = authentication.issue_token(account["id"])
    claims = jwt.decode(token, keys.signing.key, algorithms=[keys.signing.algorithm])
    assert claims["exp"] - claims["iat"] == settings().token_lifetime.total_seconds()
    assert abs(claims["iat"] - datetime.now(UTC).timestamp()) < 5


def use_keys(monkeypatch: pytest.MonkeyPatch, signing: str, others: str) -> None:
    """Lets the service have other keys."""
    changed = Settings(signing_key=SecretStr(signing), verification_keys=others)
    monkeypatch.setattr(authentication, "settings", lambda: changed)


def test_the_published_keys_check_tokens_and_hold_nothing_private(world: World) -> None:
    token, _ = world.sign_in()
    reply = world.run(world.client.get("/.well-known/jwks.json"))
    published = reply.json()
    key = jwt.PyJWKSet.from_dict(published)[jwt.get_unverified_header(token)["kid"]]
    assert jwt.decode(token, key, algorithms=[key.algorithm_name])
    assert all(not {"d", "p", "q", "k"} & set(parts) for parts in published["keys"])
    assert reply.headers["Cache-Control"] == "max-age=300"


@pytest.mark.parametrize(
    ("key", "algorithm", "parts"),
    [
        (ec.generate_private_key(ec.SECP256R1()), "ES256", ["crv", "kty", "x", "y"]),
        (rsa.generate_private_key(65537, 2048), "RS256", ["e", "kty", "n"]),
    ],
)
def test_a_key_is_named_by_its_thumbprint(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, algorithm: str, parts: list[str]
) -> None:
    published = keyring(in_pem(key), "").signing.published()
    text = json.dumps({name: published[name] for name in parts}, separators=(",", ":"))
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
    said = {name: value for name, value in published.items() if name not in parts}
    assert said == {"kid": digest, "alg": algorithm, "use": "sig"}


def test_an_older_key_checks_as_long_as_it_is_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _, account = world.sign_in()
    token, older = authentication.issue_token(account["id"]), public_pem()
    use_keys(monkeypatch, in_pem(ec.generate_private_key(ec.SECP256R1())), older.replace("\n", "\\n"))
    assert authentication.subject_of(token) == account["id"]
    assert authentication.subject_of(authentication.issue_token(account["id"])) == account["id"]
    use_keys(monkeypatch, "", "")
    with pytest.raises(Unauthenticated):
        authentication.subject_of(token)


def test_the_kind_of_the_key_decides_the_algorithm(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _, account = world.sign_in()
    for key, algorithm in (
        (rsa.generate_private_key(65537, 2048), "RS256"),
        (ec.generate_private_key(ec.SECP256R1()), "ES256"),
    ):
        use_keys(monkeypatch, in_pem(key), "")
        token = authentication.issue_token(account["id"])
        assert jwt.get_unverified_header(token)["alg"] == algorithm
        assert authentication.subject_of(token) == account["id"]


def test_weak_and_broken_keys_are_refused() -> None:
    strong = in_pem(ec.generate_private_key(ec.SECP256R1()))
    weak = in_pem(rsa.generate_private_key(65537, 1024))
    for signing, others in (
        (weak, ""),
        (in_pem(ec.generate_private_key(ec.SECP384R1())), ""),
        ("x", ""),
        (strong, "x"),
    ):
        with pytest.raises(ValueError, match="RSA key of at least 2048 bits"):
            keyring(signing, others)


def test_passwords_are_kept_as_slow_hashes(world: World) -> None:
    hashed = world.run(authentication.hash_password("a long password"))
    assert hashed.startswith("$argon2id$")
    assert "a long password" not in hashed
    assert world.run(authentication.check_password(hashed, "a long password"))
    assert not world.run(authentication.check_password(hashed, "a long passwor"))
    assert not world.run(authentication.check_password(None, "a long password"))
    assert not world.run(authentication.check_password("not a hash", "a long password"))

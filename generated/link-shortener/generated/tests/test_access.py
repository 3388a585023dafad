"""Who is let in: only whoever holds a token that this service issued to an account that is still there."""

import base64
import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import jwt
import pytest

from link_shortener import authentication
from link_shortener.settings import settings
from support.interface import STATUSES
from support.scenarios import SUCCEEDING
from support.world import World

GUARDED = ["delete_link", "list_links", "shorten"]


def signed(key: str, **claims: object) -> str:
    """A token with these claims."""
    now = datetime.now(UTC)
    usual = {"sub": str(uuid4()), "iat": now, "exp": now + timedelta(hours=1)}
    return jwt.encode({name: value for name, value in (usual | claims).items() if value}, key, "HS256")


def unsigned(subject: str) -> str:
    """A token that claims to need no signature."""
    parts = ({"alg": "none", "typ": "JWT"}, {"sub": subject, "iat": 1, "exp": 9999999999})
    texts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return f"{texts[0]}.{texts[1]}."


def bad_tokens(subject: str) -> dict[str, str]:
    """Tokens that must open nothing, all but one for an account that is there."""
    key = settings().token_key.get_secret_value()
    past = datetime.now(UTC) - timedelta(seconds=1)
    return {
        "garbage": "garbage",
        "empty": "",
        "of another key": signed("x" * 32, sub=subject),
        "expired": signed(key, sub=subject, exp=past),
        "without an end": signed(key, sub=subject, exp=None),
        "without a subject": signed(key, sub=None),
        "without a signature": unsigned(subject),
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
    claims = jwt.decode(
        authentication.issue_token(account["id"]), settings().token_key.get_secret_value(), algorithms=["HS256"]
    )
    assert claims["exp"] - claims["iat"] == settings().token_lifetime.total_seconds()
    assert abs(claims["iat"] - datetime.now(UTC).timestamp()) < 5


def test_passwords_are_kept_as_slow_hashes(world: World) -> None:
    hashed = world.run(authentication.hash_password("a long password"))
    assert hashed.startswith("$argon2id$")
    assert "a long password" not in hashed
    assert world.run(authentication.check_password(hashed, "a long password"))
    assert not world.run(authentication.check_password(hashed, "a long passwor"))
    assert not world.run(authentication.check_password(None, "a long password"))
    assert not world.run(authentication.check_password("not a hash", "a long password"))

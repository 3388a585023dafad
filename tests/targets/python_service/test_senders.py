"""A service that takes webhooks, and one that takes tokens of an issuer: what they have, and their own tests."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from autocoder.compilation import Compiled, Sources, compile_sources
from tests.compiling import FIXTURES
from tests.targets.python_service.emitted import ON_SQLITE, tree_of, write
from tests.targets.python_service.linted import lint
from tests.targets.python_service.test_transcripts import read


@cache
def shop(transcript: str = "signature") -> Compiled:
    """The blueprint of a transcript."""
    blueprint = read(FIXTURES / "transcripts" / f"{transcript}.yaml")["blueprint"]
    head = {"schema_version": "1.0.0", "system": {"name": "shop"}}
    return compile_sources(
        Sources(architecture=json.dumps({**head, **blueprint}), deployment=ON_SQLITE.format(name="shop"))
    )


def test_senders_with_other_keys_or_headers_are_others() -> None:
    module = tree_of(shop())["generated/src/shop/senders.py"].content.decode()
    assert "PAYMENTS_HOOK_SENDER = Sender(" in module
    assert '{"id": "Svix-Id", "timestamp": "Svix-Timestamp", "signature": "Svix-Signature"}' in module
    assert module.count(" = Sender(") == 5


@pytest.mark.parametrize(("scheme", "timed"), [("standard", True), ("github", False), ("stripe", True)])
def test_a_service_knows_the_schemes_of_its_senders_alone(scheme: str, timed: bool, tmp_path: Path) -> None:
    text = (
        'schema_version: "1.0.0"\nsystem: {name: shop}\nentities: {Payment: {fields: {name: text}}}\noperations:\n'
        f"  paid: {{route: POST /paid, access: {{signature: {{secret: PAY_KEYS, scheme: {scheme}}}}}, "
        "input: {name: text}, effects: [{create: Payment}], output: {status: 204}}\n"
    )
    service = write(
        compile_sources(Sources(architecture=text, deployment=ON_SQLITE.format(name="shop"))), tmp_path / "service"
    )
    assert lint(service.folder) == ""
    source = service.project / "src" / "shop"
    module = (source / "senders.py").read_text()
    assert ("tolerance" in module, "is_new" in module) == (timed, timed)
    assert ((source / "signatures.py").exists(), "t=" in module) == (scheme == "standard", scheme == "stripe")


def test_only_who_takes_webhooks_has_senders() -> None:
    assert not [file.path for file in tree_of(shop("create")) if "senders" in file.path or "signatures" in file.path]


def test_with_an_issuer_there_are_no_passwords_and_no_own_keys() -> None:
    tree = tree_of(shop("issuer"))
    assert not [f.path for f in tree if f.path.endswith(("src/shop/keys.py", "src/shop/admin.py"))]
    assert "argon2" not in tree["generated/requirements.txt"].content.decode()
    assert "well-known" not in tree["generated/src/shop/application.py"].content.decode()
    assert "register" not in tree["generated/docs/operations.md"].content.decode()


def test_a_role_that_may_be_none_and_no_role_at_all_are_kept_too(tmp_path: Path) -> None:
    for field, role in ((", role: {type: enum, values: [admin], optional: true}", ", role: roles"), ("", "")):
        text = (
            'schema_version: "1.0.0"\nsystem: {name: shop}\n'
            f"entities: {{User: {{fields: {{subject: text, since: {{type: datetime, default: =now + 1d}}{field}}}}}}}\n"
            f"auth: {{entity: User, login: subject, issuer: {{url: {{env: SIGN_IN}}, audience: a{role}}}}}\n"
            "operations: {hello: {route: GET /hello, access: user, output: {body: {who: caller.subject}}}}\n"
        )
        tree = tree_of(compile_sources(Sources(architecture=text, deployment=ON_SQLITE.format(name="shop"))))
        for file in tree:
            (tmp_path / file.path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file.path).write_bytes(file.content)
        assert lint(tmp_path) == ""


@pytest.mark.slow
@pytest.mark.parametrize("transcript", ["signature", "issuer"])
def test_the_services_own_tests_pass(transcript: str, tmp_path: Path) -> None:
    service = write(shop(transcript), tmp_path / "service")
    assert lint(service.folder) == ""
    done = service.pytest("tests")
    assert done.returncode == 0, done.stdout[-3000:]
    assert "skipped" not in done.stdout

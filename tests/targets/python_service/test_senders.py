"""A service that takes webhooks: whose it takes, and its own tests."""

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
    assert 'message_id="Svix-Id"' in module
    assert module.count("message_id=") == 1


def test_only_who_takes_webhooks_has_senders() -> None:
    assert not [file.path for file in tree_of(shop("create")) if "senders" in file.path or "signatures" in file.path]


@pytest.mark.slow
def test_the_services_own_tests_pass(tmp_path: Path) -> None:
    service = write(shop(), tmp_path / "service")
    assert lint(service.folder) == ""
    done = service.pytest("tests")
    assert done.returncode == 0, done.stdout[-3000:]
    assert "skipped" not in done.stdout

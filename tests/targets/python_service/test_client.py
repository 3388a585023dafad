"""A typed client, made by a common generator from the API description of the running service, works with it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from autocoder.tools import python_environment
from tests.targets.python_service.emitted import Emitted, signing_key

LOCK = Path(__file__).parents[3] / "requirements" / "client.txt"
USE = """
import sys
from link_shortener_client import AuthenticatedClient, Client
from link_shortener_client.api.default import delete_link, list_links, login, register, shorten
from link_shortener_client.models import LoginRequest, Problem, RegisterRequest, ShortenRequest

anyone = Client(base_url=sys.argv[1], raise_on_unexpected_status=True)
account = {"email": "ada@example.com", "password": "correct horse"}
assert register.sync(client=anyone, body=RegisterRequest(**account)).email == account["email"]
taken = register.sync(client=anyone, body=RegisterRequest(**account))
assert isinstance(taken, Problem) and taken.status == 409, taken
token = login.sync(client=anyone, body=LoginRequest(**account)).access_token
ada = AuthenticatedClient(base_url=sys.argv[1], token=token, raise_on_unexpected_status=True)
link = shorten.sync(client=ada, body=ShortenRequest(target_url="https://example.com/"))
assert [found.code for found in list_links.sync(client=ada)] == [link.code]
assert delete_link.sync_detailed(client=ada, code=link.code).status_code == 204
assert list_links.sync(client=ada) == []
"""


@pytest.mark.slow
def test_a_typed_client_is_made_from_the_description(emitted: Callable[[str], Emitted], tmp_path: Path) -> None:
    service = emitted("link_shortener")
    python = python_environment.prepare([LOCK.read_bytes()], progress=lambda _: None)
    path = os.pathsep.join((str(python.parent), os.environ["PATH"]))

    def run(*words: str) -> None:
        done = subprocess.run(
            [python, *words],
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    variables = {"DATABASE_URL": f"sqlite:///{tmp_path / 'service.db'}", "SIGNING_KEY": signing_key()}
    with service.serving(tmp_path / "log", **variables) as server:
        (tmp_path / "openapi.json").write_bytes(httpx.get(f"{server.management}/openapi.json").content)
        run("-m", "openapi_python_client", "generate", "--path", "openapi.json", "--meta", "none")
        run("-c", USE, server.url)

"""Both examples, the whole way: built, verified, started, and used over HTTP on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.servers import postgres

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parent.parent / "examples"
HOME = ("XDG_CONFIG_HOME", "XDG_STATE_HOME")


def autocoder(*words: str | Path, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "autocoder", *map(str, words)],
        cwd=home,
        env={**os.environ, **{name: str(home / name.lower()) for name in HOME}, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Builds an example once; gives its workspace. `home` of everything is its parent."""
    done: dict[str, Path] = {}

    def build(name: str) -> Path:
        if name not in done:
            home = tmp_path_factory.mktemp(name)
            result = autocoder("build", EXAMPLES / f"{name}.md", "--out", name, home=home)
            assert result.returncode == 0, result.stderr[-6000:]
            done[name] = home / name
        return done[name]

    return build


def archive(workspace: Path) -> Path:
    (found,) = (workspace / "dist").glob("*.tar.gz")
    return found


@pytest.mark.parametrize("name", ["link-shortener", "todo"])
def test_the_package_verifies_and_every_byte_is_derived_again(name: str, built: Callable[[str], Path]) -> None:
    workspace = built(name)
    done = autocoder("verify", archive(workspace), "--source", workspace, "--format", "json", home=workspace.parent)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert {check["name"]: check["ok"] for check in report["checks"]}["derivation"] is True


def test_a_second_build_of_the_same_text_keeps_the_signed_package(built: Callable[[str], Path]) -> None:
    workspace = built("todo")
    before = archive(workspace).read_bytes()
    done = autocoder("build", workspace, home=workspace.parent)
    assert done.returncode == 0, done.stderr
    assert "as signed before" in done.stderr
    assert archive(workspace).read_bytes() == before


def test_a_flipped_byte_is_found_and_the_file_named(built: Callable[[str], Path], tmp_path: Path) -> None:
    workspace = built("todo")
    dist = tmp_path / "dist"
    dist.mkdir()
    for path in (workspace / "dist").iterdir():
        (dist / path.name).write_bytes(path.read_bytes())
    package = archive(tmp_path)
    data = bytearray(package.read_bytes())
    data[len(data) // 2] ^= 1
    package.write_bytes(data)
    done = autocoder("verify", package, home=workspace.parent)
    assert done.returncode == 1
    assert package.name in done.stderr


@pytest.mark.cosign
def test_the_real_cosign_accepts_the_signature(
    built: Callable[[str], Path], require_tool: Callable[[str], Path]
) -> None:
    workspace = built("link-shortener")
    cosign = require_tool("cosign")
    key = workspace.parent / "cosign.pub"
    key.write_text(autocoder("key", "show", home=workspace.parent).stdout, encoding="utf-8")
    assert autocoder("key", "export", key, home=workspace.parent).returncode in (0, 2)
    (manifest,) = (workspace / "dist").glob("*.manifest.json")
    bundle = manifest.with_name(manifest.name.removesuffix(".json") + ".sigstore.json")
    words = [cosign, "verify-blob", "--key", key, "--insecure-ignore-tlog", "--bundle", bundle, manifest]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.contextmanager
def running(workspace: Path, data: Path, **environment: str) -> Iterator[tuple[str, str]]:
    """The addresses of the API and of its management port."""
    api, management = free_port(), free_port()
    log = data / "service.log"
    data.mkdir(parents=True, exist_ok=True)
    words = ["run", str(workspace), "--port", str(api), "--management-port", str(management), "--data", str(data)]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "autocoder", *words],
            stdout=out,
            stderr=out,
            env={**os.environ, **environment},
            start_new_session=True,
        )
        try:
            wait_until(lambda: httpx.get(f"http://127.0.0.1:{management}/health/ready").status_code == 200, log)
            yield f"http://127.0.0.1:{api}", f"http://127.0.0.1:{management}"
        finally:
            os.killpg(process.pid, signal.SIGINT)
            assert process.wait(30) == 0, log.read_text(encoding="utf-8")
    assert "Traceback" not in log.read_text(encoding="utf-8")


def wait_until(holds: Callable[[], bool], log: Path, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(httpx.TransportError):
            if holds():
                return
        time.sleep(0.1)
    raise AssertionError(log.read_text(encoding="utf-8")[-4000:])


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment that names the store."""
    if request.param == "sqlite":
        yield {}
    else:
        with postgres(tmp_path / "postgres") as url:
            yield {"DATABASE_URL": url}


def test_the_link_shortener_does_what_its_text_says(
    built: Callable[[str], Path], store: dict[str, str], tmp_path: Path
) -> None:
    with (
        running(built("link-shortener"), tmp_path / "data", **store) as (url, management),
        httpx.Client(base_url=url) as client,
    ):
        account = {"email": "ada@example.com", "password": "correct horse"}
        assert client.post("/register", json=account).status_code == 201
        assert client.post("/register", json=account).status_code == 409
        assert client.post("/login", json={**account, "password": "wrong horse"}).status_code == 401
        token = client.post("/login", json=account).json()["access_token"]
        mine = {"authorization": f"Bearer {token}"}

        link = client.post("/links", json={"target_url": "https://example.com/a"}, headers=mine).json()
        assert len(link["code"]) == 7
        assert client.post("/links", json={"target_url": "javascript:alert(1)"}).status_code == 422
        anonymous = client.post("/links", json={"target_url": "https://example.com/b"}).json()
        assert anonymous["owner"] is None

        for _ in range(3):
            visit = client.get(f"/{link['code']}")
            assert (visit.status_code, visit.headers["location"]) == (302, "https://example.com/a")
        assert client.get("/links").status_code == 401
        (listed,) = client.get("/links", headers=mine).json()
        assert (listed["code"], listed["clicks"]) == (link["code"], 3)
        assert client.delete(f"/links/{anonymous['code']}", headers=mine).status_code == 403
        assert client.delete(f"/links/{link['code']}", headers=mine).status_code == 204
        assert client.get(f"/{link['code']}").status_code == 404

        assert "http_requests_total" in httpx.get(f"{management}/metrics").text
        assert httpx.get(f"{management}/openapi.json").json()["info"]["title"] == "link-shortener"


def test_the_todo_list_does_what_one_expects(
    built: Callable[[str], Path], store: dict[str, str], tmp_path: Path
) -> None:
    with running(built("todo"), tmp_path / "data", **store) as (url, _), httpx.Client(base_url=url) as client:
        assert client.get("/todos").json() == []
        made = client.post("/todos", json={"title": "write"})
        assert made.status_code == 201
        todo = made.json()
        assert client.get(f"/todos/{todo['id']}").json() == todo
        changed = client.patch(f"/todos/{todo['id']}", json={"title": "rewrite"})
        assert (changed.status_code, changed.json()["title"]) == (200, "rewrite")
        assert client.patch(f"/todos/{todo['id']}", json={"title": None}).status_code == 422
        assert client.delete(f"/todos/{todo['id']}").status_code == 204
        assert client.get(f"/todos/{todo['id']}").status_code == 404
        assert client.get("/todos/not-an-id").status_code == 422

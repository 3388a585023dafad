"""The emitted Dockerfile, built and run by a real container engine.

`.ci/container-tools` installs one; AUTOCODER_BASE_IMAGE names another base than the bundle's.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autocoder.bundles import Bundle
from autocoder.targets.docker import Docker
from autocoder.targets.stamp import Stamp
from autocoder.tools import process, programs

pytestmark = [pytest.mark.slow, pytest.mark.container]

IMAGE = "localhost/autocoder-test/link-shortener:0.1.0"
# Answers as an emitted service does: live on the management port, and says who and where it is.
SERVICE = """
import http.server, json, os, pathlib, sys
import h11

def writable(path):
    try:
        pathlib.Path(path, "x").write_text("x")
        return True
    except OSError:
        return False

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        state = {"uid": os.getuid(), "argv": sys.argv[1:], "tmp": writable("/tmp"), "app": writable("/app"),
                 "here": sorted(os.listdir("/app")), "generated": sorted(os.listdir("/app/generated")),
                 "alembic": os.path.exists("alembic.ini"), "cached": __cached__ is not None}
        self.send_response(200 if self.path == "/health/live" else 404)
        self.end_headers()
        self.wfile.write(json.dumps(state).encode())

http.server.HTTPServer((os.environ["HOST"], 9000), Handler).serve_forever()
"""
ASK = "import urllib.request; print(urllib.request.urlopen('http://127.0.0.1:9000/health/live').read().decode())"


def podman(*arguments: str | Path, timeout: float = 300) -> process.Completed:
    program = programs.find("podman")
    assert program
    return process.run([program, *arguments], cwd=Path.cwd(), env=os.environ, timeout=timeout)


def output(done: process.Completed) -> str:
    assert done.ok, done.stderr.decode()[-4000:]
    return done.stdout.decode().strip()


@pytest.fixture(scope="module")
def base_image() -> str:
    """The image to build on. Skips, or fails where tools are required, without an engine or the image."""
    image = os.environ.get("AUTOCODER_BASE_IMAGE", "docker.io/library/python:3.12-slim")
    reason = ""
    if programs.find("podman") is None:
        reason = "there is no podman"
    elif not podman("image", "exists", image).ok and not podman("pull", "--quiet", image, timeout=60).ok:
        reason = f"the base image {image} is not here and no registry gives it"
    if reason and os.environ.get("AUTOCODER_REQUIRE_TOOLS") == "1":
        pytest.fail(reason)
    if reason:
        pytest.skip(f'{reason}: eval "$(.ci/container-tools)"')
    return image


@pytest.fixture
def workspace(tmp_path: Path, system, bundle: Bundle, stamp: Stamp) -> Path:
    root = tmp_path / "link-shortener"
    files = {
        "generated/requirements.txt": bundle.lock.closure(["h11", "prometheus-client"]),
        "generated/alembic.ini": "[alembic]\n",
        "generated/pyproject.toml": "[project]\n",
        "generated/src/link_shortener/__init__.py": "",
        "generated/src/link_shortener/__main__.py": SERVICE,
        "generated/tests/test_it.py": "",
        "migrations/env.py": "",
        "decisions.yaml": "secret: true\n",
    }
    files |= {f.path: f.content.decode() for f in Docker().apply(system.build(), bundle, stamp)}
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


@pytest.fixture
def wheelhouse(tmp_path: Path, workspace: Path, base_image: str) -> Path:
    """The wheels of the requirements for the Python of the base image."""
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    version = output(podman("run", "--rm", "--network", "none", base_image, "python3", "-c", ask))
    uv, folder = programs.find("uv"), tmp_path / "wheels"
    assert uv
    pip = [uv, "tool", "run", "--python", sys.executable, "pip", "download", "--quiet", "--require-hashes", "--no-deps"]
    wanted = ["--only-binary", ":all:", "--python-version", version, "--dest", folder]
    done = process.run(
        [*pip, *wanted, "--requirement", workspace / "generated/requirements.txt"],
        cwd=tmp_path,
        env=os.environ,
        timeout=300,
    )
    assert done.ok, done.stderr.decode()
    return folder


def build(workspace: Path, wheelhouse: Path, base_image: str, *options: str) -> str:
    """Builds without any network and gives the digests of the image's layers."""
    configuration = wheelhouse.parent / "pip.conf"
    configuration.write_text("[global]\nno-index = true\nfind-links = /wheels\n")
    given = ("--build-arg", f"BASE_IMAGE={base_image}", "--secret", f"id=pip.conf,src={configuration}")
    sealed = ("--network", "none", "--volume", f"{wheelhouse}:/wheels:ro", "--format", "docker", "--layers=false")
    file = workspace / "deployments/Dockerfile"
    output(podman("build", *given, *sealed, *options, "--file", file, "--tag", IMAGE, workspace))
    return output(podman("image", "inspect", "--format", "{{json .RootFS.Layers}}", IMAGE))


@pytest.fixture
def container(workspace: Path, wheelhouse: Path, base_image: str) -> Iterator[str]:
    build(workspace, wheelhouse, base_image)
    hardened = ("--read-only", "--read-only-tmpfs=false", "--tmpfs", "/tmp", "--cap-drop", "ALL")
    limits = ("--security-opt", "no-new-privileges", "--network", "none")
    name = output(podman("run", "--detach", "--pull", "never", *hardened, *limits, IMAGE, "api"))
    yield name
    podman("rm", "--force", "--time", "0", name)
    podman("image", "rm", "--force", IMAGE)


def asked(container: str) -> dict[str, object]:
    for _ in range(50):
        done = podman("exec", container, "python", "-c", ASK)
        if done.ok:
            return json.loads(done.stdout)
        time.sleep(0.2)
    pytest.fail(output(podman("logs", container)) or done.stderr.decode())


def test_the_image_runs_without_root_on_a_read_only_file_system(container: str) -> None:
    state = asked(container)
    assert (state["uid"], state["argv"]) == (10001, ["api"])
    assert (state["tmp"], state["app"]) == (True, False)
    assert state["here"] == ["generated", "migrations", "venv"]
    assert state["generated"] == ["alembic.ini", "pyproject.toml", "requirements.txt", "src"]
    assert state["alembic"] is True
    output(podman("healthcheck", "run", container))
    # Neither the base image's nor ours: no tool that installs, and no trace of the build's configuration.
    configuration = podman("exec", container, "python", "-c", "print(open('/etc/pip.conf').read())")
    assert b"find-links" not in configuration.stdout
    assert not podman("exec", container, "python", "-m", "pip", "--version").ok


def test_two_builds_give_the_same_layers(workspace: Path, wheelhouse: Path, base_image: str) -> None:
    layers: set[str] = set()
    for _ in range(2):
        layers.add(build(workspace, wheelhouse, base_image, "--timestamp", "0"))
        podman("image", "rm", "--force", IMAGE)
    assert len(layers) == 1

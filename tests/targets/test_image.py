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

from autocoder.tools import process, programs

pytestmark = [pytest.mark.slow, pytest.mark.container]

IMAGE = "localhost/autocoder-test/link-shortener:0.1.0"
EXAMPLE = Path(__file__).parents[2] / "examples" / "link-shortener.md"
LOOK = """
import json, os, pathlib
def writable(path):
    try:
        pathlib.Path(path, "x").write_text("x")
        return True
    except OSError:
        return False
print(json.dumps({"uid": os.getuid(), "tmp": writable("/tmp"), "app": writable("/app"),
    "app_files": sorted(os.listdir("/app")), "generated_files": sorted(os.listdir("/app/generated")),
    "configuration": os.path.exists("/etc/pip.conf") and pathlib.Path("/etc/pip.conf").read_text()}))
"""
SHORTEN = """
import json, urllib.request as web
class Stay(web.HTTPRedirectHandler):
    def redirect_request(self, *given):
        return None
def ask(path, data=None):
    body = json.dumps(data).encode() if data else None
    request = web.Request("http://127.0.0.1:" + path, data=body, headers={"content-type": "application/json"})
    try:
        return web.build_opener(Stay).open(request)
    except web.HTTPError as answer:
        return answer
ready = ask("9000/health/ready").status
code = json.loads(ask("8000/links", {"target_url": "https://example.com/"}).read())["code"]
followed = ask("8000/" + code)
print(json.dumps({"ready": ready, "status": followed.status, "location": followed.headers["location"],
    "metrics": "http_requests_total" in ask("9000/metrics").read().decode()}))
"""


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


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The link shortener of the examples, compiled."""
    folder = tmp_path_factory.mktemp("compiled") / "link-shortener"
    argv = [sys.executable, "-m", "autocoder", "compile", EXAMPLE, "--out", folder, "--accept-defaults"]
    done = process.run(argv, cwd=folder.parent, env=os.environ, timeout=120)
    assert done.ok, done.stderr.decode()
    return folder


@pytest.fixture(scope="module")
def wheelhouse(tmp_path_factory: pytest.TempPathFactory, workspace: Path, base_image: str) -> Path:
    """The wheels of the requirements for the Python of the base image."""
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    version = output(podman("run", "--rm", "--network", "none", base_image, "python3", "-c", ask))
    uv, folder = programs.find("uv"), tmp_path_factory.mktemp("packages") / "wheels"
    assert uv
    pip = [uv, "tool", "run", "--python", sys.executable, "pip", "download", "--quiet", "--require-hashes", "--no-deps"]
    wanted = ["--only-binary", ":all:", "--python-version", version, "--dest", folder]
    done = process.run(
        [*pip, *wanted, "--requirement", workspace / "generated/requirements.txt"],
        cwd=folder.parent,
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
    database = ("--env", "DATABASE_URL=sqlite:////tmp/links.db")
    name = output(podman("run", "--detach", "--pull", "never", *hardened, *limits, *database, IMAGE))
    yield name
    podman("rm", "--force", "--time", "0", name)
    podman("image", "rm", "--force", IMAGE)


def wait_until_healthy(container: str) -> None:
    for _ in range(100):
        if podman("healthcheck", "run", container).ok:
            return
        time.sleep(0.2)
    pytest.fail(output(podman("logs", container)))


def inside(container: str, script: str) -> dict[str, object]:
    return json.loads(output(podman("exec", container, "python", "-c", script)))


def test_the_emitted_service_works_in_its_image_without_root_on_a_read_only_file_system(container: str) -> None:
    wait_until_healthy(container)
    assert inside(container, SHORTEN) == {
        "ready": 200,
        "status": 302,
        "location": "https://example.com/",
        "metrics": True,
    }
    assert inside(container, LOOK) == {
        "uid": 10001,
        "tmp": True,
        "app": False,
        "app_files": ["generated", "migrations", "venv"],
        "generated_files": ["alembic.ini", "pyproject.toml", "requirements.txt", "src"],
        "configuration": False,
    }
    assert not podman("exec", container, "python", "-m", "pip", "--version").ok


def test_two_builds_give_the_same_layers(workspace: Path, wheelhouse: Path, base_image: str) -> None:
    layers: set[str] = set()
    for _ in range(2):
        layers.add(build(workspace, wheelhouse, base_image, "--timestamp", "0"))
        podman("image", "rm", "--force", IMAGE)
    assert len(layers) == 1

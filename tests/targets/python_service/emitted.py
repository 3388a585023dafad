"""Emitted services on disk: written, started, and their own tests run."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from autocoder.compilation import Compiled, Sources, compile_sources
from autocoder.targets.python_service.names import package
from autocoder.targets.python_service.service import PythonService
from autocoder.targets.stamp import Stamp
from autocoder.targets.tree import Tree
from autocoder.tools import python_environment
from tests.compiling import fixture

EXAMPLES = ("link_shortener", "todo", "lending")
ON_SQLITE = 'schema_version: "1.0.0"\nsystem: {name}\nenvironments: {{development: {{engines: {{store: sqlite}}}}}}\n'


@cache
def compiled(name: str) -> Compiled:
    """A fixture, compiled."""
    return compile_sources(fixture(name))


def tree_of(found: Compiled) -> Tree:
    """What the target emits."""
    stamp = Stamp(blueprint_hash="ab" * 32, generator_version="0.1.0", bundle=found.bundle.version)
    tree = PythonService().apply(found.views, found.bundle, stamp)
    tree.update(found.migrations.tree())
    return tree


def on_sqlite(sources: Sources, name: str) -> Sources:
    """The same system with SQLite as its only store."""
    return replace(sources, deployment=ON_SQLITE.format(name=name))


@dataclass(frozen=True)
class Emitted:
    """An emitted workspace and the Python that runs it."""

    folder: Path
    python: Path
    package: str

    @property
    def project(self) -> Path:
        """The service's own project."""
        return self.folder / "generated"

    def at(self, folder: Path) -> Emitted:
        """A copy of the workspace elsewhere."""
        return replace(self, folder=folder)

    def environment(self, **more: str) -> dict[str, str]:
        """The variables of a process, nothing of the caller's but where programs are."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        return {**kept, "PYTHONPATH": str(self.project / "src"), "PYTHONDONTWRITEBYTECODE": "1", **more}

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Runs the environment's Python in the project."""
        return subprocess.run(
            [self.python, *words],
            cwd=self.project,
            env=self.environment(**more),
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )

    def pytest(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Runs the service's own tests."""
        return self.run("-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", *words)

    @contextlib.contextmanager
    def process(self, log: Path, part: str, **more: str) -> Generator[subprocess.Popen[bytes]]:
        """A part of the service as a process that a test kills."""
        ports = {"PORT": str(free_port()), "MANAGEMENT_PORT": str(free_port()), "POLL_SECONDS": "0.05"}
        with log.open("ab") as out:
            process = subprocess.Popen(
                [self.python, "-m", self.package, part],
                cwd=self.project,
                env=self.environment(**ports, **more),
                stdout=out,
                stderr=out,
            )
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    @contextlib.contextmanager
    def serving(self, log: Path, part: str = "all", **more: str) -> Generator[Server]:
        """Starts a part of the service and ends it with SIGTERM, as an orchestrator does."""
        ports = free_port(), free_port()
        variables = {"PORT": str(ports[0]), "MANAGEMENT_PORT": str(ports[1]), "POLL_SECONDS": "0.05", **more}
        with log.open("wb") as out:
            process = subprocess.Popen(
                [self.python, "-m", self.package, part],
                cwd=self.project,
                env=self.environment(**variables),
                stdout=out,
                stderr=out,
            )
        server = Server(f"http://127.0.0.1:{ports[0]}", f"http://127.0.0.1:{ports[1]}", log)
        try:
            server.wait(lambda: httpx.get(f"{server.management}/health/ready").status_code == 200)
            yield server
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                code = process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        assert code == 0, log.read_text(encoding="utf-8")


def signing_key() -> str:
    """A private key of tokens, on one line as an environment file holds it."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode().replace("\n", "\\n")


@dataclass(frozen=True)
class Server:
    """A running service."""

    url: str
    management: str
    log: Path

    def wait(self, holds: object, seconds: float = 30) -> None:
        """Waits until something holds."""
        assert callable(holds)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with contextlib.suppress(httpx.TransportError):
                if holds():
                    return
            time.sleep(0.05)
        raise AssertionError(self.log.read_text(encoding="utf-8")[-4000:])


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def write(found: Compiled, folder: Path) -> Emitted:
    """Writes what the target emits, and finds the environment that its lock asks for."""
    tree = tree_of(found)
    for file in tree:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    lock = tree["generated/requirements-dev.txt"].content
    python = python_environment.prepare([lock], progress=lambda _: None)
    return Emitted(folder, python, package(found.views.system.name))

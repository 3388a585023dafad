"""The Python environment in which the gates run a service: made by uv from the service's own hashed lock, and cached.

Refuses requirements without a hash and packages that would have to be built, because building runs their code. An
environment appears under its final name complete or not at all, and is never changed afterwards.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from autocoder.diagnostics import Diagnostic, Note, StageFailed
from autocoder.tools import process
from autocoder.tools.user_folders import cache_folder

FORMAT = "1"
"""Changes when the way an environment is made changes, so that older ones are not used."""

_SECONDS = 900.0
_UNREACHABLE = re.compile(r"error sending request|failed to fetch|request failed|network was disabled|dns error", re.I)
_CREDENTIALS = re.compile(r"(://)[^/@\s]+@")
_OWN_VARIABLES = ("VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONHOME", "UV_PYTHON")

Progress = Callable[[str], None]


def prepare(requirements: Sequence[bytes], *, progress: Progress, cache: Path | None = None) -> Path:
    """The Python program of an environment that has exactly the locked packages.

    `requirements` are the contents of hashed requirements files, in order. Made at the first call for a lock (needs the
    package index, or uv's own cache) and found at later ones. Raises `StageFailed`: AC9005 where the index cannot be
    reached, AC9006 where the lock cannot be installed.
    """
    folder = (cache or cache_folder() / "envs") / _key(requirements)
    if not folder.is_dir():
        progress("making a Python environment (once for this lock)")
        begin = time.monotonic()
        _make(folder, requirements)
        progress(f"the environment is made, {time.monotonic() - begin:.1f} s")
    return folder / "bin" / "python"


def _key(requirements: Sequence[bytes]) -> str:
    parts = [hashlib.sha256(content).hexdigest() for content in requirements]
    python = [sys.version, sys.implementation.name, os.uname().machine, sys.platform, sys.base_prefix]
    return hashlib.sha256(json.dumps([FORMAT, python, parts]).encode()).hexdigest()


def _make(folder: Path, requirements: Sequence[bytes]) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=".building-", dir=folder.parent))
    try:
        environment = building / "environment"
        files = [building / f"requirements-{number}.txt" for number in range(len(requirements))]
        for file, content in zip(files, requirements, strict=True):
            file.write_bytes(content)
        base = Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
        _uv("venv", "--no-project", "--relocatable", "--python", str(base), str(environment), cwd=building)
        sync = ("pip", "sync", "--require-hashes", "--no-build", "--compile-bytecode", "--python", str(environment))
        _uv(*sync, *(file.name for file in files), cwd=building)
        _open_to_readers(environment)
        _publish(environment, folder)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _publish(made: Path, folder: Path) -> None:
    """Renaming onto a folder that is not empty fails, so the first of two processes wins and both have the same."""
    try:
        made.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise


def _open_to_readers(environment: Path) -> None:
    """The sandbox's user is another one where autocoder is root; a strict umask must not lock it out."""
    for parent, _folders, files in os.walk(environment):
        Path(parent).chmod(0o755)
        for path in (Path(parent, name) for name in files):
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)


def _uv(*words: str, cwd: Path) -> None:
    """Runs autocoder's own uv with the user's settings (index, proxy, certificates), which come by environment."""
    env = {name: value for name, value in os.environ.items() if name not in _OWN_VARIABLES}
    env |= {"UV_LINK_MODE": "copy", "UV_PYTHON_DOWNLOADS": "never", "NO_COLOR": "1"}
    done = process.run([sys.executable, "-m", "uv", *words], cwd=cwd, env=env, timeout=_SECONDS)
    if not done.ok:
        raise StageFailed([_explained(done)], exit_code=4)


def _explained(done: process.Completed) -> Diagnostic:
    output = _CREDENTIALS.sub(r"\1…@", done.stderr.decode(errors="replace"))
    said = [line.strip() for line in output.splitlines() if line.strip()]
    first = next((line for line in said if line.startswith("error")), said[-1] if said else f"status {done.code}")
    notes = tuple(Note(message=line) for line in said if line.startswith(("cause", "hint")))[:6]
    if done.timed_out or _UNREACHABLE.search(output):
        return Diagnostic(
            code="AC9005",
            message="the package index could not be reached, so the gates' environment could not be made",
            value=first,
            rule="the gates run the service with the packages of its own lock",
            help="check the network, the proxy and the index settings of uv (UV_DEFAULT_INDEX), then run again",
            notes=notes,
        )
    return Diagnostic(
        code="AC9006",
        message=f"the gates' environment could not be made from the service's lock: {first}",
        rule="every locked package has a hash and a wheel for this Python",
        help="lock the service again for this Python version",
        notes=notes,
    )

"""Real servers for tests, from wheels, on loopback only."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Generator
from pathlib import Path

from autocoder.tools import services


@contextlib.contextmanager
def postgres(folder: Path) -> Generator[str]:
    """A private PostgreSQL with its data in `folder`; gives its address."""
    with reachable(folder) as own, services.postgresql(own) as url:
        yield url


@contextlib.contextmanager
def broker(name: str, folder: Path) -> Generator[str]:
    """A private broker of that name with its data in `folder`; gives its address."""
    with reachable(folder) as own, services.START[name](own) as url:
        yield url


@contextlib.contextmanager
def reachable(folder: Path) -> Generator[Path]:
    """A folder that the servers reach: as root they run as nobody, who may not enter pytest's own."""
    if os.geteuid() != 0:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="autocoder-server-") as own:
        Path(own).chmod(0o755)
        yield Path(own) / folder.name

"""Ends the processes that a run left behind, known by the mark in their environment.

Runs as a script of its own (`python -I -S end_strays.py MARK`) as the user that the run was: without the right to trace
others, not even root may read another user's environment. Imports the standard library alone.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path


def main(argv: list[str]) -> None:
    """Kills every process whose environment has the variable `MARK` (written `NAME=value`), until none is left."""
    wanted = argv[1].encode()
    while found := [process for process in _others() if wanted in _environment(process)]:
        for process in found:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)


def _others() -> list[int]:
    """Every process but this one, which has the mark in its arguments only. Ended ones have no environment."""
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if entry.name != str(os.getpid())]


def _environment(process: int) -> list[bytes]:
    with suppress(OSError):
        return Path(f"/proc/{process}/environ").read_bytes().split(b"\0")
    return []


if __name__ == "__main__":
    main(sys.argv)

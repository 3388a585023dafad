"""Runs one program under sandlock (Landlock and seccomp), in a process of its own.

Runs as a script of its own, `python -I sandlock_launcher.py SETTINGS PROGRAM …`: sandlock forks and supervises from
inside the process that calls it, which a program with threads must not do. `SETTINGS` is a JSON object of sandlock's
own options. Ends with the program's status (128 + signal where one killed it), 126 where sandlock could not confine it.
What the program leaves running, detached or not, is ended with it: orphans come to this process, not to the system's.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import sandlock

_PR_SET_CHILD_SUBREAPER = 36


def main(argv: list[str]) -> int:
    """Status of the confined program."""
    try:
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        box = sandlock.Sandbox(**json.loads(argv[1]))
        status = box.run_interactive(argv[2:])
    except (sandlock.SandlockError, RuntimeError, ValueError) as error:
        print(f"sandlock: {argv[2]}: {error}", file=sys.stderr)
        return 126
    while children := _children():
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    return status if status >= 0 else 137


def _children() -> list[int]:
    """Processes that are this one's to end; none where there is no /proc."""
    found: list[int] = []
    for task in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):
            found += map(int, task.read_text(encoding="ascii").split())
    return found


if __name__ == "__main__":
    raise SystemExit(main(sys.argv))

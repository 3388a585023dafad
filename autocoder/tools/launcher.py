"""Limits itself, gives up root, and becomes the program that it was told to run.

Runs as a script of its own (`python -I -S launcher.py SETTINGS PROGRAM …`) inside the sandbox, so it imports the
standard library alone. `SETTINGS` is a JSON object: `limits` (resource name to number), `more_processes` (how many
processes beyond those that the user has already; null for no such limit), `cwd`, `uid` (the unprivileged user to
become; null to stay) and `read_files` (keep the one capability to read files, for folders that only root may enter).
Ends with status 126 and one line on stderr where it cannot do what was asked.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

_PR_SET_KEEPCAPS, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT, _AMBIENT_RAISE = 8, 38, 47, 2
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 1, 2
_CAPABILITY_VERSION_3 = 0x20080522


def main(argv: list[str]) -> None:
    """Never returns: the program replaces this process."""
    settings: dict[str, Any] = json.loads(argv[1])
    try:
        for name, value in settings["limits"].items():
            if name == "RLIMIT_AS" and sys.platform == "darwin":
                continue  # macOS has the name and refuses every value
            resource.setrlimit(getattr(resource, name), _not_above(getattr(resource, name), value))
        if settings["uid"] is not None:
            _become(settings["uid"], read_files=settings["read_files"])
        if settings["more_processes"] is not None:
            most = _not_above(resource.RLIMIT_NPROC, _tasks_of(os.getuid()) + settings["more_processes"])
            resource.setrlimit(resource.RLIMIT_NPROC, most)
        if sys.platform == "linux":
            _prctl(_PR_SET_NO_NEW_PRIVS, 1)
        os.chdir(settings["cwd"])
        os.execvp(argv[2], argv[2:])  # noqa: S606 - becoming the program is what this is for
    except (OSError, ValueError) as error:
        print(f"launcher: {argv[2]}: {error}", file=sys.stderr)
        raise SystemExit(126) from None


def _not_above(kind: int, value: int) -> tuple[int, int]:
    """A limit can only be lowered here; a lower one that stands already is kept."""
    hard = resource.getrlimit(kind)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    return (value, value)


def _tasks_of(uid: int) -> int:
    """How many threads the user has now; the kernel counts these, not processes. 0 where there is no /proc."""
    total = 0
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # a process may end while it is counted
            if entry.stat().st_uid == uid:
                total += len(list((entry / "task").iterdir()))
    return total


def _become(uid: int, *, read_files: bool) -> None:
    kept = _reading_capability() if read_files else 0
    if kept:
        _prctl(_PR_SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    if kept:
        _set_capabilities(kept)
        for number in range(64):
            if kept >> number & 1:
                _prctl(_PR_CAP_AMBIENT, _AMBIENT_RAISE, number)


def _reading_capability() -> int:
    """The weaker capability that opens any file for reading; some containers have only the stronger one."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    permitted = next(int(line.split()[1], 16) for line in status.splitlines() if line.startswith("CapPrm"))
    for number in (_CAP_DAC_READ_SEARCH, _CAP_DAC_OVERRIDE):
        if permitted >> number & 1:
            return 1 << number
    return 0


def _set_capabilities(mask: int) -> None:
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    data = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)
    _check(ctypes.CDLL(None, use_errno=True).capset(header, data))


def _prctl(option: int, first: int, second: int = 0) -> None:
    _check(ctypes.CDLL(None, use_errno=True).prctl(option, first, second, 0, 0))


def _check(answer: int) -> None:
    if answer != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


if __name__ == "__main__":
    main(sys.argv)

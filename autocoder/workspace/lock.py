"""One autocoder at a time per workspace: a lock that the system gives back when its holder dies."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


def acquire(path: Path) -> int:
    """Locks the file at `path`, which is made where it is missing, and returns its descriptor.

    Raises `BlockingIOError` (`PermissionError` on Windows) where another process holds it.
    """
    while True:
        descriptor = os.open(path, _FLAGS, 0o644)
        try:
            _take(descriptor)
            if _is_at(descriptor, path):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # its last holder removed it between our opening and our locking


def release(descriptor: int, path: Path) -> None:
    """Gives the lock back and leaves no file behind."""
    try:
        with contextlib.suppress(OSError):
            path.unlink()
    finally:
        os.close(descriptor)


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False

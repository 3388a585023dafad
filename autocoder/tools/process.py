"""Runs one program to its end: no shell, an explicit environment, a time limit, bounded output, no orphans."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

OUTPUT_LIMIT = 1_000_000
"""Bytes kept of each stream; the rest is counted and dropped."""

_WATCH_SECONDS = 0.25
_GRACE_SECONDS = 10.0
_INTERRUPTED = threading.Event()


@dataclass(frozen=True, kw_only=True)
class Completed:
    """How a program ended. `code` is its exit status (negative: killed by that signal), `seconds` the wall time.

    `overran` says that it was killed because it used more than it may.
    """

    argv: tuple[str, ...]
    code: int
    stdout: bytes
    stderr: bytes
    timed_out: bool
    seconds: float
    overran: bool = False

    @property
    def ok(self) -> bool:
        """Ended by itself with status 0."""
        return self.code == 0 and not self.timed_out and not self.overran


@contextlib.contextmanager
def ended_on_interrupt() -> Generator[None]:
    """Ctrl-C reaches the main thread alone: one that comes in this block ends what other threads run, and lets them
    start nothing more, until the next such block.
    """
    _INTERRUPTED.clear()
    try:
        yield
    except KeyboardInterrupt:
        _INTERRUPTED.set()
        raise


def run(
    argv: Sequence[str | os.PathLike[str]],
    *,
    cwd: Path,
    env: Mapping[str, str],
    timeout: float,
    stdin: bytes = b"",
    overrun: Callable[[], bool] | None = None,
    umask: int = -1,
    output_limit: int | None = OUTPUT_LIMIT,
) -> Completed:
    """Runs `argv` in `cwd` with exactly `env`, for at most `timeout` seconds; kills it and all that it started then.

    `overrun` is asked a few times a second whether the program used too much of something; it is killed then.
    `umask` is the program's own where it is not negative; `output_limit` is None where all output is wanted.
    Raises `FileNotFoundError` or `PermissionError` where the program cannot be started.
    """
    words = tuple(os.fspath(word) for word in argv)
    begin = time.monotonic()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.TemporaryFile() as inp:
        inp.write(stdin)
        inp.seek(0)
        process = subprocess.Popen(
            words, cwd=cwd, env=dict(env), stdin=inp, stdout=out, stderr=err, start_new_session=True, umask=umask
        )
        try:
            timed_out, overran = _wait(process, timeout, overrun)
        finally:
            _kill_all(process)
        return Completed(
            argv=words,
            code=process.returncode,
            stdout=_head(out, output_limit),
            stderr=_head(err, output_limit),
            timed_out=timed_out,
            seconds=time.monotonic() - begin,
            overran=overran,
        )


def _wait(process: subprocess.Popen[bytes], timeout: float, overrun: Callable[[], bool] | None) -> tuple[bool, bool]:
    """Waits for the end; whether the time ran out, and whether the program overran."""
    deadline = time.monotonic() + timeout
    while (left := deadline - time.monotonic()) > 0:
        # In short waits: an interrupt that comes just before a wait begins is noticed only when that wait ends.
        if _ends(process, min(left, _WATCH_SECONDS)):
            return False, False
        if _INTERRUPTED.is_set():
            raise KeyboardInterrupt
        if overrun and overrun():
            return False, True
    return True, False


def _ends(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether the program ends within that time; noticed at once where the kernel tells, else within 50 ms."""
    try:
        descriptor = os.pidfd_open(process.pid)
    except (AttributeError, OSError):
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        return process.returncode is not None
    try:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        return bool(poll.poll(seconds * 1000))
    finally:
        os.close(descriptor)


def _kill_all(process: subprocess.Popen[bytes]) -> None:
    """Ends the program, its children that left its group too, and what an ended leader left of it; reaps the leader."""
    for pid in [*_stop_below(process.pid)] if process.poll() is None else ():
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _stop_below(pid: int) -> Iterator[int]:
    """Stops a process, so that it starts no more, then those that it started; nothing where there is no /proc."""
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGSTOP)
    children: list[int] = []
    for task in Path("/proc", str(pid), "task").glob("*/children"):
        with contextlib.suppress(OSError):
            children += map(int, task.read_text(encoding="ascii").split())
    for child in children:
        yield from _stop_below(child)
    yield pid


def _head(file: IO[bytes], limit: int | None) -> bytes:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if limit is None or size <= limit:
        return file.read()
    return file.read(limit) + f"\n… {size - limit} more bytes\n".encode()


def run_in_foreground(
    argv: Sequence[str | os.PathLike[str]],
    *,
    cwd: Path,
    env: Mapping[str, str],
    answers: Callable[[], bool],
    announce: Callable[[], None],
) -> int:
    """Runs a program with this terminal until it ends, or until Ctrl-C or SIGTERM, and returns its exit status.

    `announce` is called when `answers` first says so. A program that is told to end gets SIGTERM, then ten seconds;
    nothing of its process group is left.
    """
    words = [os.fspath(word) for word in argv]
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    # In a session of its own, so that Ctrl-C reaches this process alone, which passes it on once.
    process = subprocess.Popen(words, cwd=cwd, env=dict(env), start_new_session=True)
    try:
        while not answers() and not _ends(process, _WATCH_SECONDS):
            pass
        if not _ends(process, 0):
            announce()
        while not _ends(process, _WATCH_SECONDS):
            pass
    except KeyboardInterrupt:
        process.terminate()
        _ends(process, _GRACE_SECONDS)
    finally:
        signal.signal(signal.SIGTERM, before)
        _kill_all(process)
    return process.returncode

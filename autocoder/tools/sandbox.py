"""Confines programs that the compiler, a person or a model wrote. Owns the levels and the choice between them.

At every level but `plain` a program has no network beyond its own sockets, reads only the folders it was given and the
system's programs, writes only to its scratch folder, and is stopped at its limits. The level is found by trying to
break out, never assumed. A model's code, and a body
that nobody approved, are refused at the plain level. Nothing of the caller's environment is passed.
"""

from __future__ import annotations

import functools
import json
import os
import random
import secrets
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, assert_never

from autocoder.diagnostics import Diagnostic, StageFailed
from autocoder.tools import process, programs

MEBIBYTE = 1 << 20
NOBODY = 65534
_OWN_UIDS = range(61184, 65520)  # systemd's range for users that exist for one run
_LAUNCHER = Path(__file__).with_name("launcher.py")
_SANDLOCK_LAUNCHER = Path(__file__).with_name("sandlock_launcher.py")
_END_STRAYS = Path(__file__).with_name("end_strays.py")
_BREAK_OUT = Path(__file__).with_name("break_out.py")
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
_SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime")
_MARK = "AUTOCODER_SANDBOX_RUN"


class Level(StrEnum):
    """How a program is confined, best first."""

    BUBBLEWRAP = "bubblewrap"
    SANDLOCK = "sandlock"
    PLAIN = "plain"


class Origin(StrEnum):
    """Who answers for the code: `PERSON` for a body that was approved at its hash, nobody for an `UNAPPROVED` one."""

    COMPILER = "compiler"
    PERSON = "person"
    UNAPPROVED = "unapproved"
    MODEL = "model"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a run may use. Memory, CPU and file size are per process; scratch, processes and wall time for the run."""

    seconds: float = 300
    cpu_seconds: int = 300
    memory_bytes: int = 4096 * MEBIBYTE
    file_bytes: int = 256 * MEBIBYTE
    scratch_bytes: int = 1024 * MEBIBYTE
    processes: int = 256
    open_files: int = 1024

    def resources(self) -> dict[str, int]:
        """The limits that the kernel keeps per process, by their names in `resource`."""
        return {
            "RLIMIT_AS": self.memory_bytes,
            "RLIMIT_CPU": self.cpu_seconds,
            "RLIMIT_FSIZE": self.file_bytes,
            "RLIMIT_NOFILE": self.open_files,
            "RLIMIT_CORE": 0,
        }


@dataclass(frozen=True, kw_only=True)
class _Way:
    """One way to reach a level. `drop`: root becomes another user inside. `proc`: a /proc of its own can be made."""

    level: Level
    drop: bool = False
    user_namespace: bool = False
    proc: bool = False


@dataclass(frozen=True, kw_only=True)
class _Job:
    """One run, with every path resolved."""

    argv: tuple[str, ...]
    read_only: tuple[Path, ...]
    writable: Path
    cwd: Path
    temporary: Path
    env: Mapping[str, str]
    limits: Limits
    etc: Path
    uid: int | None


def _ways() -> Iterator[_Way]:
    root = os.geteuid() == 0
    if sys.platform == "linux":
        if root:
            yield _Way(level=Level.BUBBLEWRAP, drop=True, proc=True)
        yield _Way(level=Level.BUBBLEWRAP, user_namespace=True, proc=True)
        yield _Way(level=Level.BUBBLEWRAP, user_namespace=True)
        yield _Way(level=Level.SANDLOCK, drop=root)
    if root:
        yield _Way(level=Level.PLAIN, drop=True)
    yield _Way(level=Level.PLAIN)


@functools.cache
def _way(level: Level) -> _Way | None:
    """The first way to a level whose promises hold here."""
    return next((way for way in _ways() if way.level is level and _holds(way)), None)


@functools.cache
def probe() -> Level:
    """The best level that works on this machine, found by trying to break out of it; about 0.2 s, once a process.

    Raises `StageFailed` (AC9004) where not even the plain level starts a program.
    """
    for level in Level:
        if _way(level):
            return level
    message = "no program can be started under limits on this machine"
    raise StageFailed([Diagnostic(code="AC9004", message=message)], exit_code=4)


@dataclass(frozen=True, kw_only=True)
class Sandbox:
    """Runs programs at one level."""

    level: Level = field(default_factory=probe)

    def run(
        self,
        argv: Sequence[str | os.PathLike[str]],
        *,
        code: Origin,
        writable: Path,
        read_only: Sequence[Path] = (),
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        limits: Limits | None = None,
    ) -> process.Completed:
        """Runs `argv` to its end; `cwd` is `writable` where it is not given.

        `writable` is a scratch folder of the caller's own: where autocoder is root, its owner is changed to the user
        that the program runs as. That user must be able to read `read_only`. TMPDIR and HOME are set to a folder that
        vanishes with the run. Raises `StageFailed`: AC9003 for a model's code or an unapproved body at the
        plain level, AC9004 where the level does not work here.
        """
        if code in _ONLY_CONFINED and self.level is Level.PLAIN:
            raise StageFailed([_refused(code)], exit_code=4)
        way = _way(self.level)
        if way is None:
            message = f"the sandbox level {self.level} does not work on this machine"
            raise StageFailed([Diagnostic(code="AC9004", message=message, value=str(self.level))], exit_code=4)
        return _run(way, argv, read_only, writable, cwd or writable, env or {}, limits or Limits())


_ONLY_CONFINED = {
    Origin.MODEL: "code that a model wrote",
    Origin.UNAPPROVED: "the body of a custom function that nobody approved",
}


def _refused(code: Origin) -> Diagnostic:
    approve = "read the body and approve it in decisions.yaml, " if code is Origin.UNAPPROVED else ""
    return Diagnostic(
        code="AC9003",
        message=f"{_ONLY_CONFINED[code]} may run only in a sandbox, and none works on this machine",
        value=str(Level.PLAIN),
        rule="such code needs bubblewrap or sandlock",
        help=f"{approve}install bubblewrap and allow user namespaces, or use Linux 6.7 or later for sandlock",
    )


def interpreter_paths(python: Path) -> tuple[Path, ...]:
    """What a Python (of a virtual environment or not) needs to see in order to start: its environment, its links, its
    installation. Raises `StageFailed` (AC9004) where that is the home folder itself, which must stay hidden.
    """
    found: list[Path] = []
    link = python.absolute()
    if (link.parent.parent / "pyvenv.cfg").is_file():
        found.append(link.parent.parent)
    while link.is_symlink():
        link = Path(os.path.normpath(link.parent / link.readlink()))
        if link.is_symlink() and not any(link.is_relative_to(folder) for folder in found):
            found.append(link)
    real = python.resolve()
    installations = {real.parent.parent, link.parent.parent}
    if any(Path.home().resolve().is_relative_to(folder) for folder in installations):
        message = "the Python installation is the home folder itself, and a sandbox must not see that"
        help_ = "use a Python in a folder of its own"
        raise StageFailed([Diagnostic(code="AC9004", message=message, value=str(real), help=help_)], exit_code=4)
    return (*found, *sorted(installations))


def _run(
    way: _Way,
    argv: Sequence[str | os.PathLike[str]],
    read_only: Sequence[Path],
    writable: Path,
    cwd: Path,
    env: Mapping[str, str],
    limits: Limits,
) -> process.Completed:
    with ExitStack() as stack:
        writable = writable.resolve(strict=True)
        own_tmp = way.level is Level.BUBBLEWRAP
        uid = _unused_uid() if own_tmp and way.drop else NOBODY if way.drop else None
        temporary = Path("/tmp") if own_tmp else Path(stack.enter_context(_scratch()))  # noqa: S108 - the sandbox's own
        job = _Job(
            argv=tuple(os.fspath(word) for word in argv),
            read_only=tuple(path.absolute() for path in read_only),
            writable=writable,
            cwd=cwd.resolve(),
            temporary=temporary,
            env={**_environment(temporary), **env, _MARK: secrets.token_hex(16)},
            limits=limits,
            etc=_etc(Path(stack.enter_context(_scratch())), uid if uid is not None else NOBODY),
            uid=uid,
        )
        for folder in (writable, *(() if own_tmp else (temporary,))):
            _give(folder, uid)
        if not own_tmp:
            stack.callback(_end_strays, job)
        return process.run(
            _command(way, job),
            cwd=Path("/"),
            env=job.env,
            timeout=limits.seconds,
            overrun=_too_large((writable, *(() if own_tmp else (temporary,))), limits.scratch_bytes),
        )


def _scratch() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="ac-", ignore_cleanup_errors=True)


def _environment(temporary: Path) -> dict[str, str]:
    here = os.fspath(temporary)
    return {"PATH": "/usr/bin:/bin", "HOME": here, "TMPDIR": here, "LANG": "C.UTF-8", "TZ": "UTC"}


def _unused_uid() -> int:
    """A user of this run's own, so that the kernel counts its processes alone."""
    return random.SystemRandom().choice(_OWN_UIDS)


def _etc(folder: Path, uid: int) -> Path:
    """The few files of /etc that programs look for: one user, the loopback's name, nothing of this machine."""
    folder.chmod(0o755)
    for name, text in {
        "passwd": f"sandbox:x:{uid}:{uid}::/tmp:/usr/sbin/nologin\n",
        "group": f"sandbox:x:{uid}:\n",
        "hosts": "127.0.0.1 localhost\n::1 localhost\n",
        "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    }.items():
        (folder / name).write_text(text, encoding="ascii")
        (folder / name).chmod(0o644)
    return folder


def _give(folder: Path, uid: int | None) -> None:
    if uid is not None:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, uid, uid, follow_symlinks=False)


def _too_large(folders: tuple[Path, ...], most: int) -> Callable[[], bool]:
    return lambda: sum(_size(folder) for folder in folders) > most


def _size(folder: Path) -> int:
    total = 0
    for parent, _folders, files in os.walk(folder):
        for name in files:
            with suppress(OSError):  # a file may vanish while it is counted
                total += Path(parent, name).lstat().st_blocks * 512
    return total


def _end_strays(job: _Job) -> None:
    """Ends what left the run's process group: where there is no namespace to end, the mark tells whose it is."""
    if sys.platform == "linux":
        mark = f"{_MARK}={job.env[_MARK]}"
        words = [os.path.realpath(sys.executable), "-I", "-S", str(_END_STRAYS), mark]
        process.run(_launcher(job, words, uid=job.uid, read_files=True, limits={}), cwd=Path("/"), env={}, timeout=20)


def _command(way: _Way, job: _Job) -> list[str]:
    match way.level:
        case Level.BUBBLEWRAP:
            return _bubblewrap(way, job)
        case Level.SANDLOCK:
            return _sandlock(job)
        case Level.PLAIN:
            return _plain(job)
        case _:
            assert_never(way.level)


def _launcher(
    job: _Job,
    program: Sequence[str],
    *,
    uid: int | None = None,
    more_processes: int | None = None,
    read_files: bool = False,
    limits: Mapping[str, int] | None = None,
) -> list[str]:
    settings: dict[str, Any] = {
        "limits": job.limits.resources() if limits is None else limits,
        "more_processes": more_processes,
        "cwd": str(job.cwd),
        "uid": uid,
        "read_files": read_files,
    }
    return [os.path.realpath(sys.executable), "-I", "-S", str(_LAUNCHER), json.dumps(settings), *program]


def _bubblewrap(way: _Way, job: _Job) -> list[str]:
    words = [str(programs.find("bwrap")), "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    words += [f"--unshare-{kind}" for kind in ("ipc", "pid", "net", "uts", "cgroup-try")]
    if way.user_namespace:
        words += ["--unshare-user", "--disable-userns", "--uid", str(NOBODY), "--gid", str(NOBODY)]
    else:
        words += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    words += _system_mounts()
    words += ["--dev", "/dev", *(("--proc", "/proc") if way.proc else ())]
    for folder in ("/dev/shm", "/tmp"):  # noqa: S108 - both are the sandbox's own
        words += ["--perms", "1777", "--size", str(job.limits.scratch_bytes), "--tmpfs", folder]
    for name in ("passwd", "group", "hosts", "nsswitch.conf"):
        words += ["--ro-bind", str(job.etc / name), f"/etc/{name}"]
    for path in (*interpreter_paths(Path(sys.executable).resolve()), _LAUNCHER, *job.read_only):
        words += [*_parents(path), "--ro-bind", os.path.realpath(path), str(path)]
    words += [*_parents(job.writable), "--bind", str(job.writable), str(job.writable)]
    words += ["--remount-ro", "/", "--"]
    return words + _launcher(job, job.argv, uid=job.uid, more_processes=job.limits.processes)


def _system_mounts() -> list[str]:
    words: list[str] = []
    for name in _SYSTEM:
        path = Path(name)
        if path.is_symlink():
            words += ["--symlink", os.fspath(path.readlink()), name]
        elif path.is_dir():
            words += ["--ro-bind", name, name]
    words += ["--perms", "0755", "--dir", "/etc"]
    for name in _SYSTEM_FILES:
        words += ["--ro-bind-try", name, name]
    return words


def _parents(path: Path) -> list[str]:
    """Folders above a mount must be there and open to the user inside."""
    return [word for parent in reversed(path.parents[:-1]) for word in ("--perms", "0755", "--dir", str(parent))]


def _sandlock(job: _Job) -> list[str]:
    here = (*interpreter_paths(Path(sys.executable).resolve()), _LAUNCHER)
    readable = [path for path in (*_SYSTEM, *_SYSTEM_FILES, "/etc/passwd", "/etc/group") if Path(path).exists()]
    readable += ["/dev/urandom", "/dev/random", "/dev/zero", *(str(path) for path in (*here, *job.read_only))]
    settings = {
        "fs_readable": readable,
        "fs_writable": [str(job.writable), str(job.temporary), "/dev/null"],
        "extra_allow_syscalls": ["sysv_ipc"],  # PostgreSQL keeps its lock in a shared memory segment
        "max_memory": job.limits.memory_bytes,
        "max_processes": job.limits.processes,
    }
    outer = [sys.executable, "-I", str(_SANDLOCK_LAUNCHER), json.dumps(settings)]
    outer += _launcher(job, job.argv)
    return _launcher(job, outer, uid=job.uid, read_files=True, limits={})


def _plain(job: _Job) -> list[str]:
    return _launcher(job, job.argv, uid=job.uid, read_files=True, more_processes=job.limits.processes)


@dataclass(frozen=True, kw_only=True)
class _Report:
    """What `break_out.py` managed to do."""

    started: bool
    network: bool
    loopback: bool
    outside_read: bool
    outside_written: bool
    processes: bool
    inherited: bool


def _holds(way: _Way) -> bool:
    """Whether a level keeps its promises: runs `break_out.py`, which tries to break each of them."""
    if way.level is Level.BUBBLEWRAP and programs.find("bwrap") is None:
        return False
    with _scratch() as outside, _scratch() as scratch, socket.create_server(("127.0.0.1", 0)) as listener:
        canary = Path(outside) / "canary"
        canary.write_text("canary", encoding="ascii")
        Path(outside).chmod(0o777)  # the confinement must hold, not the folder's mode
        canary.chmod(0o666)
        limits = Limits(seconds=20, processes=24)
        argv = [os.path.realpath(sys.executable), "-I", "-S", str(_BREAK_OUT), str(canary)]
        argv.append(str(listener.getsockname()[1]))
        scratch_folder = Path(scratch)
        try:
            done = _run(way, argv, (_BREAK_OUT,), scratch_folder, scratch_folder, {}, limits)
            report = _Report(**json.loads(done.stdout))
        except (OSError, ValueError, TypeError, StageFailed):
            return False
    tried = asdict(report)
    return report.started and (way.level is Level.PLAIN or not any(tried[name] for name in tried if name != "started"))

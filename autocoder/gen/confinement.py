"""How a generator's runs are confined, found by trying it: bubblewrap with an overlay, bubblewrap over a copy, sandlock
over a copy, or not at all.

Confined runs reach no network, see the system, their tool and what the index lets them see, and write to their copy
alone. A run that is not confined is said to be so in the report and its verdict is never kept.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import autocoder
from autocoder.gen.stress import BY_BUBBLEWRAP, BY_SANDLOCK, EVERYWHERE, UMASKS, Axes, Axis, shifted_clock
from autocoder.gen.toolchain import SYSTEM
from autocoder.tools import programs
from autocoder.tools.sandbox import interpreter_paths

_TOOLS = Path(autocoder.__file__).with_name("tools")
_LAUNCHER = _TOOLS / "launcher.py"
_SANDLOCK = _TOOLS / "sandlock_launcher.py"
_SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/ssl/certs", "/etc/mime.types")
_PLACES = ("/project", "/srv/elsewhere/copy")
_HOME = "/tmp/home"  # noqa: S108 - inside the sandbox
_LIMITS = {"RLIMIT_DATA": 8 << 30, "RLIMIT_FSIZE": 2 << 30, "RLIMIT_CORE": 0}


class Level(StrEnum):
    """How runs are confined, best first."""

    OVERLAY = "bubblewrap, overlay"
    BUBBLEWRAP = "bubblewrap, copies"
    SANDLOCK = "sandlock, copies"
    NONE = "not confined, copies"


@dataclass(frozen=True, kw_only=True)
class Confinement:
    """What works on this machine. `proc`: a /proc of its own can be made. `sandlock`: it starts at this level.

    `whole_clock`: programs that ask for the time by `time()` see the shifted clock too, not only the others.
    """

    level: Level
    proc: bool = True
    sandlock: bool = False
    whole_clock: bool = False

    @property
    def bubblewrap(self) -> bool:
        """Whether runs have namespaces of their own."""
        return self.level in (Level.OVERLAY, Level.BUBBLEWRAP)

    @property
    def confined(self) -> bool:
        """Whether runs see only what they may."""
        return self.level is not Level.NONE

    @property
    def axes(self) -> Axes:
        """What the second run can have otherwise here."""
        nothing: Axes = frozenset()
        return (
            EVERYWHERE | (BY_BUBBLEWRAP if self.bubblewrap else nothing) | (BY_SANDLOCK if self.sandlock else nothing)
        )


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The folders of one run. `base` is the overlay's lower layer, None for a run with its own copy."""

    run: Path
    base: Path | None
    axes: Axes

    @property
    def upper(self) -> Path:
        """The overlay's upper layer."""
        return self.run / "upper"

    @property
    def work(self) -> Path:
        """The overlay's own scratch folder."""
        return self.run / "work"

    @property
    def copy(self) -> Path:
        """Where the run's own copy is."""
        return self.run / ("elsewhere/copy" if Axis.FOLDER in self.axes else "project")

    @property
    def temporary(self) -> Path:
        """The run's own temporary folder, where it has no /tmp of its own."""
        return self.run / "tmp"


@dataclass(frozen=True, kw_only=True)
class Job:
    """One program to run in a layout. `processor` is the one it may use where their number is stressed."""

    argv: tuple[str, ...]
    layout: Layout
    readable: tuple[Path, ...]
    etc: Path
    processor: int = 0
    under_sandlock: bool = False


def home(confinement: Confinement, layout: Layout) -> str:
    """HOME and TMPDIR of a run: a folder that vanishes with it."""
    return _HOME if confinement.bubblewrap else str(layout.temporary)


def place(confinement: Confinement, layout: Layout) -> str:
    """Where the run finds the project."""
    return _PLACES[Axis.FOLDER in layout.axes] if confinement.bubblewrap else str(layout.copy)


def umask(axes: Axes) -> int:
    """The umask of a run."""
    return UMASKS[Axis.UMASK in axes]


def command(confinement: Confinement, job: Job) -> list[str]:
    """The whole command line of a run."""
    where = place(confinement, job.layout)
    settings = {"limits": _LIMITS, "more_processes": None, "cwd": where, "uid": None, "read_files": False}
    words = [own_python(), "-I", "-S", str(_LAUNCHER), json.dumps(settings), *job.argv]
    if confinement.level is Level.SANDLOCK or job.under_sandlock or job.layout.axes & BY_SANDLOCK:
        words = [sys.executable, "-I", str(_SANDLOCK), json.dumps(_sandlock(confinement, job)), *words]
    return [*_bubblewrap(confinement, job, where), *words] if confinement.bubblewrap else words


def own_python() -> str:
    """The interpreter that the launcher runs in, links followed."""
    return os.path.realpath(sys.executable)


def own_folders() -> tuple[Path, ...]:
    """What autocoder's own part of a run needs to see."""
    found = (*interpreter_paths(Path(own_python())), *interpreter_paths(Path(sys.executable)), _TOOLS)
    return tuple(dict.fromkeys(found))


def _sandlock(confinement: Confinement, job: Job) -> Mapping[str, object]:
    settings: dict[str, object] = {}
    axes = job.layout.axes
    if Axis.CLOCK in axes:
        settings["time_start"] = shifted_clock()
    if Axis.PROCESSORS in axes:
        settings["cpu_cores"] = [job.processor]
    if confinement.level is not Level.SANDLOCK:  # bubblewrap, if anything, says what is seen and written
        return settings | {"fs_readable": ["/"], "fs_writable": ["/"]}
    system = (*SYSTEM, *_SYSTEM_FILES, "/usr/share/zoneinfo", "/dev/urandom", "/dev/random", "/dev/zero", "/proc/self")
    system += ("/etc/ssl/openssl.cnf",)  # where it is refused, and not only missing, OpenSSL's users do not start
    readable = [path for path in system if Path(path).exists()]
    readable += [str(path) for path in (*own_folders(), *job.readable)]
    return settings | {
        "fs_readable": readable,
        "fs_writable": [str(job.layout.copy), str(job.layout.temporary), "/dev/null"],
    }


def _bubblewrap(confinement: Confinement, job: Job, where: str) -> list[str]:
    layout = job.layout
    words = [str(programs.find("bwrap")), "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    words += [f"--unshare-{kind}" for kind in ("user", "ipc", "pid", "net", "uts", "cgroup-try")]
    words += ["--hostname", "another-host" if Axis.HOST in layout.axes else "generator"]
    words += [*_system_mounts(), "--dev", "/dev", *(("--proc", "/proc") if confinement.proc else ())]
    words += ["--perms", "1777", "--tmpfs", "/tmp", "--perms", "0700", "--dir", _HOME]  # noqa: S108 - the sandbox's
    for name in ("passwd", "group", "hosts"):
        words += ["--ro-bind", str(job.etc / name), f"/etc/{name}"]
    for path in (*own_folders(), *job.readable):
        words += ["--ro-bind-try", os.path.realpath(path), str(path)]
    if layout.base is None:
        words += ["--bind", str(layout.copy), where]
    else:
        words += ["--overlay-src", str(layout.base), "--overlay", str(layout.upper), str(layout.work), where]
    return [*words, "--remount-ro", "/", "--"]


def _system_mounts() -> Iterator[str]:
    for name in SYSTEM:
        path = Path(name)
        if path.is_symlink():
            yield from ("--symlink", os.fspath(path.readlink()), name)
        elif path.is_dir():
            yield from ("--ro-bind", name, name)
    for name in _SYSTEM_FILES:
        yield from ("--ro-bind-try", name, name)


def write_etc(folder: Path) -> Path:
    """The few files of /etc that programs look for; nothing of this machine's users."""
    folder.mkdir()
    user, group = os.geteuid(), os.getegid()
    for name, text in {
        "passwd": f"generator:x:{user}:{group}::{_HOME}:/bin/sh\n",
        "group": f"generator:x:{group}:\n",
        "hosts": "127.0.0.1 localhost\n::1 localhost\n",
    }.items():
        (folder / name).write_text(text, encoding="ascii")
    return folder

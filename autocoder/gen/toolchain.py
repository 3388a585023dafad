"""The programs that generators run: where they are, what must be visible for them to start, and whether they meet their
pin. Refuses a tool that is missing or is not the one that the index names.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autocoder.gen.index import Tool
from autocoder.tools import process, programs

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt", "/nix")
_PACKAGES = ("/var/lib/dpkg/status", "/lib/apk/db/installed", "/var/lib/rpm/rpmdb.sqlite", "/usr/lib/sysimage/rpm")
_LAST_RESORT = ("/usr/local/bin", "/usr/bin", "/bin")
_VERSION = re.compile(r"(?<![\w.])[a-zA-Z]{0,4}(\d+(?:\.\d+)*[0-9A-Za-z.+-]*)")
_HOPS = 16
_SHIMS = "shims"
_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Toolchain:
    """A program with what it needs. `readable` are its installation folders, `path` the PATH that it runs with."""

    program: Path
    readable: tuple[Path, ...]
    path: str

    def fingerprint(self) -> str:
        """Changes when the program or its installation does: sizes and times of files, not their bytes."""
        parts = [_stamp(self.program)]
        parts += [_stamp(Path(name)) for name in _PACKAGES if Path(name).exists()]
        for folder in self.readable:
            parts += _stamps(folder)
        return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()

    def sha256(self) -> str:
        """Digest of the program's file, links followed."""
        with self.program.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def find(name: str, root: Path) -> Toolchain | None:
    """The toolchain of a program on PATH; None where there is none. Nothing above the project `root` is shown."""
    program = programs.find(name)
    if program is None:
        return None
    program = Path(os.path.abspath(program))  # noqa: PTH100 - links must stay as they are
    if program.parent.name == _SHIMS:
        program = _behind_shim(program, root)
    chain = tuple(dict.fromkeys(_chain(program)))
    closed = {Path.home().resolve(), root.resolve()}
    readable: list[Path] = []
    for hop in chain:
        folder = hop.parent.parent if hop.parent.name == "bin" else hop.parent
        open_to_all = any(place.is_relative_to(folder.resolve()) for place in closed)
        shown = hop if open_to_all else folder
        if not any(shown.is_relative_to(place) for place in (*SYSTEM, *readable)):
            readable.append(shown)
    search = dict.fromkeys([*(str(hop.parent) for hop in chain), *_LAST_RESORT])
    return Toolchain(program=program, readable=tuple(readable), path=":".join(search))


def _behind_shim(shim: Path, root: Path) -> Path:
    """The program that a version manager's shim stands for in this project; the shim where the manager says nothing."""
    manager = shim.parent.parent.name.lstrip(".")
    program = programs.find(manager)
    if program is None:
        return shim
    kept = ("HOME", "PATH", "XDG_DATA_HOME", "XDG_CONFIG_HOME")
    env = {key: value for key, value in os.environ.items() if key in kept or key.startswith(f"{manager.upper()}_")}
    done = process.run([program, "which", shim.name], cwd=root, env=env, timeout=_SECONDS)
    found = Path(os.fsdecode(done.stdout).strip())
    return found if done.ok and found.is_absolute() and found.is_file() else shim


def _chain(program: Path) -> Iterator[Path]:
    """The program, the links it goes through, and the interpreters of its scripts."""
    for _ in range(_HOPS):
        yield program
        if program.is_symlink():
            program = Path(os.path.normpath(program.parent / program.readlink()))
            continue
        real = program.resolve()
        if real != program:
            yield real
        try:
            interpreter = _interpreter(real)
        except PermissionError:  # it may be run but not read, or its interpreter stands where this user may not look
            return
        if interpreter is None:
            return
        program = interpreter


def _interpreter(script: Path) -> Path | None:
    """What the first line of a script names; a Python environment's own where a shell only hands over to it."""
    with script.open("rb") as file:
        first, second = file.readline(256), file.readline(4096)
    if not first.startswith(b"#!"):
        return None
    words = os.fsdecode(first[2:]).split()
    if words and Path(words[0]).name == "env":
        name = next((word for word in words[1:] if not word.startswith("-") and "=" not in word), "")
        return programs.find(name) if name else None
    if words and words[0] == "/bin/sh" and (handed := re.match(rb"'''exec' [\"']?(/[^\"' ]+)", second)):
        return Path(os.fsdecode(handed[1]))
    return Path(words[0]) if words and Path(words[0]).is_file() else None


def _stamps(folder: Path) -> Iterator[str]:
    """A line per file; compiled Python is left out, for a run may add it."""
    if not folder.is_dir():
        yield _stamp(folder)
        return
    waiting = [os.fspath(folder)]
    while waiting:
        parent = waiting.pop()
        stamps: list[str] = []
        with os.scandir(parent) as found:
            for item in sorted(found, key=lambda item: item.name):
                if not item.is_dir(follow_symlinks=False):
                    seen = item.stat(follow_symlinks=False)
                    stamps.append(f"{item.name}\0{seen.st_size}\0{seen.st_mtime_ns}")
                elif item.name != "__pycache__":
                    waiting.append(item.path)
        yield "\n".join((parent, *stamps))


def _stamp(path: Path) -> str:
    seen = path.stat()
    return f"{path}\0{seen.st_size}\0{seen.st_mtime_ns}\0{seen.st_ino}"


def version_in(text: str) -> str | None:
    """The first thing in `text` that looks like a version.

    >>> version_in("Python 3.11.7"), version_in("go version go1.26.8 linux/amd64"), version_in("v24.19.0")
    ('3.11.7', '1.26.8', '24.19.0')
    """
    dotted = (found for found in _VERSION.findall(text) if "." in found)
    return next(dotted, None) or next(iter(_VERSION.findall(text)), None)


def meets(found: str, wanted: str) -> bool:
    """Whether a version is the wanted one or a finer one of it.

    >>> meets("22.1.7", "22.1"), meets("22.10.0", "22.1")
    (True, False)
    """
    return found == wanted or found.startswith((f"{wanted}.", f"{wanted}-", f"{wanted}+"))


def mismatch(tool: Tool, version: str | None, digest: str | None) -> str:
    """What is wrong with a tool, in a clause; empty where it meets its pin."""
    if tool.sha256 and digest != tool.sha256:
        return f"has the digest {digest}, not {tool.sha256}"
    if tool.version and version and not meets(version, tool.version):
        return f"is version {version}, not {tool.version}"
    return ""

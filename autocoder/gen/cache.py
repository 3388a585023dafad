"""Remembers which generators were found right, in the user's own cache folder, never in the project.

A verdict is kept only where the run was confined to its declared inputs, and only a good one. Its key covers all that
the run could see: the files, the command, the variables, the tool and its installation, the system's packages.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import platform
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import autocoder
from autocoder.gen import stress
from autocoder.gen.index import Generator
from autocoder.gen.toolchain import Toolchain
from autocoder.tools import programs

_FORMAT = 1
_KEPT_SECONDS = 90 * 86400


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What is remembered of a generator that was found right."""

    tool_version: str | None
    files: int
    stressed: tuple[str, ...]
    confinement: str


def default_folder() -> Path:
    """Where verdicts are kept: below XDG_CACHE_HOME, else ~/.cache."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".cache") / "autocoder" / "gen"


def machine() -> str:
    """A line that changes with what confines and stresses runs."""
    bubblewrap = programs.find("bwrap")
    stamp = f"{bubblewrap}:{bubblewrap.stat().st_mtime_ns}" if bubblewrap else "none"
    with suppress(importlib.metadata.PackageNotFoundError):
        stamp += f" sandlock {importlib.metadata.version('sandlock')}"
    return f"{platform.platform()} {stamp} uid {os.geteuid()}"


def key(generator: Generator, tool: Toolchain, fingerprint: str, inputs: Sequence[str], *, x07: bool) -> str:
    """The name of a generator's verdict. `inputs` are lines that change with what it can see."""
    asked: Mapping[str, Any] = {
        "format": _FORMAT,
        "autocoder": autocoder.__version__,
        "machine": machine(),
        "generator": generator.model_dump(),
        "x07": x07,
        "passed": stress.passed(generator),
        "program": str(tool.program),
        "path": tool.path,
        "tool": fingerprint,
        "inputs": inputs,
    }
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode("utf-8", "surrogateescape")).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Cache:
    """Verdicts in a folder. One that cannot be read or written is as if it were not there."""

    folder: Path

    def get(self, name: str) -> Verdict | None:
        """The verdict of a key."""
        path = self.folder / f"{name}.json"
        try:
            data = json.loads(path.read_bytes())
            if data.pop("format") != _FORMAT:
                return None
            os.utime(path)
            stressed = tuple(data.pop("stressed"))
            return Verdict(stressed=stressed, **data)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def put(self, name: str, verdict: Verdict) -> None:
        """Keeps a verdict; what was not asked for in 90 days goes."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            temporary = self.folder / f"{name}.{os.getpid()}.tmp"
            temporary.write_text(json.dumps({"format": _FORMAT, **vars(verdict)}), encoding="utf-8")
            temporary.replace(self.folder / f"{name}.json")
            for old in self.folder.iterdir():
                if old.stat().st_mtime < time.time() - _KEPT_SECONDS:
                    old.unlink()

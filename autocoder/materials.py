"""What takes part in every build beside a workspace's own files: the generator, what is shipped with it, its tools.

Hashes are sha256 in hex, and the same for a checkout and for an installed wheel.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

from autocoder import __version__
from autocoder.shipped import folder

_TOOLS = ("bandit", "cel-expr-python", "kubernetes-validate", "ruff", "uv")
"""The tools whose version can change what a gate says, by their distributions."""


@cache
def shipped() -> Mapping[str, str]:
    """Name to hash: `generator` (autocoder's own code and data), each schema and each prompt by its path."""
    found = {"generator": _generator()}
    for top in ("schemas", "prompts"):
        root = folder(top)
        for path in sorted(path for path in root.rglob("*") if path.is_file() and path.name != "README.md"):
            name = f"{top}/{path.relative_to(root).as_posix()}"
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def _generator() -> str:
    root = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root)
        left_out = "__pycache__" in inside.parts or inside.parts[0] == "_data"
        if path.is_file() and not left_out and path.suffix in (".py", ".j2", ".json", ".toml", ".txt"):
            digest.update(f"{inside.as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def tools() -> dict[str, str]:
    """Name to version of what ran: autocoder, Python, and each tool that a gate asks."""
    found = {name: metadata.version(name) for name in _TOOLS}
    return {"autocoder": __version__, "python": platform.python_version(), **found}

"""Files that are shipped beside the code: `schemas/` and `prompts/`, inside a wheel or in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """The folder `schemas` or `prompts`. Raises `FileNotFoundError` where an installation lost it."""
    for path in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if path.is_dir():
            return path
    raise FileNotFoundError(f"{name} was not shipped with autocoder")

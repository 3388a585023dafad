"""Why a mutant may survive: classes of changes that no test should notice, each decided by a rule."""

from __future__ import annotations

from typing import Any


def reason(mutant: dict[str, Any]) -> str:
    """The class of a survivor."""
    return "a gap: a test should find it"

"""Emitted source as the field's formatter and linter see it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from autocoder.gates.python_source import IGNORED, RULES
from autocoder.targets.python_service.layout import WIDTH

LAYOUT = ("--isolated", "--no-cache", f"--line-length={WIDTH}", "--target-version=py311")


def ruff(*words: str, given: str | None = None, cwd: Path | None = None) -> str:
    """What ruff says on standard output."""
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *words], input=given, cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def lint(folder: Path) -> str:
    """What the formatter would change and the linter finds in a project; "" where there is nothing."""
    rules = (f"--select={','.join(RULES)}", f"--ignore={','.join(IGNORED)}", "--ignore-noqa")
    own = ("--config", 'src=["generated/src", "generated/tests"]', "--config", "lint.mccabe.max-complexity=10")
    found = ruff("check", *LAYOUT, *rules, *own, "--output-format=concise", ".", cwd=folder)
    return ruff("format", "--diff", *LAYOUT, ".", cwd=folder) + found.removesuffix("All checks passed!\n")

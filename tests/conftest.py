"""Fixtures for the whole suite: tools that a machine may not have."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from autocoder.tools import programs

# The same examples in every run: a property that fails once in a while belongs into a nightly run.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.load_profile("suite")

# No test asks a model on another machine, whatever the environment says, subprocesses included.
os.environ["AUTOCODER_MODEL_LOOPBACK_ONLY"] = "1"
for _name in ("AUTOCODER_READER", "AUTOCODER_MODEL", "AUTOCODER_MODEL_URL", "AUTOCODER_MODEL_KEY"):
    os.environ.pop(_name, None)

# A shell starts background work with interrupts ignored, and what a test starts and interrupts would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

_OWN_TOOLS = Path.home() / ".cache" / "autocoder-tools" / "bin"


@pytest.fixture
def require_tool(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Gives the path of a tool and puts it on PATH; skips where it is missing.

    With AUTOCODER_REQUIRE_TOOLS=1, as in continuous integration, a missing tool is a failure.
    """

    def require(name: str) -> Path:
        found = programs.find(name) or (Path(own) if (own := shutil.which(name, path=_OWN_TOOLS)) else None)
        if found is None and os.environ.get("AUTOCODER_REQUIRE_TOOLS") == "1":
            pytest.fail(f"{name} is required here and neither on PATH nor in {_OWN_TOOLS}")
        if found is None:
            pytest.skip(f"{name} is neither on PATH nor in ~/.cache/autocoder-tools/bin")
        monkeypatch.setenv("PATH", f"{found.parent}{os.pathsep}{os.environ.get('PATH', '')}")
        return found

    return require

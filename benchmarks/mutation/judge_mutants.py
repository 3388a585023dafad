"""Runs a service's own tests on mutants of it, in the service's environment and in the sandbox.

    python judge_mutants.py measure    which test runs which line, to `measured.json`
    python judge_mutants.py judge      a verdict on each of `batch.json`, printed as JSON, one a line

in a folder that holds the emitted workspace as `workspace`. The libraries are imported once; each mutant is a copy of
the workspace in a child of this process. First come the tests that run the changed lines, quickest first, then all
others; the first failure ends it.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import shutil
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

OPTIONS = ("-q", "--tb=short", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")
SURVIVED, KILLED, TIMED_OUT = "survived", "killed", "timed out"
ATTEMPT_SECONDS = 60
"""What a run may take at least, in time and in work."""


class Measured:
    """Notes which test runs which line; what a whole session shares is run for every test."""

    def __init__(self, coverage: Any) -> None:
        self.coverage = coverage
        self.seconds: dict[str, float] = {}
        self.test = ""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self.test, begin = item.nodeid, time.monotonic()
        self.coverage.switch_context(self.test)
        try:
            return (yield)
        finally:
            self.coverage.switch_context("")
            self.seconds[item.nodeid] = time.monotonic() - begin

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
        if fixturedef.scope == "function":
            return (yield)
        self.coverage.switch_context("")
        try:
            return (yield)
        finally:
            self.coverage.switch_context(self.test)


class Ordered:
    """Runs the tests that were chosen first, and the quickest of them before the others."""

    def __init__(self, chosen: Iterable[str], seconds: dict[str, float]) -> None:
        self.chosen, self.seconds = set(chosen), seconds

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: (item.nodeid not in self.chosen, self.seconds.get(item.nodeid, 0)))


def forked(work: Callable[[], int], log: Path, seconds: float) -> int | None:
    """The exit status of some work in a child process; None where it did not end in time. Nothing is left running."""
    gc.freeze()
    child = os.fork()
    if child == 0:
        os.setsid()
        most = int(seconds)
        resource.setrlimit(resource.RLIMIT_CPU, (most, most))
        out = os.open(log, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        os.dup2(out, 1)
        os.dup2(out, 2)
        code = 70
        try:
            code = int(work())
        finally:
            sys.stdout.flush()
            os._exit(code)
    end = time.monotonic() + 4 * seconds
    found, status = os.waitpid(child, os.WNOHANG)
    while not found and time.monotonic() < end:
        time.sleep(0.02)
        found, status = os.waitpid(child, os.WNOHANG)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    if not found:
        os.waitpid(child, 0)
        return None
    return None if os.WIFSIGNALED(status) else os.waitstatus_to_exitcode(status)


def tested(workspace: Path, *plugins: object, stop: bool = True) -> int:
    """Runs the whole suite of a workspace in this process."""
    os.chdir(workspace / "generated")
    os.environ["PYTHONPATH"] = os.fspath(Path("src").absolute())
    selected = ["-x"] if stop else []
    selected += ["--ignore=tests/properties"] if os.environ.get("WITHOUT_PROPERTIES") else []
    return pytest.main([*OPTIONS, *selected, "tests"], plugins=list(plugins))


def measure() -> None:
    """Writes `measured.json`: the seconds of each test, the tests of each line, the libraries that are imported."""
    sys.path.append(os.environ["COVERAGE_PATH"])
    coverage = importlib.import_module("coverage")
    here = Path.cwd()
    source = here / "workspace" / "generated" / "src"
    watched = coverage.Coverage(data_file=None, source=[str(source)], concurrency=["thread", "greenlet"])
    measured = Measured(watched)

    def work() -> int:
        watched.start()
        code = tested(here / "workspace", measured, stop=False)
        watched.stop()
        data = watched.get_data()
        lines: dict[str, dict[int, list[str]]] = defaultdict(dict)
        for file in data.measured_files():
            lines[Path(file).relative_to(source).as_posix()] = data.contexts_by_lineno(file)
        found = {
            "seconds": measured.seconds,
            "lines": lines,
            "libraries": [name for name, module in sys.modules.items() if _is_library(module, here)],
        }
        (here / "measured.json").write_text(json.dumps(found), encoding="utf-8")
        return code

    code = forked(work, here / "log", 1200)
    if code != 0:
        print((here / "log").read_text(encoding="utf-8")[-4000:])
        sys.exit(1)


def _is_library(module: Any, workspace: Path) -> bool:
    file = getattr(module, "__file__", None)
    return bool(file) and not Path(file).is_relative_to(workspace) and "coverage" not in module.__name__


def judge() -> None:
    """Prints a verdict on each mutant of the batch."""
    here = Path.cwd()
    measured = json.loads((here / "measured.json").read_text(encoding="utf-8"))
    for name in measured["libraries"]:
        with suppress(Exception):
            importlib.import_module(name)
    seconds: dict[str, float] = measured["seconds"]
    most = ATTEMPT_SECONDS + 4 * sum(seconds.values())
    for mutant in json.loads((here / "batch.json").read_text(encoding="utf-8")):
        shutil.copytree(here / "workspace", here / "mutant")
        (here / "mutant" / "generated" / "src" / mutant["file"]).write_text(mutant["source"], encoding="utf-8")
        chosen = _running(measured["lines"].get(mutant["file"], {}), mutant["lines"])
        ordered = Ordered(seconds if "" in chosen else chosen, seconds)
        code = forked(lambda ordered=ordered: tested(here / "mutant", ordered), here / "log", most)
        verdict = TIMED_OUT if code is None else SURVIVED if code == 0 else KILLED
        said = (here / "log").read_text(encoding="utf-8", errors="replace")
        print(json.dumps({"verdict": verdict, "tests": len(ordered.chosen), "said": said[-2000:]}), flush=True)
        shutil.rmtree(here / "mutant")


def _running(lines: dict[str, list[str]], place: tuple[int, int]) -> set[str]:
    """The tests that run a statement."""
    first, last = place
    return {test for number in range(first, last + 1) for test in lines.get(str(number), [])}


if __name__ == "__main__":
    {"measure": measure, "judge": judge}[sys.argv[1]]()

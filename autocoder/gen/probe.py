"""Finds out which confinement works on this machine by running a program that tries to get out of it."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from autocoder.gen import confinement as confining
from autocoder.gen.confinement import Confinement, Job, Layout, Level
from autocoder.gen.copies import Copier, Start
from autocoder.gen.run import execute
from autocoder.gen.stress import BY_SANDLOCK, NONE, Axes
from autocoder.gen.trees import Change, walk
from autocoder.tools import programs

_SECONDS = 20
_DAY = 86400
_BODY = """
import os, sys, time
if os.path.exists("hidden") or not os.path.exists("gone/one"): sys.exit(3)
try: open(sys.argv[1], "a")
except OSError: pass
else: sys.exit(4)
os.unlink("gone/one"); os.rmdir("gone"); os.mkdir("gone"); open("gone/two", "w").close()
open("changed", "w").write("after")
print(time.time(), time.mktime(time.localtime()))
"""
_EXPECTED = {"changed": Change.CHANGED, "gone/one": Change.REMOVED, "gone/two": Change.ADDED}


def probe(folder: Path, etc: Path) -> Confinement:
    """The best confinement that keeps its promises for copies in `folder`, which is made."""
    (folder / "base" / "gone").mkdir(parents=True)
    for name in ("canary", "base/hidden", "base/gone/one", "base/changed"):
        (folder / name).write_text("before", encoding="ascii")
    found = next((one for one in _candidates() if _clocks(one, folder, etc)), Confinement(level=Level.NONE))
    if found.level is Level.NONE:
        return found
    clocks = _clocks(replace(found, sandlock=True), folder, etc, BY_SANDLOCK)
    shifted = [clock - time.time() > _DAY for clock in clocks] or [False]
    return replace(found, sandlock=shifted[0], whole_clock=all(shifted))


def _candidates() -> Iterator[Confinement]:
    if sys.platform == "linux":
        if programs.find("bwrap"):
            for level in (Level.OVERLAY, Level.BUBBLEWRAP):
                yield Confinement(level=level)
                yield Confinement(level=level, proc=False)
        yield Confinement(level=Level.SANDLOCK)


def _clocks(confinement: Confinement, folder: Path, etc: Path, axes: Axes = NONE) -> tuple[float, ...]:
    """The times that the trial saw, by `clock_gettime` and by `time`; none where it did not run, saw or wrote too much,
    or its changes were not found.
    """
    run = folder / f"{sum(1 for _ in folder.iterdir())}"
    entries = dict(walk(folder / "base"))
    start = Start(entries=entries, ordered=tuple(sorted(entries)), hidden=frozenset({"hidden"}))
    layout = Layout(run=run, base=folder / "base" if confinement.level is Level.OVERLAY else None, axes=axes)
    argv = (confining.own_python(), "-I", "-S", "-c", _BODY, str(folder / "canary"))
    job = Job(argv=argv, layout=layout, readable=(), etc=etc)
    env = {"PATH": "/usr/bin:/bin", "HOME": confining.home(confinement, layout)}
    try:
        found = execute(confinement, job, start, env=env, copier=Copier(), timeout=_SECONDS, stop=threading.Event())
        seen = {difference.path: difference.change for difference in found.differences}
        return tuple(map(float, found.done.stdout.split())) if found.done.ok and seen == _EXPECTED else ()
    except (OSError, ValueError):
        return ()

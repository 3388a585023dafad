"""Runs one program in a fresh copy of the project and finds out what it changed there."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autocoder.gen import confinement as confining
from autocoder.gen.confinement import Confinement, Job
from autocoder.gen.copies import Copier, OwnCopy, Start, prepare_upper, written_above
from autocoder.gen.trees import Difference
from autocoder.tools import process


@dataclass(frozen=True, kw_only=True)
class Run:
    """How a program ended and what it changed. `places` are those of this machine that it knew, with short names."""

    done: process.Completed
    differences: tuple[Difference, ...]
    places: Mapping[str, str]


def execute(
    confinement: Confinement,
    job: Job,
    start: Start,
    *,
    env: Mapping[str, str],
    copier: Copier,
    timeout: float,
    stop: threading.Event,
) -> Run:
    """Prepares the copy, runs the program for at most `timeout` seconds or until `stop`, and reads what it changed.

    Raises `OSError` where the copy cannot be made or the program not started.
    """
    layout = job.layout
    layout.run.mkdir()
    layout.temporary.mkdir()
    own: OwnCopy | None = None
    if layout.base is None:
        own = OwnCopy.make(layout.copy, start, copier)
    else:
        layout.upper.mkdir()
        layout.work.mkdir()
        prepare_upper(layout.base, layout.upper, start, copier)
    done = process.run(
        confining.command(confinement, job),
        cwd=layout.run,
        env=env,
        timeout=timeout,
        umask=confining.umask(layout.axes),
        overrun=stop.is_set,
    )
    return Run(
        done=done,
        differences=own.written() if own else written_above(layout.upper, start),
        places=_places(confinement, job),
    )


def _places(confinement: Confinement, job: Job) -> Mapping[str, str]:
    project, home = confining.place(confinement, job.layout), confining.home(confinement, job.layout)
    tool = {job.argv[0]: Path(job.argv[0]).name, **{str(folder): "…" for folder in job.readable}}
    return {f"{project}/": "", project: ".", home: "~", **tool}

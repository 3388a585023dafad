"""Finds an earlier version of a workspace's blueprint: another folder or file, or a commit, and compiles it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from autocoder.compilation import ARCHITECTURE, DECISIONS, DEPLOYMENT, PROSE, Compiled, Sources, compile_sources
from autocoder.diagnostics import Diagnostic, StageFailed
from autocoder.source_files import read_text
from autocoder.tools.git import file_at


def earlier(now: Sources, folder: Path, named: str) -> Compiled:
    """The earlier version that a folder, an architecture file or a commit holds; custom bodies are today's.

    What a file or commit lacks beside `architecture.yaml` is taken from today's sources. Raises `StageFailed`:
    AC8207 (exit code 2) where there is no such version, and as compiling does where it is no valid blueprint.
    """
    path = Path(named)
    if path.is_dir():
        found = {name: read_text(path / name, f"{named}/{name}") for name in (ARCHITECTURE, DEPLOYMENT)}
    elif path.is_file():
        beside = path.with_name(DEPLOYMENT)
        shown = beside.as_posix()
        found = {ARCHITECTURE: read_text(path, named), DEPLOYMENT: read_text(beside, shown)}
    else:
        found = {name: file_at(folder, named, name) for name in (ARCHITECTURE, DEPLOYMENT)}
    architecture = found[ARCHITECTURE]
    if architecture is None:
        message = f'"{named}" holds no {ARCHITECTURE}'
        raise StageFailed([Diagnostic(code="AC8207", message=message, subject=named, value=named)], exit_code=2)
    sources = replace(
        now,
        architecture=architecture,
        deployment=found[DEPLOYMENT] or now.deployment,
        prose=None,
        decisions=None,
        shown={name: f"{named}:{name}" for name in (ARCHITECTURE, DEPLOYMENT, PROSE, DECISIONS)},
    )
    return compile_sources(sources)

"""Whether the tools that generators run are there and are the ones that the index names."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from autocoder.diagnostics import Diagnostic, Severity
from autocoder.gen import findings
from autocoder.gen.findings import Entry
from autocoder.gen.index import LoadedIndex, Tool
from autocoder.gen.toolchain import Toolchain, find, mismatch, version_in
from autocoder.tools import process

_SECONDS = 60
_UNPINNED = ("autocoder", "x07")


@dataclass(frozen=True, kw_only=True)
class ToolState:
    """A tool as this machine has it. `chain` is None where it is missing."""

    tool: Tool
    chain: Toolchain | None

    @cached_property
    def fingerprint(self) -> str:
        """Changes with the tool and its installation; empty where these cannot be looked at."""
        try:
            return self.chain.fingerprint() if self.chain else ""
        except OSError:
            return ""

    @cached_property
    def version(self) -> str | None:
        """What it says its version is; None where it says none."""
        if self.chain is None:
            return None
        with tempfile.TemporaryDirectory(prefix="autocoder-gen-") as folder:
            env = {"PATH": self.chain.path, "HOME": os.devnull, "LC_ALL": "C", "LANG": "C"}  # nothing can be left in it
            argv = [self.chain.program, *self.tool.version_argv]
            try:
                done = process.run(argv, cwd=Path(folder), env=env, timeout=_SECONDS)
            except OSError:
                return None
        return version_in(os.fsdecode(done.stdout or done.stderr)) if done.ok else None


def tool_states(index: LoadedIndex, entries: Iterable[Entry]) -> Mapping[str, ToolState]:
    """The tool of each generator by its id; one that several run is looked at once."""
    states: dict[str, ToolState] = {}
    found: dict[str, ToolState] = {}
    for entry in entries:
        tool = entry.generator.tool
        name = tool.model_dump_json()
        if name not in states:
            states[name] = ToolState(tool=tool, chain=find(tool.name, index.root))
        found[entry.id] = states[name]
    return found


def tool_fault(entry: Entry, state: ToolState) -> Diagnostic | None:
    """AC7201, AC7202 or AC7108 where the generator cannot be run with this tool."""
    if state.chain is None:
        return findings.tool_missing(entry)
    tool = state.tool
    digest = state.chain.sha256() if tool.sha256 else None
    if tool.version and state.version is None:
        return Diagnostic(
            code="AC7202",
            message=f"{entry.id}: could not be checked: {tool.name} {' '.join(tool.version_argv)} prints no version",
            span=entry.at("tool"),
            subject=entry.id,
            help='set "version_argv" to the arguments that print it, or pin the tool by "sha256"',
        )
    if wrong := mismatch(tool, state.version, digest):
        return Diagnostic(
            code="AC7108",
            message=f"{entry.id}: {tool.name} {wrong}",
            span=entry.at("tool"),
            subject=entry.id,
            value=digest if digest != tool.sha256 else state.version,
            rule="the tool is the one that the index pins",
            help=f"install {tool.name} {tool.version or 'with that digest'}, or change the pin and write again",
        )
    return None


def tool_warning(entry: Entry, state: ToolState, version: str | None) -> Diagnostic | None:
    """AC7111, a warning: any version of the tool would do."""
    tool = state.tool
    if tool.pinned or tool.name in _UNPINNED:
        return None
    pin = f'{{"name": "{tool.name}", "version": "{version}"}}' if version else '{"name": …, "sha256": …}'
    return Diagnostic(
        code="AC7111",
        message=f"{entry.id}: any {tool.name} will do; here it is {version or 'of unknown version'}",
        span=entry.at("tool"),
        subject=entry.id,
        rule="a tool has a version or a digest",
        help=f'"tool": {pin}',
        severity=Severity.WARNING,
    )

"""Puts what runs showed into diagnostics. Every one stands at the generator's entry in the index."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from dataclasses import dataclass

from autocoder.diagnostics import Diagnostic, Note, Severity, Span
from autocoder.gen.differences import LINE_ENDS, Shown, printable
from autocoder.gen.index import Generator, LoadedIndex
from autocoder.gen.run import Run
from autocoder.gen.trees import Change

LISTED = 20
"""Paths that a diagnostic lists; the rest is counted, and stands in the JSON report."""

_TAIL_LINES = 12
_TAIL_WIDTH = 240


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A generator with its number in the index."""

    index: LoadedIndex
    number: int

    @property
    def generator(self) -> Generator:
        """The generator."""
        return self.index.generators[self.number]

    @property
    def id(self) -> str:
        """Its id."""
        return self.generator.id

    def at(self, *where: str | int) -> Span:
        """A place in its entry."""
        return self.index.document.span("generators", self.number, *where)


def missing(entry: Entry, position: int, *, ignored: bool) -> Diagnostic:
    """AC7101: the output at `position` is not in a fresh checkout."""
    path = entry.generator.outputs[position]
    why = "is on disk, but Git ignores it, so a checkout does not have it" if ignored else "is not in the project"
    help_ = f"let Git track {path}" if ignored else f"autocoder gen write --only {entry.id}"
    return Diagnostic(
        code="AC7101",
        message=f'{entry.id}: the output "{path}" {why}',
        span=entry.at("outputs", position),
        subject=entry.id,
        value=path,
        rule="every declared output is committed",
        help=help_,
    )


def not_written(entry: Entry, position: int) -> Diagnostic:
    """AC7101: the write command ended well without the output at `position`."""
    path = entry.generator.outputs[position]
    return Diagnostic(
        code="AC7101",
        message=f'{entry.id}: write_argv did not write the output "{path}", or Git ignores it',
        span=entry.at("outputs", position),
        subject=entry.id,
        value=path,
        rule="a write command writes every declared output",
        help="correct the outputs in the index, or the command",
    )


def not_kept(entry: Entry, path: str) -> Diagnostic:
    """AC7106: the write command made a pipe, a socket or a device."""
    return Diagnostic(
        code="AC7106",
        message=f"{entry.id}: write_argv made a special file, {printable(path)}",
        span=entry.at("write_argv"),
        subject=entry.id,
        value=printable(path),
        rule="outputs are files, links and folders, which Git can keep",
        help="let the generator make pipes and sockets in TMPDIR",
    )


def drifted(entry: Entry, shown: tuple[Shown, ...], total: int) -> Diagnostic:
    """AC7102: the project's outputs against a fresh run."""
    files = f"{len(shown)} of {total} paths differ" if total > 1 else f'"{shown[0].path}" differs'
    help_ = f"autocoder gen write --only {entry.id}"
    if all(one.change is Change.ADDED and one.detail == "folder" for one in shown):
        help_ = "Git keeps no empty folders: let the generator write a file into it, or not make it"
    if all(one.detail == LINE_ENDS for one in shown):
        help_ = 'where Git converts line ends on checkout, add "-text" for the outputs to .gitattributes'
    return Diagnostic(
        code="AC7102",
        message=f"{entry.id}: {files} from what the generator writes",
        span=entry.at("outputs"),
        subject=entry.id,
        rule="committed outputs are what the generator writes, byte for byte",
        help=help_,
        notes=_listed(shown),
    )


def nondeterministic(entry: Entry, shown: tuple[Shown, ...], why: str, failed: Run | None) -> Diagnostic:
    """AC7103: one run against another, and what it depends on. `failed` is a run that did not even end well."""
    what = "writes other files" if failed is None else "fails"
    return Diagnostic(
        code="AC7103",
        message=f"{entry.id}: {what} when run again; {why}",
        span=entry.at("write_argv"),
        subject=entry.id,
        rule="the same inputs give the same bytes, whatever the hash seed, folder, time zone, locale, umask or clock",
        help="sort what has no order; take times from SOURCE_DATE_EPOCH; write no absolute paths",
        notes=_listed(shown) if failed is None else said(failed),
    )


def undeclared(entry: Entry, shown: tuple[Shown, ...], command: str) -> Diagnostic:
    """AC7104: paths that a run wrote outside the outputs, or that a check wrote at all."""
    noun = "path" if len(shown) == 1 else "paths"
    where = "while it only checks" if command == "check_argv" else "outside its outputs"
    return Diagnostic(
        code="AC7104",
        message=f"{entry.id}: {command} writes {len(shown)} {noun} {where}",
        span=entry.at(command),
        subject=entry.id,
        rule="a check writes nothing, a write its outputs alone; files that Git ignores do not count",
        help="declare the path as an output, or write scratch files to TMPDIR",
        notes=_listed(shown),
    )


def failed(entry: Entry, command: str, run: Run) -> Diagnostic:
    """AC7105, AC7106 or AC7107: a command that did not end well, with what it said."""
    kind = "check" if command == "check_argv" else "write"
    if run.done.timed_out:
        return Diagnostic(
            code="AC7107",
            message=f"{entry.id}: {command} was still running after {entry.generator.timeout} s and was ended",
            span=entry.at(command),
            subject=entry.id,
            rule="a command ends within its timeout",
            help='make it faster, or raise "timeout" (seconds)',
            notes=said(run),
        )
    ended = _ended(run.done.code)
    check_help = f"if outputs are stale: autocoder gen write --only {entry.id}"
    write_help = "it sees what Git tracks or its declared inputs, has no network and none of your environment"
    return Diagnostic(
        code="AC7105" if kind == "check" else "AC7106",
        message=f"{entry.id}: {command} {ended}",
        span=entry.at(command),
        subject=entry.id,
        rule=f"{command} ends with status 0",
        help=check_help if kind == "check" else write_help,
        notes=said(run),
    )


def _ended(code: int) -> str:
    """A program that a signal ended has a negative code, or above 128 where a launcher saw it end."""
    by_signal = -code if code < 0 else code - 128
    return f"was ended by signal {by_signal}" if 0 < by_signal < signal.NSIG else f"ended with status {code}"


def blocked(entry: Entry, upstream: str) -> Diagnostic:
    """AC7109: it reads what a failed generator should have written."""
    return Diagnostic(
        code="AC7109",
        message=f'{entry.id}: not checked, because "{upstream}", whose outputs it reads, could not write them',
        span=entry.at("id"),
        subject=entry.id,
        help=f'mend "{upstream}" first',
    )


def not_committed(entry: Entry, paths: Sequence[str]) -> Diagnostic:
    """AC7110, a warning: outputs that Git does not track yet."""
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return Diagnostic(
        code="AC7110",
        message=f"{entry.id}: {printable(paths[0])}{more} not committed: Git does not track it yet",
        span=entry.at("outputs"),
        subject=entry.id,
        help="git add " + " ".join(entry.generator.outputs),
        severity=Severity.WARNING,
    )


def tool_missing(entry: Entry) -> Diagnostic:
    """AC7201: nothing can be said without the tool."""
    name = entry.generator.tool.name
    return Diagnostic(
        code="AC7201",
        message=f'{entry.id}: could not be checked, because the tool "{name}" is not on PATH',
        span=entry.at("tool"),
        subject=entry.id,
        value=name,
        help=f"install {name}, or put its folder on PATH",
    )


def could_not_run(entry: Entry, error: OSError) -> Diagnostic:
    """AC7207: the machine stood in the way."""
    return Diagnostic(
        code="AC7207",
        message=f"{entry.id}: could not be checked: {error.strerror or type(error).__name__}",
        span=entry.at("id"),
        subject=entry.id,
        help="mend what the message names, then run the command again",
    )


def _listed(shown: Sequence[Shown]) -> tuple[Note, ...]:
    rows = [Note(message=f"{one.change}: {one.path}" + (f" ({one.detail})" if one.detail else "")) for one in shown]
    more = len(rows) - LISTED
    tail = [Note(message=f"and {more} more; --format json lists all")] if more > 0 else []
    return (*rows[:LISTED], *tail)


def said(run: Run) -> tuple[Note, ...]:
    """The end of what a command printed, both streams, without the places of this machine."""
    notes: list[Note] = []
    for stream, raw in (("stderr", run.done.stderr), ("stdout", run.done.stdout)):
        text = raw.decode("utf-8", "replace")
        for full, short in run.places.items():
            text = text.replace(full, short)
        lines = [line.rstrip()[:_TAIL_WIDTH] for line in text.splitlines() if line.strip()]
        if len(lines) > _TAIL_LINES:
            notes.append(Note(message=f"{stream}: … {len(lines) - _TAIL_LINES} lines before"))
        notes += [Note(message=f"{stream}: {line}") for line in lines[-_TAIL_LINES:]]
    return tuple(notes) or (Note(message="it printed nothing"),)

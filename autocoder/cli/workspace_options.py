"""What the commands on a workspace share: finding it, its options, its driver, and how its progress is shown."""

from __future__ import annotations

import contextlib
import datetime
import os
import shutil
import sys
import time
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from autocoder.diagnostics import Diagnostic, StageFailed

if TYPE_CHECKING:
    from autocoder.compilation import Compiled
    from autocoder.driver import Driver, Options, Proposal
    from autocoder.targets.tree import Tree

_TEXT_FILES = (".md", ".txt", ".rst", ".markdown")

F = TypeVar("F", bound=Callable[..., Any])


def out_option(function: F) -> F:
    """`--out`: the workspace's folder."""
    return click.option(
        "--out", type=click.Path(path_type=Path, file_okay=False), help="The workspace. Default: here, or ./<system>."
    )(function)


def folder_argument(function: F) -> F:
    """FOLDER: a workspace, else here."""
    return click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False, exists=True))(
        function
    )


def format_option(function: F) -> F:
    """`--format`: what goes to standard output."""
    return click.option(
        "--format", "form", type=click.Choice(["terminal", "json"]), default="terminal", show_default=True
    )(function)


def prose_options(function: F) -> F:
    """The options of commands that read prose."""
    for option in (
        click.option(
            "--answer", "answers", multiple=True, metavar="ID=KEY", help="Answer a question; may be repeated."
        ),
        click.option("--accept-defaults", is_flag=True, help="Take the default of every question that has one."),
        click.option("--update-prose", is_flag=True, help="Replace the workspace's description by the given text."),
    ):
        function = option(function)
    return function


def parsed_answers(answers: tuple[str, ...]) -> dict[str, str]:
    """`ID=KEY` words as a mapping."""
    found: dict[str, str] = {}
    for answer in answers:
        name, mark, key = answer.partition("=")
        if not mark:
            raise click.BadParameter(f'"{answer}" is not ID=KEY', param_hint="--answer")
        found[name] = key
    return found


class Given:
    """The prose that a command was given: the words themselves, a file, `-` for standard input, or nothing.

    An argument is prose where it has several words or ends a sentence; any other is the path of a file or a folder.
    `name` is how diagnostics name the text.
    """

    def __init__(self, source: str | None) -> None:
        from autocoder.source_files import read_text

        self.text: str | None = None
        self.name = ""
        self.hint = ""
        self.folder: Path | None = None
        if source is None:
            return
        if source == "-":
            self.text, self.name = _standard_input(), "stdin"
            return
        if not source.strip():
            raise click.UsageError("the text is empty")
        path = Path(source)
        there = _is_there(path)
        if there and path.is_dir():
            self.folder = path
        elif there and path.name == "description.md" and path.is_file():
            self.folder = path.parent  # a workspace's own text
        elif there or not _is_prose(source):
            self.text, self.name = read_text(path, source), shown_name(path)
            if self.text is None:
                raise _nothing_there(source)
            self.hint = path.parent.resolve().name if path.stem == "description" else path.stem
        else:
            self.text, self.name = _as_utf8(source), "text"


def _as_utf8(words: str) -> str:
    """An argument as its caller wrote it, whatever the locale took it for. Raises `StageFailed` (AC8202)."""
    try:
        return os.fsencode(words).decode("utf-8")
    except ValueError as error:
        problem = Diagnostic(code="AC8202", message="the text on the command line is not UTF-8", subject="text")
        raise StageFailed([problem], exit_code=2) from error


def _standard_input() -> str:
    """Raises `StageFailed` (AC8202) where it is closed or holds no text."""
    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except (AttributeError, ValueError, OSError) as error:
        reason = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else "it is closed"
        problem = Diagnostic(code="AC8202", message=f"standard input cannot be read: {reason}", subject="stdin")
        raise StageFailed([problem], exit_code=2) from error


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False  # no path at all: too long, or with a character that no path has


def _is_prose(source: str) -> bool:
    words = source.split()
    return (len(words) > 1 and not words[-1].endswith(_TEXT_FILES)) or words[-1][-1] in ".!?"


def _nothing_there(source: str) -> StageFailed:
    return StageFailed(
        [
            Diagnostic(
                code="AC8202",
                message=f"there is no file or folder {source}",
                subject=source,
                rule="prose on the command line has several words, or ends a sentence; anything else is a path",
            )
        ],
        exit_code=2,
    )


def choose_folder(given: Given, out: Path | None, *, answers: Mapping[str, str], accept_defaults: bool) -> Path:
    """The workspace: as asked for, else the one that we stand in, else a folder named like the system."""
    if out is not None:
        return out
    if given.folder is not None:
        return given.folder
    try:
        here = Path.cwd()
    except FileNotFoundError as error:
        raise StageFailed([Diagnostic(code="AC8202", message="the current folder is gone")], exit_code=2) from error
    if (here / "architecture.yaml").is_file() or (given.text is None and (here / "description.md").is_file()):
        return Path()
    if given.text is None:
        message = "there is no workspace here: neither description.md nor architecture.yaml"
        raise StageFailed(
            [Diagnostic(code="AC8201", message=message, help='try: autocoder build "A to-do list API."')], exit_code=2
        )
    from autocoder.planning.proposal import answers_for, propose, read, settle

    reading = read(given.text, file=given.name)
    settled = settle(reading, answers_for(reading, answers=answers, accept_defaults=accept_defaults))
    return Path(propose(settled, given.hint).architecture.system.name)


def shown_name(folder: Path) -> str:
    """How diagnostics name the folder: relative to where we stand."""
    relative = os.path.relpath(folder)
    return "" if relative == "." else Path(relative).as_posix()


class Screen:
    """Stage lines and progress, on standard error; nothing but the stage lines where that is no terminal."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self.lively = sys.stderr.isatty() and not quiet
        self.begin = time.monotonic()

    def stage(self, name: str, text: str) -> None:
        """A stage is done."""
        if self.quiet:
            return
        self._clear()
        click.echo(f"  {click.style(f'{name:<9}', bold=True)} {text}", err=True)

    def progress(self, text: str) -> None:
        """Something long goes on."""
        if self.quiet:
            return
        if self.lively:
            self._clear()
            click.echo(f"  … {text[: shutil.get_terminal_size().columns - 6]}", err=True, nl=False)
        else:
            click.echo(f"            {text}", err=True)

    def _clear(self) -> None:
        if self.lively:
            click.echo("\r\x1b[2K", err=True, nl=False)


@contextlib.contextmanager
def driving(folder: Path, options: Options, screen: Screen) -> Generator[Driver]:
    """A driver on the locked workspace."""
    from autocoder.driver import Driver
    from autocoder.workspace.writer import opened

    now = datetime.datetime.now(datetime.UTC)
    with opened(folder) as workspace:
        yield Driver(
            workspace=workspace,
            options=options,
            shown=shown_name(folder),
            today=now.date(),
            clock=lambda: datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            talk=screen.stage,
            progress=screen.progress,
        )


def compiled(folder: Path | None) -> tuple[Proposal, Compiled, Tree]:
    """A workspace as it would be built now, in memory; nothing is written and no stage is talked about."""
    from autocoder.driver import Options

    where = folder or Path()
    with driving(where, Options(), Screen(quiet=True)) as driver:
        proposal = driver.propose(None, where.resolve().name)
        return (proposal, *driver.compile(proposal))

"""What the commands on a workspace share: finding it, its options, its driver, and how its progress is shown."""

from __future__ import annotations

import contextlib
import datetime
import os
import re
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
    """The prose that a command was given: the words themselves, a file, `-` for standard input, or nothing."""

    def __init__(self, source: str | None) -> None:
        from autocoder.source_files import read_text

        self.text: str | None = None
        self.hint = ""
        self.folder: Path | None = None
        if source is None:
            return
        if source == "-":
            self.text = sys.stdin.read()
            return
        if not source.strip():
            raise click.UsageError("the text is empty")
        path = Path(source)
        if path.name == "description.md" and len(source) < 1024 and path.is_file():
            self.folder = path.parent  # a workspace's own text
            return
        if len(source) < 1024 and path.is_dir():
            self.folder = path
        elif len(source) < 1024 and (path.is_file() or _looks_like_a_path(source)):
            self.text = read_text(path, source)
            if self.text is None:
                raise StageFailed(
                    [Diagnostic(code="AC8202", message=f"there is no file {source}", subject=source)], exit_code=2
                )
            self.hint = path.parent.resolve().name if path.stem == "description" else path.stem
        else:
            self.text = source


def _looks_like_a_path(source: str) -> bool:
    return bool(re.fullmatch(r"\S+\.(md|txt|rst|markdown)", source))


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

    reading = read(given.text, file="description.md")
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

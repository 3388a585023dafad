"""What the commands on a workspace share: its options, its driver, and how its progress is shown."""

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

if TYPE_CHECKING:
    from autocoder.compilation import Compiled
    from autocoder.driver import Driver, Options, Proposal
    from autocoder.readers.model.session import Session
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


fill_option = click.option("--fill", is_flag=True, help="Let the model write custom functions that have no body.")


_AS_BEFORE: Mapping[str, Any] = {"reader": None, "frozen": True, "refresh": False}
"""How commands read that change nothing about reading: as the workspace was read, and without a connection."""


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
def driving(
    folder: Path,
    options: Options,
    screen: Screen,
    reading: Mapping[str, Any] = _AS_BEFORE,
    session: Session | None = None,
) -> Generator[Driver]:
    """A driver on the locked workspace. `session` is one that was begun in this folder already."""
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
            session=session or session_of(folder, reading, screen),
        )


def session_of(folder: Path, reading: Mapping[str, Any], screen: Screen) -> Session:
    """What a run in this folder reads with; `reading` is that of a `ProseInput`."""
    from autocoder.readers.model.completions import LOCK, Frozen, Use
    from autocoder.readers.model.session import Session
    from autocoder.readers.model.settings import load_configuration
    from autocoder.source_files import read_source, shown_path
    from autocoder.tools.user_folders import cache_folder

    shown = shown_name(folder)
    lock = shown_path(shown, LOCK)
    return Session(
        frozen=Frozen.of_lock(read_source(folder, LOCK, shown), file=lock),
        file=lock,
        chosen=reading["reader"],
        use=Use.FROZEN if reading["frozen"] else Use.REFRESH if reading["refresh"] else Use.ASK,
        configuration=load_configuration(),
        cache=cache_folder() / "completions",
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

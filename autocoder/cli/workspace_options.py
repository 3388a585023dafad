"""What the commands on a workspace share: finding it, its options, its driver, and how its progress is shown."""

from __future__ import annotations

import contextlib
import datetime
import functools
import os
import shutil
import sys
import time
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from autocoder.diagnostics import Diagnostic, StageFailed

if TYPE_CHECKING:
    from autocoder.compilation import Compiled
    from autocoder.driver import Driver, Options, Proposal
    from autocoder.readers.model.session import Session
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
        click.option(
            "--answers",
            "answers_file",
            type=click.Path(path_type=Path, dir_okay=False, exists=True),
            help="A YAML or JSON file of answers: question id to option.",
        ),
        click.option(
            "--context",
            "context",
            multiple=True,
            metavar="FILE",
            type=click.Path(path_type=Path, dir_okay=False, exists=True),
            help="Read the text beside this file: OpenAPI, JSON Schema, SQL, CSV, or an example in JSON. Repeatable.",
        ),
        click.option("--accept-defaults", is_flag=True, help="Take the default of every question that has one."),
        click.option("--update-prose", is_flag=True, help="Replace the workspace's description by the given text."),
    ):
        function = option(function)
    return function


def reader_options(function: F) -> F:
    """The options about who reads; they come as one mapping, `reading`, with the names of `driver.Options`."""

    @functools.wraps(function)
    def collected(*args: Any, reader: str | None, frozen: bool, refresh: bool, **others: Any) -> Any:
        if frozen and refresh:
            raise click.UsageError("--frozen and --refresh exclude each other")
        return function(*args, reading={"reader": reader, "frozen": frozen, "refresh": refresh}, **others)

    for option in (
        click.option(
            "--reader",
            type=click.Choice(["rules", "model"]),
            help="Who reads the text. Default: as configured, else as before in this workspace, else the rules.",
        ),
        click.option("--frozen", is_flag=True, help="Open no connection: a model's answers come from autocoder.lock."),
        click.option("--refresh", is_flag=True, help="Ask the model again and show which facts change."),
    ):
        collected = option(collected)
    return collected  # pyright: ignore[reportReturnType] # the same command, with its options collected


fill_option = click.option("--fill", is_flag=True, help="Let the model write custom functions that have no body.")


_AS_BEFORE: Mapping[str, Any] = {"reader": None, "frozen": True, "refresh": False}
"""How commands read that change nothing about reading: as the workspace was read, and without a connection."""


def context_files(paths: tuple[Path, ...]) -> dict[str, str]:
    """The text of context files by name. Raises `StageFailed` (AC8202) for one that cannot be read."""
    from autocoder.source_files import read_text

    return {path.name: read_text(path, str(path)) or "" for path in paths}


def parsed_answers(answers: tuple[str, ...], file: Path | None = None) -> dict[str, str]:
    """`ID=KEY` words as a mapping, over those of an answers file."""
    found: dict[str, str] = _answers_of(file) if file else {}
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


def _answers_of(file: Path) -> dict[str, str]:
    """The answers of a file. Raises `click.BadParameter` where it is no mapping of words."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        yaml: Any = YAML(typ="safe", pure=True)
        data: Any = yaml.load(file.read_text(encoding="utf-8"))
    except (YAMLError, ValueError) as error:
        raise click.BadParameter(f"{file} is not readable as YAML", param_hint="--answers") from error
    answers = cast("dict[str, Any]", data).get("answers", data) if isinstance(data, dict) else None
    if not isinstance(answers, dict):
        raise click.BadParameter(f"{file} is no mapping of question ids to options", param_hint="--answers")
    return {str(key): str(value) for key, value in cast("dict[str, Any]", answers).items()}


def asked(
    given: Given,
    answers: Mapping[str, str],
    *,
    accept_defaults: bool,
    reading: Mapping[str, Any],
    context: Mapping[str, str],
) -> dict[str, str]:
    """The answers with those that a person gives now; nobody is asked where there is no terminal, or no text."""
    found = dict(answers)
    if given.text is None or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return found
    from autocoder.planning.proposal import read
    from autocoder.readers.model.settings import load_configuration

    if (reading["reader"] or load_configuration().reader) == "model":
        return found
    for question in read(given.text, file=given.name, context=context).questions:
        if question.id in found or not question.options or (accept_defaults and question.default is not None):
            continue
        click.echo(f"\n{question.span.place}  {question.text}", err=True)
        for option in question.options:
            click.echo(f"  {option.key}: {option.text}. {option.consequence}", err=True)
        keys = click.Choice([o.key for o in question.options])
        found[question.id] = click.prompt("  answer", type=keys, default=question.default, err=True)
    return found


def choose_folder(
    given: Given,
    out: Path | None,
    *,
    answers: Mapping[str, str],
    accept_defaults: bool,
    reading: Mapping[str, Any],
    context: Mapping[str, str] | None = None,
) -> Path:
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
    from autocoder.readers.model.settings import load_configuration

    if (reading["reader"] or load_configuration().reader) == "model":
        message = "the folder is named after the system, which is known only after the model was asked"
        raise StageFailed(
            [Diagnostic(code="AC1119", message=message, help="add --out with the workspace's folder")], exit_code=2
        )
    found = read(given.text, file=given.name, context=context)
    settled = settle(found, answers_for(found, answers=answers, accept_defaults=accept_defaults))
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
    """What a run in this folder reads with; `reading` is what `reader_options` collect."""
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

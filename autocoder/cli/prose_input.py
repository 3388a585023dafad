"""The text that a command is given, and how it is to be read: the argument, its options, and what they come to."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from autocoder.cli.workspace_options import shown_name
from autocoder.diagnostics import Diagnostic, StageFailed

if TYPE_CHECKING:
    from autocoder.driver import Options

_TEXT_FILES = (".md", ".txt", ".rst", ".markdown")

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True)
class ProseInput:
    """A text and what was said of reading it. `answers` are question id to option, `context` file name to text;
    `reading` holds `reader`, `frozen` and `refresh`, as `workspace_options.session_of` takes them.
    """

    given: Given
    answers: Mapping[str, str]
    context: Mapping[str, str]
    accept_defaults: bool
    update_prose: bool
    reading: Mapping[str, Any]

    def options(self, **more: Any) -> Options:
        """The driver's options; `more` are those that have nothing to do with the text."""
        from autocoder.driver import Options

        return Options(
            answers=self.answers,
            accept_defaults=self.accept_defaults,
            update_prose=self.update_prose,
            context=self.context,
            prose_name=self.given.name,
            **more,
        )

    def folder(self, out: Path | None) -> Path:
        """The workspace: as asked for, else the one that we stand in, else a folder named like the system."""
        if out is not None:
            return out
        if self.given.folder is not None:
            return self.given.folder
        try:
            here = Path.cwd()
        except FileNotFoundError as error:
            problem = Diagnostic(code="AC8202", message="the current folder is gone")
            raise StageFailed([problem], exit_code=2) from error
        text = self.given.text
        if (here / "architecture.yaml").is_file() or (text is None and (here / "description.md").is_file()):
            return Path()
        if text is None:
            message = "there is no workspace here: neither description.md nor architecture.yaml"
            problem = Diagnostic(code="AC8201", message=message, help='try: autocoder build "A to-do list API."')
            raise StageFailed([problem], exit_code=2)
        if self._by_model():
            message = "the folder is named after the system, which is known only after the model was asked"
            problem = Diagnostic(code="AC1119", message=message, help="add --out with the workspace's folder")
            raise StageFailed([problem], exit_code=2)
        from autocoder.planning.proposal import answers_for, propose, read, settle

        found = read(text, file=self.given.name, context=self.context)
        settled = settle(found, answers_for(found, answers=self.answers, accept_defaults=self.accept_defaults))
        return Path(propose(settled, self.given.hint).architecture.system.name)

    def asked(self) -> ProseInput:
        """With the answers that a person gives now; nobody is asked where there is no terminal, or no text."""
        text = self.given.text
        if text is None or not (sys.stdin.isatty() and sys.stderr.isatty()) or self._by_model():
            return self
        from autocoder.planning.proposal import read

        found = dict(self.answers)
        for question in read(text, file=self.given.name, context=self.context).questions:
            taken = self.accept_defaults and question.default is not None
            if question.id in found or not question.options or taken:
                continue
            click.echo(f"\n{question.span.place}  {question.text}", err=True)
            for option in question.options:
                click.echo(f"  {option.key}: {option.text}. {option.consequence}", err=True)
            keys = click.Choice([o.key for o in question.options])
            found[question.id] = click.prompt("  answer", type=keys, default=question.default, err=True)
        return replace(self, answers=found)

    def _by_model(self) -> bool:
        from autocoder.readers.model.settings import load_configuration

        return (self.reading["reader"] or load_configuration().reader) == "model"


def prose_input(function: F) -> F:
    """SOURCE and the options of commands that read prose; they come as one `ProseInput`, named `prose`."""

    @functools.wraps(function)
    def collected(
        *args: Any,
        source: str | None,
        answers: tuple[str, ...],
        answers_file: Path | None,
        context: tuple[Path, ...],
        accept_defaults: bool,
        update_prose: bool,
        reader: str | None,
        frozen: bool,
        refresh: bool,
        **others: Any,
    ) -> Any:
        if frozen and refresh:
            raise click.UsageError("--frozen and --refresh exclude each other")
        prose = ProseInput(
            given=Given(source),
            answers=_parsed_answers(answers, answers_file),
            context=_context_files(context),
            accept_defaults=accept_defaults,
            update_prose=update_prose,
            reading={"reader": reader, "frozen": frozen, "refresh": refresh},
        )
        return function(*args, prose=prose.asked(), **others)

    options = (
        click.argument("source", required=False),
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
        click.option(
            "--reader",
            type=click.Choice(["rules", "model"]),
            help="Who reads the text. Default: as configured, else as before in this workspace, else the rules.",
        ),
        click.option("--frozen", is_flag=True, help="Open no connection: a model's answers come from autocoder.lock."),
        click.option("--refresh", is_flag=True, help="Ask the model again and show which facts change."),
    )
    for option in reversed(options):
        collected = option(collected)
    return collected  # pyright: ignore[reportReturnType] # the same command, with its options collected


def _context_files(paths: tuple[Path, ...]) -> dict[str, str]:
    """The text of context files by name. Raises `StageFailed` (AC8202) for one that cannot be read."""
    from autocoder.source_files import read_text

    found: dict[str, str] = {}
    for path in paths:
        if path.name in found:
            message = f"two files are named {path.name}, and the workspace keeps them by their names"
            raise click.BadParameter(message, param_hint="--context")
        found[path.name] = read_text(path, str(path)) or ""
    return found


def _parsed_answers(answers: tuple[str, ...], file: Path | None = None) -> dict[str, str]:
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

"""`autocoder gen`: verify or write the generated files of any project."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from autocoder.diagnostics import Diagnostic
    from autocoder.gen.index import LoadedIndex
    from autocoder.gen.report import Report, Result
    from autocoder.gen.work import Options

_FORMATS = ("terminal", "json", "sarif", "junit", "github")
_COLOURS = {"ok": "green", "bad": "red", "warn": "yellow", "added": "green", "removed": "red"}

Command = Callable[..., None]


def _options(command: Command) -> Command:
    """What both commands take."""
    for option in (
        click.option("--format", "form", type=click.Choice(_FORMATS), default="terminal", help="How to report."),
        click.option("--jobs", type=click.IntRange(1, 256), help="Programs to run at once."),
        click.option("--keep", is_flag=True, help="Leave the copies on disk and say where."),
        click.option("--diff", is_flag=True, help="Show how contents differ."),
        click.option("--only", multiple=True, metavar="ID", help="Only this generator; may be given again."),
        click.option("--index", "index", metavar="PATH", help="The index; default arch/gen/index.json, here or above."),
    ):
        command = option(command)
    return command


@click.group()
def gen() -> None:
    """Keep generated files honest: they are what their generators write, every time.

    The generators stand in arch/gen/index.json (X07's arch/gen/index.x07gen.json is read too).
    """


@gen.command()
@_options
@click.option("--no-cache", is_flag=True, help="Run everything, also what was found right before.")
def verify(no_cache: bool, **options: Any) -> None:
    """Check that a fresh run of every generator gives what the project has. Changes nothing.

    Exit code 0: all is well. 1: something is missing, drifted, not deterministic, or failed. 2: the index is refused.
    4: not everything could be checked.
    """
    from autocoder.gen.cache import Cache, default_folder
    from autocoder.gen.verify import verify as run

    _run(run, cache=None if no_cache else Cache(folder=default_folder()), **options)


@gen.command()
@_options
def write(**options: Any) -> None:
    """Regenerate outputs: all of them are replaced, or none.

    Exit code 0: written. 1: a generator failed, and the project is as it was. 2: the index is refused. 4: a tool is
    missing, or another write is at work.
    """
    from autocoder.gen.write import write as run

    _run(run, cache=None, **options)


def _run(
    command: Callable[[LoadedIndex, Options], Report],
    *,
    cache: Any,
    index: str | None,
    only: tuple[str, ...],
    diff: bool,
    keep: bool,
    jobs: int | None,
    form: str,
) -> None:
    from autocoder.diagnostics import StageFailed
    from autocoder.gen.index import load, locate
    from autocoder.gen.terminal import render
    from autocoder.gen.work import Options

    begin = time.monotonic()
    loaded: LoadedIndex | None = None
    try:
        loaded = load(locate(Path.cwd(), index))
        with _Progress(len(only) or len(loaded.generators)) as progress:
            options = Options(
                only=only,
                jobs=jobs or 0,
                cache=cache,
                keep=(lambda folder: click.echo(f"copies are kept in {folder}", err=True)) if keep else None,
                progress=progress.one,
            )
            report = command(loaded, options)
    except StageFailed as refused:
        _refuse(refused.diagnostics, loaded, form)
        sys.exit(refused.exit_code)
    if form == "terminal":
        click.echo(render(report, loaded.text, diff=diff, style=_style), nl=False)
    else:
        click.echo(_machine(form, report, loaded.place))
    remembered = f", {progress.cached} remembered" if progress.cached else ""
    click.echo(f"{progress.done} done in {time.monotonic() - begin:.1f} s{remembered}", err=True)
    sys.exit(report.exit_code)


def _machine(form: str, report: Report, place: str) -> str:
    from autocoder import __version__
    from autocoder.diagnostics import github, junit, sarif
    from autocoder.gen.report import as_json, cases

    match form:
        case "json":
            return as_json(report)
        case "sarif":
            return sarif.render(report.findings, version=__version__, default_file=report.index, prefix=place)
        case "junit":
            return junit.render(cases(report))
        case _:
            return github.render(report.findings, prefix=place)


def _refuse(diagnostics: Sequence[Diagnostic], loaded: LoadedIndex | None, form: str) -> None:
    from autocoder import __version__
    from autocoder.diagnostics import Span, github, junit, render, sarif

    lines = loaded.text.split("\n") if loaded else []

    def source(span: Span) -> str | None:
        return lines[span.line - 1] if loaded and span.file == loaded.path and span.line <= len(lines) else None

    match form:
        case "terminal":
            click.echo(render.terminal(diagnostics, source), err=True)
        case "json":
            click.echo(render.as_json(diagnostics))
        case "sarif":
            click.echo(sarif.render(diagnostics, version=__version__, prefix=loaded.place if loaded else ""))
        case "junit":
            click.echo(junit.render([junit.Case(name="index", group="gen", diagnostics=tuple(diagnostics))]))
        case _:
            click.echo(github.render(diagnostics, prefix=loaded.place if loaded else ""))


def _style(text: str, role: str) -> str:
    return click.style(text, dim=True) if role == "dim" else click.style(text, fg=_COLOURS[role])


class _Progress:
    """A bar on stderr where a person watches; counts what is done and what was remembered."""

    def __init__(self, total: int) -> None:
        self.lock = threading.Lock()
        self.done = 0
        self.cached = 0
        self.bar = click.progressbar(length=total, label="generators", file=sys.stderr) if sys.stderr.isatty() else None

    def __enter__(self) -> _Progress:
        if self.bar:
            self.bar.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        if self.bar:
            self.bar.render_finish()

    def one(self, result: Result) -> None:
        """Counts a generator; called from several threads."""
        with self.lock:
            self.done += 1
            self.cached += result.cached
            if self.bar:
                self.bar.update(1)

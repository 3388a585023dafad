"""The program's entry: runs the command line and turns every failure into a diagnostic and an exit code."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

INTERRUPTED = 130
DEFECT = 70
USAGE = 2
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS})


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs `autocoder` and exits. 0 ok, 1 diagnostics, 2 usage or open questions, 3 gate, 4 tool missing, 70 defect."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the caller; what is said there is lost, and the work is done
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for all of the run
    try:
        code = _run(words)
    except KeyboardInterrupt:
        code = _interrupted()
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        pass
    except OSError as error:
        code = _failed(error, words)
    _leave_quietly()
    sys.exit(code)


def _leave_quietly() -> None:
    """What is left in the streams was tried; Python's own last try would end with another exit code."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _run(words: list[str]) -> int:
    import click

    from autocoder.cli import cli

    stdout = sys.stdout
    try:
        result = cli.main(args=words, prog_name="autocoder", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return USAGE
    except click.Abort:
        return _interrupted()
    except BrokenPipeError:
        return 0  # whoever read the output has left; there is nobody to tell
    except SystemExit as stop:
        if sys.stdout is not stdout:
            return 0  # click wraps the streams where their reader has left, and would answer 1: diagnostics
        return stop.code if isinstance(stop.code, int) else 0
    except Exception as error:  # noqa: BLE001 # the last resort: no traceback reaches a user
        return _failed(error, words)


def _interrupted() -> int:
    print("interrupted; nothing was half-written", file=sys.stderr)
    return INTERRUPTED


def _failed(error: Exception, words: list[str]) -> int:
    from autocoder.diagnostics import Diagnostic, StageFailed, render

    wants_json = ("json" in words and "--format" in words) or "--format=json" in words
    if isinstance(error, StageFailed):
        diagnostics, code = error.diagnostics, error.exit_code
    elif isinstance(error, OSError) and error.errno in _NO_ROOM:
        where = f" to {os.fsdecode(error.filename)}" if error.filename else ""
        message = f"nothing more can be written{where}: {error.strerror}"
        diagnostics, code = (Diagnostic(code="AC9008", message=message),), 1
    else:
        if "--traceback" in words:
            raise error
        place = _innermost(error)
        message = f"{type(error).__name__} at {place}: {error}" if str(error) else f"{type(error).__name__} at {place}"
        diagnostics = (Diagnostic(code="AC9001", message=message, help="run it again with `autocoder --traceback …`"),)
        code = DEFECT
    with contextlib.suppress(OSError):  # where nothing can be told, the exit code still tells
        if wants_json:
            print(render.as_json(diagnostics), flush=True)
        else:
            print(render.terminal(diagnostics, render.source_lines), file=sys.stderr, flush=True)
    return code


def _innermost(error: BaseException) -> str:
    """Where in autocoder a defect showed, as module and line."""
    found, step = "autocoder", error.__traceback__
    while step is not None:
        name = step.tb_frame.f_globals.get("__name__", "")
        if name.startswith("autocoder"):
            found = f"{name}:{step.tb_lineno}"
        step = step.tb_next
    return found


if __name__ == "__main__":
    main()

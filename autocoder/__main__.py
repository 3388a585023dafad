"""The program's entry: runs the command line and turns every failure into a diagnostic and an exit code."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # what is imported here is outside of `main`, where an interrupt would show Python's traceback
    from collections.abc import Sequence
    from typing import NoReturn

INTERRUPTED = 130
DEFECT = 70
USAGE = 2


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs `autocoder` and exits. 0 ok, 1 diagnostics, 2 usage or open questions, 3 gate, 4 tool missing, 70 defect."""
    try:
        code = _answered(list(sys.argv[1:] if arguments is None else arguments))
    except KeyboardInterrupt:
        code = _interrupted()
    _leave_quietly()
    sys.exit(code)


def _answered(words: list[str]) -> int:
    """The exit code, once all was said."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the caller; what is said there is lost, and the work is done
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - for all of the run
    code = _run(words)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        pass
    except OSError as error:
        code = _failed(error, words)
    return code


def _leave_quietly() -> None:
    """What is left in the streams was tried; Python's own last try would end with another exit code."""
    import contextlib

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
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends already
    print("interrupted; nothing was half-written", file=sys.stderr)
    return INTERRUPTED


def _failed(error: Exception, words: list[str]) -> int:
    import contextlib
    import errno

    from autocoder.diagnostics import Diagnostic, StageFailed, render

    no_room = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS}
    wants_json = ("json" in words and "--format" in words) or "--format=json" in words
    if isinstance(error, StageFailed):
        diagnostics, code = error.diagnostics, error.exit_code
    elif isinstance(error, OSError) and error.errno in no_room:
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

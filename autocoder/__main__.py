"""The program's entry: runs the command line and turns every failure into a diagnostic and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NoReturn

INTERRUPTED = 130
DEFECT = 70
USAGE = 2


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs `autocoder` and exits. 0 ok, 1 diagnostics, 2 usage or open questions, 3 gate, 4 tool missing, 70 defect."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(_run(words))


def _run(words: list[str]) -> int:
    import click

    from autocoder.cli import cli

    try:
        result = cli.main(args=words, prog_name="autocoder", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        print("interrupted; nothing was half-written", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # whoever read the output has left; there is nobody to tell
        return 0
    except Exception as error:  # noqa: BLE001 # the last resort: no traceback reaches a user
        return _failed(error, words)


def _failed(error: Exception, words: list[str]) -> int:
    from autocoder.diagnostics import Diagnostic, StageFailed, render

    wants_json = ("json" in words and "--format" in words) or "--format=json" in words
    if isinstance(error, StageFailed):
        diagnostics, code = error.diagnostics, error.exit_code
    else:
        if "--traceback" in words:
            raise error
        place = _innermost(error)
        message = f"{type(error).__name__} at {place}: {error}" if str(error) else f"{type(error).__name__} at {place}"
        diagnostics = (Diagnostic(code="AC9001", message=message, help="run it again with `autocoder --traceback …`"),)
        code = DEFECT
    if wants_json:
        print(render.as_json(diagnostics))
    else:
        print(render.terminal(diagnostics, render.source_lines), file=sys.stderr)
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

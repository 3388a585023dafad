"""Runs the emitted Python in the sandbox: on a read-only copy of the workspace, with the gates' environment."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from autocoder.diagnostics import Diagnostic, StageFailed
from autocoder.gates.context import GateContext
from autocoder.tools.process import Completed
from autocoder.tools.sandbox import Limits, interpreter_paths

_RESULT_LIMIT = 20_000_000
_LEFT_OUT = shutil.ignore_patterns(".autocoder", ".git", "dist", "__pycache__", ".venv")


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A copy of the workspace that the sandbox's user can read, and a scratch folder that it can write."""

    context: GateContext
    workspace: Path
    scratch: Path

    def python(self, words: Sequence[str], *, limits: Limits) -> Completed:
        """Runs the environment's Python with `words` in `generated/`. Raises `StageFailed` (AC5014) where it was
        stopped at a limit.
        """
        generated = self.workspace / "generated"
        done = self.context.sandbox.run(
            [self.context.environment, "-B", *words],
            code=self.context.origin,
            read_only=[self.workspace, *interpreter_paths(self.context.environment)],
            writable=self.scratch,
            cwd=generated,
            env={
                "PYTHONPATH": os.fspath(generated / "src"),
                "PYTHONHASHSEED": "0",
                "PYTHONDONTWRITEBYTECODE": "1",
                "HYPOTHESIS_PROFILE": "gate",
                "HYPOTHESIS_STORAGE_DIRECTORY": os.fspath(self.scratch / "hypothesis"),
            },
            limits=limits,
        )
        if done.timed_out or done.overran:
            limit = f"{limits.seconds:.0f} s" if done.timed_out else f"{limits.scratch_bytes >> 20} MiB of files"
            raise StageFailed([_stopped(limit, done)], exit_code=3)
        return done

    def result(self, name: str) -> bytes | None:
        """A file that the run left in its scratch folder; None where there is no such regular file of a sane size.

        The program inside could have put a link there, so none is followed.
        """
        try:
            descriptor = os.open(self.scratch / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return None
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(file.fileno())
            return file.read() if stat.S_ISREG(status.st_mode) and status.st_size <= _RESULT_LIMIT else None


@contextmanager
def staged(context: GateContext) -> Generator[Stage]:
    """A stage for one run; it is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="ac-", ignore_cleanup_errors=True) as folder:
        top = Path(folder)
        top.chmod(0o755)
        workspace, scratch = top / "workspace", top / "scratch"
        shutil.copytree(context.workspace, workspace, symlinks=True, ignore=_LEFT_OUT)
        scratch.mkdir(mode=0o700)
        for path in (workspace, *workspace.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() else 0o644)
        yield Stage(context=context, workspace=workspace, scratch=scratch)


def last_lines(done: Completed, count: int = 6) -> str:
    """What a program said last, for a diagnostic: pytest's error lines where it has some, else the end."""
    text = (done.stderr.strip() or done.stdout.strip()).decode(errors="replace")
    lines = [line.strip() for line in text.splitlines() if line.strip(" ^~")]
    errors = [line.removeprefix("E ").strip() for line in lines if line.startswith("E ")]
    return " | ".join((errors or lines)[-count:])[:1000]


def _stopped(limit: str, done: Completed) -> Diagnostic:
    return Diagnostic(
        code="AC5014",
        message=f"the run in the sandbox was stopped at its limit of {limit}",
        value=limit,
        rule="a run that did not end has shown nothing",
        help=last_lines(done, 4),
    )

"""Looks at the emitted Python without running it: a pinned ruff rule set, its formatter, and bandit.

Both tools are autocoder's own, from its own environment. Comments that switch rules off (`noqa`, `nosec`) are ignored:
an exception is a waiver.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autocoder.diagnostics import Diagnostic, Span, StageFailed
from autocoder.gates.context import GateContext
from autocoder.tools import process

LINE_LENGTH = 120
RULES = ("E", "F", "W", "I", "UP", "B", "C4", "C90", "SIM", "RUF", "RET", "PIE", "ASYNC", "BLE", "DTZ", "PERF")
IGNORED = ("RUF001", "RUF002", "RUF003", "RUF200")
"""Letters that look like others (prose may be in any language), and project files (read with the documents)."""

_PYTHON_FOLDERS = ("generated", "migrations", "custom")
_SECURITY_FOLDERS = ("generated/src", "migrations", "custom")
_SECONDS = 120.0


def source_findings(context: GateContext) -> tuple[int, list[Diagnostic]]:
    """How many Python files were looked at, and what was found in them."""
    files = [path for path in context.files() if path.suffix == ".py"]
    if not files:
        return 0, []
    return len(files), [*_rules(context), *_format(context), *_security(context)]


def _present(context: GateContext, folders: Sequence[str]) -> list[str]:
    return [folder for folder in folders if any((context.workspace / folder).rglob("*.py"))]


def _rules(context: GateContext) -> list[Diagnostic]:
    done = _run(
        context,
        [
            *("ruff", "check", "--isolated", "--no-cache", "--ignore-noqa", "--output-format=json"),
            *("--target-version=py311", f"--line-length={LINE_LENGTH}"),
            *(f"--select={','.join(RULES)}", f"--ignore={','.join(IGNORED)}"),
            *("--config", 'src=["generated/src", "generated/tests"]', "--config", "lint.mccabe.max-complexity=10"),
            *_present(context, _PYTHON_FOLDERS),
        ],
        statuses=(0, 1),
    )
    return [_rule(context, row) for row in _rows(done, "ruff")]


def _rule(context: GateContext, row: dict[str, Any]) -> Diagnostic:
    begin, end = row["location"], row["end_location"]
    code = row["code"] or "invalid-syntax"
    return Diagnostic(
        code="AC5006" if code == "invalid-syntax" else "AC5003",
        message=row["message"],
        span=Span(
            file=context.name(Path(row["filename"])),
            line=begin["row"],
            column=begin["column"],
            end_line=end["row"],
            end_column=end["column"],
        ),
        rule=f"ruff:{code}",
    )


def _format(context: GateContext) -> list[Diagnostic]:
    """Owned files may be laid out as their owner likes. What cannot be parsed was told by the rules."""
    folders = _present(context, ("generated", "migrations"))
    if not folders:
        return []
    words = ["ruff", "format", "--check", "--isolated", "--no-cache", "--output-format=json", "--target-version=py311"]
    words += [f"--line-length={LINE_LENGTH}", "--exclude=generated/src/*/custom"]
    done = _run(context, [*words, *folders], statuses=(0, 1, 2))
    return [_rule(context, row) for row in _rows(done, "ruff") if row["code"] == "unformatted"]


def _security(context: GateContext) -> list[Diagnostic]:
    folders = _present(context, _SECURITY_FOLDERS)
    if not folders:
        return []
    words = ["bandit", "--quiet", "--ignore-nosec", "--format=json", "--recursive", *folders]
    done = _run(context, words, statuses=(0, 1))
    try:
        report: dict[str, list[dict[str, Any]]] = json.loads(done.stdout)
    except ValueError:
        raise _failed("bandit", done) from None
    unread = [
        Diagnostic(code="AC5001", message=f"bandit could not read {row['filename']}: {row['reason']}")
        for row in report["errors"]
    ]
    return [*unread, *(_weakness(row) for row in report["results"])]


def _weakness(row: dict[str, Any]) -> Diagnostic:
    return Diagnostic(
        code="AC5004",
        message=row["issue_text"],
        span=Span(file=Path(row["filename"]).as_posix(), line=row["line_number"], column=row["col_offset"] + 1),
        rule=f"bandit:{row['test_id']} {row['test_name']}",
        value=f"severity {row['issue_severity'].lower()}, confidence {row['issue_confidence'].lower()}",
    )


def _run(context: GateContext, words: Sequence[str], *, statuses: tuple[int, ...]) -> process.Completed:
    with tempfile.TemporaryDirectory(prefix="ac-") as home:
        env = {"HOME": home, "XDG_CONFIG_HOME": home, "LANG": "C.UTF-8", "NO_COLOR": "1"}
        argv = [sys.executable, "-m", *words]
        done = process.run(argv, cwd=context.workspace, env=env, timeout=_SECONDS, output_limit=None)
    if done.timed_out or done.code not in statuses or b"No module named" in done.stderr:
        raise _failed(words[0], done)
    return done


def _rows(done: process.Completed, tool: str) -> list[dict[str, Any]]:
    try:
        return json.loads(done.stdout)
    except ValueError:
        raise _failed(tool, done) from None


def _failed(tool: str, done: process.Completed) -> StageFailed:
    said = done.stderr.decode(errors="replace").strip().splitlines()
    message = f"{tool} could not look at the source: {said[-1] if said else f'status {done.code}'}"
    code = "AC9002" if b"No module named" in done.stderr else "AC5001"
    return StageFailed([Diagnostic(code=code, message=message, value=tool)], exit_code=4)

"""Whether people approved what nobody stated, where that is required before a package is signed."""

from __future__ import annotations

from autocoder.compilation import Compiled
from autocoder.diagnostics import Diagnostic, StageFailed


def check_approvals(compiled: Compiled, *, required: bool) -> None:
    """Raises `StageFailed` (AC6004, exit code 2) for each open decision where the caller or the blueprint requires
    approvals.
    """
    if not required and compiled.architecture.policy.approvals is None:
        return
    missing = [
        Diagnostic(
            code="AC6004",
            message=f"{d.subject} = {d.value}: nobody approved this",
            subject=d.subject,
            value=d.value,
            rule="a package is signed when every decision that nobody stated is approved",
            help=f"look at it, then: autocoder approve {d.subject} --by YOU",
        )
        for d in compiled.decisions
        if d.source != "stated" and d.subject not in compiled.approved
    ]
    if missing:
        raise StageFailed(missing, exit_code=2)

"""`gen verify`: whether every generator still writes what the project has, and writes it every time. It never changes
the project, not even a Git index or a cache in it.
"""

from __future__ import annotations

from autocoder.diagnostics import Diagnostic, Severity
from autocoder.gen import journal, refusals
from autocoder.gen.index import LoadedIndex
from autocoder.gen.project import Project, survey
from autocoder.gen.report import Report, Result
from autocoder.gen.work import Options, Work, select


def verify(index: LoadedIndex, options: Options) -> Report:
    """Verifies the selected generators. Raises `StageFailed` with exit code 2 for an index that is refused, 4 where
    the project cannot be looked at.
    """
    refusals.check(index)
    entries = select(index, options.only)
    journal.refuse_pending(index.root)
    project = survey(index)
    results = Work(index=index, project=project, entries=entries, options=options).results()
    return Report(
        command="verify",
        index=index.path,
        sha256=index.sha256,
        results=results,
        diagnostics=left_out(project, index, results),
    )


def left_out(project: Project, index: LoadedIndex, results: tuple[Result, ...]) -> tuple[Diagnostic, ...]:
    """AC7112, a warning: where something was found, files that no copy had may be why."""
    paths = [] if all(result.ok for result in results) else list(project.untracked())
    if not paths:
        return ()
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return (
        Diagnostic(
            code="AC7112",
            message=f"{paths[0]}{more} not in the copies: Git does not track it, and no generator declares it",
            span=index.document.key("generators"),
            help="git add -N the files that generators read, or declare them as inputs",
            severity=Severity.WARNING,
        ),
    )

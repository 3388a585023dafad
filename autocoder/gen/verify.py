"""`gen verify`: whether every generator still writes what the project has, and writes it every time. It never changes
the project, not even a Git index or a cache in it.
"""

from __future__ import annotations

from autocoder.diagnostics import Diagnostic, Severity
from autocoder.gen import journal, refusals
from autocoder.gen.differences import printable
from autocoder.gen.index import LoadedIndex
from autocoder.gen.project import Project, survey
from autocoder.gen.report import Report, Result
from autocoder.gen.work import Options, Work, select

_NAMED = 5


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
    paths = [] if all(result.ok for result in results) else [p for p in project.untracked() if p != index.path]
    if not paths:
        return ()
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    named = ", ".join(printable(path) for path in paths[:_NAMED]) + more
    return (
        Diagnostic(
            code="AC7112",
            message=f"not in the copies, because Git does not track them and no generator declares them: {named}",
            span=index.document.key("generators"),
            help="git add -N the files that generators read, or declare them as inputs",
            severity=Severity.WARNING,
        ),
    )

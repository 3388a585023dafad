"""`gen write`: regenerates outputs in fresh copies, then replaces all of them in the project, or none."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace

from autocoder.diagnostics import Diagnostic, StageFailed
from autocoder.gen import findings, journal, refusals
from autocoder.gen.differences import describe
from autocoder.gen.examination import Examined, count_files, wrote_elsewhere
from autocoder.gen.index import LoadedIndex
from autocoder.gen.project import Project, survey
from autocoder.gen.report import Report
from autocoder.gen.trees import Kind, compare
from autocoder.gen.trial import Trial
from autocoder.gen.verify import left_out
from autocoder.gen.work import Options, Outcome, Work, select


def write(index: LoadedIndex, options: Options) -> Report:
    """Writes the outputs of the selected generators. Where any of them fails, the project stays as it is.

    A write that was interrupted earlier is undone first. Raises `StageFailed` as `verify` does, and with exit code 4
    where another write is at work or the project changes meanwhile.
    """
    refusals.check(index)
    entries = select(index, options.only)
    with journal.locked(index.root):
        journal.recover(index.root)
        project = survey(index)

        def finish(outcomes: Sequence[Outcome]) -> None:
            if all(outcome.result.ok for outcome in outcomes):
                _replace(project, outcomes)

        work = Work(
            index=index,
            project=project,
            entries=entries,
            options=replace(options, cache=None),
            examine=regenerate,
            finish=finish,
            stressed=False,
        )
        results = work.results()
    if all(result.ok for result in results):
        results = tuple(replace(result, written=bool(result.drift)) for result in results)
    return Report(
        command="write",
        index=index.path,
        sha256=index.sha256,
        results=results,
        diagnostics=left_out(project, index, results),
    )


def regenerate(trial: Trial, runs: Executor) -> Examined:
    """Runs the write command once. `drift` is what the project will get; it is no finding here."""
    left = runs.submit(trial.write).result()
    found: list[Diagnostic] = []
    if left.ok:
        for number, path in enumerate(trial.outputs):
            if path not in left.outputs:
                found.append(findings.not_written(trial.entry, number))
        special = [path for path, entry in sorted(left.outputs.items()) if entry.kind is Kind.SPECIAL]
        found += [findings.not_kept(trial.entry, path) for path in special]
    else:
        found.append(findings.failed(trial.entry, "write_argv", left.run))
    undeclared = wrote_elsewhere(trial, left, "write_argv", found)
    differences = compare(trial.session.project.below(trial.outputs), left.outputs) if left.ok else ()
    return Examined(
        fresh=left if differences else None,
        usable=left.ok,
        files=count_files(left),
        diagnostics=tuple(found),
        drift=describe(differences),
        undeclared=undeclared,
    )


def _replace(project: Project, outcomes: Sequence[Outcome]) -> None:
    changed = [outcome for outcome in outcomes if outcome.fresh is not None]
    differences = [
        difference
        for outcome in changed
        for difference in compare(project.below(outcome.result.outputs), outcome.fresh or {})
    ]
    try:
        journal.apply(project.root, differences)
    except FileExistsError as error:
        message = f"nothing was written: {error}"
        diagnostic = Diagnostic(code="AC7206", message=message, help="run the command again")
        raise StageFailed([diagnostic], exit_code=4) from None
    except OSError as error:
        message = f"nothing was written: {error.strerror or type(error).__name__}"
        diagnostic = Diagnostic(code="AC7207", message=message, help="mend what stands in the way, then run it again")
        raise StageFailed([diagnostic], exit_code=4) from None

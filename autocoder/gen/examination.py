"""What one generator's check, write and second write show about it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from autocoder.diagnostics import Diagnostic
from autocoder.gen import findings
from autocoder.gen.differences import TWO_RUNS, Shown, describe
from autocoder.gen.refusals import within
from autocoder.gen.stress import BY_SANDLOCK, NONE, Axes, Axis
from autocoder.gen.trees import Kind, compare, entry_at
from autocoder.gen.trial import Left, Trial, differ

_ALREADY = "two plain runs in a row differ already (random numbers, the clock, or scheduling)"
_ALREADY_OR_FOLDER = "two plain runs differ already (random numbers, the clock, scheduling, or the working folder)"
_TOGETHER = "shown only by all changes together"


@dataclass(frozen=True, kw_only=True)
class Examined:
    """The findings, and `fresh`: what the write left where that is not what the project has; None where it is.

    `usable` is false where the write failed.
    """

    fresh: Left | None
    usable: bool
    files: int
    diagnostics: tuple[Diagnostic, ...] = ()
    drift: tuple[Shown, ...] = ()
    varies: tuple[Shown, ...] = ()
    shown_by: tuple[str, ...] = ()
    undeclared: tuple[Shown, ...] = ()
    stressed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Determinism:
    varies: tuple[Shown, ...] = ()
    shown_by: tuple[str, ...] = ()
    stressed: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def examine(trial: Trial, runs: Executor) -> Examined:
    """Runs the commands, each in a copy of its own, and compares. Raises `OSError` where a run cannot be made."""
    missing = [n for n, path in enumerate(trial.outputs) if path not in trial.session.project.entries]
    check = None if missing else runs.submit(trial.check)
    write = runs.submit(trial.write)
    double = trial.entry.generator.mode == "double_run_v1"
    again = runs.submit(trial.write, trial.session.axes) if double else None
    first = write.result()
    drift = _drift(trial, first, missing)
    determinism = _determinism(trial, runs, first, again.result()) if again else _Determinism()
    checked = check.result() if check else None
    found = [findings.missing(trial.entry, n, ignored=_is_on_disk(trial, n)) for n in missing]
    if not first.ok:
        found.append(findings.failed(trial.entry, "write_argv", first.run))
    if drift:
        found.append(findings.drifted(trial.entry, drift, _total(trial, first)))
    found += determinism.diagnostics
    if checked and not checked.ok:
        found.append(findings.failed(trial.entry, "check_argv", checked.run))
    undeclared = wrote_elsewhere(trial, first, "write_argv", found)
    undeclared += wrote_elsewhere(trial, checked, "check_argv", found) if checked else ()
    return Examined(
        fresh=first if first.ok and (drift or missing) else None,
        usable=first.ok,
        files=count_files(first),
        diagnostics=tuple(found),
        drift=drift,
        varies=determinism.varies,
        shown_by=determinism.shown_by,
        undeclared=undeclared,
        stressed=determinism.stressed,
    )


def count_files(left: Left) -> int:
    """Files and links among the outputs."""
    return sum(entry.kind is not Kind.FOLDER for entry in left.outputs.values())


def wrote_elsewhere(trial: Trial, left: Left, command: str, found: list[Diagnostic]) -> tuple[Shown, ...]:
    """What a run wrote outside the outputs; adds the finding."""
    shown = describe(left.undeclared)
    if shown:
        found.append(findings.undeclared(trial.entry, shown, command))
    return shown


def _drift(trial: Trial, first: Left, missing: Sequence[int]) -> tuple[Shown, ...]:
    """The project's outputs against fresh ones; a missing output is a finding of its own."""
    if not first.ok:
        return ()
    absent = [trial.outputs[n] for n in missing]
    committed = trial.session.project.below(trial.outputs)
    differences = compare(committed, first.outputs)
    return describe(d for d in differences if not any(within(d.path, path) for path in absent))


def _total(trial: Trial, first: Left) -> int:
    return len({*trial.session.project.below(trial.outputs), *first.outputs})


def _is_on_disk(trial: Trial, position: int) -> bool:
    return entry_at(trial.session.project.root / trial.outputs[position]) is not None


def _determinism(trial: Trial, runs: Executor, first: Left, second: Left) -> _Determinism:
    axes = trial.session.axes
    if first.ok and differ(first, second) and axes & BY_SANDLOCK and _disturbed(trial, runs, first):
        axes -= BY_SANDLOCK
        second = runs.submit(trial.write, axes).result()
    stressed = tuple(trial.session.words(axis) for axis in Axis if axis in axes)
    if not first.ok or not differ(first, second):
        return _Determinism(stressed=stressed)
    varies = describe(compare(first.outputs, second.outputs), TWO_RUNS) if second.ok else ()
    shown_by = _shown_by(trial, runs, first, axes)
    why = f"shown by: {', '.join(shown_by)}" if shown_by else _TOGETHER
    if shown_by in ((_ALREADY,), (_ALREADY_OR_FOLDER,)):
        why = shown_by[0]
    finding = findings.nondeterministic(trial.entry, varies, why, None if second.ok else second.run)
    return _Determinism(varies=varies, shown_by=shown_by, stressed=stressed, diagnostics=(finding,))


def _disturbed(trial: Trial, runs: Executor, first: Left) -> bool:
    """Whether sandlock itself, with nothing changed, is what makes the difference: then it proves nothing."""
    plain = runs.submit(trial.write)
    under = runs.submit(trial.write, under_sandlock=True)
    return differ(first, under.result()) and not differ(first, plain.result())


def _shown_by(trial: Trial, runs: Executor, first: Left, axes: Axes) -> tuple[str, ...]:
    """What makes the difference: each thing is changed alone, after a run with nothing changed."""
    if differ(first, runs.submit(trial.write, NONE).result()):
        # Without namespaces no two runs stand in the same folder.
        return (_ALREADY if trial.session.confinement.bubblewrap else _ALREADY_OR_FOLDER,)
    each = {axis: runs.submit(trial.write, frozenset({axis})) for axis in Axis if axis in axes}
    return tuple(str(axis) for axis, run in each.items() if differ(first, run.result()))

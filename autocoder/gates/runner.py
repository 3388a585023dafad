"""Runs gates: those that only look in parallel, then those that measure time one by one. Refuses to lose a failure:
a gate that raises has not passed, it could not run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, as_completed

from autocoder import registry
from autocoder.diagnostics import Diagnostic, StageFailed
from autocoder.gates.context import Gate, GateContext
from autocoder.gates.verdict import Status, Verdict
from autocoder.gates.waivers import settle

OnDone = Callable[[Verdict], None]


def run_gates(context: GateContext, names: Sequence[str], executor: Executor, on_done: OnDone) -> tuple[Verdict, ...]:
    """The verdicts of the named gates in that order, after waivers; `on_done` hears each as soon as it is there.

    The executor must be one of threads, because gates share one measurement. Raises `KeyError` for a name that is not
    in the registry, `ValueError` where no gate is named: nothing checked is nothing passed.
    """
    if not names:
        raise ValueError("no gate was named")
    gates: list[Gate] = [registry.load(registry.GATES[name])() for name in names]
    verdicts: dict[str, Verdict] = {}
    waiting = [executor.submit(_apply, gate, context) for gate in gates if not gate.alone]
    for future in as_completed(waiting):
        _note(future.result(), verdicts, on_done)
    for gate in gates:
        if gate.alone:
            _note(executor.submit(_apply, gate, context).result(), verdicts, on_done)
    found = [verdicts[name] for name in names]
    return settle(found, context.waivers, context.today, complete=set(names) == set(registry.GATES))


def _note(verdict: Verdict, verdicts: dict[str, Verdict], on_done: OnDone) -> None:
    verdicts[verdict.gate] = verdict
    on_done(verdict)


def _apply(gate: Gate, context: GateContext) -> Verdict:
    try:
        return gate.apply(context)
    except StageFailed as failed:
        return could_not_run(gate.name, context, failed.diagnostics)
    except Exception as error:  # noqa: BLE001 - a gate's defect must stop the build as a verdict, not end the others
        message = f"the gate {gate.name} broke: {type(error).__name__}: {error}"
        return could_not_run(gate.name, context, [Diagnostic(code="AC9001", message=message, subject=gate.name)])


def could_not_run(gate: str, context: GateContext, why: Sequence[Diagnostic]) -> Verdict:
    """The verdict of a gate that has no answer."""
    first = why[0].message if why else "no reason was given"
    return Verdict(
        gate=gate,
        status=Status.COULD_NOT_RUN,
        checks=0,
        summary=first,
        sandbox=str(context.sandbox.level),
        findings=tuple(why),
    )

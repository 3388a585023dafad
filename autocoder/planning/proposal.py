"""From prose to a proposed blueprint: reading, questions, and planning in one step."""

from __future__ import annotations

from collections.abc import Mapping

from autocoder import registry
from autocoder.decisions import Decision
from autocoder.diagnostics import Diagnostic, Note, Severity, StageFailed
from autocoder.planning.plan import Plan, plan
from autocoder.readers.protocol import Option, Question, Reader, Reading


def read(prose: str, *, file: str, reader: str = "rules") -> Reading:
    """What a reader makes of the prose."""
    chosen: Reader = registry.load(registry.READERS[reader])()
    return chosen.read(prose, file=file)


def settle(reading: Reading, *, answers: Mapping[str, str], accept_defaults: bool) -> Reading:
    """The reading with its questions answered.

    Raises `StageFailed`: exit code 1 for sentences that were not understood, 2 for questions that are still open.
    """
    errors = [d for d in reading.diagnostics if d.severity is Severity.ERROR]
    if errors:
        raise StageFailed(reading.diagnostics)
    chosen = dict(answers)
    if accept_defaults:
        chosen = {q.id: q.default for q in reading.questions if q.default is not None} | chosen
    settled = reading.answered(chosen)
    if settled.questions:
        raise StageFailed([_open(q) for q in settled.questions], exit_code=2)
    return settled


def _open(question: Question) -> Diagnostic:
    return Diagnostic(
        code="AC2050",
        message=question.text,
        span=question.span.place,
        subject=question.id,
        value=question.span.text,
        help="answer with --answer ID=KEY, or take every default with --accept-defaults",
        notes=tuple(Note(message=_option(o, question)) for o in question.options),
    )


def _option(option: Option, question: Question) -> str:
    default = " (default)" if option.key == question.default else ""
    return f"{question.id}={option.key}{default}: {option.text}. {option.consequence}"


def propose(reading: Reading, hint: str) -> Plan:
    """The blueprint that the reading leads to. Raises `StageFailed` as planning does."""
    return plan(reading, hint)


def planned_decisions(prose: str | None, hint: str) -> tuple[Decision, ...]:
    """The decisions behind a blueprint that was planned from prose; none where there is no prose."""
    if prose is None:
        return ()
    reading = settle(read(prose, file="description.md"), answers={}, accept_defaults=True)
    return propose(reading, hint).decisions

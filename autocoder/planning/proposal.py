"""From prose to a proposed blueprint: reading, questions, and planning in one step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from autocoder.decisions import Decision
from autocoder.diagnostics import Diagnostic, Note, Severity, StageFailed, nearest
from autocoder.planning import left_out
from autocoder.planning.plan import Plan, plan
from autocoder.readers.context import read_context
from autocoder.readers.model.session import Session
from autocoder.readers.protocol import Option, Question, Reading
from autocoder.readers.rules.contradictions import contradictions


def read(prose: str, *, file: str, session: Session | None = None, context: Mapping[str, str] | None = None) -> Reading:
    """What the session's reader makes of the prose, the rules where none is given; what it leaves out is asked.

    Schemas in context files (name to text) add their facts. Raises `StageFailed` (AC1007, exit code 1) for a context
    file that cannot be used.
    """
    facts, refused = read_context(context or {})
    if refused:
        raise StageFailed(refused)
    reading = (session or Session()).read(prose, file=file)
    if facts:
        known = {d.message for d in reading.diagnostics}
        new = [d for d in contradictions((*facts, *reading.facts)) if d.message not in known]
        reading = replace(reading, facts=(*facts, *reading.facts), diagnostics=(*reading.diagnostics, *new))
    return left_out.asked(reading)


def answers_for(reading: Reading, *, answers: Mapping[str, str], accept_defaults: bool) -> dict[str, str]:
    """The answers that apply to this reading: those given, and the defaults where they are accepted."""
    defaults = {q.id: q.default for q in reading.questions if q.default is not None} if accept_defaults else {}
    asked = {q.id: {o.key for o in q.options} for q in reading.questions}
    return {key: value for key, value in {**defaults, **answers}.items() if value in asked.get(key, ())}


def settle(reading: Reading, answers: Mapping[str, str]) -> Reading:
    """The reading with its questions answered.

    Raises `StageFailed`: exit code 1 for sentences that were not understood, 2 for questions that are still open.
    """
    answerable = left_out.answerable(reading)
    errors = [
        d
        for d in reading.diagnostics
        if d.severity is Severity.ERROR and (d.code in {"AC1005", "AC1006", "AC1121"} or not answerable)
    ]
    settled = reading.answered(answers)
    open_ = [_open(q) for q in settled.questions]
    if errors or open_:
        raise StageFailed([*reading.diagnostics, *open_], exit_code=1 if errors else 2)
    return settled


def check_answers(reading: Reading, given: Mapping[str, str]) -> None:
    """Raises `StageFailed` (AC2053, exit code 2) for an answer to no question, or with no such option."""
    known = {q.id: [o.key for o in q.options] for q in reading.questions}
    wrong = [
        Diagnostic(
            code="AC2053",
            message=f"{key}={value} answers no open question",
            subject=key,
            value=value,
            help=nearest(value, known[key]) if key in known else nearest(key, known) or "there is no open question",
        )
        for key, value in given.items()
        if value not in known.get(key, ())
    ]
    if wrong:
        raise StageFailed(wrong, exit_code=2)


def _open(question: Question) -> Diagnostic:
    return Diagnostic(
        code="AC2050",
        message=question.text,
        span=question.span.place,
        subject=question.id,
        value=question.span.text,
        help=_how(question),
        notes=(
            *(Note(message=_option(o, question)) for o in question.options),
            *(Note(message=" ".join(q.text.split()), span=q.place) for q in question.about),
        ),
    )


def _how(question: Question) -> str:
    if not question.options:
        return "say it in the text; then ask again"
    if question.default is None:
        keys = "|".join(option.key for option in question.options)
        return f"this question has no safe default: answer it with --answer {question.id}={keys}"
    return f"answer with --answer {question.id}={question.default}, or take every default with --accept-defaults"


def _option(option: Option, question: Question) -> str:
    default = " (default)" if option.key == question.default else ""
    said = " ".join(f"{text.rstrip('.')}." for text in (option.text, option.consequence) if text)
    return f"{question.id}={option.key}{default}: {said}"


def propose(reading: Reading, hint: str) -> Plan:
    """The blueprint that the reading leads to. Raises `StageFailed` as planning does."""
    return plan(reading, hint, left_out.agreed(reading))


def planned_decisions(
    prose: str | None,
    answers: Mapping[str, str],
    hint: str,
    session: Session,
    context: Mapping[str, str] | None = None,
) -> tuple[Decision, ...]:
    """The decisions behind a blueprint that was planned from prose; none where there is no prose."""
    if prose is None:
        return ()
    reading = read(prose, file="description.md", session=session, context=context)
    return propose(settle(reading, answers_for(reading, answers=answers, accept_defaults=False)), hint).decisions

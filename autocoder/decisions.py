"""Decisions: every value that nobody stated, and what people answered, approved and waived.

Owns the decision itself and `decisions.yaml`. Pure data; refuses an unknown key, a duplicate, and an approval or
waiver without an owner.
"""

from __future__ import annotations

import hashlib
import importlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from autocoder.diagnostics import Diagnostics, Span, nearest


class Source(StrEnum):
    """Where a value came from."""

    STATED = "stated"
    DEFAULT = "default"
    INFERRED = "inferred"
    ANSWERED = "answered"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A value with its reason.

    `subject` is the dotted path of what it decides (`entities.Link.fields.owner`), `because` the reason in one
    sentence, `alternatives` what else could stand there, `consequence` what this value means for people who use or
    run the service.
    """

    subject: str
    value: str
    source: Source
    because: str
    alternatives: tuple[str, ...] = ()
    consequence: str = ""

    @property
    def id(self) -> str:
        """Key of approvals: it changes when the subject or the value does, never with the wording of the reason."""
        return hashlib.sha256(f"{self.subject}\0{self.value}".encode()).hexdigest()[:32]

    def as_data(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "id": self.id,
            "subject": self.subject,
            "value": self.value,
            "source": str(self.source),
            "because": self.because,
            "alternatives": list(self.alternatives),
            "consequence": self.consequence,
        }

    @staticmethod
    def from_data(data: dict[str, Any]) -> Decision:
        """The reverse of `as_data`. Raises `ValueError` where the id does not belong to subject and value."""
        decision = Decision(
            subject=data["subject"],
            value=data["value"],
            source=Source(data["source"]),
            because=data["because"],
            alternatives=tuple(data["alternatives"]),
            consequence=data["consequence"],
        )
        if data.get("id", decision.id) != decision.id:
            raise ValueError(f"decision {data['id']} is not about {decision.subject} = {decision.value}")
        return decision


def as_json(decisions: tuple[Decision, ...]) -> str:
    """Decisions as a JSON document, in their order."""
    return json.dumps([d.as_data() for d in decisions], indent=2, ensure_ascii=False)


# decisions.yaml: owned by people


@dataclass(frozen=True, kw_only=True)
class Approval:
    """A person's yes to a decision, by its id: it does not outlive a change of the value."""

    decision: str
    by: str
    span: Span | None = None


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """A finding that a person lets pass until a day (ISO date), with the reason."""

    rule: str
    path: str
    owner: str
    reason: str
    expires: str
    span: Span | None = None


@dataclass(frozen=True, kw_only=True)
class DecisionsFile:
    """`decisions.yaml`: answers (question id to option key), approvals, waivers; each with its place."""

    answers: Mapping[str, str] = field(default_factory=dict[str, str])
    answer_spans: Mapping[str, Span] = field(default_factory=dict[str, Span])
    approvals: tuple[Approval, ...] = ()
    waivers: tuple[Waiver, ...] = ()

    def approved(self, decision: Decision) -> bool:
        """Whether somebody approved exactly this value."""
        return any(a.decision == decision.id for a in self.approvals)


_SECTIONS = ("schema_version", "answers", "approvals", "waivers")
_APPROVAL = ("decision", "by")
_SAID = ("subject", "value")
"""What an approval may say for those who read the file; the id alone counts."""
_WAIVER = ("rule", "path", "owner", "reason", "expires")


def load(text: str, *, file: str) -> DecisionsFile:
    """Reads the text of `decisions.yaml`. Raises `StageFailed` with every mistake in it, each at its place."""
    diagnostics = Diagnostics()
    data = _parse(text, file, diagnostics)
    diagnostics.stop()
    reader = _FileReader(file=file, diagnostics=diagnostics)
    reader.keys(data, _SECTIONS, "decisions.yaml")
    answers = reader.mapping(data, "answers")
    approvals = reader.rows(data, "approvals", _APPROVAL, _SAID)
    waivers = reader.rows(data, "waivers", _WAIVER)
    for waiver, span in waivers:
        if not _is_date(waiver["expires"]):
            reader.error("expires", waiver["expires"], span, "a waiver ends on a day, written YYYY-MM-DD")
    diagnostics.stop()
    return DecisionsFile(
        answers={key: value for key, (value, _) in answers.items()},
        answer_spans={key: span for key, (_, span) in answers.items()},
        approvals=tuple(Approval(**row, span=span) for row, span in approvals),
        waivers=tuple(Waiver(**row, span=span) for row, span in waivers),
    )


def with_answers(text: str | None, answers: Mapping[str, str]) -> str:
    """The text of `decisions.yaml` with these answers; comments and everything else in it stay as they are."""
    yaml = importlib.import_module("ruamel.yaml").YAML()
    yaml.width = 120
    data: Any = (yaml.load(text) if text else None) or {}
    section: Any = data.get("answers")
    if section:
        section.update(answers)
    else:
        data["answers"] = dict(answers)
    out = io.StringIO()
    yaml.dump(data, out)
    return out.getvalue()


def with_approvals(text: str | None, decisions: Sequence[Decision], by: str) -> str:
    """The text of `decisions.yaml` with these decisions approved; an earlier approval of the same subject goes.

    Comments and everything else in it stay as they are.
    """
    yaml = importlib.import_module("ruamel.yaml").YAML()
    yaml.width = 120
    data: Any = (yaml.load(text) if text else None) or {}
    rows: Any = data.setdefault("approvals", [])
    subjects = {d.subject for d in decisions}
    for index in reversed(range(len(rows))):
        if rows[index].get("subject") in subjects:
            del rows[index]
    rows.extend({"decision": d.id, "subject": d.subject, "value": d.value, "by": by} for d in decisions)
    out = io.StringIO()
    yaml.dump(data, out)
    return out.getvalue()


def _is_mapping(node: object) -> bool:
    return isinstance(node, dict)


def _is_list(node: object) -> bool:
    return isinstance(node, list)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == len("2000-01-01")


def _parse(text: str, file: str, diagnostics: Diagnostics) -> Any:
    yaml = importlib.import_module("ruamel.yaml")
    try:
        data = yaml.YAML().load(text)
    except yaml.error.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        span = (
            Span(file=file, line=mark.line + 1, column=mark.column + 1) if mark else Span(file=file, line=1, column=1)
        )
        diagnostics.error(
            "AC2006", f"not readable as YAML: {problem.problem}", span, help="mend the YAML at this place"
        )
        return {}
    except (yaml.error.YAMLError, ValueError) as problem:
        diagnostics.error("AC2006", f"not readable as YAML: {problem}", Span(file=file, line=1, column=1))
        return {}
    if data is not None and not _is_mapping(data):
        span = Span(file=file, line=1, column=1)
        diagnostics.error("AC2006", "the file is a mapping with " + ", ".join(_SECTIONS), span)
        return {}
    return data or {}


@dataclass(frozen=True, kw_only=True)
class _FileReader:
    """Checks shapes and keeps places; ruamel's mappings carry the line and column of each key in `lc`."""

    file: str
    diagnostics: Diagnostics

    def place(self, node: Any, key: object) -> Span:
        line, column = node.lc.data[key][:2]
        return Span(file=self.file, line=line + 1, column=column + 1)

    def error(self, subject: str, value: object, span: Span, rule: str, help: str = "") -> None:
        self.diagnostics.error("AC2006", f"{subject}: {rule}", span, subject=subject, value=str(value), help=help)

    def keys(self, node: Any, known: tuple[str, ...], where: str) -> None:
        for key in node:
            if key not in known:
                rule = f"{where} has no such key"
                self.error(str(key), key, self.place(node, key), rule, nearest(str(key), known))

    def mapping(self, data: Any, section: str) -> dict[str, tuple[str, Span]]:
        rows: Any = data.get(section) or {}
        if not _is_mapping(rows):
            self.error(section, rows, self.place(data, section), "a mapping of a question's id to an option's key")
            return {}
        found: dict[str, tuple[str, Span]] = {}
        for key, value in rows.items():
            if isinstance(value, str):
                found[str(key)] = (value, self.place(rows, key))
            else:
                self.error(f"{section}.{key}", value, self.place(rows, key), "an option's key is text")
        return found

    def rows(
        self, data: Any, section: str, wanted: tuple[str, ...], also: tuple[str, ...] = ()
    ) -> list[tuple[dict[str, str], Span]]:
        rows: Any = data.get(section) or []
        found: list[tuple[dict[str, str], Span]] = []
        if not _is_list(rows):
            self.error(section, rows, self.place(data, section), "a list of mappings with " + ", ".join(wanted))
            return []
        for index, row in enumerate(rows):
            span = self.place(rows, index)
            if not _is_mapping(row):
                self.error(f"{section}[{index}]", row, span, "a mapping with " + ", ".join(wanted))
                continue
            values = self.row(row, f"{section}[{index}]", wanted, span, also)
            if values:
                found.append((values, span))
        return found

    def row(
        self, row: Any, where: str, wanted: tuple[str, ...], span: Span, also: tuple[str, ...] = ()
    ) -> dict[str, str]:
        self.keys(row, (*wanted, *also), where)
        missing = [key for key in wanted if not str(row.get(key) or "").strip()]
        for key in missing:
            self.error(f"{where}.{key}", "", span, "must not be empty")
        return {} if missing else {key: str(row[key]) for key in wanted}

"""Gate `policy`: do the rule catalogue and the blueprint's own rules hold?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from ruamel.yaml.error import YAMLError

from autocoder.diagnostics import Diagnostic, Severity, Span
from autocoder.gates.context import GateContext
from autocoder.gates.documents import value_place, yaml_documents
from autocoder.gates.verdict import Status, Verdict
from autocoder.ir.nodes import Rule
from autocoder.rules.catalogue import RULES, evaluate_design, evaluate_manifests, evaluate_source
from autocoder.rules.cel import WrongRule, design, holds, offenders

BLUEPRINT = "architecture.yaml"


@dataclass(frozen=True, kw_only=True)
class _Emitted:
    """A file as the catalogue takes it."""

    path: str
    content: bytes


@dataclass(frozen=True)
class Policy:
    """Evaluates every rule of both; a rule that cannot be evaluated has not held."""

    name: str = "policy"
    alone: bool = False

    def apply(self, context: GateContext) -> Verdict:
        """The verdict; `checks` are looks of the catalogue's rules and the blueprint's own rules."""
        files = [_Emitted(path=context.name(path), content=path.read_bytes()) for path in context.files()]
        catalogue = (
            evaluate_design(context.views, context.decided),
            evaluate_manifests(files),
            evaluate_source(files),
        )
        data, rules = design(context.views), context.views.rules
        own = [finding for rule in rules if (finding := _broken(context, rule, data))]
        findings = (*(finding for evaluation in catalogue for finding in evaluation), *own)
        failed = any(finding.severity is Severity.ERROR for finding in findings)
        looks = sum(evaluation.checks for evaluation in catalogue)
        return Verdict(
            gate=self.name,
            status=Status.FAILED if failed else Status.OK,
            checks=looks + len(rules),
            summary=f"{len(RULES)} rules of the catalogue, {len(rules)} of the blueprint",
            sandbox="none needed",
            findings=findings,
        )


def _broken(context: GateContext, rule: Rule, data: Mapping[str, Any]) -> Diagnostic | None:
    try:
        if holds(rule.expression, data):
            return None
        named = offenders(rule.expression, data)
        return Diagnostic(
            code="AC5050",
            message=f"the rule {rule.name} does not hold" + (f" for {', '.join(named)}" if named else ""),
            span=_span(context, rule, 1, 1),
            subject=f"policy.rules.{rule.name}",
            value=rule.expression,
            rule=f"rule:{rule.name} {rule.because}",
        )
    except WrongRule as wrong:
        return Diagnostic(
            code="AC5051",
            message=f"the rule {rule.name} is wrong: {wrong.message}",
            span=_span(context, rule, wrong.line, wrong.column),
            subject=f"policy.rules.{rule.name}",
            value=rule.expression,
            rule=f"rule:{rule.name}",
            help=wrong.help or "variables: " + ", ".join(data),
        )


def _span(context: GateContext, rule: Rule, line: int, column: int) -> Span | None:
    """Where that part of the rule's expression stands in the blueprint; None where the file does not have it."""
    try:
        text = (context.workspace / BLUEPRINT).read_text(encoding="utf-8")
        documents = yaml_documents(text)
        rows = cast("list[Mapping[str, Any]]", documents[0]["policy"]["rules"])
        number = next(i for i, row in enumerate(rows) if row.get("id") == rule.name)
    except (OSError, UnicodeDecodeError, YAMLError, LookupError, TypeError, StopIteration):
        return None
    return Span(file=BLUEPRINT, **_inside(text, value_place(rows[number], "expr"), rule.expression, line, column))


def _inside(text: str, start: tuple[int, int], expression: str, line: int, column: int) -> dict[str, int]:
    """Place of a position of the expression, where the file has it on one line as it is (after a quote, if any)."""
    shown = text.splitlines()[start[0] - 1]
    at = shown.find(expression, start[1] - 1)
    if line == 1 and at >= 0:
        return {"line": start[0], "column": at + column}
    return {"line": start[0], "column": start[1]}

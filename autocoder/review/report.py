"""The review of a system: what was decided and by whom, topology, coverage, findings, what it costs and carries.

One collection of data, printed for the terminal, as Markdown for a pull request, or as JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from autocoder.compilation import Compiled
from autocoder.decisions import Decision
from autocoder.diagnostics import Diagnostic
from autocoder.diagnostics.render import as_data
from autocoder.ir.nodes import Requirement
from autocoder.review.compare import Comparison
from autocoder.review.estimate import Capacity, Latency, capacities, latencies
from autocoder.review.topology import Topology
from autocoder.targets.python_service.skeletons import markdown_text


@dataclass(frozen=True, kw_only=True)
class Review:
    """Everything that a person looks at before saying yes. `approved` maps a decision's id to who approved it."""

    system: str
    decisions: tuple[Decision, ...]
    approved: Mapping[str, str]
    topology: Topology
    coverage: tuple[tuple[Requirement, tuple[str, ...]], ...]
    findings: tuple[Diagnostic, ...]
    capacities: tuple[Capacity, ...]
    latencies: tuple[Latency, ...]

    @property
    def open(self) -> tuple[Decision, ...]:
        """What nobody stated and nobody approved at this value."""
        return tuple(d for d in self.decisions if d.source != "stated" and d.id not in self.approved)

    def as_data(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "system": self.system,
            "decisions": [{**d.as_data(), "approved_by": self.approved.get(d.id)} for d in self.decisions],
            "open": [d.id for d in self.open],
            "topology": self.topology.mermaid(),
            "requirements": [
                {"id": r.name, "text": r.text, "line": r.line, "satisfied_by": list(by)} for r, by in self.coverage
            ],
            "findings": [as_data(finding) for finding in self.findings],
            "capacity": [vars(capacity) for capacity in self.capacities],
            "latency": [vars(latency) for latency in self.latencies],
        }


def review_of(compiled: Compiled, planned: tuple[Diagnostic, ...] = ()) -> Review:
    """The review of a compiled system; `planned` are the warnings of planning."""
    views = compiled.views
    return Review(
        system=f"{views.system.name} {views.system.version}",
        decisions=compiled.decisions,
        approved={a.decision: a.by for a in compiled.sources.decided.approvals},
        topology=Topology.of(views),
        coverage=tuple((r, views.satisfying(r)) for r in views.requirements),
        findings=(*planned, *compiled.warnings),
        capacities=capacities(compiled),
        latencies=latencies(compiled),
    )


# For the terminal.


def text(review: Review) -> str:
    """The review for a terminal."""
    done = [d for d in review.decisions if d.source != "stated" and d.id in review.approved]
    lines = [review.system, "", f"Decisions to approve or change ({len(review.open)})"]
    for d in review.open:
        lines.append(f"  {d.subject} = {d.value}")
        lines += [f"      {part}" for part in _reasons(d)]
    lines += ["", f"Approved ({len(done)})", *(f"  {d.subject} = {d.value}  by {review.approved[d.id]}" for d in done)]
    covered = [f"  {r.name}  {', '.join(by) or 'NOTHING SATISFIES IT'}  {r.text}" for r, by in review.coverage]
    lines += ["", f"Requirements ({len(review.coverage)})", *covered]
    lines += ["", "Topology", *(f"  {a} -> {b}  {what}" for a, b, what in review.topology.arrows)]
    lines += ["", f"Findings ({len(review.findings)})", *(f"  {f.code} {f.message}" for f in review.findings)]
    lines += ["", "Cost and capacity, estimated", *(f"  {_capacity(c)}" for c in review.capacities)]
    lines += [f"  {row.operation}: {_latency(row)}" for row in review.latencies]
    return "\n".join(lines)


def _reasons(decision: Decision) -> Iterable[str]:
    yield decision.because
    if decision.consequence:
        yield f"so: {decision.consequence}"
    if decision.alternatives:
        yield f"or: {', '.join(decision.alternatives)}"


def _capacity(c: Capacity) -> str:
    reserved = f"{c.millicores / 1000:g} cores and {c.mebibytes} MiB in {c.pods} pods"
    return f"{c.environment}: reserves {reserved}; carries about {c.carries} requests/s, {c.headroom}"


def _latency(row: Latency) -> str:
    covered = f" of {row.stated:g} ms" if row.stated is not None else ""
    return f"{row.milliseconds:g} ms{covered} ({row.path})"


# For a pull request.


def markdown(review: Review, comparison: Comparison | None = None) -> str:
    """The review as Markdown, the comparison first where there is one. Texts of people are never markup."""
    lines = [f"## {markdown_text(review.system)}", ""]
    if comparison is not None:
        lines += [*_compared(comparison), ""]
    lines += [f"### {len(review.open)} decisions to approve", ""]
    lines += _table(
        ("decision", "value", "because", "or"),
        ((d.subject, d.value, d.because, ", ".join(d.alternatives)) for d in review.open),
    )
    lines += ["", "### Requirements", ""]
    lines += _table(
        ("requirement", "text", "satisfied by"),
        ((r.name, r.text, ", ".join(by) or "nothing") for r, by in review.coverage),
    )
    lines += ["", "### Topology", "", "```mermaid", review.topology.mermaid().rstrip(), "```", ""]
    lines += [f"### {len(review.findings)} findings", ""]
    lines += [f"- `{f.code}` {markdown_text(f.message)}" for f in review.findings] or ["none"]
    lines += ["", "### Cost and capacity, estimated", ""]
    lines += [f"- {markdown_text(_capacity(c))}" for c in review.capacities]
    lines += [f"- {markdown_text(row.operation)}: {markdown_text(_latency(row))}" for row in review.latencies]
    return "\n".join(lines) + "\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [f"| {' | '.join(markdown_text(cell) for cell in row)} |" for row in rows]
    return [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}", *lines] if lines else ["none"]


def _compared(comparison: Comparison) -> list[str]:
    lines: list[str] = []
    for audience in ("clients", "data"):
        found = comparison.breaking(audience)
        lines += [f"### Breaking for {audience}: {len(found) or 'nothing'}", ""]
        lines += [f"- {markdown_text(b.subject)}: {markdown_text(b.why)}" for b in found]
        lines += [""] if found else []
    lines += [f"### {len(comparison.differences)} changes", ""]
    rows = ((d.kind, d.path, d.before, d.after) for d in comparison.differences)
    lines += _table(("", "element", "before", "after"), rows)
    files, stamped = _files(comparison)
    lines += ["", f"<details><summary>{len(files)} files would change{stamped}</summary>", ""]
    lines += [f"- {what}: {markdown_text(path)}" for path, what in files.items()]
    return [*lines, "", "</details>"]


def _files(comparison: Comparison) -> tuple[dict[str, str], str]:
    """The files that change beyond the hashes of the blueprint, and how many others do, in words."""
    files = {path: what for path, what in comparison.files.items() if what != "stamped"}
    stamped = len(comparison.files) - len(files)
    return files, f", {stamped} more in their hashes alone" if stamped else ""


def compared_text(comparison: Comparison) -> str:
    """A comparison for the terminal."""
    lines: list[str] = []
    for audience in ("clients", "data"):
        found = comparison.breaking(audience)
        lines += [f"Breaking for {audience} ({len(found)})", *(f"  {b.subject}: {b.why}" for b in found), ""]
    signs = {"added": "+", "removed": "-", "changed": "~"}
    lines.append(f"Changes ({len(comparison.differences)})")
    for d in comparison.differences:
        values = " -> ".join(value for value in (d.before, d.after) if value)
        lines.append(f"  {signs[d.kind]} {d.path}: {values}")
    files, stamped = _files(comparison)
    lines += ["", f"Files that would change ({len(files)}{stamped})"]
    lines += [f"  {signs[what]} {path}" for path, what in files.items()]
    return "\n".join(lines)

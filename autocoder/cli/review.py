"""`autocoder review`: what was decided, what it means, and what differs from an earlier version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autocoder.cli import workspace_options as workspace

if TYPE_CHECKING:
    from autocoder.review.compare import Comparison
    from autocoder.review.report import Review

FORMS = ("terminal", "markdown", "json", "mermaid", "svg")


@click.command()
@workspace.folder_argument
@click.option("--diff", "earlier", metavar="REF|FILE", help="Compare with a commit, an architecture.yaml, or a folder.")
@click.option("--format", "form", type=click.Choice(FORMS), default="terminal", show_default=True)
@click.option("--exit-code", is_flag=True, help="Exit 1 where a decision is open; with --diff where something breaks.")
def review(folder: Path | None, earlier: str | None, form: str, exit_code: bool) -> int:
    """Show what a workspace (FOLDER, else here) decides, and what that means; nothing is written.

    Decisions with their reasons and who approved them, the topology, which requirement is satisfied by what, findings,
    and an estimate of cost and capacity. `mermaid` and `svg` print the topology alone.
    """
    from autocoder.review.report import review_of

    proposal, compiled, tree = workspace.compiled(folder)
    found = review_of(compiled, proposal.plan.diagnostics if proposal.plan else ())
    comparison: Comparison | None = None
    if earlier is not None:
        from autocoder.compilation import emit
        from autocoder.review.compare import compare
        from autocoder.review.earlier import earlier as earlier_version

        before = earlier_version(proposal.sources, folder or Path(), earlier)
        comparison = compare(before, compiled, (emit(before), tree))
    click.echo(_shown(found, comparison, form), nl=False)
    fails = bool(comparison.breaks) if comparison is not None else bool(found.open)
    return 1 if exit_code and fails else 0


def _shown(found: Review, comparison: Comparison | None, form: str) -> str:
    from autocoder.review import report

    match form:
        case "json":
            data = found.as_data() | ({"comparison": comparison.as_data()} if comparison else {})
            return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
        case "markdown":
            return report.markdown(found, comparison)
        case "mermaid":
            return found.topology.mermaid()
        case "svg":
            return found.topology.svg()
        case _:
            return (report.compared_text(comparison) if comparison else report.text(found)) + "\n"

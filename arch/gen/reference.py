"""Writes the reference pages that are made from code: `python arch/gen/reference.py [--check]`."""

import dataclasses
import inspect
import sys
import typing
from pathlib import Path

from autocoder.diagnostics import CATALOGUE
from autocoder.ir import behaviour, expressions, nodes, types
from autocoder.ir.effects import EFFECTS
from autocoder.ir.functions import FUNCTIONS

ROOT = Path(__file__).resolve().parents[2]
MADE = "<!-- Made from code by arch/gen/reference.py; `autocoder gen write` makes it again. -->"


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join("---" for _ in head) + " |"]
    return [*lines, *("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows), ""]


def dataclass_rows(kinds: typing.Iterable[type]) -> list[str]:
    """A section for each class: what it is, and its fields with their types."""
    lines: list[str] = []
    for kind in kinds:
        lines += [f"### {kind.__name__}", "", inspect.getdoc(kind) or "", ""]
        rows = [(f"`{f.name}`", f"`{f.type}`") for f in dataclasses.fields(kind) if f.name != "kind"]
        lines += table(("field", "type"), rows)
    return lines


def ir_reference() -> str:
    """`ir/reference.md`."""
    lines = ["# The IR", "", MADE, "", "`schemas/ir.schema.json` is its JSON Schema.", "", "## Nodes", ""]
    lines += dataclass_rows(typing.get_args(nodes.Node))
    lines += ["## Edges", "", ", ".join(f"`{kind}`" for kind in typing.get_args(nodes.EdgeKind)), ""]
    lines += ["## Core steps", "", inspect.getdoc(behaviour) or "", ""]
    lines += dataclass_rows(typing.get_args(behaviour.Step))
    lines += ["## Effects", "", "What each verb of the language becomes.", ""]
    lines += table(("verb", "meaning"), [(f"`{v}`", inspect.getdoc(m) or "") for v, m in sorted(EFFECTS.items())])
    lines += ["## Expressions", "", inspect.getdoc(expressions) or "", ""]
    lines += dataclass_rows(typing.get_args(expressions.Expr))
    lines += ["## Types", "", inspect.getdoc(types) or "", ""]
    lines += dataclass_rows((types.Type,))
    lines += ["## Functions", ""]
    rows = [(f"`{f.usage}`", f.doc, f"`{f.example}` is `{f.value}`") for f in FUNCTIONS.values()]
    return "\n".join([*lines, *table(("function", "what it does", "for example"), rows)])


def diagnostics_reference() -> str:
    """`docs/diagnostics.md`."""
    lines = ["# Diagnostics", "", MADE, "", "`autocoder explain CODE` prints each of these.", ""]
    for code in CATALOGUE.values():
        lines += [f"## {code.code}: {code.title}", "", code.why, "", f"*What to do:* {code.fix}", ""]
        if code.example:
            lines += ["```", code.example, "```", ""]
    return "\n".join(lines)


def main() -> int:
    """Writes the pages, or says which of them would change."""
    pages = {ROOT / "ir/reference.md": ir_reference(), ROOT / "docs/diagnostics.md": diagnostics_reference()}
    stale = [path for path, text in pages.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv[1:]:
        print("\n".join(f"{path.relative_to(ROOT)} is not up to date" for path in stale), file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(exist_ok=True)
        path.write_text(pages[path], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

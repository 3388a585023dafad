"""Writes the reference pages that are made from code: `python arch/gen/reference.py [--check]`."""

import dataclasses
import inspect
import sys
import typing
from pathlib import Path

from autocoder.diagnostics import CATALOGUE
from autocoder.facts import KINDS
from autocoder.ir import behaviour, expressions, nodes, pushdown, types
from autocoder.ir.effects import EFFECTS
from autocoder.ir.functions import FUNCTIONS, OVER_CLIENTS
from autocoder.ir.operators import OPERATORS
from autocoder.readers.rules.frames import FRAMES, RUNS
from autocoder.readers.rules.lexicon import domain, verbs
from autocoder.readers.rules.lexicon.closed import RESTRICTORS
from autocoder.readers.rules.lexicon.fillers import FILLERS

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
    lines += table(("function", "what it does", "for example"), rows)
    lines += ["Of what clients write (`formula`, `predicate`):", ""]
    lines += [f"- `{usage}`" for usage in OVER_CLIENTS.values()]
    lines += ["", "## Operators", ""]
    lines += table(
        ("operator", "what it does", "for example"),
        [(f"`{o.usage}`", o.doc, f"`{o.example}` is `{o.value}`") for o in OPERATORS],
    )
    lines += ["## Over columns", "", inspect.getdoc(pushdown) or "", ""]
    rows = pushdown.OVER_COLUMNS
    asked = [(" ".join(f"`{s}`" for s in p.signs), ", ".join(p.types), p.postgresql, p.sqlite) for p in rows]
    lines += table(("operator or function", "of", "PostgreSQL", "SQLite"), asked)
    lines += ["What no database is asked, and why:", ""]
    return "\n".join([*lines, *table(("what", "why"), list(pushdown.NEVER.items()))])


READING = """\
The rules reader takes words together into phrases (noun, verb and prepositional phrases; quantities, times, bounds) and
fits frames to them: who does what to what, what a thing has, what happens when, how much of what. A frame covers every
sentence of its shape, with any of its verbs; each example below is a test. A word ends in a fact, in a filler that is
listed here, or in a report; `autocoder plan --explain` shows it sentence by sentence. What is not read as prose, but as
schema: files given with `--context` (OpenAPI, JSON Schema, SQL, a CSV header, an example in JSON).
"""


def said(gives: typing.Sequence[tuple[str, typing.Mapping[str, typing.Any]]]) -> str:
    """Facts on one line."""
    facts = []
    for kind, slots in gives:
        told = ", ".join(f"{k} {', '.join(v) if isinstance(v, tuple) else v}" for k, v in slots.items())
        facts.append(f"**{kind}** {told}")
    return "; ".join(facts) or "a question"


def reading_reference() -> str:
    """`docs/reading.md`."""
    lines = ["# What the rules reader understands", "", MADE, "", READING]
    kinds = sorted({f.kind or "exposure" for f in (*FRAMES, *RUNS) if f.example})
    for kind in kinds:
        lines += [f"## {kind.capitalize()}", "", KINDS[kind].meaning, ""]
        rows = [
            (f.name, f.example, said(f.gives)) for f in (*FRAMES, *RUNS) if f.example and (f.kind or "exposure") == kind
        ]
        lines += table(("form", "example", "facts"), rows)
    lines += ["## Lists, headings, tables", ""]
    lines += table(("form", "example"), list(LISTS))
    lines += ["## Verbs", "", "Classes of verbs; a form names classes, and any of their verbs will do.", ""]
    lines += table(("class", "verbs"), [(name, " ".join(sorted(found))) for name, found in verbs.CLASSES.items()])
    lines += [
        "Any other verb with an object is an operation too. These leave a record or change a state:",
        "",
    ]
    lines += table(("verb", "leaves a"), sorted(domain.RECORDS.items()))
    lines += table(("verb", "state"), sorted(domain.STATES.items()))
    lines += ["## Words that carry nothing", ""]
    lines += table(("rule", "words"), [(f.name, " ".join(sorted(f.words)) or "all of their kind") for f in FILLERS])
    lines += ["## Words that restrict", "", "Unread, they make a question: " + " ".join(sorted(RESTRICTORS)) + ".", ""]
    return "\n".join(lines)


LISTS = (
    ("what opens a list is read with each item", "Users can: … create notes … delete their notes"),
    ("a heading names whose fields a list has", "## Books … title (text, required) … price"),
    ("a table of fields, with the columns name, type, required, notes", "name, text, yes"),
    ("a table of endpoints, with the columns method, path, description", "GET, /books, lists all books"),
    ("a route and what it does behind a dash, who may call it in parentheses", "GET /books - list books (admin only)"),
    ("what is done, before the route", "Creating a book: POST /books. · To create a book, send POST /books."),
    ("an example in JSON below a label", 'Request: … {"title": "Emma", "pages": 474}'),
    ("of some fields at least one", "The body must include at least one of `title` and `price`."),
    ("no other fields", "No additional properties."),
    ("states in their order", "Invoice states: draft -> sent -> paid"),
    ("states, or the values of a field", "A ticket is open, in progress or closed."),
    ("values behind a label", "categories: laptop, phone, other"),
    ("roles", "roles: viewer, clerk, admin"),
    ("a user story", "As a member, I want to post messages so that others can read them."),
)


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
    pages = {
        ROOT / "ir/reference.md": ir_reference(),
        ROOT / "docs/diagnostics.md": diagnostics_reference(),
        ROOT / "docs/reading.md": reading_reference(),
    }
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

"""Context files: schemas and examples beside the prose, each parsed as what it is.

Owns which reading a file gets. Context is untrusted: it yields facts of schemas (entities, fields, types, routes) and
nothing else; text in it is never read as prose, and a file that is none of the kinds is refused with its name.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any, cast

from autocoder.diagnostics import Diagnostic, Span
from autocoder.facts import Fact, Prose
from autocoder.readers.context import ddl, documents, tables

MAX_CHARACTERS = 2_000_000
"""A larger file is not read."""


def read_context(files: Mapping[str, str]) -> tuple[tuple[Fact, ...], tuple[Diagnostic, ...]]:
    """The schema facts of files (name to text), in order of the names, and what could not be read."""
    facts: list[Fact] = []
    diagnostics: list[Diagnostic] = []
    for name, text in sorted(files.items()):
        try:
            found = list(_facts(Prose(text=text, file=name)))
        except ValueError as error:
            diagnostics.append(_refused(name, " ".join(str(error).split())[:200]))
            continue
        facts += found
        if not found:
            diagnostics.append(_refused(name, "nothing in it names an entity, a field or a route"))
    return tuple(facts), tuple(diagnostics)


def _facts(prose: Prose) -> list[Fact]:
    """The facts of one file. Raises `ValueError` for a file that is none of the kinds."""
    if len(prose.text) > MAX_CHARACTERS:
        raise ValueError(f"the file is longer than {MAX_CHARACTERS} characters")
    ending = prose.file.rpartition(".")[2].lower()
    if ending == "sql":
        return ddl.facts(prose)
    if ending in {"csv", "tsv"}:
        return tables.facts(prose)
    if ending in {"json", "yaml", "yml"}:
        return documents.facts(_document(prose.text, ending), prose)
    raise ValueError("its ending is none of .sql, .csv, .json, .yaml")


def _document(text: str, ending: str) -> dict[str, Any]:
    """A JSON or YAML document that is a mapping. Raises `ValueError`."""
    try:
        if ending == "json":
            data: object = json.loads(text)
        else:
            from ruamel.yaml import YAML
            from ruamel.yaml.error import YAMLError

            try:
                data = cast("object", YAML(typ="safe", pure=True).load(io.StringIO(text)))  # pyright: ignore[reportUnknownMemberType]
            except YAMLError as error:
                raise ValueError(str(error)) from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if isinstance(data, list) and data:
        data = cast("list[object]", data)[0]
    if not isinstance(data, dict):
        raise ValueError("it is no mapping")
    return cast("dict[str, Any]", data)


def _refused(name: str, why: str) -> Diagnostic:
    return Diagnostic(
        code="AC1007",
        message=f"the context file {name} cannot be used: {why}",
        span=Span(file=name, line=1, column=1),
        subject=name,
        rule="context is OpenAPI, JSON Schema, SQL, a CSV header, or an example in JSON",
        help="give a file of one of these kinds, or leave it out",
    )

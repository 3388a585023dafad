"""Renders diagnostics as SARIF 2.1.0, which code hosts show beside the lines. One run, every result with a place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from autocoder.diagnostics.catalogue import lookup
from autocoder.diagnostics.model import Diagnostic, Severity, Span

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(diagnostics: Sequence[Diagnostic], *, version: str, default_file: str = "", prefix: str = "") -> str:
    """The JSON document. A diagnostic without a place is shown on the first line of `default_file`, if one is given.
    `prefix` is the path from the repository, which hosts resolve against, to the folder that spans are relative to.
    """
    codes = sorted({d.code for d in diagnostics})
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "autocoder",
                "semanticVersion": version,
                "rules": [_rule(code) for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"REPOSITORY": {"description": {"text": "the repository's top folder"}}},
        "results": [_result(d, codes.index(d.code), default_file, prefix) for d in diagnostics],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _rule(name: str) -> dict[str, Any]:
    code = lookup(name)
    return {
        "id": code.code,
        "shortDescription": {"text": code.title},
        "fullDescription": {"text": code.why},
        "help": {"text": code.fix},
    }


def _result(d: Diagnostic, rule: int, default_file: str, prefix: str) -> dict[str, Any]:
    span = d.span or (Span(file=default_file, line=1, column=1) if default_file else None)
    parts = (d.message, d.rule and f"Rule: {d.rule}", d.help and f"Next: {d.help}", *(note.message for note in d.notes))
    result: dict[str, Any] = {
        "ruleId": d.code,
        "ruleIndex": rule,
        "level": _LEVELS[d.severity],
        "message": {"text": "\n".join(part for part in parts if part)},
        "partialFingerprints": {"autocoder/v1": _fingerprint(d)},
    }
    if span:
        result["locations"] = [{"physicalLocation": _location(span, prefix)}]
    related = [
        {"id": number, "physicalLocation": _location(note.span, prefix), "message": {"text": note.message}}
        for number, note in enumerate(d.notes)
        if note.span
    ]
    return result | ({"relatedLocations": related} if related else {})


def _location(span: Span, prefix: str) -> dict[str, Any]:
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    return {
        "artifactLocation": {"uri": quote(f"{prefix}{span.file}"), "uriBaseId": "REPOSITORY"},
        "region": {key: value for key, value in region.items() if value is not None},
    }


def _fingerprint(d: Diagnostic) -> str:
    """The same finding keeps its identity when lines move."""
    parts = (d.code, d.span.file if d.span else "", d.subject, d.message)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()

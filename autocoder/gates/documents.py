"""Emitted YAML, JSON and TOML: whether they can be read, each key once, and where things stand in them."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from autocoder.diagnostics import Diagnostic, Span

SUFFIXES = (".yaml", ".yml", ".json", ".toml")
_TOML_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")


def document_findings(file: str, text: str) -> list[Diagnostic]:
    """Why the document cannot be read, if it cannot; `file` says by its suffix what it is."""
    try:
        if file.endswith(".json"):
            json.loads(text, object_pairs_hook=_unique)
        elif file.endswith(".toml"):
            tomllib.loads(text)
        else:
            yaml_documents(text)
    except json.JSONDecodeError as error:
        return [_unreadable(file, error.msg, error.lineno, error.colno)]
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        return [_unreadable(file, str(error), *(map(int, place.groups()) if place else (1, 1)))]
    except MarkedYAMLError as error:
        mark, problem = cast("Any", error).problem_mark, str(cast("Any", error).problem)
        return [_unreadable(file, problem.splitlines()[0], *((mark.line + 1, mark.column + 1) if mark else (1, 1)))]
    except (YAMLError, ValueError) as error:
        return [_unreadable(file, str(error).splitlines()[0], 1, 1)]
    return []


def yaml_documents(text: str) -> list[Any]:
    """Every document of a YAML 1.2 stream, with positions kept. Raises ruamel's `YAMLError`."""
    reader = cast("Any", YAML(typ="rt", pure=True))
    return [document for document in reader.load_all(text) if document is not None]


def place(document: Any, path: Sequence[str | int]) -> tuple[int, int]:
    """Line and column of the last part of a path that is there; the document's own where none is."""
    line, column = _start(document)
    for part in path:
        if isinstance(document, CommentedMap) and part in document:
            line, column = cast("Any", document).lc.key(part)
        elif isinstance(document, CommentedSeq) and isinstance(part, int) and part < len(document):
            line, column = cast("Any", document).lc.item(part)
        else:
            break
        document = cast("Any", document)[part]
    return line + 1, column + 1


def value_place(mapping: Any, key: str) -> tuple[int, int]:
    """Line and column of the value of a key that is there."""
    line, column = mapping.lc.value(key)
    return line + 1, column + 1


def _start(document: Any) -> tuple[int, int]:
    mark = getattr(document, "lc", None)
    return (mark.line or 0, mark.col or 0) if mark else (0, 0)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        raise ValueError(f"the key {next(name for name in names if names.count(name) > 1)!r} stands twice")
    return found


def _unreadable(file: str, why: str, line: int, column: int) -> Diagnostic:
    return Diagnostic(code="AC5006", message=f"{file}: {why}", span=Span(file=file, line=line, column=column))

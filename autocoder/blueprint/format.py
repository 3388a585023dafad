"""Prints a blueprint as YAML in canonical order, and as the canonical text that hashes are taken of.

Owns layout and quoting. Printing and loading are inverse: loading the text gives an equal model, whatever stands in its
texts. Only keys that differ from their default are written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, cast

import rfc8785
from pydantic import BaseModel

from autocoder.blueprint.model import Architecture, Deployment, Effect, FieldSpec

WIDTH = 120
"""Columns that a map or list may take to stand on one line."""
SCHEMA_FOLDER = ".autocoder/schemas"
"""Where editors find the schemas, seen from the file."""

Path = tuple[str, ...]

_PLAIN = re.compile(r"=?[A-Za-z/][A-Za-z0-9_./()+*%-]*(?: [A-Za-z0-9_./()+*%-]+)*\??")
_QUANTITY = re.compile(r"[0-9]+(\.[0-9]+)?(ms|s|m|h|d|%|/s|/min|/h)|[0-9]+\.[0-9]+\.[0-9]+")
_NOT_TEXT = frozenset({"true", "false", "null"})
_WORDS = _NOT_TEXT | {"y", "n", "yes", "no", "on", "off"}
_QUOTED_KEYS = frozenset({"schema_version", "text", "because", "message"})
_INVISIBLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_BLOCKS: dict[Path, int] = {
    (): 0,
    ("requirements",): 0,
    ("entities",): 1,
    ("events",): 0,
    ("operations",): 1,
    ("handlers",): 0,
    ("components",): 0,
    ("bindings",): 0,
    ("functions",): 1,
    ("integrations",): 2,
    ("channels",): 0,
    ("environments",): 0,
}
"""Maps and lists that never stand on one line, and how many levels of their entries neither do."""


def format_architecture(model: Architecture, *, schema: str = f"{SCHEMA_FOLDER}/architecture.schema.json") -> str:
    """The text of `architecture.yaml`. `schema` is the path of its JSON Schema, seen from the file."""
    return _document(model, schema)


def format_deployment(model: Deployment, *, schema: str = f"{SCHEMA_FOLDER}/deployment.schema.json") -> str:
    """The text of `deployment.yaml`. `schema` is the path of its JSON Schema, seen from the file."""
    return _document(model, schema)


ORDERED = frozenset({"fields", "input", "set", "with", "by", "values", "compute", "headers", "given"})
"""Maps whose order shows: columns, parameters, values that build on each other. So do events and all of a `body`."""


_BODIES = {("output", "body"), ("errors", "body")}


def order_shows(path: Path) -> bool:
    """Whether the order of the keys of the map at a path is part of what the blueprint says."""
    in_body = any(pair in _BODIES for pair in pairwise(path))
    return in_body or (len(path) > 2 and path[-1] in ORDERED) or (len(path) == 2 and path[0] == "events")


def canonical(model: Architecture | Deployment) -> bytes:
    """Canonical JSON (RFC 8785) of what the model states; the order of keys, operations and so on does not show.

    A map whose order shows stands as a list of pairs, integers beyond the 53 bits that RFC 8785 has as their text.
    """
    return rfc8785.dumps(_interoperable(plain_data(model), ()))


def _interoperable(data: Any, path: Path) -> Any:
    match data:
        case bool():
            return data
        case int() if abs(data) >= 2**53:
            return str(data)
        case dict():
            entries = cast("dict[str, Any]", data).items()
            pairs = [(key, _interoperable(item, (*path, key))) for key, item in entries]
            return [list(pair) for pair in pairs] if order_shows(path) else dict(pairs)
        case list():
            return [_interoperable(item, path) for item in cast("list[Any]", data)]
        case _:
            return data


def _document(model: BaseModel, schema: str) -> str:
    lines = [f"# yaml-language-server: $schema={schema}", *block_lines(plain_data(model), (), 0)]
    return "\n".join(lines) + "\n"


# Models to data.


def plain_data(value: Any) -> Any:
    """Models as plain data: the keys that are set and differ from their default, in canonical order."""
    match value:
        case BaseModel():
            return _model_data(value)
        case dict():
            return {key: plain_data(item) for key, item in cast("dict[str, Any]", value).items()}
        case list() | tuple():
            return [plain_data(item) for item in cast("list[Any]", value)]
        case _:
            return value


def _model_data(model: BaseModel) -> Any:
    found: dict[str, Any] = {}
    for name in ordered_fields(type(model)):
        field = type(model).model_fields[name]
        value = getattr(model, name)
        if field.is_required() or value != field.get_default(call_default_factory=True):
            found[field.alias or name] = plain_data(value)
    # A field of which only the type is stated is written as that type.
    return found["type"] if isinstance(model, FieldSpec) and list(found) == ["type"] else found


def ordered_fields(model: type[BaseModel]) -> list[str]:
    """Field names in the order in which they are written: an effect's verb before what every effect may carry."""
    fields = list(model.model_fields)
    if issubclass(model, Effect):
        shared = list(reversed(Effect.model_fields))
        return [name for name in fields if name not in shared] + shared
    return fields


# Data to lines.


def entry_text(key: str, value: Any, path: Path, indent: int) -> str:
    """A key with its value as it is written at an indent; `path` is that of the value, without positions in lists.

    The first line is not indented: it continues the line that it is put into.
    """
    return "\n".join(_entry(f"{' ' * indent}{_key(key)}:", value, path, indent)).lstrip(" ")


def item_text(value: Any, path: Path, indent: int) -> str:
    """An item of a list in block style, its dash at `indent`; the first line is not indented."""
    return "\n".join(block_lines([value], path, indent)).lstrip(" ")


def block_lines(data: Any, path: Path, indent: int) -> Iterator[str]:
    """Lines of a map or list in block style."""
    space = " " * indent
    if isinstance(data, dict):
        for key, value in cast("dict[str, Any]", data).items():
            yield from _entry(f"{space}{_key(key)}:", value, (*path, key), indent)
        return
    for item in data:
        inline = on_one_line(item, path)
        if len(space) + 2 + len(inline) <= WIDTH or not isinstance(item, dict | list) or not item:
            yield f"{space}- {inline}"
        else:
            first, *rest = block_lines(item, (*path, ""), indent + 2)
            yield f"{space}- {first.lstrip()}"
            yield from rest


def _entry(start: str, value: Any, path: Path, indent: int) -> Iterator[str]:
    inline = on_one_line(value, path)
    empty = not isinstance(value, dict | list) or not value
    if empty or (not _in_block(value, path) and len(start) + 1 + len(inline) <= WIDTH):
        yield f"{start} {inline}"
    else:
        yield start
        yield from block_lines(value, path, indent + 2)


def _in_block(value: Any, path: Path) -> bool:
    """Whether a map or list takes several lines however short it is."""
    if isinstance(value, list) and path[-1:] == ("effects",):
        return len(cast("list[Any]", value)) > 1
    return any(_BLOCKS.get(path[:cut], -1) >= len(path) - cut for cut in range(len(path) + 1))


def on_one_line(data: Any, path: Path) -> str:
    """The value on one line."""
    if isinstance(data, dict):
        entries = cast("dict[str, Any]", data).items()
        return "{" + ", ".join(f"{_key(key)}: {on_one_line(value, (*path, key))}" for key, value in entries) + "}"
    if isinstance(data, list):
        return "[" + ", ".join(on_one_line(item, path) for item in cast("list[Any]", data)) + "]"
    return _scalar(data, quoted=path[-1:] != () and path[-1] in _QUOTED_KEYS)


def _key(key: str) -> str:
    """Keys are names, so `on` and `no` need no quotes under YAML 1.2."""
    return key if re.fullmatch("[A-Za-z_][A-Za-z0-9_-]*", key) and key.lower() not in _NOT_TEXT else _scalar(key)


def _scalar(value: Any, *, quoted: bool = False) -> str:
    if isinstance(value, str) and not quoted and _stays_text(value):
        return value
    text = json.dumps(value, ensure_ascii=False)
    return _INVISIBLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _stays_text(text: str) -> bool:
    """Whether unquoted text is read back as the same text, by YAML 1.1 readers too, wherever it stands."""
    if _QUANTITY.fullmatch(text):
        return True
    return bool(_PLAIN.fullmatch(text)) and text.lower() not in _WORDS

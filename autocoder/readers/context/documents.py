"""JSON and YAML documents: OpenAPI, JSON Schema, or an example of a request or response."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from autocoder.facts import Fact, Prose
from autocoder.readers.context.schema_facts import GIVEN, TYPES, fact, field_words, quote, words_of

DOES = {"get": "read", "post": "create", "put": "update", "patch": "update", "delete": "delete"}
"""HTTP method to what it does to rows."""


def facts(data: Mapping[str, Any], prose: Prose) -> list[Fact]:
    """The facts of a document, by what it is."""
    if "openapi" in data or "swagger" in data:
        return list(_openapi(data, prose))
    name = prose.file.rpartition("/")[2].rpartition(".")[0]
    if "properties" in data or "$schema" in data:
        name = str(data.get("title") or name)
        definitions = {**_mapping(data, "$defs"), **_mapping(data, "definitions")}
        named = {name: data, **definitions} if "properties" in data else definitions
        return [f for key, schema in named.items() for f in _schema(str(key), schema, prose)]
    return list(_example(name, data, prose))


def _mapping(data: object, key: str) -> Mapping[str, Any]:
    found = cast("Mapping[str, Any]", data).get(key) if isinstance(data, dict) else None
    return cast("Mapping[str, Any]", found) if isinstance(found, dict) else {}


def _openapi(data: Mapping[str, Any], prose: Prose) -> Iterator[Fact]:
    schemas = _mapping(_mapping(data, "components"), "schemas") or _mapping(data, "definitions")
    for name, schema in schemas.items():
        yield from _schema(str(name), schema, prose)
    for path, methods in _mapping(data, "paths").items():
        told: Mapping[str, Any] = cast("Mapping[str, Any]", methods) if isinstance(methods, dict) else {}
        for method in told:
            does = DOES.get(str(method).lower())
            if does:
                yield _route(str(path), str(method).upper(), does, prose)


def _route(path: str, method: str, does: str, prose: Prose) -> Fact:
    """A route; its object is the noun that the path is made of."""
    fixed = [p for p in path.split("/") if p and "{" not in p]
    ends = path.rstrip("/").endswith("}")
    return fact(
        "operation",
        quote(prose, path),
        {
            "method": method,
            "path": path,
            "verb": "list" if does == "read" and not ends else does,
            "does": "list" if does == "read" and not ends else does,
            "object": words_of(fixed[-1]) if fixed else None,
        },
    )


def _schema(name: str, schema: object, prose: Prose) -> Iterator[Fact]:
    """An object schema as an entity with its fields; any other schema is none."""
    properties = _mapping(schema, "properties")
    if not properties:
        return
    entity, place = words_of(name), quote(prose, name)
    required = cast("Mapping[str, Any]", schema).get("required")
    must = {str(r) for r in cast("list[object]", required)} if isinstance(required, list) else set[str]()
    yield fact("entity", place, {"name": entity})
    for key, value in properties.items():
        if str(key).lower() not in GIVEN:
            yield from _property(entity, str(key), value, str(key) in must, prose, place.start)


def _property(entity: str, key: str, value: object, required: bool, prose: Prose, after: int) -> Iterator[Fact]:
    place = quote(prose, key, after)
    told: Mapping[str, Any] = cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}
    reference = str(told.get("$ref", ""))
    if reference:
        yield fact("relation", place, {"entity": entity, "to": words_of(reference.rpartition("/")[2]), "role": key})
        return
    enum = told.get("enum")
    values = tuple(str(v) for v in cast("list[object]", enum)) if isinstance(enum, list) else ()
    low, high = told.get("minimum", told.get("minLength")), told.get("maximum", told.get("maxLength"))
    yield fact(
        "field",
        place,
        {
            "of": entity,
            "name": field_words(key),
            "type": "enum" if values else _type(told),
            "required": required,
            "values": values,
            "min": _number(low),
            "max": _number(high),
            "read_only": True if told.get("readOnly") is True else None,
        },
    )


def _number(value: object) -> str | None:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _type(told: Mapping[str, Any], depth: int = 0) -> str:
    kinds: Any = told.get("type", "string")
    kind = (
        next((str(k) for k in cast("list[object]", kinds) if k != "null"), "string")
        if isinstance(kinds, list)
        else str(kinds)
    )
    if kind == "array":
        items = told.get("items")
        if depth:
            return "json"
        inner = _type(cast("Mapping[str, Any]", items), 1) if isinstance(items, dict) else "text"
        return f"list of {inner}"
    return TYPES.get(str(told.get("format", "")), "") or TYPES.get(kind, "json")


def _example(name: str, data: Mapping[str, Any], prose: Prose) -> Iterator[Fact]:
    """An example: its keys are fields, its values only tell their types."""
    entity = words_of(name)
    yield fact("entity", prose.quote(0, 1), {"name": entity})
    for key, value in data.items():
        if str(key).lower() not in GIVEN:
            yield fact(
                "field", quote(prose, str(key)), {"of": entity, "name": field_words(str(key)), "type": _kind(value)}
            )


def _kind(value: object) -> str:
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "decimal"
        case list():
            first = next(iter(cast("list[object]", value)), "")
            return "json" if isinstance(first, list | dict) else f"list of {_kind(first)}"
        case dict():
            return "json"
        case _:
            return "text"

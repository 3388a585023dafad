"""JSON Schemas of the blueprint's files, generated from the models. Editors check and complete with them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from autocoder.blueprint.model import SCHEMA_VERSION, Architecture, Deployment

MODELS: Mapping[str, type[BaseModel]] = {"architecture": Architecture, "deployment": Deployment}
"""Schema name to model. The file of a schema is `<name>.schema.json`."""


def schema_text(schema: Mapping[str, Any]) -> str:
    """A schema as the text of its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def json_schema(name: str) -> dict[str, Any]:
    """The schema of `architecture` or `deployment`. Raises `KeyError` for another name."""
    model = MODELS[name]
    schema = model.model_json_schema(by_alias=True, schema_generator=_Generator)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://autocoder.dev/schemas/{name}.schema.json",
        "$comment": f"schema_version {SCHEMA_VERSION}",
        "title": f"{name}.yaml",
        "description": schema.pop("description"),
        **{key: value for key, value in schema.items() if key != "title"},
    }


class _Generator(GenerateJsonSchema):
    """Leaves out titles, which repeat the key, and the defaults that only say that nothing is set."""

    def generate(self, schema: Any, mode: Any = "validation") -> dict[str, Any]:
        return cast("dict[str, Any]", _trimmed(super().generate(schema, mode)))


def _trimmed(value: Any) -> Any:
    match value:
        case dict():
            found = cast("dict[str, Any]", value)
            closed = {"additionalProperties": False} if "patternProperties" in found else {}
            return {key: _trimmed(item) for key, item in found.items() if not _noise(key, item)} | closed
        case list():
            return [_trimmed(item) for item in cast("list[Any]", value)]
        case _:
            return value


def _noise(key: str, value: Any) -> bool:
    return (key == "title" and isinstance(value, str)) or (key == "default" and value in (None, {}, []))

"""The IR on disk: canonical JSON (RFC 8785) and back. Unknown fields and newer versions are refused, never dropped."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import rfc8785
from pydantic import ConfigDict, TypeAdapter, ValidationError

from autocoder.diagnostics import Diagnostic, StageFailed
from autocoder.ir import nodes
from autocoder.ir.graph import Graph

IR_VERSION = 1
"""Raised whenever the shape of a node or step changes."""


@cache
def _adapter() -> TypeAdapter[Any]:
    _forbid_unknown_fields()
    return TypeAdapter(tuple[list[nodes.Node], list[nodes.Edge]])


def _forbid_unknown_fields() -> None:
    from autocoder.ir import behaviour, expressions, types

    for module in (nodes, behaviour, expressions, types):
        for value in vars(module).values():
            if isinstance(value, type) and hasattr(value, "__dataclass_fields__"):
                value.__pydantic_config__ = ConfigDict(extra="forbid", strict=False)  # pyright: ignore[reportAttributeAccessIssue] # read by pydantic


def as_data(graph: Graph, source: Mapping[str, str]) -> dict[str, Any]:
    """The graph as JSON-ready data with its own hash. `source` maps each input to its sha256."""
    listed: list[Any] = _adapter().dump_python((list(graph), list(graph.edges())), mode="json")
    data: dict[str, Any] = {
        "ir_version": IR_VERSION,
        "source": dict(source),
        "nodes": listed[0],
        "edges": listed[1],
    }
    return {**data, "sha256": hashlib.sha256(rfc8785.dumps(data)).hexdigest()}


def write(graph: Graph, source: Mapping[str, str]) -> bytes:
    """The bytes of `ir.v1.json`."""
    return rfc8785.dumps(as_data(graph, source))


def fingerprint(graph: Graph) -> str:
    """The sha256 (hex) of the graph alone, whatever it was compiled from."""
    return str(as_data(graph, {})["sha256"])


def read(data: bytes, *, file: str = "generated/ir.v1.json") -> tuple[Graph, dict[str, str]]:
    """The graph and its sources. Raises `StageFailed` for anything that is not exactly an IR of this version."""
    try:
        document = json.loads(data)
        version = document["ir_version"]
        if version != IR_VERSION:
            raise _refused("AC3190", file, f"ir_version {version} is not {IR_VERSION}", str(version))
        body = {key: value for key, value in document.items() if key != "sha256"}
        if document["sha256"] != hashlib.sha256(rfc8785.dumps(body)).hexdigest():
            raise _refused("AC3191", file, "the IR was changed after it was written: its sha256 does not match")
        if body.keys() != {"ir_version", "source", "nodes", "edges"}:
            raise _refused("AC3192", file, f"unknown or missing keys: {', '.join(sorted(body))}")
        listed, edges = _adapter().validate_python((body["nodes"], body["edges"]))
        return Graph.of(listed, edges), dict(body["source"])
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError) as error:
        raise _refused("AC3192", file, f"not an IR: {str(error).splitlines()[0]}") from error


def _refused(code: str, file: str, message: str, value: str | None = None) -> StageFailed:
    return StageFailed([Diagnostic(code=code, message=message, subject=file, value=value)])


def json_schema() -> dict[str, Any]:
    """The JSON Schema of `ir.v1.json`."""
    found = _adapter().json_schema(mode="serialization")
    nodes_schema, edges_schema = found["prefixItems"]
    digest = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "autocoder IR, version 1",
        "description": "A compiled system: typed nodes and edges. Written by autocoder, never by hand.",
        "type": "object",
        "additionalProperties": False,
        "required": ["ir_version", "source", "nodes", "edges", "sha256"],
        "properties": {
            "ir_version": {"const": IR_VERSION},
            "source": {"type": "object", "additionalProperties": digest, "description": "sha256 of each input."},
            "nodes": nodes_schema,
            "edges": edges_schema,
            "sha256": {**digest, "description": "Of the canonical JSON of everything else."},
        },
        "$defs": found["$defs"],
    }

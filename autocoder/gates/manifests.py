"""Emitted Kubernetes manifests against the API's published schemas, in every version that the bundle supports.

Refuses a kind that it has no schema for: what cannot be checked has not been.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import kubernetes_validate
from jsonschema import Draft202012Validator, ValidationError

from autocoder.diagnostics import Diagnostic, Span
from autocoder.gates.custom_resources import SCHEMAS
from autocoder.gates.documents import place

_BUILD_GROUP = "kustomize.config.k8s.io/"


def is_manifest(document: Any) -> bool:
    """Whether a document is a Kubernetes object (kustomize's own files are not: no cluster sees them)."""
    if not isinstance(document, dict):
        return False
    fields = cast("Mapping[str, Any]", document)
    version = fields.get("apiVersion")
    return "kind" in fields and isinstance(version, str) and not version.startswith(_BUILD_GROUP)


def manifest_findings(file: str, document: Mapping[str, Any], versions: Sequence[str]) -> list[Diagnostic]:
    """What is wrong with one object; the same fault in several versions is told once."""
    found: dict[str, Diagnostic] = {}
    own = SCHEMAS.get((document["apiVersion"], str(document["kind"])))
    if own:
        errors = cast("Any", Draft202012Validator(own)).iter_errors(document)
        return [_misfit(file, document, error, "custom") for error in errors]
    for version in versions:
        for finding in _against(file, document, version):
            found.setdefault(finding.message, finding)
    return list(found.values())


def _against(file: str, document: Mapping[str, Any], version: str) -> Iterator[Diagnostic]:
    try:
        kubernetes_validate.validate(dict(document), version, strict=True)
    except kubernetes_validate.ValidationError as error:
        yield _misfit(file, document, error, version)
    except (kubernetes_validate.SchemaNotFoundError, kubernetes_validate.InvalidSchemaError) as error:
        line, column = place(document, ["kind"])
        yield Diagnostic(
            code="AC5007",
            message=f"{document['kind']} {_name(document)}: {error.message}",
            span=Span(file=file, line=line, column=column),
            value=f"{document['apiVersion']}/{document['kind']}",
            rule="kubernetes:known-kind what has no schema cannot be checked",
        )


def _misfit(file: str, document: Mapping[str, Any], error: ValidationError, version: str) -> Diagnostic:
    path = list(error.absolute_path)
    dotted = ".".join(str(part) for part in path)
    line, column = place(document, path)
    return Diagnostic(
        code="AC5007",
        message=f"{document['kind']} {_name(document)}: {dotted or 'the object'}: {error.message[:300]}",
        span=Span(file=file, line=line, column=column),
        subject=dotted,
        rule=f"kubernetes:schema {version}",
    )


def _name(document: Mapping[str, Any]) -> str:
    metadata = document.get("metadata")
    return str(cast("Mapping[str, Any]", metadata).get("name", "")) if isinstance(metadata, dict) else ""

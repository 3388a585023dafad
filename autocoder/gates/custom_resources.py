"""Schemas of the custom resources that are emitted; the API's published schemas do not know them.

Each is a closed part of the resource's own definition: it accepts only fields that the definition has, and only those
that are emitted, so that what fits here fits the cluster's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_DURATION: Schema = {"type": "string", "pattern": r"^(0|([0-9]+(y|w|d|h|m|s|ms))+)$"}
_TEXTS: Schema = {"type": "object", "additionalProperties": _TEXT}


def _closed(required: tuple[str, ...], **properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def _list(item: Schema) -> Schema:
    return {"type": "array", "items": item}


_METADATA = _closed(("name",), name=_TEXT, namespace=_TEXT, labels=_TEXTS, annotations=_TEXTS)
_RELABELING = _closed(
    (),
    action={"enum": ["replace", "keep", "drop", "labelmap", "labeldrop", "labelkeep"]},
    regex=_TEXT,
    replacement=_TEXT,
    separator=_TEXT,
    sourceLabels=_list(_TEXT),
    targetLabel=_TEXT,
)
_ENDPOINT = _closed(
    ("port",), port=_TEXT, path=_TEXT, interval=_DURATION, scrapeTimeout=_DURATION, relabelings=_list(_RELABELING)
)
_SELECTOR = _closed((), matchLabels=_TEXTS)
_ALERT = _closed(("alert", "expr"), alert=_TEXT, expr=_TEXT, **{"for": _DURATION}, labels=_TEXTS, annotations=_TEXTS)
_RULES = _closed(("name", "rules"), name=_TEXT, interval=_DURATION, rules=_list(_ALERT))


def _resource(version: str, kind: str, spec: Schema) -> tuple[tuple[str, str], Schema]:
    schema = _closed(
        ("apiVersion", "kind", "metadata", "spec"),
        apiVersion={"const": version},
        kind={"const": kind},
        metadata=_METADATA,
        spec=spec,
    )
    return (version, kind), schema


SCHEMAS: Mapping[tuple[str, str], Schema] = dict(
    (
        _resource(
            "monitoring.coreos.com/v1",
            "PodMonitor",
            _closed(("selector", "podMetricsEndpoints"), selector=_SELECTOR, podMetricsEndpoints=_list(_ENDPOINT)),
        ),
        _resource("monitoring.coreos.com/v1", "PrometheusRule", _closed(("groups",), groups=_list(_RULES))),
    )
)
"""Group with version, and kind, to its schema."""

"""Where Prometheus finds the metrics: every pod of the system, because workers have no service to ask through."""

from __future__ import annotations

from typing import Any

from autocoder.targets.kubernetes.metadata import Namer
from autocoder.targets.runtime import METRICS

SYSTEM_LABEL = "system"
"""The label that tells this system's series from others."""


def pod_monitor(namer: Namer) -> dict[str, Any]:
    """The PodMonitor of the system."""
    label = {"action": "replace", "targetLabel": SYSTEM_LABEL, "replacement": namer.system}
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PodMonitor",
        "metadata": namer.metadata(namer.system),
        "spec": {
            "selector": {"matchLabels": namer.selector()},
            "podMetricsEndpoints": [
                {"port": "management", "path": METRICS, "interval": "15s", "relabelings": [label]},
            ],
        },
    }

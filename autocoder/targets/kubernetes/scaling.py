"""What a workload with several replicas gets: an autoscaler and a disruption budget."""

from __future__ import annotations

from typing import Any

from autocoder.bundles.bundle import Autoscaling
from autocoder.ir.nodes import Workload
from autocoder.targets.kubernetes.metadata import Namer

Data = dict[str, Any]


def disruption_budget(namer: Namer, workload: Workload) -> Data:
    """At most one replica is taken down at a time by maintenance."""
    component = namer.component(workload)
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": namer.metadata(namer.of(workload), component),
        "spec": {"maxUnavailable": 1, "selector": {"matchLabels": namer.selector(component)}},
    }


def autoscaler(namer: Namer, workload: Workload, replicas: int, autoscaling: Autoscaling) -> Data:
    """Keeps at least the stated replicas, and adds more under load."""
    utilization = {"type": "Utilization", "averageUtilization": autoscaling.cpu_percent}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": namer.metadata(namer.of(workload), namer.component(workload)),
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": namer.of(workload)},
            "minReplicas": replicas,
            "maxReplicas": replicas * autoscaling.max_factor,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": utilization}}],
        },
    }

"""Scraping and alerts: a PodMonitor, and a PrometheusRule whose numbers are the blueprint's own objectives.

Both are custom resources, so they stand apart from the manifests that every cluster accepts. Refuses an alert on a
number that nobody stated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from autocoder.bundles import Bundle
from autocoder.ir.views import Views
from autocoder.targets.kubernetes import clustered, kustomize
from autocoder.targets.kubernetes.metadata import Namer
from autocoder.targets.observability import alerts, logs, scraping
from autocoder.targets.stamp import Stamp
from autocoder.targets.tree import Tree
from autocoder.targets.yaml_text import dump

FOLDER = "deployments/observability"


@dataclass(frozen=True, kw_only=True)
class Observability:
    """Emits what a Prometheus operator in the cluster reads."""

    name: ClassVar[str] = "observability"

    def apply(self, views: Views, bundle: Bundle, stamp: Stamp) -> Tree:
        """The files below `deployments/observability`; none where no environment runs in a cluster."""
        del bundle
        namer, tree = Namer(views=views, stamp=stamp), Tree()
        deployed = clustered(views)
        if deployed:
            objects = {"pod-monitor": scraping.pod_monitor(namer), "prometheus-rule": alerts.prometheus_rule(namer)}
            sources = ("objectives", *(budget.id for budget in views.budgets.values()))
            kustomize.write(tree, f"{FOLDER}/base", objects, sources=sources)
        for environment in deployed:
            extra: dict[str, Any] = {"namespace": namer.namespace(environment)}
            folder = f"{FOLDER}/overlays/{environment.name}"
            if patch := alerts.environment_patch(namer, environment):
                extra["patches"] = [{"path": "objectives-patch.yaml", "target": {"kind": "PrometheusRule"}}]
                tree.text(f"{folder}/objectives-patch.yaml", dump(patch), sources=(environment.id, "objectives"))
            objects = {"log-retention": logs.retention(namer, environment)} if environment.log_retention_us else {}
            kustomize.write(tree, folder, objects, sources=(environment.id,), below=["../../base"], extra=extra)
        return tree

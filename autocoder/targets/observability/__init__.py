"""Scraping and alerts: a PodMonitor, and a PrometheusRule whose numbers are the blueprint's own objectives.

Both are custom resources, so they stand apart from the manifests that every cluster accepts. Refuses an alert on a
number that nobody stated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from autocoder.bundles import Bundle
from autocoder.ir.views import Views
from autocoder.targets.kubernetes import clustered, kustomize
from autocoder.targets.kubernetes.metadata import Namer
from autocoder.targets.observability import alerts, scraping
from autocoder.targets.stamp import Stamp
from autocoder.targets.tree import Tree

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
            extra = {"namespace": namer.namespace(environment)}
            folder = f"{FOLDER}/overlays/{environment.name}"
            kustomize.write(tree, folder, {}, sources=(environment.id,), below=["../../base"], extra=extra)
        return tree

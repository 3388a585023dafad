"""Names, labels and annotations of Kubernetes objects. Refuses nothing: a rule checks that the names are valid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autocoder.ir.nodes import Environment, Workload
from autocoder.ir.views import Views
from autocoder.targets.stamp import Stamp


@dataclass(frozen=True, kw_only=True)
class Namer:
    """Names the objects of one system."""

    views: Views
    stamp: Stamp

    @property
    def system(self) -> str:
        """The system's name, that every object starts with."""
        return self.views.system.name

    def namespace(self, environment: Environment) -> str:
        """Each environment has a namespace, so that two of them can share a cluster."""
        return f"{self.system}-{environment.name}"

    def component(self, workload: Workload) -> str:
        """A workload's name as a DNS label."""
        return workload.name.replace("_", "-")

    def of(self, workload: Workload) -> str:
        """The name of a workload's objects."""
        return f"{self.system}-{self.component(workload)}"

    def selector(self, component: str = "") -> Mapping[str, str]:
        """The labels that pods are selected by; they never change, because a selector may not."""
        labels = {"app.kubernetes.io/name": self.system}
        return labels | {"app.kubernetes.io/component": component} if component else labels

    def metadata(self, name: str, component: str = "", annotations: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The metadata of an object."""
        labels = {
            **self.selector(component),
            "app.kubernetes.io/part-of": self.system,
            "app.kubernetes.io/version": self.views.system.version,
            "app.kubernetes.io/managed-by": "autocoder",
        }
        return {"name": name, "labels": labels, "annotations": {**self.stamp.annotations, **(annotations or {})}}

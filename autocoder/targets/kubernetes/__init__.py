"""The Kubernetes manifests of a system: a kustomize base, and an overlay for each environment that a cluster can run.

Objects are plain data until the end. Refuses to write a secret's value, a service account token into a pod, or an
environment whose store is a file (SQLite is one process's database; compose runs that).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from autocoder.bundles import Bundle
from autocoder.ir.nodes import Environment, Workload
from autocoder.ir.views import Views
from autocoder.targets.kubernetes import admission, kustomize, network, prerequisites, scaling, workloads
from autocoder.targets.kubernetes.kustomize import Objects
from autocoder.targets.kubernetes.metadata import Namer
from autocoder.targets.runtime import BROKER_PORTS, CACHE_PORT, OTLP_PORT, STORE_PORT, Runtime
from autocoder.targets.stamp import Stamp
from autocoder.targets.tree import Tree
from autocoder.targets.yaml_text import dump

FOLDER = "deployments/kubernetes"


@dataclass(frozen=True, kw_only=True)
class Kubernetes:
    """Emits base, overlays, the admission policy, and the list of what a cluster must have before."""

    name: ClassVar[str] = "kubernetes"

    def apply(self, views: Views, bundle: Bundle, stamp: Stamp) -> Tree:
        """The files below `deployments/kubernetes`; none where no environment has a store that a cluster can run."""
        runtime, namer, tree = Runtime(views=views), Namer(views=views, stamp=stamp), Tree()
        deployed = clustered(views)
        if not deployed:
            return tree
        common = base(runtime, namer)
        workloads_ = tuple(w.id for w in views.workloads)
        kustomize.write(tree, f"{FOLDER}/base", common, sources=workloads_, own=_own(common, namer))
        for environment in deployed:
            objects = overlay(runtime, namer, environment, bundle)
            extra = {
                "namespace": namer.namespace(environment),
                "labels": [{"pairs": {f"{stamp.prefix}/environment": environment.name}, "includeSelectors": False}],
                "patches": [
                    {"path": "environment-patch.yaml", "target": {"kind": kind}}
                    for kind in sorted({o["kind"] for o in common.values()} & {"Deployment", "Job"})
                ]
                + [
                    {"path": _size_patch(namer, w), "target": {"kind": "Deployment", "name": namer.of(w)}}
                    for w in views.workloads
                    if w.name in dict(environment.tiers)
                ],
            }
            folder = f"{FOLDER}/overlays/{environment.name}"
            below = ["../../base"]
            own = {name: (environment.id, *ids) for name, ids in _own(objects, namer).items()}
            kustomize.write(tree, folder, objects, sources=(environment.id,), own=own, below=below, extra=extra)
            patch = workloads.environment_patch(runtime, namer, environment)
            tree.text(f"{folder}/environment-patch.yaml", dump(patch), sources=(environment.id,))
            for workload in views.workloads:
                if tier := dict(environment.tiers).get(workload.name):
                    sized = dump(workloads.size_patch(bundle.tiers[tier]))
                    tree.text(f"{folder}/{_size_patch(namer, workload)}", sized, sources=(environment.id, workload.id))
        policy = {
            "validating-admission-policy": admission.policy(namer),
            "validating-admission-policy-binding": admission.binding(namer, deployed),
        }
        kustomize.write(tree, f"{FOLDER}/admission", policy, sources=tuple(e.id for e in deployed))
        tree.text(f"{FOLDER}/PREREQUISITES.md", prerequisites.text(runtime, namer, deployed))
        return tree


def _size_patch(namer: Namer, workload: Workload) -> str:
    return f"resources-patch-{namer.component(workload)}.yaml"


def _own(objects: Objects, namer: Namer) -> dict[str, tuple[str, ...]]:
    """The objects of one workload, with its node."""
    ends = {f"-{namer.component(w)}": (w.id,) for w in namer.views.workloads}
    return {name: ids for name in objects for end, ids in ends.items() if name.endswith(end)}


def clustered(views: Views) -> tuple[Environment, ...]:
    """The environments that a cluster can run: those whose store is no file."""
    stores = Runtime(views=views).stores
    return tuple(e for e in views.environments if e.store != "sqlite" or not stores)


def base(runtime: Runtime, namer: Namer) -> Objects:
    """What is the same in every environment."""
    objects: dict[str, Mapping[str, Any]] = {
        "service-account": workloads.service_account(namer),
        "network-policy-default-deny": network.default_deny(namer),
        "network-policy-dns": network.dns(namer),
        "network-policy-metrics": network.metrics(namer),
    }
    if runtime.stores:
        objects["network-policy-database"] = network.egress(namer, "database", STORE_PORT)
        objects["job-migrate"] = workloads.migration(runtime, namer)
    if runtime.files:
        objects["persistent-volume-claim-files"] = workloads.files_claim(namer)
    if runtime.broker:
        objects["network-policy-broker"] = network.egress(namer, "broker", BROKER_PORTS[runtime.broker])
    if "tracing" in runtime.views.capabilities:
        objects["network-policy-tracing"] = network.egress(namer, "tracing", OTLP_PORT)
    if runtime.cache:
        objects["network-policy-cache"] = network.egress(namer, "cache", CACHE_PORT)
    for workload in runtime.views.workloads:
        objects[f"deployment-{namer.component(workload)}"] = workloads.deployment(runtime, namer, workload)
        if workload.port:
            objects[f"service-{namer.component(workload)}"] = network.service(namer, workload)
    return objects


def overlay(runtime: Runtime, namer: Namer, environment: Environment, bundle: Bundle) -> Objects:
    """What one environment adds to the base."""
    objects: dict[str, Mapping[str, Any]] = {
        "namespace": workloads.namespace(namer, environment),
        "config-map": workloads.config_map(runtime, namer, environment),
    }
    if ports := runtime.outside_ports(environment):
        objects["network-policy-outside"] = network.egress(namer, "outside", *ports)
    for workload in runtime.views.workloads:
        component = namer.component(workload)
        if workload.port:
            objects[f"network-policy-{component}"] = network.http(namer, workload, environment)
            if environment.host:
                objects[f"ingress-{component}"] = network.ingress(namer, workload, environment)
        replicas = runtime.views.replicas(environment, workload)
        if replicas > 1:
            objects[f"pod-disruption-budget-{component}"] = scaling.disruption_budget(namer, workload)
            objects[f"autoscaler-{component}"] = scaling.autoscaler(namer, workload, replicas, bundle.autoscaling)
    return objects

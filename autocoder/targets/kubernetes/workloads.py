"""Pods and what they need: deployments, the migration job, the service account, namespace and configuration."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from autocoder.bundles.bundle import Tier
from autocoder.ir.nodes import Environment, Workload
from autocoder.targets.kubernetes.metadata import Namer
from autocoder.targets.runtime import FILES_FOLDER, LIVE, MANAGEMENT_PORT, READY, USER_ID, Runtime

Data = dict[str, Any]

CONTAINER = "service"
FILES_SIZE = "10Gi"
"""What is asked for where files are kept; a kustomization of the owner may ask for more."""


def namespace(namer: Namer, environment: Environment) -> Data:
    """The environment's namespace, held to the Pod Security standard "restricted"."""
    metadata = namer.metadata(namer.namespace(environment))
    for mode in ("enforce", "audit", "warn"):
        metadata["labels"][f"pod-security.kubernetes.io/{mode}"] = "restricted"
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def service_account(namer: Namer) -> Data:
    """An identity without any right: the service never talks to the cluster."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": namer.metadata(namer.system),
        "automountServiceAccountToken": False,
    }


def config_map(runtime: Runtime, namer: Namer, environment: Environment) -> Data:
    """The variables of an environment that are no secrets."""
    values = {v.name: v.value for v in runtime.variables(environment) if not v.secret}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": namer.metadata(namer.system), "data": values}


def deployment(runtime: Runtime, namer: Namer, workload: Workload) -> Data:
    """A workload's deployment. The number of replicas is left to the autoscaler, or is one."""
    component = namer.component(workload)
    ports = [{"name": "management", "containerPort": MANAGEMENT_PORT, "protocol": "TCP"}]
    if workload.port:
        ports.insert(0, {"name": "http", "containerPort": workload.port, "protocol": "TCP"})
    container = _container(runtime, namer, workload, workload.entry_point) | {
        "ports": ports,
        "startupProbe": _probe(LIVE, period=2, failures=30),
        "livenessProbe": _probe(LIVE, period=10, failures=3),
        "readinessProbe": _probe(READY, period=5, failures=2),
        # Time for the cluster to stop sending requests before the process is told to end.
        "lifecycle": {"preStop": {"sleep": {"seconds": 5}}},
    }
    pod = _pod(namer, container) | {
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "kubernetes.io/hostname",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": namer.selector(component)},
            }
        ],
        "terminationGracePeriodSeconds": 30,
    }
    if runtime.files:
        _mount_files(namer, pod)
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": namer.metadata(namer.of(workload), component),
        "spec": {
            "revisionHistoryLimit": 5,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
            "selector": {"matchLabels": namer.selector(component)},
            "template": {"metadata": {"labels": namer.selector(component)}, "spec": pod},
        },
    }


def files_claim(namer: Namer) -> Data:
    """The volume of the service's files, which the pods share."""
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": namer.metadata(_files_of(namer)),
        "spec": {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": FILES_SIZE}}},
    }


def _files_of(namer: Namer) -> str:
    return f"{namer.system}-files"


def _mount_files(namer: Namer, pod: Data) -> None:
    """Gives a pod the volume of files, writable by the service's group."""
    pod["securityContext"] |= {"fsGroup": USER_ID, "fsGroupChangePolicy": "OnRootMismatch"}
    pod["volumes"].append({"name": "files", "persistentVolumeClaim": {"claimName": _files_of(namer)}})
    pod["containers"][0]["volumeMounts"].append({"name": "files", "mountPath": FILES_FOLDER})


def migration(runtime: Runtime, namer: Namer) -> Data:
    """The job that brings the database to this version. A job cannot be changed, so each origin has its own."""
    origin = hashlib.sha256("".join(namer.stamp.annotations.values()).encode()).hexdigest()
    container = _container(runtime, namer, runtime.views.workloads[0], "migrate")
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": namer.metadata(f"{namer.system}-migrate-{origin[:8]}", "migrate"),
        "spec": {
            "backoffLimit": 3,
            "activeDeadlineSeconds": 600,
            "ttlSecondsAfterFinished": 86_400,
            "template": {
                "metadata": {"labels": namer.selector("migrate")},
                "spec": _pod(namer, container) | {"restartPolicy": "Never"},
            },
        },
    }


def environment_patch(runtime: Runtime, namer: Namer, environment: Environment) -> Sequence[Mapping[str, Any]]:
    """The JSON patch that gives every pod an environment's secrets, and restarts it when its values change."""
    secrets = [
        {"name": v.name, "valueFrom": {"secretKeyRef": {"name": v.secret, "key": v.key}}}
        for v in runtime.variables(environment)
        if v.secret
    ]
    values = json.dumps(config_map(runtime, namer, environment)["data"], sort_keys=True)
    annotations = {f"{namer.stamp.prefix}/config-hash": hashlib.sha256(values.encode()).hexdigest()}
    patch: list[Mapping[str, Any]] = [
        {"op": "add", "path": "/spec/template/metadata/annotations", "value": annotations}
    ]
    if secrets:
        patch.append({"op": "add", "path": "/spec/template/spec/containers/0/env", "value": secrets})
    return patch


def size_patch(tier: Tier) -> Sequence[Mapping[str, Any]]:
    """The JSON patch that gives the pods of one deployment another size."""
    return [{"op": "replace", "path": "/spec/template/spec/containers/0/resources", "value": _resources(tier)}]


def _resources(size: Tier | Workload) -> Data:
    return {
        "requests": {"cpu": size.cpu_request, "memory": size.memory_request},
        "limits": {"cpu": size.cpu_limit, "memory": size.memory_limit},
    }


def _pod(namer: Namer, container: Data) -> Data:
    return {
        "serviceAccountName": namer.system,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER_ID,
            "runAsGroup": USER_ID,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [container],
        "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}}],
    }


def _container(runtime: Runtime, namer: Namer, workload: Workload, entry_point: str) -> Data:
    return {
        "name": CONTAINER,
        "image": runtime.image,
        "imagePullPolicy": "IfNotPresent",
        "args": [entry_point],
        "envFrom": [{"configMapRef": {"name": namer.system}}],
        "resources": _resources(workload),
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108 # a path inside the container
    }


def _probe(path: str, *, period: int, failures: int) -> Data:
    return {
        "httpGet": {"path": path, "port": "management"},
        "periodSeconds": period,
        "timeoutSeconds": 3,
        "failureThreshold": failures,
    }

"""Who reaches the pods and whom they reach: services, ingresses, network policies."""

from __future__ import annotations

from typing import Any

from autocoder.ir.nodes import Environment, Workload
from autocoder.targets.kubernetes.metadata import Namer
from autocoder.targets.runtime import MANAGEMENT_PORT

Data = dict[str, Any]

MONITORING_NAMESPACE = "monitoring"
"""Where the metrics are scraped from."""
SERVICE_PORT = 80


def service(namer: Namer, workload: Workload) -> Data:
    """The address of a workload inside the cluster."""
    component = namer.component(workload)
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": namer.metadata(namer.of(workload), component),
        "spec": {
            "type": "ClusterIP",
            "selector": namer.selector(component),
            "ports": [{"name": "http", "port": SERVICE_PORT, "targetPort": "http", "protocol": "TCP"}],
        },
    }


def ingress(namer: Namer, workload: Workload, environment: Environment) -> Data:
    """The way in from outside, by the cluster's default ingress class."""
    backend = {"service": {"name": namer.of(workload), "port": {"name": "http"}}}
    spec: Data = {
        "rules": [
            {"host": environment.host, "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
        ]
    }
    if environment.tls:
        spec = {"tls": [{"hosts": [environment.host], "secretName": tls_secret(namer)}], **spec}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": namer.metadata(namer.of(workload), namer.component(workload)),
        "spec": spec,
    }


def tls_secret(namer: Namer) -> str:
    """The secret that holds the certificate of the host."""
    return f"{namer.system}-tls"


def default_deny(namer: Namer) -> Data:
    """Nothing goes in or out of any pod of the namespace unless another policy says so."""
    return _policy(namer, "default-deny", {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]})


def dns(namer: Namer) -> Data:
    """Every pod asks the cluster's name server."""
    to = [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}]
    ports = [{"port": 53, "protocol": protocol} for protocol in ("UDP", "TCP")]
    spec: Data = {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": to, "ports": ports}]}
    return _policy(namer, "dns", spec)


def egress(namer: Namer, name: str, *ports: int) -> Data:
    """Every process reaches servers at these ports, wherever they stand: addresses are in secrets or variables."""
    return _policy(
        namer,
        name,
        {
            "podSelector": {"matchLabels": namer.selector()},
            "policyTypes": ["Egress"],
            "egress": [{"ports": [{"port": port, "protocol": "TCP"} for port in ports]}],
        },
    )


def metrics(namer: Namer) -> Data:
    """The monitoring namespace scrapes every process."""
    source = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": MONITORING_NAMESPACE}}}
    return _policy(
        namer,
        "metrics",
        {
            "podSelector": {"matchLabels": namer.selector()},
            "policyTypes": ["Ingress"],
            "ingress": [{"from": [source], "ports": [{"port": MANAGEMENT_PORT, "protocol": "TCP"}]}],
        },
    )


def http(namer: Namer, workload: Workload, environment: Environment) -> Data:
    """Requests: from anywhere where the environment is exposed (ingress controllers differ), else from its pods."""
    component = namer.component(workload)
    rule: Data = {"ports": [{"port": workload.port, "protocol": "TCP"}]}
    if not environment.host:
        rule = {"from": [{"podSelector": {}}], **rule}
    spec = {
        "podSelector": {"matchLabels": namer.selector(component)},
        "policyTypes": ["Ingress"],
        "ingress": [rule],
    }
    return _policy(namer, component, spec)


def _policy(namer: Namer, name: str, spec: Data) -> Data:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": namer.metadata(f"{namer.system}-{name}"),
        "spec": spec,
    }

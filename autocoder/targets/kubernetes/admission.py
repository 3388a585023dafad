"""The pod rules as the cluster's own admission policy: the same CEL text that the build evaluated.

Cluster-wide objects, so they stand apart from the overlays; a cluster's owner applies them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autocoder.diagnostics import lookup
from autocoder.ir.nodes import Environment
from autocoder.rules.pod_rules import POD_KINDS, POD_RULES
from autocoder.targets.kubernetes.metadata import Namer

Data = dict[str, Any]


def policy(namer: Namer) -> Data:
    """The policy: every pod rule over the kinds that it is about."""
    return _object(
        "ValidatingAdmissionPolicy",
        namer,
        {
            "failurePolicy": "Fail",
            "matchConstraints": {
                "resourceRules": [
                    {
                        "apiGroups": [group],
                        "apiVersions": [version],
                        "resources": [plural],
                        "operations": ["CREATE", "UPDATE"],
                    }
                    for group, version, _, plural in POD_KINDS
                ]
            },
            "validations": [
                {"expression": rule.expression, "message": f"{rule.id}: {lookup(rule.code).title}"}
                for rule in POD_RULES
            ],
        },
    )


def binding(namer: Namer, environments: Sequence[Environment]) -> Data:
    """The binding: the policy denies in the namespaces of these environments and nowhere else."""
    names = [namer.namespace(environment) for environment in environments]
    expression = {"key": "kubernetes.io/metadata.name", "operator": "In", "values": names}
    return _object(
        "ValidatingAdmissionPolicyBinding",
        namer,
        {
            "policyName": namer.system,
            "validationActions": ["Deny"],
            "matchResources": {"namespaceSelector": {"matchExpressions": [expression]}},
        },
    )


def _object(kind: str, namer: Namer, spec: Data) -> Data:
    metadata = namer.metadata(namer.system)
    return {"apiVersion": "admissionregistration.k8s.io/v1", "kind": kind, "metadata": metadata, "spec": spec}

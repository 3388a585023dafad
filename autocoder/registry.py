"""Where readers, passes, targets and gates are found: name to "module:Class".

A new one is its module, one line here and one fixture. Modules are imported when asked for, not before.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

READERS: Mapping[str, str] = {
    "rules": "autocoder.readers.rules.reader:RulesReader",
    "model": "autocoder.readers.model.reader:ModelReader",
}
PASSES: Mapping[str, str] = {
    "derive-components": "autocoder.passes.derive_components:DeriveComponents",
    "place-workloads": "autocoder.passes.place_workloads:PlaceWorkloads",
    "size-workloads": "autocoder.passes.size_workloads:SizeWorkloads",
    "plan-statements": "autocoder.passes.plan_statements:PlanStatements",
    "derive-budgets": "autocoder.passes.derive_budgets:DeriveBudgets",
    "check-custom-bodies": "autocoder.passes.check_custom_bodies:CheckCustomBodies",
    "check-pushdown": "autocoder.passes.check_pushdown:CheckPushdown",
    "check-ingress": "autocoder.passes.check_ingress:CheckIngress",
    "check-events": "autocoder.passes.check_events:CheckEvents",
    "check-latency": "autocoder.passes.check_latency:CheckLatency",
    "check-outside": "autocoder.passes.check_outside:CheckOutside",
    "check-requirements": "autocoder.passes.check_requirements:CheckRequirements",
    "check-purpose": "autocoder.passes.check_purpose:CheckPurpose",
    "check-ports": "autocoder.passes.check_ports:CheckPorts",
    "check-cycles": "autocoder.passes.check_cycles:CheckCycles",
    "check-capacity": "autocoder.passes.check_capacity:CheckCapacity",
    "check-availability": "autocoder.passes.check_availability:CheckAvailability",
    "check-owners": "autocoder.passes.check_owners:CheckOwners",
    "check-visibility": "autocoder.passes.check_visibility:CheckVisibility",
    "check-secrets": "autocoder.passes.check_secrets:CheckSecrets",
    "check-personal-data": "autocoder.passes.check_personal_data:CheckPersonalData",
    "check-anonymous": "autocoder.passes.check_anonymous:CheckAnonymous",
    "check-roles": "autocoder.passes.check_roles:CheckRoles",
    "check-guards": "autocoder.passes.check_guards:CheckGuards",
    "check-states": "autocoder.passes.check_states:CheckStates",
}
TARGETS: Mapping[str, str] = {
    "python-service": "autocoder.targets.python_service.service:PythonService",
    "docker": "autocoder.targets.docker:Docker",
    "kubernetes": "autocoder.targets.kubernetes:Kubernetes",
    "observability": "autocoder.targets.observability:Observability",
}
GATES: Mapping[str, str] = {
    "static": "autocoder.gates.static:Static",
    "tests": "autocoder.gates.tests:Tests",
    "properties": "autocoder.gates.properties:Properties",
    "policy": "autocoder.gates.policy:Policy",
    "performance": "autocoder.gates.performance:Performance",
    "budgets": "autocoder.gates.budgets:Budgets",
}


def load(reference: str) -> Any:
    """The object that "module:Name" refers to."""
    module, _, name = reference.partition(":")
    return getattr(importlib.import_module(module), name)

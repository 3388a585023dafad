"""Where readers, passes, targets and gates are found: name to "module:Class".

A new one is its module, one line here and one fixture. Modules are imported when asked for, not before.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

READERS: Mapping[str, str] = {}
PASSES: Mapping[str, str] = {}
TARGETS: Mapping[str, str] = {
    "docker": "autocoder.targets.docker:Docker",
    "kubernetes": "autocoder.targets.kubernetes:Kubernetes",
    "observability": "autocoder.targets.observability:Observability",
}
GATES: Mapping[str, str] = {
    "static": "autocoder.gates.static:Static",
    "tests": "autocoder.gates.tests:Tests",
    "properties": "autocoder.gates.properties:Properties",
    "performance": "autocoder.gates.performance:Performance",
    "budgets": "autocoder.gates.budgets:Budgets",
}


def load(reference: str) -> Any:
    """The object that "module:Name" refers to."""
    module, _, name = reference.partition(":")
    return getattr(importlib.import_module(module), name)

"""How long an environment's log lines are kept, as Loki is told: one entry of `limits_config.retention_stream`."""

from __future__ import annotations

from typing import Any

from autocoder.ir.nodes import Environment
from autocoder.targets.kubernetes.metadata import Namer
from autocoder.targets.yaml_text import dump

_HOUR_US = 3_600_000_000


def retention(namer: Namer, environment: Environment) -> dict[str, Any]:
    """The ConfigMap from which whoever runs the log store takes the entry."""
    entry = {
        "selector": f'{{namespace="{namer.namespace(environment)}"}}',
        "priority": 1,
        "period": f"{(environment.log_retention_us or 0) // _HOUR_US}h",
    }
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": namer.metadata(f"{namer.system}-log-retention"),
        "data": {"retention-stream.yaml": dump([entry])},
    }

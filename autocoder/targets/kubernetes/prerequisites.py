"""The list of what must be there before the manifests are applied, derived from the same data as they are."""

from __future__ import annotations

from collections.abc import Sequence

from autocoder.ir.nodes import Environment
from autocoder.targets.kubernetes.metadata import Namer
from autocoder.targets.kubernetes.network import MONITORING_NAMESPACE, tls_secret
from autocoder.targets.runtime import Runtime

_HEAD = """\
# What the cluster must have

The manifests name secrets and never hold one. Fill them from sealed or external secrets in the environment's namespace.

`admission/` holds the rules that the build checked, as a policy of the cluster. It needs rights over the whole cluster:
its owner applies it once, and it denies in the namespaces below only.
"""

_DAY_US = 86_400_000_000


def text(runtime: Runtime, namer: Namer, environments: Sequence[Environment]) -> str:
    """The Markdown text. It holds names of the blueprint only, which are safe in Markdown."""
    return "\n".join([_HEAD, *(line for e in environments for line in _environment(runtime, namer, e))])


def _environment(runtime: Runtime, namer: Namer, environment: Environment) -> list[str]:
    lines = [f"## {environment.name}", "", f"Namespace `{namer.namespace(environment)}` (made by the overlay).", ""]
    lines.append(
        f"- An image `{runtime.image}` that the nodes can pull; name its registry and digest in a kustomization"
    )
    lines.append("  of your own that lists this overlay under `resources` and sets `images`.")
    for variable in runtime.variables(environment):
        if variable.secret:
            lines.append(f"- Secret `{variable.secret}`, key `{variable.key}`: the value of `{variable.name}`.")
    if runtime.files:
        lines.append("- A storage class, the default one, whose volumes many nodes write to (`ReadWriteMany`).")
    if environment.host:
        lines.append(
            f"- DNS: `{environment.host}` points at the cluster's ingress, which is the default ingress class."
        )
        if environment.tls:
            lines.append(
                f"- Secret `{tls_secret(namer)}` (kubernetes.io/tls): the certificate of `{environment.host}`."
            )
    if any(runtime.views.replicas(environment, w) > 1 for w in runtime.views.workloads):
        lines.append("- The metrics server, which the autoscaler reads.")
    if environment.log_retention_us:
        days = environment.log_retention_us // _DAY_US
        lines.append(f"- Logs are kept {days} days: the entry in ConfigMap `{namer.system}-log-retention` belongs into")
        lines.append("  `limits_config.retention_stream` of Loki; another log store is told the same in its own words.")
    lines.append(f"- Metrics are scraped from the namespace `{MONITORING_NAMESPACE}`; no other one reaches them.")
    lines.append("- A network plugin that enforces network policies; without one they say nothing.")
    return [*lines, ""]

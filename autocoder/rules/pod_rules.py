"""Rules over a workload's pods, as CEL text: evaluated here, and by the cluster as an admission policy, same text.

Each expression sees one Deployment or Job as `object`. One that cannot be evaluated has not held.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from cel_expr_python import cel

POD_KINDS = (("apps", "v1", "Deployment", "deployments"), ("batch", "v1", "Job", "jobs"))
"""API group, version, kind and plural of what the rules are about."""

_POD = "object.spec.template.spec"


def _containers(condition: str) -> str:
    """The condition over `c`, for every container and init container."""
    init = f"(!has({_POD}.initContainers) || {_POD}.initContainers.all(c, {condition}))"
    return f"{_POD}.containers.all(c, {condition}) && {init}"


def _present(path: str) -> str:
    """`has` for every part of a path below `c`."""
    parts = path.split(".")
    return " && ".join(f"has({'.'.join(parts[: i + 1])})" for i in range(1, len(parts)))


@dataclass(frozen=True, kw_only=True)
class PodRule:
    """A rule in CEL; `problem` says what is wrong where it is false."""

    id: str
    code: str
    expression: str
    problem: str


def _quantities(kind: str) -> str:
    path = f"c.resources.{kind}"
    return f"{_present(path)} && 'cpu' in {path} && 'memory' in {path}"


POD_RULES: tuple[PodRule, ...] = (
    PodRule(
        id="manifest:non-root",
        code="AC4201",
        expression=f"has({_POD}.securityContext) && has({_POD}.securityContext.runAsNonRoot)"
        f" && {_POD}.securityContext.runAsNonRoot",
        problem="its pods may run as root",
    ),
    PodRule(
        id="manifest:read-only-root",
        code="AC4202",
        expression=_containers(
            _present("c.securityContext.readOnlyRootFilesystem") + " && c.securityContext.readOnlyRootFilesystem"
        ),
        problem="a container may write its root file system",
    ),
    PodRule(
        id="manifest:no-privileges",
        code="AC4203",
        expression=_containers(
            _present("c.securityContext.capabilities.drop")
            + " && c.securityContext.capabilities.drop.exists(d, d == 'ALL')"
            + " && has(c.securityContext.allowPrivilegeEscalation) && !c.securityContext.allowPrivilegeEscalation"
        ),
        problem="a container keeps capabilities or may gain privileges",
    ),
    PodRule(
        id="manifest:image-version",
        code="AC4204",
        expression=_containers(
            "has(c.image) && (c.image.contains('@sha256:')"
            " || (c.image.matches(':[^/:]+$') && !c.image.endsWith(':latest')))"
        ),
        problem="a container's image has no fixed version",
    ),
    PodRule(
        id="manifest:resources",
        code="AC4205",
        expression=_containers(f"{_quantities('requests')} && {_quantities('limits').partition(' && ')[2]}"),
        problem="a container has no requests or no limits for CPU and memory",
    ),
    PodRule(
        id="manifest:probes",
        code="AC4206",
        expression=f"object.kind != 'Deployment' || {_POD}.containers.all(c, has(c.livenessProbe)"
        " && has(c.readinessProbe))",
        problem="a container has no liveness or no readiness probe",
    ),
    PodRule(
        id="manifest:no-token",
        code="AC4207",
        expression=f"has({_POD}.automountServiceAccountToken) && !{_POD}.automountServiceAccountToken",
        problem="its pods get a token of the cluster",
    ),
    PodRule(
        id="manifest:no-host",
        code="AC4208",
        expression=" && ".join(
            (
                *(f"(!has({_POD}.{name}) || !{_POD}.{name})" for name in ("hostNetwork", "hostPID", "hostIPC")),
                f"(!has({_POD}.volumes) || {_POD}.volumes.all(v, !has(v.hostPath)))",
            )
        ),
        problem="its pods reach into the node",
    ),
)


@cache
def _compiled(expression: str) -> cel.Expression:
    return cel.NewEnv(variables={"object": cel.Type.DYN}).compile(expression)


def failure(rule: PodRule, manifest: Mapping[str, Any]) -> str:
    """What is wrong with a Deployment or Job by a rule, "" where it holds."""
    result = _compiled(rule.expression).eval(data={"object": manifest})
    if result.type().name() != "BOOL":
        return f"{rule.problem}: {str(result.plain_value()).partition(': ')[2]}"
    return "" if result.plain_value() else rule.problem

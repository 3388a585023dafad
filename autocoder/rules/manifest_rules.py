"""Rules over parsed manifests: each workload by itself, and all objects together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from autocoder.diagnostics import Span
from autocoder.rules.pod_rules import POD_KINDS, POD_RULES, PodRule, failure
from autocoder.rules.rule import Look, Rule, Scope, holds_secret

Object = Mapping[str, Any]

_KUSTOMIZE = "kustomize.config.k8s.io/"


@dataclass(frozen=True, kw_only=True)
class Document:
    """A YAML document of a file: `line` is where it starts, `data` plain data."""

    file: str
    line: int
    data: Any

    @property
    def kind(self) -> str:
        """The kind of a Kubernetes object, "" for anything else; kustomize's own files are seen by no cluster."""
        version = str(self.at("apiVersion") or _KUSTOMIZE)
        return "" if version.startswith(_KUSTOMIZE) else str(self.at("kind") or "")

    def look(self, problem: str, *, value: str | None = None) -> Look:
        """A look at this document."""
        name = f"{self.kind} {self.name}".strip() or "document"
        message = f"{name}: {problem}" if problem else ""
        return Look(
            subject=self.file, problem=message, value=value, span=Span(file=self.file, line=self.line, column=1)
        )

    @property
    def name(self) -> str:
        """The name in the object's metadata."""
        return str(self.at("metadata", "name") or "")

    def at(self, *path: str) -> Any:
        """What stands at a path of mappings, None where it ends before."""
        value: Any = self.data
        for part in path:
            value = cast("Object", value).get(part) if isinstance(value, dict) else None
        return value


@dataclass(frozen=True, kw_only=True)
class Manifests:
    """All documents below `deployments/`, in file order."""

    documents: tuple[Document, ...]

    def of_kind(self, *kinds: str) -> list[Document]:
        """The Kubernetes objects of these kinds."""
        return [document for document in self.documents if document.kind in kinds]

    @property
    def objects(self) -> list[Document]:
        """The Kubernetes objects."""
        return [document for document in self.documents if document.kind]


_WORKLOADS = tuple(kind for _, _, kind, _ in POD_KINDS)


def _pods(rule: PodRule, manifests: Manifests) -> Iterator[Look]:
    for document in manifests.of_kind(*_WORKLOADS):
        yield document.look(failure(rule, document.data))


def _secret_values(manifests: Manifests) -> Iterator[Look]:
    for document in manifests.documents:
        held = sorted({name for name, value in _literals(document.data) if holds_secret(name, value)})
        if document.kind == "Secret":
            held += [part for part in ("data", "stringData") if document.at(part)]
        if document.kind == "ConfigMap":
            values = cast("Object", document.at("data") or {})
            held += [name for name, value in values.items() if holds_secret(name, str(value))]
        held += _compose_secrets(document)
        yield document.look(f"holds the value of a secret: {', '.join(held)}" if held else "")


def _compose_secrets(document: Document) -> list[str]:
    services = cast("Mapping[str, Object]", document.at("services") or {})
    variables = [cast("Object", service.get("environment") or {}) for service in services.values()]
    return sorted({n for part in variables for n, value in part.items() if value and holds_secret(n, str(value))})


def _literals(value: Any) -> Iterator[tuple[str, str]]:
    """Every `name` with a literal `value` beside it, as environment variables are written, wherever it stands."""
    if isinstance(value, dict):
        fields = cast("Object", value)
        if isinstance(fields.get("name"), str) and isinstance(fields.get("value"), str):
            yield fields["name"], fields["value"]
        for inner in fields.values():
            yield from _literals(inner)
    elif isinstance(value, list):
        for inner in cast("list[Any]", value):
            yield from _literals(inner)


def _default_deny(manifests: Manifests) -> Iterator[Look]:
    workloads = manifests.of_kind(*_WORKLOADS)
    if workloads:
        denied = any(_denies_everything(policy) for policy in manifests.of_kind("NetworkPolicy"))
        yield workloads[0].look("" if denied else "no network policy denies what none allows")


def _denies_everything(policy: Document) -> bool:
    types = set(policy.at("spec", "policyTypes") or ())
    rules = policy.at("spec", "ingress") or policy.at("spec", "egress")
    return policy.at("spec", "podSelector") == {} and types == {"Ingress", "Egress"} and not rules


def _selectors(manifests: Manifests) -> Iterator[Look]:
    pods = [_labels(document) for document in manifests.of_kind(*_WORKLOADS)]
    for document in manifests.of_kind("Deployment"):
        selector, own = document.at("spec", "selector", "matchLabels"), _labels(document)
        yield document.look("" if _selects(selector, own) else "its selector does not select its own pods")
    paths = {
        "Service": ("spec", "selector"),
        "PodDisruptionBudget": ("spec", "selector", "matchLabels"),
        "PodMonitor": ("spec", "selector", "matchLabels"),
    }
    for kind, path in paths.items():
        for document in manifests.of_kind(kind):
            found = any(_selects(document.at(*path), labels) for labels in pods)
            yield document.look("" if found else "its selector selects no pod")


def _labels(document: Document) -> Object:
    return document.at("spec", "template", "metadata", "labels") or {}


def _selects(selector: Any, labels: Object) -> bool:
    return bool(selector) and cast("Object", selector).items() <= labels.items()


def _targets(manifests: Manifests) -> Iterator[Look]:
    deployments = {document.name for document in manifests.of_kind("Deployment")}
    for document in manifests.of_kind("HorizontalPodAutoscaler"):
        target = str(document.at("spec", "scaleTargetRef", "name") or "")
        yield document.look("" if target in deployments else f'scales "{target}", which is no deployment', value=target)


def _origin(manifests: Manifests) -> Iterator[Look]:
    for document in manifests.objects:
        names = {str(name).rpartition("/")[2] for name in document.at("metadata", "annotations") or ()}
        missing = sorted({"generator-version", "platform-bundle"} - names)
        if not names & {"blueprint-hash", "contract-hash"}:
            missing.insert(0, "blueprint-hash")
        yield document.look(f"does not say where it came from: no {', '.join(missing)}" if missing else "")


def _wildcards(manifests: Manifests) -> Iterator[Look]:
    for document in manifests.of_kind("Role", "ClusterRole"):
        rules = cast("list[Object]", document.at("rules") or [])
        wild = any("*" in (rule.get(part) or ()) for rule in rules for part in ("apiGroups", "resources", "verbs"))
        yield document.look("grants everything with *" if wild else "")


def _restricted(manifests: Manifests) -> Iterator[Look]:
    for document in manifests.of_kind("Namespace"):
        labels = cast("Object", document.at("metadata", "labels") or {})
        held = labels.get("pod-security.kubernetes.io/enforce") == "restricted"
        yield document.look("" if held else "does not enforce the restricted Pod Security standard")


MANIFEST_RULES: tuple[Rule[Manifests], ...] = (
    *(Rule(id=rule.id, code=rule.code, scope=Scope.MANIFEST, look=partial(_pods, rule)) for rule in POD_RULES),
    Rule(id="manifest:secret-value", code="AC4209", scope=Scope.MANIFEST, look=_secret_values),
    Rule(id="manifest:default-deny", code="AC4210", scope=Scope.MANIFEST, look=_default_deny),
    Rule(id="manifest:selectors", code="AC4211", scope=Scope.MANIFEST, look=_selectors),
    Rule(id="manifest:scale-target", code="AC4212", scope=Scope.MANIFEST, look=_targets),
    Rule(id="manifest:origin", code="AC4213", scope=Scope.MANIFEST, look=_origin),
    Rule(id="manifest:no-wildcards", code="AC4214", scope=Scope.MANIFEST, look=_wildcards),
    Rule(id="manifest:restricted-namespace", code="AC4215", scope=Scope.MANIFEST, look=_restricted),
)

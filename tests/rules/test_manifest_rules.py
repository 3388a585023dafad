import copy
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from autocoder.bundles import load
from autocoder.rules.catalogue import RULES, evaluate_manifests, evaluate_source
from autocoder.rules.manifest_rules import MANIFEST_RULES
from autocoder.rules.rule import Scope
from autocoder.targets.docker import Docker
from autocoder.targets.kubernetes import Kubernetes
from autocoder.targets.observability import Observability
from autocoder.targets.stamp import Stamp
from autocoder.targets.tree import File, Tree
from autocoder.targets.yaml_text import dump, load_all

BASE = "deployments/kubernetes/base"
API = f"{BASE}/deployment-api.yaml"
OVERLAY = "deployments/kubernetes/overlays/production"
Mutate = Callable[[Any], object]


@pytest.fixture(scope="module")
def emitted(system: ModuleType) -> Tree:
    stamp = Stamp(blueprint_hash="ab" * 32, generator_version="0.1.0", bundle="2026.11")
    tree = Tree()
    for target in (Docker(), Kubernetes(), Observability()):
        tree.update(target.apply(system.build(), load(), stamp))
    return tree


def changed(emitted: Tree, path: str, mutate: Mutate) -> Tree:
    tree = Tree(files=dict(emitted.files))
    data = copy.deepcopy(load_all(emitted[path].content.decode())[0]) if path in emitted else {}
    mutate(data)
    tree.files[path] = File(path=path, content=dump(data).encode())
    return tree


def pod(data: Any) -> Any:
    return data["spec"]["template"]["spec"]


def container(data: Any) -> Any:
    return pod(data)["containers"][0]


def init_container(data: Any) -> None:
    pod(data)["initContainers"] = [{"name": "first", "image": "first:latest"}]


def role(data: Any) -> None:
    data |= {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "all"}}
    data["rules"] = [{"apiGroups": [""], "resources": ["*"], "verbs": ["get"]}]


def secret(data: Any) -> None:
    data |= {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"url": "postgresql://"}}


def literal_variable(data: Any) -> None:
    data[1]["value"].append({"name": "API_TOKEN", "value": "abc"})


FAILING: list[tuple[str, str, Mutate]] = [
    ("AC4201", API, lambda d: pod(d)["securityContext"].update(runAsNonRoot=False)),
    ("AC4201", API, lambda d: pod(d).pop("securityContext")),
    ("AC4202", API, lambda d: container(d)["securityContext"].pop("readOnlyRootFilesystem")),
    ("AC4203", API, lambda d: container(d)["securityContext"]["capabilities"].update(drop=["NET_RAW"])),
    ("AC4203", API, lambda d: container(d)["securityContext"].update(allowPrivilegeEscalation=True)),
    ("AC4204", API, lambda d: container(d).update(image="link-shortener:latest")),
    ("AC4204", API, lambda d: container(d).update(image="registry.example:5000/link-shortener")),
    ("AC4204", API, init_container),
    ("AC4205", API, lambda d: container(d)["resources"].pop("limits")),
    ("AC4205", API, lambda d: container(d)["resources"]["requests"].pop("memory")),
    ("AC4206", API, lambda d: container(d).pop("readinessProbe")),
    ("AC4207", API, lambda d: pod(d).pop("automountServiceAccountToken")),
    ("AC4208", API, lambda d: pod(d).update(hostNetwork=True)),
    ("AC4208", API, lambda d: pod(d)["volumes"].append({"name": "n", "hostPath": {"path": "/"}})),
    ("AC4209", f"{BASE}/secret.yaml", secret),
    ("AC4209", f"{OVERLAY}/config-map.yaml", lambda d: d["data"].update(DATABASE_URL="postgresql://u:p@h/d")),
    ("AC4209", f"{OVERLAY}/environment-patch.yaml", literal_variable),
    (
        "AC4209",
        "deployments/docker-compose.yml",
        lambda d: d["services"]["postgresql"]["environment"].update(POSTGRES_PASSWORD="abc"),
    ),
    ("AC4210", f"{BASE}/network-policy-default-deny.yaml", lambda d: d["spec"].update(ingress=[{}])),
    ("AC4211", API, lambda d: d["spec"]["selector"].update(matchLabels={"app": "other"})),
    ("AC4211", f"{BASE}/service-api.yaml", lambda d: d["spec"].update(selector={"app": "other"})),
    ("AC4211", f"{OVERLAY}/pod-disruption-budget-api.yaml", lambda d: d["spec"]["selector"].update(matchLabels={})),
    ("AC4212", f"{OVERLAY}/autoscaler-api.yaml", lambda d: d["spec"]["scaleTargetRef"].update(name="other")),
    ("AC4213", f"{BASE}/service-account.yaml", lambda d: d["metadata"].pop("annotations")),
    ("AC4214", f"{BASE}/role.yaml", role),
    ("AC4215", f"{OVERLAY}/namespace.yaml", lambda d: d["metadata"]["labels"].clear()),
]


def test_what_is_emitted_keeps_every_manifest_rule(emitted: Tree) -> None:
    evaluation = evaluate_manifests(emitted)
    assert [f.message for f in evaluation] == []
    assert evaluation.checks > 80


@pytest.mark.parametrize(("code", "path", "mutate"), FAILING, ids=lambda v: v if isinstance(v, str) else "")
def test_a_broken_rule_is_found_in_its_file(emitted: Tree, code: str, path: str, mutate: Mutate) -> None:
    found = [f for f in evaluate_manifests(changed(emitted, path, mutate)) if f.code == code]
    assert found
    if code != "AC4210":  # about all objects together, told at the first workload
        assert {f.span.file for f in found if f.span} == {path}


def test_every_manifest_rule_has_a_failing_fixture() -> None:
    assert {code for code, *_ in FAILING} == {rule.code for rule in MANIFEST_RULES}


def test_a_manifest_that_is_no_yaml_has_not_been_checked(emitted: Tree) -> None:
    tree = Tree(files=dict(emitted.files))
    tree.files[API] = File(path=API, content=b"kind: [")
    assert [f.code for f in evaluate_manifests(tree)].count("AC4216") == 1


def test_an_expression_that_cannot_be_evaluated_has_not_held(emitted: Tree) -> None:
    tree = changed(emitted, API, lambda d: d["spec"].pop("template"))
    found = {f.code for f in evaluate_manifests(tree)}
    assert {"AC4201", "AC4202", "AC4203", "AC4204", "AC4205", "AC4206", "AC4207", "AC4208"} <= found


def test_a_digest_is_a_fixed_version(emitted: Tree) -> None:
    pinned = "registry.example:5000/link-shortener@sha256:" + "0" * 64
    tree = changed(emitted, API, lambda d: container(d).update(image=pinned))
    assert not list(evaluate_manifests(tree))


def test_a_base_image_without_a_digest_is_a_warning_with_its_line(emitted: Tree) -> None:
    [finding] = evaluate_source(emitted)
    assert (finding.code, finding.severity) == ("AC4301", "warning")
    assert finding.span
    line = emitted["deployments/Dockerfile"].content.decode().splitlines()[finding.span.line - 1]
    assert line == f"ARG BASE_IMAGE={finding.value}"


def test_a_base_image_with_a_digest_is_silent(emitted: Tree) -> None:
    tree = Tree(files=dict(emitted.files))
    path = "deployments/Dockerfile"
    text = emitted[path].content.replace(b"3.12-slim\n", b"3.12-slim@sha256:" + b"0" * 64 + b"\n")
    tree.files[path] = File(path=path, content=text)
    evaluation = evaluate_source(tree)
    assert (len(evaluation), evaluation.checks) == (0, 1)


def test_a_dockerfile_that_fixes_its_base_is_an_error(emitted: Tree) -> None:
    path = "deployments/Dockerfile"
    tree = Tree(files={path: File(path=path, content=b"FROM python:3.12\n")})
    assert [(f.code, f.severity) for f in evaluate_source(tree)] == [("AC4301", "error")]


def test_every_rule_has_its_own_id_code_and_words() -> None:
    assert len({rule.id for rule in RULES}) == len({rule.code for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.id.startswith(f"{rule.scope}:")
        assert rule.title
        assert rule.because
        assert rule.fix
    assert {rule.scope for rule in RULES} == set(Scope)

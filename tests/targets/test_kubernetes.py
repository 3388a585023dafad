import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest

from autocoder.bundles import Bundle
from autocoder.ir.nodes import Variable
from autocoder.ir.views import Views
from autocoder.rules.pod_rules import POD_RULES
from autocoder.targets.kubernetes import Kubernetes
from autocoder.targets.stamp import Stamp
from autocoder.targets.tree import Tree
from autocoder.targets.yaml_text import load_all
from autocoder.tools import process

FOLDER = "deployments/kubernetes"


@pytest.fixture
def tree(views: Views, bundle: Bundle, stamp: Stamp) -> Tree:
    return Kubernetes().apply(views, bundle, stamp)


def load(tree: Tree, path: str) -> Any:
    return load_all(tree[f"{FOLDER}/{path}"].content.decode())[0]


def manifests(tree: Tree) -> Iterator[tuple[str, Any]]:
    for file in tree:
        name = file.path.rpartition("/")[2]
        if name.endswith(".yaml") and name not in ("kustomization.yaml", "environment-patch.yaml"):
            yield file.path, load_all(file.content.decode())[0]


def of_kind(tree: Tree, kind: str) -> list[Any]:
    return [manifest for _, manifest in manifests(tree) if manifest["kind"] == kind]


def test_every_manifest_is_strictly_valid_on_every_version_of_the_bundle(tree: Tree, bundle: Bundle) -> None:
    found = list(manifests(tree))
    assert len(found) >= 18
    for version in bundle.kubernetes.versions:
        for path, manifest in found:
            kubernetes_validate.validate(manifest, version, strict=True), path


def test_every_manifest_says_where_it_came_from(tree: Tree, stamp: Stamp) -> None:
    for path, manifest in manifests(tree):
        assert stamp.annotations.items() <= manifest["metadata"]["annotations"].items(), path


def test_every_label_fits(tree: Tree) -> None:
    for path, manifest in manifests(tree):
        for value in manifest["metadata"]["labels"].values():
            assert re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?", value), (path, value)


def test_every_selector_selects_the_pods_of_one_deployment(tree: Tree) -> None:
    pods = {d["metadata"]["name"]: d["spec"]["template"]["metadata"]["labels"] for d in of_kind(tree, "Deployment")}
    selectors = [
        *((d["metadata"]["name"], d["spec"]["selector"]["matchLabels"]) for d in of_kind(tree, "Deployment")),
        *((s["metadata"]["name"], s["spec"]["selector"]) for s in of_kind(tree, "Service")),
        *((b["metadata"]["name"], b["spec"]["selector"]["matchLabels"]) for b in of_kind(tree, "PodDisruptionBudget")),
    ]
    assert len(selectors) == 5
    for name, selector in selectors:
        assert [pod for pod, labels in pods.items() if selector.items() <= labels.items()] == [name]


def test_every_port_by_name_is_a_port_of_the_container(tree: Tree) -> None:
    for deployment in of_kind(tree, "Deployment"):
        [container] = deployment["spec"]["template"]["spec"]["containers"]
        names = {port["name"] for port in container["ports"]}
        probes = [container[f"{kind}Probe"]["httpGet"]["port"] for kind in ("startup", "liveness", "readiness")]
        assert set(probes) == {"management"} <= names
    [service] = of_kind(tree, "Service")
    [ingress] = of_kind(tree, "Ingress")
    assert service["spec"]["ports"][0]["targetPort"] == "http"
    [path] = ingress["spec"]["rules"][0]["http"]["paths"]
    assert path["backend"]["service"] == {"name": service["metadata"]["name"], "port": {"name": "http"}}


def test_every_reference_by_name_is_there(tree: Tree) -> None:
    [account] = of_kind(tree, "ServiceAccount")
    configurations = {c["metadata"]["name"] for c in of_kind(tree, "ConfigMap")}
    for kind in ("Deployment", "Job"):
        for workload in of_kind(tree, kind):
            pod = workload["spec"]["template"]["spec"]
            assert pod["serviceAccountName"] == account["metadata"]["name"]
            assert {c["configMapRef"]["name"] for c in pod["containers"][0]["envFrom"]} <= configurations
    scaled = [a["spec"]["scaleTargetRef"]["name"] for a in of_kind(tree, "HorizontalPodAutoscaler")]
    assert scaled == ["link-shortener-api"]


def test_every_kustomization_lists_exactly_the_files_beside_it(tree: Tree) -> None:
    folders = {file.path.rpartition("/")[0] for file in tree if file.path.endswith("/kustomization.yaml")}
    assert len(folders) == 4
    for folder in folders:
        kustomization = load_all(tree[f"{folder}/kustomization.yaml"].content.decode())[0]
        beside = {path.rpartition("/")[2] for path in tree.files if path.rpartition("/")[0] == folder}
        listed = [r for r in kustomization["resources"] if not r.startswith("..")]
        patches = [patch["path"] for patch in kustomization.get("patches", ())]
        assert {*listed, *patches, "kustomization.yaml"} == beside
        assert "commonLabels" not in kustomization
        assert all(not labels["includeSelectors"] for labels in kustomization.get("labels", ()))


def test_pods_run_without_root_without_a_token_and_on_a_read_only_file_system(tree: Tree) -> None:
    for kind in ("Deployment", "Job"):
        for workload in of_kind(tree, kind):
            pod = workload["spec"]["template"]["spec"]
            [container] = pod["containers"]
            assert pod["automountServiceAccountToken"] is False
            assert pod["securityContext"]["runAsNonRoot"] is True
            assert pod["securityContext"]["runAsUser"] > 0
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }


def test_a_rollout_never_takes_a_replica_away_first(tree: Tree) -> None:
    for deployment in of_kind(tree, "Deployment"):
        assert deployment["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0


def test_the_namespace_enforces_the_restricted_standard(tree: Tree) -> None:
    for namespace in of_kind(tree, "Namespace"):
        assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_a_secret_is_a_reference_and_a_value_is_configuration(tree: Tree) -> None:
    patch = load(tree, "overlays/production/environment-patch.yaml")
    assert patch[1]["value"] == [
        {"name": "DATABASE_URL", "valueFrom": {"secretKeyRef": {"name": "link-shortener-db", "key": "url"}}},
        {"name": "SIGNING_KEY", "valueFrom": {"secretKeyRef": {"name": "link-shortener-auth", "key": "signing-key"}}},
    ]
    assert load(tree, "overlays/production/config-map.yaml")["data"] == {
        "ENVIRONMENT": "production",
        "LOG_LEVEL": "INFO",
    }
    assert not of_kind(tree, "Secret")


def test_changed_configuration_restarts_the_pods(system, bundle: Bundle, stamp: Stamp, tree: Tree) -> None:
    verbose = replace(system.PRODUCTION, variables=(Variable(name="LOG_LEVEL", value="DEBUG"),))
    changed = Kubernetes().apply(system.build(verbose), bundle, stamp)
    path = "overlays/production/environment-patch.yaml"
    assert load(tree, path)[0] != load(changed, path)[0]


def test_replicas_bring_an_autoscaler_and_a_disruption_budget(tree: Tree) -> None:
    [autoscaler] = of_kind(tree, "HorizontalPodAutoscaler")
    assert (autoscaler["spec"]["minReplicas"], autoscaler["spec"]["maxReplicas"]) == (2, 6)
    assert len(of_kind(tree, "PodDisruptionBudget")) == 1
    for deployment in of_kind(tree, "Deployment"):
        assert "replicas" not in deployment["spec"]


def test_an_environment_without_a_host_is_reached_from_its_own_namespace_only(tree: Tree) -> None:
    [rule] = load(tree, "overlays/development/network-policy-api.yaml")["spec"]["ingress"]
    assert rule["from"] == [{"podSelector": {}}]
    assert f"{FOLDER}/overlays/development/ingress-api.yaml" not in tree


def test_an_exposed_environment_has_an_ingress_with_its_host_and_certificate(tree: Tree) -> None:
    [ingress] = of_kind(tree, "Ingress")
    assert ingress["spec"]["rules"][0]["host"] == "go.example.com"
    assert ingress["spec"]["tls"] == [{"hosts": ["go.example.com"], "secretName": "link-shortener-tls"}]


def test_without_tls_the_ingress_names_no_certificate(system, bundle: Bundle, stamp: Stamp) -> None:
    tree = Kubernetes().apply(system.build(replace(system.PRODUCTION, tls=False)), bundle, stamp)
    assert "tls" not in load(tree, "overlays/production/ingress-api.yaml")["spec"]


def test_what_the_cluster_must_have_is_listed(tree: Tree) -> None:
    text = tree[f"{FOLDER}/PREREQUISITES.md"].content.decode()
    secrets = ("`link-shortener-db`, key `url`", "`link-shortener-auth`, key `signing-key`", "`link-shortener-tls`")
    for wanted in secrets:
        assert wanted in text
    assert "DNS: `go.example.com`" in text


def test_the_admission_policy_holds_the_text_that_the_build_evaluates(tree: Tree) -> None:
    [policy] = of_kind(tree, "ValidatingAdmissionPolicy")
    assert [v["expression"] for v in policy["spec"]["validations"]] == [rule.expression for rule in POD_RULES]
    [binding] = of_kind(tree, "ValidatingAdmissionPolicyBinding")
    assert binding["spec"]["policyName"] == policy["metadata"]["name"]
    [namespaces] = binding["spec"]["matchResources"]["namespaceSelector"]["matchExpressions"]
    assert namespaces["values"] == ["link-shortener-development", "link-shortener-production"]


def test_a_store_in_a_file_gets_no_manifests(sqlite_views: Views, bundle: Bundle, stamp: Stamp) -> None:
    assert len(Kubernetes().apply(sqlite_views, bundle, stamp)) == 0


def test_only_the_environment_with_a_server_gets_an_overlay(system, bundle: Bundle, stamp: Stamp) -> None:
    tree = Kubernetes().apply(system.build(replace(system.DEVELOPMENT, store="sqlite")), bundle, stamp)
    assert {path.split("/")[3] for path in tree.files if "/overlays/" in path} == {"production"}


def test_a_system_without_a_store_has_no_migration(system, bundle: Bundle, stamp: Stamp) -> None:
    tree = Kubernetes().apply(system.build(without=("component:store",)), bundle, stamp)
    assert not of_kind(tree, "Job")
    assert f"{FOLDER}/base/network-policy-database.yaml" not in tree


def test_another_origin_has_another_migration_job(views: Views, bundle: Bundle, stamp: Stamp, tree: Tree) -> None:
    other = Kubernetes().apply(views, bundle, replace(stamp, generator_version="0.2.0"))
    assert of_kind(other, "Job")[0]["metadata"]["name"] != of_kind(tree, "Job")[0]["metadata"]["name"]


def test_a_workloads_underscore_becomes_a_dash(system, bundle: Bundle, stamp: Stamp) -> None:
    odd = replace(system.workload("admin_api", 8000), entry_point="api")
    tree = Kubernetes().apply(system.build(odd), bundle, stamp)
    assert load(tree, "base/deployment-admin-api.yaml")["metadata"]["name"] == "link-shortener-admin-api"


def test_the_real_kustomize_builds_every_overlay(tree: Tree, bundle: Bundle, tmp_path: Path, require_tool) -> None:
    argv = [require_tool("kubectl"), "kustomize"]
    for file in tree:
        path = tmp_path / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    for name in ("development", "production"):
        done = process.run([*argv, tmp_path / FOLDER / "overlays" / name], cwd=tmp_path, env=env, timeout=60)
        assert done.ok, done.stderr.decode()
        built = load_all(done.stdout.decode())
        for manifest in built:
            kubernetes_validate.validate(manifest, bundle.kubernetes.versions[0], strict=True)
            if manifest["kind"] != "Namespace":
                assert manifest["metadata"]["namespace"] == f"link-shortener-{name}"
            assert manifest["metadata"]["labels"]["autocoder.dev/environment"] == name
        for workload in (m for m in built if m["kind"] in ("Deployment", "Job")):
            assert [v["name"] for v in workload["spec"]["template"]["spec"]["containers"][0]["env"]] == [
                "DATABASE_URL",
                *(["SIGNING_KEY"] if name == "production" else []),
            ]
        for deployment in (m for m in built if m["kind"] == "Deployment"):
            labels = deployment["spec"]["template"]["metadata"]["labels"]
            assert deployment["spec"]["selector"]["matchLabels"] == labels


def test_the_same_input_gives_the_same_bytes(views: Views, bundle: Bundle, stamp: Stamp, tree: Tree) -> None:
    assert Kubernetes().apply(views, bundle, stamp).files == tree.files

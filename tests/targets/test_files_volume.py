"""Where a service keeps files there is a volume for them, which every process that knows of them shares."""

from typing import Any

import kubernetes_validate

from autocoder.bundles import Bundle
from autocoder.ir.views import Views
from autocoder.targets.docker import Docker
from autocoder.targets.kubernetes import Kubernetes
from autocoder.targets.runtime import USER_ID
from autocoder.targets.stamp import Stamp
from autocoder.targets.yaml_text import load_all

BASE = "deployments/kubernetes/base"


def test_compose_gives_each_process_the_volume(views_with_files: Views, bundle: Bundle, stamp: Stamp) -> None:
    tree = Docker().apply(views_with_files, bundle, stamp)
    found = load_all(tree["deployments/docker-compose.yml"].content.decode())[0]
    mounted = {name for name, service in found["services"].items() if "files:/files" in service.get("volumes", ())}
    assert mounted == {"api", "worker", "scheduler"}
    assert all(found["services"][name]["environment"]["FILES_FOLDER"] == "/files" for name in mounted)
    assert "files" in found["volumes"]
    assert f"install -d -o {USER_ID} -g {USER_ID} /files" in tree["deployments/Dockerfile"].content.decode()


def test_kubernetes_gives_each_pod_the_claim(views_with_files: Views, bundle: Bundle, stamp: Stamp) -> None:
    tree = Kubernetes().apply(views_with_files, bundle, stamp)
    documents: list[Any] = [
        load_all(file.content.decode())[0] for file in tree if file.path.startswith(BASE) and "kustom" not in file.path
    ]
    for document in documents:
        for version in bundle.kubernetes.versions:
            kubernetes_validate.validate(document, version, strict=True)
    (claim,) = [d for d in documents if d["kind"] == "PersistentVolumeClaim"]
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
    pods = [d["spec"]["template"]["spec"] for d in documents if d["kind"] == "Deployment"]
    assert len(pods) == 3
    for pod in pods:
        volume = {"name": "files", "persistentVolumeClaim": {"claimName": claim["metadata"]["name"]}}
        assert volume in pod["volumes"]
        assert {"name": "files", "mountPath": "/files"} in pod["containers"][0]["volumeMounts"]
        assert pod["securityContext"]["fsGroup"] == USER_ID
    assert "ReadWriteMany" in tree["deployments/kubernetes/PREREQUISITES.md"].content.decode()


def test_without_files_there_is_no_volume(views: Views, bundle: Bundle, stamp: Stamp) -> None:
    for target in (Docker(), Kubernetes()):
        assert not [file.path for file in target.apply(views, bundle, stamp) if b"/files" in file.content]

"""Writes a folder of manifests with the kustomization that lists them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from autocoder.targets.tree import Tree
from autocoder.targets.yaml_text import dump

Objects = Mapping[str, Mapping[str, Any]]
"""File name without suffix to the object in it."""


def write(
    tree: Tree,
    folder: str,
    objects: Objects,
    *,
    sources: tuple[str, ...],
    own: Mapping[str, tuple[str, ...]] | None = None,
    below: Sequence[str] = (),
    extra: Mapping[str, Any] | None = None,
) -> None:
    """Adds each object and `kustomization.yaml`; `below` are folders that it builds on, `extra` its other fields.

    `own` are the nodes that single objects come from, where those are not `sources`.
    """
    for name in sorted(objects):
        tree.text(f"{folder}/{name}.yaml", dump(objects[name]), sources=(own or {}).get(name, sources))
    kustomization = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": [*below, *(f"{name}.yaml" for name in sorted(objects))],
        **(extra or {}),
    }
    tree.text(f"{folder}/kustomization.yaml", dump(kustomization), sources=sources)

"""The container image and the compose files of a system.

Owns `deployments/Dockerfile`, `.dockerignore`, the two compose files and the environment templates. Refuses to write a
secret's value anywhere: compose reads it from an untracked file and says so where it is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from autocoder.bundles import Bundle
from autocoder.ir.views import Views
from autocoder.targets.docker import compose, environment_file, image
from autocoder.targets.runtime import Runtime
from autocoder.targets.stamp import Stamp
from autocoder.targets.tree import Tree


@dataclass(frozen=True, kw_only=True)
class Docker:
    """Emits the image and what runs it on one machine."""

    name: ClassVar[str] = "docker"

    def apply(self, views: Views, bundle: Bundle, stamp: Stamp) -> Tree:
        """The files. The build context is the workspace's root."""
        runtime = Runtime(views=views)
        tree = Tree()
        tree.text(".dockerignore", image.ignore_file(runtime), sources=("system",))
        tree.text("deployments/Dockerfile", image.dockerfile(runtime, bundle, stamp), sources=("system",))
        tree.text("deployments/docker-compose.yml", compose.development(runtime, bundle), sources=_sources(views))
        tree.text("deployments/docker-compose.prod.yml", compose.production(runtime, bundle), sources=_sources(views))
        tree.text("deployments/env/.gitignore", "*.env\n")
        for environment in views.environments:
            path = f"deployments/env/{environment.name}.env.example"
            tree.text(path, environment_file.template(runtime, environment), sources=(environment.id,))
        return tree


def _sources(views: Views) -> tuple[str, ...]:
    return tuple(node.id for node in (*views.environments, *views.workloads))

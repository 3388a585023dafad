"""Makes the Python lock of an unreleased bundle: uv resolves the roots, this keeps what a service needs to know.

A maintainer's step; no build runs it. Drops every address. Refuses a released bundle and a resolution with two versions
of one package.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from autocoder.bundles.bundle import ROOT, Bundle, load, released
from autocoder.diagnostics import Diagnostic, StageFailed
from autocoder.tools import process, programs

_PROJECT = "platform-bundle"
_TIME_LIMIT = 600.0


def lock(version: str | None = None, root: Path = ROOT) -> Path:
    """Resolves the newest versions, writes `python.lock.json` of a bundle and gives its path.

    Raises `StageFailed`: AC4004 where uv cannot resolve, AC4005 for a released bundle.
    """
    bundle = load(version, root)
    if bundle.version in released(root):
        raise _failed("AC4005", f"the platform bundle {bundle.version} is released", "start a folder for a new one")
    data = from_uv(tomllib.loads(_resolve(bundle)))
    path = bundle.folder / "python.lock.json"
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(data, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    temporary.replace(path)
    load.cache_clear()
    return path


def _resolve(bundle: Bundle) -> str:
    uv = programs.find("uv")
    if uv is None:
        raise _failed("AC4004", "there is no uv to resolve with", "install uv")
    roots = sorted(root for group in bundle.python.roots.values() for root in group)
    project = {"name": _PROJECT, "version": "0", "requires-python": bundle.python.requires}
    with tempfile.TemporaryDirectory() as folder:
        # JSON strings and arrays of strings are TOML as well.
        lines = [f"{key} = {json.dumps(value)}" for key, value in {**project, "dependencies": roots}.items()]
        Path(folder, "pyproject.toml").write_text("\n".join(["[project]", *lines, ""]), encoding="utf-8")
        argv = (uv, "lock", "--no-config", "--python", sys.executable)
        # The whole environment: proxies, certificates and the index are the maintainer's.
        done = process.run(argv, cwd=Path(folder), env=os.environ, timeout=_TIME_LIMIT)
        if not done.ok:
            raise _failed("AC4004", f"uv could not resolve: {done.stderr.decode(errors='replace').strip()}", "")
        return Path(folder, "uv.lock").read_text(encoding="utf-8")


def from_uv(document: Mapping[str, Any]) -> dict[str, Any]:
    """The data of `python.lock.json` from a parsed uv.lock.

    Raises `StageFailed` (AC4004) where the resolution holds two versions of one package.
    """
    packages: list[Mapping[str, Any]] = [p for p in document["package"] if p["name"] != _PROJECT]
    project = next(p for p in document["package"] if p["name"] == _PROJECT)
    names = [p["name"] for p in packages]
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise _failed(
            "AC4004", f"two versions of {', '.join(doubled)}", "bound the roots so that one version serves all"
        )
    return {
        "requires_python": document["requires-python"],
        "roots": [_requires(root) for root in _by_name(project["dependencies"])],
        "packages": [_package(package) for package in _by_name(packages)],
    }


def _package(package: Mapping[str, Any]) -> dict[str, Any]:
    files = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else [])]
    extras: Mapping[str, list[Mapping[str, Any]]] = package.get("optional-dependencies", {})
    return {
        "name": package["name"],
        "version": package["version"],
        "hashes": sorted(file["hash"].removeprefix("sha256:") for file in files),
        "requires": [_requires(other) for other in _by_name(package.get("dependencies", ()))],
        "extras": {extra: [_requires(other) for other in _by_name(others)] for extra, others in extras.items()},
    }


def _requires(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": entry["name"], "extras": sorted(entry.get("extra", ())), "marker": entry.get("marker", "")}


def _by_name(entries: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(entries, key=lambda entry: (entry["name"], entry.get("marker", "")))


def _failed(code: str, message: str, help_: str) -> StageFailed:
    return StageFailed([Diagnostic(code=code, message=message, help=help_)])

"""Loads a platform bundle from its folder and gives it its hash. Refuses unknown versions and damaged folders."""

from __future__ import annotations

import hashlib
import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import ClassVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from autocoder.bundles.python_lock import PythonLock
from autocoder.diagnostics import Diagnostic, StageFailed, nearest

ROOT = Path(__file__).parent
RELEASED = "released.txt"
"""Lines of `version sha256`: bundles that a release of autocoder carried, which nothing may change any more."""

_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, kw_only=True)
class Image:
    """A container image by name and tag; `digest` ("sha256:…") only where it was verified, else ""."""

    name: str
    tag: str
    digest: str

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    @property
    def reference(self) -> str:
        """`name:tag` or `name:tag@digest`."""
        return f"{self.name}:{self.tag}" + (f"@{self.digest}" if self.digest else "")


@dataclass(frozen=True, kw_only=True)
class Tier:
    """A size of a pod, as Kubernetes quantities."""

    cpu_request: str
    cpu_limit: str
    memory_request: str
    memory_limit: str

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True, kw_only=True)
class Autoscaling:
    """How far a replicated workload scales: factor over its replicas, and the share (percent) of the CPU request."""

    max_factor: int
    cpu_percent: int

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True, kw_only=True)
class Costs:
    """Estimates for sizing and budgets: microseconds, and requests per second of one worker on one core."""

    request_us: int
    statement_us: int
    hop_us: int
    password_hash_us: int
    requests_per_second_per_core: int

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    def replicas(self, rate: int) -> int:
        """How many replicas carry so many requests (or events) per second; at least one."""
        return max(1, math.ceil(rate / self.requests_per_second_per_core))


@dataclass(frozen=True, kw_only=True)
class Availability:
    """Estimates for judging objectives: the share of time, in parts per million, in which a part answers."""

    pod_ppm: int
    store_ppm: int

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    @property
    def store(self) -> float:
        """The share of time in which the store answers."""
        return self.store_ppm / 1_000_000

    def pods(self, replicas: int) -> float:
        """The share of time in which one of several pods answers."""
        return 1 - (1 - self.pod_ppm / 1_000_000) ** replicas


@dataclass(frozen=True, kw_only=True)
class Python:
    """Which Python a service needs and the libraries it may ask for, by purpose."""

    requires: str
    roots: Mapping[str, tuple[str, ...]]

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True, kw_only=True)
class Kubernetes:
    """The Kubernetes versions that manifests are valid on, oldest first."""

    versions: tuple[str, ...]

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """A platform bundle. `hash` is the sha256 (hex) over all files of `folder`."""

    version: str
    python: Python
    images: Mapping[str, Image]
    kubernetes: Kubernetes
    tiers: Mapping[str, Tier]
    autoscaling: Autoscaling
    costs: Costs
    availability: Availability
    folder: Path
    hash: str

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    @cached_property
    def lock(self) -> PythonLock:
        """The locked Python libraries. Raises `StageFailed` (AC4002) where the file is missing or malformed."""
        path = self.folder / "python.lock.json"
        try:
            return TypeAdapter(PythonLock).validate_python(json.loads(path.read_bytes()))
        except (OSError, ValueError) as error:
            raise _damaged(self.version, path.name, error) from error


def versions(root: Path = ROOT) -> tuple[str, ...]:
    """The bundles that are there, oldest first."""
    return tuple(sorted(path.parent.name for path in root.glob("*/bundle.toml")))


@cache
def load(version: str | None = None, root: Path = ROOT) -> Bundle:
    """The bundle of that version, the newest without one.

    Raises `StageFailed`: AC4001 for a version that is not there, AC4002 for a damaged bundle or a changed released one.
    """
    known = versions(root)
    name = version or (known[-1] if known else "")
    if name not in known:
        raise StageFailed(
            [
                Diagnostic(
                    code="AC4001",
                    message=f'there is no platform bundle "{name}"',
                    value=name,
                    rule="a platform bundle is named by year and month",
                    help=nearest(name, known),
                )
            ]
        )
    folder = root / name
    digest = fingerprint(folder)
    expected = released(root).get(name, digest)
    if digest != expected:
        raise _damaged(name, folder.name, f"its files hash to {digest}, released as {expected}")
    try:
        data = tomllib.loads((folder / "bundle.toml").read_text(encoding="utf-8"))
        return TypeAdapter(Bundle).validate_python({**data, "folder": folder, "hash": digest})
    except (OSError, ValueError, ValidationError) as error:
        raise _damaged(name, "bundle.toml", error) from error


def fingerprint(folder: Path) -> str:
    """The sha256 (hex) over the paths and contents of all files of a folder."""
    total = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(folder).as_posix()}\0{content}\n".encode())
    return total.hexdigest()


def released(root: Path = ROOT) -> Mapping[str, str]:
    """Version to fingerprint of the bundles that were released."""
    path = root / RELEASED
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return dict(line.split() for line in lines if line.strip())


def _damaged(version: str, file: str, error: object) -> StageFailed:
    return StageFailed(
        [
            Diagnostic(
                code="AC4002",
                message=f"the platform bundle {version} is damaged: {str(error).splitlines()[0]}",
                subject=f"{version}/{file}",
                rule="a bundle is complete, well-formed, and unchanged after its release",
                help="install autocoder again, or name another bundle",
            )
        ]
    )

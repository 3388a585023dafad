"""The software bill of materials: CycloneDX JSON of what a hashed requirements file pins. Nothing else is looked at."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from types import ModuleType
from typing import Any

import rfc8785

from autocoder.diagnostics import Diagnostics

SBOM_PATH = "sbom.cdx.json"

_PIN = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)\s*(?:;(?P<marker>.*))?$"
)
_HASH = re.compile(r"\s--hash=sha256:([0-9a-f]{64})\b")


@dataclass(frozen=True, kw_only=True)
class Pin:
    """One pinned library. `hashes` are the sha256 of each file that may be installed for it."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]


def read_requirements(text: str, file: str) -> tuple[Pin, ...]:
    """The pins of a requirements file. Raises `StageFailed` (AC6003) with every line that is not pinned and hashed."""
    problems = Diagnostics()
    pins: list[Pin] = []
    for line in text.replace("\\\n", " ").splitlines():
        line = re.sub(r"(^|\s)#.*$", "", line).strip()
        if not line or line.startswith("--"):
            continue
        hashes = tuple(sorted(_HASH.findall(line)))
        match = _PIN.match(_HASH.sub("", line).strip())
        if match is None or not hashes:
            problems.error("AC6003", f"{file}: not pinned with hashes: {line[:80]}", subject=file, value=line[:80])
            continue
        name = re.sub(r"[-_.]+", "-", match["name"]).lower()
        pins.append(Pin(name=name, version=match["version"], marker=(match["marker"] or "").strip(), hashes=hashes))
    problems.stop()
    return tuple(sorted(pins, key=lambda pin: (pin.name, pin.version)))


def write_sbom(name: str, version: str, requirements: bytes, file: str) -> bytes:
    """The CycloneDX document (1.6) of a service, as canonical JSON: no time, and a serial number from its content."""
    model, bom_model = _library("component"), _library("bom")
    root = model.Component(
        name=name, version=version, type=model.ComponentType.APPLICATION, bom_ref=f"{name}@{version}"
    )
    libraries = [_component(pin) for pin in read_requirements(requirements.decode("utf-8", errors="replace"), file)]
    seed = sha256(f"{name}@{version}\n".encode() + requirements).hexdigest()
    bom = bom_model.Bom(components=libraries, serial_number=uuid.uuid5(uuid.NAMESPACE_OID, seed))
    bom.metadata.component = root
    bom.register_dependency(root, libraries)
    document: dict[str, Any] = json.loads(import_module("cyclonedx.output.json").JsonV1Dot6(bom).output_as_string())
    del document["metadata"]["timestamp"]
    return rfc8785.dumps(document) + b"\n"


def _library(module: str = "") -> ModuleType:
    """A module of cyclonedx, loaded when it is needed. Its decorators hide the constructors from a type checker."""
    return import_module(f"cyclonedx.model.{module}".rstrip("."))


def _component(pin: Pin) -> Any:
    model, component = _library(), _library("component")
    purl = import_module("packageurl").PackageURL("pypi", name=pin.name, version=pin.version)
    marker = [model.Property(name="autocoder:environment-marker", value=pin.marker)] if pin.marker else []
    return component.Component(
        name=pin.name,
        version=pin.version,
        type=component.ComponentType.LIBRARY,
        purl=purl,
        bom_ref=purl.to_string(),
        hashes=[model.HashType(alg=model.HashAlgorithm.SHA_256, content=content) for content in pin.hashes],
        properties=marker,
    )

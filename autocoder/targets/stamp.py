"""What every manifest says about where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """The origin of generated files: sha256 (hex) of the blueprint, autocoder's version, the platform bundle's version.

    A hash in hex is 64 characters and a label's value stops at 63, so these are annotations.
    """

    blueprint_hash: str
    generator_version: str
    bundle: str
    prefix: str = "autocoder.dev"

    @property
    def annotations(self) -> Mapping[str, str]:
        """The annotations of a Kubernetes object."""
        return {
            f"{self.prefix}/blueprint-hash": self.blueprint_hash,
            f"{self.prefix}/generator-version": self.generator_version,
            f"{self.prefix}/platform-bundle": self.bundle,
        }

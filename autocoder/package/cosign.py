"""Signs with the cosign tool, major version 3, offline: no transparency log, no public trust root.

The password reaches cosign through the environment only. Refuses another major version.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization

from autocoder.diagnostics import Diagnostic, StageFailed
from autocoder.package import bundle, keys
from autocoder.package.bundle import B, BlobBundle, StatementBundle
from autocoder.package.keys import PublicKey
from autocoder.tools import programs
from autocoder.tools.process import Completed, run

MAJOR = 3
_SIGNING_CONFIG: dict[str, object] = {
    "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
    "rekorTlogConfig": {},
    "tsaConfig": {},
}
_TRUSTED_ROOT = {"mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1"}
_SECONDS = 120.0


@dataclass(frozen=True, kw_only=True)
class CosignSigner:
    """Signs through cosign. `reference` is what its `--key` takes: a file, or the URI of a key in a KMS."""

    program: Path
    version: str
    reference: str
    public: PublicKey

    @property
    def description(self) -> str:
        """Short text for reports."""
        return f"cosign, {self.reference if '://' in self.reference else 'key file'}"

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """None: cosign encrypts every key that it makes."""
        return ()

    @property
    def tools(self) -> Mapping[str, str]:
        """Cosign itself."""
        return {"cosign": self.version}

    def sign_blob(self, data: bytes) -> bytes:
        """The bundle of a signature over `data`. Raises `StageFailed` (AC6032)."""
        return self._bundle(BlobBundle, "sign-blob", (), data)

    def sign_statement(self, statement: bytes) -> bytes:
        """The bundle of a signed in-toto statement. Raises `StageFailed` (AC6032)."""
        return self._bundle(StatementBundle, "attest-blob", ("--statement",), statement)

    def _bundle(self, kind: type[B], command: str, last: Sequence[str], content: bytes) -> bytes:
        with tempfile.TemporaryDirectory(prefix="autocoder-cosign-") as name:
            folder = Path(name)
            (folder / "content").write_bytes(content)
            (folder / "signing.json").write_text(json.dumps(_SIGNING_CONFIG))
            (folder / "root.json").write_text(json.dumps(_TRUSTED_ROOT))
            options = ["--signing-config", "signing.json", "--trusted-root", "root.json", "--bundle", "out"]
            words = [command, "--yes", "--key", self.reference, *options, *last, "content"]
            _call(self.program, words, folder)
            try:
                return bundle.dump(bundle.read_any(kind, (folder / "out").read_bytes()))
            except (OSError, ValueError) as error:
                raise _failed(f"cosign {command} wrote no bundle of the known form: {error}") from error


def cosign_signer(reference: str) -> CosignSigner:
    """The signer for a key file or a KMS URI. Raises `StageFailed`: AC9002 no cosign, AC6031 version, AC6032 key."""
    if not reference:
        raise _failed("cosign was given no key: name a file, or the URI of a key in a KMS, with --key")
    program = programs.find("cosign")
    if program is None:
        raise StageFailed([Diagnostic(code="AC9002", message="cosign is not on PATH", value="cosign")], exit_code=4)
    version = _checked_version(program)
    if "://" not in reference:
        reference = str(Path(reference).absolute())
    with tempfile.TemporaryDirectory(prefix="autocoder-cosign-") as name:
        done = _call(program, ["public-key", "--key", reference], Path(name))
    try:
        key = serialization.load_pem_public_key(done.stdout)
    except ValueError as error:
        raise _failed("cosign public-key printed no key") from error
    return CosignSigner(
        program=program, version=version, reference=reference, public=keys.checked_public(key, reference)
    )


def _checked_version(program: Path) -> str:
    with tempfile.TemporaryDirectory(prefix="autocoder-cosign-") as name:
        done = _call(program, ["version", "--json"], Path(name))
    found = re.search(rb'"gitVersion":\s*"v?(\d+)\.([^"]*)"', done.stdout)
    version = b".".join(found.groups()).decode() if found else "unknown"
    if not version.startswith(f"{MAJOR}."):
        message = f"cosign {version} is not supported; autocoder needs cosign {MAJOR}"
        raise StageFailed([Diagnostic(code="AC6031", message=message, value=version)], exit_code=4)
    return version


def _call(program: Path, words: Sequence[str], folder: Path) -> Completed:
    """Runs cosign with the user's own environment, where the credentials of a KMS are."""
    try:
        done = run([program, *words], cwd=folder, env=os.environ, timeout=_SECONDS)
    except OSError as error:
        raise _failed(f"cosign cannot be started: {error.strerror}") from error
    if not done.ok:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        reason = "it took too long" if done.timed_out else next((line for line in lines if "rror" in line), "no reason")
        raise _failed(f"cosign {words[0]} failed: {reason}")
    return done


def _failed(message: str) -> StageFailed:
    return StageFailed([Diagnostic(code="AC6032", message=message)])

"""Who signs a package: the embedded signer with the user's own key, or the cosign tool with a key or a KMS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from autocoder.diagnostics import Diagnostic, Severity
from autocoder.package import bundle
from autocoder.package.keys import PublicKey, SigningKey


class Signer(Protocol):
    """Makes Sigstore bundles. `description` is what a report says about it, `warnings` what a person should know."""

    @property
    def public(self) -> PublicKey:
        """The key that its signatures verify with."""
        ...

    @property
    def description(self) -> str:
        """Short text for reports."""
        ...

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What a person should know about the key."""
        ...

    @property
    def tools(self) -> Mapping[str, str]:
        """The programs that it runs, with their versions."""
        ...

    def sign_blob(self, data: bytes) -> bytes:
        """The bundle of a signature over `data`. Raises `StageFailed`."""
        ...

    def sign_statement(self, statement: bytes) -> bytes:
        """The bundle of a signed in-toto statement. Raises `StageFailed`."""
        ...


@dataclass(frozen=True, kw_only=True)
class EmbeddedSigner:
    """Signs with a key from a file, needs no other program and no network."""

    key: SigningKey

    @property
    def public(self) -> PublicKey:
        """The key that its signatures verify with."""
        return self.key.public

    @property
    def description(self) -> str:
        """Short text for reports."""
        return "embedded key" if self.key.protected else "embedded key, unprotected"

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """Says so where the key's file is not encrypted."""
        if self.key.protected:
            return ()
        message = "the signing key is unprotected: its file is not encrypted"
        return (Diagnostic(code="AC6025", message=message, subject=self.public.place, severity=Severity.WARNING),)

    @property
    def tools(self) -> Mapping[str, str]:
        """None."""
        return {}

    def sign_blob(self, data: bytes) -> bytes:
        """The bundle of a signature over `data`."""
        return bundle.dump(bundle.blob_bundle(data, self.key.sign(data), self.public.hint))

    def sign_statement(self, statement: bytes) -> bytes:
        """The bundle of a signed in-toto statement."""
        signature = self.key.sign(bundle.pre_authentication(statement))
        return bundle.dump(bundle.statement_bundle(statement, signature, self.public.hint))

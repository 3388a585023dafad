"""Gate `static`: is what was emitted well-formed, clean, and free of secrets? Runs none of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from autocoder.diagnostics import Diagnostic
from autocoder.gates.context import GateContext
from autocoder.gates.dockerfile import dockerfile_findings
from autocoder.gates.documents import SUFFIXES, document_findings, yaml_documents
from autocoder.gates.manifests import is_manifest, manifest_findings
from autocoder.gates.python_source import source_findings
from autocoder.gates.secret_scan import secret_findings
from autocoder.gates.verdict import Status, Verdict


@dataclass
class _Tally:
    """What one pass over the files saw."""

    checks: int = 0
    findings: list[Diagnostic] = field(default_factory=list[Diagnostic])

    def add(self, findings: Iterator[Diagnostic] | list[Diagnostic]) -> None:
        """Counts one check with its findings."""
        self.checks += 1
        self.findings += findings


@dataclass(frozen=True)
class Static:
    """Source rules, security rules, documents, manifests, Dockerfiles, secrets."""

    name: str = "static"
    alone: bool = False

    def apply(self, context: GateContext) -> Verdict:
        """The verdict; `checks` are the looks at files: one file counts for each kind of check made of it."""
        tally = _Tally()
        for path in context.files():
            _look(context, path, tally)
        sources, found = source_findings(context)
        checks = tally.checks + sources
        findings = tuple(sorted([*tally.findings, *found], key=lambda finding: finding.order))
        if not checks or not sources:
            empty = Diagnostic(code="AC5002", message="no Python source was emitted", subject="generated/src")
            findings = (*findings, empty)
        return Verdict(
            gate=self.name,
            status=Status.FAILED if findings else Status.OK,
            checks=checks,
            summary=f"{sources} sources, {tally.checks} documents and scans",
            sandbox="none needed",
            findings=findings,
        )


def _look(context: GateContext, path: Path, tally: _Tally) -> None:
    file = context.name(path)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        tally.add([Diagnostic(code="AC5006", message=f"{file} is not text in UTF-8", subject=file)])
        return
    tally.add(secret_findings(file, text))
    if "dockerfile" in path.name.lower():
        tally.add(dockerfile_findings(file, text))
    if path.suffix in SUFFIXES:
        unreadable = document_findings(file, text)
        tally.add(unreadable)
        if not unreadable and path.suffix in (".yaml", ".yml"):
            for document in filter(is_manifest, yaml_documents(text)):
                tally.add(manifest_findings(file, document, context.kubernetes_versions))

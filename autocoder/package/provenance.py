"""What was decided and measured on a build, as an in-toto statement with SLSA provenance v1 over the archive's digest.

The fields beyond SLSA stand in `predicate.runDetails.autocoder_build`:

- `verdicts`: one per gate: `gate`, `status`, `checks`, `summary`, `sandbox` (the level that generated code ran at),
  `measures` (numbers of this run, seconds among them), `findings` (what was waived or warned of);
- `decisions` and `approvals`: what nobody stated and who approved it, as the driver hands them in.

`resolvedDependencies` are the materials: every source file of the archive, the blueprint, IR, bundle and generator by
name, each schema and each prompt by path. `internalParameters` say what the builder chose: the platform bundle, and
the sandbox levels at which generated code ran. `builder.version` has the version of every program that took part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import rfc8785
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from autocoder.diagnostics import Diagnostic
from autocoder.diagnostics.render import as_data
from autocoder.gates.verdict import NO_SANDBOX, Status, Verdict
from autocoder.package.manifest import Manifest, Sha256

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://slsa.dev/provenance/v1"
BUILD_TYPE = "https://autocoder.dev/build/v1"
_FINDING = TypeAdapter(Diagnostic)


def _field_name(name: str) -> str:
    return name if name.startswith("autocoder_") else to_camel(name)


class _Model(BaseModel):
    """Fields that are not read here are left alone: they are signed, and in-toto asks readers to ignore them."""

    model_config = ConfigDict(frozen=True, alias_generator=_field_name)


class Digest(_Model):
    """A digest set of in-toto with its one algorithm."""

    sha256: Sha256


class Resource(_Model):
    """A named thing with its digest."""

    name: str
    digest: Digest


class VerdictEntry(_Model):
    """A gate's verdict as the statement holds it."""

    gate: str
    status: str
    checks: int
    summary: str
    sandbox: str
    measures: dict[str, float] = Field(default_factory=dict[str, float])
    findings: tuple[dict[str, Any], ...] = ()

    def verdict(self) -> Verdict:
        """The verdict itself. Raises `KeyError` or `ValueError` where it is none that this autocoder gives."""
        return Verdict(
            gate=self.gate,
            status=Status(self.status),
            checks=self.checks,
            summary=self.summary,
            sandbox=self.sandbox,
            findings=tuple(_FINDING.validate_python(finding) for finding in self.findings),
            measures=self.measures,
        )


class _Build(_Model):
    verdicts: tuple[VerdictEntry, ...]
    decisions: Any = None
    approvals: Any = None


class _Builder(_Model):
    version: dict[str, str] = Field(default_factory=dict[str, str])


class _Metadata(_Model):
    started_on: str = ""


class _RunDetails(_Model):
    builder: _Builder = _Builder()
    metadata: _Metadata = _Metadata()
    autocoder_build: _Build


class _BuildDefinition(_Model):
    resolved_dependencies: tuple[Resource, ...]


class _Predicate(_Model):
    build_definition: _BuildDefinition
    run_details: _RunDetails


class _Statement(_Model):
    subject: tuple[Resource, ...]
    predicate_type: str
    predicate: _Predicate


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """The parts of a statement that a verification looks at."""

    subject: tuple[Resource, ...]
    predicate_type: str
    materials: Mapping[str, str]
    verdicts: tuple[VerdictEntry, ...]
    tools: Mapping[str, str]
    started: str


@dataclass(frozen=True, kw_only=True)
class Run:
    """One build. Times are RFC 3339 in UTC; decisions, approvals and parameters are JSON-ready; `tools` maps a program
    that took part to its version.
    """

    started: str
    finished: str
    verdicts: Sequence[Verdict]
    decisions: object
    approvals: object
    parameters: Mapping[str, object] = field(default_factory=dict[str, object])
    tools: Mapping[str, str] = field(default_factory=dict[str, str])


def write_statement(manifest: Manifest, materials: Mapping[str, str], run: Run) -> bytes:
    """The statement as canonical JSON. `materials` maps a name to its sha256 (hex)."""
    levels = {verdict.sandbox for verdict in run.verdicts if verdict.sandbox != NO_SANDBOX}
    engines = {name: version for verdict in run.verdicts for name, version in verdict.tools.items()}
    versions = {**engines, **run.tools, "autocoder": manifest.generator.version}
    statement: dict[str, Any] = {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": manifest.archive.path, "digest": {"sha256": manifest.archive.sha256}}],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": {"name": manifest.name, "version": manifest.version},
                "internalParameters": {**run.parameters, "sandbox": sorted(levels)},
                "resolvedDependencies": [
                    {"name": name, "digest": {"sha256": materials[name]}} for name in sorted(materials)
                ],
            },
            "runDetails": {
                "builder": {"id": "https://autocoder.dev/autocoder", "version": versions},
                "metadata": {"startedOn": run.started, "finishedOn": run.finished},
                "autocoder_build": {
                    "verdicts": [_verdict(verdict) for verdict in sorted(run.verdicts, key=lambda v: v.gate)],
                    "decisions": run.decisions,
                    "approvals": run.approvals,
                },
            },
        },
    }
    return rfc8785.dumps(statement)


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "gate": verdict.gate,
        "status": str(verdict.status),
        "checks": verdict.checks,
        "summary": verdict.summary,
        "sandbox": verdict.sandbox,
        "measures": dict(verdict.measures),
        "findings": [as_data(finding) for finding in verdict.findings],
    }


def read_statement(statement: bytes) -> Provenance:
    """Reads a statement back. Raises `ValueError` for anything else."""
    try:
        read = _Statement.model_validate_json(statement)
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    dependencies, run = read.predicate.build_definition.resolved_dependencies, read.predicate.run_details
    return Provenance(
        subject=read.subject,
        predicate_type=read.predicate_type,
        materials={item.name: item.digest.sha256 for item in dependencies},
        verdicts=run.autocoder_build.verdicts,
        tools=run.builder.version,
        started=run.metadata.started_on,
    )

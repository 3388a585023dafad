"""Loads `architecture.yaml` and `deployment.yaml`: text in, models with positions out, or diagnostics.

Owns versions of the files' shape. Refuses everything that the models do not know; nothing is dropped in silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from pydantic import BaseModel, ValidationError

from autocoder.blueprint import upgrades
from autocoder.blueprint.complaints import complain
from autocoder.blueprint.document import Document, read_document
from autocoder.blueprint.model import SCHEMA_VERSION, Architecture, Deployment
from autocoder.blueprint.positions import Positions
from autocoder.diagnostics import Diagnostic, Diagnostics, Severity, StageFailed

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class Loaded(Generic[Model]):
    """A model and where its parts stand in the file; `notes` are warnings about how it was read."""

    model: Model
    positions: Positions
    notes: tuple[Diagnostic, ...] = ()


def load_architecture(source: str | bytes, *, file: str) -> Loaded[Architecture]:
    """The design. `file` is the name that diagnostics show. Raises `StageFailed` with everything that is wrong."""
    loaded = _load(source, file, Architecture)
    diagnostics = Diagnostics()
    _check_ids([r.id for r in loaded.model.requirements], ("requirements",), loaded.positions, diagnostics)
    _check_ids([r.id for r in loaded.model.policy.rules], ("policy", "rules"), loaded.positions, diagnostics)
    diagnostics.stop()
    return loaded


def load_deployment(source: str | bytes, *, file: str) -> Loaded[Deployment]:
    """The environments. `file` is the name that diagnostics show. Raises `StageFailed` with everything wrong."""
    return _load(source, file, Deployment)


def name_in(source: str) -> str:
    """What a design calls its system; nothing where it cannot be read."""
    try:
        return load_architecture(source, file="").model.system.name
    except StageFailed:
        return ""


def _load(source: str | bytes, file: str, model: type[Model]) -> Loaded[Model]:
    diagnostics = Diagnostics()
    document = read_document(source, file=file, diagnostics=diagnostics)
    version = _version(document)
    data, steps = document.data, ()
    if version is not None and isinstance(data, dict):
        data, steps = upgrades.upgrade(cast("dict[str, Any]", data), model.__name__.lower(), version)
    try:
        found = model.model_validate(data)
    except ValidationError as error:
        complain(error, model, document, diagnostics)
        raise StageFailed(diagnostics) from None
    diagnostics.stop()
    notes = tuple(_upgraded(step, document) for step in steps)
    return Loaded(model=found, positions=document.positions, notes=notes)


def _upgraded(step: upgrades.Step, document: Document) -> Diagnostic:
    version = ".".join((*(str(part) for part in step.to), "0"))
    return Diagnostic(
        code="AC3253",
        message=f"schema_version: this file is read as {version} ({step.name}): {step.what}",
        span=document.positions.span("schema_version"),
        subject="schema_version",
        value=step.name,
        help=f'write it so, and `schema_version: "{version}"`',
        severity=Severity.WARNING,
    )


def _check_ids(ids: list[str], path: tuple[str, ...], positions: Positions, diagnostics: Diagnostics) -> None:
    """What others refer to by its id has it for itself."""
    for index, name in enumerate(ids):
        if name in ids[:index]:
            diagnostics.error(
                "AC3022",
                f'{".".join(path)}: the id "{name}" stands twice',
                positions.span(*path, index, "id"),
                subject=".".join((*path, str(index), "id")),
                value=name,
                rule="each id stands once",
                help="give one of them another id",
            )


def _version(document: Document) -> tuple[int, int] | None:
    """The version of a file's shape (major, minor), None where it says none that can be read.

    A newer one, or one that no step leads on from, is refused at once: what else is said of it would mislead.
    """
    data: Any = document.data
    version: Any = cast("dict[str, Any]", data).get("schema_version") if isinstance(data, dict) else None
    parts = re.fullmatch(r"(\d{1,9})\.(\d{1,9})\.\d+", version) if isinstance(version, str) else None
    major, minor, _ = (int(part) for part in SCHEMA_VERSION.split("."))
    if parts is None:
        return None
    found = (int(parts[1]), int(parts[2]))
    if upgrades.OLDEST <= found <= (major, minor):
        return found
    newer = found > (major, minor)
    raise StageFailed(
        [
            Diagnostic(
                code="AC3020",
                message=f'schema_version: "{parts[0]}" is {"newer than" if newer else "not"} what this autocoder reads',
                span=document.positions.span("schema_version"),
                subject="schema_version",
                value=parts[0],
                rule=f"this autocoder reads {'.'.join(map(str, upgrades.OLDEST))} to {major}.{minor}",
                help="upgrade autocoder; a newer minor version may say what this one does not know"
                if newer
                else f'write "{SCHEMA_VERSION}"',
            )
        ]
    )

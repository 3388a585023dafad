"""The generator index: its model, its JSON Schema, and reading it. X07's own index is read into the same model.

Refuses unknown keys, duplicate keys and unsupported versions. What an index of the right shape may still not ask for
is `refusals`' part.
"""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from autocoder.diagnostics import Diagnostic, StageFailed, nearest
from autocoder.gen.positions import Document, parse

VERSION = "autocoder.gen.index@0.1.0"
X07_VERSION = "x07.arch.gen.index@0.1.0"
DEFAULT_NAMES = ("arch/gen/index.json", "arch/gen/index.x07gen.json")
DEFAULT_TIMEOUT = 600
_LARGEST = 8 << 20

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=128)]
Word = Annotated[str, StringConstraints(min_length=1, pattern=r"^[^\u0000]*$")]
RelativePath = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
Value = Annotated[str, StringConstraints(pattern=r"^[^\u0000]*$")]
Program = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._+-]*$", max_length=128)]
Mode = Literal["double_run_v1", "single_run_v1"]


_RULES: Mapping[str, str] = {
    "too_short": "at least one is needed",
    "string_too_short": "an empty text is not allowed",
    "list_type": "a list is needed",
    "dict_type": "an object is needed",
    "model_type": "an object is needed",
    "string_type": "a text is needed",
    "int_type": "a whole number is needed",
}
"""What a fault of shape breaks, by pydantic's name for it; others in pydantic's words."""


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Tool(_Closed):
    """The program that a generator runs, found on PATH, and the pin that it must meet."""

    name: Program = Field(description="Name of an executable on PATH.")
    version: str | None = Field(
        default=None,
        pattern=r"^[0-9][0-9A-Za-z.+-]*$",
        description='What `tool --version` must say; "22.1" accepts 22.1.0 and 22.1.7, not 22.10.',
    )
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$", description="Digest of the executable file.")
    version_argv: list[Word] = Field(
        default=["--version"], min_length=1, description="Arguments that make the tool print its version."
    )

    @property
    def pinned(self) -> bool:
        """Whether the index says which tool exactly."""
        return bool(self.version or self.sha256)


class Generator(_Closed):
    """One generator: how its outputs are checked and written."""

    id: Id = Field(description="Unique name.")
    mode: Mode = Field(
        default="double_run_v1",
        description="double_run_v1 writes twice, the second time under stress; single_run_v1 writes once.",
    )
    tool: Tool = Field(default=Tool(name="autocoder"), description="A program's name, or its name with a pin.")
    check_argv: list[Word] = Field(min_length=1, description="Arguments that check the outputs and change nothing.")
    write_argv: list[Word] = Field(min_length=1, description="Arguments that write the outputs. No shell reads them.")
    outputs: list[RelativePath] = Field(
        min_length=1, description="Files and folders that the generator owns wholly, relative to the project."
    )
    inputs: list[RelativePath] | None = Field(
        default=None,
        description="Files and folders that it reads. It sees these alone, with the outputs of `after`; where they are "
        "not given it sees everything that Git tracks.",
    )
    after: list[Id] = Field(default=[], description="Generators whose outputs it reads.")
    timeout: int = Field(default=DEFAULT_TIMEOUT, ge=1, le=86400, description="Seconds that one run may take.")
    env: dict[Name, Value | None] = Field(
        default={},
        description="Variables to set; null passes the caller's value through. Nothing else of the caller's is passed.",
    )

    @model_validator(mode="before")
    @classmethod
    def _tool_by_name(cls, data: Any) -> Any:
        if isinstance(data, dict):
            entry = cast("dict[str, Any]", data)
            if isinstance(entry.get("tool"), str):
                return {**entry, "tool": {"name": entry["tool"]}}
        return cast("object", data)


class Index(_Closed):
    """The generators of a project."""

    schema_version: Literal["autocoder.gen.index@0.1.0"]
    generators: list[Generator] = Field(min_length=1)
    schema_: str | None = Field(default=None, alias="$schema", description="For editors; not read.")


class X07Generator(_Closed):
    """An entry of X07's index; its commands run `x07`."""

    id: Id
    mode: Mode = "double_run_v1"
    check_argv: list[Word] = Field(min_length=1)
    write_argv: list[Word] = Field(min_length=1)
    outputs: list[RelativePath] = Field(min_length=1)


class X07Index(_Closed):
    """X07's index."""

    schema_version: Literal["x07.arch.gen.index@0.1.0"]
    generators: list[X07Generator]


@dataclass(frozen=True, kw_only=True)
class LoadedIndex:
    """An index with its places. `root` is the project's folder; `path` is the index's, relative to it."""

    root: Path
    path: str
    text: str
    sha256: str
    x07: bool
    generators: tuple[Generator, ...]
    document: Document

    @property
    def place(self) -> str:
        """The way from the repository to the project, with a slash at its end; empty where they are the same."""
        top = next((folder for folder in (self.root, *self.root.parents) if (folder / ".git").exists()), self.root)
        return "" if top == self.root else f"{self.root.relative_to(top).as_posix()}/"


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of `arch/gen/index.json`."""
    schema = Index.model_json_schema()
    generator = schema["$defs"]["Generator"]["properties"]
    program = schema["$defs"]["Tool"]["properties"]["name"]
    name = {key: program[key] for key in ("type", "pattern", "maxLength")}
    generator["tool"] = {
        "anyOf": [name, {"$ref": "#/$defs/Tool"}],
        "default": "autocoder",
        "description": generator["tool"]["description"],
    }
    for field in (generator["outputs"]["items"], generator["inputs"]["anyOf"][0]["items"]):
        field["pattern"] = r"^(?!/|[A-Za-z]:)(?!(?:.*/)?\.\.(?:/|$))[^\\\u0000-\u001f]+$"
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://autocoder.dev/schemas/gen-index.schema.json",
        **schema,
        "title": "autocoder generator index",
    }


def locate(start: Path, wanted: str | None = None) -> Path:
    """The index's path: `wanted`, else a default name in `start` or above it.

    A relative `wanted` is looked for in `start`, then above. Raises `StageFailed` (AC7001, exit code 2).
    """
    names = (wanted,) if wanted else DEFAULT_NAMES
    for folder in (start, *start.parents):
        for name in names:
            if (folder / name).is_file():
                return folder / name
    what = f'there is no index "{wanted}"' if wanted else f"there is no {' and no '.join(DEFAULT_NAMES)}"
    raise _refused("AC7001", f"{what} in this folder or above it")


def load(path: Path) -> LoadedIndex:
    """Reads an index. Raises `StageFailed` with exit code 2: AC7001 to AC7004, all faults of shape at once."""
    path = Path(path.parent.resolve(), path.name)
    root = project_root(path)
    name = path.relative_to(root).as_posix()
    try:
        raw = path.read_bytes()
        if len(raw) > _LARGEST:
            raise _refused("AC7001", f"{name} is larger than {_LARGEST >> 20} MiB")
        if raw.startswith(codecs.BOM_UTF8):
            raise _refused("AC7002", f"{name} begins with a byte order mark; save it as UTF-8 without one")
        text = raw.decode("utf-8")
    except OSError as error:
        raise _refused("AC7001", f"{name} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise _refused("AC7002", f"{name} is not UTF-8 (byte {error.start})") from None
    document = parse(text, name)
    x07, generators = _entries(document)
    digest = hashlib.sha256(raw).hexdigest()
    return LoadedIndex(
        root=root, path=name, text=text, sha256=digest, x07=x07, generators=generators, document=document
    )


def project_root(index: Path) -> Path:
    """The project of an index: the nearest folder above with `x07.json` for X07's, else the one that holds `arch/gen`,
    else the nearest with `.git`, else the index's own folder. The current folder never matters.
    """
    above = index.parents
    if index.name.endswith(".x07gen.json"):
        for folder in above:
            if (folder / "x07.json").is_file():
                return folder
    if index.parent.name == "gen" and index.parent.parent.name == "arch":
        return index.parent.parent.parent
    return next((folder for folder in above if (folder / ".git").exists()), index.parent)


def _refused(code: str, message: str) -> StageFailed:
    return StageFailed([Diagnostic(code=code, message=message)], exit_code=2)


def _entries(document: Document) -> tuple[bool, tuple[Generator, ...]]:
    raw: object = document.data
    data = cast("dict[str, Any]", raw) if isinstance(raw, dict) else None
    version = data.get("schema_version") if data is not None else None
    if data is not None and version not in (VERSION, X07_VERSION):
        raise StageFailed([_unsupported(document, version)], exit_code=2)
    try:
        if version == X07_VERSION:
            index = X07Index.model_validate(data)
            tool = Tool(name="x07")
            return True, tuple(Generator(tool=tool, **entry.model_dump()) for entry in index.generators)
        return False, tuple(Index.model_validate(raw).generators)
    except ValidationError as error:
        known = _known_keys(x07=version == X07_VERSION)
        raise StageFailed([_fault(document, dict(e), known) for e in error.errors()], exit_code=2) from None


def _unsupported(document: Document, version: object) -> Diagnostic:
    known = f"{VERSION} or {X07_VERSION}"
    return Diagnostic(
        code="AC7003",
        message=f"schema_version {version!r} is not supported" if version else "schema_version is missing",
        span=document.span("schema_version"),
        subject="schema_version",
        value=None if version is None else str(version),
        rule=f"schema_version is {known}",
        help=f'write "schema_version": "{VERSION}"',
    )


def _known_keys(*, x07: bool) -> Mapping[int, tuple[str, ...]]:
    """Keys by the depth at which they stand: in the index, in a generator, in its tool."""
    index, generator = (X07Index, X07Generator) if x07 else (Index, Generator)
    return {1: tuple(index.model_fields), 3: tuple(generator.model_fields), 4: tuple(Tool.model_fields)}


def _fault(document: Document, error: Mapping[str, Any], known: Mapping[int, tuple[str, ...]]) -> Diagnostic:
    where = cast("tuple[str | int, ...]", error["loc"])
    subject = ".".join(str(part) for part in where) or "index"
    match error["type"]:
        case "extra_forbidden":
            message, rule = f'unknown key "{where[-1]}"', "unknown keys are errors"
            hint, span = nearest(str(where[-1]), known.get(len(where), ())), document.key(*where)
        case "missing":
            message, rule = f'the key "{where[-1]}" is missing', f"{where[-1]} is required"
            hint, span = f'add "{where[-1]}"', document.span(*where)
        case kind:
            rule = _RULES.get(kind, _lower(str(error["msg"])))
            hint = (
                "a program's name, which is looked for on PATH; never a path" if where[-2:] == ("tool", "name") else ""
            )
            message, span = f"{subject}: {rule}", document.span(*where)
    value = error["input"] if isinstance(error["input"], str | int | float) else None
    return Diagnostic(
        code="AC7004",
        message=message,
        span=span,
        subject=subject,
        value=None if value is None else str(value),
        rule=rule,
        help=hint,
    )


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
